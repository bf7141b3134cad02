"""Jobs of the creators' room."""

from datetime import datetime
from typing import Any

from groundswell.creators.actions import attachments, duplicates, segments
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace

BY = "job"


@jobs.task("creators.tidy_segments")
def tidy_segments(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Compact small and revised segments, and remove those that nobody needs."""
    segments.tidy(workspace=workspace, by=BY, now=now)


@jobs.task("creators.find_duplicates")
def find_duplicates(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Propose creators who may be one."""
    duplicates.propose(workspace=workspace, by=BY, now=now)


@jobs.task("creators.sweep_attachments")
def sweep_attachments(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Erase files that were removed long ago."""
    attachments.sweep(workspace=workspace, by=BY, now=now)
