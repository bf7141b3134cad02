"""Ways in which a server misbehaves, and a network that does, on this machine over real sockets."""

import gzip
import itertools
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from ipaddress import ip_network
from typing import Any

import numpy as np

from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.fetching import Circuit, guarded, patient
from groundswell.egress.client import Client, Limits
from groundswell.egress.reaching import Reaching
from groundswell.terms.exchange import Fetch, Reply, Request
from groundswell.terms.networks import Network
from tests.connectors.networks.stubs import Stub, stub_of
from tests.connectors.networks.walking import Wire
from tests.support.loopback import Asked, Loopback, drip, reset, whole

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = 3.5
_HERE = [ip_network("127.0.0.1/32")]
_MOST_REQUESTS = 400
_LONG = 40  # requests; walks that are longer are left out where there are others

# Sends something else than the reply that there would be.
Send = Callable[[Reply, socket.socket], None]


@dataclass(frozen=True)
class Fault:
    """A way to misbehave.

    Attributes:
        name: In words.
        send: How it is done.
        codes: What the walk may fail with when it goes on; empty when it must not fail.
        is_repeated: Whether the same request is sent again within the sync.
        waits: Seconds that the next request waits for at least.
        after: Seconds after which to come back, as the failure says; None where nobody said.
        may_pass: Whether a walk may go on without what it asked for.
        is_odd: Whether replies say something else than before, so that rows may too.
        seconds: For one answer that is not as it should be.
    """

    name: str
    send: Send
    codes: tuple[str, ...] = ()
    is_repeated: bool = False
    waits: float = 0.0
    after: float | None = None
    may_pass: bool = False
    is_odd: bool = False
    seconds: float = 10.0


def _says(status: int, body: bytes = b"{}", kind: str = "application/json", **more: str) -> Send:
    def send(reply: Reply, connection: socket.socket) -> None:
        connection.sendall(whole(body, status, content_type=kind, **more))

    return send


def _with_body(change: Callable[[bytes], bytes], **more: str) -> Send:
    def send(reply: Reply, connection: socket.socket) -> None:
        headers = {k: v for k, v in reply.headers.items() if k != "content-length"} | more
        connection.sendall(whole(change(reply.body), reply.status, **headers))

    return send


def _with_json(change: Callable[[Any], Any]) -> Send:
    def changed(body: bytes) -> bytes:
        try:
            return json.dumps(change(json.loads(body))).encode()
        except ValueError:  # a feed, a page
            return body

    return _with_body(changed)


def _silent(reply: Reply, connection: socket.socket) -> None:
    connection.recv(1)  # until the other side leaves


