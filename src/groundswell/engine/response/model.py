"""Empirical-Bayes shrinkage of creators' results toward what accounts like theirs get."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

import numpy as np
import scipy.sparse as sparse
from scipy.special import ndtri

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response.evidence import ANY, INFERRED, Accounts, Evidence
from groundswell.terms.estimate import Estimate

LEVEL = 0.80  # coverage of the interval for one post
# Prior guesses (log scale) and the number of observations that each is worth.
_POST_SD, _POST_SD_WORTH = 0.8, 20.0  # of posts of one creator around their mean
_OWN_SD_WORTH = 8.0  # of the platform's post_sd, against a creator's own posts
_CREATOR_SD, _FORMAT_SD, _SD_WORTH = 0.6, 0.3, 10.0  # creators; formats of one creator
_INTERCEPT_SD, _PLATFORM_SD, _CELL_SD, _CATEGORY_SD = 0.5, 0.3, 0.3, 0.3
_SLOPE_SD, _PLATFORM_SLOPE_SD = 0.3, 0.2
_UNKNOWN_SIZE_VARIANCE = 9.0  # without followers the prior says next to nothing
WIDEST_CORRECTION = 3.0  # log-normal means are capped at exp(3/2) times the median
_ROUNDS = 20


class Basis(IntEnum):
    """What an expectation stands on, from nothing to the best."""

    NOTHING = 0
    SIZE = 1  # accounts of this size on this platform
    INFERRED = 2  # an average worked out from another count
    AVERAGE = 3  # an average that a source reported
    OTHER_FORMATS = 4  # own posts of other formats
    OWN_POSTS = 5  # own posts of this format


_METHODS = {
    Basis.NOTHING: "none",
    Basis.SIZE: "prior by size, platform and format",
    Basis.INFERRED: "empirical Bayes on an average inferred from another count",
    Basis.AVERAGE: "empirical Bayes on a reported average",
    Basis.OTHER_FORMATS: "empirical Bayes on own posts of other formats",
    Basis.OWN_POSTS: "empirical Bayes on own posts",
}


@dataclass(frozen=True, slots=True)
class Published:
    """Rates from published benchmarks, where a fit starts and what it says without data.

    Attributes:
        rate: Mean count per follower of one post of an account with 10,000 followers, NaN where
            nothing is published; shape (platforms, formats).
        elasticity: Change of the log rate per unit of log followers; -0.2 means that twice the
            followers give 13 % less per follower.
    """

    rate: Floats
    elasticity: float

    def log_mean(self, platform: Ints, format_: Ints, size: Floats) -> Floats:
        """Log of the published mean count; shape as the arguments."""
        per_platform = _mean_where_known(np.log(self.rate), np.log(0.2))
        known = np.column_stack([np.log(self.rate), per_platform])
        rates = np.where(np.isnan(known), per_platform[:, None], known)
        followers = np.log(10_000.0) + size
        cell = np.where(format_ < 0, self.rate.shape[1], format_)  # averages: the last column
        return np.asarray(rates[platform, cell] + followers + self.elasticity * size)


def _mean_where_known(rates: Floats, otherwise: float) -> Floats:
    overall = rates[~np.isnan(rates)].mean() if np.any(~np.isnan(rates)) else otherwise
    count = np.sum(~np.isnan(rates), axis=1)
    return np.where(count > 0, np.nansum(rates, axis=1) / np.maximum(count, 1), overall)


@dataclass(frozen=True, slots=True)
class Response:
    """What one post is expected to get, for each of several offers (account x format).

    Attributes:
        location: Posterior mean of the creator's mean log count; NaN when nothing is known.
        creator_sd: Posterior standard deviation of that mean.
        post_sd: Standard deviation of single posts around it.
        mean: Expected count of one post (the mean, not the median: sums need means).
        low: Lower end of the 80 % interval for one post.
        high: Upper end of the 80 % interval for one post.
        posts: Own posts behind the expectation.
        basis: What it stands on, as a code of Basis.
    """

    location: Floats
    creator_sd: Floats
    post_sd: Floats
    mean: Floats
    low: Floats
    high: Floats
    posts: Ints
    basis: Ints

    @classmethod
    def of_posterior(
        cls, location: Floats, variance: Floats, post_variance: Floats, basis: Ints, posts: Ints
    ) -> Self:
        """From the location of the log counts, its variance and that of single posts around it."""
        nothing = basis == Basis.NOTHING
        location = np.where(nothing, np.nan, location)
        one_post = variance + post_variance
        half = ndtri(0.5 + LEVEL / 2) * np.sqrt(one_post)
        return cls(
            location=location,
            creator_sd=np.sqrt(variance),
            post_sd=np.sqrt(post_variance),
            mean=np.maximum(np.expm1(location + np.minimum(one_post, WIDEST_CORRECTION) / 2), 0.0),
            low=np.maximum(np.expm1(location - half), 0.0),
            high=np.maximum(np.expm1(location + half), 0.0),
            posts=posts,
            basis=basis,
        )

    def estimate(self, offer: int) -> Estimate:
        """The expectation for one offer as an Estimate, or why nothing can be said."""
        basis = Basis(int(self.basis[offer]))
        if basis is Basis.NOTHING:
            return Estimate.cannot_say("neither posts, nor averages, nor followers are known")
        return Estimate(
            value=float(self.mean[offer]),
            low=float(min(self.low[offer], self.mean[offer])),
            high=float(max(self.high[offer], self.mean[offer])),
            level=LEVEL,
            method=_METHODS[basis],
            n=int(self.posts[offer]),
        )


@dataclass(frozen=True, slots=True)
class ResponseModel:
    """A fitted model: everything needed to say what a post of an account will get."""

    accounts: Accounts
    published: Published
    categories: int
    coefficients: Floats
    covariance: Floats
    creator_variance: float
    format_variance: float
    platform_variance: Floats  # (platforms,) of posts around their creator's mean
    post_variance: Floats  # (accounts,) likewise, own shrunk to the platform's
    evidence: Evidence
    residual: Floats  # (rows,) own mean log minus the prior's
    noise: Floats  # (rows,) sampling variance of the own mean log

    def given(self, evidence: Evidence) -> "ResponseModel":
        """The same model with other evidence of the same accounts, and what it learnt kept.

        Without the newest post of each account it says what it would have said of them, and without
        any what it says of accounts whose posts nobody knows.
        """
        post_variance = _post_variance(self.accounts, evidence, self.platform_variance)
        own, noise = _own_means(evidence, post_variance)
        size = self.accounts.size[evidence.account]
        prior, _ = self._prior(
            evidence.account, evidence.format, np.where(np.isfinite(size), size, 0.0)
        )
        return replace(
            self, evidence=evidence, post_variance=post_variance, residual=own - prior, noise=noise
        )

    def expected(self, account: Ints, format_: Ints) -> Response:
        """What one post of each offer is expected to get.

        Args:
            account: Index of the account of each offer; shape (offers,).
            format_: Code of the format of each offer, in [0, formats); shape (offers,).

        Returns:
            Posterior of each offer: own results shrunk toward the regression prior, by
            precision. With own format weight b = format_variance / (format_variance + noise),
            creator effect u and residual d: location = prior + u + b (d - u).
        """
        size = self.accounts.size[account]
        known_size = np.isfinite(size)
        prior, prior_variance = self._prior(account, format_, np.where(known_size, size, 0.0))
        prior_variance += np.where(known_size, 0.0, _UNKNOWN_SIZE_VARIANCE)

        weight = 1.0 / (self.format_variance + self.noise)
        total = len(self.accounts.platform)
        seen = np.bincount(self.evidence.account, weight, minlength=total)[account]
        pull = np.bincount(self.evidence.account, weight * self.residual, minlength=total)[account]
        precision = 1.0 / (self.creator_variance + prior_variance) + seen
        creator = pull / precision

        row = self._own_rows(account, format_)
        noise = np.append(self.noise, np.inf)[row]
        share = self.format_variance / (self.format_variance + noise)
        deviation = np.append(self.residual, 0.0)[row]
        location = prior + creator + share * (deviation - creator)
        variance = (1.0 - share) ** 2 / precision + self.format_variance * (1.0 - share)
        basis, posts = self._basis(account, row, known_size)
        return Response.of_posterior(location, variance, self.post_variance[account], basis, posts)

    def _prior(self, account: Ints, format_: Ints, size: Floats) -> tuple[Floats, Floats]:
        platform = self.accounts.platform[account]
        x = _design(
            platform, format_, size, self.accounts.category[account], self._shape(), self.categories
        )
        offset = _offset(self.published, platform, format_, size)
        spread = np.asarray(x.multiply(x @ self.covariance).sum(axis=1)).ravel()
        return offset + x @ self.coefficients, spread

    def _shape(self) -> tuple[int, int]:
        platforms, formats = self.published.rate.shape
        return platforms, formats

    def _own_rows(self, account: Ints, format_: Ints) -> Ints:
        """Row of evidence of each offer's own format; one past the last when there is none."""
        rows = len(self.evidence.account)
        width = self.published.rate.shape[1] + 2  # ANY and INFERRED wrap to the last two
        keys = self.evidence.account * width + self.evidence.format % width
        order = np.argsort(keys, kind="stable")
        wanted = account * width + format_
        at = np.searchsorted(keys[order], wanted)
        row = np.append(order, rows)[at]
        return np.where(np.append(keys, -1)[row] == wanted, row, rows)

    def _basis(self, account: Ints, row: Ints, known_size: Bools) -> tuple[Ints, Ints]:
        total = len(self.accounts.platform)
        average = self.evidence.is_average
        own = np.where(average, 0.0, self.evidence.posts)
        posts = np.bincount(self.evidence.account, own, minlength=total)[account]
        reported, inferred = (
            np.bincount(self.evidence.account[self.evidence.format == kind], minlength=total)
            for kind in (ANY, INFERRED)
        )
        has_row = row < len(own)
        basis = np.select(
            [has_row, posts > 0, reported[account] > 0, inferred[account] > 0, known_size],
            [Basis.OWN_POSTS, Basis.OTHER_FORMATS, Basis.AVERAGE, Basis.INFERRED, Basis.SIZE],
            default=Basis.NOTHING,
        )
        posts = np.where(has_row, np.append(own, 0.0)[row], posts)
        return basis.astype(np.int64), posts.astype(np.int64)


