"""What a workspace holds, and how much room it takes."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Max, Min, Q, Sum

from groundswell.creators.models import Account, Contact, Creator, RevisionCounter
from groundswell.creators.queries import live_segments


@dataclass(frozen=True, slots=True)
class Stored:
    """What one table of observations holds.

    Attributes:
        table: Its name.
        rows: How many rows its live segments hold; a newer row of the same key counts too.
        bytes: On the disk, compressed.
        files: How many segments.
        first, last: Its oldest and newest month, such as ``2026-03``; None without dated rows.
    """

    table: str
    rows: int
    bytes: int
    files: int
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the current workspace holds."""

    creators: int
    accounts: int
    contacts: int
    tables: tuple[Stored, ...]


def holdings() -> Holdings:
    """Counts and sizes of what the current workspace holds."""
    creators, accounts = creators_and_accounts()
    return Holdings(creators, accounts, Contact.objects.count(), tables())


def creators_and_accounts() -> tuple[int, int]:
    """How many of both stand for themselves: all less those who were merged."""
    counter = RevisionCounter.objects.first()
    return _counted(counter.workspace_id, counter.latest) if counter else (0, 0)


@lru_cache(maxsize=1_024)
def _counted(_workspace: UUID, _revision: int) -> tuple[int, int]:
    """Counted once a revision: under a new one only are creators made, merged and parted."""
    return _of_their_own(Creator), _of_their_own(Account)


def _of_their_own(model: type[Creator] | type[Account]) -> int:
    """Indexes alone answer both; asked in one, every row would be read to see whether it is one."""
    return model.objects.count() - model.objects.exclude(merged_into=None).count()


def tables() -> tuple[Stored, ...]:
    """What each table of observations holds, by name."""
    dated = Q(month__regex=r"^\d{4}-\d{2}$")
    stored = (
        live_segments()
        .values("table")
        .annotate(
            rows_=Sum("rows"),
            bytes_=Sum("bytes"),
            files=Count("id"),
            first=Min("month", filter=dated),
            last=Max("month", filter=dated),
        )
        .order_by("table")
    )
    return tuple(
        Stored(row["table"], row["rows_"], row["bytes_"], row["files"], row["first"], row["last"])
        for row in stored
    )
