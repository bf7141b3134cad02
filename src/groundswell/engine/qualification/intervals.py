"""Intervals at 95 %: of a proportion, and of a ratio of totals over posts."""

import numpy as np
from scipy import special

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.qualification import grouped

LEVEL = 0.95
Z = float(special.ndtri((1 + LEVEL) / 2))


def t_quantile(degrees: Ints) -> Floats:
    """Two-sided quantile of Student's t at the level; nan under one degree of freedom."""
    quantile = special.stdtrit(np.maximum(degrees, 1), (1 + LEVEL) / 2)
    return np.where(degrees >= 1, quantile, np.nan)


def wilson(hits: Floats, trials: Ints) -> tuple[Floats, Floats, Floats]:
    """Proportion with the score interval of Wilson (1927).

    Args:
        hits: Successes per group, shape (groups,).
        trials: Trials per group, same shape.

    Returns:
        Value, low and high in [0, 1]; nan where there were no trials.
    """
    n = np.where(trials > 0, trials, np.nan)
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return share, np.clip(centre - half, 0.0, share), np.clip(centre + half, share, 1.0)


def ratio_of_totals(
    codes: Ints, top: Floats, bottom: Floats, size: int
) -> tuple[Floats, Floats, Floats, Ints]:
    """Ratio of pooled counts, with posts as the clusters.

    The value is ``sum(top) / sum(bottom)`` of each group. The error of its logarithm is the
    delete-one-post jackknife (Quenouille 1956; Wolter 2007, chapter 4); the interval is symmetric
    on the log scale, since a rate is positive and skewed, with Student's t on ``n - 1`` degrees.

    Args:
        codes: Group of each post, shape (posts,).
        top: Numerator of each post, all known, zero or more.
        bottom: Denominator of each post, all known, above zero.
        size: Number of groups.

    Returns:
        Value, low, high and number of posts of each group. Value is nan without posts; low and
        high are nan under two posts, or when all of the numerator comes from one post.
    """
    n = grouped.counts(codes, size)
    above, below = grouped.sums(codes, top, size), grouped.sums(codes, bottom, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above / below
        without = np.log((above[codes] - top) / (below[codes] - bottom))
        centred = without - grouped.means(codes, without, size)[codes]
        error = np.sqrt((n - 1) / n * grouped.sums(codes, centred * centred, size))
        factor = np.exp(t_quantile(n - 1) * error)
        low, high = ratio / factor, ratio * factor
    said = np.isfinite(high)
    return ratio, np.where(said, low, np.nan), np.where(said, high, np.nan), n
