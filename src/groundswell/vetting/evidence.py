"""What makes an account need review, what would change that, and what came new since a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from groundswell.engine.qualification.card import Card, Evidence
from groundswell.engine.qualification.factors.authenticity import (
    ALONE,
    CLIQUE,
    JUMP,
    REVIEW,
    SIGNALS,
    asks_for_review,
)
from groundswell.engine.qualification.growth.bursts import MATERIAL
from groundswell.engine.qualification.sentences import TITLES

STRONGER = 1.0  # by which a signal must grow to count as new evidence
# A tenth of the followers at once, or a quarter of the comments, weighs as much as one robust z.
_WEIGHS: Mapping[str, float] = {JUMP: 10.0, CLIQUE: 4.0}
KINDS: Mapping[str, str] = {kind: TITLES[kind] for kind in (*SIGNALS, *ALONE)}

LOW_ONLY = {"engagement_residual", "likes_spread_residual"}  # more than usual asks for nothing
_WOULD_CHANGE: Mapping[str, str] = {
    JUMP: "a post, a campaign or news of those days that explains it, or counts that are corrected",
    "engagement_residual": "more posts with counts, a corrected follower count, or a campaign, "
    "giveaway or viral post that explains it",
    "likes_spread_residual": "more posts whose likes vary, exact likes where a source rounds or "
    "caps them, or likes hidden by the creator",
    "comments_spread_residual": "more posts whose comments vary, or comments that are switched off "
    "or limited under some",
    CLIQUE: "more comments by other people, or what the group is: friends, a team, a family, or a "
    "field so small that everybody knows everybody",
    "likes_per_comment_residual": "comments that are switched off, filtered or not imported, or a "
    "format that draws likes and no talk",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that is so unusual that somebody should look.

    Attributes:
        kind: Which measure.
        sentence: What was seen.
        value: Robust distance (z) from what is usual for the size, whose sign says in which
            direction; of followers who came at once, their share of those before; of a group, the
            share of the comments that it wrote.
        n: Posts or counts behind it.
        observed_at: When the last of them was seen.
    """

    kind: str
    sentence: str
    value: float
    n: int
    observed_at: datetime | None

    @property
    def strength(self) -> float:
        """How strong it is, so that signals of all kinds can be sorted."""
        weight = _WEIGHS.get(self.kind)
        return abs(self.value) if weight is None else REVIEW + weight * self.value

    @property
    def title(self) -> str:
        """What the measure is called."""
        return KINDS[self.kind]

    @property
    def would_change(self) -> str:
        """What would take it out of the verdict."""
        how = f"What would change it: {_WOULD_CHANGE[self.kind]}."
        if self.kind == JUMP:
            return (
                f"Followers who come at once ask for a look when nothing explains them: here "
                f"{self.value:.0%} of those before, and it takes some {MATERIAL:.0%}. {how}"
            )
        if self.kind == CLIQUE:
            return f"People who comment as a group on several accounts ask for a look. {how}"
        enough = SIGNALS[self.kind]
        return (
            f"It stands {self.strength:.1f} from what is usual, {self.strength - enough:.1f} "
            f"beyond the {enough:g} from which somebody should look. {how}"
        )

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and shown to programs."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "value": self.value,
            "strength": self.strength,
            "n": self.n,
            "observed_at": self.observed_at.isoformat() if self.observed_at else None,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """What ``as_json`` kept."""
        at = kept["observed_at"]
        moment = datetime.fromisoformat(at) if at else None
        return cls(kept["kind"], kept["sentence"], kept["value"], kept["n"], moment)


def signals(card: Card) -> tuple[Signal, ...]:
    """The signals of a scorecard that ask for a look, the strongest first."""
    found = [
        Signal(
            item.kind, item.sentence, item.estimate.value or 0.0, item.estimate.n, item.observed_at
        )
        for factor in card.factors
        for item in factor.evidence
        if _asks(item)
    ]
    return tuple(sorted(found, key=lambda signal: -signal.strength))


def _asks(item: Evidence) -> bool:
    value = item.estimate.value or 0.0
    return asks_for_review(item.kind, value) and not (item.kind in LOW_ONLY and value > 0)


def news(before: Sequence[Signal], now: Sequence[Signal]) -> list[str]:
    """What is there now that nobody decided on, in sentences; none when the evidence is the same.

    A signal is news when it was not there, turned its direction, or grew by ``STRONGER``.
    """
    known = {signal.kind: signal for signal in before}
    found = []
    for signal in now:
        old = known.get(signal.kind)
        if old is None:
            found.append(f"{signal.title} was not unusual when it was decided: {signal.sentence}")
        elif old.value * signal.value < 0:
            found.append(f"{signal.title} turned the other way: {signal.sentence}")
        elif signal.strength >= old.strength + STRONGER:
            found.append(
                f"{signal.title} moved from {old.strength:.1f} to {signal.strength:.1f} "
                f"since it was decided: {signal.sentence}"
            )
    return found
