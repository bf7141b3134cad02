"""Listening: news become visible in batches, and whoever is broken off goes on."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from groundswell.connectors.actions import connecting, listening, syncing
from groundswell.connectors.actions.listening import Ear, NotHeard
from groundswell.connectors.adapters.networks import registry
from groundswell.connectors.adapters.networks.failures import Misasked, Unavailable
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.choices import SyncState
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.creators import queries
from groundswell.creators.models import Account
from groundswell.terms.networks import Network
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace
from tests.connectors.pretended import Server, interface, outside, person

pytestmark = pytest.mark.django_db

ANNA = "did:plc:annaaaaaaaaaaaaaaaaaaaaa"
BEN = "did:plc:bennnnnnnnnnnnnnnnnnnnnn"
_POST = "app.bsky.feed.post"


class Stream:
    """A stream that gives what the test wants, one list of messages for each time it is opened."""

    def __init__(self, now: datetime, *turns: list[Any]) -> None:
        self.now = now
        self.turns = [*turns]
        self.asked: list[dict[str, list[str]]] = []
        self.slept: list[float] = []

    def hear(self, url: str, seconds: float) -> Iterator[bytes | None]:
        self.asked.append(parse_qs(urlsplit(url).query))
        for each in self.turns.pop(0) if self.turns else []:
            if isinstance(each, Exception):
                raise each
            if callable(each):
                each()
            elif isinstance(each, int):
                for _ in range(each):
                    self.now += timedelta(seconds=1)
                    seconds -= 1
                    yield None
            else:
                yield json.dumps(each).encode()
        self.now += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def ear(self) -> Ear:
        return Ear(self.hear, lambda: self.now, self.sleep)


def news(number: int, **commit: Any) -> dict[str, Any]:
    record = {"$type": _POST, "text": f"Live {number}", "createdAt": "2026-01-01T00:00:00Z"}
    made = {"operation": "create", "collection": _POST, "rkey": f"3k{number}", "record": record}
    return {"did": ANNA, "time_us": 1_000_000_000 + number, "kind": "commit"} | {
        "commit": made | commit
    }


@pytest.fixture
def connection(workspace: Workspace, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """Has brought one account."""
    monkeypatch.setitem(registry.INTERFACES, Network.BLUESKY, interface())
    server = Server()
    server.page("0", person(1) | {"id": ANNA})
    hand: dict[str, Any] = {"workspace": workspace, "by": "test"}
    with access.inside(workspace):
        found = connecting.connect(network=Network.BLUESKY, tokens=None, now=now, **hand)
        watch = connecting.watch(
            connection_id=found.id, way=Way.SEARCH, text="trail", now=now, **hand
        )
    syncing.sync(watch_id=watch.id, outside=outside(server, now), progress=silent, **hand)
    return found


@pytest.fixture
def listen(connection: Connection) -> Callable[..., Sync]:
    def listened(stream: Stream, minutes: float = 3) -> Sync:
        return listening.listen(
            workspace=connection.workspace,
            connection_id=connection.id,
            ear=stream.ear,
            by="test",
            lasting=timedelta(minutes=minutes),
            progress=silent,
        )

    return listened


def texts(workspace: Workspace) -> list[str]:
    with access.inside(workspace), queries.observations() as observations:
        found = observations.connection.sql(
            "SELECT text FROM posts WHERE text LIKE 'Live%'"
        ).fetchall()
    return sorted(text for (text,) in found)


def test_news_are_published_and_the_moment_is_kept(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    stream = Stream(now, [news(1), news(2), 40, news(3)])

    run = listen(stream)

    assert run.state == SyncState.DONE
    assert texts(workspace) == ["Live 1", "Live 2", "Live 3"]
    assert stream.asked[0]["wantedDids"] == [ANNA]
    assert "cursor" not in stream.asked[0]
    assert stream.slept == []
    with access.inside(workspace):
        assert Sync.objects.get(id=run.id).cursor == {"time_us": 1_000_000_003}
        watch = Watch.objects.get(id=run.watch_id)
        assert (watch.next_at, watch.last_synced_at) == (None, now + timedelta(seconds=40))


def test_silence_moves_the_moment_on_except_for_its_last_two_minutes(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    began = int(now.timestamp()) * 1_000_000

    first = listen(Stream(now, [600]), minutes=10)
    again = Stream(now + timedelta(hours=1), [60, news(1) | {"time_us": began + 900_000_000}, 180])
    second = listen(again, minutes=4)

    assert first.cursor == {"time_us": began + 480_000_000}
    assert again.asked[0]["cursor"] == [str(began + 475_000_000)]
    assert second.cursor == {"time_us": began + 960_000_000}


def test_the_first_news_are_published_at_once_and_others_every_half_minute(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    seen: list[list[str]] = []

    def see() -> None:
        seen.append(texts(workspace))

    listen(Stream(now, [news(1), see, news(2), 29, see, 2, see, see]))

    assert seen == [["Live 1"], ["Live 1"], ["Live 1", "Live 2"], ["Live 1", "Live 2"]]


def test_a_clock_that_is_set_back_holds_nothing_up(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    seen: list[list[str]] = []

    def back() -> None:
        stream.now -= timedelta(hours=1)

    stream = Stream(now, [news(1), back, news(2), 1, lambda: seen.append(texts(workspace))])

    listen(stream)

    assert seen == [["Live 1", "Live 2"]]


def test_accounts_that_come_while_it_listens_are_listened_to_a_minute_later(
    listen: Callable[..., Sync], connection: Connection, workspace: Workspace, now: datetime
) -> None:
    def bring() -> None:
        server = Server()
        server.page("0", person(2) | {"id": BEN})
        hand: dict[str, Any] = {"workspace": workspace, "by": "test"}
        with access.inside(workspace):
            watch = Watch.objects.get(connection=connection, way=Way.SEARCH)
        syncing.sync(watch_id=watch.id, outside=outside(server, now), progress=silent, **hand)

    stream = Stream(now, [5, bring, 50, news(1), 30], [news(2)])

    run = listen(stream)

    assert [each["wantedDids"] for each in stream.asked] == [[ANNA], [ANNA, BEN]]
    assert texts(workspace) == ["Live 1", "Live 2"]
    with access.inside(workspace):
        assert [each.id for each in Sync.objects.filter(watch=run.watch_id)] == [run.id]


@pytest.mark.parametrize("is_ended", [False, True])
def test_it_stops_when_the_connection_is_paused_or_ended(
    listen: Callable[..., Sync],
    connection: Connection,
    workspace: Workspace,
    now: datetime,
    is_ended: bool,
) -> None:
    def stop() -> None:
        hand: dict[str, Any] = {"workspace": workspace, "by": "test", "now": now}
        with access.inside(workspace):
            if is_ended:
                connecting.disconnect(connection_id=connection.id, delete=False, **hand)
            else:
                connecting.pause(connection_id=connection.id, **hand)

    stream = Stream(now, [news(1), 12, stop, 20, news(2)], [news(3)])

    run = listen(stream)

    assert stream.now - now <= timedelta(seconds=32)
    assert len(stream.asked) == 1
    assert texts(workspace) == ["Live 1"]
    with access.inside(workspace):
        state = Sync.objects.get(id=run.id).state
    assert state == (SyncState.FAILED if is_ended else SyncState.DONE)


def test_it_goes_on_a_little_before_where_it_stopped(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    listen(Stream(now, [news(1)]))
    again = Stream(now + timedelta(hours=1), [news(1), news(2)])

    listen(again)

    assert again.asked[0]["cursor"] == [str(1_000_000_001 - 5_000_000)]
    assert texts(workspace) == ["Live 1", "Live 2"]


def test_a_stream_that_breaks_off_is_opened_again_and_nothing_is_lost(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    stream = Stream(now, [news(1), Unavailable("it broke off")], [news(1), news(2)])

    run = listen(stream)

    assert run.state == SyncState.DONE
    assert stream.slept == [1.0]
    assert texts(workspace) == ["Live 1", "Live 2"]


def test_a_stream_that_never_opens_is_given_up(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    stream = Stream(now, *([Unavailable("nobody there")] for _ in range(9)))

    run = listen(stream)

    with access.inside(workspace):
        refusal = Sync.objects.get(id=run.id).refusal
        assert refusal == {"code": "network_unavailable", "message": "nobody there"}
        assert Watch.objects.get(id=run.watch_id).next_at is None
    assert stream.slept == [5.0, 20.0, 60.0]


def test_what_was_heard_before_a_refusal_stays(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    run = listen(Stream(now, [news(1), Misasked("not like this")]))

    assert run.state == SyncState.FAILED
    assert texts(workspace) == ["Live 1"]


def test_a_closed_account_goes(
    listen: Callable[..., Sync], workspace: Workspace, now: datetime
) -> None:
    closed = {"did": ANNA, "time_us": 5, "kind": "account"}

    run = listen(Stream(now, [closed | {"account": {"active": False, "status": "deleted"}}]))

    with access.inside(workspace):
        assert Sync.objects.get(id=run.id).gone == 1
        assert not Account.objects.filter(platform_id=ANNA).exists()


def test_a_connection_without_accounts_is_not_listened_to(
    workspace: Workspace, now: datetime
) -> None:
    with access.inside(workspace):
        found = connecting.connect(
            workspace=workspace, network=Network.BLUESKY, tokens=None, by="test", now=now
        )

    with pytest.raises(NotHeard, match="has brought no accounts"):
        listening.listen(
            workspace=workspace,
            connection_id=found.id,
            ear=Stream(now).ear,
            by="test",
            lasting=timedelta(minutes=1),
            progress=silent,
        )
