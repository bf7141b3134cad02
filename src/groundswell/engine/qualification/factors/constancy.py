"""Constancy: several posts with nearly the same count, as counts that people give hardly have.

Likes that people give vary by a factor from post to post. Likes that are delivered come in fixed
numbers, under all posts or under those that did not reach the number by themselves. So the
closest `k` of an account's `n` counts are looked at, for each `k`. If logarithms are normal with
variance `v`, the chance that any `k` of them lie within `w` of each other is at most

    C(n, k) sqrt(k) (w / sqrt(2 pi v))^(k - 1)

the expected number of such sets for small `w` (a scan statistic). The `v` that is usual is read
from accounts of similar level on the platform, as a median, so that a few who buy do not shift it.
Accounts differ: true variances are taken as a scaled inverse chi-square whose degrees come from
quartiles (Smyth 2004 has moments), and the chance is averaged over them. The smallest chance, times
how many `k` were tried, is given as a normal deviate: -3.5 is one in 4,300. So three posts that are
alike say little, and eight say much.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy import special

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped, peers
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import NEVER, Measure

FEWEST_POSTS = 3
MOST_POSTS = 30  # the newest ones
LEAST_COUNT = 10.0  # on average: below it whole numbers coincide
RIPE_DAYS = 7  # younger posts are still collecting
_DAY = 86_400 * 1_000_000  # microseconds
_DEGREES = (1.0, 200.0)
_QUARTILES = 1.349  # interquartile range of a standard normal variable
_FIRST_GUESS = 0.6  # standard deviation with which the closest posts are chosen
_SHOWN = 5
_ROUNDED = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """One count under each account's posts, shape (A,), and those posts where it is most alike.

    Attributes:
        posts: Ripe posts with the count, the newest ``MOST_POSTS``.
        variance: Of the logarithm; nan where counts are too few or too small.
        level: Logarithm of the mean count; nan where there is none.
        alike: How many posts the closest set has.
        low: Smallest count of that set; nan where variance is.
        high: Largest count of that set; nan where variance is.
        width: Logarithm of the ratio of both, one step of the last digit added.
        seen_at: Newest post in microseconds.
        shown: Ids of posts of that set, by account.
    """

    posts: Ints
    variance: Floats
    level: Floats
    alike: Ints
    low: Floats
    high: Floats
    width: Floats
    seen_at: Ints
    shown: dict[int, tuple[str, ...]]


def counts(batch: Batch, column: str) -> Counts:
    """How alike the counts of each account's posts are.

    Args:
        batch: The accounts.
        column: Which count: ``likes`` or ``comments``.
    """
    posts, size = batch.post_rows, batch.size
    counted = posts.numbers(column)
    observed = grouped.moments(posts.table["observed_at"])
    ripe = posts.missing("observed_at") | (observed >= posts.at + RIPE_DAYS * _DAY)
    rows = np.flatnonzero(np.isfinite(counted) & ripe)
    rows = rows[_from_newest(posts.codes[rows], size) < MOST_POSTS]
    codes = posts.codes[rows]
    n = grouped.counts(codes, size)
    mean = grouped.means(codes, counted[rows], size)
    enough = (n >= FEWEST_POSTS) & (mean >= LEAST_COUNT)
    variance = grouped.variances(codes, np.log(counted[rows] + 0.5), size)
    alike, low, high, width = _closest(codes[enough[codes]], counted[rows[enough[codes]]], size)
    member = (counted[rows] >= low[codes]) & (counted[rows] <= high[codes])
    remarkable = _log_chance(n, alike, width, _FIRST_GUESS**2, _DEGREES[1]) < np.log(0.01)
    ids = [posts.ids[row] for row in rows.tolist()]
    return Counts(
        n,
        np.where(enough, np.maximum(variance, 1e-9), np.nan),
        np.log(np.where(mean > 0, mean, np.nan)),
        alike,
        low,
        high,
        width,
        grouped.largest(codes, posts.at[rows], size),
        grouped.first_references(codes, member & remarkable[codes], ids, limit=_SHOWN),
    )


def joined(parts: list[Counts]) -> Counts:
    """The counts of all accounts of several batches, in order."""
    columns: dict[str, Any] = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(Counts)
        if each.name != "shown"
    }
    shown: dict[int, tuple[str, ...]] = {}
    offset = 0
    for part in parts:
        shown |= {offset + row: ids for row, ids in part.shown.items()}
        offset += part.posts.size
    return Counts(**columns, shown=shown)


def measure(name: str, found: Counts, what: str, platform: Ints) -> Measure:
    """How unlikely the most alike counts of each account are, as a normal deviate, 0 or less.

    Args:
        name: What the measure is called.
        found: The counts.
        what: The count in words, such as ``likes``.
        platform: Code of each account's platform.
    """
    z = np.full(platform.size, np.nan)
    for code in np.unique(platform):
        rows = np.flatnonzero((platform == code) & np.isfinite(found.variance))
        if rows.size > peers.FEWEST:
            z[rows] = _deviates(found, rows)
    few = found.posts < FEWEST_POSTS
    small = ~few & np.isnan(found.variance)
    said = Measure.of(
        name,
        z,
        n=found.posts,
        seen_at=np.where(found.posts > 0, found.seen_at, NEVER),
        why_not=[
            (few, f"fewer than {FEWEST_POSTS} posts of {RIPE_DAYS} days or more have {what}"),
            (small, f"fewer than {LEAST_COUNT:g} {what} a post, which coincide by chance"),
            (np.isnan(z), f"fewer than {peers.FEWEST} accounts of its level to compare with"),
        ],
    )
    shown = {row: ids for row, ids in found.shown.items() if np.isfinite(z[row])}
    words = {
        row: f"{found.alike[row]} of {found.posts[row]} posts got "
        f"{found.low[row]:,.0f} to {found.high[row]:,.0f} {what}"
        for row in shown
    }
    return said.shown_by(shown).with_caveats(words)


def _from_newest(codes: Ints, size: int) -> Ints:
    """How many newer rows each account has; rows are sorted by account and time."""
    ends = np.cumsum(grouped.counts(codes, size))
    return np.asarray(ends[codes] - 1 - np.arange(codes.size))


def _closest(codes: Ints, counted: Floats, size: int) -> tuple[Ints, Floats, Floats, Floats]:
    """The most remarkable set of alike counts: how many, smallest, largest, width."""
    order = np.lexsort((counted, codes))
    codes, counted = codes[order], counted[order]
    n = grouped.counts(codes, size)
    accounts = np.flatnonzero(n)
    place = np.arange(codes.size) - (np.cumsum(n) - n)[codes]
    ranked = np.full((accounts.size, MOST_POSTS), np.inf)
    ranked[np.searchsorted(accounts, codes), place] = counted
    step = _step(codes, counted, size)[accounts]
    best = np.full(accounts.size, np.inf)
    alike, first = np.full((2, accounts.size), 1)
    for k in range(FEWEST_POSTS, MOST_POSTS + 1):
        smallest = np.maximum(ranked[:, : MOST_POSTS - k + 1], 0.5)
        with np.errstate(invalid="ignore"):
            width = np.log((ranked[:, k - 1 :] + step[:, None]) / smallest)
        start = np.argmin(np.where(np.isnan(width), np.inf, width), axis=1)
        narrow = width[np.arange(accounts.size), start]
        chance = _log_chance(n[accounts], np.array(k), narrow, _FIRST_GUESS**2, _DEGREES[1])
        better = (k <= n[accounts]) & (chance < best)
        best[better], alike[better], first[better] = chance[better], k, start[better]
    found = np.full((3, size), np.nan)
    row = np.arange(accounts.size)
    low, high = ranked[row, first], ranked[row, first + alike - 1]
    found[:, accounts] = low, high, np.log((high + step) / np.maximum(low, 0.5))
    sizes = np.ones(size, dtype=np.int64)
    sizes[accounts] = alike
    return sizes, found[0], found[1], found[2]


def _step(codes: Ints, counted: Floats, size: int) -> Floats:
    """One step of the last digit that an account's counts show: 100 where all end in 00.

    Sources that round do so from 1,000 on; a smaller count is taken as it is.
    """
    step = np.full(size, np.inf)
    unit = np.ones(counted.size)
    for power in (10.0, 100.0, 1e3, 1e4, 1e5):
        unit[(counted % power == 0) & (counted >= _ROUNDED)] = power
    np.minimum.at(step, codes, np.where(counted > 0, unit, np.inf))
    return np.where(np.isfinite(step), step, 1.0)


def _log_chance(
    n: Ints, k: Ints, width: Floats, variance: Floats | float, degrees: float
) -> Floats:
    """Logarithm of the expected number of sets as close, averaged over accounts' variances."""
    half = (k - 1) / 2
    sets = special.gammaln(n + 1) - special.gammaln(k + 1)
    sets = sets - special.gammaln(np.maximum(n - k, 0) + 1)
    spreads = special.gammaln(degrees / 2 + half) - special.gammaln(degrees / 2)
    spreads = spreads - half * np.log(np.pi * degrees * np.asarray(variance))
    return np.asarray(sets + np.log(k) / 2 + 2 * half * np.log(width) + spreads)


