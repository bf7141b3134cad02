"""Which files of observations a workspace has."""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Count, Max

from groundswell.creators import folders, queries
from groundswell.creators.actions import revisions
from groundswell.creators.models import Segment
from groundswell.terms import tables
from groundswell.warehouse import compaction, store
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

GRACE = timedelta(hours=1)  # longer than any question takes


def enlist(segments: Iterable[store.Segment], *, workspace: Workspace, publication: int) -> None:
    """Make written segments visible with the commit."""
    Segment.objects.bulk_create(
        Segment(
            workspace=workspace,
            table=segment.table,
            month=segment.month,
            path=segment.path,
            rows=segment.rows,
            bytes=segment.bytes,
            sha256=segment.sha256,
            revises=segment.revises,
            publication=publication,
        )
        for segment in segments
    )


def ask_for_tidying(workspace: Workspace) -> None:
    """Have the segments tidied after the commit, if readers would gain from it."""
    live = Segment.objects.filter(retired_at=None).order_by()
    crowded = (
        live.values("table", "month"),
        live.filter(revises=True).values("table"),
    )
    if any(
        group.annotate(count=Count("id")).filter(count__gt=compaction.FEW).exists()
        for group in crowded
    ):
        jobs.defer("creators.tidy_segments", workspace=workspace)


def sweep(*, workspace: Workspace, now: datetime) -> list[str]:
    """Remove retired segments that nobody can be reading, and what killed writers left.

    Only under the workspace's revision: no other writer is at work then.
    """
    Segment.objects.filter(retired_at__lt=now - GRACE).delete()
    for folder in folders.spill_of(workspace).iterdir():
        with suppress(FileNotFoundError):  # a question that ends takes its own away
            if now.timestamp() - folder.stat().st_mtime > GRACE.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
    listed = set(Segment.objects.values_list("path", flat=True))
    return store.sweep(folders.warehouse_of(workspace), listed=listed)


def sweep_held(*, workspace: Workspace, now: datetime) -> list[str]:
    """What ``sweep`` does, for whoever does not write: only where something waits to be removed."""
    if not Segment.objects.filter(retired_at__lt=now - GRACE).exists():
        return []
    revisions.hold(workspace)
    return sweep(workspace=workspace, now=now)


def tidy(*, workspace: Workspace, by: str, now: datetime) -> int:
    """Sweep, and compact every table that needs it; returns how many segments were replaced.

    The rows stay what they are, so nothing that is kept up to date by revisions has to be renewed:
    what takes the place of segments is as new as the newest of them.
    """
    revisions.hold(workspace)
    sweep(workspace=workspace, now=now)
    replaced = 0
    with tempfile.TemporaryDirectory(dir=folders.spill_of(workspace)) as spill:
        for table in tables.OBSERVATIONS:
            listed = [s.described() for s in queries.live_segments().filter(table=table.name)]
            swap = compaction.compact(
                folders.warehouse_of(workspace), table, listed, spill=Path(spill)
            )
            # A month that came out as it was keeps its file: it may be a revision of every row.
            same = {s.path for s in swap.retired} & {s.path for s in swap.written}
            retired = [s.path for s in swap.retired if s.path not in same]
            Segment.objects.filter(path__in=retired).update(retired_at=now)
            Segment.objects.filter(path__in=same).update(revises=False)
            fresh = [s for s in swap.written if s.path not in same]
            if fresh:
                before = Segment.objects.filter(path__in=[s.path for s in swap.retired])
                newest = before.aggregate(newest=Max("publication"))["newest"]
                enlist(fresh, workspace=workspace, publication=newest)
            replaced += len(retired)
    if replaced:
        journal.record("segments.compacted", workspace=workspace, by=by, now=now, rows=replaced)
    return replaced
