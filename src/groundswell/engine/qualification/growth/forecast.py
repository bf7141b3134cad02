"""Where follower counts go: a damped robust trend, and the spread of a walk around it.

Growth goes on as it was, by half as it was lately, and fades: after `FADES_IN_DAYS` a trend is
worth 1 - 1/e of what it would have brought in all. Around it counts wander: the variance a day is
that of the steps around the trend with their products with the next (Newey and West 1987, one lag),
which takes out what rounding adds to one step and takes from the next; the slope itself is
uncertain by as much as that of a walk over the days seen.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.qualification.growth.series import FEWEST, Series

LEVEL = 0.80
SHORTEST_DAYS = 14.0
RECENT_DAYS = 56.0
FADES_IN_DAYS = 60.0
POINTS = 48  # counts used for a slope, evenly chosen


@dataclass(frozen=True, slots=True)
class Forecast:
    """Followers after some days; arrays are (accounts,), nan where too little is known."""

    value: Floats
    low: Floats
    high: Floats


def ahead(
    series: Series, size: int, *, days: float, shortest_days: float = SHORTEST_DAYS
) -> Forecast:
    """Followers so many days after each account's newest count, with an interval at `LEVEL`.

    Args:
        series: Follower counts.
        size: Number of accounts.
        days: How far ahead.
        shortest_days: What the counts must span for anything to be said.
    """
    damped = FADES_IN_DAYS * -np.expm1(-days / FADES_IN_DAYS)
    bounds = series.bounds(size)
    slope, variance, span = _each(series.days, np.log(series.level), bounds).T
    known = (bounds[1:] - bounds[:-1] >= FEWEST) & (span >= shortest_days)
    last = np.where(known, bounds[1:] - 1, 0)
    if series.level.size == 0:
        nothing = np.full(size, np.nan)
        return Forecast(nothing, nothing, nothing)
    z = float(special.ndtri((1 + LEVEL) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        wander = np.sqrt(variance * days * (1 + 1.2 * days / span))
        half = np.maximum(z * wander, series.steps(size)[last] / 2)
        middle = np.log(series.level[last]) + damped * slope
    ends = [np.where(known, np.exp(middle + side * half), np.nan) for side in (0, -1, 1)]
    return Forecast(*ends)


@compiled
def _each(day: Floats, log: Floats, bounds: Ints) -> Floats:
    """(accounts, 3): slope a day, variance a day, days between first and last count."""
    found = np.zeros((bounds.size - 1, 3))
    for account in range(bounds.size - 1):
        a, b = bounds[account], bounds[account + 1]
        if b - a < 3:
            continue
        x, y = day[a:b], log[a:b]
        slope = _median_slope(x, y)
        since = np.searchsorted(x, x[-1] - RECENT_DAYS)
        lately = _median_slope(x[since:], y[since:]) if x.size - since > 3 else slope
        step = y[1:] - y[:-1] - slope * (x[1:] - x[:-1])
        squares = (step**2).sum() + (step[1:] * step[:-1]).sum()
        scaled = max(squares, 0.0) * (x.size - 1) / (x.size - 2)
        found[account, 0] = (slope + lately) / 2
        found[account, 1] = scaled / (x[-1] - x[0])
        found[account, 2] = x[-1] - x[0]
    return found


@compiled
def _median_slope(day: Floats, log: Floats) -> float:
    n = min(day.size, POINTS)
    rows = np.arange(n) * (day.size - 1) // (n - 1)
    x, y = day[rows], log[rows]
    slopes = np.empty(n * (n - 1) // 2)
    k = 0
    for j in range(1, n):
        for i in range(j):
            slopes[k] = (y[j] - y[i]) / (x[j] - x[i])
            k += 1
    return float(np.median(slopes))
