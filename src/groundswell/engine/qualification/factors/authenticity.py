"""Authenticity: what is unusual about an account's engagement among accounts of its size.

Three signals, each a robust z (distance from the peers' median over their interquartile range /
1.349): engagement by followers far too low, as bought followers make it; likes that hardly vary
from post to post, as bought likes do; likes out of proportion to comments, as bought likes (few
comments) or comment pods (many) make it. Beside them stands a jump of followers that nothing
explains (`factors.jumps`). A signal is a reason to look, never a verdict on a person.
"""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals, peers
from groundswell.engine.qualification.batch import Batch, Rows
from groundswell.engine.qualification.measures import NEVER, Measure
from groundswell.engine.qualification.rates import AS_REPORTED, DENOMINATORS, Rates

FEWEST_POSTS = 3
FEWEST_FOR_SPREAD = 5
NOTABLE = 3.0  # robust z from which a signal costs points
REVIEW = 4.0  # robust z from which somebody should look
SIGNALS = ("engagement_residual", "likes_spread_residual", "likes_per_comment_residual")
JUMP = "unexplained_jump"


@dataclass(frozen=True, slots=True)
class Likes:
    """What the likes of each account look like, shape (A,): nan where it can't be said."""

    spread: Floats
    per_comment: Floats
    posts: Ints
    seen_at: Ints


def likes(batch: Batch) -> Likes:
    """Log of the spread of log likes over posts, and log of likes per comment."""
    posts = batch.post_rows
    liked, commented = posts.numbers("likes"), posts.numbers("comments")
    rows = np.flatnonzero(np.isfinite(liked))
    codes, log = posts.codes[rows], np.log(liked[rows] + 0.5)
    n = grouped.counts(codes, batch.size)
    spread = np.sqrt(grouped.variances(codes, log, batch.size))
    both = np.flatnonzero(np.isfinite(liked) & np.isfinite(commented))
    talked = grouped.counts(posts.codes[both], batch.size) >= FEWEST_POSTS
    total = grouped.sums(posts.codes[both], liked[both], batch.size) + 0.5
    replies = grouped.sums(posts.codes[both], commented[both], batch.size) + 0.5
    # The floor keeps a constant series finite: no real one is steadier than 1 %.
    return Likes(
        np.where(n >= FEWEST_FOR_SPREAD, np.log(np.maximum(spread, 0.01)), np.nan),
        np.where(talked, np.log(total / replies), np.nan),
        n,
        grouped.largest(codes, posts.at[rows], batch.size),
    )


def joined(parts: list[Likes]) -> Likes:
    """The likes of all accounts of several batches, in order."""
    return Likes(
        np.concatenate([part.spread for part in parts]),
        np.concatenate([part.per_comment for part in parts]),
        np.concatenate([part.posts for part in parts]),
        np.concatenate([part.seen_at for part in parts]),
    )


def reported(batch: Batch) -> Measure:
    """Share of engagements that a source itself calls authentic, pooled over its windows."""
    rows = Rows(batch.averages, batch.accounts["account"], "observed_at")
    authentic = rows.numbers("authentic_engagement_average")
    engagement = rows.numbers("engagement_average")
    known = (authentic >= 0) & (engagement > 0) & (authentic <= engagement)
    codes = rows.codes[known]
    value, low, high, n = intervals.ratio_of_totals(
        codes, authentic[known], engagement[known], batch.size
    )
    return Measure.of(
        "reported_authentic_share",
        value,
        n=n,
        seen_at=grouped.largest(codes, rows.at[known], batch.size),
        interval=(low, np.minimum(high, 1.0)),
        why_not=[(n == 0, "no source says how much of the engagement is authentic")],
    )


def measures(found: Likes, rates: Rates, followers: Floats, platform: Ints) -> list[Measure]:
    """The three signals, and the points that they cost together.

    Args:
        found: Likes of all accounts.
        rates: Engagement rates of all accounts.
        followers: Size of each account, shape (A,); nan where unknown.
        platform: Code of each account's platform.
    """
    engagement, counted, seen_at, parts = _engagement(rates, followers.size)
    signals = [
        _signal(SIGNALS[0], engagement, followers, platform * 64 + parts, counted, seen_at),
        _signal(SIGNALS[1], found.spread, followers, platform, found.posts, found.seen_at),
        _signal(SIGNALS[2], found.per_comment, followers, platform, found.posts, found.seen_at),
    ]
    oddness = np.array([_oddness(signal) for signal in signals])
    known = np.isfinite(oddness).any(axis=0)
    points = np.where(known, np.nansum(np.maximum(oddness - NOTABLE, 0.0), axis=0), np.nan)
    unusual = Measure.of(
        "unusual_engagement",
        points,
        n=np.maximum(counted, found.posts),
        seen_at=np.maximum(seen_at, found.seen_at),
        why_not=[(~known, "too few posts, or too few accounts of its size, to tell what is usual")],
    )
    return [*signals, unusual]


def needs_review(signals: list[Measure]) -> Bools:
    """Accounts with a signal that somebody should look at."""
    odd = [_oddness(signal) >= REVIEW for signal in signals if signal.name in SIGNALS]
    jumped = [signal.value > 0 for signal in signals if signal.name == JUMP]
    anyone: Bools = np.any([*odd, *jumped], axis=0)
    return anyone


def asks_for_review(kind: str, value: float) -> bool:
    """Whether a measure of that kind and value is a reason for somebody to look."""
    return value > 0 if kind == JUMP else kind in SIGNALS and abs(value) >= REVIEW


def _oddness(signal: Measure) -> Floats:
    """How far a signal points in the direction that is suspicious; nan where unknown."""
    if signal.name == "likes_per_comment_residual":
        return np.abs(signal.value)
    return -signal.value


def _engagement(rates: Rates, size: int) -> tuple[Floats, Ints, Ints, Ints]:
    """Log engagement rate by followers, its posts, newest post and numerator, of each account.

    A rate of one or two posts is too much luck to compare; a reported average stands for many.
    """
    by_followers = (rates.format == 0) & (rates.denominator == DENOMINATORS.index("followers"))
    enough = (rates.n >= FEWEST_POSTS) | (rates.parts >= AS_REPORTED)
    rows = np.flatnonzero(by_followers & enough)
    value, n = np.full(size, np.nan), np.zeros(size, dtype=np.int64)
    seen_at, parts = np.full(size, NEVER), np.zeros(size, dtype=np.int64)
    with np.errstate(divide="ignore"):
        value[rates.account[rows]] = np.log(rates.value[rows])
    n[rates.account[rows]] = rates.n[rows]
    seen_at[rates.account[rows]] = rates.seen_at[rows]
    parts[rates.account[rows]] = rates.parts[rows]
    value[~np.isfinite(value)] = np.nan
    return value, n, seen_at, parts


def _signal(
    name: str, value: Floats, followers: Floats, group: Ints, n: Ints, seen_at: Ints
) -> Measure:
    low, middle, high = peers.local_quantiles(
        value, followers=followers, group=group, at=(0.25, 0.5, 0.75)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (value - middle) / ((high - low) / 1.349)
    residual[~np.isfinite(residual)] = np.nan
    return Measure.of(
        name,
        residual,
        n=n,
        seen_at=seen_at,
        why_not=[
            (np.isnan(value), "too few posts with counted engagement"),
            (np.isnan(residual), f"fewer than {peers.FEWEST} accounts of its size to compare with"),
        ],
    )
