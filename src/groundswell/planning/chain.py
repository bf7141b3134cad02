"""Records that can't be changed or taken out unseen: canonical JSON, hashed, each on the last."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64  # what the first record of a chain stands on


def canonical(content: Mapping[str, Any]) -> str:
    """The one way to write a record: sorted keys, no spaces, no NaN."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(record: str) -> str:
    """SHA-256 of a record, in hexadecimal."""
    return hashlib.sha256(record.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One record as it is stored.

    Attributes:
        place: In its chain, from 1.
        record: Canonical JSON, in which ``place`` and ``before`` stand.
        digest: As it was stored.
        columns: What else was stored and must be what the record says, by the record's keys.
    """

    place: int
    record: str
    digest: str
    columns: Mapping[str, Any]


def broken(links: Iterable[Link], *, start: str = START) -> Iterator[str]:
    """What is wrong with a chain, in words; nothing when it is whole.

    Args:
        links: By their places.
        start: What the first one stands on.
    """
    before, place = start, 1
    for link in links:
        if link.place != place:
            yield f"place {place} is missing"
            place = link.place
        if digest(link.record) != link.digest:
            yield f"place {link.place} does not have the digest {link.digest[:12]} that it claims"
        said = json.loads(link.record)
        if said["before"] != before:
            yield f"place {link.place} does not stand on the record before it"
        wrong = sorted(key for key, value in link.columns.items() if said.get(key) != value)
        if wrong or said["place"] != link.place:
            yield f"place {link.place} is listed with another {', '.join(wrong) or 'place'}"
        before, place = link.digest, link.place + 1
