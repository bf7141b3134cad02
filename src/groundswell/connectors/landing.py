"""Files on their way in: where they lie, and how they get there whole or not at all."""

import contextlib
import errno
import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from groundswell.terms.errors import Refusal
from groundswell.workspaces import tenancy
from groundswell.workspaces.models import Workspace

_PART, _LOOK = ".part", ".json"
_LEFT_AFTER = timedelta(days=1)


class FileTooLarge(Refusal):
    """A file that nobody would wait for."""

    code = "file_too_large"

    def __init__(self, largest: int) -> None:
        super().__init__(
            f"the file is larger than {largest:,} bytes, and nothing of it was kept: split it, "
            "pack it with gzip, or import it with `groundswell import` on the server"
        )


class NoRoom(Refusal):
    """The disk is full."""

    code = "no_room"


def folder_of(workspace: Workspace) -> Path:
    """Where the workspace's uploaded files lie."""
    folder = Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def path_of(workspace: Workspace, upload: UUID) -> Path:
    """Where an uploaded file lies."""
    return folder_of(workspace) / str(upload)


def look_of(workspace: Workspace, upload: UUID) -> Path:
    """Where lies what a look at an uploaded file found; it shows cells, so it goes with it."""
    return folder_of(workspace) / f"{upload}{_LOOK}"


def forget(workspace: Workspace, upload: UUID) -> None:
    """Remove an uploaded file and what was found in it."""
    for path in (path_of(workspace, upload), look_of(workspace, upload)):
        path.unlink(missing_ok=True)


def sweep(workspace: Workspace, known: set[UUID], *, now: datetime) -> None:
    """Remove what uploads left that were cut off, or that no row speaks of."""
    names = {str(upload) for upload in known}
    for path in folder_of(workspace).iterdir():
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
        except FileNotFoundError:  # another upload was faster
            continue
        if path.stem not in names and written < now - _LEFT_AFTER:
            path.unlink(missing_ok=True)


class Landing:
    """A file that is being received, under a name of the server's own.

    Attributes:
        id: What it will be known by.
        bytes: How many have come.
    """

    def __init__(self, workspace: Workspace, *, largest: int) -> None:
        self.id = tenancy.new_id()
        self.bytes = 0
        self._largest = largest
        self._hash = hashlib.sha256()
        self._path = path_of(workspace, self.id)
        self._part = self._path.with_name(f"{self.id}{_PART}")
        self._file: Any = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT, 0o600), "wb")

    @property
    def sha256(self) -> str:
        """Hash of what has come."""
        return self._hash.hexdigest()

    def take(self, block: bytes) -> None:
        """Write what comes next.

        Raises:
            FileTooLarge: When it is more than a file may have.
            NoRoom: When the disk is full.
        """
        self.bytes += len(block)
        if self.bytes > self._largest:
            raise FileTooLarge(self._largest)
        self._hash.update(block)
        try:
            self._file.write(block)
        except OSError as error:
            raise _explained(error) from error

    def land(self) -> None:
        """It is complete: keep it, durably.

        Raises:
            NoRoom: When the disk is full.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _explained(error) from error
        self._file.close()
        self._part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        """Leave nothing of it, unless it was kept."""
        # What it still held may not fit on the disk either.
        with contextlib.suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


def _explained(error: OSError) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(
            "the server's disk is full, and nothing of the file was kept: ask your operator to "
            "make room, then send it again"
        )
    return error
