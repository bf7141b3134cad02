"""Jobs of vetting."""

from datetime import datetime
from typing import Any

from groundswell.vetting.actions import turns, watch_scans
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("vetting.vet", transactional=False)
def vet(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Score all accounts of the workspace, as somebody asked."""
    turns.work(workspace=workspace, now=now)


@jobs.task("vetting.scan_watched", transactional=False)
def scan_watched(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Look through all posts for the workspace's own words and competitors."""
    watch_scans.scan(workspace=workspace, now=now)
