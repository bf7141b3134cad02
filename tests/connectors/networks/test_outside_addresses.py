"""Every place where an address comes from outside: a user, a reply, a link within one."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import pytest

from groundswell.connectors.actions.connecting import server_of
from groundswell.connectors.adapters import oauth
from groundswell.connectors.adapters.networks.bluesky import jetstream
from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.egress.client import Client, Limits
from groundswell.egress.reaching import Reaching
from groundswell.egress.streams import messages
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from tests.connectors.networks.stubs import stub_of
from tests.egress.hostile import HOSTILE, NAMES
from tests.egress.internet import PUBLIC, PUBLIC_TOO, Internet, everybody

every_interface = pytest.mark.parametrize("interface", INTERFACES.values(), ids=list(INTERFACES))
_ADDRESS = re.compile(rb"https?://[^\s\"'<>\\)]+")
_STEPS = 12  # of a walk


@pytest.fixture
def internet(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    with everybody(monkeypatch) as made:
        yield made


@pytest.fixture
def client(internet: Internet) -> Iterator[Client]:
    internet.known(NAMES)
    with Client(Reaching(resolver=internet.resolver), limits=Limits(seconds=0.3)) as made:
        yield made


def _inside(internet: Internet) -> list[tuple[str, int]]:
    """Whom nobody should have reached."""
    fine = {(PUBLIC, 80), (PUBLIC, 443), (PUBLIC_TOO, 80), (PUBLIC_TOO, 443)}
    return [address for address in internet.reached if address not in fine]


def _walk(interface: Interface, fetch: Any, ask: Ask) -> None:
    with suppress(Refusal):
        list(islice(interface.walk(fetch, ask, None), _STEPS))


@every_interface
def test_a_server_that_somebody_names_is_refused_or_asked_at_the_door(
    client: Client,
    internet: Internet,
    interface: Interface,
) -> None:
    ask = stub_of(interface.network).asks[0]
    accepted = 0
    for url in HOSTILE:
        try:
            server = server_of(interface, url)
        except Refusal:
            continue
        accepted += bool(server)
        assert re.fullmatch(r"https?://[^/?#@\s]+", server) or server == ""
        if server:
            _walk(interface, client.fetch, replace(ask, server=server))
    assert _inside(internet) == []
    assert accepted > 0 or interface.server or interface.address is not str


@every_interface
def test_what_somebody_asks_for_leads_nowhere_inside(
    client: Client,
    internet: Internet,
    interface: Interface,
) -> None:
    asks = {ask.way: ask for ask in stub_of(interface.network).asks}
    fetch = _only_hostile(interface, client)
    for ask in asks.values():
        for url in HOSTILE:
            host = re.sub(r"^\w+://", "", url).split("/")[0]
            for text in (url, f"@anna@{host}", f"{url}@anna"):
                _walk(interface, fetch, replace(ask, text=text))
    assert _inside(internet) == []


def _only_hostile(interface: Interface, client: Client) -> Any:
    """Carries what goes elsewhere; the network's own servers have nothing."""
    own = {urlsplit(interface.server).netloc} | {
        urlsplit(ask.server).netloc for ask in stub_of(interface.network).asks
    }

    def fetch(request: Request) -> Reply:
        if _netloc(request.url) in own:
            return Reply(404, {"content-type": "application/json"}, b"{}", request.url)
        return client.fetch(request)

    return fetch


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


@every_interface
def test_an_address_in_a_reply_leads_nowhere_inside(
    client: Client,
    internet: Internet,
    interface: Interface,
) -> None:
    """All addresses of all replies become hostile ones, those of headers too."""
    stub = stub_of(interface.network)
    hostile = [url for url in HOSTILE if url.startswith("http") and url.isprintable()]
    given = cycle(each.encode("utf-8") for each in hostile)
    diverted: list[str] = []

    def fetch(request: Request) -> Reply:
        if any(request.url.startswith(each) for each in hostile):
            diverted.append(request.url)
            return client.fetch(request)
        try:
            reply = stub.answer(request)
        except (KeyError, IndexError, ValueError, StopIteration):  # it has no such server
            return client.fetch(request)
        body = _ADDRESS.sub(lambda _: next(given), reply.body)
        headers = {
            name: _ADDRESS.sub(lambda _: next(given), value.encode()).decode()
            for name, value in reply.headers.items()
        }
        return Reply(reply.status, headers, body, reply.url)

    for ask in stub.asks:
        for _ in range(20):  # each time with other addresses in each place
            _walk(interface, fetch, ask)
    assert _inside(internet) == []


@every_interface
def test_permission_is_asked_for_at_the_door(
    client: Client, internet: Internet, interface: Interface
) -> None:
    now = stub_of(interface.network).asks[0].now
    for url in HOSTILE if interface.oauth else []:
        try:
            server = server_of(interface, url) or interface.server
        except Refusal:
            continue
        assert interface.oauth is not None
        asked = oauth.Asked(
            interface.oauth, oauth.App("id", "hunter2"), interface.name, server, "https://us", ()
        )
        for step in _steps(asked, client, now):
            with suppress(Refusal):
                step()
    assert _inside(internet) == []


def _steps(asked: oauth.Asked, client: Client, now: datetime) -> list[Callable[[], Any]]:
    """All that is asked of a network, where its own server is not another's."""
    fetch, tokens = client.fetch, oauth.Tokens("hunter2", refresh="hunter2")
    exchanged = partial(oauth.exchanged, fetch, asked, code="c", code_verifier="v", now=now)
    found = [(asked.oauth.token_url, exchanged)]
    found += [(asked.oauth.token_url, partial(oauth.refreshed, fetch, asked, tokens, now=now))]
    found += [(asked.oauth.revoke_url, partial(oauth.revoked, fetch, asked, tokens))]
    found += [(asked.oauth.apps_url, partial(oauth.registered, fetch, asked, now=now))]
    return [step for url, step in found if "{server}" in url]


def test_live_news_are_listened_to_at_the_door(client: Client, internet: Internet) -> None:
    for url in HOSTILE:
        server = url.replace("https:", "wss:").replace("http:", "ws:").rstrip("/")
        if server == "ws://good.example":
            continue
        with pytest.raises(ExchangeFailed):
            next(
                messages(
                    client.reaching,
                    jetstream.address(["did:plc:a"], server=server, cursor=None),
                    agent=client.agent,
                )
            )
    assert (internet.reached, internet.canary.connections) == ([], 0)
