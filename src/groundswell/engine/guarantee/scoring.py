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
    brier_sd: float = 0.0  # standard errors of the Brier score and of the skill
    skill_sd: float = 0.0

    @property
    def mean(self) -> Estimate:
        """The Brier score with its interval."""
        n = int(sum(each.kept.n for each in self.diagram))
        width = float(stats.norm.ppf(0.5 + LEVEL / 2)) * self.brier_sd
        low, high = max(self.brier - width, 0.0), min(self.brier + width, 1.0)
        return Estimate(self.brier, low, high, LEVEL, "Brier score", n)

    @property
    def skill(self) -> Estimate:
        """1 - brier / base: above 0, the probabilities tell more than the overall share."""
        n = int(sum(each.kept.n for each in self.diagram))
        if self.base == 0:
            return Estimate.cannot_say("all promises ended alike", method="Brier skill", n=n)
        value = 1 - self.brier / self.base
        width = float(stats.norm.ppf(0.5 + LEVEL / 2)) * self.skill_sd
        return Estimate(value, value - width, value + width, LEVEL, "Brier skill", n)


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
        diagram.append(Bin(float(promised[mine].mean()), share_kept(kept[mine])))
    squares = (promised - outcome) ** 2
    return Score(
        brier=float(squares.mean()),
        brier_sd=float(squares.std() / np.sqrt(len(squares))),
        skill_sd=_skill_sd(squares, outcome),
        base=float(np.mean((outcome.mean() - outcome) ** 2)),
        diagram=diagram,
    )


def _skill_sd(squares: Floats, outcome: Floats) -> float:
    """Standard error of the skill: each promise left out in turn (jackknife)."""
    count = len(squares)
    if count < 3:
        return 0.0
    share = (outcome.sum() - outcome) / (count - 1)
    base = share * (1 - share)
    known = base > 0
    skill = 1 - (squares.sum() - squares)[known] / (count - 1) / base[known]
    return float(np.sqrt((count - 1) * skill.var())) if known.any() else 0.0


def share_kept(kept: Bools) -> Estimate:
    """Share of promises that were kept, with Wilson's interval.

    Args:
        kept: Whether each was kept; shape (promises,), at least one.
    """
    count, hits = len(kept), int(kept.sum())
    ends = stats.binomtest(hits, count).proportion_ci(LEVEL, method="wilson")
    share = hits / count
    low, high = min(float(ends.low), share), max(float(ends.high), share)
    return Estimate(share, low, high, LEVEL, "Wilson", count)
