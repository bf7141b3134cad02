"""Where a workspace's observations and files lie on the disk."""

from pathlib import Path

from django.conf import settings

from groundswell.workspaces.models import Workspace


def warehouse_of(workspace: Workspace) -> Path:
    """The root of the workspace's segments."""
    return _folder_of(workspace) / "warehouse"


def spill_of(workspace: Workspace) -> Path:
    """Where DuckDB may put, for the time of a question, what does not fit into memory."""
    folder = _folder_of(workspace) / "spill"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def attachments_of(workspace: Workspace) -> Path:
    """Where files about creators lie, each under its row's id."""
    folder = _folder_of(workspace) / "attachments"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _folder_of(workspace: Workspace) -> Path:
    return Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id)
