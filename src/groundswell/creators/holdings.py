"""What a workspace holds, and how much room it takes."""

from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, Sum

from groundswell.creators.models import Account, Contact, Creator
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
    return Holdings(
        creators=Creator.objects.filter(merged_into=None).count(),
        accounts=Account.objects.filter(merged_into=None).count(),
        contacts=Contact.objects.count(),
        tables=tuple(
            Stored(
                row["table"], row["rows_"], row["bytes_"], row["files"], row["first"], row["last"]
            )
            for row in stored
        ),
    )
