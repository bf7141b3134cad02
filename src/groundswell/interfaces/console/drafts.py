"""From a brief to a plan: the form, the wait, and what to do when it is not possible."""

import re
import uuid
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.interfaces.console import brief_fields, briefs, working
from groundswell.interfaces.console.briefs import BriefForm
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.planning import brief as reading
from groundswell.planning import brief_text, queries, showing
from groundswell.planning.actions import drafts
from groundswell.planning.brief import BadBrief
from groundswell.planning.models import Draft, DraftState

_KEY = re.compile(r"[0-9a-f]{32}")


@routes.needs(Action.PLANS_PROPOSE)
def new(request: Any) -> HttpResponse:
    """An empty brief, or that of a plan or a draft to start from; sent, it is planned."""
    if request.method == "POST":
        return _plan(request)
    return _page(request, _started(request))


def _started(request: Any) -> BriefForm:
    for name, find in (("plan", queries.plan), ("draft", queries.draft)):
        if name in request.GET:
            found: Any = find(queries.identity(request.GET[name]))
            return briefs.filled(reading.tables(found.brief_text))
    return BriefForm(
        {"budget.currency": request.desk.workspace.currency, "objective": "reach"}, is_new=True
    )


def _plan(request: Any) -> HttpResponse:
    form = BriefForm(request.POST)
    brief = form.brief()
    if brief is None:
        return _page(request, form, status=422)
    text = brief_text.written(form.tables())
    draft = drafts.ask(
        workspace=request.desk.workspace,
        brief=brief,
        text=text,
        key=drafts.key_of(request.POST.get("key", ""), text),
        by=request.desk.by,
        now=request.now,
    )
    return redirect(routes.url(request, "console:plan_draft", draft_id=draft.id))


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def fill(request: Any) -> HttpResponse:
    """The form, filled from a brief that was pasted or uploaded."""
    upload = request.FILES.get("file")
    try:
        if upload is not None:
            text = reading.decoded(upload.read(reading.LONGEST + 1), upload.name)
        else:
            text = request.POST.get("toml", "").replace("\r\n", "\n")
        tables = reading.tables(text)
    except BadBrief as bad:
        form = BriefForm({}, is_new=True)
        form.problems = [str(problem) for problem in bad.found]
        return _page(request, form, status=422, pasted=request.POST.get("toml", ""))
    form = briefs.filled(tables)
    try:
        reading.checked(tables)
    except BadBrief as bad:
        form.blame(bad.found)
        return _page(request, form, status=422, pasted=text)
    return _page(request, form, is_filled=True)


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def as_toml(request: Any) -> HttpResponse:
    """The brief that the form says as TOML: shown on the page, or to keep as a file."""
    text = brief_text.written(BriefForm(request.POST).tables())
    if request.htmx:
        return render(request, "console/plans/toml.html", {"text": text})
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="brief.toml"'
    return response


def _page(request: Any, form: BriefForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        "form": form,
        "key": uuid.uuid4().hex if not form.is_sent else request.POST.get("key", ""),
        "objectives": brief_fields.OBJECTIVES,
    }
    if not _KEY.fullmatch(context["key"]):
        context["key"] = uuid.uuid4().hex
    return render(request, "console/plans/brief.html", context, status=status)


@require_GET
@routes.needs(Action.PLANS_READ)
def draft(request: Any, draft_id: UUID) -> HttpResponse:
    """How far a brief has come: progress while it is planned, then its plan or the reason."""
    found = queries.draft(draft_id)
    if found.state == DraftState.READY and found.plan_id:
        return routes.moved(request, routes.url(request, "console:plan", plan_id=found.plan_id))
    if found.state in drafts.OPEN:
        context = {"draft": found, **_progress(request, found)}
        part = "progress" if request.htmx else "draft"
        return render(request, f"console/plans/{part}.html", context)
    if request.htmx:
        return routes.moved(request, request.path)
    if found.revises_id is not None or not request.desk.may(Action.PLANS_PROPOSE):
        return render(request, "console/plans/draft.html", {"draft": found, **_refused(found)})
    form = briefs.filled(reading.tables(found.brief_text))
    if found.refusal:
        form.blame_refusal(found.refusal)
    return _page(request, form, draft=found, **_refused(found))


def _progress(request: Any, found: Draft) -> dict[str, Any]:
    is_waiting = found.state == DraftState.QUEUED
    return {
        "step": "" if is_waiting else showing.STEPS[min(found.done, len(showing.STEPS) - 1)],
        "done": found.done,
        "total": found.total,
        **working.waiting(request.now, found.asked_at, is_waiting=is_waiting),
    }


def _refused(found: Draft) -> dict[str, Any]:
    """What is impossible, and the nearest that is not: the message's two halves."""
    message = found.refusal.get("message", "")
    impossible, _, nearest = message.rpartition(": ")
    return {"impossible": impossible or nearest, "nearest": nearest if impossible else ""}


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def cancel(request: Any, draft_id: UUID) -> HttpResponse:
    """Stop planning a brief."""
    found = drafts.cancel(
        workspace=request.desk.workspace, draft_id=draft_id, by=request.desk.by, now=request.now
    )
    return redirect(routes.url(request, "console:plan_draft", draft_id=found.id))


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def forget(request: Any, draft_id: UUID) -> HttpResponse:
    """Take a brief that could not be planned off the list."""
    drafts.forget(
        workspace=request.desk.workspace, draft_id=draft_id, by=request.desk.by, now=request.now
    )
    return redirect(routes.url(request, "console:plans"))
