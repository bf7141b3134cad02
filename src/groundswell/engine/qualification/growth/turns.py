"""Turns: the day from which an account grows at another pace.

The largest of the standardized cumulative sums of log-growth around its mean (Page 1954), each step
cut at `CUT` robust scales so that one jump is no turn. Counts that wander reach `TURNS` by chance
in about one of a hundred series.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.qualification.growth.series import Series

FEWEST_STEPS = 8
BESIDE = 3  # steps before a turn, and after it
CUT = 3.0  # robust scales
TURNS = 3.6


@dataclass(frozen=True, slots=True)
class Turns:
    """The clearest change of pace of each account; arrays are (accounts,).

    Attributes:
        known: Whether there are enough counts to tell.
        found: Whether there is one.
        at: The count from which the pace is another, microseconds.
        before: Log-growth a day before it.
        after: Log-growth a day since.
    """

    known: Bools
    found: Bools
    at: Ints
    before: Floats
    after: Floats


def find(series: Series, size: int) -> Turns:
    """The clearest change of pace of each account.

    Args:
        series: Follower counts.
        size: Number of accounts.
    """
    bounds = series.bounds(size)
    found = _each(series.days, np.log(series.level), series.steps(size), bounds)
    row = np.minimum(bounds[:-1] + found[:, 1].astype(np.int64), max(series.at.size - 1, 0))
    at = series.at[row] if series.at.size else np.zeros(size, dtype=np.int64)
    known = bounds[1:] - bounds[:-1] > FEWEST_STEPS
    return Turns(known, found[:, 0] > TURNS, at, found[:, 2], found[:, 3])


@compiled
def _each(day: Floats, log: Floats, step: Floats, bounds: Ints) -> Floats:
    """(accounts, 4): the largest sum, the row where it is, pace before and after."""
    found = np.zeros((bounds.size - 1, 4))
    for account in range(bounds.size - 1):
        a, b = bounds[account], bounds[account + 1]
        if b - a > FEWEST_STEPS:
            _clearest(day[a:b], log[a:b], step[a:b], found[account])
    return found


@compiled
def _clearest(day: Floats, log: Floats, step: Floats, out: Floats) -> None:
    span = day[1:] - day[:-1]
    rates = (log[1:] - log[:-1]) / np.sqrt(span)  # equal variance for a walk
    middle = np.median(rates)
    scale = 1.4826 * np.median(np.abs(rates - middle))
    scale = max(scale, step.max(), 1e-12)
    cut = np.minimum(np.maximum((rates - middle) / scale, -CUT), CUT)
    n, total, so_far = cut.size, cut.sum(), 0.0
    for k in range(1, n):
        so_far += cut[k - 1]
        if k < BESIDE or n - k < BESIDE:
            continue
        share = k / n
        sum_ = abs(so_far - share * total) / np.sqrt(n * share * (1 - share))
        if sum_ > out[0]:
            out[0], out[1] = sum_, k
            out[2] = (log[k] - log[0]) / (day[k] - day[0])
            out[3] = (log[-1] - log[k]) / (day[-1] - day[k])
