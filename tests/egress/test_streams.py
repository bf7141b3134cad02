"""Messages over a websocket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from websockets.sync.server import (  # noqa: TID251 - the other side
    Server,
    ServerConnection,
    serve,
)

from groundswell.egress.failures import (
    AddressRefused,
    BrokenOff,
    TooLarge,
    TooSlow,
    Unreachable,
)
from groundswell.egress.reaching import Reaching
from groundswell.egress.streams import messages
from tests.support.loopback import Asked, Loopback, whole

Listen = Callable[..., Iterator[bytes | None]]
_HERE = Reaching([ip_network("127.0.0.1/32")])


@pytest.fixture
def listening(socket_enabled: None) -> Iterator[Callable[..., Listen]]:
    """Start a server that does so with each connection; the result listens to it."""
    started: list[tuple[Server, threading.Thread]] = []

    def start(handler: Callable[[ServerConnection], None]) -> Listen:
        server = serve(handler, "127.0.0.1", 0, compression=None)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        started.append((server, thread))
        url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe?a=b"

        def listen(**options: Any) -> Iterator[bytes | None]:
            return messages(_HERE, url, agent="Groundswell/x", **options)

        return listen

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()


def _endless(server: ServerConnection) -> None:
    while True:
        server.send("on")
        time.sleep(0.02)


def test_messages_come_until_the_server_has_no_more(listening: Callable[..., Listen]) -> None:
    asked: list[tuple[str, str]] = []

    def three(server: ServerConnection) -> None:
        assert server.request is not None
        asked.append((server.request.path, server.request.headers["User-Agent"]))
        for message in ("ü", b"2", "3"):
            server.send(message)

    assert list(listening(three)()) == ["ü".encode(), b"2", b"3"]
    assert asked == [("/subscribe?a=b", "Groundswell/x")]


def test_silence_is_told_as_it_lasts_and_is_no_failure_then(
    listening: Callable[..., Listen],
) -> None:
    def late(server: ServerConnection) -> None:
        time.sleep(0.3)
        server.send("late")

    told = list(listening(late)(pulse=0.05, silence=0.1))

    assert told[-1] == b"late"
    assert len(told) >= 3
    assert set(told[:-1]) == {None}


def test_it_is_enough_after_a_while_whether_messages_come_or_not(
    listening: Callable[..., Listen],
) -> None:
    assert len(list(listening(_endless)(lasting=0.3))) >= 1
    assert list(listening(lambda server: time.sleep(1))(lasting=0.2)) == []


def test_silence_ends_with_a_failure_that_may_pass(listening: Callable[..., Listen]) -> None:
    with pytest.raises(TooSlow, match="sent nothing for") as caught:
        list(listening(lambda server: time.sleep(1))(silence=0.2))
    assert caught.value.is_retriable


def test_a_message_that_is_too_large_is_not_taken(listening: Callable[..., Listen]) -> None:
    def large(server: ServerConnection) -> None:
        server.send("x" * 1001)
        server.recv()

    with pytest.raises(TooLarge, match="more than 1,000 bytes"):
        list(listening(large)(largest=1000))


def test_a_connection_that_breaks_off_gives_what_came(listening: Callable[..., Listen]) -> None:
    def one(server: ServerConnection) -> None:
        server.send("1")
        time.sleep(0.05)
        server.socket.shutdown(socket.SHUT_RDWR)

    stream = listening(one)()
    assert next(stream) == b"1"
    with pytest.raises(BrokenOff):
        next(stream)


def test_who_has_enough_leaves_and_the_server_hears_it(listening: Callable[..., Listen]) -> None:
    left = threading.Event()

    def endless(server: ServerConnection) -> None:
        try:
            _endless(server)
        finally:
            left.set()

    stream = listening(endless)()
    assert next(stream) == b"on"
    stream.close()  # type: ignore[attr-defined]
    assert left.wait(5)


@pytest.mark.parametrize("location", ["ws://127.0.0.1:1/", "/there"])
def test_a_redirect_is_not_followed(socket_enabled: None, location: str) -> None:
    def redirect(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(whole(status=302, location=location))

    with Loopback(redirect) as server:
        with pytest.raises(Unreachable):
            next(messages(_HERE, f"ws://127.0.0.1:{server.port}/", agent="x"))
        assert server.connections == 1


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ws://127.0.0.1:1/", Unreachable),
        ("ws://10.0.0.1/", AddressRefused),
        ("ws://127.0.0.2:80/", AddressRefused),
        ("http://127.0.0.1/", AddressRefused),
    ],
)
def test_whom_we_may_not_reach_we_do_not_listen_to(
    socket_enabled: None, url: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"'127\.0\.0|'10\.0\.0\.1"):
        next(messages(_HERE, url, agent="x"))
