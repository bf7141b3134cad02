"""What channels get in the next weeks, learnt from the weeks of their whole market.

Each channel's level is the mean of its logarithms over a window, moved by what its newest weeks
say; how uncertain that is follows from how the channel's own weeks scatter, shrunk toward what such
scatter meant for its peers. All channels of a week share a shift, and those of a group another:
they are estimated across the market by date, with the sizes of both and the weight of the tails.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.guarantee.shock import Shock, noise, shifts, tail_of
from groundswell.terms.errors import Refusal

WINDOW, AHEAD = 12, 4  # weeks
LEAST_KNOWN = 10  # of the weeks of a window
LEAST_ORIGINS, LEAST_PEERS = 8, 5  # weeks to learn from, and channels in each
_PRIOR = Shock(0.07, 4.0)  # of both shifts
_RIDGE = 200.0  # precision of the prior that newest weeks say no more than the others
_DRIFT_SD = 0.04  # of the mean shift of all weeks
_TAILS = np.array([2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0])
_SPREAD, _LEAST_SPREAD = 0.3, 0.05  # where the law of scatter is centered; the smallest taken
_LOWEST = -5.0  # log of a result beside its level: nothing at all
_ROUNDS = 16


class SeriesTooShort(Refusal):
    """Too few weeks of too few channels to learn how they move."""

    code = "series_too_short"


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest window of some channels; arrays are (channels,), features (channels, 3).

    Attributes:
        level: Mean of the logarithms; NaN where too little is known.
        features: 1, what the newest four weeks lie above the level, and the newest one.
        spread: Log of the standard deviation of the logarithms, from its usual value.
    """

    level: Floats
    features: Floats
    spread: Floats

    @classmethod
    def of(cls, weeks: Floats) -> "Recent":
        """From weekly results, NaN unknown; what is not above 0 is a correction, so unknown too.

        Args:
            weeks: The newest WINDOW weeks of each channel; shape (..., WINDOW).
        """
        positive = weeks > 0
        logs = np.log(np.where(positive, weeks, 1.0))
        level, count = _mean(logs, positive)
        newest, count_newest = _mean(logs[..., -AHEAD:], positive[..., -AHEAD:])
        last = np.where(positive[..., -1], logs[..., -1], newest)
        known = (count >= LEAST_KNOWN) & (count_newest > 0)
        variance, _ = _mean(np.square(logs - level[..., None]), positive)
        spread = np.log(np.maximum(np.sqrt(variance), _LEAST_SPREAD) / _SPREAD)
        features = np.stack([np.ones_like(level), newest - level, last - level], axis=-1)
        return cls(np.where(known, level, np.nan), features, spread)


def _mean(values: Floats, known: Bools) -> tuple[Floats, Ints]:
    count = known.sum(axis=-1)
    return np.where(known, values, 0.0).sum(axis=-1) / np.maximum(count, 1), count


@dataclass(frozen=True, slots=True)
class Prospect:
    """What some channels will get in the next AHEAD weeks; arrays are (channels,).

    Attributes:
        location: Median of the log of the mean week; NaN where too little is known.
        scale: Scale of what only the channel does.
        group: Code of the group.
        market: What was learnt.
    """

    location: Floats
    scale: Floats
    group: Ints
    market: "Market"

    def draws(self, scenarios: int, *, rng: np.random.Generator, shared: bool = True) -> Floats:
        """Joint draws of the sums over the next AHEAD weeks; shape (scenarios, channels).

        Args:
            scenarios: Number of draws.
            rng: Source of chance.
            shared: Whether channels share their shifts; without, what independence would say.
        """
        own = noise((scenarios, len(self.location)), self.market.tail, rng)
        logs = self.location + self.scale * own
        if shared:
            every = self.market.common.sizes(scenarios, rng) * rng.standard_normal(scenarios)
            every += self.market.drift_sd * rng.standard_normal(scenarios)
            groups = int(self.group.max(initial=0)) + 1
            of_group = rng.standard_normal((scenarios, groups))
            of_group *= self.market.grouped.sizes(scenarios, rng)[:, None]
            logs = logs + every[:, None] + of_group[:, self.group]
        return np.asarray(AHEAD * np.exp(logs))


