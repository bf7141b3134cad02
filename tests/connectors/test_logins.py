"""Logins that change while a sync runs: the newest one is used, and never destroyed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from groundswell.connectors import credentials
from groundswell.connectors.actions import connecting, settling
from groundswell.connectors.adapters.networks.failures import Unavailable
from groundswell.connectors.adapters.networks.network import Authority
from groundswell.connectors.adapters.oauth import Tokens
from groundswell.connectors.choices import ConnectionState, SyncState
from groundswell.connectors.models import Connection, Sync
from groundswell.terms.networks import Network
from groundswell.workspaces import access
from tests.connectors.pretended import reply
from tests.connectors.test_syncing import again, run, server, use, watched

__all__ = ["run", "server", "use"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def permit(workspace, now):
    """The owner permits it, and so again."""

    def permitted(tokens: Tokens, at=now) -> Connection:
        with access.inside(workspace):
            return connecting.connect(
                workspace=workspace, network=Network.BLUESKY, tokens=tokens, by="owner", now=at
            )

    return permitted


@pytest.fixture
def watch(use, workspace, now):
    use(authority=Authority.OAUTH)
    tokens = Tokens("old", frozenset({"read"}), refresh="old again")
    return watched(workspace, now, tokens=tokens)


def kept(workspace) -> str:
    with access.inside(workspace):
        return credentials.tokens_of(Connection.objects.get()).access


def refusing(server, once: Callable[[], object]) -> None:
    """The network takes no old login any more; the owner does something at that moment."""
    fetch = server.fetch

    def fetched(request: Any) -> Any:
        if request.headers["authorization"] == "Bearer old":
            once()
            return reply(401)
        return fetch(request)

    server.fetch = fetched


def test_a_sync_goes_on_with_the_login_that_came_meanwhile(server, run, watch, permit, workspace):
    refusing(server, lambda: permit(Tokens("new", frozenset({"read"}))))

    done = run(watch, renew=lambda *_: pytest.fail("the old login is renewed"))

    assert (done.state, kept(workspace)) == (SyncState.DONE, "new")


def test_a_login_that_comes_while_the_old_one_is_renewed_stays(
    server, run, watch, permit, workspace
):
    refusing(server, lambda: None)

    def renew(*_: object) -> Tokens:
        permit(Tokens("new", frozenset({"read"})))
        return Tokens("renewed", frozenset({"read"}))

    done = run(watch, renew=renew)

    assert (done.state, kept(workspace)) == (SyncState.DONE, "new")


def test_a_failure_of_the_old_login_leaves_the_new_one_alone(server, run, watch, permit):
    def failing(request: Any) -> Any:
        permit(Tokens("new", frozenset({"read"})))
        return reply(403)

    server.fetch = failing
    failed = run(watch)

    assert (failed.state, failed.refusal["code"]) == (SyncState.WAITING, "sync_stopped")
    connection = again(watch).connection
    assert (connection.state, connection.erase_at) == (ConnectionState.WORKING, None)


def test_the_day_on_which_data_goes_is_not_put_off_by_resuming(server, run, watch, workspace, now):
    server.fetch = lambda _: reply(401)
    run(watch)
    goes_at = again(watch).connection.erase_at
    assert goes_at is not None

    with access.inside(workspace):
        connecting.resume(workspace=workspace, connection_id=watch.connection_id, by="ada", now=now)
    run(watch, at=now + timedelta(days=2))

    assert again(watch).connection.erase_at == goes_at


def test_nothing_goes_once_the_login_works_again(server, run, watch, workspace, now):
    fetch = server.fetch
    server.fetch = lambda _: reply(401)
    run(watch)
    server.fetch = fetch

    with access.inside(workspace):
        connecting.resume(workspace=workspace, connection_id=watch.connection_id, by="ada", now=now)
    assert run(watch).state == SyncState.DONE

    assert again(watch).connection.erase_at is None


@pytest.mark.parametrize("ending", ["finish", "rest", "fail"])
def test_a_sync_that_ends_takes_the_connection_first_as_who_disconnects_does(watch, now, ending):
    run = settling.begin(watch, by="test", now=now)
    ends: dict[str, Callable[[], Sync]] = {
        "finish": lambda: settling.finish(run, (0, {}), now=now),
        "rest": lambda: settling.rest(run, now=now),
        "fail": lambda: settling.fail(run, Unavailable("nothing listens"), (0, {}), now=now),
    }

    with CaptureQueriesContext(database) as asked:
        ends[ending]()

    locked = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert [re.search(r'FROM "(\w+)"', sql)[1] for sql in locked][:2] == [
        "connectors_connection",
        "connectors_sync",
    ]
