"""Permission is asked for on a network's page, and only who left for it brings it home, once."""

from datetime import timedelta

import pytest

from groundswell.connectors import credentials, queries
from groundswell.connectors.actions import (
    applications,
    asking,
    connecting,
    creator_links,
    permissions,
)
from groundswell.connectors.actions.permissions import Left, NotExpected, NotGranted, Traveler
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.adapters.oauth import App, Tokens
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.costs import NotConfirmed
from groundswell.connectors.models import Connection, Departure, NetworkApp, Sync, Watch
from groundswell.creators.models import Account
from groundswell.people.models import Member
from groundswell.people.policy import NotAllowed, Role
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.connectors.granting import BROWSER, CALLBACK, app, network, state_of
from tests.support import planting
from tests.support.cast import Cast

__all__ = ["app", "network"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def leave(workspace, app, network, cast, now):
    """Leave for the network's page; the state that one left with."""

    def leaving(browser=BROWSER, person=None, **more):
        url = permissions.leave(
            workspace=workspace,
            network=Network.THREADS,
            server="",
            who=Traveler(browser, person=person or cast.person("editor")),
            callback=CALLBACK,
            fetch=network,
            now=now,
            **more,
        )
        return state_of(url)

    return leaving


@pytest.fixture
def back(cast, now):
    """Come back with a state."""

    def coming(state, *, door="threads", browser=BROWSER, person=None, later=1):
        return permissions.recognized(
            state,
            door=door,
            browser=browser,
            person=person or cast.person("editor"),
            now=now + timedelta(minutes=later),
        )

    return coming


@pytest.fixture
def finish(network, now):
    """Hand over what the network said."""

    def finishing(left, **said):
        said = said or {"code": "code-1"}
        return permissions.finish(left, said, callback=CALLBACK, fetch=network, now=now)

    return finishing


def test_who_left_comes_back_and_is_connected(workspace, leave, back, finish, network):
    connection = finish(back(leave()))

    assert (connection.network, connection.name, connection.own_id) == ("threads", "77", "77")
    assert connection.scopes == ["basic", "insights"]
    form = network.form()
    assert (form["code"], form["client_secret"]) == ("code-1", "app-secret")
    assert form["redirect_uri"] == f"{CALLBACK}threads"
    assert len(form["code_verifier"]) == 64
    with access.inside(workspace):
        [watch] = queries.watches(connection)
        assert (watch.way, Sync.objects.get().state) == ("own", "queued")
        events = set(JournalEntry.objects.values_list("event", flat=True))
    assert {"network.app_kept", "network.permission_asked", "network.connected"} <= events


def test_a_state_works_once(leave, back):
    state = leave()
    back(state)

    with pytest.raises(NotExpected):
        back(state)


@pytest.mark.parametrize(
    "attack",
    [
        {"browser": "c" * 43},
        {"browser": ""},
        {"door": "instagram"},
        {"door": "threads-0123456789ab"},
        {"later": 10},
    ],
)
def test_nobody_else_comes_back_elsewhere_or_too_late(leave, back, attack):
    state = leave()

    with pytest.raises(NotExpected):
        back(state, **attack)
    back(state)  # and who left still can


def test_another_member_is_not_who_left(leave, back, cast):
    with pytest.raises(NotExpected):
        back(leave(), person=cast.person("admin"))


def test_a_member_of_another_workspace_is_not_who_left(leave, back, stranger, now):
    with pytest.raises(NotExpected):
        back(leave(), person=Cast(stranger, now).person("editor"))


def test_nobody_signed_in_is_not_the_member_who_left(leave, now):
    with pytest.raises(NotExpected):
        permissions.recognized(leave(), door="threads", browser=BROWSER, person=None, now=now)


@pytest.mark.parametrize("state", ["", "x", "gswstate_" + "a" * 49])
def test_a_state_that_nobody_left_with_opens_nothing(back, state):
    with pytest.raises(NotExpected):
        back(state)


def test_who_may_not_connect_any_more_does_not(workspace, leave, back, cast):
    state, person = leave(), cast.person("editor")
    with access.inside(workspace):
        Member.objects.filter(person=person).update(role=Role.VIEWER)

    with pytest.raises(NotAllowed):
        back(state)


def test_the_state_is_kept_as_a_hash_and_the_verifier_sealed(
    workspace, leave, back, finish, network
):
    state = leave()
    left = back(state)
    finish(left)
    with access.inside(workspace):
        row = Departure.objects.values().get()

    kept = repr(row)
    assert state not in kept
    assert BROWSER not in kept
    assert network.form()["code_verifier"] not in kept


def test_secrets_are_sealed_into_their_rows(workspace, leave, back, finish, now):
    connection = finish(back(leave()))
    with access.inside(workspace):
        kept = repr(Connection.objects.values().get()) + repr(NetworkApp.objects.values().get())
        journal = repr(list(JournalEntry.objects.values()))
        moved = NetworkApp.objects.create(
            workspace=workspace,
            network=Network.TIKTOK,
            app_id="x",
            secret=NetworkApp.objects.get().secret,
            by="eve",
            kept_at=now,
        )
        tokens = credentials.tokens_of(queries.connection(connection.id))

    assert tokens is not None
    assert tokens.access == "token-1"
    assert "token-1" not in kept + journal
    assert "app-secret" not in kept + journal
    with access.inside(workspace), pytest.raises(Exception, match="does not open"):
        applications.app_of(workspace, Network(moved.network), "")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "access_denied", "error_description": "<b>x</b>"}, "was not given"),
        ({"error": "server_error"}, "server_error"),
        ({"state": "only"}, "no code"),
    ],
)
def test_a_no_connects_nothing_and_says_so(workspace, leave, back, finish, network, said, words):
    left = back(leave())

    with pytest.raises(NotGranted, match=words):
        finish(left, **said)
    assert network.asked == []
    with access.inside(workspace):
        assert Connection.objects.count() == 0


