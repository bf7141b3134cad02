"""Plans: the list, one plan with everything it says, its versions, and two held side by side."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from groundswell.interfaces.console import plan_charts
from groundswell.interfaces.http import plan_files, routes
from groundswell.people.policy import Action
from groundswell.planning import queries, showing
from groundswell.planning.actions import decisions, drafts
from groundswell.planning.models import Plan
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import AccountRef

_PLANS_OF_A_PAGE = 25
_LINES_OF_A_PAGE = 50
_CERTAINTIES = (80, 85, 90, 95, 98)  # percent
_LONGEST = 200


class NotANumber(Refusal):
    """A field of a plan's page that wants a number and got something else."""

    code = "not_a_number"


@require_GET
@routes.needs(Action.PLANS_READ)
def plans(request: Any) -> HttpResponse:
    """All plans by their current version, and the briefs that are on their way."""
    text = request.GET.get("q", "")[:_LONGEST].replace("\x00", "")
    sort = request.GET.get("sort", "when")
    sort = sort if sort in queries.SORTS else "when"
    descending = request.GET.get("dir", "desc" if sort == "when" else "asc") != "asc"
    found = queries.listed(text=text, sort=sort, descending=descending)
    context = {
        "plans": Paginator(found, _PLANS_OF_A_PAGE).get_page(request.GET.get("page")),
        "drafts": queries.unfinished(),
        "text": text,
        "columns": _columns(
            ("name", "Name"), ("objective", "Objective"), ("budget", "Budget"), ("spend", "Spend"),
            ("reach", "Reach"), ("", "Status"), ("when", "Proposed"),
            sort=sort, descending=descending,
        ),
    }  # fmt: skip
    return render(request, "console/plans/list.html", context)


def _columns(*columns: tuple[str, str], sort: str, descending: bool) -> list[dict[str, str]]:
    """Heads of a table: a click sorts by the column, a second one turns the order around."""
    found = []
    for key, label in columns:
        is_here = key == sort
        found.append(
            {
                "key": key,
                "label": label,
                "order": ("descending" if descending else "ascending") if is_here else "",
                "next": "asc" if is_here and descending else "desc" if is_here else "",
                "is_number": "num" if key in _NUMBERS else "",
            }
        )
    return found


_NUMBERS = frozenset({"budget", "spend", "reach", "price", "views", "adds"})


@require_GET
@routes.needs(Action.PLANS_READ)
def plan(request: Any, plan_id: UUID) -> HttpResponse:
    """What the plan buys, what to expect of it, and other ways to spend the same budget."""
    return _overview(request, queries.plan(plan_id, with_document=True))


def _overview(request: Any, found: Plan, *, status: int = 200, **context: Any) -> HttpResponse:
    document = found.document
    kpi = plan_charts.of_objective(document, plan_charts.COMPARED, request.GET.get("kpi", ""))
    chance = request.GET.get("chance", "")
    if chance not in plan_charts.CHANCED:
        chance = plan_charts.promised(document)
    context |= {
        **frame(request, found),
        "forecasts": showing.forecasts(document),
        "nearness": showing.nearness(document),
        "ways": showing.ways(document),
        "ways_chart": plan_charts.ways(document, kpi),
        "kpi": kpi,
        "kpis": plan_charts.COMPARED,
        "chances": plan_charts.chances(document, chance),
        "chance": chance,
        "chanced": plan_charts.CHANCED,
        "reach_for_money": plan_charts.reach_for_money(document),
        "tier_mix": plan_charts.tier_mix(document),
        "shared": plan_charts.shared(document),
        "certainties": _CERTAINTIES,
        "asked": round(100 * document["certificates"]["promise"]["probability"]),
        "key": uuid.uuid4().hex,
        "begun": showing.begun(found.starts_on, found.ends_on, found.proposed_at.date()),
        "has_goals": any("goal" in each for each in document["forecast"].values()),
        **_changed(found),
    }
    return render(request, "console/plans/page.html", context, status=status)


