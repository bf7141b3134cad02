"""Jobs of planning."""

from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.planning.actions import working
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("planning.propose", transactional=False)
def propose(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Plan the brief of a draft."""
    working.work(workspace=workspace, draft_id=UUID(arguments["draft"]), now=now)
