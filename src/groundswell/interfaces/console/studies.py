"""A plan's other budgets and limits: the frontier of its money, and what each limit costs."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.interfaces.console import plan_charts, plans, working
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.planning import queries
from groundswell.planning.actions import studying
from groundswell.planning.models import DraftState


@require_GET
@routes.needs(Action.PLANS_READ)
def study(request: Any, plan_id: UUID) -> HttpResponse:
    """What more or less money would buy, once a worker has found out."""
    found = queries.study(plan_id)
    is_open = found is not None and found.state in (DraftState.QUEUED, DraftState.PLANNING)
    context: dict[str, Any] = {"study": found, "is_open": is_open, "plan_id": plan_id}
    if found is not None and is_open:
        is_waiting = found.state == DraftState.QUEUED
        context |= working.waiting(request.now, found.asked_at, is_waiting=is_waiting)
        if request.htmx:
            return render(request, "console/plans/studying.html", context)
    elif request.htmx:
        return routes.moved(request, request.path)
    plan = queries.plan(plan_id, with_document=True)
    context |= plans.frame(request, plan)
    if found is not None and found.state == DraftState.READY:
        frontier, limits = found.answer["frontier"], found.answer["limits"]
        context |= {
            "frontier": frontier,
            "limits": limits,
            "chart": plan_charts.frontier(frontier),
            "limits_chart": plan_charts.limits(limits),
            "is_stale": frontier["data_revision"] != plan.document["provenance"]["data_revision"],
        }
    return render(request, "console/plans/study.html", context)


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def ask(request: Any, plan_id: UUID) -> HttpResponse:
    """Have a worker find it out."""
    studying.ask(
        workspace=request.desk.workspace, plan_id=plan_id, by=request.desk.by, now=request.now
    )
    return redirect(routes.url(request, "console:plan_study", plan_id=plan_id))
