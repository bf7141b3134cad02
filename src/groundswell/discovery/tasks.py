"""Jobs of discovery."""

from typing import Any

from groundswell.discovery.actions import indexing
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("discovery.refresh_index")
def refresh_index(workspace: Workspace, **_: Any) -> None:
    """Bring the search index up to date, so that the next search need not."""
    indexing.catch_up(workspace=workspace)
