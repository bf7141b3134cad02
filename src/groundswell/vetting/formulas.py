"""How every score and rate is worked out, as an interface shows it."""

from dataclasses import dataclass

from groundswell.engine.qualification import rates, scorecard, sentences
from groundswell.terms.factors import FactorName

QUESTIONS: dict[FactorName, str] = {
    FactorName.CREDIBILITY: "Do they know their subject, and are their followers real?",
    FactorName.LIFE_MOMENTS: "What is happening in their life that makes them the right person?",
    FactorName.AUDIENCE: "Is their audience of one place and one mind?",
    FactorName.QUALITY: "Is what they publish steady, original and well made?",
    FactorName.BRANDED: "How much of it is paid for, and does that work as well as the rest?",
    FactorName.GROWTH: "Is the audience growing?",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's part in a factor.

    Attributes:
        title: What it is called.
        share: Its share of the factor's score when all its measures are known; 0 for what is shown
            beside the score only.
        more_is_better: Whether a higher place among peers raises the score.
    """

    title: str
    share: float
    more_is_better: bool


@dataclass(frozen=True, slots=True)
class Formula:
    """What a factor asks, and what it is made of.

    Attributes:
        needed: The share of its measures that must be known for the factor to be said.
    """

    factor: FactorName
    question: str
    measures: tuple[Measure, ...]
    needed: float


def formulas() -> tuple[Formula, ...]:
    """The six factors, in their order."""
    return tuple(_formula(name) for name in FactorName)


def denominators() -> tuple[str, ...]:
    """What engagement rates are taken by."""
    return tuple(rates.DENOMINATORS)


def _formula(name: FactorName) -> Formula:
    parts = scorecard.PARTS[name]
    total = sum(part.weight for part in parts)
    return Formula(
        factor=name,
        question=QUESTIONS[name],
        measures=tuple(
            Measure(sentences.TITLES[part.measure], part.weight / total, part.more_is_better)
            for part in parts
        ),
        needed=scorecard.NEEDED[name] / total,
    )
