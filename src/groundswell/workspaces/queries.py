"""Reads of workspaces and their journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from groundswell.workspaces.models import JournalEntry, Workspace


def workspaces() -> list[dict[str, Any]]:
    """Every workspace of this installation, by slug; asked as the tables' owner."""
    return [
        {
            "slug": workspace.slug,
            "name": workspace.name,
            "currency": workspace.currency,
            "tiers": workspace.tier_set["name"],
            "synthetic": workspace.is_synthetic,
        }
        for workspace in Workspace.objects.order_by("slug")
    ]


def journal_events() -> list[str]:
    """The kinds of events that the current workspace's journal has."""
    found = JournalEntry.objects.order_by("event").values_list("event", flat=True)
    return list(found.distinct())


def journal_entries(
    *,
    event: str = "",
    by: str = "",
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[JournalEntry]:
    """Entries of the current workspace's journal that fit all that is given, newest first.

    Args:
        event: The whole event, such as ``plan.proposed``.
        by: A part of who did it.
        text: A part of what it was done to.
        since: From this moment on.
        until: Before this moment.
    """
    found = JournalEntry.objects.order_by("-at", "-id")
    wanted = {
        "event": event,
        "by__icontains": by,
        "subject__icontains": text,
        "at__gte": since,
        "at__lt": until,
    }
    return found.filter(**{name: value for name, value in wanted.items() if value})


def journal(*, limit: int) -> list[dict[str, Any]]:
    """The newest entries of the current workspace's journal, newest first."""
    return [
        {
            "at": entry.at.isoformat(timespec="seconds"),
            "by": entry.by,
            "event": entry.event,
            "subject": entry.subject,
            "rows": entry.rows,
            "details": entry.details,
        }
        for entry in JournalEntry.objects.order_by("-at", "-id")[:limit]
    ]


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the database and the jobs are doing at this moment.

    Attributes:
        jobs: Jobs that are not done, by status; a failed one waits for a person.
        worker_seconds: Since the last sign of a worker; None when none is there.
        connections: Connections to this database.
        connections_allowed: Connections that its server allows.
    """

    jobs: Mapping[str, int]
    worker_seconds: float | None
    connections: int
    connections_allowed: int


def seconds_since_worker() -> float | None:
    """How long ago a worker gave a sign of life; None when no worker is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat))::float "
            "FROM procrastinate_workers"
        )
        found: float | None = cursor.fetchone()[0]
    return found


def pulse() -> Pulse:
    """The pulse; asked as the tables' owner."""
    jobs = {"todo": 0, "doing": 0, "failed": 0}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status = ANY(%s::"
            "procrastinate_job_status[]) GROUP BY status",
            [list(jobs)],
        )
        jobs |= dict(cursor.fetchall())
        cursor.execute(
            "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity "
            "WHERE datname = current_database()"
        )
        connections, allowed = cursor.fetchone()
    return Pulse(jobs, seconds_since_worker(), connections, allowed)
