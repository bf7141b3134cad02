"""Jobs of planning."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.planning.actions import studying, working
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("planning.propose", transactional=False)
def propose(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Plan the brief of a draft."""
    working.work(workspace=workspace, draft_id=UUID(arguments["draft"]), now=now)


@jobs.task("planning.study", transactional=False)
def study(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Work out what other budgets and limits would bring."""
    del now  # the answer is of the data that is there
    studying.work(workspace=workspace, study_id=UUID(arguments["study"]), clock=time.monotonic)