def _dripping(reply: Reply, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    drip(connection, b" " * 60, every=0.02)


def _reset(reply: Reply, connection: socket.socket) -> None:
    half = reply.body[: len(reply.body) // 2]
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(reply.body) + half)
    time.sleep(0.02)
    reset(connection)


def emptied(value: Any) -> Any:
    """Every list without its entries."""
    if isinstance(value, list):
        return []
    if isinstance(value, dict):
        return {name: emptied(each) for name, each in value.items()}
    return value


def _doubled(value: Any) -> Any:
    if isinstance(value, list):
        return [_doubled(each) for each in value for _ in range(2)]
    if isinstance(value, dict):
        return {name: _doubled(each) for name, each in value.items()}
    return value


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {f"{name}V9": _renamed(each) for name, each in value.items()}
    return value


def _turned(value: Any) -> Any:
    """Numbers become texts that are none, texts become numbers."""
    if isinstance(value, list):
        return [_turned(each) for each in value]
    if isinstance(value, dict):
        return {name: _turned(each) for name, each in value.items()}
    return -7 if isinstance(value, str) else "n/a"


def _skewed(body: bytes) -> bytes:
    """Dates of this year become those of a year to come."""
    return re.sub(rb"\b202[3-6]-(\d\d-\d\dT)", rb"2031-\1", body)


_MOMENT = format_datetime(START + timedelta(seconds=3), usegmt=True)
_PAST = format_datetime(START - timedelta(hours=2), usegmt=True)
_PAGE = b"<!doctype html><title>Bad gateway</title><h1>502</h1>"
_BOMB = gzip.compress(bytes(30_000_000))
_AGAIN = {"is_repeated": True}
_THROTTLED, _UNAVAILABLE = ("network_throttled",), ("network_unavailable",)
_NO_USE = ("network_unavailable", "network_changed", "network_reply_not_used", "network_not_found")
_REFUSED = ("network_refused_request", "network_not_permitted", "network_login_expired")

FAULTS = [
    Fault(
        "429 with Retry-After", _says(429, retry_after="2"), _THROTTLED, waits=2, after=2, **_AGAIN
    ),
    Fault("429 with a long Retry-After", _says(429, retry_after="900"), _THROTTLED, after=900),
    Fault("429 without Retry-After", _says(429), _THROTTLED, **_AGAIN),
    Fault(
        "429 with a date", _says(429, retry_after=_MOMENT), _THROTTLED, waits=3, after=3, **_AGAIN
    ),
    Fault("429 with a date gone by", _says(429, retry_after=_PAST), _THROTTLED, after=0, **_AGAIN),
    Fault("500", _says(500), _UNAVAILABLE, **_AGAIN),
    Fault("502 with a page", _says(502, _PAGE, "text/html"), _UNAVAILABLE, **_AGAIN),
    Fault("503 with Retry-After", _says(503, retry_after="1"), _UNAVAILABLE, after=1, **_AGAIN),
    Fault("silence", _silent, ("server_too_slow",), seconds=0.1, **_AGAIN),
    Fault("slow drip", _dripping, ("server_too_slow",), seconds=0.1, **_AGAIN),
    Fault("reset in the middle", _reset, ("reply_broken_off",), **_AGAIN),
    Fault("truncated JSON", _with_body(lambda body: body[: len(body) // 2]), _NO_USE),
    Fault("empty body", _with_body(lambda body: b""), _NO_USE),
    Fault("empty page", _with_json(emptied), _NO_USE, may_pass=True, is_odd=True),
    Fault("401", _says(401), ("network_login_expired", "network_not_permitted"), may_pass=True),
    Fault("403", _says(403), ("network_not_permitted",), may_pass=True),
    Fault("404", _says(404), ("network_not_found",), may_pass=True),
    Fault("fields renamed", _with_json(_renamed), _NO_USE, may_pass=True, is_odd=True),
    Fault("types changed", _with_json(_turned), (*_NO_USE, *_REFUSED), may_pass=True, is_odd=True),
    Fault("entries twice", _with_json(_doubled), _NO_USE, may_pass=True),
    Fault("dates of years to come", _with_body(_skewed), _NO_USE, may_pass=True, is_odd=True),
    Fault(
        "200 with an error",
        _says(200, b'{"error": {"code": 1, "message": "no"}, "errors": [{"message": "no"}]}'),
        (*_NO_USE, *_REFUSED),
        may_pass=True,
    ),
    Fault("a page for people", _says(200, _PAGE, "text/html"), _NO_USE, may_pass=True),
    Fault("another content type", _with_body(lambda body: body, content_type="text/plain")),
    Fault("nested deeply", _with_body(lambda body: b"[" * 200_000), _NO_USE),
    Fault("bytes that are no text", _with_body(lambda body: b"\xff\xfe" + body), _NO_USE),
    Fault("more than is taken", _with_body(lambda body: bytes(2_000_000)), ("reply_too_large",)),
    Fault("a bomb", _with_body(lambda body: _BOMB, content_encoding="gzip"), ("reply_too_large",)),
    Fault(
        "redirect inside",
        _says(302, location="http://169.254.169.254/latest/meta-data/"),
        ("address_refused", "redirect_refused"),  # the latter for a POST
    ),
]


@dataclass
class World:
    """A network on this machine, and a clock that sleeping moves."""

    interface: Interface
    stub: Stub
    fault: Fault | None = None
    first: int = 0  # request from which on the fault shows
    times: int = _MOST_REQUESTS
    slept: list[float] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    fetch: Fetch | None = None
    now: datetime = START

    @contextmanager
    def open(self) -> Iterator[None]:
        """Requests are carried."""
        name = str(next(_NUMBERS))
        _OPEN[name] = self
        self.fetch = patient(
            guarded(
                lambda request: self._carried(f"{_server().url}/{name}", request),
                dict[str, Circuit](),
                clock=self.clock,
                failures=50,
            ),
            sleep=self.sleep,
            clock=self.clock,
            rng=np.random.default_rng(1),
            patience=PATIENCE,
        )
        try:
            yield
        finally:
            del _OPEN[name]

    def _carried(self, url: str, request: Request) -> Reply:
        number = len(self.sent)
        assert number < _MOST_REQUESTS, "the walk does not end"
        self.sent.append(request)
        client = _client(self.fault.seconds if self.fault and self._is_faulty(number) else 10.0)
        reply = client.fetch(replace(request, url=f"{url}/{number}", params={}))
        return replace(reply, url=request.url)

    def __call__(self, request: Request) -> Reply:
        """As the engine asks: signed where it may be."""
        assert self.fetch is not None
        signed = self.interface.signed
        return self.fetch(request if request.is_public else signed(request, self.stub.secret))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def clock(self) -> datetime:
        return self.now

    def answer(self, number: int, connection: socket.socket) -> None:
        """Answer the request of that number, or misbehave."""
        reply = self.stub.answer(self.sent[number])
        if self.fault is not None and self._is_faulty(number):
            self.fault.send(reply, connection)
            return
        headers = {k: v for k, v in reply.headers.items() if k != "content-length"}
        connection.sendall(whole(reply.body, reply.status, **headers))

    def _is_faulty(self, number: int) -> bool:
        return self.first <= number < self.first + self.times


_NUMBERS = itertools.count()
_OPEN: dict[str, World] = {}


def _answered(asked: Asked, connection: socket.socket) -> None:
    name, _, number = asked.path[1:].partition("/")
    _OPEN[name].answer(int(number), connection)


@cache
def _server() -> Loopback:
    """One server for all worlds: to start it, and a client for it, costs more than to ask it."""
    return Loopback(_answered)


@cache
def _client(seconds: float) -> Client:
    return Client(Reaching(_HERE), limits=Limits(seconds, largest=1_000_000))


def question(interface: Interface) -> tuple[Stub, Ask, int]:
    """The walk of most pages among those that aren't long, and its first request after a page."""
    return _question(interface.network)


@cache
def _question(network: Network) -> tuple[Stub, Ask, int]:
    interface, stub = INTERFACES[network], stub_of(network)
    found: list[tuple[bool, int, Ask, int]] = []
    for ask in stub.asks:
        wire = Wire(interface, stub)
        pages = 0
        second = 0
        for _ in interface.walk(wire, ask, None):
            pages += 1
            second = second or len(wire.requests)
        if second >= len(wire.requests):
            second = 0
        found.append((len(wire.requests) <= _LONG, pages, ask, second))
    _, _, ask, second = max(found, key=lambda one: one[:2])
    return stub, ask, second
