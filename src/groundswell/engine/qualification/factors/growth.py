"""Growth: the trend of followers, robust against jumps and rounding.

The trend is the median slope between all pairs of observations of log followers (Theil 1950, Sen
1968). Follower counts wander: what an account gained by chance it keeps. So the interval is that of
the drift of a random walk, with the variance of the steps after Newey and West (1987) at one lag,
times 1.2 for a slope fitted to a walk; it is wide for a count that merely fluctuates.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import stats

from groundswell.engine.arrays import Floats, Ints
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
    codes, at, log = _series(batch)
    n = grouped.counts(codes, batch.size)
    first = -grouped.largest(codes, -at, batch.size)
    last = grouped.largest(codes, at, batch.size)
    days = np.where(n > 0, (last - np.where(n > 0, first, 0)) / _DAY, 0.0)
    trend = _trends(codes, at, log, enough=(n >= FEWEST) & (days >= SHORTEST_DAYS))
    why_not = [
        (n == 0, "no follower counts over time are known"),
        (n < FEWEST, f"fewer than {FEWEST} follower counts are known"),
        (days < SHORTEST_DAYS, f"follower counts span less than {SHORTEST_DAYS:.0f} days"),
    ]
    seen = np.where(n > 0, last, NEVER)
    value, low, high, volatility = trend
    return [
        Measure.of("daily_growth", value, n=n, seen_at=seen, interval=(low, high), why_not=why_not),
        Measure.of("growth_volatility", volatility, n=n, seen_at=seen, why_not=why_not),
    ]


def _series(batch: Batch) -> tuple[Ints, Ints, Floats]:
    """Account, moment and log followers, one a day, of the last ``WINDOW_DAYS`` of each account."""
    counted = Rows(batch.counts, batch.accounts["account"], "observed_at")
    followers = counted.numbers("followers")
    good = followers > 0
    codes, at, level = counted.codes[good], counted.at[good], followers[good]
    sparse = grouped.counts(codes, batch.size) < FEWEST
    gained = _from_gains(batch, sparse)
    codes, at, level = (
        np.concatenate([own[~sparse[codes]], other])
        for own, other in zip((codes, at, level), gained, strict=True)
    )
    order = np.lexsort((at, codes))
    codes, at, level = codes[order], at[order], level[order]
    day = at // int(_DAY)
    last_of_day = np.append((codes[1:] != codes[:-1]) | (day[1:] != day[:-1]), codes.size > 0)
    newest = grouped.largest(codes, at, batch.size)[codes]
    keep = last_of_day[: codes.size] & (newest - at <= WINDOW_DAYS * _DAY)
    return codes[keep], at[keep], np.log(level[keep])


def _from_gains(batch: Batch, wanted: np.ndarray) -> tuple[Ints, Ints, Floats]:
    """Follower counts worked back from the gains that a source reports for each window."""
    rows = Rows(batch.averages, batch.accounts["account"], "observed_at")
    gained, now = rows.numbers("followers_gained"), rows.numbers("followers")
    days = _window_days(rows.table["window"])
    usable = np.isfinite(gained) & np.isfinite(days) & wanted[rows.codes]
    codes, at, gained, now, days = (
        column[usable] for column in (rows.codes, rows.at, gained, now, days)
    )
    if codes.size == 0:
        return codes, at, now
    through = np.cumsum(gained)
    ends = np.searchsorted(codes, codes, side="right") - 1
    level = now[ends] - (through[ends] - through)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    codes = np.concatenate([codes, codes[starts]])
    at = np.concatenate([at, at[starts] - (days[starts] * _DAY).astype(np.int64)])
    level = np.concatenate([level, level[starts] - gained[starts]])
    good = level > 0
    return codes[good], at[good], level[good]


def _window_days(window: pa.ChunkedArray) -> Floats:
    lengths = [np.nan, *_WINDOWS.values()]
    known = grouped.codes_of(pc.utf8_lower(window), pa.array(list(_WINDOWS)))
    return np.array(lengths)[known + 1]


def _trends(
    codes: Ints, at: Ints, log: Floats, *, enough: np.ndarray
) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope per day as a rate, its interval, and volatility of each account."""
    size = enough.size
    found = tuple(np.full(size, np.nan) for _ in range(4))
    n = grouped.counts(codes, size)
    starts = np.cumsum(n) - n
    used = np.minimum(n, POINTS)
    for points in np.unique(used[enough]).tolist():
        rows = np.flatnonzero(enough & (used == points))
        for begin in range(0, rows.size, _CHUNK):
            part = rows[begin : begin + _CHUNK]
            steps = np.arange(points) * (n[part, None] - 1) // (points - 1)
            picked = starts[part, None] + steps
            day = (at[picked] - at[picked[:, :1]]) / _DAY
            for column, values in zip(found, _theil_sen(day, log[picked]), strict=True):
                column[part] = values
    return found[0], found[1], found[2], found[3]


def _theil_sen(day: Floats, log: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Trends of series of equal length, shape (series, points)."""
    points = day.shape[1]
    early, late = np.triu_indices(points, k=1)
    slopes = (log[:, late] - log[:, early]) / (day[:, late] - day[:, early])
    slope = np.median(slopes, axis=1)
    days = np.diff(day, axis=1)
    step = np.diff(log, axis=1) - slope[:, None] * days
    wander = (step**2).sum(axis=1) + (step[:, 1:] * step[:, :-1]).sum(axis=1)
    wander = np.maximum(wander, 0.0) * (points - 1) / (points - 2)
    quantile = stats.t.ppf((1 + intervals.LEVEL) / 2, (points - 1) / 2)
    half = np.sqrt(1.2 * wander) * quantile / day[:, -1]
    volatility = 1.4826 * np.median(np.abs(step) / np.sqrt(days), axis=1)
    return np.expm1(slope), np.expm1(slope - half), np.expm1(slope + half), volatility