def fit(accounts: Accounts, evidence: Evidence, *, published: Published) -> ResponseModel:
    """Learn the prior and the variances from everybody's posts.

    Model: log(1 + count) = published rate + regression on platform, format, size and category
    + creator effect + creator-by-format effect + post noise; all effects normal. The regression
    is ridge, toward the published rates; the variances come by expectation-maximisation with
    weak priors, so that ten accounts don't pretend to know them.

    Args:
        accounts: The accounts; their indices are used by ``evidence``.
        evidence: What has been seen of them; may have no rows at all.
        published: Rates to start from.

    Returns:
        The fitted model.
    """
    shape = (published.rate.shape[0], published.rate.shape[1])
    categories = int(accounts.category.max(initial=-1)) + 1
    platform_variance = _platform_variance(accounts, evidence, shape[0])
    post_variance = _post_variance(accounts, evidence, platform_variance)
    own, noise = _own_means(evidence, post_variance)
    size = accounts.size[evidence.account]
    known = np.isfinite(size)
    size = np.where(known, size, 0.0)
    platform = accounts.platform[evidence.account]
    x = _design(
        platform, evidence.format, size, accounts.category[evidence.account], shape, categories
    )
    y = own - _offset(published, platform, evidence.format, size)
    prior = _coefficient_sds(shape, categories) ** 2
    seen = np.unique(x.indices)  # what no row has stays as the prior says
    x = x[:, seen]

    creator_variance, format_variance = _CREATOR_SD**2, _FORMAT_SD**2
    for _ in range(_ROUNDS):
        weight = np.where(known, 1.0 / (creator_variance + format_variance + noise), 0.0)
        weighted = x.multiply(weight[:, None]).tocsr()
        posterior = np.linalg.inv((weighted.T @ x).toarray() + np.diag(1.0 / prior[seen]))
        mean = posterior @ (weighted.T @ y)
        residual = y - x @ mean
        creator_variance, format_variance = _variances(
            evidence.account[known],
            residual[known],
            noise[known],
            (creator_variance, format_variance),
        )
    coefficients, covariance = np.zeros(len(prior)), np.diag(prior)
    coefficients[seen] = mean
    covariance[np.ix_(seen, seen)] = posterior
    return ResponseModel(
        accounts=accounts,
        published=published,
        categories=categories,
        coefficients=coefficients,
        covariance=covariance,
        creator_variance=creator_variance,
        format_variance=format_variance,
        platform_variance=platform_variance,
        post_variance=post_variance,
        evidence=evidence,
        residual=residual,
        noise=noise,
    )


