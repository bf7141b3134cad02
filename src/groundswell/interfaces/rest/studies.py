"""Studies of a plan: other ways to spend its budget, more money, each limit, each line, again."""

import time
from typing import Annotated, Any
from uuid import UUID

from ninja import Query
from pydantic import BaseModel, Field

from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.schemas import Estimate
from groundswell.people.policy import Action
from groundswell.planning import differences, queries, studies
from groundswell.planning.differences import Said

area = Area("Studies of plans", "A plan beside other ways, budgets, limits and versions.")
_SECONDS = 20.0  # for constraints: what is left then is named
_Json = dict[str, Any]


class Way(BaseModel):
    """The plan, or another way to spend its budget; without a forecast it says why."""

    name: Annotated[str, Field(description="`this_plan` is the plan itself.")]
    label: str
    description: str
    creators: int
    spend: float | None
    forecast: Annotated[_Json | None, Field(description="An estimate for each KPI.")]
    cost_per: Annotated[_Json | None, Field(description="Spend over what is expected, by KPI.")]
    negative_share: Estimate | None
    hit_probability: Annotated[_Json | None, Field(description="P(all goals met), three times.")]
    risk: Annotated[
        _Json | None,
        Field(
            description="`below_half`: P(less than half of what is expected before signing); "
            "`largest_line`: its part of that; `spread`: of the 80 % interval."
        ),
    ]
    keeps_minima: bool
    reason: str | None


class Ways(BaseModel):
    """A plan and other ways to spend its budget."""

    plan: UUID
    name: str
    objective: str
    budget: float
    currency: str
    ways: list[Way]


class Frontier(BaseModel):
    """What other budgets buy; with `more` what so much more adds, who comes in and who goes out."""

    plan: UUID
    objective: str
    unit: str
    currency: str
    asked: float | None = None
    points: Annotated[
        list[_Json], Field(description="Budget, value, bound, cost of one more, P(goals).")
    ] = []
    knee: _Json | None = None
    more: float | None = None
    before: _Json | None = None
    after: _Json | None = None
    adds: float | None = None
    spends: float | None = None
    cost_of_one_more: float | None = None
    adds_at_most: float | None = None
    comes_in: list[_Json] = []
    goes_out: list[_Json] = []
    kept: int | None = None
    data_revision: int


class Constraint(BaseModel):
    """What the plan gets without one key of its brief."""

    key: str
    setting: Annotated[Any, Field(description="As the brief has it.")]
    value: float | None
    gain: float | None
    gain_share: float | None
    binds: bool | None
    creators: int | None
    spend: float | None
    reason: str | None


class Constraints(BaseModel):
    """What each constraint costs, in the objective's unit, the dearest first."""

    plan: UUID
    objective: str
    unit: str
    currency: str
    value: float
    constraints: list[Constraint]
    not_asked: Annotated[list[str], Field(description="Keys for which the time was up.")]
    data_revision: int


class LineExplained(BaseModel):
    """Why one line is in a plan."""

    account: str
    format: str
    price: float
    cost: float
    adds: float
    adds_per_money: float | None
    alone: float
    overlaps_with: Annotated[list[_Json], Field(description="Lines with most of its people.")]
    instead: Annotated[_Json | None, Field(description="The next best for the same money.")]
    why: str


class Explanation(BaseModel):
    """Why each line is in a plan."""

    plan: UUID
    objective: str
    unit: str
    currency: str
    lines: list[LineExplained]
    data_revision: int


class Different(BaseModel):
    """What is different between two plans, from the first to the second."""

    is_same: bool
    before: _Json
    after: _Json
    lines: Annotated[_Json, Field(description="`added`, `removed`, `changed`, `unchanged`.")]
    amounts: list[_Json]
    kpis: list[_Json]
    certificates: list[_Json]
    brief: Annotated[list[_Json], Field(description="Keys of the briefs that differ.")]
    provenance: list[_Json]


class Reproduced(BaseModel):
    """A plan made again from its brief, its seed and today's data."""

    plan: UUID
    is_same: Annotated[bool, Field(description="Byte for byte, as canonical JSON.")]
    kept: _Json
    again: _Json
    reasons: list[str]
    differences: Different


class More(BaseModel):
    """How much more money."""

    more: Annotated[
        float | None, Field(description="In the budget's currency; may be negative.")
    ] = None


@area.get("/plans/{uuid:plan_id}/ways", Action.PLANS_READ, Ways)
def get_ways(request: Any, plan_id: UUID) -> Any:
    """Hold a plan against other ways to spend its budget."""
    workspace = request.desk.workspace
    return studies.ways(workspace, studies.of_plan(workspace, plan_id))


@area.get("/plans/{uuid:plan_id}/frontier", Action.PLANS_READ, Frontier)
def get_frontier(request: Any, plan_id: UUID, asked: Query[More]) -> Any:
    """Get what other budgets would buy.

    Worked out on today's data.
    """
    workspace = request.desk.workspace
    return studies.frontier(workspace, studies.of_plan(workspace, plan_id), more=asked.more)


@area.get("/plans/{uuid:plan_id}/constraints", Action.PLANS_READ, Constraints)
def get_constraints(request: Any, plan_id: UUID) -> Any:
    """Get what each constraint of the brief costs.

    The plan is made again without each, on today's data, for twenty seconds at most.
    """
    workspace, end = request.desk.workspace, time.monotonic() + _SECONDS
    asked = studies.of_plan(workspace, plan_id)
    return studies.costs(workspace, asked, enough=lambda: time.monotonic() >= end)


@area.get("/plans/{uuid:plan_id}/explanation", Action.PLANS_READ, Explanation)
def explain_plan(request: Any, plan_id: UUID) -> Any:
    """Get why each line is in a plan."""
    workspace = request.desk.workspace
    return studies.explained(workspace, studies.of_plan(workspace, plan_id))


@area.get("/plans/{uuid:plan_id}/reproduction", Action.PLANS_READ, Reproduced)
def reproduce_plan(request: Any, plan_id: UUID) -> Any:
    """Make a plan again and compare it.

    Nothing is kept.
    """
    workspace = request.desk.workspace
    return studies.reproduced(workspace, studies.of_plan(workspace, plan_id))


@area.get("/plans/{uuid:plan_id}/against/{uuid:other_id}", Action.PLANS_READ, Different)
def compare_plans(request: Any, plan_id: UUID, other_id: UUID) -> Any:
    """Hold two plans against each other."""
    del request
    found = [queries.plan(each, with_document=True) for each in (plan_id, other_id)]
    return differences.between(
        *(Said(str(each.id), each.document, each.brief_text) for each in found)
    )
