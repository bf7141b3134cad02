"""No address, however it is written, leads inside."""

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import cycle

import pytest

from groundswell.egress.client import Client, Limits
from groundswell.egress.failures import AddressRefused
from groundswell.egress.reaching import Reaching
from groundswell.egress.streams import messages
from groundswell.terms.exchange import ExchangeFailed, Request
from tests.egress.hostile import HOSTILE, NAMES
from tests.egress.internet import PUBLIC, Internet

GOOD = [
    "http://good.example/",
    "http://GOOD.example:80/a?b=c",
    "http://two.example/",
    "http://bücher.example/",
    f"http://{PUBLIC}/",
]


@pytest.fixture
def client(internet: Internet) -> Iterator[Client]:
    internet.known(NAMES)
    with Client(Reaching(resolver=internet.resolver), limits=Limits(seconds=5)) as made:
        yield made


def test_the_corpus_is_large() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 56


@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[:50])
def test_a_hostile_address_reaches_nobody(client: Client, internet: Internet, url: str) -> None:
    with pytest.raises(ExchangeFailed) as caught:
        client.fetch(Request(url))
    assert (internet.reached, internet.canary.connections) == ([], 0)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *["http://localhost/", "http://LOCALHOST./", "http://deep.localhost/", "http://house/"],
        *["http://0x7f.1/", "http://127.1/", "http://good.example.7/"],
    ],
)
def test_a_name_that_is_of_no_public_server_is_refused_without_looking_it_up(url: str) -> None:
    with pytest.raises(AddressRefused, match="GROUNDSWELL_REACH_NETWORKS"):
        Reaching().check(url)


def test_a_name_inside_may_be_asked_where_its_network_is_allowed() -> None:
    assert Reaching([ip_network("127.0.0.0/8")]).check("http://localhost:8000/").port == 8000
    assert Reaching([ip_network("::1/128")]).check("http://localhost/").host == "localhost"
    assert Reaching([ip_network("10.0.0.0/8")]).check("http://house:3000/").host == "house"
    with pytest.raises(AddressRefused):
        Reaching([ip_network("10.0.0.0/8")]).check("http://localhost/")


@pytest.mark.parametrize("url", GOOD)
def test_a_public_address_reaches_the_canary(client: Client, internet: Internet, url: str) -> None:
    assert client.fetch(Request(url)).status == 200
    assert (internet.reached, internet.canary.connections) == ([(PUBLIC, 80)], 1)


@pytest.mark.parametrize("url", HOSTILE, ids=lambda url: ascii(url)[:50])
def test_nor_does_it_by_a_websocket(client: Client, internet: Internet, url: str) -> None:
    listened = url.replace("https:", "wss:").replace("http:", "ws:")
    if listened == "ws://good.example/":  # here it is no trick
        listened = "http://good.example/"
    with pytest.raises(ExchangeFailed):
        next(messages(client.reaching, listened, agent="x"))
    assert (internet.reached, internet.canary.connections) == ([], 0)


def test_a_name_that_changes_its_mind_is_asked_once_and_believed_once(
    client: Client, internet: Internet
) -> None:
    answers = cycle([[PUBLIC], ["127.0.0.1"]])
    internet.names["rebinding.example"] = lambda: next(answers)
    assert client.fetch(Request("http://rebinding.example/")).status == 200
    assert (internet.looked_up, internet.reached) == (["rebinding.example"], [(PUBLIC, 80)])


def test_a_name_that_changes_its_mind_between_connections_is_checked_again(
    internet: Internet,
) -> None:
    answers = iter([[PUBLIC], ["169.254.169.254"]])
    internet.names["rebinding.example"] = lambda: next(answers)
    with Client(Reaching(resolver=internet.resolver)) as client:
        client.fetch(Request("http://rebinding.example/"))
    with Client(Reaching(resolver=internet.resolver)) as client, pytest.raises(AddressRefused):
        client.fetch(Request("http://rebinding.example/"))
    assert internet.reached == [(PUBLIC, 80)]


@pytest.mark.parametrize("name", ["mixed.example", "mixed-last.example", "mixed6.example"])
def test_one_inner_address_among_several_refuses_them_all(client: Client, name: str) -> None:
    with pytest.raises(AddressRefused, match="leads to an address that is not public"):
        client.fetch(Request(f"http://{name}/"))


def test_what_names_mean_inside_is_not_told(client: Client) -> None:
    with pytest.raises(AddressRefused) as caught:
        client.fetch(Request("http://ten.example/"))
    assert "10.0.0.5" not in str(caught.value)


def test_an_unusual_port_is_asked_only_within_an_allowed_network(internet: Internet) -> None:
    internet.known(
        {"near.example": ["10.1.2.3"], "far.example": [PUBLIC], "by.example": ["10.2.0.1"]}
    )
    networks = ("10.1.0.0/16",)
    with Client(Reaching(networks, resolver=internet.resolver)) as client:
        assert client.fetch(Request("http://near.example:3000/")).status == 200
        assert client.fetch(Request("http://10.1.9.9/")).status == 200
        for url in ("http://far.example:3000/", "http://by.example:3000/", "http://by.example/"):
            with pytest.raises(AddressRefused):
                client.fetch(Request(url))
    assert internet.reached == [("10.1.2.3", 3000), ("10.1.9.9", 80)]


def test_a_network_that_would_hide_others_is_not_allowed() -> None:
    with pytest.raises(ValueError, match="64:ff9b::/96"):
        Reaching(["64:ff9b::/96"])
