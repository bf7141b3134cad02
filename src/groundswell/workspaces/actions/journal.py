"""The append-only journal: every action that writes records one entry."""

from datetime import datetime
from typing import Any

from groundswell.workspaces.models import JournalEntry, Workspace


def record(
    event: str,
    *,
    workspace: Workspace,
    by: str,
    now: datetime,
    subject: str = "",
    rows: int = 1,
    details: dict[str, Any] | None = None,
) -> JournalEntry:
    """Write down what was done; a bulk action is one entry with its rows.

    Args:
        event: Dotted, past tense, such as ``contact.added``.
        workspace: Whose journal.
        by: A member's address, or ``operator`` for the command line.
        now: When it happened.
        subject: What it was done to, as people write it.
        rows: How many rows were written.
        details: What a reader of the journal needs to understand it; no secrets.
    """
    return JournalEntry.objects.create(
        workspace=workspace,
        at=now,
        by=by,
        event=event,
        subject=subject[:200],
        rows=rows,
        details=details or {},
    )
