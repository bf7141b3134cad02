"""The internet of a test."""

import socket
from collections.abc import Iterator

import pytest

from tests.egress.internet import Internet
from tests.support.loopback import Asked, whole


@pytest.fixture
def internet(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """Everybody answers that it is them."""

    def answer(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(whole(asked.headers["host"].encode()))

    made = Internet(answer, monkeypatch)
    with made.canary:
        yield made
