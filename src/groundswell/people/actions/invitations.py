"""Invitations: a link for one address, one role, and a week."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django_scopes import scopes_disabled

from groundswell.people import secrets
from groundswell.people.actions import logins
from groundswell.people.models import Invitation, Member, Person
from groundswell.people.policy import Action, NotAllowed, Role, may
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

DAYS = 7
_PREFIX = "gswinvite"


class CannotInvite(Refusal):
    """The address can't be invited."""

    code = "cannot_invite"


class InvitationOver(Refusal):
    """The link is unknown, used, withdrawn or too old."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            "this invitation is no longer open: it was used, withdrawn, or is older than "
            f"{DAYS} days; ask for a new one"
        )


def invite(
    *, workspace: Workspace, email: str, role: Role, actor: Role, by: str, now: datetime
) -> tuple[Invitation, str]:
    """Invite somebody; an open invitation of the same address is replaced.

    Returns:
        The invitation, and the secret for its link, which is kept nowhere.

    Raises:
        CannotInvite: When it is no address, or of a member.
        NotAllowed: When only an owner may give that role.
    """
    email = email.strip().lower()
    if not may(actor, Action.MEMBERS_MANAGE) or (role is Role.OWNER and actor is not Role.OWNER):
        raise NotAllowed(f"the role {actor.value!r} may not invite an {role.value}; ask an owner")
    try:
        validate_email(email)
    except ValidationError as error:
        raise CannotInvite(
            f"cannot invite {email[:100]!r}: it is no e-mail address, such as anna@example.com"
        ) from error
    if Member.objects.filter(person__email=email).exists():
        raise CannotInvite(f"{email} is a member already: change the role instead")
    # Two at once: one waits here for the other, and replaces its invitation.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(revoked_at=now)
    secret = secrets.make(_PREFIX)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        secret_hash=secrets.hashed(secret),
        invited_by=by,
        invited_at=now,
        expires_at=now + timedelta(days=DAYS),
    )
    journal.record(
        "member.invited",
        workspace=workspace,
        by=by,
        now=now,
        subject=email,
        details={"role": role.value},
    )
    return invitation, secret


def revoke(*, invitation: Invitation, by: str, now: datetime) -> None:
    """Withdraw an invitation that is still open."""
    changed = Invitation.objects.filter(id=invitation.id, accepted_at=None, revoked_at=None)
    if changed.update(revoked_at=now):
        journal.record(
            "invitation.revoked",
            workspace=invitation.workspace,
            by=by,
            now=now,
            subject=invitation.email,
        )


def find(secret: str, *, now: datetime) -> Invitation:
    """The open invitation that a link names; asked before any workspace is entered.

    Raises:
        InvitationOver: When there is none.
    """
    if not secrets.is_well_formed(secret, _PREFIX):
        raise InvitationOver
    with scopes_disabled():
        found = (
            Invitation.objects.select_related("workspace")
            .filter(
                secret_hash=secrets.hashed(secret),
                accepted_at=None,
                revoked_at=None,
                expires_at__gt=now,
            )
            .first()
        )
    if found is None:
        raise InvitationOver
    return found


def accept(secret: str, *, person: Person, now: datetime) -> Workspace:
    """Take the place that the invitation holds, once.

    Raises:
        InvitationOver: When it is not open any more.
        CannotInvite: When it was meant for another address.
    """
    invitation = find(secret, now=now)
    if person.email != invitation.email:
        raise CannotInvite(
            f"this invitation is for {invitation.email}, and you are signed in as {person.email}: "
            "sign in with that address, or ask for an invitation of yours"
        )
    with access.inside(invitation.workspace):
        open_still = Invitation.objects.filter(id=invitation.id, accepted_at=None, revoked_at=None)
        if not open_still.update(accepted_at=now):
            raise InvitationOver
        Member.objects.get_or_create(
            workspace=invitation.workspace,
            person=person,
            defaults={"role": invitation.role, "joined_at": now},
        )
        journal.record(
            "member.joined",
            workspace=invitation.workspace,
            by=person.email,
            now=now,
            subject=person.email,
            details={"role": invitation.role, "invited_by": invitation.invited_by},
        )
    return invitation.workspace


def accept_as_new(secret: str, *, name: str, password: str, now: datetime) -> Person:
    """Make the login for an invitation's address, and take the place."""
    invitation = find(secret, now=now)
    with transaction.atomic():
        person = logins.make(email=invitation.email, name=name, password=password, now=now)
        accept(secret, person=person, now=now)
    return person
