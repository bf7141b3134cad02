"""Promises: what was promised of plans, what became of it, and how plans that run stand."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, model_validator

from groundswell.interfaces.http import routes
from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Day, Input
from groundswell.interfaces.rest.schemas import Estimate
from groundswell.people.policy import Action
from groundswell.planning import flights, promises, queries
from groundswell.planning.actions import decisions, news
from groundswell.planning.actions import promises as making
from groundswell.planning.actions.news import News
from groundswell.planning.actions.promises import Count
from groundswell.planning.models import LineState, Outcome
from groundswell.planning.promises import Status

area = Area("Promises", "What is promised of plans, counted in the end, and scored in public.")
_NOTE = 500


class Settled(BaseModel):
    """What was counted, or a correction of it."""

    turn: Annotated[int, Field(description="From 1; the others are corrections.")]
    outcome: Outcome
    observed: dict[str, float]
    source: str
    note: str
    settled_at: str
    settled_by: str
    digest: str


class Kept(BaseModel):
    """One promised result."""

    level: float
    probability: float
    observed: float | None
    met: bool | None


class PromiseShown(BaseModel):
    """What was promised of a version of a plan, and what became of it."""

    promise: UUID
    place: Annotated[int, Field(description="In the workspace's chain, from 1.")]
    plan: UUID
    version: int
    name: str
    start: str
    end: str
    probability: Annotated[float, Field(description="That all results are met together.")]
    wanted: float
    kpis: dict[str, Kept]
    status: Status
    settlements: list[Settled]
    made_at: str
    made_by: str
    digest: Annotated[str, Field(description="SHA-256 of the promise's record.")]
    before: Annotated[str, Field(description="Digest of the promise before.")]


class PromiseRecord(PromiseShown):
    """A promise with the text that its digest is of."""

    record: Annotated[str, Field(description="Canonical JSON.")]


class Bin(BaseModel):
    """Promises of similar probability."""

    promised: float
    kept: Estimate


class Score(BaseModel):
    """How good promised probabilities were."""

    settled: int
    counts: dict[str, int]
    promised: float | None
    kept: Estimate
    brier: Estimate
    base: float | None
    skill: Estimate
    reliability: list[Bin]


class Verified(BaseModel):
    """Whether promises are as they were made."""

    ok: bool
    promises: int
    settlements: int
    head: Annotated[str, Field(description="Digest of the last promise.")]
    broken: list[str]


class OfPlan(BaseModel):
    """What was promised of a version of a plan, or why nothing would be."""

    promise: PromiseShown | None
    withheld: Annotated[
        str | None, Field(description="Why taking the plan now would promise nothing.")
    ]


class Settlement(Input):
    """What was counted: one of the three ways to say so."""

    observed: Annotated[
        dict[str, Annotated[float, Field(ge=0)]] | None,
        Field(max_length=20, description="Count of each promised result."),
    ] = None
    from_posts: Annotated[
        bool, Field(description="Count the imported posts of the plan's lines.")
    ] = False
    call_off: Annotated[
        bool, Field(description="The program will not run; only before it begins.")
    ] = False
    correct: Annotated[bool, Field(description="Correct what was settled before.")] = False
    note: Annotated[
        str, Field(max_length=_NOTE, description="Its source, or what was wrong before.")
    ] = ""

    @model_validator(mode="after")
    def _is_one(self) -> "Settlement":
        if (self.observed is not None) + self.from_posts + self.call_off != 1:
            raise ValueError("give one of observed, from_posts and call_off")
        return self


class Told(Input):
    """What became known of one line."""

    line: Annotated[int, Field(ge=1, le=1_000_000, description="From 1; then the bench.")]
    state: Literal["signed", "declined", "published", "dropped"]
    day: Day
    price: Annotated[float | None, Field(ge=0, le=1e12)] = None
    due: Day | None = None
    post_id: Annotated[str, Field(max_length=200)] = ""


class ManyTold(Input):
    """What became known of lines."""

    news: Annotated[list[Told], Field(min_length=1, max_length=10_000)]


class Counted(BaseModel):
    """How many news were kept."""

    told: int


class Forecast(BaseModel):
    """Where a plan stands, as `groundswell forecast --json` has it; more fields than these."""

    plan: UUID
    name: str
    as_of: str
    goals_from: Literal["promise", "brief", "sold"]
    goals: dict[str, float]
    hit_probability: Estimate
    kpis: dict[str, Any]
    make_goods: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    unknown: list[dict[str, Any]]


class AsOf(BaseModel):
    """By what was known when."""

    as_of: Annotated[date | None, Field(description="At the end of that day; without it, now.")] = (
        None
    )


@area.get("/promises", Action.PLANS_READ, Page[PromiseShown])
def list_promises(request: Any, page: Query[Paging]) -> Any:
    """List what was promised.

    The newest first, with what became of it.
    """
    found = promises.every(today=request.now.date())
    answer = paging.of_list(request, found, page)
    return answer | {"items": [each.as_json() for each in answer["items"]]}


@area.get("/promises/score", Action.PLANS_READ, Score)
def score_promises(request: Any) -> Any:
    """Score the promised probabilities.

    By all promises that were settled.
    """
    return promises.record(today=request.now.date()).as_json()["score"]


@area.get("/promises/verified", Action.PLANS_READ, Verified)
def verify_promises(request: Any) -> Any:
    """Verify that promises are as they were made.

    Every hash is worked out again, the chain followed and held against the journal.
    """
    del request
    return promises.verified().as_json()


@area.get("/promises/{uuid:promise_id}", Action.PLANS_READ, PromiseRecord)
def get_promise(request: Any, promise_id: UUID) -> Any:
    """Get a promise, with its record."""
    promise = promises.find(promise_id)
    told = promises.told(promise, today=request.now.date())
    return {**told.as_json(), "record": promise.record}


@area.post("/promises/{uuid:promise_id}/settlements", Action.PLANS_APPROVE, Settled)
def settle_promise(request: Any, promise_id: UUID, body: Settlement) -> HttpResponse:
    """Hold what was counted against a promise.

    Once, when its program is over; later ones are corrections and need a note.
    """
    hand = {
        "workspace": request.desk.workspace, "promise_id": promise_id, **operations.hand(request),
    }  # fmt: skip
    if body.call_off:
        settled = making.call_off(note=body.note, **hand)
    else:
        count = (
            making.counted_on_posts(promise_id, now=request.now)
            if body.observed is None
            else Count(body.observed, note=body.note)
        )
        settled = (making.correct if body.correct else making.settle)(count=count, **hand)
    where = routes.url(request, "api:get_promise", promise_id=promise_id)
    return operations.made(promises.settlement_json(settled), where)


@area.get("/plans/{uuid:plan_id}/promise", Action.PLANS_READ, OfPlan)
def get_promise_of_plan(request: Any, plan_id: UUID) -> Any:
    """Get what was promised of a plan.

    Or why taking it now would promise nothing.
    """
    plan = queries.plan(plan_id, with_document=True)
    told = promises.of_plan(plan, today=request.now.date())
    return {
        "promise": told and told.as_json(),
        "withheld": None if told else making.withheld(plan, request.now),
    }


@area.post("/plans/{uuid:plan_id}/promise", Action.PLANS_APPROVE, PromiseShown)
def make_promise(request: Any, plan_id: UUID) -> HttpResponse:
    """Take a plan for its promise.

    It is approved and its promise is kept; where none is offered, neither is done.
    """
    made = decisions.promise(
        workspace=request.desk.workspace, plan_id=plan_id, **operations.hand(request)
    )
    said = promises.told(made, today=request.now.date()).as_json()
    return operations.made(said, routes.url(request, "api:get_promise", promise_id=made.id))


@area.get("/plans/{uuid:plan_id}/forecast", Action.PLANS_READ, Forecast)
def forecast_plan(request: Any, plan_id: UUID, when: Query[AsOf]) -> Any:
    """Forecast a plan that runs.

    By what was told of its lines and by imported posts of theirs.
    """
    return flights.forecast(plan_id, as_of=when.as_of or request.now.date())


@area.post("/plans/{uuid:plan_id}/news", Action.PLANS_PROPOSE, Counted, status=200)
def tell_news(request: Any, plan_id: UUID, body: ManyTold) -> Any:
    """Tell what became of a plan's lines."""
    rows = news.tell(
        workspace=request.desk.workspace,
        plan_id=plan_id,
        news=[
            News(each.line, LineState(each.state), each.day, each.price, each.due, each.post_id)
            for each in body.news
        ],
        **operations.hand(request),
    )
    return {"told": len(rows)}
