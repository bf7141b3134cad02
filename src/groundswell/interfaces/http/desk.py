"""The desk: one request at work in one workspace."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from groundswell.people import policy, queries
from groundswell.people.models import ApiToken, Person
from groundswell.people.policy import Action, Role
from groundswell.people.queries import Place
from groundswell.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from: a person at a browser, or a program with a token."""

    person: Person
    token: ApiToken | None = None
    token_role: Role | None = None

    @property
    def name(self) -> str:
        """As the journal writes it."""
        if self.token is None:
            return self.person.email
        return f"{self.person.email} by token {self.token.name!r}"


@dataclass(frozen=True, slots=True)
class Desk:
    """In which workspace a request works, on whose behalf, with which rights, and when."""

    workspace: Workspace
    caller: Caller
    role: Role
    scopes: frozenset[Action] | None
    now: datetime
    # All workspaces of the person, to switch between: once one is entered, the others are unseen.
    places: tuple[Place, ...] = ()

    @property
    def by(self) -> str:
        """Who does it, for the journal."""
        return self.caller.name

    @property
    def person(self) -> Person:
        """Whose rights these are."""
        return self.caller.person

    def may(self, action: Action) -> bool:
        """Whether to offer an action at all."""
        return policy.may(self.role, action) and (self.scopes is None or action in self.scopes)


def sit_down(caller: Caller, slug: str, *, now: datetime) -> Desk:
    """The caller's desk in a workspace.

    Raises:
        NoSuchWorkspace: When the caller has no place there, whether or not it exists.
    """
    token = caller.token
    if token is None:
        places = tuple(queries.places(caller.person))
        place = queries.place_among(places, slug)
        return Desk(place.workspace, caller, place.role, None, now, places)
    if token.workspace.slug != slug or caller.token_role is None:
        raise queries.NoSuchWorkspace(slug)
    scopes = frozenset(Action(scope) for scope in token.scopes)
    return Desk(token.workspace, caller, caller.token_role, scopes, now)


def caller_of(request: HttpRequest) -> Caller | None:
    """Who asks: set by a token's check, else the session's person."""
    found: Caller | None = getattr(request, "caller", None)
    if found is None and request.user.is_authenticated:
        found = Caller(request.user)
    return found
