"""Commands about people."""

import pytest

from groundswell.people import queries
from groundswell.people.actions import logins
from groundswell.people.models import Person
from groundswell.people.policy import Role
from tests.support.installation import Installation

PASSWORD = "a long enough sentence"


@pytest.mark.slow
def test_an_invitation_made_on_the_command_line_is_listed(installation: Installation):
    made = installation.json("people", "invite", "Ben@Example.com", "--role", "viewer")

    assert made["link"].startswith("http://localhost:8000/invitations/gswinvite_")
    listed = installation.json("people", "list")
    assert [(one["email"], one["role"]) for one in listed["invitations"]] == [
        ("ben@example.com", "viewer")
    ]


def test_a_new_password_ends_the_sessions_of_the_old_one(cast):
    browser = cast.browser("viewer")
    assert browser.get(cast.path()).status_code == 200

    logins.set_password(person=logins.find("VIEWER@anna.example"), password=PASSWORD + "!")

    assert browser.get(cast.path()).status_code == 302


def test_nobody_is_found_by_an_address_that_nobody_has(db):
    with pytest.raises(logins.UnknownPerson, match="invite them first"):
        logins.find("x@example.com")


def test_a_person_in_two_workspaces_has_two_places(cast, stranger, now):
    person = cast.person("viewer")
    logins.own(person=person, workspace=stranger, now=now)

    found = {(one.workspace.slug, one.role) for one in queries.places(Person.objects.get())}

    assert found == {("anna", Role.VIEWER), ("stranger", Role.OWNER)}
