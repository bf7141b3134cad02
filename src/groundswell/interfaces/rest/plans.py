"""Plans: briefs handed in, plans in versions, and what was decided on them."""

import hashlib
import uuid
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models.functions import Lower
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, model_validator

from groundswell.interfaces.http import plan_files, routes
from groundswell.interfaces.rest import entrance, operations, paging
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input
from groundswell.interfaces.rest.schemas import Estimate
from groundswell.people.policy import Action
from groundswell.planning import brief as briefs
from groundswell.planning import brief_text, queries, showing
from groundswell.planning.actions import decisions, drafts
from groundswell.planning.models import Draft, DraftState, Plan
from groundswell.terms.money import Money
from groundswell.terms.platforms import AccountRef

area = Area("Plans", "From a brief to a plan, its versions, and the decision on it.")
_SORTS: dict[str, tuple[str, ...]] = {
    "newest": ("-proposed_at", "-id"),
    "name": ("folded", "id"),
    "budget": ("-budget_minor", "-id"),
    "spend": ("-spend_minor", "-id"),
    "reach": ("-reach?", "-id"),
}
_DAYS = ("start", "end")
_BRIEF = {
    "name": "Trail shoe launch",
    "objective": "views",
    "budget": {"amount": 10000, "currency": "USD"},
    "start": "2027-03-01",
    "end": "2027-04-11",
    "creators": {"platforms": ["instagram"]},
}
Account = Annotated[str, Field(max_length=300, examples=["instagram:anna"])]


class PlanListed(BaseModel):
    """The current version of a plan."""

    plan: UUID
    name: str
    objective: str
    version: int
    budget: float
    spend: float
    currency: str
    start: date
    end: date
    creators_reached: Annotated[
        dict[str, float | None], Field(description="Forecast of reach: value, low and high.")
    ]
    proposed_at: str
    proposed_by: str
    approved_version: int | None


class PlanFilters(Paging):
    """Which plans, in which order."""

    text: Annotated[str, Field(max_length=200, description="A part of the name.")] = ""
    sort: Literal["newest", "name", "budget", "spend", "reach"] = "newest"


class Line(BaseModel):
    """Whom to pay for what."""

    account: str
    layer: str
    format: str
    quantity: int
    price: float
    currency: str
    why: str


class Version(BaseModel):
    """Which version of a plan it is, and what was decided."""

    plan: UUID
    version: int
    is_current: bool
    revises: UUID | None
    change: Annotated[
        dict[str, list[str] | float],
        Field(description="Accounts taken `out`, those `wanted`, and another `promise`."),
    ]
    proposed_at: str
    proposed_by: str
    approved_at: str | None
    approved_by: str


class PlanShown(BaseModel):
    """Everything that a plan says, as `groundswell plan --json` has it; more fields than these."""

    plan: UUID
    name: str
    objective: str
    budget: float
    currency: str
    lines: list[Line]
    spend: float
    reserve: float
    forecast: dict[str, Estimate]
    certificates: dict[str, Any]
    alternatives: list[dict[str, Any]]
    bench: list[dict[str, Any]]
    status: Version


class BriefShown(BaseModel):
    """A brief, as it was handed in."""

    toml: str


class NewPlan(Input):
    """A brief: its tables as JSON, or its text as TOML."""

    brief: Annotated[
        dict[str, Any] | None,
        Field(description="The tables of a brief; days as `2027-03-01`.", examples=[_BRIEF]),
    ] = None
    toml: Annotated[str | None, Field(max_length=500_000)] = None

    @model_validator(mode="after")
    def _is_one(self) -> "NewPlan":
        if (self.brief is None) == (self.toml is None):
            raise ValueError("give either brief or toml")
        return self

    def text(self) -> str:
        """The brief as TOML."""
        if self.toml is not None:
            return self.toml.replace("\r\n", "\n")
        tables = _without_nulls(self.brief)
        for name in _DAYS:
            if isinstance(tables.get(name), str):
                tables[name] = _day(tables[name])
        briefs.checked(tables)
        return brief_text.written(tables)


class DraftShown(BaseModel):
    """A brief on its way to a plan."""

    draft: UUID
    name: str
    state: DraftState
    done: int
    total: int
    step: str | None
    plan: Annotated[UUID | None, Field(description="When it is ready.")]
    refusal: Annotated[dict[str, Any], Field(description="Code and message, when it failed.")]
    revises: UUID | None
    asked_at: str
    asked_by: str


