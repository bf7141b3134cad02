"""Bursts: followers who came within days, for no reason that the account shows.

A window of at most a week (or one step between two counts, where counts are rarer) is a jump when
its log-growth beyond the account's own median exceeds `STRENGTH` robust scales of the account's own
growth and one step of the last digit shown, and at least `MATERIAL`. A jump is explained when
something that the account did, or that happened to it, stands out at the same time: a post or a
week of views far above its usual, or far more posts; or when it fades slowly, as what is passed
on from person to person does. What is left is a burst, for somebody to look at.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.qualification.growth.series import DAY, Series

STRENGTH = 6.0  # robust scales
MATERIAL = 0.05  # of log followers
LONGEST = 7.5  # days of a window, and of what may go before it
FADING = 0.15  # of the jump, gained over an equal time right after it
LATER = 14.0  # days in which those who left again are counted
LEFT = 0.3  # of a jump that left again, which speaks for itself
SOON = 3.0  # days
MISCOUNT = 0.9  # of a jump gone by the next count: nobody came
FEWEST_AMOUNTS = 2
STANDS_OUT = 2.0  # robust scales of log amounts
LEAST_LIFT, MOST_LIFT = 0.4, 1.1  # of log amounts, 1.5 and 3 times the usual
POST_SCATTER = 0.6  # of log engagement from post to post, until five posts show their own
NOBODY_KNOWS, FLAT, ACCOMPANIED = 0, 1, 2
_TRIES = 5
_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Activity:
    """What might explain a jump: engagement of each post, or views of each week.

    Rows are sorted by account and time.

    Attributes:
        codes: (rows,) whose it is.
        at: (rows,) when, in microseconds.
        amount: (rows,) how much of it, not negative.
    """

    codes: Ints
    at: Ints
    amount: Floats

    @classmethod
    def unknown(cls) -> "Activity":
        """Nothing is known of what the accounts did."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, np.empty(0))


@dataclass(frozen=True, slots=True)
class Bursts:
    """The strongest jump of each account that nothing explains; arrays are (accounts,).

    Attributes:
        found: Whether there is one.
        strength: Its size over the smallest that counts, or that of the strongest window of growth
            where none is found; nan under three counts.
        start: Count before it, microseconds; meaningless where none is found, as all below.
        end: Count after it, microseconds.
        gained: Followers who came beyond the usual.
        before: Followers before it.
        usual: Followers gained or lost on the account's median day.
        lost: Share of the gained that left within two weeks; nan without later counts.
        activity: ``FLAT`` where posts are known and show nothing, else ``NOBODY_KNOWS``.
    """

    found: Bools
    strength: Floats
    start: Ints
    end: Ints
    gained: Floats
    before: Floats
    usual: Floats
    lost: Floats
    activity: Ints


def find(series: Series, activity: Activity, size: int) -> Bursts:
    """The strongest unexplained jump of each account.

    Args:
        series: Its follower counts.
        activity: What it did.
        size: Number of accounts.
    """
    bounds = series.bounds(size)
    limits = np.searchsorted(activity.codes, np.arange(size + 1)).astype(np.int64)
    day = series.days
    first = np.zeros(size, dtype=np.int64)
    counted = np.flatnonzero(bounds[1:] > bounds[:-1])
    first[counted] = series.at[bounds[counted]]
    found = _each(
        day,
        np.log(series.level),
        series.steps(size),
        bounds,
        (activity.at - first[activity.codes]) / DAY,
        np.log(np.maximum(activity.amount, 0.0) + 0.5),
        limits,
    )
    row = bounds[:-1, None] + found[:, 1:3].astype(np.int64)
    row = np.where(found[:, :1] > 0, row, 0)
    at = series.at[row] if series.at.size else np.zeros((size, 2), dtype=np.int64)
    level = series.level[row] if series.at.size else np.full((size, 2), np.nan)
    return Bursts(
        found[:, 0] > 0,
        found[:, 3],
        at[:, 0],
        at[:, 1],
        level[:, 1] * -np.expm1(-found[:, 4]),
        level[:, 0],
        found[:, 5] * level[:, 0],
        found[:, 6],
        found[:, 7].astype(np.int64),
    )


@compiled
def _each(
    day: Floats,
    log: Floats,
    step: Floats,
    bounds: Ints,
    act_day: Floats,
    act: Floats,
    limits: Ints,
) -> Floats:
    size = bounds.size - 1
    found = np.zeros((size, _COLUMNS))
    for account in range(size):
        a, b = bounds[account], bounds[account + 1]
        p, q = limits[account], limits[account + 1]
        if b - a < 3:
            found[account, 3] = np.nan
            continue
        _strongest(day[a:b], log[a:b], step[a:b], act_day[p:q], act[p:q], found[account])
    return found


