"""Files that people hand in: received, looked at, imported in the background, thrown away."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from groundswell.connectors import landing, queries
from groundswell.connectors.actions import imports, wishes
from groundswell.connectors.actions.imports import Cancelled
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.adapters import parsing
from groundswell.connectors.adapters.staging import chunks
from groundswell.connectors.choices import RunState, UploadState
from groundswell.connectors.landing import Landing
from groundswell.connectors.models import ImportRun, Upload
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access, jobs, telling
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace
from groundswell.workspaces.telling import Telling

OPEN = (UploadState.QUEUED, UploadState.IMPORTING, UploadState.STOPPING)
KEPT = timedelta(days=7)
_MOST_ATTEMPTS = jobs.MAX_ATTEMPTS - 1


class NotReady(Refusal):
    """A file of which something must be said before it can be imported."""

    code = "upload_not_ready"


class UnderWay(Refusal):
    """A file whose import is under way."""

    code = "upload_under_way"


def receive(
    *, workspace: Workspace, landed: Landing, file_name: str, by: str, now: datetime
) -> Upload:
    """Take in a file that has come whole; one that waits here already is taken once.

    Opens its own transaction.
    """
    landed.land()
    upload = Upload(
        id=landed.id,
        workspace=workspace,
        file_name=imports.clean(file_name),
        bytes=landed.bytes,
        sha256=landed.sha256,
        by=by,
        uploaded_at=now,
    )
    with access.inside(workspace):
        _sweep(workspace, now)
        # Two at once: the database keeps the first, and both find it.
        Upload.objects.bulk_create([upload], ignore_conflicts=True)
        kept = Upload.objects.exclude(state=UploadState.DONE).get(sha256=landed.sha256)
        if kept.id == upload.id:
            _journal("file.received", kept, by, now)
    if kept.id != upload.id:
        before = landing.path_of(workspace, kept.id)
        if not before.exists():  # as after a restore that had the row alone
            landing.path_of(workspace, upload.id).replace(before)
        landing.forget(workspace, upload.id)
    return kept


def look(*, workspace: Workspace, upload_id: UUID, asked: Wishes, by: str, now: datetime) -> Upload:
    """Look at a file as somebody wishes to have it read; what is found is kept beside it.

    Opens its own transactions.

    Raises:
        UnknownUpload: When there is no such file.
        UnderWay: When it is being imported.
        Refusal: When the wishes can't be understood.
    """
    with access.inside(workspace):
        upload = queries.upload(upload_id)
        _refuse_under_way(upload)
    asked.checked()
    found: dict[str, Any]
    try:
        found = parsing.previewed(
            landing.path_of(workspace, upload_id),
            file_name=upload.file_name,
            kind=asked.kind,
            map_=asked.as_map,
            platform=asked.as_platform,
            now=now,
        )
    except Refusal as refusal:
        found = {"kind": asked.kind, "refusal": {"code": refusal.code, "message": str(refusal)}}
    with access.inside(workspace):
        upload = _locked(upload_id)
        _refuse_under_way(upload)
        upload.kind, upload.wishes, upload.refusal = found["kind"], asked.as_json(), None
        upload.save(update_fields=["kind", "wishes", "refusal"])
        _journal("file.looked_at", upload, by, now)
        path = landing.look_of(workspace, upload_id)
        chunks.write(path, json.dumps(found, ensure_ascii=False).encode(errors="replace"))
    return upload


def start(*, workspace: Workspace, upload_id: UUID, by: str, now: datetime) -> Upload:
    """Have a worker import a file as it was last looked at; asked again, it changes nothing.

    Raises:
        UnknownUpload: When there is no such file.
        NotReady: When something must be said of it first.
    """
    upload = _locked(upload_id)
    if upload.state != UploadState.WAITING:
        return upload
    found = queries.look(upload)
    if found is None or found.get("refusal") or found.get("problems"):
        raise NotReady(
            f"{upload.file_name!r} can't be imported as it stands: answer what is asked of it first"
        )
    for name, value in telling.nothing_told().items():
        setattr(upload, name, value)
    upload.state, upload.attempts, upload.refusal = UploadState.QUEUED, 0, None
    upload.asked_by, upload.asked_at = by, now
    upload.save()
    jobs.defer("connectors.import_upload", workspace=workspace, upload=str(upload.id))
    _journal("import.asked", upload, by, now)
    return upload


def cancel(*, workspace: Workspace, upload_id: UUID, by: str, now: datetime) -> Upload:
    """Stop an import; what it has read is forgotten, and the file waits again.

    Raises:
        UnknownUpload: When there is no such file.
    """
    del workspace  # the one that is entered
    upload = _locked(upload_id)
    if upload.state == UploadState.QUEUED:
        upload.state, upload.refusal = UploadState.WAITING, _as_json(_cancelled(upload))
    elif upload.state == UploadState.IMPORTING:
        upload.state = UploadState.STOPPING
    else:
        return upload
    upload.save(update_fields=["state", "refusal"])
    _journal("import.cancelled", upload, by, now)
    return upload


def throw_away(*, workspace: Workspace, upload_id: UUID, by: str, now: datetime) -> None:
    """Remove a file that waits.

    Raises:
        UnknownUpload: When there is no such file.
        UnderWay: When it is being imported.
    """
    upload = _locked(upload_id)
    _refuse_under_way(upload)
    _journal("file.thrown_away", upload, by, now)
    landing.forget(workspace, upload.id)
    upload.delete()


def work(*, workspace: Workspace, upload_id: UUID, now: datetime) -> None:
    """Import a file that somebody asked for. May be called again: it goes on where it stopped."""
    upload = _claimed(workspace, upload_id, now)
    if upload is None:
        return
    said = wishes.of(upload)

    def rows() -> Any:
        return Upload.objects.filter(id=upload_id, state=UploadState.IMPORTING)

    try:
        with Telling(workspace, rows, lambda: _cancelled(upload)) as tell:
            imported = imports.import_file(
                workspace=workspace,
                kind=said.kind,
                path=landing.path_of(workspace, upload_id),
                file_name=upload.file_name,
                mapping=said.as_map,
                platform=said.as_platform,
                by=upload.asked_by,
                now=now,
                progress=tell,
            )
    except Refusal as refusal:
        _settle(workspace, upload_id, {"state": UploadState.WAITING, "refusal": _as_json(refusal)})
        return
    _settle(workspace, upload_id, {"state": UploadState.DONE, "run_id": imported.run})
    landing.forget(workspace, upload_id)


def _claimed(workspace: Workspace, upload_id: UUID, now: datetime) -> Upload | None:
    """The file, when there is still something to do for it."""
    with access.inside(workspace):
        upload = Upload.objects.select_for_update(of=("self",)).filter(id=upload_id).first()
        if upload is None or upload.state not in OPEN:
            return None
        changed = _settled(upload)
        if changed is None:
            upload.state, upload.attempts = UploadState.IMPORTING, upload.attempts + 1
            upload.told_at = now
            upload.save(update_fields=["state", "attempts", "told_at"])
            return upload
        Upload.objects.filter(id=upload_id).update(**changed)
    if changed["state"] == UploadState.DONE:
        landing.forget(workspace, upload_id)
    return None


def _settled(upload: Upload) -> dict[str, Any] | None:
    """What becomes of a file whose worker died after its import, or that was stopped since."""
    said = wishes.of(upload)
    sign = parsing.fingerprint(said.kind, said.as_map, said.as_platform, upload.file_name)
    published = ImportRun.objects.filter(
        sha256=upload.sha256,
        fingerprint=sign,
        state=RunState.PUBLISHED,
        by=upload.asked_by,
        started_at__gte=upload.asked_at,
    ).first()
    if upload.attempts and published is not None:
        return {"state": UploadState.DONE, "run": published}
    if upload.state == UploadState.STOPPING:
        return {"state": UploadState.WAITING, "refusal": _as_json(_cancelled(upload))}
    if upload.attempts >= _MOST_ATTEMPTS:
        broken = f"the import broke {upload.attempts} times, and the reason is in the worker's log"
        return {
            "state": UploadState.WAITING,
            "refusal": {"code": "import_broke", "message": f"{broken}: tell your operator"},
        }
    return None


def _settle(workspace: Workspace, upload_id: UUID, changed: dict[str, Any]) -> None:
    with access.inside(workspace):
        Upload.objects.filter(id=upload_id, state__in=OPEN).update(**changed)


def _locked(upload_id: UUID) -> Upload:
    upload = Upload.objects.select_for_update(of=("self",)).filter(id=upload_id).first()
    if upload is None:
        raise queries.UnknownUpload(upload_id)
    return upload


def _refuse_under_way(upload: Upload) -> None:
    if upload.state != UploadState.WAITING:
        raise UnderWay(f"{upload.file_name!r} is being imported, or was: reload the page")


def _cancelled(upload: Upload) -> Cancelled:
    return Cancelled(f"the import of {upload.file_name!r} was cancelled: nothing of it was kept")


def _as_json(refusal: Refusal) -> dict[str, str]:
    return {"code": refusal.code, "message": str(refusal)}


def _sweep(workspace: Workspace, now: datetime) -> None:
    """Forget files that nobody came back for, and what cut-off uploads left."""
    given_up = Upload.objects.exclude(state__in=OPEN).filter(uploaded_at__lt=now - KEPT)
    given_up.delete()
    landing.sweep(workspace, set(Upload.objects.values_list("id", flat=True)), now=now)


def _journal(event: str, upload: Upload, by: str, now: datetime) -> None:
    journal.record(
        event,
        workspace=upload.workspace,
        by=by,
        now=now,
        subject=upload.file_name,
        details={"kind": upload.kind, "bytes": upload.bytes},
    )
