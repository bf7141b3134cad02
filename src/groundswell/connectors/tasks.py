"""Jobs of the connectors."""

from datetime import datetime
from typing import Any
from uuid import UUID

from groundswell.connectors.actions import uploads
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace


@jobs.task("connectors.import_upload", transactional=False)
def import_upload(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Import a file that somebody handed in."""
    uploads.work(workspace=workspace, upload_id=UUID(arguments["upload"]), now=now)
