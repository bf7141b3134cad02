"""Logins: people made, and given another password."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from groundswell.people.models import Member, Person
from groundswell.people.policy import Role
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace


class BadPerson(Refusal):
    """The address, name or password can't be used."""

    code = "bad_person"


class UnknownPerson(Refusal):
    """Nobody signs in with that address."""

    code = "unknown_person"


class PersonExists(Refusal):
    """Somebody has this address already."""

    code = "person_exists"


def make(*, email: str, name: str, password: str, now: datetime) -> Person:
    """Make somebody who can sign in.

    Raises:
        BadPerson: When the address, the name or the password can't be used.
        PersonExists: When the address is taken.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    person = Person(email=email, name=name, created_at=now)
    try:
        validate_email(email)
        validate_password(password, person)
    except ValidationError as error:
        raise BadPerson(" ".join(error.messages)) from error
    if not 0 < len(name) <= 200 or "\x00" in name:
        raise BadPerson(f"a name needs 1 to 200 characters, got {len(name)}")
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:  # the database decides between two who come at once
        raise PersonExists(f"{email} can sign in already: use that login") from error
    return person


def own(*, person: Person, workspace: Workspace, now: datetime) -> None:
    """Make somebody an owner of a workspace: its first visitor, or by the operator's hand."""
    with access.inside(workspace):
        Member.objects.create(workspace=workspace, person=person, role=Role.OWNER, joined_at=now)
        journal.record(
            "member.joined",
            workspace=workspace,
            by=person.email,
            now=now,
            subject=person.email,
            details={"role": Role.OWNER.value},
        )


def make_owner(
    *, email: str, name: str, password: str, workspace: Workspace, now: datetime
) -> Person:
    """Make the first person, who owns the workspace."""
    with transaction.atomic():
        person = make(email=email, name=name, password=password, now=now)
        own(person=person, workspace=workspace, now=now)
    return person


def find(email: str) -> Person:
    """Who signs in with an address.

    Raises:
        UnknownPerson: When nobody does.
    """
    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise UnknownPerson(f"nobody signs in with {email!r}: invite them first")
    return found


def set_password(*, person: Person, password: str) -> None:
    """Give somebody another password; every session signed in with the old one ends.

    Raises:
        BadPerson: When the password can't be used.
    """
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadPerson(" ".join(error.messages)) from error
    person.set_password(password)
    person.save(update_fields=["password"])
