"""People: members, invitations and tokens."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.urls import reverse
from ninja import Query
from pydantic import BaseModel, Field

from groundswell.interfaces.rest import operations, paging
from groundswell.interfaces.rest.operations import Area, Guard
from groundswell.interfaces.rest.paging import Page, Paging
from groundswell.interfaces.rest.reading import Input, Name, Whole
from groundswell.people import policy, queries
from groundswell.people.actions import invitations, limits, members, tokens
from groundswell.people.models import ApiToken, Invitation, Member
from groundswell.people.policy import Action, Role

area = Area("People", "Who belongs to the workspace, who is invited, and which programs come in.")


class MemberShown(BaseModel):
    """Somebody in the workspace."""

    member: UUID
    email: str
    name: str
    role: Role
    joined_at: datetime


class RoleChange(Input):
    """Another role."""

    role: Role


class NewInvitation(Input):
    """Whom to invite, as what."""

    email: Annotated[str, Field(min_length=3, max_length=254, examples=["ben@example.com"])]
    role: Role


class InvitationShown(BaseModel):
    """A place that waits for somebody."""

    invitation: UUID
    email: str
    role: Role
    invited_by: str
    invited_at: datetime
    expires_at: datetime


class InvitationMade(InvitationShown):
    """The invitation, with its link."""

    link: Annotated[str, Field(description="Shown this once: send it to them.")]


class NewToken(Input):
    """What a token is for, what it may do, and until when."""

    name: Name
    scopes: Annotated[list[Action], Field(min_length=1, max_length=len(Action))]
    days: (
        Annotated[Whole, Field(ge=1, le=3_650, description="After which it ends; null for never.")]
        | None
    ) = 90


class TokenShown(BaseModel):
    """What a program signs in with; the secret is not among it."""

    token: UUID
    name: str
    start: Annotated[str, Field(description="How the secret begins.")]
    owner: str
    scopes: list[Action]
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenShown):
    """The token, with its secret."""

    secret: Annotated[str, Field(description="Shown this once: keep it where secrets are kept.")]


@area.get("/members", Action.MEMBERS_READ, Page[MemberShown])
def list_members(request: Any, page: Query[Paging]) -> Any:
    """List the members."""
    return paging.of_list(request, [_member(each) for each in queries.members()], page)


def _member(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "member": str(said["id"]),
        "email": said["email"],
        "name": said["name"],
        "role": said["role"].value,
        "joined_at": said["joined_at"],
    }


@area.get("/members/{uuid:member_id}", Action.MEMBERS_READ, MemberShown)
def get_member(request: Any, member_id: UUID) -> Any:
    """Get a member."""
    del request
    found = queries.member(member_id)
    return next(_member(each) for each in queries.members() if each["id"] == found.id)


_guarded = Guard(get_member, operations.row(Member, "member_id"))


@area.patch("/members/{uuid:member_id}", Action.MEMBERS_MANAGE, MemberShown, guard=_guarded)
def change_role(request: Any, member_id: UUID, body: RoleChange) -> Any:
    """Give a member another role.

    Only owners make or unmake owners, and the last one stays.
    """
    members.set_role(
        member=queries.member(member_id),
        role=body.role,
        actor=request.desk.role,
        **operations.hand(request),
    )
    return get_member(request, member_id)


@area.delete("/members/{uuid:member_id}", Action.MEMBERS_MANAGE, guard=_guarded)
def remove_member(request: Any, member_id: UUID) -> None:
    """Take a member out.

    Their tokens of this workspace end at once.
    """
    member = queries.member(member_id)
    members.remove(member=member, actor=request.desk.role, **operations.hand(request))


@area.get("/invitations", Action.MEMBERS_READ, Page[InvitationShown])
def list_invitations(request: Any, page: Query[Paging]) -> Any:
    """List open invitations."""
    return paging.of_list(request, [_invitation(one) for one in queries.open_invitations()], page)


def _invitation(found: Invitation) -> dict[str, Any]:
    return {
        "invitation": str(found.id),
        "email": found.email,
        "role": str(found.role),
        "invited_by": found.invited_by,
        "invited_at": found.invited_at,
        "expires_at": found.expires_at,
    }


@area.post("/invitations", Action.MEMBERS_MANAGE, InvitationMade)
def invite(request: Any, body: NewInvitation) -> Any:
    """Invite somebody.

    The link is in the answer, and nowhere else. An open invitation of the address is replaced.
    """
    limits.count_inside(limits.INVITATIONS, str(request.desk.workspace.id), now=request.now)
    made, secret = invitations.invite(
        workspace=request.desk.workspace,
        email=body.email,
        role=body.role,
        actor=request.desk.role,
        **operations.hand(request),
    )
    link = request.build_absolute_uri(reverse("console:invitation", kwargs={"secret": secret}))
    return {**_invitation(made), "link": link}


@area.delete("/invitations/{uuid:invitation_id}", Action.MEMBERS_MANAGE)
def revoke_invitation(request: Any, invitation_id: UUID) -> None:
    """Withdraw an invitation."""
    found = queries.invitation(invitation_id)
    invitations.revoke(invitation=found, **operations.hand(request))


@area.get("/tokens", Action.TOKENS_MANAGE, Page[TokenShown])
def list_tokens(request: Any, page: Query[Paging]) -> Any:
    """List the tokens."""
    shown = [
        {
            "token": str(each["id"]),
            "name": each["name"],
            "start": each["start"],
            "owner": each["person__email"],
            "scopes": each["scopes"],
            "made_at": each["made_at"],
            "expires_at": each["expires_at"],
            "last_used_at": each["last_used_at"],
        }
        for each in queries.tokens()
    ]
    return paging.of_list(request, shown, page)


@area.post("/tokens", Action.TOKENS_MANAGE, TokenMade)
def make_token(request: Any, body: NewToken) -> Any:
    """Make a token.

    The secret is in the answer, and nowhere else. A token gives no right that it lacks itself.
    """
    desk = request.desk
    for scope in body.scopes:
        policy.require(desk.role, scope, scopes=desk.scopes)
    made, secret = tokens.make(
        workspace=desk.workspace,
        person=desk.person,
        role=desk.role,
        name=body.name,
        scopes=frozenset(body.scopes),
        expires_at=None if body.days is None else request.now + timedelta(days=body.days),
        now=request.now,
    )
    return {**_token(made, desk.person.email), "secret": secret}


def _token(made: ApiToken, owner: str) -> dict[str, Any]:
    return {
        "token": str(made.id),
        "name": made.name,
        "start": made.start,
        "owner": owner,
        "scopes": made.scopes,
        "made_at": made.made_at,
        "expires_at": made.expires_at,
        "last_used_at": None,
    }


@area.delete("/tokens/{uuid:token_id}", Action.TOKENS_MANAGE)
def revoke_token(request: Any, token_id: UUID) -> None:
    """End a token at once."""
    tokens.revoke(token=queries.token(token_id), **operations.hand(request))
