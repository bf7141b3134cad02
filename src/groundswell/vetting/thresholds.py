"""What would change a verdict: how far each signal is from where somebody should look."""

from groundswell.engine.qualification.card import Evidence
from groundswell.engine.qualification.factors.authenticity import JUMP, SIGNALS
from groundswell.engine.qualification.sentences import TITLES
from groundswell.vetting import evidence, reviews
from groundswell.vetting.evidence import LOW_ONLY, STRONGER
from groundswell.vetting.queries import Answer
from groundswell.vetting.reviews import Standing


def would_change(answer: Answer) -> list[str]:
    """Sentences, for the verdict as people left it: which measure, and how far from what."""
    if answer.standing is Standing.NOTHING_UNUSUAL:
        return _nearest(answer)
    if answer.standing is Standing.CANNOT_SAY:
        return _missing(answer)
    review = answer.review
    signals = reviews.present(review) if review else evidence.signals(answer.card)
    said = [f"{signal.title}: {signal.would_change}" for signal in signals]
    if answer.standing is Standing.NEEDS_REVIEW:
        return [*said, "A person's decision settles it, with or without the creator's answer."]
    opens = (
        "A person decided this, and can revise it. It opens by itself when a signal comes that was "
        f"not there, turns the other way, or grows by {STRONGER:g}."
    )
    return [opens, *said]


def _nearest(answer: Answer) -> list[str]:
    """The signal that is nearest to its threshold, and those that can't be measured."""
    known = [item for item in _signals(answer) if item.estimate.is_known]
    said = []
    if known:
        said.append(_distance(min(known, key=_left)))
    jump = next((each for each in _evidence(answer) if each.kind == JUMP), None)
    if jump is not None and jump.estimate.is_known:
        said.append("So would followers who come at once while nothing explains them; none did.")
    return said + _missing(answer)


def _distance(item: Evidence) -> str:
    """How far a signal is from its threshold, in a sentence."""
    value, odd = item.estimate.value or 0.0, _oddness(item)
    where = f"{abs(value):.1f} {'below' if value < 0 else 'above'} what is usual"
    harmless = ", a direction that asks for nothing" if odd < 0 else ""
    return (
        f"{TITLES[item.kind]} is the nearest signal: {where}{harmless}. {_left(item):.1f} more, "
        f"and it reaches the {SIGNALS[item.kind]:g} from which somebody should look."
    )


def _missing(answer: Answer) -> list[str]:
    """What can't be measured, and why."""
    kinds = (*SIGNALS, JUMP)
    missing = [
        each for each in _evidence(answer) if each.kind in kinds and not each.estimate.is_known
    ]
    return [f"{TITLES[each.kind]} can't be measured: {each.estimate.reason}." for each in missing]


def _signals(answer: Answer) -> list[Evidence]:
    return [item for item in _evidence(answer) if item.kind in SIGNALS]


def _evidence(answer: Answer) -> list[Evidence]:
    return [item for factor in answer.card.factors for item in factor.evidence]


def _left(item: Evidence) -> float:
    """What a signal is short of its threshold."""
    return SIGNALS[item.kind] - _oddness(item)


def _oddness(item: Evidence) -> float:
    """How far a signal points in the direction that asks for a look."""
    value = item.estimate.value or 0.0
    return -value if item.kind in LOW_ONLY else abs(value)
