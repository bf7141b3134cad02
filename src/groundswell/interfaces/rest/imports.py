"""Imports: files handed in, looked at, brought in by a worker, and what became of their rows."""

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.connectors import queries
from groundswell.connectors.actions import uploads
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.choices import RunState, UploadState
from groundswell.connectors.landing import Landing
from groundswell.connectors.models import ImportRun, Upload
from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input
from groundswell.people.policy import Action
from groundswell.workspaces import access

area = Area("Imports", "Files in: hand one in, look at it, start the import, read its report.")
LARGEST = 2_000_000_000  # bytes of a file
_Word = Annotated[str, Field(max_length=200)]


class RunShown(BaseModel):
    """One file, brought in once, and what became of its rows."""

    run: UUID
    kind: str
    file: str
    state: RunState
    rows_read: int
    accepted: int
    rejected: int
    unchanged: int
    changed: Annotated[dict[str, int], Field(description="Rows written, by table.")]
    guesses: list[str]
    refusal: dict[str, Any] | None
    by: str
    started_at: str
    finished_at: str | None


class RunFilters(Paging):
    """Which imports."""

    state: Annotated[
        Literal["", "begun", "published", "failed", "rejected"],
        Field(description="`rejected` for those that did not take every row."),
    ] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    text: Annotated[str, Field(max_length=200, description="A part of file or person.")] = ""


class RejectedShown(BaseModel):
    """A row that was not taken, and why."""

    row: str
    line: str
    column: str
    value: str
    reason: str


class FileName(BaseModel):
    """What the file is called."""

    file_name: Annotated[str, Field(max_length=255, examples=["creators.csv"])] = ""


class UploadShown(BaseModel):
    """A file that was handed in, and how far its import is."""

    upload: UUID
    file: str
    bytes: int
    kind: Annotated[str, Field(description="Blank until it was looked at.")]
    state: UploadState
    step: str
    done: int
    total: int | None
    refusal: dict[str, Any] | None
    run: Annotated[UUID | None, Field(description="The import, once it is done.")]
    by: str
    uploaded_at: str


class LookedAt(UploadShown):
    """The same, with what the last look found: columns, first rows, and what is to be answered."""

    look: dict[str, Any] | None


class Reading(Input):
    """How to read the file; what is left out is guessed."""

    kind: Annotated[str, Field(max_length=40, examples=["accounts"])] = ""
    map: Annotated[str, Field(max_length=100, description="A ready map.")] | None = None
    columns: Annotated[dict[_Word, _Word], Field(max_length=2_000)] = {}
    platform: Annotated[str, Field(max_length=40)] = ""
    currency: Annotated[str, Field(max_length=3)] = ""
    format: Annotated[dict[Literal["encoding", "delimiter", "date_order", "decimal"], _Word],
                      Field(max_length=4)] = {}  # fmt: skip


@area.get("/imports", Action.IMPORTS_READ, Page[RunShown])
def list_imports(request: Any, page: Query[RunFilters]) -> Any:
    """List imports.

    The last one comes first.
    """
    rows = queries.runs(state=page.state, kind=page.kind, text=page.text)
    return paging.of_rows(
        request, rows, ("-started_at", "-id"), page, lambda found: list(map(_run, found))
    )


