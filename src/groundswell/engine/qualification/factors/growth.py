"""Growth: the trend of followers, robust against jumps and rounding.

The trend is the median slope between all pairs of observations of log followers (Theil 1950, Sen
1968). Follower counts wander: what an account gained by chance it keeps. So the interval is that of
the drift of a random walk, with the variance of the steps after Newey and West (1987) at one lag,
times 1.2 for a slope fitted to a walk; it is wide for a count that merely fluctuates. To that comes
one step of the last digit shown: a count that platforms round may stand still while it grows.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import special

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals
from groundswell.engine.qualification.batch import Batch, Rows
from groundswell.engine.qualification.measures import NEVER, Measure

FEWEST = 3
SHORTEST_DAYS = 7.0
WINDOW_DAYS = 180
POINTS = 32  # observations used of a longer series, evenly chosen
_DAY = 86_400e6  # microseconds
_WINDOWS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
_CHUNK = 4096


def measures(batch: Batch) -> list[Measure]:
    """Daily growth of followers as a rate, and how unsteady it is."""
    series = _daily(batch)
    codes, at = series.codes, series.at
    n = grouped.counts(codes, batch.size)
    first = -grouped.largest(codes, -at, batch.size)
    last = grouped.largest(codes, at, batch.size)
    days = np.where(n > 0, (last - np.where(n > 0, first, 0)) / _DAY, 0.0)
    value, low, high, volatility = _trends(series, enough=(n >= FEWEST) & (days >= SHORTEST_DAYS))
    why_not = [
        (n == 0, "no follower counts over time are known"),
        (n < FEWEST, f"fewer than {FEWEST} follower counts are known"),
        (days < SHORTEST_DAYS, f"follower counts span less than {SHORTEST_DAYS:.0f} days"),
    ]
    seen = np.where(n > 0, last, NEVER)
    return [
        Measure.of("daily_growth", value, n=n, seen_at=seen, interval=(low, high), why_not=why_not),
        Measure.of("growth_volatility", volatility, n=n, seen_at=seen, why_not=why_not),
    ]


@dataclass(frozen=True, slots=True)
class _Series:
    """Follower counts of many accounts, sorted by account and time."""

    codes: Ints
    at: Ints
    level: Floats

    def only(self, keep: Bools) -> "_Series":
        return _Series(self.codes[keep], self.at[keep], self.level[keep])


def _daily(batch: Batch) -> _Series:
    """The last count of each day of the last ``WINDOW_DAYS`` of each account."""
    rows = Rows(batch.counts, batch.accounts["account"], "observed_at")
    counted = _Series(rows.codes, rows.at, rows.numbers("followers"))
    counted = counted.only(counted.level > 0)
    own = grouped.counts(counted.codes, batch.size)
    gains = _worked_back(batch)
    reported = (own < FEWEST) & (grouped.counts(gains.codes, batch.size) > own)
    series = _joined(counted.only(~reported[counted.codes]), gains.only(reported[gains.codes]))
    codes, day = series.codes, series.at // int(_DAY)
    last_of_day = np.append((codes[1:] != codes[:-1]) | (day[1:] != day[:-1]), codes.size > 0)
    newest = grouped.largest(codes, series.at, batch.size)[codes]
    return series.only(last_of_day[: codes.size] & (newest - series.at <= WINDOW_DAYS * _DAY))


def _joined(one: _Series, other: _Series) -> _Series:
    codes, at = np.concatenate([one.codes, other.codes]), np.concatenate([one.at, other.at])
    order = np.lexsort((at, codes))
    return _Series(codes[order], at[order], np.concatenate([one.level, other.level])[order])


def _worked_back(batch: Batch) -> _Series:
    """Follower counts worked back from the gains that a source reports for each window.

    Gains are taken from the newest window back to the first that is missing.
    """
    rows = Rows(batch.averages, batch.accounts["account"], "observed_at")
    gained, now = rows.numbers("followers_gained"), rows.numbers("followers")
    days = _window_days(rows.table["window"])
    last = np.searchsorted(rows.codes, rows.codes, side="right") - 1
    usable = np.flatnonzero(np.isfinite(gained) & (days == days[last]))
    codes, at, days = rows.codes[usable], rows.at[usable], days[usable]
    missing = (codes[1:] == codes[:-1]) & (at[1:] - at[:-1] > 1.5 * _DAY * days[1:])
    gap = grouped.largest(codes[:-1][missing], np.flatnonzero(missing), batch.size)
    unbroken = np.arange(codes.size) > gap[codes]
    codes, at = codes[unbroken], at[unbroken]
    days, usable = days[unbroken], usable[unbroken]
    gained, now = gained[usable], now[usable]
    through = np.cumsum(gained)
    ends = np.searchsorted(codes, codes, side="right") - 1
    level = now[ends] - (through[ends] - through)
    first = np.append(True, codes[1:] != codes[:-1])[: codes.size]
    before = at[first] - (days[first] * _DAY).astype(np.int64)
    series = _joined(
        _Series(codes, at, level), _Series(codes[first], before, level[first] - gained[first])
    )
    return series.only(series.level > 0)


def _window_days(window: pa.ChunkedArray) -> Floats:
    lengths = [np.nan, *_WINDOWS.values()]
    known = grouped.codes_of(pc.utf8_lower(window), pa.array(list(_WINDOWS)))
    return np.array(lengths)[known + 1]


def _trends(series: _Series, *, enough: Bools) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope per day as a rate, its interval, and volatility of each account."""
    size = enough.size
    found = tuple(np.full(size, np.nan) for _ in range(4))
    n = grouped.counts(series.codes, size)
    starts = np.cumsum(n) - n
    used = np.minimum(n, POINTS)
    for points in np.unique(used[enough]).tolist():
        rows = np.flatnonzero(enough & (used == points))
        for begin in range(0, rows.size, _CHUNK):
            part = rows[begin : begin + _CHUNK]
            steps = np.arange(points) * (n[part, None] - 1) // (points - 1)
            picked = starts[part, None] + steps
            day = (series.at[picked] - series.at[picked[:, :1]]) / _DAY
            trends = _theil_sen(day, series.level[picked])
            for column, values in zip(found, trends, strict=True):
                column[part] = values
    return found[0], found[1], found[2], found[3]


def _theil_sen(day: Floats, level: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Trends of series of equal length, shape (series, points)."""
    points, log = day.shape[1], np.log(level)
    early, late = np.triu_indices(points, k=1)
    slopes = (log[:, late] - log[:, early]) / (day[:, late] - day[:, early])
    slope = np.median(slopes, axis=1)
    days = np.diff(day, axis=1)
    step = np.diff(log, axis=1) - slope[:, None] * days
    wander = (step**2).sum(axis=1) + (step[:, 1:] * step[:, :-1]).sum(axis=1)
    wander = np.maximum(wander, 0.0) * (points - 1) / (points - 2)
    quantile = float(special.stdtrit((points - 1) / 2, (1 + intervals.LEVEL) / 2))
    half = np.hypot(np.sqrt(1.2 * wander) * quantile, _rounding(level)) / day[:, -1]
    volatility = 1.4826 * np.median(np.abs(step) / np.sqrt(days), axis=1)
    return np.expm1(slope), np.expm1(slope - half), np.expm1(slope + half), volatility


def _rounding(level: Floats) -> Floats:
    """What one step of the last digit shown is of each series' counts: 723,000 moves by 1,000."""
    unit = np.ones(level.shape[0])
    for power in range(1, 8):
        unit[(np.round(level) % 10.0**power == 0).all(axis=1)] = 10.0**power
    return np.asarray(unit / level.min(axis=1))
