"""What the door takes, follows, sends and says."""

import gzip
import json
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

import groundswell
from groundswell.egress.client import Client, Limits
from groundswell.egress.failures import (
    AddressRefused,
    BrokenOff,
    EncodingUnknown,
    RedirectRefused,
    RequestUnwritable,
    TooLarge,
    TooSlow,
    Unreachable,
)
from groundswell.egress.reaching import Reaching
from groundswell.terms.exchange import ExchangeFailed, Request
from tests.egress.internet import PUBLIC, PUBLIC_TOO, Internet
from tests.support.loopback import Answer, Asked, Loopback, drip, reset, whole

_HERE = [ip_network("127.0.0.1/32")]
_LIMITS = Limits(seconds=0.6, largest=100_000)

Serve = Callable[[Answer | bytes], Loopback]


@pytest.fixture
def serve(socket_enabled: None) -> Iterator[Serve]:
    """Start a server that answers so."""
    started: list[Loopback] = []

    def start(answer: Answer | bytes) -> Loopback:
        def same(asked: Asked, connection: socket.socket) -> None:
            connection.sendall(answer)

        started.append(Loopback(same if isinstance(answer, bytes) else answer))
        return started[-1]

    yield start
    for server in started:
        server.__exit__(None, None, None)


@pytest.fixture
def client(socket_enabled: None) -> Iterator[Client]:
    with Client(Reaching(_HERE), contact="mailto:ops@a.example", limits=_LIMITS) as made:
        yield made


def test_it_says_who_asks_and_takes_a_packed_answer(client: Client, serve: Serve) -> None:
    server = serve(whole(gzip.compress(b'{"a": 1}'), content_encoding="gzip", x_left="7"))
    reply = client.fetch(
        Request(f"{server.url}/p%20q?a=b", {"c": "ü &"}, headers={"authorization": "Bearer s"})
    )
    assert (reply.status, reply.body, reply.headers["x-left"]) == (200, b'{"a": 1}', "7")
    [asked] = server.asked
    assert asked.line == "GET /p%20q?a=b&c=%C3%BC+%26 HTTP/1.1"
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": f"Groundswell/{groundswell.__version__} (mailto:ops@a.example)",
        "accept-encoding": "gzip",
        "authorization": "Bearer s",
    }


def test_a_parameter_of_several_values_is_sent_once_for_each(client: Client, serve: Serve) -> None:
    server = serve(whole())
    client.fetch(Request(f"{server.url}/p", {"actors": ("did:a", "did:b"), "limit": "25"}))
    assert server.asked[0].path == "/p?actors=did%3Aa&actors=did%3Ab&limit=25"


def test_a_body_is_posted_and_every_status_is_an_answer(client: Client, serve: Serve) -> None:
    server = serve(whole(b"no", status=403))
    reply = client.fetch(Request(server.url, method="POST", body=b"x=1"))
    assert (reply.status, reply.body, server.asked[0].body) == (403, b"no", b"x=1")