def _run(run: ImportRun) -> dict[str, Any]:
    return {
        "run": str(run.id),
        "kind": run.kind,
        "file": run.file_name,
        "state": str(run.state),
        "rows_read": run.rows_read,
        "accepted": run.accepted,
        "rejected": run.rejected,
        "unchanged": run.unchanged,
        "changed": run.changed,
        "guesses": run.guesses,
        "refusal": run.refusal,
        "by": run.by,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


@area.get("/imports/{uuid:run_id}", Action.IMPORTS_READ, RunShown)
def get_import(request: Any, run_id: UUID) -> Any:
    """Get an import."""
    del request
    return _run(queries.run(run_id))


@area.get("/imports/{uuid:run_id}/rejected", Action.IMPORTS_READ, Page[RejectedShown])
def list_rejected(request: Any, run_id: UUID, page: Query[Paging]) -> Any:
    """List the rows of a file that were not taken.

    In the order of the file.
    """
    run = queries.run(run_id)
    start = paging.offset(request, page)
    end = start + page.limit
    rows = queries.rejected(run, start=start, stop=end)
    return {
        "items": [
            {
                "row": each.row,
                "line": each.line,
                "column": each.column,
                "value": each.value,
                "reason": each.reason,
            }
            for each in rows
        ],
        "next": paging.following(request, end, run.rejected if rows else 0),
    }


@area.get("/uploads", Action.IMPORTS_READ, Page[UploadShown])
def list_uploads(request: Any, page: Query[Paging]) -> Any:
    """List files that wait or are being imported.

    The last one comes first.
    """
    return paging.of_rows(
        request,
        queries.uploads(),
        ("-uploaded_at", "-id"),
        page,
        lambda found: list(map(_upload, found)),
    )


def _upload(upload: Upload) -> dict[str, Any]:
    return {
        "upload": str(upload.id),
        "file": upload.file_name,
        "bytes": upload.bytes,
        "kind": upload.kind,
        "state": str(upload.state),
        "step": upload.step,
        "done": upload.done,
        "total": upload.total,
        "refusal": upload.refusal,
        "run": upload.run_id and str(upload.run_id),
        "by": upload.by,
        "uploaded_at": upload.uploaded_at,
    }


@area.upload(
    "/uploads",
    Action.IMPORTS_RUN,
    UploadShown,
    sink=partial(Landing, largest=LARGEST),
    largest=LARGEST,
)
def hand_in(request: Any, file: Query[FileName]) -> HttpResponse:
    """Hand a file in.

    CSV, TSV, JSON lines or Parquet, plain or gzipped. Nothing is imported yet: look at it next.
    """
    del file
    upload = uploads.receive(
        workspace=request.desk.workspace,
        landed=request.received.sink,
        file_name=request.received.name,
        **operations.hand(request),
    )
    address = routes.url(request, "api:get_upload", upload_id=upload.id)
    return operations.made(_upload(upload), address)


@area.get("/uploads/{uuid:upload_id}", Action.IMPORTS_READ, LookedAt)
def get_upload(request: Any, upload_id: UUID) -> Any:
    """Get a file that was handed in, and how far its import is."""
    del request
    upload = queries.upload(upload_id)
    return {**_upload(upload), "look": queries.look(upload)}


@area.put("/uploads/{uuid:upload_id}/reading", Action.IMPORTS_RUN, LookedAt, transaction=False)
def look_at_upload(request: Any, upload_id: UUID, body: Reading) -> Any:
    """Say how to read a file, and look at it.

    The answer shows the first rows as they would be read, and what is to be answered before the
    import can start.
    """
    workspace = request.desk.workspace
    uploads.look(
        workspace=workspace,
        upload_id=upload_id,
        asked=Wishes(**body.model_dump()),
        **operations.hand(request),
    )
    with access.inside(workspace):
        return get_upload(request, upload_id)


@area.post("/uploads/{uuid:upload_id}/started", Action.IMPORTS_RUN, UploadShown, status=202)
def start_import(request: Any, upload_id: UUID) -> Any:
    """Import a file as it was last looked at.

    A worker does it: ask for the file until its state is `done`.
    """
    return _upload(
        uploads.start(
            workspace=request.desk.workspace, upload_id=upload_id, **operations.hand(request)
        )
    )


@area.post("/uploads/{uuid:upload_id}/cancelled", Action.IMPORTS_RUN, UploadShown, status=200)
def cancel_import(request: Any, upload_id: UUID) -> Any:
    """Stop an import.

    What it has read is forgotten, and the file waits again.
    """
    return _upload(
        uploads.cancel(
            workspace=request.desk.workspace, upload_id=upload_id, **operations.hand(request)
        )
    )


@area.delete("/uploads/{uuid:upload_id}", Action.IMPORTS_RUN)
def throw_away(request: Any, upload_id: UUID) -> None:
    """Throw a file away that waits."""
    uploads.throw_away(
        workspace=request.desk.workspace, upload_id=upload_id, **operations.hand(request)
    )
