"""Tokens: what programs sign in with."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django_scopes import scopes_disabled

from groundswell.people import policy, secrets
from groundswell.people.models import ApiToken, Member, Person
from groundswell.people.policy import Action, Role
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_PREFIX = "gsw"
_NOTED_EVERY = timedelta(minutes=1)


class BadToken(Refusal):
    """The token opens nothing."""

    code = "bad_token"

    def __init__(self) -> None:
        super().__init__(
            "this token is not known here, was revoked or has expired: "
            "make one under Settings, Tokens"
        )


class CannotMakeToken(Refusal):
    """A token can't have what was asked."""

    code = "cannot_make_token"


def make(
    *,
    workspace: Workspace,
    person: Person,
    role: Role,
    name: str,
    scopes: Collection[Action],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token for a member. It never does more than the member may, now or later.

    Returns:
        The token's row, and the token itself, which is kept nowhere.

    Raises:
        CannotMakeToken: When the name or the scopes are empty, the member lacks a right, or has a
            token of that name that was not revoked.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 100 or "\x00" in name:
        raise CannotMakeToken("a token needs a name of 1 to 100 characters: say what it is for")
    if not scopes:
        raise CannotMakeToken("a token needs at least one scope: choose what it may do")
    beyond = sorted(scope for scope in scopes if not policy.may(role, scope))
    if beyond:
        raise CannotMakeToken(
            f"the role {role.value!r} can't give a token what it may not do itself: "
            f"{', '.join(beyond)}"
        )
    if expires_at is not None and expires_at <= now:
        raise CannotMakeToken(f"a token can't have expired on {expires_at:%Y-%m-%d} already")
    secret = secrets.make(_PREFIX)
    token = ApiToken(
        workspace=workspace,
        name=name,
        person=person,
        start=secret[:10],
        secret_hash=secrets.hashed(secret),
        scopes=sorted(scopes),
        made_at=now,
        expires_at=expires_at,
    )
    # Two at once: the database keeps the first.
    ApiToken.objects.bulk_create([token], ignore_conflicts=True)
    if not ApiToken.objects.filter(id=token.id).exists():
        raise CannotMakeToken(
            f"you have a token called {name!r} already: revoke it first, or give this one "
            "another name"
        )
    journal.record(
        "token.made",
        workspace=workspace,
        by=person.email,
        now=now,
        subject=name,
        details={"start": token.start, "scopes": token.scopes},
    )
    return token, secret


def revoke(*, token: ApiToken, by: str, now: datetime) -> None:
    """End a token at once."""
    if ApiToken.objects.filter(id=token.id, revoked_at=None).update(revoked_at=now):
        journal.record(
            "token.revoked", workspace=token.workspace, by=by, now=now, subject=token.name
        )


def find(secret: str, *, now: datetime) -> tuple[ApiToken, Role]:
    """The token that a program shows, and the role of its member today.

    Asked before any workspace is entered. The use is noted, to the minute.

    Raises:
        BadToken: When it opens nothing.
    """
    if not secrets.is_well_formed(secret, _PREFIX):
        raise BadToken
    with scopes_disabled():
        token = (
            ApiToken.objects.select_related("workspace", "person")
            .filter(secret_hash=secrets.hashed(secret), revoked_at=None, person__is_active=True)
            .first()
        )
        if token is None or (token.expires_at is not None and token.expires_at <= now):
            raise BadToken
        member = Member.objects.filter(workspace=token.workspace, person=token.person).first()
        if member is None:
            raise BadToken
        if token.last_used_at is None or token.last_used_at < now - _NOTED_EVERY:
            ApiToken.objects.filter(id=token.id).update(last_used_at=now)
    return token, Role(member.role)