def test_a_connection_serves_many_requests_and_no_cookie_comes_back(
    client: Client, serve: Serve
) -> None:
    server = serve(whole(set_cookie="session=1"))
    for _ in range(20):
        client.fetch(Request(server.url))
    assert server.connections == 1
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_proxies_of_the_environment_are_not_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(whole(b"proxy")), serve(whole(b"server"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    with Client(Reaching(_HERE)) as client:
        assert client.fetch(Request(server.url)).body == b"server"
    assert proxy.connections == 0


# --- too much -----------------------------------------------------------------------------------


def _bomb(size: int) -> bytes:
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16), bytes(1_000_000)
    packed = b"".join(packer.compress(piece) for _ in range(size // len(piece)))
    return packed + packer.flush()


def test_a_bomb_of_300_mb_takes_less_than_20(socket_enabled: None, serve: Serve) -> None:
    packed = _bomb(300_000_000)
    assert len(packed) < 400_000
    server = serve(whole(packed, content_encoding="gzip"))
    with Client(Reaching(_HERE)) as client:
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge, match="more than 10,000,000 bytes"):
                client.fetch(Request(server.url))
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()


def test_a_bomb_within_a_bomb_is_not_unpacked(client: Client, serve: Serve) -> None:
    packed = gzip.compress(gzip.compress(bytes(1000)))
    server = serve(whole(packed, content_encoding="gzip, gzip"))
    with pytest.raises(EncodingUnknown, match=r"can't be unpacked \('gzip, gzip'\)"):
        client.fetch(Request(server.url))


def test_a_body_without_end_is_taken_no_further_than_it_may(client: Client, serve: Serve) -> None:
    sent = 0

    def pour(asked: Asked, connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 200_000_000:
            connection.sendall(bytes(50_000))
            sent += 50_000

    with pytest.raises(TooLarge):
        client.fetch(Request(serve(pour).url))
    assert sent < 20_000_000  # what fits into the buffers between


def test_exactly_as_much_as_may_be_is_taken(client: Client, serve: Serve) -> None:
    assert len(client.fetch(Request(serve(whole(bytes(100_000))).url)).body) == 100_000
    with pytest.raises(TooLarge):
        client.fetch(Request(serve(whole(bytes(100_001))).url))


def test_headers_without_end_are_broken_off(client: Client, serve: Serve) -> None:
    def pour(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000)

    with pytest.raises(BrokenOff):
        client.fetch(Request(serve(pour).url))


# --- too slow -----------------------------------------------------------------------------------


def _silent(asked: Asked, connection: socket.socket) -> None:
    time.sleep(1)


def _dripping_body(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n")
    drip(connection, bytes(100), every=0.05)


def _dripping_head(asked: Asked, connection: socket.socket) -> None:
    drip(connection, b"HTTP/1.1 200 OK\r\na: " + b"b" * 100, every=0.05)


def _dripping_news(asked: Asked, connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.05)


def _dripping_redirects(asked: Asked, connection: socket.socket) -> None:
    time.sleep(0.25)
    connection.sendall(whole(status=302, location="/x"))


@pytest.mark.parametrize(
    "answer", [_silent, _dripping_body, _dripping_head, _dripping_news, _dripping_redirects]
)
def test_a_deadline_ends_every_kind_of_slowness(
    client: Client, serve: Serve, answer: Answer
) -> None:
    server, began = serve(answer), time.monotonic()
    with pytest.raises(TooSlow, match="did not answer whole within"):
        client.fetch(Request(server.url))
    assert 0.5 < time.monotonic() - began < 3


def test_a_handshake_that_never_comes_ends_too(client: Client, serve: Serve) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    began = time.monotonic()
    with listener, pytest.raises(TooSlow):
        client.fetch(Request(f"https://127.0.0.1:{listener.getsockname()[1]}/"))
    assert time.monotonic() - began < 3


def test_a_name_server_that_never_answers_ends_too(socket_enabled: None) -> None:
    def stalled(*question: object) -> list[tuple[object, ...]]:
        time.sleep(1)
        return []

    with Client(Reaching(resolver=stalled), limits=_LIMITS) as client, pytest.raises(TooSlow):
        client.fetch(Request("https://a.example/"))


# --- broken -------------------------------------------------------------------------------------


def _reset(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it")
    time.sleep(0.05)
    reset(connection)


def _ended(content: bytes) -> Answer:
    def end(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_RDWR)

    return end


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(_reset, id="reset"),
        pytest.param(_ended(b""), id="closed"),
        pytest.param(_ended(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"), id="short"),
        pytest.param(
            _ended(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc"), id="chunk"
        ),
        pytest.param(_ended(b"SSH-2.0-OpenSSH_9.2\r\n"), id="no HTTP"),
        pytest.param(
            _ended(whole(gzip.compress(bytes(9999))[:-12], content_encoding="gzip")), id="gzip"
        ),
        pytest.param(_ended(whole(b"{}", content_encoding="gzip")), id="not packed"),
    ],
)
def test_half_an_answer_is_none(client: Client, serve: Serve, answer: Answer) -> None:
    with pytest.raises(BrokenOff) as caught:
        client.fetch(Request(serve(answer).url))
    assert caught.value.is_retriable


def test_nobody_there_may_be_there_later(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        client.fetch(Request(f"http://127.0.0.1:{port}/"))

    assert caught.value.is_retriable
    assert str(caught.value) == (
        "there is no connection to '127.0.0.1' (nothing listens there): check the name; it will be "
        "asked again by itself"
    )


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), " (no such name)"),
        (
            socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"),
            " (no such name)",
        ),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), ""),
        (OSError("the resolver's own words"), ""),
    ],
)
def test_a_name_that_leads_nowhere_is_told_from_one_that_cannot_be_looked_up(
    error: OSError, why: str
) -> None:
    def lost(*question: object) -> list[Any]:
        raise error

    with Client(Reaching(resolver=lost)) as client, pytest.raises(Unreachable) as caught:
        client.fetch(Request("http://nobody.example/"))

    assert caught.value.is_retriable
    assert str(caught.value) == (
        f"there is no connection to 'nobody.example'{why}: check the name; it will be asked again "
        "by itself"
    )


# --- redirects ----------------------------------------------------------------------------------


@pytest.fixture
def two_hosts(internet: Internet) -> Iterator[tuple[Internet, Client]]:
    internet.known({"a.example": [PUBLIC], "b.example": [PUBLIC_TOO], "in.example": ["10.0.0.5"]})
    with Client(Reaching(resolver=internet.resolver)) as made:
        yield internet, made


def _leading(internet: Internet, *steps: str) -> None:
    """Each request to the canary leads to the next step; then it says what it was asked."""
    left = list(steps)

    def answer(asked: Asked, connection: socket.socket) -> None:
        if left:
            connection.sendall(whole(status=302, location=left.pop(0)))
        else:
            connection.sendall(whole(json.dumps(dict(asked.headers)).encode()))

    internet.canary._answer = answer


def test_credentials_stay_with_the_server_that_they_are_for(
    two_hosts: tuple[Internet, Client],
) -> None:
    internet, client = two_hosts
    secret = {"authorization": "s", "x-api-key": "s", "cookie": "s", "accept": "text/xml"}
    _leading(internet, "/there", "http://b.example/x", "http://a.example/back")
    reply = client.fetch(Request("http://a.example/", headers=secret))
    assert "s" in internet.canary.asked[1].headers.values()
    for asked in internet.canary.asked[2:]:
        assert asked.headers.keys() == {"host", "user-agent", "accept-encoding", "accept"}
    assert reply.url == "http://a.example/back"


def test_another_scheme_or_port_is_another_server(serve: Serve, client: Client) -> None:
    second = serve(whole())
    first = serve(whole(status=301, location=f"{second.url}/"))
    client.fetch(Request(first.url, headers={"authorization": "s"}))
    assert "authorization" not in second.asked[0].headers


def test_more_than_three_redirects_are_refused(two_hosts: tuple[Internet, Client]) -> None:
    internet, client = two_hosts
    _leading(internet, "/1", "/2", "/3")
    assert client.fetch(Request("http://a.example/")).status == 200
    _leading(internet, "/1", "/2", "/3", "/4")
    with pytest.raises(RedirectRefused, match="more than 3 times"):
        client.fetch(Request("http://a.example/"))
    assert len(internet.canary.asked) == 8


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_post_is_sent_nowhere_else(client: Client, serve: Serve, status: int) -> None:
    server = serve(whole(status=status, location="/there"))
    with pytest.raises(RedirectRefused, match="sends a POST elsewhere"):
        client.fetch(Request(server.url, method="POST", body=b"secret"))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "//127.0.0.1/",
        "http://in.example/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.5]/",
        "http://2130706433/",
        "http://a.example:22/",
        "http://u:p@b.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
        "http://[::1",
        "ws://b.example/",
    ],
)
def test_a_redirect_leads_nobody_inside(two_hosts: tuple[Internet, Client], location: str) -> None:
    internet, client = two_hosts
    _leading(internet, location)
    with pytest.raises((AddressRefused, RedirectRefused, Unreachable)):
        client.fetch(Request("http://a.example/"))
    assert internet.reached == [(PUBLIC, 80)]