def _own_squares(accounts: Accounts, evidence: Evidence) -> tuple[Floats, Floats]:
    """Degrees of freedom and sum of squares of each account's posts around their means."""
    total = len(accounts.platform)
    freedom = np.where(evidence.is_average, 0.0, evidence.posts - 1.0)
    of_account = np.bincount(evidence.account, freedom, minlength=total).astype(np.float64)
    squares = np.bincount(evidence.account, evidence.squares, minlength=total)
    return of_account, squares.astype(np.float64)


def _platform_variance(accounts: Accounts, evidence: Evidence, platforms: int) -> Floats:
    """Variance of posts around their creator's mean, pooled over a platform."""
    freedom, squares = (
        np.bincount(accounts.platform, own, minlength=platforms)
        for own in _own_squares(accounts, evidence)
    )
    return np.asarray((squares + _POST_SD_WORTH * _POST_SD**2) / (freedom + _POST_SD_WORTH))


def _post_variance(accounts: Accounts, evidence: Evidence, of_platform: Floats) -> Floats:
    """Variance of posts around their creator's mean: own, shrunk to the platform's."""
    freedom, squares = _own_squares(accounts, evidence)
    toward = of_platform[accounts.platform]
    return np.asarray((squares + _OWN_SD_WORTH * toward) / (freedom + _OWN_SD_WORTH))


