"""Workspaces: the caller's own, and the settings, journal and size of one."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import BaseModel, Field

from groundswell.creators import holdings
from groundswell.interfaces.http import desk as desks
from groundswell.interfaces.rest import paging
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input, Whole
from groundswell.interfaces.rest.schemas import JournalEntry, Moment
from groundswell.people import queries as people
from groundswell.people.policy import ALLOWED, Action, Role
from groundswell.terms.tiers import TIER_SETS, Tier
from groundswell.vetting import formulas
from groundswell.workspaces import queries
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import JournalEntry as Entry
from groundswell.workspaces.models import Workspace

area = Area("Workspace", "Which workspaces there are, and what one is set to.")


class Place(BaseModel):
    """A workspace in which the caller has a role."""

    slug: str
    name: str
    role: Role
    rights: list[Action]
    synthetic: bool


class Settings(BaseModel):
    """What a workspace is called, and how it writes money and time."""

    slug: str
    name: str
    currency: str
    time_zone: str
    synthetic: bool
    created_at: datetime


class SettingsChange(Input):
    """What is left out stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])] | None = None
    time_zone: Annotated[str, Field(max_length=60, examples=["Europe/Paris"])] | None = None


class Tiers(BaseModel):
    """From how many followers on each tier starts."""

    name: str
    lower_bounds: dict[Tier, int]
    ready: Annotated[
        dict[str, dict[Tier, int]], Field(description="Sets that come with Groundswell.")
    ]


Bound = Annotated[Whole, Field(ge=0, le=10**10)]


class Bounds(Input):
    """Followers from which each tier starts; they rise from nano to mega."""

    nano: Bound
    micro: Bound
    mid: Bound
    macro: Bound
    mega: Bound


class TiersChoice(Input):
    """A set of tiers."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    lower_bounds: Bounds


class Measure(BaseModel):
    """A measure's part in a factor."""

    title: str
    share: float
    more_is_better: bool


class Formula(BaseModel):
    """What a factor asks, and what it is made of."""

    factor: str
    question: str
    measures: list[Measure]
    needed: float


class Formulas(BaseModel):
    """How every score and rate is worked out."""

    factors: list[Formula]
    denominators: list[str]


class Stored(BaseModel):
    """What one table of observations holds."""

    table: str
    rows: int
    bytes: int
    files: int
    first: str | None
    last: str | None


class Holdings(BaseModel):
    """What the workspace holds, and how much room it takes."""

    creators: int
    accounts: int
    contacts: int
    tables: list[Stored]


class JournalFilters(Paging):
    """Which entries."""

    event: Annotated[str, Field(max_length=100)] = ""
    by: Annotated[str, Field(max_length=200, description="A part of who did it.")] = ""
    text: Annotated[str, Field(max_length=200, description="A part of what it was done to.")] = ""
    since: Annotated[Moment | None, Field(description="From this moment on.")] = None
    until: Annotated[Moment | None, Field(description="Before this moment.")] = None


@area.signed_in("/workspaces", Page[Place])
def list_workspaces(request: Any, page: Query[Paging]) -> Any:
    """List the caller's workspaces.

    A token has one: the workspace that it was made in.
    """
    caller = desks.caller_of(request)
    if caller is None:
        raise AssertionError("the entrance lets nobody pass without a name")
    token, role = caller.token, caller.token_role
    if token is not None and role is not None:
        scopes = frozenset(map(Action, token.scopes))
        places = [_place(token.workspace, role, ALLOWED[role] & scopes)]
    else:
        places = [
            _place(each.workspace, each.role, ALLOWED[each.role])
            for each in people.places(caller.person)
        ]
    return paging.of_list(request, places, page)


def _place(workspace: Workspace, role: Role, rights: frozenset[Action]) -> dict[str, Any]:
    return {
        "slug": workspace.slug,
        "name": workspace.name,
        "role": role.value,
        "rights": sorted(rights),
        "synthetic": workspace.is_synthetic,
    }


@area.get("", Action.SETTINGS_READ, Settings)
def get_settings(request: Any) -> Any:
    """Get the settings."""
    workspace = request.desk.workspace
    return {
        "slug": workspace.slug,
        "name": workspace.name,
        "currency": workspace.currency,
        "time_zone": workspace.time_zone,
        "synthetic": workspace.is_synthetic,
        "created_at": workspace.created_at,
    }


def _lock(request: Any, path: Any) -> None:
    del path
    request.desk.workspace.refresh_from_db(
        from_queryset=Workspace.objects.select_for_update(of=("self",))
    )


@area.patch("", Action.SETTINGS_EDIT, Settings, guard=Guard(get_settings, _lock))
def change_settings(request: Any, body: SettingsChange) -> Any:
    """Change the settings.

    What was recorded keeps its own currency and its own moment.
    """
    workspace = request.desk.workspace
    said = body.model_dump(exclude_none=True)
    kept = {name: getattr(workspace, name) for name in ("name", "currency", "time_zone")}
    workspaces.change(workspace=workspace, **(kept | said), by=request.desk.by, now=request.now)
    return get_settings(request)


@area.get("/tiers", Action.SETTINGS_READ, Tiers)
def get_tiers(request: Any) -> Any:
    """Get the tiers."""
    chosen = request.desk.workspace.tiers
    return {
        "name": chosen.name,
        "lower_bounds": {tier.value: chosen.lower_bounds[tier] for tier in Tier},
        "ready": {
            name: {tier.value: ready.lower_bounds[tier] for tier in Tier}
            for name, ready in TIER_SETS.items()
        },
    }


@area.put("/tiers", Action.SETTINGS_EDIT, Tiers, guard=Guard(get_tiers, _lock))
def choose_tiers(request: Any, body: TiersChoice) -> Any:
    """Choose the tiers.

    Every account's tier follows at once.
    """
    workspaces.set_tiers(
        workspace=request.desk.workspace,
        name=body.name,
        lower_bounds=body.lower_bounds.model_dump(),
        by=request.desk.by,
        now=request.now,
    )
    return get_tiers(request)


@area.get("/formulas", Action.SETTINGS_READ, Formulas)
def get_formulas(request: Any) -> Any:
    """Get the formulas.

    What each factor asks, and the share of each measure in its score.
    """
    del request
    return {
        "factors": [asdict(formula) for formula in formulas.formulas()],
        "denominators": list(formulas.denominators()),
    }


@area.get("/data", Action.SETTINGS_READ, Holdings)
def get_data(request: Any) -> Any:
    """Get what the workspace holds."""
    del request
    return asdict(holdings.holdings())


@area.get("/journal", Action.JOURNAL_READ, Page[JournalEntry])
def list_journal(request: Any, page: Query[JournalFilters]) -> Any:
    """List what was done.

    The newest entry comes first.
    """
    wanted = page.model_dump(include={"event", "by", "text", "since", "until"})
    rows = queries.journal_entries(**wanted)
    return paging.of_rows(request, rows, ("-at", "-id"), page, journal_entries)


def journal_entries(shown: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries of the journal, as the command line shows them."""
    return [
        {
            "at": entry.at.isoformat(timespec="seconds"),
            "by": entry.by,
            "event": entry.event,
            "subject": entry.subject,
            "rows": entry.rows,
            "details": entry.details,
        }
        for entry in shown
    ]
