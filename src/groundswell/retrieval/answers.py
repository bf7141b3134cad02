"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an account is a hit, or where it stands.

    Attributes:
        kind: ``words``, ``filter``, ``sort``, ``rank`` or ``like``.
        key: The field of the words, the key of filter or sort, a part of the blended rank, or
            what a lookalike has in common.
        asked: What was asked for, as it was written; of a part, whether it was unknown.
        value: What the account has there, None when it is not known; of a part, its points.
    """

    kind: str
    key: str
    asked: str
    value: Any


@dataclass(frozen=True, slots=True)
class Hit:
    """One account that was found.

    Attributes:
        account: The account's UUID.
        rank: Its place among all hits, from 1.
        score: The blended rank, in [0, 1]; 1 when neither words nor relevance were asked for.
        values: What the index knows of it, by column of the documents; absent when not known.
        reasons: Why it was found.
    """

    account: str
    rank: int
    score: float
    values: Mapping[str, Any]
    reasons: tuple[Reason, ...]

    @property
    def uuid(self) -> UUID:
        """The account's UUID, as tables have it."""
        return UUID(self.account)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a search.

    Attributes:
        total: Exact number of accounts that match.
        hits: The asked page of them, best first.
        facets: For each asked key the exact number of matching accounts with each value, most
            frequent first; ``none`` counts those of which it is not known.
        corrected: The text that was looked for instead, when nobody writes one of its words and
            some write one like it; blank otherwise.
        least: How many of the words each hit has at least, when nobody has all; 0 otherwise.
        incomparable: Among lookalikes, how many more answer the request, but nothing is known of
            them that could be compared; None in other searches.
        hint: What to write instead, when nothing was found and the text says less than was meant.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
    corrected: str = ""
    least: int = 0
    incomparable: int | None = None
    hint: str = ""
