"""Reads of people and their places in workspaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django_scopes import scopes_disabled

from groundswell.people.actions.members import UnknownMember
from groundswell.people.models import ApiToken, Invitation, Member, Person
from groundswell.people.policy import Role
from groundswell.terms.errors import Refusal
from groundswell.workspaces.models import Workspace


class UnknownInvitation(Refusal):
    """The workspace has no invitation of that id."""

    code = "unknown_invitation"


class UnknownToken(Refusal):
    """The workspace has no token of that id."""

    code = "unknown_token"


class NoSuchWorkspace(Refusal):
    """There is no workspace of that name for this person, or none at all: nobody learns which."""

    code = "no_such_workspace"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"there is no workspace {slug[:60]!r} for you: choose one of yours, "
            "or ask to be invited"
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace in which a person has a role."""

    workspace: Workspace
    role: Role


def has_anybody() -> bool:
    """Whether somebody can sign in to this installation yet."""
    return Person.objects.exists()


def places(person: Person) -> list[Place]:
    """The workspaces of a person, by name; asked before any is entered."""
    with scopes_disabled():
        found = (
            Member.objects.select_related("workspace")
            .filter(person=person)
            .order_by("workspace__name", "workspace__slug")
        )
        return [Place(member.workspace, Role(member.role)) for member in found]


def place(person: Person, slug: str) -> Place:
    """The person's place in the workspace of that slug.

    Raises:
        NoSuchWorkspace: When the person has none there.
    """
    return place_among(places(person), slug)


def place_among(places_: Sequence[Place], slug: str) -> Place:
    """The place in the workspace of that slug.

    Raises:
        NoSuchWorkspace: When none of them is there.
    """
    for found in places_:
        if found.workspace.slug == slug:
            return found
    raise NoSuchWorkspace(slug)


def members() -> list[dict[str, Any]]:
    """The current workspace's members, by e-mail."""
    fields = ("id", "role", "joined_at", "person_id", "person__email", "person__name")
    return [
        {
            "id": row["id"],
            "person": row["person_id"],
            "email": row["person__email"],
            "name": row["person__name"],
            "role": Role(row["role"]),
            "joined_at": row["joined_at"],
        }
        for row in Member.objects.order_by("person__email").values(*fields)
    ]


def member(member_id: UUID) -> Member:
    """A member of the current workspace.

    Raises:
        UnknownMember: When there is none of that id.
    """
    found = Member.objects.filter(id=member_id).first()
    if found is None:
        raise UnknownMember(f"no member of this workspace has the id {member_id}")
    return found


def invitation(invitation_id: UUID) -> Invitation:
    """An invitation of the current workspace.

    Raises:
        UnknownInvitation: When there is none of that id.
    """
    found = Invitation.objects.filter(id=invitation_id).first()
    if found is None:
        raise UnknownInvitation(f"no invitation of this workspace has the id {invitation_id}")
    return found


def token(token_id: UUID) -> ApiToken:
    """A token of the current workspace.

    Raises:
        UnknownToken: When there is none of that id.
    """
    found = ApiToken.objects.filter(id=token_id).first()
    if found is None:
        raise UnknownToken(f"no token of this workspace has the id {token_id}")
    return found


def open_invitations() -> list[Invitation]:
    """Invitations that wait for an answer, newest first."""
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return list(waiting.order_by("-invited_at", "id"))


def tokens() -> list[dict[str, Any]]:
    """The current workspace's live tokens, newest first; no secret is among them."""
    fields = ("id", "name", "start", "scopes", "made_at", "expires_at", "last_used_at")
    rows = (
        ApiToken.objects.filter(revoked_at=None)
        .order_by("-made_at", "id")
        .values(*fields, "person_id", "person__email")
    )
    return list(rows)
