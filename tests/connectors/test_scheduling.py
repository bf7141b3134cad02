"""What is due is done: by whom, in which order, and for how long."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors import tasks, world
from groundswell.connectors.actions import connecting, scheduling, syncing
from groundswell.connectors.actions.wires import Outside
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.choices import ConnectionState, SyncState
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.terms.networks import Network
from groundswell.workspaces import access, jobs
from groundswell.workspaces.models import Workspace
from tests.connectors.pretended import Server, interface, outside, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, interface())


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Workspaces and watches, in the order in which they are handed to workers."""
    found: list[tuple[str, str]] = []

    def defer(name: str, *, workspace: Workspace, **arguments: Any) -> None:
        if name == "connectors.sync":
            found.append((workspace.slug, arguments["watch"]))

    monkeypatch.setattr(jobs, "defer", defer)
    return found


def watch(workspace: Workspace, now: datetime, name: str, text: str = "trail") -> Watch:
    hand = {"workspace": workspace, "by": "test", "now": now}
    with access.inside(workspace):
        made = connecting.connect(network=Network.BLUESKY, name=name, **hand)
        return connecting.watch(connection_id=made.id, way=Way.SEARCH, text=text, **hand)


def test_workspaces_take_turns_and_a_connection_gets_one_sync(
    workspace: Workspace, stranger: Workspace, now: datetime, deferred: list[tuple[str, str]]
) -> None:
    first = watch(workspace, now, "one")
    watch(workspace, now + timedelta(seconds=1), "one", "hills")
    second = watch(workspace, now + timedelta(seconds=2), "two")
    theirs = watch(stranger, now + timedelta(seconds=3), "one")

    scheduling.defer_due(now=now + timedelta(minutes=1))

    assert deferred == [
        ("anna", str(first.id)),
        ("stranger", str(theirs.id)),
        ("anna", str(second.id)),
    ]


def test_what_a_clock_put_off_that_went_wrong_is_due(
    workspace: Workspace, now: datetime, deferred: list[tuple[str, str]]
) -> None:
    put_off = watch(workspace, now, "one")
    with access.inside(workspace):
        every = put_off.every or timedelta(0)
        for extra in (0, 1):
            moment = now + timedelta(days=62, seconds=extra) + every
            Watch.objects.filter(id=put_off.id).update(next_at=moment)
            assert scheduling.defer_due(now=now) == extra


def test_what_is_not_due_or_not_to_be_read_is_left_alone(
    workspace: Workspace, now: datetime, deferred: list[tuple[str, str]]
) -> None:
    watch(workspace, now + timedelta(hours=1), "later")
    paused = watch(workspace, now, "paused")
    closed = watch(workspace, now, "closed")
    with access.inside(workspace):
        Connection.objects.filter(id=paused.connection_id).update(state=ConnectionState.PAUSED)
        Connection.objects.filter(id=closed.connection_id).update(
            closed_until=now + timedelta(hours=1)
        )

    assert scheduling.defer_due(now=now) == 0
    assert deferred == []


def test_a_worker_does_a_sync_and_hands_the_rest_on(
    workspace: Workspace,
    now: datetime,
    deferred: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server()
    server.page("0", person(1), next="1")
    server.page("1", person(2))
    passed = {"minutes": 0}

    @contextmanager
    def opened(**_: object) -> Iterator[Outside]:
        def clock() -> datetime:
            return now + timedelta(minutes=passed["minutes"])

        yield Outside(outside(server, now).fetch, clock)

    def slow(request: object) -> None:
        passed["minutes"] += 2

    server.before = slow
    monkeypatch.setattr(world, "opened", opened)
    asked = watch(workspace, now, "one")
    with access.inside(workspace):
        syncing.start(workspace=workspace, watch_id=asked.id, by="anna", now=now)

    tasks.sync(workspace, now=now, watch=str(asked.id))
    assert deferred == [("anna", str(asked.id))] * 2
    tasks.sync(workspace, now=now, watch=str(asked.id))

    assert len(deferred) == 2
    with access.inside(workspace):
        done = Sync.objects.get()
    assert (done.state, done.items, done.by) == (SyncState.DONE, 2, "anna")