class Revision(Input):
    """What to change of a plan."""

    out: Annotated[list[Account], Field(max_length=1_000)] = []
    wanted: Annotated[list[Account], Field(max_length=1_000)] = []
    promise: Annotated[
        float | None, Field(gt=0, lt=1, description="Another certainty for the goals.")
    ] = None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text  # the brief says what is wrong with it


@area.get("/plans", Action.PLANS_READ, Page[PlanListed])
def list_plans(request: Any, page: Query[PlanFilters]) -> Any:
    """List the plans.

    Each by its current version.
    """
    rows = queries.listed(text=page.text).annotate(folded=Lower("name"))
    return paging.of_rows(
        request, rows, _SORTS[page.sort], page, lambda all_: list(map(_row, all_))
    )


def _row(plan: Any) -> dict[str, Any]:
    return {
        "plan": str(plan.id),
        "name": plan.name,
        "objective": plan.objective,
        "version": plan.version,
        "budget": float(Money(plan.budget_minor, plan.currency).major),
        "spend": float(Money(plan.spend_minor, plan.currency).major),
        "currency": plan.currency,
        "start": plan.starts_on,
        "end": plan.ends_on,
        "creators_reached": {"value": plan.reach, "low": plan.reach_low, "high": plan.reach_high},
        "proposed_at": plan.proposed_at,
        "proposed_by": plan.proposed_by,
        "approved_version": plan.approved_version,
    }


@area.post("/plans", Action.PLANS_PROPOSE, DraftShown, status=202)
def propose_plan(request: Any, body: NewPlan) -> HttpResponse:
    """Hand in a brief.

    A worker plans it: ask for the draft until it is ready.
    """
    text = body.text()
    draft = drafts.ask(
        workspace=request.desk.workspace,
        brief=briefs.parsed(text),
        text=text,
        key=_key(request),
        **operations.hand(request),
    )
    return _accepted(request, draft)


def _key(request: Any) -> str:
    """Sent again under its Idempotency-Key it is the same wish; without one, another."""
    key = request.headers.get("Idempotency-Key") or uuid.uuid4().hex
    caller = entrance.identity(request.desk.caller)
    return hashlib.sha256(f"{caller}|{request.path}|{key}".encode()).hexdigest()


def _accepted(request: Any, draft: Draft) -> HttpResponse:
    answer = operations.made(_draft(draft), routes.url(request, "api:get_draft", draft_id=draft.id))
    answer.status_code = 202
    return answer


@area.get("/plans/{uuid:plan_id}", Action.PLANS_READ, PlanShown)
def get_plan(request: Any, plan_id: UUID) -> Any:
    """Get a plan."""
    del request
    plan = queries.plan(plan_id, with_document=True)
    return {"plan": str(plan.id), **plan.document, "status": _version(plan)}


def _version(plan: Plan) -> dict[str, Any]:
    return {
        "plan": str(plan.id),
        "version": plan.version,
        "is_current": plan.is_current,
        "revises": plan.revises_id and str(plan.revises_id),
        "change": plan.change,
        "proposed_at": plan.proposed_at,
        "proposed_by": plan.proposed_by,
        "approved_at": plan.approved_at,
        "approved_by": plan.approved_by,
    }


@area.get("/plans/{uuid:plan_id}/brief", Action.PLANS_READ, BriefShown)
def get_brief(request: Any, plan_id: UUID) -> Any:
    """Get the brief of a plan."""
    del request
    return {"toml": queries.plan(plan_id).brief_text}


@area.get("/plans/{uuid:plan_id}/versions", Action.PLANS_READ, Page[Version])
def list_versions(request: Any, plan_id: UUID, page: Query[Paging]) -> Any:
    """List the versions of a plan."""
    rows = queries.versions(queries.plan(plan_id))
    return paging.of_rows(
        request, rows, ("version", "id"), page, lambda all_: list(map(_version, all_))
    )


@area.get("/plans/{uuid:plan_id}/files/{what}.{kind}", Action.DATA_EXPORT, bytes)
def export_plan(request: Any, plan_id: UUID, what: str, kind: str) -> HttpResponse:
    """Take a plan out as a file.

    `lines` and `forecasts` as csv or xlsx, `plan` as pdf or json, `brief` as toml.
    """
    plan = queries.plan(plan_id, with_document=True)
    return plan_files.download(plan, what, kind, workspace=request.desk.workspace)


