"""Jobs of vetting."""

from datetime import datetime
from typing import Any

from groundswell.vetting.actions import turns
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("vetting.vet", transactional=False)
def vet(workspace: Workspace, *, now: datetime, **_: Any) -> None:
    """Score all accounts of the workspace, as somebody asked."""
    turns.work(workspace=workspace, now=now)