def test_less_is_connected_with_less(leave, back, finish, network):
    network.says |= {"scope": "basic"}

    assert finish(back(leave())).scopes == ["basic"]


def test_scopes_that_were_taken_out_on_the_page_are_not_counted_as_granted(leave, back, finish):
    left = back(leave())

    assert finish(left, code="code-1", denied_scopes="insights").scopes == ["basic"]


def test_without_an_application_nobody_leaves(workspace, network, cast, now):
    with pytest.raises(applications.NeedsApp):
        permissions.leave(
            workspace=workspace,
            network=Network.THREADS,
            server="",
            who=Traveler(BROWSER, person=cast.person()),
            callback=CALLBACK,
            fetch=network,
            now=now,
        )
    with access.inside(workspace):
        assert Departure.objects.count() == 0


@pytest.mark.parametrize("app", [App(""), App("a b"), App("a" * 300), App("a", "ä")])
def test_no_application_is_kept_that_can_be_none(workspace, network, app, now):
    with access.inside(workspace), pytest.raises(applications.BadApp):
        applications.keep_app(
            workspace=workspace, network=Network.THREADS, server="", app=app, by="ada", now=now
        )
    with access.inside(workspace):
        assert NetworkApp.objects.count() == 0


def test_each_server_has_a_door_of_its_own():
    one = permissions.door_of(Network.MASTODON, "https://one.example")
    other = permissions.door_of(Network.MASTODON, "https://other.example")

    assert one != other
    assert {one[:9], other[:9]} == {"mastodon-"}
    assert permissions.door_of(Network.THREADS, "") == "threads"


def test_disconnecting_gives_the_permission_back_and_destroys_the_secret(
    workspace, leave, back, finish, network, now
):
    connection = finish(back(leave()))
    left = permissions.disconnect(
        workspace=workspace,
        connection_id=connection.id,
        fetch=network,
        by="ada",
        now=now,
        delete=False,
    )
    with access.inside(workspace):
        ended = queries.connection(connection.id)

    assert left == Left(is_back=True, goes=None)
    assert network.asked[-1].url == "https://net.example/revoke"
    assert network.form()["token"] == "token-1"
    assert (ended.state, ended.secret, ended.scopes) == (ConnectionState.ENDED, None, [])


@pytest.fixture
def link(workspace, app, now):
    """By which the creator with the account 77 is asked to connect it."""
    with access.inside(workspace):
        anna = planting.plant(
            Account, workspace, platform="threads", handle="anna", platform_id="77"
        )
        return creator_links.invite(workspace=workspace, account=anna, by="ada", now=now)[0]


@pytest.fixture
def by_link(workspace, app, network, link, now):
    """Leave by the link, and come back."""

    def leaving():
        url = permissions.leave(
            workspace=workspace,
            network=Network.THREADS,
            server="",
            who=Traveler(BROWSER, link=link, returns_to="/connect/with/x"),
            callback=CALLBACK,
            fetch=network,
            now=now,
            name="anna",
        )
        state = state_of(url)
        return permissions.recognized(state, door="threads", browser=BROWSER, person=None, now=now)

    return leaving


def test_what_was_given_for_a_link_that_was_withdrawn_meanwhile_is_given_back(
    workspace, link, by_link, finish, network, now
):
    left = by_link()
    with access.inside(workspace):
        creator_links.withdraw(workspace=workspace, account=link.account, by="ada", now=now)

    with pytest.raises(NotExpected):
        finish(left)

    assert network.asked[-1].url == "https://net.example/revoke"
    assert network.form()["token"] == "token-1"
    with access.inside(workspace):
        assert Connection.objects.count() == 0


def test_nothing_is_given_back_on_which_another_connection_of_the_owner_rests(
    workspace, leave, back, link, by_link, finish, network, now
):
    finish(back(leave()))
    left = by_link()
    with access.inside(workspace):
        creator_links.withdraw(workspace=workspace, account=link.account, by="ada", now=now)

    with pytest.raises(NotExpected):
        finish(left)

    assert not [each for each in network.asked if each.url.endswith("/revoke")]


