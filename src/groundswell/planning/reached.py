"""What files of audiences say about reach: the answer, its frequency and its curve."""

from dataclasses import dataclass
from typing import Any

from groundswell.terms.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Step:
    """Creators up to one of them, in the order given.

    Attributes:
        creator: The last of them.
        audiences: Their audiences, added up.
        reach: Distinct people of all of them.
    """

    creator: str
    audiences: int
    reach: Estimate

    def as_json(self, rate: float) -> dict[str, Any]:
        """One point of the curve: how many people, and how often each of them on average."""
        value = self.reach.value
        return {
            "creator": self.creator,
            "reach": value,
            "low": self.reach.low,
            "high": self.reach.high,
            "average_frequency": self.audiences * rate / value if value else None,
        }


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Pairs of creators of which no overlap is known.

    Attributes:
        pairs: How many.
        of: How many pairs there are.
        first: Some of them, by name.
        at_most: People that each of them shares at most, where the list's threshold is known;
            otherwise up to the smaller audience.
    """

    pairs: int
    of: int
    first: tuple[tuple[str, str], ...]
    at_most: float | None

    def as_json(self) -> dict[str, Any]:
        """As a part of the answer."""
        first = [list(pair) for pair in self.first]
        return {"pairs": self.pairs, "of": self.of, "first": first, "at_most": self.at_most}


@dataclass(frozen=True, slots=True)
class Reach:
    """Unique reach of some creators, beside the sum that it must not be taken for.

    Attributes:
        reach: Distinct people.
        source: ``memberships`` or ``overlaps``.
        rate: Chance that a member of an audience sees what it is shown.
        audiences: People of each creator, by the name that the file uses.
        frequency: People reached exactly once, twice, and so on; None where it can't be said.
        curve: Reach of the first creators, more and more of them.
        unlisted: Pairs without an overlap; None for memberships, which leave none open.
        notes: What a reader must know of the files, in sentences.
    """

    reach: Estimate
    source: str
    rate: float
    audiences: dict[str, int]
    frequency: tuple[float, ...] | None
    curve: tuple[Step, ...]
    unlisted: Unlisted | None
    notes: tuple[str, ...]

    @property
    def sum_of_audiences(self) -> int:
        """People counted once for each creator."""
        return sum(self.audiences.values())

    def as_json(self) -> dict[str, Any]:
        """The shape of ``groundswell reach --json``."""
        frequency = None if self.frequency is None else enumerate(self.frequency, 1)
        return {
            "reach": self.reach.as_json(),
            "sum_of_audiences": self.sum_of_audiences,
            "source": self.source,
            "rate": self.rate,
            "audiences": self.audiences,
            "frequency": frequency and [{"times": k, "people": n} for k, n in frequency],
            "curve": [step.as_json(self.rate) for step in self.curve],
            "unlisted": self.unlisted and self.unlisted.as_json(),
            "notes": list(self.notes),
        }