def _own_means(evidence: Evidence, post_variance: Floats) -> tuple[Floats, Floats]:
    """Own mean logs and their sampling variances; an average is a mean, so it is moved down."""
    variance = post_variance[evidence.account]
    noise_of_average = np.expm1(np.minimum(variance, 2.0)) / evidence.posts
    noise = np.where(evidence.is_average, noise_of_average, variance / evidence.posts)
    down = np.where(evidence.is_average, (noise_of_average - variance) / 2, 0.0)
    return evidence.mean_log + down, noise


def _variances(
    account: Ints, residual: Floats, noise: Floats, current: tuple[float, float]
) -> tuple[float, float]:
    """One round of expectation-maximisation for the creator and the format variance."""
    creator_variance, format_variance = current
    people, at = np.unique(account, return_inverse=True)
    weight = 1.0 / (format_variance + noise)
    precision = 1.0 / creator_variance + np.bincount(at, weight, minlength=len(people))
    effect = np.bincount(at, weight * residual, minlength=len(people)) / precision
    share = format_variance / (format_variance + noise)
    format_effect = share * (residual - effect[at])
    format_spread = share**2 / precision[at] + format_variance * (1.0 - share)
    creators = _SD_WORTH * _CREATOR_SD**2 + np.sum(effect**2 + 1.0 / precision)
    formats = _SD_WORTH * _FORMAT_SD**2 + np.sum(format_effect**2 + format_spread)
    return (
        float(creators / (_SD_WORTH + len(people))),
        float(formats / (_SD_WORTH + len(account))),
    )


def _offset(published: Published, platform: Ints, format_: Ints, size: Floats) -> Floats:
    """Where the log scale starts, so that without data the mean is the published one."""
    spread = _CREATOR_SD**2 + _FORMAT_SD**2 + _POST_SD**2
    spread += _INTERCEPT_SD**2 + _PLATFORM_SD**2 + _CELL_SD**2
    return published.log_mean(platform, format_, size) - spread / 2


def _coefficient_sds(shape: tuple[int, int], categories: int) -> Floats:
    platforms, formats = shape
    return np.concatenate(
        [
            [_INTERCEPT_SD, _SLOPE_SD],
            np.full(platforms, _PLATFORM_SD),
            np.full(platforms, _PLATFORM_SLOPE_SD),
            np.full(platforms * (formats + 1), _CELL_SD),
            np.full(categories + 1, _CATEGORY_SD),
        ]
    )


def _design(
    platform: Ints,
    format_: Ints,
    size: Floats,
    category: Ints,
    shape: tuple[int, int],
    categories: int,
) -> sparse.csr_array:
    """Intercept, slope, platform, platform slope, platform x format, category; sparse rows."""
    platforms, formats = shape
    rows = len(platform)
    cell = 2 + 2 * platforms + platform * (formats + 1) + np.where(format_ < 0, formats, format_)
    topic = 2 + 2 * platforms + platforms * (formats + 1) + category % (categories + 1)
    one = np.ones(rows)
    columns = np.column_stack(
        [np.zeros(rows), one, 2 + platform, 2 + platforms + platform, cell, topic]
    ).astype(np.int64)
    values = np.column_stack([one, size, one, size, one, category >= 0]).astype(np.float64)
    width = 2 + 2 * platforms + platforms * (formats + 1) + categories + 1
    starts = np.arange(0, 6 * rows + 1, 6)
    return sparse.csr_array((values.ravel(), columns.ravel(), starts), shape=(rows, width))
