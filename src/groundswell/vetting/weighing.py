"""Reads: how much each factor counts in the overall score, and why one would change that."""

from collections.abc import Mapping

from groundswell.engine.qualification import overall
from groundswell.terms.factors import FactorName
from groundswell.vetting.models import FactorWeights

FEWEST = overall.FEWEST
NEEDED = overall.NEEDED
DEFAULT: Mapping[FactorName, float] = dict.fromkeys(FactorName, 1 / len(FactorName))

# When to give a factor more weight than the others.
WHEN: Mapping[FactorName, str] = {
    FactorName.CREDIBILITY: "when the product needs somebody who knows the subject, or when "
    "doubtful followers would cost most",
    FactorName.LIFE_MOMENTS: "when the moment in somebody's life is the story: a birth, a move, a "
    "first marathon",
    FactorName.AUDIENCE: "when only people of one country or one interest can buy",
    FactorName.QUALITY: "when you will use the content yourself, in ads or on your own pages",
    FactorName.BRANDED: "when the audience has seen many offers, or exclusivity matters",
    FactorName.GROWTH: "when you begin something that lasts, with those who are on their way up",
}


def kept() -> FactorWeights | None:
    """What somebody set; None while the default holds."""
    return FactorWeights.objects.first()


def weights() -> dict[FactorName, float]:
    """The workspace's weight of each factor; they sum to 1."""
    found = kept()
    return of(found) if found else dict(DEFAULT)


def of(found: FactorWeights) -> dict[FactorName, float]:
    """The weights that a row holds."""
    return {name: float(found.weights[name.value]) for name in FactorName}
