"""Work that goes on in the background, as pages show it; and vetting, which is such work."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.vetting import queries
from groundswell.vetting.actions import turns
from groundswell.vetting.choices import TurnState
from groundswell.vetting.models import Vetting
from groundswell.workspaces.telling import Told

_PATIENCE = 15  # seconds without a sign after which a page asks whether a worker runs at all


def waiting(now: datetime, asked_at: datetime, *, is_waiting: bool) -> dict[str, Any]:
    """How long it has been asked for, and whether no worker seems to take it."""
    waited = (now - asked_at).total_seconds()
    return {
        "is_waiting": is_waiting,
        "is_slow": is_waiting and waited > _PATIENCE,
        "seconds": int(waited),
    }


def progress(
    told: Told,
    *,
    now: datetime,
    asked_at: datetime | None,
    is_waiting: bool,
    title: str,
    things: str,
) -> dict[str, Any]:
    """What the progress part needs to know of work that goes on."""
    heard = told.told_at or asked_at or now
    left = told.seconds_left
    return {
        "title": title,
        "done": told.done,
        "total": told.total,
        "things": things,
        "left": "" if left is None else in_words(left),
        "is_silent": (now - heard).total_seconds() > _PATIENCE,
        "is_waiting": is_waiting,
    }


def in_words(seconds: float) -> str:
    """How long something takes, to the precision that anybody cares for."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 3_600:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3_600:.1f} h"


def of_vetting(request: Any, *, last: Vetting | None) -> dict[str, Any]:
    """Whether the scores are older than the data, and how far a vetting is."""
    turn = queries.turn()
    is_open = turn is not None and turn.state in turns.OPEN
    shown: dict[str, Any] = {
        "last_vetting": last,
        "is_stale": queries.is_older_than_data(last),
        "turn": turn,
        "is_vetting": is_open,
        "vetting_refusal": None if turn is None or is_open else turn.refusal,
    }
    if turn is not None and is_open:
        titles = {TurnState.QUEUED: "Waiting to vet", TurnState.STOPPING: "Stopping"}
        shown["vetting"] = progress(
            turn,
            now=request.now,
            asked_at=turn.asked_at,
            is_waiting=turn.state == TurnState.QUEUED,
            title=titles.get(TurnState(turn.state), "Vetting all accounts"),
            things="accounts",
        ) | {"step": turn.step}
    return shown


@require_GET
@routes.needs(Action.CREATORS_READ)
def vetting(request: Any) -> HttpResponse:
    """How far the vetting is, for a page that shows it."""
    shown = of_vetting(request, last=queries.last_vetting())
    if request.htmx and not shown["is_vetting"]:
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    template = "part" if request.htmx else "page"
    return render(request, f"console/vetting/{template}.html", shown)


@require_POST
@routes.needs(Action.VETTING_RUN)
def vet(request: Any) -> HttpResponse:
    """Have all accounts vetted."""
    turns.ask(workspace=request.desk.workspace, by=request.desk.by, now=request.now)
    return _back(request)


@require_POST
@routes.needs(Action.VETTING_RUN)
def cancel_vetting(request: Any) -> HttpResponse:
    """Stop it; the scores stay as they are."""
    turns.cancel(workspace=request.desk.workspace, by=request.desk.by, now=request.now)
    return _back(request)


def _back(request: Any) -> HttpResponse:
    """To the page whose button it was."""
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        return redirect(came_from)
    return redirect(routes.url(request, "console:vetting"))
