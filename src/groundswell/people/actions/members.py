"""Members of a workspace: their roles, and their leaving."""

from datetime import datetime

from groundswell.people.models import ApiToken, Member
from groundswell.people.policy import Action, NotAllowed, Role, may
from groundswell.terms.errors import Refusal
from groundswell.workspaces.actions import journal


class LastOwner(Refusal):
    """A workspace is never without an owner."""

    code = "last_owner"


class UnknownMember(Refusal):
    """Nobody by that id belongs to the workspace."""

    code = "unknown_member"


def set_role(*, member: Member, role: Role, actor: Role, by: str, now: datetime) -> None:
    """Give a member another role.

    Args:
        member: Whose role.
        role: The new one.
        actor: The role of who does it: only an owner makes or unmakes owners.
        by: Who does it.
        now: When.

    Raises:
        NotAllowed: When the actor may not deal with owners.
        LastOwner: When nobody would own the workspace any more.
    """
    before = Role(member.role)
    _check_rank(actor, before, role)
    if before is Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    journal.record(
        "member.role_set",
        workspace=member.workspace,
        by=by,
        now=now,
        subject=_email(member),
        details={"before": before.value, "after": role.value},
    )


def remove(*, member: Member, actor: Role, by: str, now: datetime) -> None:
    """Take a member out; their tokens of this workspace end with it.

    Raises:
        NotAllowed: When the actor may not deal with owners.
        LastOwner: When nobody would own the workspace any more.
    """
    role = Role(member.role)
    _check_rank(actor, role, role)
    if role is Role.OWNER:
        _keep_an_owner(member)
    email = _email(member)
    ApiToken.objects.filter(person_id=member.person_id, revoked_at=None).update(revoked_at=now)
    member.delete()
    journal.record(
        "member.removed", workspace=member.workspace, by=by, now=now, subject=email, details={}
    )


def _check_rank(actor: Role, *roles: Role) -> None:
    """Only an owner deals with owners; any other manager of members deals with the rest."""
    if not may(actor, Action.MEMBERS_MANAGE) or (Role.OWNER in roles and actor is not Role.OWNER):
        raise NotAllowed(f"the role {actor.value!r} may not do this; ask an owner")


def _keep_an_owner(leaving: Member) -> None:
    # Owners who leave at the same time wait for one another here.
    owners = list(Member.objects.select_for_update().filter(role=Role.OWNER).order_by("id"))
    if [owner.id for owner in owners] == [leaving.id]:
        raise LastOwner(
            "this is the workspace's last owner: make somebody else an owner first, then try again"
        )


def _email(member: Member) -> str:
    return str(
        type(member).objects.filter(id=member.id).values_list("person__email", flat=True).get()
    )