@area.post("/plans/{uuid:plan_id}/revisions", Action.PLANS_PROPOSE, DraftShown, status=202)
def revise_plan(request: Any, plan_id: UUID, body: Revision) -> HttpResponse:
    """Take accounts out of a plan or into it, or have its goals promised at another certainty.

    A worker repairs the plan around that, keeping its other lines where it can.
    """
    draft = drafts.ask_revision(
        workspace=request.desk.workspace,
        plan_id=plan_id,
        revision=drafts.Revision(
            body.out, [AccountRef.parse(each) for each in body.wanted], body.promise
        ),
        key=_key(request),
        **operations.hand(request),
    )
    return _accepted(request, draft)


def _status(request: Any, plan_id: UUID) -> Any:
    del request
    return _version(queries.plan(plan_id))


@area.post("/plans/{uuid:plan_id}/current", Action.PLANS_PROPOSE, Version, status=200)
def make_current(request: Any, plan_id: UUID) -> Any:
    """Make this version of the plan the current one."""
    return _version(_decided(request, decisions.make_current, plan_id))


@area.post("/plans/{uuid:plan_id}/undone", Action.PLANS_PROPOSE, Version, status=200)
def undo_revision(request: Any, plan_id: UUID) -> Any:
    """Make the version before this one current again."""
    return _version(_decided(request, decisions.go_back, plan_id))


@area.get("/plans/{uuid:plan_id}/approval", Action.PLANS_READ, Version)
def get_approval(request: Any, plan_id: UUID) -> Any:
    """Get what was decided on a plan."""
    return _status(request, plan_id)


_guarded = Guard(get_approval, operations.row(Plan, "plan_id"))


@area.put("/plans/{uuid:plan_id}/approval", Action.PLANS_APPROVE, Version, guard=_guarded)
def approve_plan(request: Any, plan_id: UUID) -> Any:
    """Approve this version of the plan.

    The approval of another version ends.
    """
    return _version(_decided(request, decisions.approve, plan_id))


@area.delete("/plans/{uuid:plan_id}/approval", Action.PLANS_APPROVE, guard=_guarded)
def withdraw_approval(request: Any, plan_id: UUID) -> None:
    """Take the approval back."""
    _decided(request, decisions.withdraw_approval, plan_id)


def _decided(request: Any, decide: Any, plan_id: UUID) -> Plan:
    plan: Plan = decide(
        workspace=request.desk.workspace, plan_id=plan_id, **operations.hand(request)
    )
    return plan


@area.get("/drafts", Action.PLANS_READ, Page[DraftShown])
def list_drafts(request: Any, page: Query[Paging]) -> Any:
    """List briefs that are no plans yet.

    The newest twenty that wait, are being planned, or could not be planned.
    """
    return paging.of_list(request, [_draft(each) for each in queries.unfinished()], page)


def _draft(draft: Draft) -> dict[str, Any]:
    is_planned = draft.state == DraftState.PLANNING
    return {
        "draft": str(draft.id),
        "name": draft.name,
        "state": str(draft.state),
        "done": draft.done,
        "total": draft.total,
        "step": showing.STEPS[min(draft.done, len(showing.STEPS) - 1)] if is_planned else None,
        "plan": draft.plan_id and str(draft.plan_id),
        "refusal": draft.refusal,
        "revises": draft.revises_id and str(draft.revises_id),
        "asked_at": draft.asked_at,
        "asked_by": draft.asked_by,
    }


@area.get("/drafts/{uuid:draft_id}", Action.PLANS_READ, DraftShown)
def get_draft(request: Any, draft_id: UUID) -> Any:
    """Get how far a brief has come."""
    del request
    return _draft(queries.draft(draft_id))


@area.post("/drafts/{uuid:draft_id}/cancelled", Action.PLANS_PROPOSE, DraftShown, status=200)
def cancel_draft(request: Any, draft_id: UUID) -> Any:
    """Stop planning a brief."""
    return _draft(
        drafts.cancel(
            workspace=request.desk.workspace, draft_id=draft_id, **operations.hand(request)
        )
    )


@area.delete("/drafts/{uuid:draft_id}", Action.PLANS_PROPOSE)
def forget_draft(request: Any, draft_id: UUID) -> None:
    """Forget a brief that could not be planned, or was cancelled."""
    drafts.forget(workspace=request.desk.workspace, draft_id=draft_id, **operations.hand(request))
