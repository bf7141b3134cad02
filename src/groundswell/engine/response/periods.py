"""What a channel gets in its next periods (days, weeks), from its recent ones and its market's.

For results of which only totals by day or week are known. A level that lags behind what is new, and
days on which everybody was counted short, are what a trailing median gets wrong; so the level is
moved by the newest periods, after what the whole market shared in each period is taken out.

    log(1 + mean of the next periods) = level + momentum x b + market x c + scale x score

Medians and intervals follow; ``calibration`` makes the intervals hold.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response import calibration
from groundswell.engine.response.calibration import Calibration, Groups
from groundswell.engine.response.model import LEVEL
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate

WINDOW, LEAST_KNOWN, NEWEST = 12, 10, 4  # periods
LEAST_PEERS = 5
_MOST_ORIGINS = 156  # the newest: older ones tell less
# Where the coefficients start: what the newest four, and the newest, say beyond the level.
_OWN, _OWN_WORTH = np.array([0.15, 0.55]), 20.0
_DRIFT_SD, _CARRY_SD = 0.03, 0.5  # of the market's drift, and of how much of its moves stays
_PERIOD_WORTH = 30.0  # rows that a period needs to be believed
_SPREAD, _SPREAD_WORTH = 0.3, 8.0
_LEAST_RESIDUAL, _LOWEST = 0.1, -5.0
_ROUNDS = 15
_OF_NORMAL = 0.6745  # median size of a standard normal deviate
_LEAST_SCALE = 0.01
_HALF_LIFE = 4.0  # periods after which a score counts half


class TooFewPeriods(Refusal):
    """Too few periods of too few channels to learn how they move."""

    code = "too_few_periods"


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest window of some channels, less what all share; arrays are (channels,).

    Attributes:
        level: Mean of the logs; NaN where too little is known.
        momentum: What the newest four and the newest lie above it; shape (channels, 2).
        spread: Standard deviation of the logs.
    """

    level: Floats
    momentum: Floats
    spread: Floats

    @classmethod
    def of(cls, logs: Floats, shift: Floats) -> "Recent":
        """From logs (channels, WINDOW), NaN unknown, and the market's shift of each period."""
        own = logs - shift
        known = np.isfinite(own)
        enough = (known.sum(axis=1) >= LEAST_KNOWN) & known[:, -NEWEST:].any(axis=1)
        level = _mean(own, known)
        newest = _mean(own[:, -NEWEST:], known[:, -NEWEST:])
        last = np.where(known[:, -1], np.nan_to_num(own[:, -1]), newest)
        spread = np.sqrt(_mean(np.square(own - level[:, None]), known))
        momentum = np.stack([newest - level, last - level], axis=1)
        return cls(np.where(enough, level, np.nan), momentum, spread)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What some channels will get in a period on average; arrays are (channels,), NaN unknown.

    Attributes:
        location: Median of log(1 + result).
        scale: Unit of the scores.
        low: Lower end of the 80 % interval.
        high: Upper end.
        known: Periods behind it.
    """

    location: Floats
    scale: Floats
    low: Floats
    high: Floats
    known: Ints

    def estimate(self, channel: int) -> Estimate:
        """The median of one channel with its interval, or why there is none."""
        if not np.isfinite(self.location[channel]):
            return Estimate.cannot_say(
                f"{self.known[channel]:,} of the newest {WINDOW} periods are known, fewer than "
                f"{LEAST_KNOWN}"
            )
        value = float(max(np.expm1(self.location[channel]), 0.0))
        low, high = min(float(self.low[channel]), value), max(float(self.high[channel]), value)
        method = "level and momentum, conformal by groups of creators"
        return Estimate(value, low, high, LEVEL, method, int(self.known[channel]))


@dataclass(frozen=True, slots=True)
class Market:
    """How the channels of a market move from period to period.

    Attributes:
        own: Coefficients of a channel's momentum; shape (2,).
        drift: Mean move of everybody.
        carry: How much of the market's newest four, and newest, shifts stays; shape (2,).
        shift: Of each period of the newest window; shape (WINDOW,).
        scale: Median size of what only a channel does, at the usual spread.
        slope: Change of its log with the log of the channel's own spread.
        held: Scores of past forecasts.
    """

    own: Floats
    drift: float
    carry: Floats
    shift: Floats
    scale: float
    slope: float
    held: Calibration

    def prospect(self, counts: Floats, groups: Groups) -> Prospect:
        """What channels will get, learnt from others or from themselves.

        Args:
            counts: Their newest WINDOW periods, those that ``learn`` saw last; NaN unknown;
                shape (channels, WINDOW).
            groups: Their groups.
        """
        logs = _logs(counts)
        recent = Recent.of(logs, self.shift)
        location = recent.level + recent.momentum @ self.own + self.drift
        location = location + _market(self.shift) @ self.carry
        scale = self._scale(recent.spread)
        low, high = self.held.quantiles(np.array([0.5 - LEVEL / 2, 0.5 + LEVEL / 2]), groups).T
        return Prospect(
            location=location,
            scale=scale,
            low=np.maximum(np.expm1(location + low * scale), 0.0),
            high=np.maximum(np.expm1(location + high * scale), 0.0),
            known=np.isfinite(logs).sum(axis=1),
        )

    def _scale(self, spread: Floats) -> Floats:
        return np.asarray(self.scale * (_shrunk(spread) / _SPREAD) ** self.slope)


def learn(counts: Floats, groups: Groups, *, ahead: int = 1) -> Market:
    """Learn from the past of a market how its channels move.

    Every past window of 12 periods is forecast. What all channels of a window share is taken out by
    a two-way median polish; a channel's own momentum is weighed within periods, by least absolute
    errors with a prior worth 20 rows; how much of the market's moves stays is weighed across
    periods, with the prior that nothing does. Spreads are a power of the channel's own.

    Args:
        counts: Results by period, the newest last, NaN unknown; what is not above 0 is a
            correction of the count, so unknown; shape (channels, periods).
        groups: Of each channel.
        ahead: Periods whose mean is forecast.

    Raises:
        TooFewPeriods: When no past window of five channels has an outcome.
    """
    rows = _rows(counts, ahead)
    period = np.zeros(int(rows.origin.max()) + 1)
    own = _OWN
    for _ in range(_ROUNDS):
        left = rows.outcome - period[rows.origin]
        weight = _robust(left - rows.momentum @ own)
        weighted = rows.momentum.T * weight
        own = np.linalg.solve(
            weighted @ rows.momentum + _OWN_WORTH * np.eye(2), weighted @ left + _OWN_WORTH * _OWN
        )
        left = rows.outcome - rows.momentum @ own
        weight = _robust(left - period[rows.origin])
        told = np.bincount(rows.origin, weight, len(period))
        period = np.bincount(rows.origin, weight * left, len(period)) / (told + _PERIOD_WORTH)
    drift, carry = _carried(period[told > 0], rows.market[told > 0])
    spread = np.log(_shrunk(rows.spread) / _SPREAD)
    alone = np.abs(left - period[rows.origin])
    slope = _slope(spread, np.log(np.maximum(alone, _LEAST_SCALE)))
    wide = np.exp(slope * spread)
    scale = float(max(np.median(alone / wide) / _OF_NORMAL, _LEAST_SCALE))
    score = (left - drift - (rows.market @ carry)[rows.origin]) / (scale * wide)
    held = calibration.learn(
        score,
        rows.channel,
        groups.only(rows.channel),
        worth=0.5 ** ((len(period) - 1 - rows.origin) / _HALF_LIFE),
    )
    shift = shared(_logs(counts[:, -WINDOW:]))
    return Market(own, drift, carry, shift, scale, slope, held)


def shared(logs: Floats) -> Floats:
    """What all channels of a window share in each period, mean 0; shape (WINDOW,).

    Two-way median polish; a shift is believed as far as it exceeds its own standard error
    (positive-part James and Stein), and not at all below five channels.

    Args:
        logs: Of the window, NaN unknown; shape (channels, WINDOW).
    """
    known = np.isfinite(logs)
    logs = logs[known.sum(axis=1) >= LEAST_KNOWN]
    count = np.isfinite(logs).sum(axis=0)
    shift = np.zeros(logs.shape[1])
    if count.max(initial=0) < LEAST_PEERS:
        return shift
    for _ in range(_ROUNDS // 3):
        left = logs - _median((logs - shift).T)[:, None]
        middle = np.nan_to_num(_median(left))
        error = 1.8 * np.nan_to_num(_median(np.abs(left - shift))) / np.sqrt(np.maximum(count, 1))
        believed = np.maximum(1 - error**2 / np.maximum(middle**2, 1e-12), 0.0)
        shift = np.where(count >= LEAST_PEERS, middle * believed, 0.0)
    return np.asarray(shift - np.average(shift, weights=count))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Past windows whose outcome is known; arrays are (rows,) unless said."""

    momentum: Floats  # (rows, 2)
    spread: Floats
    outcome: Floats  # log of the mean of the next periods, from the level
    channel: Ints
    origin: Ints
    market: Floats  # (origins, 2)


