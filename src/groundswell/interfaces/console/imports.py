"""Imports: hand a file in, look at it, have it brought in, read what became of it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from groundswell.connectors import queries
from groundswell.connectors.actions import uploads, wishes
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.choices import RunState, UploadState
from groundswell.connectors.landing import FileTooLarge
from groundswell.connectors.models import Upload
from groundswell.interfaces.console import mapping, working
from groundswell.interfaces.console.landing import Handler
from groundswell.interfaces.console.mapping import KINDS, WishesForm
from groundswell.interfaces.console.templatetags.console import words
from groundswell.interfaces.http import problems, routes
from groundswell.people.policy import Action
from groundswell.terms.errors import Refusal
from groundswell.vetting import queries as vetting
from groundswell.workspaces import access

_RUNS_OF_A_PAGE, _REJECTED_OF_A_PAGE = 25, 50
_FORM_AROUND = 1 << 20  # bytes of a form besides its file
_STATES = {
    "published": "imported", "rejected": "with rejected rows", "failed": "failed",
    "begun": "under way",
}  # fmt: skip
_STEPS = {"": "Getting ready", "reading": "Reading rows", "publish": "Making it visible"}
_THINGS = {"reading": "rows", "publish": "tables"}


@require_GET
@routes.needs(Action.IMPORTS_READ)
def imports(request: Any) -> HttpResponse:
    """Files that wait, and imports that were."""
    given = {name: request.GET.get(name, "")[:200] for name in ("state", "kind", "text")}
    given["state"] = given["state"] if given["state"] in _STATES else ""
    given["kind"] = given["kind"] if given["kind"] in KINDS else ""
    given["text"] = given["text"].replace("\0", "").strip()
    found = Paginator(queries.runs(**given), _RUNS_OF_A_PAGE)
    context = {
        "uploads": list(queries.uploads()[:20]),
        "page": found.get_page(request.GET.get("page")),
        "given": given,
        "states": _STATES,
        "kinds": {name: label for name, (label, _) in KINDS.items()},
        "is_filtered": any(given.values()),
    }
    return render(request, "console/imports/list.html", context)


@require_GET
@routes.needs(Action.IMPORTS_RUN)
def new(request: Any) -> HttpResponse:
    """Step 1: choose a file."""
    return _new(request)


def _new(request: Any, *, error: str = "", kind: str = "", status: int = 200) -> HttpResponse:
    context = {"kinds": KINDS, "largest": settings.LARGEST_IMPORT, "error": error, "kind": kind}
    return render(request, "console/imports/new.html", context, status=status)


# The file is on its way when the form's token is checked: who may send one is known before, where
# to put it too. The token is checked inside, with the form that this reads.
@csrf_exempt
@require_POST
@routes.needs(Action.IMPORTS_RUN, transaction=False)
def receive(request: Any) -> HttpResponseBase:
    """Take a file in and look at it."""
    largest = settings.LARGEST_IMPORT
    if int(request.META.get("CONTENT_LENGTH") or 0) > largest + _FORM_AROUND:
        return _not_received(request, FileTooLarge(largest))
    handler = Handler(request.desk.workspace, largest=largest)
    request.upload_handlers = [handler]
    try:
        answer: HttpResponseBase = _received(request, handler)
    finally:
        handler.discard()
    return answer


@csrf_protect
def _received(request: Any, handler: Handler) -> HttpResponseBase:
    kind = request.POST.get("kind", "")
    kind = kind if kind in KINDS else ""
    if handler.refusal is not None:
        return _not_received(request, handler.refusal)
    if handler.whole is None or not handler.whole.bytes:
        return _not_received(request, NoFile(), kind=kind)
    upload = uploads.receive(
        workspace=request.desk.workspace,
        landed=handler.whole,
        file_name=handler.name,
        by=request.desk.by,
        now=request.now,
    )
    if upload.id != handler.whole.id:
        messages.info(request, f"This file was waiting here already, as {upload.file_name}.")
    elif upload.state == UploadState.WAITING:
        _look(request, upload, Wishes(kind=kind))
    url = routes.url(request, "console:import_file", upload_id=upload.id)
    return JsonResponse({"url": url}) if _is_script(request) else redirect(url)


class NoFile(Refusal):
    """A form without its file, or with an empty one."""

    code = "no_file"

    def __init__(self) -> None:
        super().__init__(
            "no file arrived whole, and nothing was kept: choose one that is not empty, and send "
            "it again if the connection was lost"
        )


def _not_received(request: Any, refusal: Refusal, *, kind: str = "") -> HttpResponse:
    status = problems.status_of(refusal)
    if _is_script(request):
        return JsonResponse({"detail": str(refusal), "code": refusal.code}, status=status)
    return _new(request, error=str(refusal), kind=kind, status=status)


def _is_script(request: Any) -> bool:
    return bool(request.headers.get("Accept") == "application/json")


def _look(request: Any, upload: Upload, asked: Wishes) -> None:
    uploads.look(
        workspace=request.desk.workspace,
        upload_id=upload.id,
        asked=asked,
        by=request.desk.by,
        now=request.now,
    )


@require_GET
@routes.needs(Action.IMPORTS_READ)
def file(request: Any, upload_id: UUID) -> HttpResponse:
    """Steps 2 and 3: a file that waits to be looked at, or how far its import is."""
    upload = queries.upload(upload_id)
    if upload.state == UploadState.DONE and upload.run_id:
        return routes.moved(request, routes.url(request, "console:import", run_id=upload.run_id))
    if upload.state in uploads.OPEN:
        context = {"upload": upload, **_progress(request, upload)}
        part = "progress" if request.htmx else "running"
        return render(request, f"console/imports/{part}.html", context)
    if request.htmx:
        return routes.moved(request, request.path)
    return _file(request, upload)


def _progress(request: Any, upload: Upload) -> dict[str, Any]:
    return working.progress(
        upload,
        now=request.now,
        asked_at=upload.asked_at,
        is_waiting=upload.state == UploadState.QUEUED,
        title={
            UploadState.QUEUED: "Waiting for its turn",
            UploadState.IMPORTING: _STEPS.get(upload.step, upload.step),
        }.get(UploadState(upload.state), "Stopping"),
        things=_THINGS.get(upload.step, ""),
    )


def _file(request: Any, upload: Upload, *, status: int = 200, **context: Any) -> HttpResponse:
    said = wishes.of(upload)
    look = queries.look(upload) or {}
    is_read = "columns" in look
    context = {
        "upload": upload,
        "look": look,
        "is_text": look.get("file_format", "delimited") != "parquet",
        "form": WishesForm(initial=mapping.shown(said, look)),
        "columns": mapping.rows(look) if is_read else [],
        "mapped": sum(bool(column["target"]) for column in look.get("columns", [])),
        "questions": [mapping.question(problem) for problem in look.get("problems", [])],
        "options": mapping.options(look["kind"]) if is_read else [],
        "kinds": KINDS,
        "delimiter": mapping.DELIMITERS.get(look.get("delimiter") or "", look.get("delimiter")),
        "earlier": queries.earlier_import_of(upload.sha256),
        "is_said": bool(said.columns or said.format),
        **context,
    }
    return render(request, "console/imports/file.html", context, status=status)


@require_POST
@routes.needs(Action.IMPORTS_RUN, transaction=False)
def look(request: Any, upload_id: UUID) -> HttpResponse:
    """Look again as the form says now; import the file, if that is what the button says."""
    here = request.desk.workspace
    url = routes.url(request, "console:import_file", upload_id=upload_id)
    with access.inside(here):
        upload = queries.upload(upload_id)
        seen = queries.look(upload) or {}
    if upload.state != UploadState.WAITING:
        return redirect(url)
    act, before = request.POST.get("act", "look"), wishes.of(upload)
    form = WishesForm(request.POST, is_text=seen.get("file_format") != "parquet")
    if act != "guess" and not form.is_valid():
        with access.inside(here):
            return _file(request, upload, status=422, form=form)
    said = Wishes() if act == "guess" else mapping.read(form, request.POST, before, seen)
    try:
        if act != "import" or said != before:
            _look(request, upload, said)
        if act == "import":
            with access.inside(here):
                uploads.start(
                    workspace=here, upload_id=upload_id, by=request.desk.by, now=request.now
                )
    except Refusal as refusal:
        with access.inside(here):
            return _file(request, queries.upload(upload_id), status=422, error=refusal)
    return redirect(url)


@require_POST
@routes.needs(Action.IMPORTS_RUN)
def cancel(request: Any, upload_id: UUID) -> HttpResponse:
    """Stop an import; the file waits again."""
    uploads.cancel(
        workspace=request.desk.workspace, upload_id=upload_id, by=request.desk.by, now=request.now
    )
    return redirect(routes.url(request, "console:import_file", upload_id=upload_id))


@require_POST
@routes.needs(Action.IMPORTS_RUN)
def throw_away(request: Any, upload_id: UUID) -> HttpResponse:
    """Remove a file that waits."""
    upload = queries.upload(upload_id)
    try:
        uploads.throw_away(
            workspace=request.desk.workspace,
            upload_id=upload_id,
            by=request.desk.by,
            now=request.now,
        )
    except uploads.UnderWay as refusal:
        messages.error(request, str(refusal))
        return redirect(routes.url(request, "console:import_file", upload_id=upload_id))
    messages.success(request, f"{upload.file_name} was thrown away; nothing of it was imported.")
    return redirect(routes.url(request, "console:imports"))


@require_GET
@routes.needs(Action.IMPORTS_READ)
def run(request: Any, run_id: UUID) -> HttpResponse:
    """Step 4: what became of a file."""
    found = queries.run(run_id)
    page = Paginator(range(found.rejected), _REJECTED_OF_A_PAGE).get_page(request.GET.get("page"))
    last = vetting.last_vetting()
    context = {
        "run": found,
        "kind": KINDS.get(found.kind, (found.kind, ""))[0],
        "changed": [
            (mapping.TABLE_LABELS.get(table, words(table)), rows)
            for table, rows in sorted(found.changed.items(), key=lambda entry: -entry[1])
        ],
        "changed_rows": sum(found.changed.values()),
        "page": page,
        "rejected": queries.rejected(
            found, start=max(0, page.start_index() - 1), stop=page.end_index()
        ),
        "reasons": queries.reasons_of(found) if found.rejected else [],
        "has_report": queries.report_of(found) is not None,
        "is_failed": found.state == RunState.FAILED,
        **working.of_vetting(request, last=last),
    }
    return render(request, "console/imports/run.html", context)


@require_GET
@routes.needs(Action.DATA_EXPORT)
def report(request: Any, run_id: UUID) -> HttpResponseBase:
    """All rejected rows of an import, as a file."""
    found = queries.run(run_id)
    path = queries.report_of(found)
    if path is None:
        return problems.answer(
            request,
            status=404,
            code="no_report",
            detail="This import's report is not on the server any more. Import the file again.",
        )
    # Its cells were escaped when it was written.
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"rejected-{found.id}.csv",
        content_type="text/csv; charset=utf-8",
    )
