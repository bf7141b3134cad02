"""An internet on this machine: every address leads to one canary, which notes whom one wanted."""

import socket
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.loopback import Answer, Asked, Loopback, whole

PUBLIC = "93.184.215.14"
PUBLIC_TOO = "151.101.1.140"


class Internet:
    """Leads each connection to the canary and keeps the addresses that were wanted.

    Attributes:
        names: What names mean; a function is asked anew each time.
        reached: Address and port of each connection, also of those that failed.
        looked_up: Names that were asked for.
    """

    def __init__(self, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: dict[str, Iterable[str] | Callable[[], Iterable[str]]] = {}
        self.reached: list[tuple[str, int]] = []
        self.looked_up: list[str] = []
        self.canary = Loopback(answer)
        self._peers: weakref.WeakKeyDictionary[socket.socket, tuple[Any, ...]]
        self._peers = weakref.WeakKeyDictionary()
        connect, getpeername = socket.socket.connect, socket.socket.getpeername

        def wanted(sock: socket.socket, address: tuple[Any, ...]) -> None:
            self.reached.append((str(address[0]), int(address[1])))
            self._peers[sock] = address
            if sock.family != socket.AF_INET:
                raise ConnectionRefusedError
            connect(sock, ("127.0.0.1", self.canary.port))

        def peer(sock: socket.socket) -> tuple[Any, ...]:
            return self._peers.get(sock) or getpeername(sock)

        monkeypatch.setattr(socket.socket, "connect", wanted)
        monkeypatch.setattr(socket.socket, "getpeername", peer)

    def resolver(
        self, host: str, port: int, family: int = 0, kind: int = 0, proto: int = 0, flags: int = 0
    ) -> list[tuple[Any, ...]]:
        """As the system's: numbers in any writing are addresses, names are what we say."""
        self.looked_up.append(host)
        known = self.names.get(host.rstrip(".").lower())
        if known is None:
            numeric = socket.AI_NUMERICHOST
            return list(socket.getaddrinfo(host, port, family, kind, proto, numeric))
        addresses = known() if callable(known) else known
        return [
            (socket.AF_INET6, kind, 6, "", (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, kind, 6, "", (address, port))
            for address in addresses
        ]

    def known(self, names: Mapping[str, Iterable[str]]) -> None:
        self.names.update(names)


@contextmanager
def everybody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """An internet in which everybody answers that it is them."""

    def answer(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(whole(asked.headers["host"].encode()))

    made = Internet(answer, monkeypatch)
    with made.canary:
        yield made
