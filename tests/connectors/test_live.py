"""Listening by itself: who is switched on is listened to, by a thread that jobs don't wait for."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.actions import (
    asking,
    connecting,
    listening,
    live,
    scheduling,
    syncing,
)
from groundswell.connectors.actions.connecting import BadQuestion, Ended
from groundswell.connectors.actions.listening import Ear, NotHeard
from groundswell.connectors.actions.live import BadStream
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.failures import Unavailable
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.choices import LIVE, SyncState
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.connectors.overview import overviews
from groundswell.egress.failures import AddressRefused
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access, jobs
from groundswell.workspaces.models import JournalEntry, Workspace
from tests.connectors.pretended import Server, interface, outside, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, interface())


@pytest.fixture
def hand(workspace: Workspace, now: datetime) -> dict[str, Any]:
    return {"workspace": workspace, "by": "anna", "now": now}


@pytest.fixture
def connect(hand: dict[str, Any], workspace: Workspace, now: datetime) -> Callable[..., Connection]:
    """Connect Bluesky under a name, and bring somebody."""

    def connected(name: str = "") -> Connection:
        server = Server()
        server.page("0", person(1))
        with access.inside(workspace):
            made = connecting.connect(network=Network.BLUESKY, name=name, tokens=None, **hand)
            asked = {"connection_id": made.id, "way": Way.SEARCH, "text": "trail"}
            watch = connecting.watch(**asked, **hand)
        syncing.sync(
            workspace=workspace,
            watch_id=watch.id,
            outside=outside(server, now),
            by="anna",
            progress=silent,
        )
        return made

    return connected


def test_switched_on_it_waits_to_be_listened_to_and_off_it_does_not(
    connect: Callable[..., Connection], hand: dict[str, Any], workspace: Workspace, now: datetime
) -> None:
    made = connect()
    with access.inside(workspace):
        on = live.switch_on(connection_id=made.id, **hand)
        again = live.switch_on(connection_id=made.id, **hand)
    waiting = [watch.connection_id for watch in live.due(workspace, now=now)]
    with access.inside(workspace):
        off = live.switch_off(connection_id=made.id, **hand)
        live.switch_off(connection_id=made.id, **hand)
        events = JournalEntry.objects.filter(event__startswith="network.live").order_by("id")
        told = [(entry.event, entry.by, entry.subject) for entry in events]

    assert (on.state, on.since, on.by) == ("waiting", now, "anna")
    assert again == on
    assert waiting == [made.id]
    assert off.state == "off"
    assert live.due(workspace, now=now) == []
    assert sorted(told) == [
        ("network.live_off", "anna", "bluesky"),
        ("network.live_on", "anna", "bluesky"),
    ]


def test_what_can_not_be_listened_to_is_not_switched_on(
    connect: Callable[..., Connection], hand: dict[str, Any], workspace: Workspace
) -> None:
    made = connect()
    with access.inside(workspace):
        bare = connecting.connect(network=Network.BLUESKY, name="bare", tokens=None, **hand)
        with pytest.raises(NotHeard, match="has brought no accounts"):
            live.switch_on(connection_id=bare.id, **hand)
        with pytest.raises(BadStream, match="write wss://HOST"):
            live.switch_on(connection_id=made.id, stream="https://stream.example", **hand)
        with pytest.raises(AddressRefused):
            live.switch_on(connection_id=made.id, stream="ws://10.0.0.1", **hand)
        connecting.disconnect(connection_id=made.id, delete=False, **hand)
        with pytest.raises(Ended):
            live.switch_on(connection_id=made.id, **hand)
        assert not Watch.objects.filter(way=LIVE).exists()


def test_it_is_no_question_and_no_sync_waits_for_it(
    connect: Callable[..., Connection],
    hand: dict[str, Any],
    workspace: Workspace,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = connect()
    deferred: list[str] = []
    monkeypatch.setattr(jobs, "defer", lambda _, **given: deferred.append(given["watch"]))
    with access.inside(workspace):
        live.switch_on(connection_id=made.id, **hand)
        found = Watch.objects.get(way=LIVE)
        with pytest.raises(BadQuestion, match="asks nothing"):
            asking.again(watch_id=found.id, confirmed=None, **hand)
        Sync.objects.create(
            workspace=workspace, watch=found, state=SyncState.RUNNING, by="x", begun_at=now
        )
        [shown] = overviews([made], now=now)
        asked = Watch.objects.get(way=Way.SEARCH)
        Watch.objects.filter(id=asked.id).update(next_at=now)

    assert (shown.sync, shown.watches) == (None, 1)
    assert scheduling.defer_due(now=now) == 1
    assert deferred == [str(asked.id)]


def test_a_stream_that_fails_is_stale_alone_until_it_is_heard_again(
    connect: Callable[..., Connection], hand: dict[str, Any], workspace: Workspace, now: datetime
) -> None:
    made, at, soon = connect(), [now], now + timedelta(hours=1)

    def sleep(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    def broken(_: str, __: float) -> Iterator[bytes | None]:
        raise Unavailable("nobody there")

    def quiet(_: str, seconds: float) -> Iterator[bytes | None]:
        for _second in range(int(seconds)):
            sleep(1)
            yield None

    def listen(hear: Callable[[str, float], Iterator[bytes | None]]) -> live.Live:
        listening.listen(
            workspace=workspace,
            connection_id=made.id,
            ear=Ear(hear, lambda: at[0], sleep),
            by="schedule",
            lasting=timedelta(minutes=3),
            progress=silent,
        )
        with access.inside(workspace):
            return live.live_of(Connection.objects.get(id=made.id), now=at[0])

    with access.inside(workspace):
        live.switch_on(connection_id=made.id, **hand)
        Connection.objects.update(failures=2, closed_until=soon)
    failed = listen(broken)
    with access.inside(workspace):
        kept = Connection.objects.get()
    healed = listen(quiet)
    with access.inside(workspace):
        well = Connection.objects.get()

    assert (failed.state, failed.stale_since) == ("stale", now + timedelta(seconds=85))
    assert failed.refusal == {"code": "network_unavailable", "message": "nobody there"}
    assert failed.next_at == now + timedelta(seconds=85, minutes=5)
    assert (kept.failures, kept.closed_until, kept.stale_since) == (2, soon, failed.stale_since)
    assert (healed.state, healed.stale_since, healed.refusal) == ("waiting", None, None)
    assert (well.failures, well.closed_until, well.stale_since) == (2, soon, None)


def test_what_can_not_even_begin_is_tried_again_in_an_hour_or_when_somebody_says_so(
    connect: Callable[..., Connection], hand: dict[str, Any], workspace: Workspace, now: datetime
) -> None:
    made = connect()
    with access.inside(workspace):
        live.switch_on(connection_id=made.id, **hand)
        [watch] = live.due(workspace, now=now)
    live.put_off(watch, NotHeard("nobody to listen to"), now=now)
    with access.inside(workspace):
        found = live.live_of(made, now=now)
    later = live.due(workspace, now=now + timedelta(hours=1))
    before = live.due(workspace, now=now)
    with access.inside(workspace):
        live.switch_on(connection_id=made.id, **hand)

    assert (found.state, found.next_at) == ("stale", now + timedelta(hours=1))
    assert found.refusal == {"code": "not_listened_to", "message": "nobody to listen to"}
    assert (later, before) == ([watch], [])
    assert live.due(workspace, now=now) == [watch]
