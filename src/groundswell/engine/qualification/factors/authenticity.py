"""Authenticity: what is unusual about an account's engagement among accounts of its size.

Engagement by followers far too low, as bought followers make it, and likes out of proportion to
comments, as bought likes (few comments) or comment pods (many) make it, are robust z: the distance
from the peers' median over their interquartile range / 1.349. Counts that are too alike
(`factors.constancy`) are normal deviates. Beside them stand a jump of followers that nothing
explains (`factors.jumps`) and the same people commenting under a group of accounts
(`factors.cliques`), each of which is a reason to look by itself. A signal is never a verdict on a
person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals, peers
from groundswell.engine.qualification.batch import Batch, Rows
from groundswell.engine.qualification.factors import cliques, constancy
from groundswell.engine.qualification.factors.constancy import Counts
from groundswell.engine.qualification.measures import NEVER, Measure
from groundswell.engine.qualification.rates import AS_REPORTED, DENOMINATORS, Rates

FEWEST_POSTS = 3
NOTABLE = 3.0  # robust z from which a signal costs points
REVIEW = 4.0  # robust z from which somebody should look
JUMP, CLIQUE = "unexplained_jump", cliques.NAME
ALONE = (JUMP, CLIQUE)  # which ask for a look whenever there is one
# From which distance each signal asks for a look. Constancy has exact chances: 3 is one in 740.
SIGNALS: Mapping[str, float] = {
    "engagement_residual": REVIEW,
    "likes_spread_residual": 3.0,
    "comments_spread_residual": 3.0,
    "likes_per_comment_residual": REVIEW,
}


@dataclass(frozen=True, slots=True)
class Engaged:
    """What likes and comments of each account look like, shape (A,): nan where it can't be said."""

    likes: Counts
    comments: Counts
    per_comment: Floats
    posts: Ints


def engaged(batch: Batch) -> Engaged:
    """How alike likes and comments are from post to post, and log of likes per comment."""
    posts = batch.post_rows
    liked, commented = posts.numbers("likes"), posts.numbers("comments")
    both = np.flatnonzero(np.isfinite(liked) & np.isfinite(commented))
    codes = posts.codes[both]
    n = grouped.counts(codes, batch.size)
    total = grouped.sums(codes, liked[both], batch.size) + 0.5
    replies = grouped.sums(codes, commented[both], batch.size) + 0.5
    return Engaged(
        constancy.counts(batch, "likes"),
        constancy.counts(batch, "comments"),
        np.where(n >= FEWEST_POSTS, np.log(total / replies), np.nan),
        n,
    )


