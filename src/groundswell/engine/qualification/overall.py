"""One number from six: the weighted mean of the factors that can be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.engine.qualification import intervals
from groundswell.engine.qualification.card import Factor
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName

METHOD = "weighted_mean_of_factors"
FEWEST = 3  # factors that must be said; all of them where fewer have a weight
NEEDED = 0.5  # share of the weight that must be said
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Overall:
    """The overall score, and what it is made of.

    Attributes:
        score: From 0 to 100; 50 is usual for the size.
        said: Factors that it is made of.
        of: How many factors have a weight at all.
    """

    score: Estimate
    said: tuple[FactorName, ...]
    of: int

    @property
    def coverage(self) -> str:
        """Of how much it is made, such as "from 4 of 6 factors"."""
        return f"from {len(self.said)} of {self.of} factors"


def scores(factors: Mapping[FactorName, Floats], weights: Mapping[FactorName, float]) -> Floats:
    """Overall scores of accounts; nan where they can't be said.

    Args:
        factors: Scores of each factor, shape (A,), in [0, 100]; nan where it can't be said.
        weights: Weight of each factor, at least 0, of which one is above.
    """
    values = np.column_stack([factors[name] for name in FactorName])
    weight = _column(weights)
    used = np.isfinite(values) & (weight > 0)
    known = np.where(used, weight, 0.0).sum(axis=1)
    wanted = min(FEWEST, int((weight > 0).sum()))
    enough = (used.sum(axis=1) >= wanted) & (known >= NEEDED * weight.sum() - _ROUNDING)
    total = np.where(used, np.nan_to_num(values) * weight, 0.0).sum(axis=1)
    return np.where(enough, total / np.where(enough, known, 1.0), np.nan)


def overall(factors: Sequence[Factor], weights: Mapping[FactorName, float]) -> Overall:
    """The overall score of one account.

    The interval combines those of the factors by recovering variances (MOVER; Zou and Donner
    2008), as a factor's own does.
    """
    asked = [each for each in factors if weights[each.name] > 0]
    said = [each for each in asked if each.score.is_known]
    names = tuple(each.name for each in said)
    columns = {each.name: np.array([_or_nan(each.score.value)]) for each in factors}
    [value] = scores(columns, weights).tolist()
    if not np.isfinite(value):
        return Overall(_why_not(asked, said, weights), names, len(asked))
    weight = np.array([weights[each.name] for each in said])
    ends = [_distances(each.score) for each in said]
    if any(end is None for end in ends):
        reason = "no interval: one of its factors has none"
        score = Estimate.exact(value, method=METHOD, n=len(said), reason=reason)
    else:
        below, above = np.sqrt((np.array(ends) ** 2 * weight[:, None] ** 2).sum(axis=0))
        low, high = value - below / weight.sum(), value + above / weight.sum()
        score = Estimate(
            value,
            max(0.0, float(low)),
            min(100.0, float(high)),
            intervals.LEVEL,
            METHOD,
            len(said),
        )
    return Overall(score, names, len(asked))


def _why_not(
    asked: Sequence[Factor], said: Sequence[Factor], weights: Mapping[FactorName, float]
) -> Estimate:
    total = sum(weights.values())
    share = sum(weights[each.name] for each in said) / total
    wanted = min(FEWEST, len(asked))
    reason = (
        f"{len(said)} of {len(asked)} factors can be said, which carry {share:.0%} of the weight; "
        f"it takes {wanted} factors and {NEEDED:.0%}"
    )
    return Estimate.cannot_say(reason, method=METHOD, n=len(said))


def _distances(score: Estimate) -> tuple[float, float] | None:
    if score.value is None or score.low is None or score.high is None:
        return None
    return score.value - score.low, score.high - score.value


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _column(weights: Mapping[FactorName, float]) -> Floats:
    return np.array([weights[name] for name in FactorName], dtype=np.float64)
