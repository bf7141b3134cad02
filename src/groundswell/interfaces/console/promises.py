"""Promises: the workspace's record of them, and one plan's promise with where it stands."""

import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.interfaces.console import plans
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.planning import flights, promises, queries
from groundswell.planning.actions import promises as making
from groundswell.planning.actions.promises import Count
from groundswell.planning.models import Plan
from groundswell.planning.promises import Status, Told
from groundswell.terms.errors import Refusal

_OF_A_PAGE = 25
_LONGEST = 200
_SIDE, _EDGE = 240.0, 34.0  # of the diagram's square, and around it
_LOOK = {
    Status.KEPT: "is-good",
    Status.MISSED: "is-bad",
    Status.DUE: "is-warn",
}


@dataclass(frozen=True, slots=True)
class Dot:
    """One group of promises in the diagram, in its drawing's units."""

    x: float
    y: float
    low: float
    high: float
    size: float


@require_GET
@routes.needs(Action.PLANS_READ)
def record(request: Any) -> HttpResponse:
    """What was promised, how it was kept, and whether probabilities were honest."""
    found = promises.record(today=request.now.date())
    rows = Paginator([_row(told) for told in found.promises], _OF_A_PAGE)
    context = {
        "record": found,
        "rows": rows.get_page(request.GET.get("page")),
        "counts": found.counts(),
        "due": [_row(told) for told in found.promises if told.status == Status.DUE],
        "dots": [_dot(each) for each in found.diagram],
        "diagram": found.diagram,
        "side": _SIDE,
        "edge": _EDGE,
        "verified": promises.verified() if "verify" in request.GET else None,
        "enough": promises.ENOUGH,
    }
    return render(request, "console/promises/record.html", context)


def _row(told: Told) -> dict[str, Any]:
    return {**told.as_json(), "look": _LOOK.get(told.status, ""), "ends_on": told.promise.ends_on}


def _dot(group: Any) -> Dot:
    def across(share: float) -> float:
        return round(_EDGE + share * _SIDE, 1)

    def up(share: float) -> float:
        return round(_EDGE + (1 - share) * _SIDE, 1)

    kept = group.kept
    return Dot(
        x=across(group.promised),
        y=up(kept.value),
        low=up(kept.low),
        high=up(kept.high),
        size=round(min(3 + math.sqrt(kept.n), 9), 1),
    )


@require_GET
@routes.needs(Action.PLANS_READ)
def promise(request: Any, plan_id: UUID) -> HttpResponse:
    """What a plan promises, where it stands, and what was counted in the end."""
    return _promise(request, queries.plan(plan_id, with_document=True))


def _promise(request: Any, found: Plan, *, status: int = 200, **more: Any) -> HttpResponse:
    told = promises.of_plan(found, today=request.now.date())
    offer = (found.document["certificates"].get("promise") or {}).get("offer")
    context = {
        **plans.frame(request, found),
        "told": told,
        "row": told and _row(told),
        "offer": offer,
        "guarantee": found.document["certificates"].get("promise"),
        "withheld": None if told else making.withheld(found, request.now),
        "can_count": told is not None and told.status == Status.DUE,
        "can_correct": told is not None and told.status in (Status.KEPT, Status.MISSED),
        **_standing(request, found, told),
        **more,
    }
    return render(request, "console/promises/plan.html", context, status=status)


def _standing(request: Any, found: Plan, told: Told | None) -> dict[str, Any]:
    """Where an approved plan stands today; one that is settled, or nobody took, doesn't run."""
    is_over = told is not None and told.status not in (Status.OPEN, Status.DUE)
    if found.approved_at is None or is_over:
        return {}
    try:
        return {"standing": flights.forecast(found.id, as_of=request.now.date())}
    except Refusal as refusal:
        return {"no_standing": str(refusal)}


@require_POST
@routes.needs(Action.PLANS_APPROVE)
def settle(request: Any, plan_id: UUID) -> HttpResponse:
    """Hold what was counted against the plan's promise, or correct what was counted before."""
    found = queries.plan(plan_id, with_document=True)
    told = promises.of_plan(found, today=request.now.date())
    if told is None:
        raise promises.UnknownPromise(f"nothing was promised of {found.name!r}")
    try:
        count = _counted(request, told)
        settled = (making.correct if told.settlements else making.settle)(
            workspace=request.desk.workspace,
            promise_id=told.promise.id,
            count=count,
            by=request.desk.by,
            now=request.now,
        )
    except Refusal as refusal:
        return _promise(request, found, status=422, refusal=refusal, written=request.POST)
    messages.success(request, f"The promise is settled: {settled.get_outcome_display().lower()}.")
    return redirect(routes.url(request, "console:plan_promise", plan_id=plan_id))


def _counted(request: Any, told: Told) -> Count:
    note = request.POST.get("note", "")[:_LONGEST]
    if "from_posts" in request.POST:
        counted = making.counted_on_posts(told.promise.id, now=request.now)
        return Count(
            counted.observed, counted.source, "; ".join(filter(None, [note, counted.note]))
        )
    observed = {}
    for kpi in told.said["kpis"]:
        written = request.POST.get(f"observed.{kpi}", "")[:_LONGEST].strip()
        try:
            observed[kpi] = float(written.replace(",", "").replace(" ", ""))
        except ValueError:
            raise making.NotSettled(f"{kpi} needs a count such as 12000, got {written!r}") from None
    return Count(observed, note=note)
