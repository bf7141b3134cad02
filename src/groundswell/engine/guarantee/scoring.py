"""Promises that are settled, scored in public: were those sold at 90 % kept nine times in ten?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from groundswell.engine.arrays import Bools, Floats
from groundswell.terms.estimate import Estimate

LEVEL = 0.80


@dataclass(frozen=True, slots=True)
class Bin:
    """Promises of similar probability.

    Attributes:
        promised: Their mean probability.
        kept: Share of them that were kept, with its interval.
    """

    promised: float
    kept: Estimate


@dataclass(frozen=True, slots=True)
class Score:
    """How good promised probabilities were.

    Attributes:
        brier: Mean squared difference of probability and outcome, 0 the best.
        base: That of the share kept overall, said of every promise.
        diagram: Promised beside kept, by probability, ascending.
    """

    brier: float
    base: float
    diagram: list[Bin]

    @property
    def skill(self) -> Estimate:
        """1 - brier / base: above 0, the probabilities tell more than the overall share."""
        n = int(sum(each.kept.n for each in self.diagram))
        if self.base == 0:
            return Estimate.cannot_say("all promises ended alike", method="Brier skill", n=n)
        return Estimate.exact(1 - self.brier / self.base, method="Brier skill", n=n)


def score(promised: Floats, kept: Bools, *, bins: int = 10) -> Score:
    """Score settled promises (Brier 1950; reliability diagram in equal parts of probability).

    Args:
        promised: Probability that was promised, in [0, 1]; shape (promises,), at least one.
        kept: Whether it was kept; shape (promises,).
        bins: Parts of [0, 1]; those without promises are left out.
    """
    if not len(promised) or promised.min() < 0 or promised.max() > 1:
        raise ValueError("promised needs at least one probability, all between 0 and 1")
    outcome = kept.astype(np.float64)
    place = np.minimum((promised * bins).astype(np.int64), bins - 1)
    diagram = []
    for each in np.unique(place):
        mine = place == each
        count, hits = int(mine.sum()), int(kept[mine].sum())
        ends = stats.binomtest(hits, count).proportion_ci(LEVEL, method="wilson")
        share = hits / count
        low, high = min(float(ends.low), share), max(float(ends.high), share)
        kept_share = Estimate(share, low, high, LEVEL, "Wilson", count)
        diagram.append(Bin(float(promised[mine].mean()), kept_share))
    return Score(
        brier=float(np.mean((promised - outcome) ** 2)),
        base=float(np.mean((outcome.mean() - outcome) ** 2)),
        diagram=diagram,
    )