def _changed(found: Plan) -> dict[str, Any]:
    """What a version does otherwise than the one that it revises."""
    if found.revises_id is None:
        return {}
    before = queries.plan(found.revises_id, with_document=True)
    compared = showing.compared(before.document, found.document)
    asked = {*found.change.get("out", ()), *found.change.get("wanted", ())}
    return {
        "also_out": [line["account"] for line in compared.only_a if line["account"] not in asked],
        "also_in": [line["account"] for line in compared.only_b if line["account"] not in asked],
        "kept_note": next((n for n in found.document["notes"] if "version before" in n), ""),
        "before": before,
        "label_a": f"v{before.version}",
        "label_b": f"v{found.version}",
        "compared": compared,
        "changes": _changes(before.document, found.document),
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Spend, and each forecast, of two plans and how much the second one differs."""
    changes = []
    if before["currency"] == after["currency"]:
        changes.append(
            {
                "name": "spend", "unit": "number", "before": {"value": before["spend"]},
                "after": {"value": after["spend"]}, "is_money": True,
                "change": showing.change_of(before["spend"], after["spend"]),
            }
        )  # fmt: skip
    for kpi in showing.KPIS:
        a, b = before["forecast"].get(kpi), after["forecast"].get(kpi)
        if a is None or b is None or (a["value"] is None and b["value"] is None):
            continue
        changes.append(
            {
                "name": str(kpi), "unit": "short", "before": a, "after": b, "is_money": False,
                "change": showing.change_of(a["value"], b["value"]),
                "is_within": _overlap(a, b),
                "most": max(each["high"] or each["value"] or 0 for each in (a, b)),
            }
        )  # fmt: skip
    return changes


def _overlap(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if None in (a["low"], b["low"]):
        return False
    return bool(a["low"] <= b["high"] and b["low"] <= a["high"])


@require_GET
@routes.needs(Action.PLANS_READ)
def lines(request: Any, plan_id: UUID) -> HttpResponse:
    """Whom to pay for what, why, and who waits on the bench."""
    return _lines(request, queries.plan(plan_id, with_document=True))


def _lines(request: Any, found: Plan, *, status: int = 200, **context: Any) -> HttpResponse:
    sort = request.GET.get("sort", "plan")
    sort = sort if sort in showing.LINE_SORTS else "plan"
    descending = request.GET.get("dir", "asc") == "desc"
    ordered = showing.lines(found.document, sort=sort, descending=descending)
    page = Paginator(ordered, _LINES_OF_A_PAGE).get_page(request.GET.get("page"))
    creators = queries.creators_of_lines(found, [line["place"] - 1 for line in page])
    context |= {
        **frame(request, found),
        "lines": page,
        "creators": creators,
        "gained": showing.GAINED.get(found.objective, "results"),
        "bench": found.document["bench"],
        "key": uuid.uuid4().hex,
        "columns": _columns(
            ("plan", "#"), ("account", "Account"), ("tier", "Tier"), ("format", "Format"),
            ("price", f"Price, {found.currency}"), ("views", "Expected views"), ("adds", "Adds"),
            sort=sort, descending=descending,
        ),
    }  # fmt: skip
    return render(request, "console/plans/lines.html", context, status=status)


@require_GET
@routes.needs(Action.PLANS_READ)
def method(request: Any, plan_id: UUID) -> HttpResponse:
    """How the plan was made: prices' sources, who was left out, notes, and the brief."""
    found = queries.plan(plan_id, with_document=True)
    context = {**frame(request, found), "left_out": showing.left_out(found.document)}
    return render(request, "console/plans/method.html", context)


@require_GET
@routes.needs(Action.PLANS_READ)
def versions(request: Any, plan_id: UUID) -> HttpResponse:
    """Every version of the plan: what was changed, by whom, and what came of it."""
    found = queries.plan(plan_id, with_document=True)
    every = list(queries.versions(found))
    numbers = {str(version.id): version.version for version in every}
    rows = [(version, numbers.get(str(version.revises_id))) for version in reversed(every)]
    current = next((version for version in every if version.is_current), None)
    context = {**frame(request, found), "rows": rows, "current": current}
    return render(request, "console/plans/versions.html", context)


def frame(request: Any, found: Plan) -> dict[str, Any]:
    """What the head of every page of a plan shows."""
    every = list(queries.versions(found))
    here = request.resolver_match.url_name
    tabs = [
        {
            "url": routes.url(request, f"console:{name}", plan_id=found.id),
            "label": label,
            "active": here == name or (here == "plan_revise" and name == "plan_lines"),
            "count": count,
        }
        for name, label, count in (
            ("plan", "Overview", None),
            ("plan_lines", "Lines", len(found.document["lines"])),
            ("plan_promise", "Promise", None),
            ("plan_study", "Other budgets", None),
            ("plan_method", "How it was made", None),
            ("plan_versions", "Versions", len(every)),
        )
    ]
    return {
        "plan": found,
        "document": found.document,
        "tabs": tabs,
        "current": next((version for version in every if version.is_current), None),
        "approved": next((version for version in every if version.approved_at), None),
    }


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def revise(request: Any, plan_id: UUID) -> HttpResponse:
    """Take lines out or accounts in, or promise at another certainty; the plan is repaired."""
    written = request.POST.get("wanted", "")[:_LONGEST].strip()
    out = request.POST.getlist("out")
    promise = request.POST.get("promise", "")[:_LONGEST]
    try:
        draft = drafts.ask_revision(
            workspace=request.desk.workspace,
            plan_id=plan_id,
            revision=drafts.Revision(
                out,
                [AccountRef.parse(written)] if written else [],
                _certainty(promise) if promise else None,
            ),
            key=drafts.key_of(request.POST.get("key", ""), str(plan_id), *out, written, promise),
            by=request.desk.by,
            now=request.now,
        )
    except queries.UnknownPlan:
        raise
    except Refusal as refusal:
        found = queries.plan(plan_id, with_document=True)
        if promise:
            return _overview(request, found, status=422, refusal=refusal)
        return _lines(request, found, status=422, refusal=refusal, wanted=written)
    return redirect(routes.url(request, "console:plan_draft", draft_id=draft.id))


def _certainty(percent: str) -> float:
    try:
        return float(percent) / 100
    except ValueError as error:
        raise NotANumber(
            f"a certainty is a number of percent, such as 95, got {percent!r}"
        ) from error


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def go_back(request: Any, plan_id: UUID) -> HttpResponse:
    """Undo a revision: the version before is current again."""
    found = decisions.go_back(
        workspace=request.desk.workspace, plan_id=plan_id, by=request.desk.by, now=request.now
    )
    messages.success(request, f"Version {found.version} is current again.")
    return redirect(routes.url(request, "console:plan", plan_id=found.id))


@require_POST
@routes.needs(Action.PLANS_PROPOSE)
def make_current(request: Any, plan_id: UUID) -> HttpResponse:
    """Make a version the current one."""
    found = decisions.make_current(
        workspace=request.desk.workspace, plan_id=plan_id, by=request.desk.by, now=request.now
    )
    messages.success(request, f"Version {found.version} is current.")
    return redirect(routes.url(request, "console:plan", plan_id=found.id))


@require_POST
@routes.needs(Action.PLANS_APPROVE)
def approve(request: Any, plan_id: UUID) -> HttpResponse:
    """Take the plan: this version is carried out."""
    found = decisions.approve(
        workspace=request.desk.workspace, plan_id=plan_id, by=request.desk.by, now=request.now
    )
    messages.success(request, f"Version {found.version} is approved.")
    return redirect(routes.url(request, "console:plan", plan_id=found.id))


@require_POST
@routes.needs(Action.PLANS_APPROVE)
def withdraw(request: Any, plan_id: UUID) -> HttpResponse:
    """Take the approval back."""
    found = decisions.withdraw_approval(
        workspace=request.desk.workspace, plan_id=plan_id, by=request.desk.by, now=request.now
    )
    messages.success(request, "The approval is withdrawn.")
    return redirect(routes.url(request, "console:plan", plan_id=found.id))


@require_GET
@routes.needs(Action.PLANS_READ)
def compare(request: Any) -> HttpResponse:
    """Two plans side by side."""
    asked = [queries.identity(text) for text in request.GET.getlist("plan") if text][:2]
    a, b = (
        queries.plan(plan_id, with_document=True) if plan_id else None
        for plan_id in [*asked, None, None][:2]
    )
    context: dict[str, Any] = {"a": a, "b": b, "choices": queries.listed()[:200]}
    if a and b:
        context |= {
            "compared": showing.compared(a.document, b.document),
            "changes": _changes(a.document, b.document),
            "figures": [_figures(a), _figures(b)],
        }
    return render(request, "console/plans/compare.html", context)


def _figures(found: Plan) -> dict[str, Any]:
    return {"plan": found, "document": found.document, "creators": len(found.document["lines"])}


@require_GET
@routes.needs(Action.DATA_EXPORT)
def export(request: Any, plan_id: UUID, what: str, kind: str) -> HttpResponse:
    """Lines, forecasts, the brief or the whole plan as a file."""
    found = queries.plan(plan_id, with_document=True)
    return plan_files.download(found, what, kind, workspace=request.desk.workspace)