# --- what is said -------------------------------------------------------------------------------


def _stubborn(asked: Asked, connection: socket.socket) -> None:
    connection.sendall(whole(status=302, location=f"{asked.path}"))


@pytest.mark.parametrize(
    "answer",
    [_silent, _reset, _stubborn, whole(bytes(200_000)), whole(content_encoding="br")],
    ids=["slow", "broken", "redirect", "large", "packed"],
)
def test_no_failure_repeats_a_query_or_a_secret(
    client: Client, serve: Serve, answer: Answer | bytes
) -> None:
    server = serve(answer)
    asked = Request(
        f"{server.url}/hunter2", {"key": "hunter2"}, headers={"authorization": "hunter2"}
    )
    with pytest.raises(ExchangeFailed) as caught:
        client.fetch(asked)
    assert "'127.0.0.1'" in str(caught.value)
    told = [caught.value, caught.value.__cause__]
    assert not any("hunter2" in str(each) for each in told)


@pytest.mark.parametrize(
    "headers", [{"authorization": "hunter2\r\nhost: b.example"}, {"a b": "hunter2"}], ids=ascii
)
def test_a_header_that_is_none_is_not_sent(
    client: Client, serve: Serve, headers: dict[str, str]
) -> None:
    server = serve(whole())
    with pytest.raises(RequestUnwritable) as caught:
        client.fetch(Request(server.url, headers=headers))
    assert "hunter2" not in str(caught.value)
    assert server.asked == []