def _deviates(found: Counts, rows: Ints) -> Floats:
    """Normal deviates of accounts of one platform; nan without peers."""
    degrees = found.posts[rows] - 1.0
    log = np.log(found.variance[rows]) - np.log(special.chdtri(degrees, 0.5) / degrees)
    [usual] = peers.local_quantiles(
        log,
        followers=np.exp(found.level[rows]),
        group=np.zeros(rows.size, dtype=np.int64),
        at=(0.5,),
    )
    known = np.isfinite(usual)
    low, high = np.quantile((log - usual)[known], (0.25, 0.75)) if known.any() else (0.0, 0.0)
    quartiles = np.log(special.chdtri(degrees, 0.25) / special.chdtri(degrees, 0.75))
    between = ((high - low) / _QUARTILES) ** 2 - np.mean((quartiles / _QUARTILES) ** 2)
    prior = _degrees_of(max(float(between), 0.0))
    n = found.posts[rows]
    chance = _log_chance(n, found.alike[rows], found.width[rows], np.exp(usual), prior)
    return np.asarray(special.ndtri_exp(np.minimum(chance + np.log(n - 2), np.log(0.5))))


def _degrees_of(variance: float) -> float:
    """Degrees of freedom of the chi-square whose logarithm has a variance, by bisection."""
    low, high = _DEGREES
    for _ in range(40):
        middle = (low + high) / 2
        if special.polygamma(1, middle / 2) > variance:
            low = middle
        else:
            high = middle
    return (low + high) / 2
