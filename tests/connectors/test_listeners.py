"""Threads that listen beside a worker's jobs: one for each, until it is over."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError

from groundswell.connectors import listeners
from groundswell.connectors.actions import listening, live
from groundswell.connectors.actions.listening import Ear, NotHeard
from groundswell.connectors.actions.settling import SyncUnderWay

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOON = 20.0  # seconds


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is switched on, in the one workspace."""
    found: list[Any] = []
    workspaces = SimpleNamespace(order_by=lambda _: ["anna"])
    monkeypatch.setattr(listeners, "Workspace", SimpleNamespace(objects=workspaces))
    monkeypatch.setattr(listeners, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(live, "due", lambda _, now: list(found))
    return found


@pytest.fixture
def listens(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., None]], None]:
    """Say what becomes of whoever listens."""
    return lambda act: monkeypatch.setattr(listening, "listen", act)


def watch(name: str) -> Any:
    return SimpleNamespace(id=name, connection_id=name, workspace="anna", every=1)


def ear(hear: Callable[[str, float], Iterator[bytes | None]] | None = None) -> Ear:
    return Ear(hear or (lambda _, __: iter([])), lambda: NOW, lambda _: None)


def test_each_is_listened_to_by_one_thread_at_the_same_time_until_it_is_over(
    due: list[Any], listens: Callable[[Callable[..., None]], None]
) -> None:
    together = threading.Barrier(4, timeout=SOON)
    heard: list[tuple[str, int]] = []

    def endless(_: str, __: float) -> Iterator[bytes | None]:
        while True:
            yield None

    def listen(**given: Any) -> None:
        together.wait()
        count = sum(1 for _ in given["ear"].hear("wss://x", 60.0))  # ends when it is over
        assert count > 0
        assert not given["wanted"](watch("any"))
        given["ear"].sleep(60.0)  # returns at once then
        heard.append((given["connection_id"], threading.active_count()))

    listens(listen)
    due += [watch("one"), watch("two"), watch("three")]

    with listeners.running(ear(endless), glance=0.01):
        together.wait()

    assert sorted(name for name, _ in heard) == ["one", "three", "two"]


def test_whoever_ends_is_followed_by_another_and_nobody_is_doubled(
    due: list[Any], listens: Callable[[Callable[..., None]], None]
) -> None:
    turns, enough, at_once = [0], threading.Event(), [0]

    def listen(**_: Any) -> None:
        at_once[0] += 1
        turns[0] += 1
        assert at_once[0] == 1
        at_once[0] -= 1
        if turns[0] == 2:
            raise DatabaseError("the database is away")
        if turns[0] == 3:
            raise SyncUnderWay("somebody listens in a terminal")
        if turns[0] == 4:
            enough.set()

    listens(listen)
    due.append(watch("one"))

    with listeners.running(ear(), glance=0.01):
        assert enough.wait(SOON)


def test_why_it_can_not_begin_is_written_down(
    due: list[Any],
    listens: Callable[[Callable[..., None]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[str, str, datetime]] = []
    done = threading.Event()

    def listen(**_: Any) -> None:
        raise NotHeard("nobody to listen to")

    def put_off(found: Any, refusal: NotHeard, *, now: datetime) -> None:
        told.append((found.id, refusal.code, now))
        due.clear()
        done.set()

    listens(listen)
    monkeypatch.setattr(live, "put_off", put_off)
    due.append(watch("one"))

    with listeners.running(ear(), glance=0.01):
        assert done.wait(SOON)

    assert told == [("one", "not_listened_to", NOW)]


def test_a_database_that_is_away_is_asked_again(
    due: list[Any],
    listens: Callable[[Callable[..., None]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, done = [0], threading.Event()

    def away(_: str, now: datetime) -> list[Any]:
        asked[0] += 1
        if asked[0] == 1:
            raise DatabaseError("the database is away")
        return [watch("one")]

    listens(lambda **_: done.set())
    monkeypatch.setattr(live, "due", away)

    with listeners.running(ear(), glance=0.01):
        assert done.wait(SOON)
