"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an account is a hit, or where it stands.

    Attributes:
        kind: ``words``, ``filter`` or ``sort``.
        key: The field of the words, or the key of filter or sort.
        asked: What was asked for, as it was written.
        value: What the account has there; None when it is not known.
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
        score: Relevance of its words (BM25 over weighted fields); 1 when no words were asked for.
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
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]
