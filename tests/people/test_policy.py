"""Who may do what."""

import pytest

from groundswell.people import policy
from groundswell.people.policy import ALLOWED, MEANING, RIGHTS, Action, NotAllowed, Role


def test_every_role_stands_in_the_table():
    assert set(ALLOWED) == set(MEANING) == set(Role)


def test_every_right_is_said_in_words():
    assert set(RIGHTS) == set(Action)


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (Role.VIEWER, Action.CREATORS_READ, True),
        (Role.VIEWER, Action.CONTACTS_READ, False),
        (Role.VIEWER, Action.DATA_EXPORT, False),
        (Role.EDITOR, Action.PLANS_PROPOSE, True),
        (Role.EDITOR, Action.PLANS_APPROVE, False),
        (Role.APPROVER, Action.PLANS_APPROVE, True),
        (Role.FINANCE, Action.JOURNAL_READ, True),
        (Role.FINANCE, Action.PLANS_PROPOSE, False),
        (Role.ADMIN, Action.MEMBERS_MANAGE, True),
        (Role.ADMIN, Action.WORKSPACE_DELETE, False),
        (Role.OWNER, Action.WORKSPACE_DELETE, True),
    ],
)
def test_the_table_says(role, action, allowed):
    assert policy.may(role, action) is allowed


def test_every_action_can_be_done_by_somebody():
    assert set().union(*ALLOWED.values()) == set(Action)


def test_a_refusal_says_who_may():
    with pytest.raises(NotAllowed, match="one of: approver, admin, owner"):
        policy.require(Role.VIEWER, Action.PLANS_APPROVE)


def test_a_token_does_no_more_than_its_scopes():
    with pytest.raises(NotAllowed, match="this token was not made for"):
        policy.require(Role.OWNER, Action.PLANS_PROPOSE, scopes=frozenset({Action.CREATORS_READ}))