def _rows(counts: Floats, ahead: int) -> _Rows:
    counts = counts[:, -(_MOST_ORIGINS + WINDOW + ahead) :]
    if counts.shape[1] < WINDOW + ahead:
        raise TooFewPeriods(
            f"cannot learn from {counts.shape[1]} periods: bring at least {WINDOW + ahead}"
        )
    logs = _logs(counts)
    after = sliding_window_view(counts[:, WINDOW:], ahead, axis=1).mean(axis=-1)
    momentum, spread, outcome, channel, origin, market = [], [], [], [], [], []
    for start in range(after.shape[1]):
        window = logs[:, start : start + WINDOW]
        shift = shared(window)
        recent = Recent.of(window, shift)
        got = np.log1p(np.maximum(after[:, start], 0.0)) - recent.level
        known = np.flatnonzero(np.isfinite(got))
        market.append(_market(shift))
        if len(known) >= LEAST_PEERS:
            momentum.append(recent.momentum[known])
            spread.append(recent.spread[known])
            outcome.append(np.maximum(got[known], _LOWEST))
            channel.append(known)
            origin.append(np.full(len(known), start))
    if not channel:
        raise TooFewPeriods(
            f"cannot learn where no {LEAST_PEERS} channels have {LEAST_KNOWN} known periods of "
            f"{WINDOW} and {ahead} after them"
        )
    return _Rows(
        momentum=np.concatenate(momentum),
        spread=np.concatenate(spread),
        outcome=np.concatenate(outcome),
        channel=np.concatenate(channel),
        origin=np.concatenate(origin),
        market=np.array(market),
    )


