"""Branded performance: engagement of sponsored posts against an account's own organic posts.

The log-ratio of one account is the least-squares effect of "sponsored" on log engagement with one
intercept per format, so that an account is compared with itself and a reel with reels. Few posts
say little, so each log-ratio is shrunk towards the platform's in the hierarchical normal model of
Rubin (1981), with the spread between accounts integrated over a grid. The spread is kept away from
0 (as Chung and others advise, 2013): it hides behind the noise of single posts, and taking it for
0 would make every interval far too narrow.
"""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped, intervals
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.measures import NEVER, Measure
from groundswell.engine.qualification.rates import PARTS
from groundswell.terms.formats import Format

RIPE_DAYS = 3  # younger posts are still collecting likes
_DAY = 86_400 * 1_000_000  # microseconds
_LEAST_VARIANCE = 1e-6
# Standard deviation of the log-ratio between accounts: no less than .2, and rarely much more.
_LEAST_SPREAD = 0.2
_SPREADS = np.linspace(_LEAST_SPREAD, 1.5, 53)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Sufficient statistics of the regression of each account, shape (A,) each.

    Sums are of products of deviations from the means of the account's formats; ``x`` is 1 for a
    sponsored post, ``y`` the logarithm of its engagements and a half. ``chance`` is the mean over
    posts of the variance that counting alone gives ``y``: one over the engagements and a half.
    """

    xx: Floats
    xy: Floats
    yy: Floats
    chance: Floats
    degrees: Ints
    sponsored: Ints
    seen_at: Ints


def contrast(batch: Batch, sponsored: Bools) -> Contrast:
    """The statistics of each account.

    Args:
        batch: The accounts.
        sponsored: Whether each post of ``batch.post_rows`` carries a sign of being paid for.
    """
    posts = batch.post_rows
    counts = np.array([posts.numbers(name) for name in PARTS])
    observed = grouped.moments(posts.table["observed_at"])
    ripe = posts.missing("observed_at") | (observed >= posts.at + RIPE_DAYS * _DAY)
    ripe &= posts.at != NEVER
    judged = ~(posts.missing("paid_partnership") & posts.missing("text"))
    rows = np.flatnonzero(ripe & judged & np.isfinite(counts).any(axis=0))
    codes = posts.codes[rows]
    engaged = np.nansum(counts[:, rows], axis=0) + 0.5
    y = np.log(engaged)
    x = sponsored[rows].astype(np.float64)
    kind = grouped.codes_of(posts.table["format"], pa.array(list(Format)))[rows] + 1
    strata, stratum = np.unique(codes * (len(Format) + 1) + kind, return_inverse=True)
    x_within = x - grouped.means(stratum, x, strata.size)[stratum]
    y_within = y - grouped.means(stratum, y, strata.size)[stratum]
    xx = grouped.sums(codes, x_within**2, batch.size)
    formats = grouped.counts(strata // (len(Format) + 1), batch.size)
    return Contrast(
        xx,
        grouped.sums(codes, x_within * y_within, batch.size),
        grouped.sums(codes, y_within**2, batch.size),
        grouped.means(codes, 1 / engaged, batch.size),
        np.maximum(grouped.counts(codes, batch.size) - formats - (xx > 0), 0),
        grouped.sums(codes, x, batch.size).astype(np.int64),
        grouped.largest(codes, posts.at[rows], batch.size),
    )


def joined(parts: list[Contrast]) -> Contrast:
    """The statistics of all accounts of several batches, in order."""
    return Contrast(
        *(
            np.concatenate([getattr(part, column.name) for part in parts])
            for column in fields(Contrast)
        )
    )


def branded_ratio(found: Contrast, platform: Ints) -> Measure:
    """Sponsored over organic engagement of each account, shrunk within its platform.

    Args:
        found: Statistics of all accounts.
        platform: Code of each account's platform.
    """
    value, low, high = (np.full(found.xx.size, np.nan) for _ in range(3))
    for code in np.unique(platform):
        here = platform == code
        both = np.flatnonzero(here & (found.xx > 0))
        if both.size == 0 or found.degrees[here].sum() == 0:
            continue
        effect = found.xy[both] / found.xx[both]
        variance = _residual_variance(found, here)[both] / found.xx[both]
        mean, spread = _shrunk(effect, variance)
        value[both] = np.exp(mean)
        half = intervals.Z * spread
        low[both], high[both] = np.exp(mean - half), np.exp(mean + half)
    return Measure.of(
        "branded_ratio",
        value,
        n=found.sponsored,
        seen_at=found.seen_at,
        interval=(low, high),
        why_not=[
            (found.sponsored == 0, "no sponsored posts with known engagement"),
            (np.isnan(value), "no sponsored and organic posts of one format to compare"),
        ],
    )


def _residual_variance(found: Contrast, here: Bools) -> Floats:
    """Variance of a post's ``y`` about its account's mean: one share for all, one from counting.

    Accounts of the platform are regressed, weighted by their degrees of freedom: small accounts
    vary more, because a like more or less means more to them.
    """
    rows = np.flatnonzero(here & (found.degrees > 0))
    explained = np.zeros(rows.size)
    np.divide(found.xy[rows] ** 2, found.xx[rows], out=explained, where=found.xx[rows] > 0)
    weight, chance = found.degrees[rows], found.chance[rows]
    variance = (found.yy[rows] - explained) / weight
    centred = chance - np.average(chance, weights=weight)
    spread = (weight * centred**2).sum()
    slope = (weight * centred * variance).sum() / spread if spread > 0 else 0.0
    slope = min(max(slope, 0.0), 2.0)
    constant = float(np.average(variance - slope * chance, weights=weight))
    return np.asarray(np.maximum(constant + slope * found.chance, _LEAST_VARIANCE))


def _shrunk(effect: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of each account's log-ratio, over all spreads."""
    log_weights, means, variances = [], [], []
    for spread in _SPREADS:
        precision = 1 / (variance + spread**2)
        centre = (precision * effect).sum() / precision.sum()
        distance = (precision * (effect - centre) ** 2).sum()
        log_weights.append(
            (np.log(precision).sum() - np.log(precision.sum()) - distance) / 2
            - spread / _LEAST_SPREAD
        )
        pull = variance * precision
        means.append(pull * centre + (1 - pull) * effect)
        variances.append((1 - pull) * variance + pull**2 / precision.sum())
    weight = np.exp(np.array(log_weights) - max(log_weights))[:, None]
    weight /= weight.sum()
    mean = (weight * means).sum(axis=0)
    second = (weight * (np.array(variances) + np.array(means) ** 2)).sum(axis=0)
    return mean, np.sqrt(np.maximum(second - mean**2, 0.0))
