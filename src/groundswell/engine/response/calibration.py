"""Intervals that hold as often as they say: conformal by groups of creators.

A score is how far a known result lies from its forecast, in units of the forecast's own spread. If
forecasts were right, scores would be standard normal; their real quantiles, among creators like
the one that is forecast, say how wide an interval must be (Vovk, Gammerman and Shafer 2005). The
unit is the creator: one with a hundred results counts as much as one with a single result (Dunn,
Wasserman and Ramdas 2022).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtri

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.response.model import LEVEL, Basis, Response

_POOLED = 50.0  # creators that what larger groups say is worth for a group
_ASSUMED = 20.0  # creators that the normal law is worth for all of them
_ENDS = (0.5 - LEVEL / 2, 0.5 + LEVEL / 2)
_NORMAL = ndtri((np.arange(400) + 0.5) / 400)  # as many scores of equal weight


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group each of some creators belongs to.

    Attributes:
        platform: Code of the platform, from 0; shape (rows,).
        tier: Code of the tier, from 0, -1 when unknown; shape (rows,).
    """

    platform: Ints
    tier: Ints

    def __post_init__(self) -> None:
        if len(self.platform) != len(self.tier):
            raise ValueError(
                "platform and tier must be equally long, got "
                f"{len(self.platform)} and {len(self.tier)}"
            )

    def only(self, keep: Bools | Ints) -> Self:
        """Some of the rows."""
        return type(self)(self.platform[keep], self.tier[keep])


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores of known results, ascending, with the groups of their creators.

    Attributes:
        score: (result - forecast) / spread of the forecast; shape (rows,).
        weight: What each counts, together at most 1 for a creator; shape (rows,).
        groups: Of the creator of each row.
    """

    score: Floats
    weight: Floats
    groups: Groups

    def quantiles(self, level: Floats, groups: Groups) -> Floats:
        """Quantiles of the scores of each group; shape (rows, levels).

        A group's law is its own creators' scores, and that of its platform as if fifty creators
        more; a platform's likewise with that of all, and that of all with the normal law as
        twenty. Levels are moved outward by (n + 1) / n, with n the number of rows of equal weight
        that would say as much, so that intervals hold on average as often as they say.

        Args:
            level: Probabilities in (0, 1); shape (levels,).
            groups: Rows to say it for.
        """
        keys, row = np.unique(
            np.stack([groups.platform, groups.tier], axis=1), axis=0, return_inverse=True
        )
        scores = np.concatenate([self.score, _NORMAL])
        order = np.argsort(scores, kind="stable")
        table = []
        for platform, tier in keys:
            law, normal, rows = self._of_group(int(platform), int(tier))
            law = np.append(law, np.full(len(_NORMAL), normal / len(_NORMAL)))
            at = np.searchsorted(np.cumsum(law[order]), _outward(level, rows) - 1e-12)
            table.append(scores[order[np.minimum(at, len(order) - 1)]])
        return np.array(table).reshape(len(keys), len(level))[row.ravel()]

    def _of_group(self, platform: int, tier: int) -> tuple[Floats, float, float]:
        """Weights of all rows and of the normal law, sum 1, and the equal rows that say as much."""
        on_platform = self.groups.platform == platform
        steps = (
            (np.ones(len(self.score), np.bool_), _ASSUMED),
            (on_platform, _POOLED),
            (on_platform & (self.groups.tier == tier), _POOLED),
        )
        law, normal = np.zeros(len(self.score)), 1.0
        for among, worth in steps:
            own = np.where(among, self.weight, 0.0)
            creators = float(own.sum()) + worth
            law = (own + worth * law) / creators
            normal = worth * normal / creators
        return law, normal, 1 / (float(np.square(law).sum()) + normal**2 / _ASSUMED)

    def applied(self, response: Response, groups: Groups) -> Response:
        """Expectations with intervals that hold, and spreads that go with them.

        Ends are location + quantile x spread. Both standard deviations are stretched by the width
        of that interval over the normal one, so that scenarios vary as much as results did. The
        mean stays: it is judged by sums, not by intervals.

        Args:
            response: What one post of each offer is expected to get.
            groups: Of the creator of each offer.
        """
        spread = np.hypot(response.creator_sd, response.post_sd)
        ends = self.quantiles(np.array(_ENDS), groups)
        stretch = (ends[:, 1] - ends[:, 0]) / (ndtri(_ENDS[1]) - ndtri(_ENDS[0]))
        low, high = (np.maximum(np.expm1(response.location + end * spread), 0.0) for end in ends.T)
        return Response(
            location=response.location,
            creator_sd=response.creator_sd * stretch,
            post_sd=response.post_sd * stretch,
            mean=response.mean,
            low=low,
            high=high,
            posts=response.posts,
            basis=response.basis,
        )


def learn(
    score: Floats, creator: Ints, groups: Groups, *, worth: Floats | None = None
) -> Calibration:
    """Learn from scores of known results; those that are not finite are left out.

    Args:
        score: (result - forecast) / spread of the forecast; shape (rows,).
        creator: Index of the creator of each; shape (rows,).
        groups: Of the creator of each row.
        worth: How much each row counts, at most 1, where old ones tell less (Barber and others
            2023); shape (rows,). A creator counts as one, or as little as the rows do together.
    """
    known = np.flatnonzero(np.isfinite(score))
    order = known[np.argsort(score[known], kind="stable")]
    each = np.ones(len(order)) if worth is None else worth[order]
    together = np.bincount(creator[order], each, minlength=1)
    return Calibration(
        score[order], each / np.maximum(together, 1.0)[creator[order]], groups.only(order)
    )


def scores(response: Response, count: Floats) -> Floats:
    """How far results lie from what was expected, on the log scale; NaN where either is unknown.

    Args:
        response: What one post of each offer was expected to get.
        count: What it got, NaN when unknown; shape (offers,).
    """
    spread = np.hypot(response.creator_sd, response.post_sd)
    known = (response.basis != Basis.NOTHING) & np.isfinite(count)
    got = np.where(known, np.log1p(np.maximum(count, 0.0)), np.nan)
    return np.asarray((got - response.location) / spread)


def _outward(level: Floats, rows: float) -> Floats:
    tail = np.minimum(level, 1 - level)
    tail = np.maximum(tail - (1 - tail) / rows, 0.0)
    return np.where(level < 0.5, tail, 1 - tail)
