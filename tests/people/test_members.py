"""Members, invitations and tokens."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from groundswell.people import queries
from groundswell.people.actions import invitations, logins, members, tokens
from groundswell.people.models import ApiToken, Invitation, Member, Person
from groundswell.people.policy import Action, NotAllowed, Role
from groundswell.workspaces import access

PASSWORD = "quite a long sentence"


@pytest.fixture
def invited(workspace, now):
    with access.inside(workspace):
        return invitations.invite(
            workspace=workspace,
            email="New@Example.com",
            role=Role.EDITOR,
            actor=Role.ADMIN,
            by="admin",
            now=now,
        )


def test_an_invitation_makes_a_member_once(workspace, invited, now):
    _, secret = invited

    person = invitations.accept_as_new(secret, name="New", password=PASSWORD, now=now)

    assert queries.place(person, "anna").role is Role.EDITOR
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(secret, person=person, now=now)


def test_of_many_who_take_an_address_at_once_one_gets_it(django_db_setup, django_db_blocker, now):
    at_once = threading.Barrier(6)

    def take(_):
        at_once.wait()
        try:
            logins.make(email="one@example.com", name="One", password=PASSWORD, now=now)
        except logins.PersonExists as refusal:
            return refusal.code
        else:
            return "made"
        finally:
            connection.close()

    # Outside the test's own transaction, which no other connection could see into.
    with django_db_blocker.unblock():
        try:
            with ThreadPoolExecutor(6) as pool:
                answers = sorted(pool.map(take, range(6)))
        finally:
            Person.objects.filter(email="one@example.com").delete()
            connection.close()

    assert answers == ["made", *["person_exists"] * 5]


def test_an_invitation_ends_after_a_week(invited, now):
    with pytest.raises(invitations.InvitationOver):
        invitations.find(invited[1], now=now + timedelta(days=7))


def test_an_invitation_is_for_its_address_alone(cast, invited, now):
    person = cast.person("viewer")

    with pytest.raises(invitations.CannotInvite, match="for new@example"):
        invitations.accept(invited[1], person=person, now=now)


def test_a_new_invitation_replaces_the_open_one(workspace, invited, now):
    with access.inside(workspace):
        invitations.invite(
            workspace=workspace,
            email="new@example.com",
            role=Role.VIEWER,
            actor=Role.ADMIN,
            by="admin",
            now=now,
        )

        assert [one.role for one in queries.open_invitations()] == ["viewer"]
    with pytest.raises(invitations.InvitationOver):
        invitations.find(invited[1], now=now)


def test_an_admin_invites_no_owner(inside, now):
    with pytest.raises(NotAllowed):
        invitations.invite(
            workspace=inside,
            email="a@example.com",
            role=Role.OWNER,
            actor=Role.ADMIN,
            by="admin",
            now=now,
        )
    assert Invitation.objects.count() == 0


def test_the_last_owner_stays(cast, workspace, now):
    cast.person("owner")
    with access.inside(workspace):
        member = queries.member(cast.member_id("owner"))

        with pytest.raises(members.LastOwner):
            members.remove(member=member, actor=Role.OWNER, by="owner", now=now)
        with pytest.raises(members.LastOwner):
            members.set_role(member=member, role=Role.ADMIN, actor=Role.OWNER, by="owner", now=now)
        assert Member.objects.get().role == Role.OWNER


def test_who_is_removed_loses_the_tokens_too(cast, workspace, now):
    secret = cast.token("editor")
    with access.inside(workspace):
        member = queries.member(cast.member_id("editor"))
        members.remove(member=member, actor=Role.ADMIN, by="admin", now=now)

    with pytest.raises(tokens.BadToken):
        tokens.find(secret, now=now)
    with pytest.raises(queries.NoSuchWorkspace):
        queries.place(cast.person("editor"), "anna")


def test_a_token_is_found_by_its_secret_and_kept_as_a_hash(cast, workspace, now):
    secret = cast.token("editor")

    token, role = tokens.find(secret, now=now)

    assert (token.workspace, role, token.last_used_at) == (workspace, Role.EDITOR, None)
    with access.inside(workspace):
        row = ApiToken.objects.get()
        assert row.last_used_at == now
        assert secret.encode() not in bytes(row.secret_hash)


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-1], lambda s: s + "x", str.swapcase, lambda s: ""]
)
def test_a_mistyped_token_opens_nothing(cast, now, damage, django_assert_num_queries):
    secret = cast.token("editor")

    with django_assert_num_queries(0), pytest.raises(tokens.BadToken):
        tokens.find(damage(secret), now=now)


def test_an_expired_or_revoked_token_opens_nothing(cast, workspace, now):
    secret = cast.token("editor")
    with access.inside(workspace):
        token = ApiToken.objects.get()
        token.expires_at = now
        token.save()
    with pytest.raises(tokens.BadToken):
        tokens.find(secret, now=now)

    with access.inside(workspace):
        ApiToken.objects.update(expires_at=None)
        tokens.revoke(token=token, by="editor", now=now)
    with pytest.raises(tokens.BadToken):
        tokens.find(secret, now=now)


def test_a_member_has_one_token_of_a_name_until_it_is_revoked(cast, workspace, now):
    editor, viewer = cast.person("editor"), cast.person("viewer")

    def make(person, role, name):
        return tokens.make(
            workspace=workspace, person=person, role=role, name=name,
            scopes=[Action.CREATORS_READ], expires_at=None, now=now,
        )[0]  # fmt: skip

    with access.inside(workspace):
        first = make(editor, Role.EDITOR, "nightly")
        make(viewer, Role.VIEWER, "nightly")
        with pytest.raises(tokens.CannotMakeToken, match="a token called 'nightly' already"):
            make(editor, Role.EDITOR, " nightly ")
        assert ApiToken.objects.filter(name="nightly").count() == 2

        tokens.revoke(token=first, by="editor", now=now)
        assert make(editor, Role.EDITOR, "nightly").id != first.id


def test_nobody_makes_a_token_that_may_more_than_they_do(cast, workspace, now):
    viewer = cast.person("viewer")
    with (
        access.inside(workspace),
        pytest.raises(tokens.CannotMakeToken, match="can't give a token"),
    ):
        tokens.make(
            workspace=workspace,
            person=viewer,
            role=Role.VIEWER,
            name="mine",
            scopes=[Action.PLANS_PROPOSE],
            expires_at=None,
            now=now,
        )


def test_inside_a_workspace_only_its_members_are_seen(cast, workspace, stranger, now):
    cast.person("viewer")
    other = logins.make_owner(
        email="x@other.example", name="X", password=PASSWORD, workspace=stranger, now=now
    )

    with access.inside(workspace):
        assert [row["email"] for row in queries.members()] == ["viewer@anna.example"]
        seen = Person.objects.values_list("email", flat=True)
        assert list(seen) == ["viewer@anna.example"]
    assert [place.workspace for place in queries.places(other)] == [stranger]


@pytest.mark.parametrize(
    ("email", "name", "password", "message"),
    [
        ("no address", "A", PASSWORD, "valid email"),
        ("a@example.com", "A", "short", "at least 12"),
        ("a@example.com", " ", PASSWORD, "1 to 200 characters"),
        ("a@example.com", "A\x00", PASSWORD, "1 to 200 characters"),
    ],
)
def test_a_login_that_cannot_be_made_says_why(db, now, email, name, password, message):
    with pytest.raises(logins.BadPerson, match=message):
        logins.make(email=email, name=name, password=password, now=now)
    assert Person.objects.count() == 0
