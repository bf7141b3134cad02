"""Imports as every interface shows them."""

from typing import Any

from groundswell.connectors.models import ImportRun


def run(shown: ImportRun) -> dict[str, Any]:
    """One import with what became of its rows."""
    return {
        "import": str(shown.id),
        "file": shown.file_name,
        "kind": shown.kind,
        "state": str(shown.state),
        "rows_read": shown.rows_read,
        "accepted": shown.accepted,
        "rejected": shown.rejected,
        "unchanged": shown.unchanged,
        "by": shown.by,
        "started_at": shown.started_at.isoformat(timespec="seconds"),
    }


def report(shown: ImportRun) -> dict[str, Any]:
    """All that is known of one import."""
    return {
        **run(shown),
        "finished_at": shown.finished_at and shown.finished_at.isoformat(timespec="seconds"),
        "changed": shown.changed,
        "guesses": shown.guesses,
        "error": shown.refusal,
    }
