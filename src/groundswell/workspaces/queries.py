"""Reads of workspaces and their journal."""

from typing import Any

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
