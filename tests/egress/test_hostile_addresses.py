"""No address, however it is written, leads inside."""

from collections.abc import Iterator
from itertools import cycle

import pytest

from groundswell.egress.client import Client, Limits
from groundswell.egress.failures import AddressRefused
from groundswell.egress.reaching import Reaching
from groundswell.egress.streams import messages
from groundswell.terms.exchange import ExchangeFailed, Request
from tests.egress.internet import PUBLIC, PUBLIC_TOO, Internet

_NAMES = {
    "good.example": [PUBLIC],
    "two.example": [PUBLIC, PUBLIC_TOO],
    "xn--bcher-kva.example": [PUBLIC],
    "loop.example": ["127.0.0.1"],
    "loop6.example": ["::1"],
    "ten.example": ["10.0.0.5"],
    "metadata.google.internal": ["169.254.169.254"],
    "localhost": ["127.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "mixed.example": [PUBLIC, "10.0.0.5"],
    "mixed-last.example": ["192.168.1.1", PUBLIC, PUBLIC_TOO],
    "mixed6.example": [PUBLIC, "fd00::1"],
    "zero.example": ["0.0.0.0"],
}
HOSTILE = [
    # this machine
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "http://127.1.2.3/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://0.0.0.0/",
    "http://0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    # other writings of it
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.000.000.001/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://１２７.0.0.1/",
    "http://١٢٧.٠.٠.١/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://%31%32%37.0.0.1/",
    # networks behind the door
    "http://10.0.0.5/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://203.0.113.9/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    # machines' own data
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://100.100.100.200/",
    "http://metadata.google.internal/computeMetadata/v1/",
    # addresses within addresses
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::a00:5]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::10.0.0.5]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:5::1]/",
    "http://[2001:0:7f00:1::]/",
    # names that mean them
    "http://loop.example/",
    "http://LOOP.example./",
    "http://loop6.example/",
    "http://ten.example/",
    "http://mapped.example/",
    "http://nat64.example/",
    "http://zero.example/",
    "http://mixed.example/",
    "http://mixed-last.example/",
    "http://mixed6.example/",
    # disguises
    "http://good.example@127.0.0.1/",
    "http://good.example:80@127.0.0.1/",
    "http://127.0.0.1#@good.example/",
    "http://127.0.0.1?@good.example/",
    "http://127.0.0.1\\@good.example/",
    "http://good.example\\@127.0.0.1/",
    "http://user:hunter2@good.example/",
    "http://good.example\t@127.0.0.1/",
    "http://127.0.0.1\r\nHost: good.example/",
    "http://\n127.0.0.1/",
    "http://\x00127.0.0.1/",
    "http:///127.0.0.1/",
    "http:127.0.0.1/",
    "//127.0.0.1/",
    "http://[::1",
    "http://[127.0.0.1]/",
    "http://good.example:80:80/",
    "http:// 127.0.0.1/",
    "",
    "http://",
    # other doors
    "http://good.example:22/",
    "http://good.example:6379/",
    "http://good.example:8080/",
    "https://good.example:8443/",
    "http://good.example:0/",
    "http://good.example:99999/",
    "http://good.example:-80/",
    # other ways in
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "ftp://good.example/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stats",
    "ldap://127.0.0.1/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "data:text/plain,x",
    "jar:http://127.0.0.1!/",
    "javascript:alert(1)",
    "ws://good.example/",
    # beyond what a name may be
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 200}example/",
    f"http://good.example/{'a' * 10_000}",
]
GOOD = [
    "http://good.example/",
    "http://GOOD.example:80/a?b=c",
    "http://two.example/",
    "http://bücher.example/",
    f"http://{PUBLIC}/",
]


@pytest.fixture
def client(internet: Internet) -> Iterator[Client]:
    internet.known(_NAMES)
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