def _carried(period: Floats, market: Floats) -> tuple[float, Floats]:
    """Drift, and how much of the market's moves stays: ridge across periods, toward none."""
    design = np.column_stack([np.ones(len(period)), market])
    noise = max(float(np.var(period)), 1e-4)
    ridge = noise / np.array([_DRIFT_SD, _CARRY_SD, _CARRY_SD]) ** 2
    drift, *carry = np.linalg.solve(design.T @ design + np.diag(ridge), design.T @ period)
    return float(drift), np.array(carry)


def _slope(spread: Floats, size: Floats) -> float:
    """Of one log on another, in [0, 1]; one half, worth one, where spreads hardly differ."""
    spread, size = spread - spread.mean(), size - size.mean()
    return float(np.clip((spread @ size + 0.5) / (spread @ spread + 1), 0.0, 1.0))


def _market(shift: Floats) -> Floats:
    return np.array([shift[-NEWEST:].mean(), shift[-1]])


def _logs(counts: Floats) -> Floats:
    positive = counts > 0
    return np.where(positive, np.log1p(np.where(positive, counts, 1.0)), np.nan)


def _mean(values: Floats, known: Bools) -> Floats:
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1))


def _median(values: Floats) -> Floats:
    """Median of each column's known values, NaN without any."""
    ordered, count = np.sort(values, axis=0), np.isfinite(values).sum(axis=0)
    column = np.arange(values.shape[1])
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    middle = (ordered[low, column] + ordered[np.minimum(high, len(values) - 1), column]) / 2
    return np.asarray(np.where(count > 0, middle, np.nan))


def _robust(residual: Floats) -> Floats:
    return np.asarray(1 / np.maximum(np.abs(residual), _LEAST_RESIDUAL))


def _shrunk(spread: Floats) -> Floats:
    """A channel's own spread, shrunk to the usual one, by precision of variances."""
    worth = WINDOW + _SPREAD_WORTH
    return np.asarray(np.sqrt((WINDOW * spread**2 + _SPREAD_WORTH * _SPREAD**2) / worth))
