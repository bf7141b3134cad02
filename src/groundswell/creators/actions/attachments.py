"""Files about creators: kept in the workspace's folder, removed, put back, and swept at last."""

import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from groundswell.creators import documents, folders
from groundswell.creators.choices import Purpose
from groundswell.creators.documents import BadFile, Document
from groundswell.creators.models import Attachment, Creator
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

KEPT_AFTER_REMOVAL = timedelta(days=30)
_OF_AN_UPLOAD = timedelta(days=1)  # a file without a row may belong to one that is not committed
MOST = 100  # of one creator


def add(
    *, creator: Creator, purpose: str, name: str, content: bytes, by: str, now: datetime
) -> Attachment:
    """Keep a file about a creator; the same content again is kept once.

    Raises:
        BadFile: When it can't be kept: see ``documents.checked``.
    """
    if purpose not in Purpose.values:
        raise BadFile(f"no file is for {purpose!r}: use one of {', '.join(Purpose.values)}")
    document = documents.checked(name, content)
    sha256 = hashlib.sha256(document.content).hexdigest()
    here = Attachment.objects.filter(creator=creator, removed_at=None)
    same = here.filter(sha256=sha256, name=document.name, purpose=purpose).first()
    if same is not None:
        return same
    if here.count() >= MOST:
        raise BadFile(f"{creator.name!r} has {MOST} files: remove one before you add another")
    attachment = Attachment(
        workspace=creator.workspace,
        origin=creator,
        creator=creator,
        purpose=purpose,
        name=document.name,
        media_type=document.media_type,
        bytes=len(document.content),
        sha256=sha256,
        added_by=by,
        added_at=now,
    )
    _put(document, path_of(attachment))
    attachment.save(force_insert=True)
    _record("file.added", attachment, by, now)
    jobs.defer("creators.sweep_attachments", workspace=creator.workspace)
    return attachment


def remove(*, attachment: Attachment, by: str, now: datetime) -> None:
    """Take a file away; for 30 days ``put_back`` undoes it, then it is erased."""
    if attachment.removed_at is None:
        attachment.removed_at = now
        attachment.save(update_fields=["removed_at"])
        _record("file.removed", attachment, by, now)


def put_back(*, attachment: Attachment, by: str, now: datetime) -> None:
    """Undo a removal."""
    if attachment.removed_at is not None:
        attachment.removed_at = None
        attachment.save(update_fields=["removed_at"])
        _record("file.put_back", attachment, by, now)


def sweep(*, workspace: Workspace, by: str, now: datetime) -> int:
    """Erase files that were removed long ago, and those that no row speaks of.

    Returns:
        How many rows were erased.
    """
    old = Attachment.objects.filter(removed_at__lt=now - KEPT_AFTER_REMOVAL)
    gone = list(old)
    old.delete()
    known = set(Attachment.objects.values_list("id", flat=True)) | {each.id for each in gone}
    for attachment in gone:
        path_of(attachment).unlink(missing_ok=True)
    for path in folders.attachments_of(workspace).iterdir():
        made = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
        if not _is_of(path, known) and made < now - _OF_AN_UPLOAD:
            path.unlink(missing_ok=True)
    if gone:
        journal.record("files.erased", workspace=workspace, by=by, now=now, rows=len(gone))
    return len(gone)


def path_of(attachment: Attachment) -> Path:
    """Where its content lies."""
    return folders.attachments_of(attachment.workspace) / str(attachment.id)


def _is_of(path: Path, known: set[UUID]) -> bool:
    try:
        return UUID(path.name) in known
    except ValueError:
        return False


def _put(document: Document, path: Path) -> None:
    """Write the file, durable before anybody is told of it."""
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(document.content)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _record(event: str, attachment: Attachment, by: str, now: datetime) -> None:
    journal.record(
        event,
        workspace=attachment.workspace,
        by=by,
        now=now,
        subject=attachment.creator.name,
        details={"creator": str(attachment.creator_id), "file": str(attachment.id)},
    )
