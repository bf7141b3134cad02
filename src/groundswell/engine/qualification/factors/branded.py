"""Branded saturation: how many of an account's recent posts were paid for."""

import numpy as np

from groundswell.engine.arrays import Bools
from groundswell.engine.qualification import grouped, intervals
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import NEVER, Measure

WINDOW_DAYS = 90
_DAY = 86_400 * 1_000_000  # microseconds


def saturation(batch: Batch, sponsored: Bools) -> Measure:
    """Share of the posts of the last 90 days that carry a sign of being paid for.

    The days end where the workspace's data on the platform ends; for an account that has been
    silent for longer they end with its newest post, and that is said.

    Args:
        batch: The accounts.
        sponsored: Whether each post of ``batch.post_rows`` carries a sign.
    """
    posts = batch.post_rows
    flagged = ~posts.missing("paid_partnership")
    readable = flagged | ~posts.missing("text")
    known = readable & (posts.at != NEVER) & (posts.at <= batch.data_end[posts.codes])
    newest = grouped.largest(posts.codes[known], posts.at[known], batch.size)
    silent = (newest != NEVER) & (newest <= batch.data_end - WINDOW_DAYS * _DAY)
    end = np.where(silent, newest, batch.data_end)[posts.codes]
    recent = known & (posts.at > end - WINDOW_DAYS * _DAY)
    codes = posts.codes[recent]
    n = grouped.counts(codes, batch.size)
    value, low, high = intervals.wilson(grouped.sums(codes, sponsored[recent], batch.size), n)
    unflagged = grouped.sums(codes, ~flagged[recent], batch.size) > 0
    return Measure.of(
        "sponsored_share",
        value,
        n=n,
        seen_at=newest,
        interval=(low, high),
        why_not=[
            (grouped.counts(posts.codes, batch.size) == 0, "no posts are known"),
            (n == 0, "no dated posts with text or platform labels are known"),
        ],
        caveats=[
            (silent, f"silent for {WINDOW_DAYS} days: it is about the {WINDOW_DAYS} before that"),
            (unflagged, "a lower bound: platform labels are unknown, words and links are read"),
        ],
    ).shown_by(grouped.first_references(posts.codes, sponsored & recent, posts.ids))