def test_a_login_is_renewed_for_a_sync(leave, back, finish, network, now):
    connection = finish(back(leave()))
    tokens = Tokens("old", frozenset({"basic"}), "refresh-1")
    network.says = {"access_token": "new"}

    renewed = permissions.renew(connection, tokens, network, now)

    assert renewed == Tokens("new", frozenset({"basic"}), "refresh-1")


def test_money_is_spent_when_exactly_that_sum_was_confirmed(workspace, leave, back, finish, now):
    connection = finish(back(leave()))
    asked = {"workspace": workspace, "connection_id": connection.id, "way": Way.ACCOUNT}
    asked |= {"text": "anna", "by": "ada", "now": now}
    with access.inside(workspace):
        for confirmed in (None, 0, 124):
            with pytest.raises(NotConfirmed, match="125 US cents"):
                asking.ask(**asked, confirmed=confirmed)
        assert Watch.objects.filter(way="account").count() == 0
        watch = asking.ask(**asked, confirmed=125)
        assert (watch.every, watch.next_at) == (None, None)
        with pytest.raises(NotConfirmed):
            asking.again(workspace=workspace, watch_id=watch.id, confirmed=None, by="ada", now=now)


def live(workspace):
    with access.inside(workspace):
        found = Connection.objects.exclude(state=ConnectionState.ENDED).order_by("connected_at")
        return {each.name: credentials.tokens_of(each).access for each in found}


def test_two_accounts_that_the_network_does_not_tell_apart_are_two_connections(
    workspace, leave, back, finish, network
):
    for token in ("of-anna", "of-bob"):
        network.says = {"access_token": token}
        finish(back(leave()))

    assert live(workspace) == {"": "of-anna", "2": "of-bob"}


def test_a_permission_leaves_the_teams_own_key_alone(workspace, leave, back, finish, network, now):
    with access.inside(workspace):
        connecting.connect(
            workspace=workspace,
            network=Network.THREADS,
            tokens=Tokens("the-teams"),
            by="ada",
            now=now - timedelta(days=1),
        )
    network.says = {"access_token": "of-anna"}

    finish(back(leave()))

    assert live(workspace) == {"": "the-teams", "2": "of-anna"}


def test_the_same_owner_mends_the_connection_that_there_is(workspace, leave, back, finish, network):
    first = finish(back(leave()))
    network.says = {"access_token": "newer", "user_id": "77"}

    assert finish(back(leave())).id == first.id
    assert live(workspace) == {"77": "newer"}


def test_permission_is_asked_for_again_for_a_connection_and_taken_from_its_owner_only(
    workspace, leave, back, finish, network
):
    network.says = {"access_token": "of-anna", "user_id": "77"}
    connection = finish(back(leave(name="Anna's")))
    network.says = {"access_token": "of-bob", "user_id": "88"}

    with pytest.raises(NotGranted, match="signed in '88', but '77' was expected"):
        finish(back(leave(mends=connection.id)))
    assert network.asked[-1].url.endswith("/revoke")

    network.says = {"access_token": "newer", "user_id": "77"}
    assert finish(back(leave(mends=connection.id))).id == connection.id
    assert live(workspace) == {"Anna's": "newer"}


def test_a_creator_does_not_get_the_teams_connection_of_the_same_name(
    workspace, by_link, finish, now
):
    with access.inside(workspace):
        connecting.connect(
            workspace=workspace,
            network=Network.THREADS,
            name="anna",
            tokens=Tokens("the-teams"),
            by="ada",
            now=now - timedelta(days=1),
        )

    made = finish(by_link())

    assert made.creator_id is not None
    assert live(workspace) == {"anna": "the-teams", "anna 2": "token-1"}
    assert finish(by_link()).id == made.id


def test_a_creators_link_takes_no_login_of_somebody_else(workspace, by_link, finish, network):
    network.says = {"access_token": "of-bob", "user_id": "88"}

    with pytest.raises(NotGranted, match="signed in '88', but '77' was expected"):
        finish(by_link())

    assert live(workspace) == {}


def test_who_was_removed_while_the_network_was_asked_connects_nothing(
    workspace, leave, back, finish, network
):
    left = back(leave())
    with access.inside(workspace):
        Member.objects.filter(person=left.person).delete()

    with pytest.raises(NotAllowed):
        finish(left)

    assert live(workspace) == {}
    assert network.asked[-1].url.endswith("/revoke")


def test_an_owner_of_odd_letters_is_connected(workspace, leave, back, finish, network):
    network.says = {"access_token": "of-anna", "user_id": "a\0b\ud800"}

    assert finish(back(leave())).own_id == "ab\N{REPLACEMENT CHARACTER}"


def test_a_connection_whose_secret_cannot_be_opened_is_ended_all_the_same(
    workspace, leave, back, finish, network, now
):
    connection = finish(back(leave()))
    with access.inside(workspace):
        Connection.objects.filter(id=connection.id).update(secret=b"altered" * 10)

    left = permissions.disconnect(
        workspace=workspace,
        connection_id=connection.id,
        fetch=network,
        by="ada",
        now=now,
        delete=True,
    )

    assert not left.is_back
    assert live(workspace) == {}
