"""What accounts speak of: the mentions of their posts, summed up by category."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

from groundswell.engine.arrays import Ints
from groundswell.engine.safety.scanning import Mention, Scan
from groundswell.terms.safety import SafetyCategory, Severity

_SHOWN = 5  # posts and terms that are kept of a category, the strongest and newest first


@dataclass(frozen=True, slots=True)
class Concern:
    """What an account speaks of in one category.

    Attributes:
        category: Of what.
        severity: The strongest.
        posts: How many of its posts speak of it.
        newest_at: When the newest of them was published; None where no moment is known.
        terms: Words that were found, some of them.
        post_ids: Posts that show it, some of them.
    """

    category: SafetyCategory
    severity: Severity
    posts: int
    newest_at: datetime | None
    terms: tuple[str, ...]
    post_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concerns:
    """What ``A`` accounts speak of.

    Attributes:
        read: Posts that were judged, shape (A,).
        unread: Posts without a text, or in a language whose words are not known, shape (A,).
        of: By account, the strongest first; accounts without any are left out.
    """

    read: Ints
    unread: Ints
    of: dict[int, tuple[Concern, ...]]

    @classmethod
    def summed(
        cls, scan: Scan, *, accounts: int, codes: Ints, post_ids: Sequence[str], at: Ints
    ) -> Self:
        """Sum up a scan.

        Args:
            scan: What each post speaks of.
            accounts: How many accounts there are.
            codes: Account of each post, shape (posts,).
            post_ids: Id of each post.
            at: When each post was published in microseconds, shape (posts,).
        """
        read = np.bincount(codes[scan.read], minlength=accounts)
        mine: dict[int, dict[SafetyCategory, list[Mention]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for mention in scan.mentions:
            mine[int(codes[mention.row])][mention.category].append(mention)
        found = {
            account: _sorted(
                _concern(category, several, post_ids, at)
                for category, several in by_category.items()
            )
            for account, by_category in mine.items()
        }
        return cls(read, np.bincount(codes, minlength=accounts) - read, found)


def joined(parts: Sequence[Concerns]) -> Concerns:
    """What the accounts of several batches speak of, in their order."""
    found: dict[int, tuple[Concern, ...]] = {}
    offset = 0
    for part in parts:
        found |= {offset + account: several for account, several in part.of.items()}
        offset += part.read.size
    return Concerns(
        np.concatenate([part.read for part in parts]),
        np.concatenate([part.unread for part in parts]),
        found,
    )


def compacted(concern: Concern) -> tuple[Any, ...]:
    """Plain lists and numbers that JSON can hold."""
    newest = concern.newest_at and int(concern.newest_at.timestamp())
    category, severity = concern.category.value, concern.severity.value
    return category, severity, concern.posts, newest, concern.terms, concern.post_ids


def opened(compact: Sequence[Any]) -> Concern:
    """The concern that a compact form stands for."""
    category, severity, posts, newest, terms, ids = compact
    newest_at = None if newest is None else datetime.fromtimestamp(newest, tz=UTC)
    return Concern(
        SafetyCategory(category), Severity(severity), posts, newest_at, tuple(terms), tuple(ids)
    )


def _concern(
    category: SafetyCategory, mentions: list[Mention], post_ids: Sequence[str], at: Ints
) -> Concern:
    shown = sorted(mentions, key=lambda each: (-each.severity, -at[each.row]))
    return Concern(
        category,
        shown[0].severity,
        len(mentions),
        _moment(max(int(at[each.row]) for each in mentions)),
        tuple(dict.fromkeys(each.term for each in shown))[:_SHOWN],
        tuple(post_ids[each.row] for each in shown[:_SHOWN]),
    )


def _moment(micros: int) -> datetime | None:
    """To the second; None for numpy's NaT."""
    return None if micros < 0 else datetime.fromtimestamp(micros // 1_000_000, tz=UTC)


def _sorted(concerns: Iterable[Concern]) -> tuple[Concern, ...]:
    return tuple(sorted(concerns, key=lambda each: (-each.severity, -each.posts, each.category)))
