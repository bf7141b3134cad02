"""Whether a synthetic world is on its way into a workspace, and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum

from groundswell.connectors.choices import RunState
from groundswell.connectors.models import ImportRun
from groundswell.demo.actions import BEGUN, SEEDED
from groundswell.vetting.models import Vetting
from groundswell.workspaces.models import JournalEntry, Workspace

FILES = 10  # of a world; see demo.files


@dataclass(frozen=True, slots=True)
class Seeding:
    """How far a world is.

    Attributes:
        creators: How many it will have.
        begun_at: When it began.
        files: How many files are in.
        rows: How many rows they had.
        heard_at: When something was last finished; None before the first.
        is_vetted: Whether its accounts have their scores.
    """

    creators: int
    begun_at: datetime
    files: int
    rows: int
    heard_at: datetime | None
    is_vetted: bool


def of(workspace: Workspace) -> Seeding | None:
    """The world that is on its way into the workspace that one is inside; None when none is."""
    if not workspace.is_synthetic:
        return None
    told = {
        entry.event: entry
        for entry in JournalEntry.objects.filter(event__in=[BEGUN, SEEDED]).order_by("-at")
    }
    begun = told.get(BEGUN)
    if begun is None or SEEDED in told:
        return None
    runs = ImportRun.objects.filter(state=RunState.PUBLISHED, started_at=begun.at).aggregate(
        files=Count("file_name", distinct=True), rows=Sum("rows_read"), last=Max("finished_at")
    )
    return Seeding(
        creators=begun.details["creators"],
        begun_at=begun.at,
        files=runs["files"],
        rows=runs["rows"] or 0,
        heard_at=runs["last"],
        is_vetted=Vetting.objects.filter(vetted_at__gte=begun.at).exists(),
    )