def joined(parts: list[Engaged]) -> Engaged:
    """The engagement of all accounts of several batches, in order."""
    return Engaged(
        constancy.joined([part.likes for part in parts]),
        constancy.joined([part.comments for part in parts]),
        np.concatenate([part.per_comment for part in parts]),
        np.concatenate([part.posts for part in parts]),
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


def measures(found: Engaged, rates: Rates, followers: Floats, platform: Ints) -> list[Measure]:
    """The signals, and the points that they cost together.

    Args:
        found: Engagement of all accounts.
        rates: Engagement rates of all accounts.
        followers: Size of each account, shape (A,); nan where unknown.
        platform: Code of each account's platform.
    """
    engagement, ends, counted, seen_at, parts = _engagement(rates, followers.size)
    low, likes, comments, per_comment = SIGNALS
    signals = [
        _signal(low, engagement, followers, platform * 64 + parts, counted, seen_at, ends=ends),
        constancy.measure(likes, found.likes, "likes", platform),
        constancy.measure(comments, found.comments, "comments", platform),
        _signal(
            per_comment, found.per_comment, followers, platform, found.posts, found.likes.seen_at
        ),
    ]
    oddness = np.array([_oddness(signal) for signal in signals])
    known = np.isfinite(oddness).any(axis=0)
    points, least, most = (
        _points(oddness, rate) for rate in (oddness[0], -signals[0].high, -signals[0].low)
    )
    unusual = Measure.of(
        "unusual_engagement",
        np.where(known, points, np.nan),
        n=np.maximum(counted, found.posts),
        seen_at=np.maximum(seen_at, found.likes.seen_at),
        interval=(
            np.where(signals[0].known & np.isnan(signals[0].low), np.nan, least),
            np.where(signals[0].known & np.isnan(signals[0].low), np.nan, most),
        ),
        why_not=[(~known, "too few posts, or too few accounts of its size, to tell what is usual")],
    )
    return [*signals, unusual]


def _points(oddness: Floats, engagement: Floats) -> Floats:
    """Points of all signals beyond what is notable, with another value of the first."""
    each = np.vstack([engagement, oddness[1:]])
    return np.asarray(np.nansum(np.maximum(each - NOTABLE, 0.0), axis=0))


def needs_review(signals: list[Measure]) -> Bools:
    """Accounts with a signal that somebody should look at."""
    odd = [_oddness(each) >= SIGNALS[each.name] for each in signals if each.name in SIGNALS]
    alone = [each.value > 0 for each in signals if each.name in ALONE]
    anyone: Bools = np.any([*odd, *alone], axis=0)
    return anyone


def asks_for_review(kind: str, value: float) -> bool:
    """Whether a measure of that kind and value is a reason for somebody to look."""
    if kind in ALONE:
        return value > 0
    return kind in SIGNALS and abs(value) >= SIGNALS[kind]


def _oddness(signal: Measure) -> Floats:
    """How far a signal points in the direction that is suspicious; nan where unknown."""
    if signal.name == "likes_per_comment_residual":
        return np.abs(signal.value)
    return -signal.value


def _engagement(rates: Rates, size: int) -> tuple[Floats, tuple[Floats, Floats], Ints, Ints, Ints]:
    """Log engagement rate by followers, its ends, posts, newest post and numerator, by account.

    A rate of one or two posts is too much luck to compare; a reported average stands for many.
    """
    by_followers = (rates.format == 0) & (rates.denominator == DENOMINATORS.index("followers"))
    enough = (rates.n >= FEWEST_POSTS) | (rates.parts >= AS_REPORTED)
    rows = np.flatnonzero(by_followers & enough)
    logs = np.full((3, size), np.nan)
    n, parts = np.zeros((2, size), dtype=np.int64)
    seen_at = np.full(size, NEVER)
    with np.errstate(divide="ignore"):
        logs[:, rates.account[rows]] = np.log(
            [rates.value[rows], rates.low[rows], rates.high[rows]]
        )
    n[rates.account[rows]] = rates.n[rows]
    seen_at[rates.account[rows]] = rates.seen_at[rows]
    parts[rates.account[rows]] = rates.parts[rows]
    logs[~np.isfinite(logs)] = np.nan
    return logs[0], (logs[1], logs[2]), n, seen_at, parts


def _signal(
    name: str,
    value: Floats,
    followers: Floats,
    group: Ints,
    n: Ints,
    seen_at: Ints,
    *,
    ends: tuple[Floats, Floats] | None = None,
) -> Measure:
    low, middle, high = peers.local_quantiles(
        value, followers=followers, group=group, at=(0.25, 0.5, 0.75)
    )
    scale = (high - low) / 1.349
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (value - middle) / scale
        interval = (
            None if ends is None else ((ends[0] - middle) / scale, (ends[1] - middle) / scale)
        )
    residual[~np.isfinite(residual)] = np.nan
    return Measure.of(
        name,
        residual,
        n=n,
        seen_at=seen_at,
        interval=interval,
        why_not=[
            (np.isnan(value), "too few posts with counted engagement"),
            (np.isnan(residual), f"fewer than {peers.FEWEST} accounts of its size to compare with"),
        ],
    )
