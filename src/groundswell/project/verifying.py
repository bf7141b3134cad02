"""Whether a backup is whole, or whether this installation has every file that it lists."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings

from groundswell.creators import folders
from groundswell.creators.models import Segment
from groundswell.project import archives
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_SHOWN = 10


class FilesMissing(Refusal):
    """Files of observations are gone or changed."""

    code = "files_missing"


def of_archive(archive: Path) -> dict[str, Any]:
    """What is in a whole backup.

    Raises:
        DamagedBackup: When it isn't whole.
    """
    return archives.opened(archive).summary(archive)


def here() -> dict[str, Any]:
    """What this installation lists, after reading every file of it.

    Raises:
        FilesMissing: When one isn't there, or isn't what was written.
    """
    wrong: list[str] = []
    rows = files = size = 0
    tables: set[str] = set()
    for workspace in Workspace.objects.order_by("slug"):
        root = folders.warehouse_of(workspace)
        with access.inside(workspace):
            listed = list(Segment.objects.filter(retired_at=None))
        for segment in listed:
            if _hash_of(root / segment.path) != segment.sha256:
                wrong.append(f"{workspace.slug}: {root / segment.path}")
            tables.add(segment.table)
            rows, files, size = rows + segment.rows, files + 1, size + segment.bytes
    if wrong:
        shown = "".join(f"\n- {each}" for each in wrong[:_SHOWN])
        raise FilesMissing(
            f"{len(wrong)} of {files} files of observations are missing or changed: bring them "
            f"back from a backup, at the same place{shown}"
        )
    source = str(settings.GROUNDSWELL_HOME)
    return {"source": source, "tables": len(tables), "rows": rows, "files": files, "bytes": size}


def _hash_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