@dataclass(frozen=True, slots=True)
class Market:
    """How the channels of a market move.

    Attributes:
        coefficients: Of the features of ``Recent``; shape (3,).
        scale: Scale of what only a channel does, at the usual spread.
        slope: Change of its log with the log of the channel's own spread.
        tail: Degrees of freedom of that.
        drift_sd: What is not known of the mean shift, the first coefficient.
        common: Shift that all channels share.
        grouped: Shift that the channels of a group share beyond it.
        rows: Channel-weeks that it stands on.
    """

    coefficients: Floats
    scale: float
    slope: float
    tail: float
    drift_sd: float
    common: Shock
    grouped: Shock
    rows: int

    def prospect(self, weeks: Floats, group: Ints) -> Prospect:
        """What channels will get, from their newest WINDOW weeks (channels, WINDOW) and groups."""
        recent = Recent.of(weeks)
        return Prospect(
            location=recent.level + recent.features @ self.coefficients,
            scale=self.scale * np.exp(self.slope * recent.spread),
            group=group,
            market=self,
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Channel-weeks of which the outcome is known; arrays are (rows,)."""

    features: Floats
    outcome: Floats  # log of the mean of the next weeks, from the level
    spread: Floats
    week: Ints
    cell: Ints  # week x group


def _rows(weeks: Floats, group: Ints) -> _Rows:
    if weeks.shape[1] < WINDOW + AHEAD:
        raise SeriesTooShort(
            f"cannot learn from {weeks.shape[1]} weeks: bring at least {WINDOW + AHEAD}"
        )
    recent = Recent.of(sliding_window_view(weeks[:, :-AHEAD], WINDOW, axis=1))
    ahead = sliding_window_view(weeks[:, WINDOW:], AHEAD, axis=1)
    got = np.log(np.maximum(ahead, 0.0).mean(axis=-1) + 1.0) - recent.level
    known = np.isfinite(got)
    known &= known.sum(axis=0) >= LEAST_PEERS  # a week of one channel says nothing of a market
    channel, week = np.nonzero(known)
    origins = len(np.unique(week))
    if origins < LEAST_ORIGINS:
        raise SeriesTooShort(
            f"cannot learn from {origins} weeks in which {LEAST_PEERS} channels have "
            f"{LEAST_KNOWN} known weeks before and {AHEAD} after: bring at least {LEAST_ORIGINS}"
        )
    groups = int(group.max()) + 1
    return _Rows(
        features=recent.features[known],
        outcome=np.maximum(got[known], _LOWEST),
        spread=recent.spread[known],
        week=week,
        cell=week * groups + group[channel],
    )


def learn(weeks: Floats, group: Ints) -> Market:
    """Learn from the past of a market how its channels move, together and each alone.

    Model: log(mean of the next 4 weeks) = level of 12 weeks + features x coefficients + shift of
    the week + shift of the week's group + scale x t. Robust regression by t weights, shifts
    shrunk (normal), their sizes by expectation-maximization with a prior worth four periods. The
    windows of neighboring weeks overlap: AHEAD weeks count as one independent period.

    Args:
        weeks: Weekly results, the newest last, NaN unknown; shape (channels, weeks).
        group: Code of the group of each channel, from 0; shape (channels,).

    Raises:
        SeriesTooShort: When there is too little to learn from.
    """
    rows = _rows(weeks, group)
    common, grouped, tail, scale, slope = _PRIOR, _PRIOR, 4.0, _SPREAD, 0.5
    beta: Floats = np.zeros(rows.features.shape[1])
    by_week, by_cell = (np.zeros(int(cell.max()) + 1) for cell in (rows.week, rows.cell))
    ridge = np.diag([0.0, *np.full(len(beta) - 1, _RIDGE)])
    for _ in range(_ROUNDS):
        wide = scale * np.exp(slope * rows.spread)
        unshifted = rows.outcome - by_week[rows.week] - by_cell[rows.cell]
        left = (unshifted - rows.features @ beta) / wide
        weight = (tail + 1) / (tail + left**2) / wide**2
        drift = common.sd**2 / max(common.worth - _PRIOR.worth, 0.5)
        ridge[0, 0] = weight.sum() * drift / _DRIFT_SD**2
        weighted = rows.features.T * weight
        beta = np.asarray(
            np.linalg.solve(weighted @ rows.features + ridge, weighted @ unshifted), np.float64
        )
        residual = rows.outcome - rows.features @ beta
        by_week, common = _shared(rows.week, residual - by_cell[rows.cell], weight, common)
        by_cell, grouped = _shared(rows.cell, residual - by_week[rows.week], weight, grouped)
        own = residual - by_week[rows.week] - by_cell[rows.cell]
        slope = float(np.polyfit(rows.spread, np.log(np.abs(own) + 0.01), 1)[0])
        tail, scale = tail_of(own / np.exp(slope * rows.spread), choices=_TAILS)
    drift_sd = float(1 / np.sqrt(1 / drift + 1 / _DRIFT_SD**2))
    return Market(beta, scale, slope, tail, drift_sd, common, grouped, len(rows.week))


def _shared(cell: Ints, residual: Floats, weight: Floats, now: Shock) -> tuple[Floats, Shock]:
    """Shifts of the cells and their size: each counts by how well its rows tell it."""
    cells = int(cell.max()) + 1
    sd = max(now.sd, 1e-3)
    mean, variance = shifts(cell, residual, weight, cells=cells, sd=sd)
    told = float((1 - variance / sd**2).sum()) / AHEAD
    return mean, Shock.learnt(float((mean**2).sum()) / AHEAD, told, prior=_PRIOR)