@compiled
def _strongest(
    day: Floats, log: Floats, step: Floats, act_day: Floats, act: Floats, out: Floats
) -> None:
    """Fill found, start, end, strength, log size, usual, lost, activity of one account."""
    rate, scale, usual = usual_growth(day, log)
    free = np.ones(day.size, dtype=np.bool_)
    out[5], out[6] = usual, np.nan
    for attempt in range(_TRIES):
        i, j, strength, size = _window(day, log, step, free, rate, scale)
        if attempt == 0:
            out[3] = strength
        if strength < 1:
            return
        lift = least_lift(size / max(usual * (day[j] - day[i]), 1e-9))
        moved = _moved(day[i], day[j], lift, act_day, act)
        lost, fading, gone = _afterwards(day, log, step, (i, j), size)
        fine = day[j] - day[i] <= SOON <= day[-1] - day[j]
        plain = moved == FLAT or (moved == NOBODY_KNOWS and (fine or lost >= LEFT))
        if plain and not fading and not gone:
            out[0], out[1], out[2], out[3] = 1, i, j, strength
            out[4], out[6], out[7] = size, lost, moved
            return
        for k in range(day.size):
            if day[i] - LONGEST <= day[k] <= day[j] + LONGEST:
                free[k] = False


@compiled
def usual_growth(day: Floats, log: Floats) -> tuple[float, float, float]:
    """Median log-growth a day, robust scale a square root of a day, and the median size."""
    span = day[1:] - day[:-1]
    rates = (log[1:] - log[:-1]) / span
    rate = np.median(rates)
    off = np.abs(log[1:] - log[:-1] - rate * span) / np.sqrt(span)
    few = 1.0 + 4.0 / span.size
    return rate, 1.4826 * np.median(off) * few, np.median(np.abs(rates))


@compiled
def _window(
    day: Floats, log: Floats, step: Floats, free: Bools, rate: float, scale: float
) -> tuple[int, int, float, float]:
    """The shortest window within a tenth of the strongest: start, end, strength, log size."""
    best, at_i, at_j, size = 0.0, 0, 1, 0.0
    for j in range(1, day.size):
        for i in range(j - 1, -1, -1):
            if i < j - 1 and day[j] - day[i] > LONGEST:
                break
            if not free[j] or not free[i]:
                continue
            base = log[i]
            for k in range(i - 1, -1, -1):
                if day[i] - day[k] > LATER:
                    break
                base = max(base, log[k] + rate * (day[i] - day[k]))
            excess = log[j] - base - rate * (day[j] - day[i])
            wander = STRENGTH * scale * np.sqrt(day[j] - day[i])
            strength = excess / (max(wander, MATERIAL) + max(step[i], step[j]))
            shorter = day[j] - day[i] < day[at_j] - day[at_i]
            if strength > best * (0.9 if shorter and size > 0 else 1.1 if size > 0 else 1.0):
                best, at_i, at_j, size = strength, i, j, excess
    return at_i, at_j, best, size


@compiled
def least_lift(times: float) -> float:
    """Log amount above the usual that explains growth of so many times the usual."""
    return float(min(max(0.5 * np.log(times), LEAST_LIFT), MOST_LIFT))


@compiled
def _moved(start: float, end: float, lift: float, act_day: Floats, act: Floats) -> int:
    """Whether something that the account did stands out at that time."""
    near = (act_day >= start - LONGEST) & (act_day <= end + 1)
    local = ~near & (np.abs(act_day - start) <= 90)
    others = local if local.sum() >= 5 else ~near
    amounts, inside = act[others], act[near]
    if amounts.size < FEWEST_AMOUNTS:
        return NOBODY_KNOWS
    if inside.size == 0:
        return FLAT
    usual = np.median(amounts)
    scatter = 1.4826 * np.median(np.abs(amounts - usual))
    if amounts.size < 5:
        scatter = max(scatter, POST_SCATTER)
    needed = (STANDS_OUT + 0.37 * np.log(inside.size)) * scatter
    if inside.max() >= usual + max(needed, lift):
        return ACCOMPANIED
    days = act_day[others]
    pace = (days.size - 1) / max(days.max() - days.min(), 1.0)
    often = inside.size >= max(5.0, 3 * pace * (end + 1 - start + LONGEST))
    return ACCOMPANIED if often else FLAT


@compiled
def _afterwards(
    day: Floats, log: Floats, step: Floats, window: tuple[int, int], size: float
) -> tuple[float, bool, bool]:
    """Share that left within two weeks, whether it fades slowly, whether it was a miscount."""
    i, j = window
    rate, scale, _ = usual_growth(day, log)
    lost, fading, gone = np.nan, False, False
    length = max(3.0, day[j] - day[i])
    fine = day[j] - day[i] <= LONGEST
    for k in range(j + 1, day.size):
        since = day[k] - day[j]
        more = log[k] - log[j] - rate * since
        if k == j + 1 or since <= LATER:
            lost = min(max((1 - np.exp(more)) / (1 - np.exp(-size)), 0.0), 1.0)
        if k == j + 1 and since <= SOON:
            gone = lost >= MISCOUNT
        if fine and length <= since <= length + LONGEST:
            noise = 2 * scale * np.sqrt(since) + step[k]
            fading = more >= FADING * size and more > noise
            fine = False
    return lost, fading, gone
