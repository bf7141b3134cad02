"""Spoiled replies crash nothing: a page that can be staged comes of each, or a typed failure.

``GROUNDSWELL_MUTATIONS=10000`` spoils so many for each connector, ever new ones; `make torture`.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from groundswell.terms.networks import Network
from tests.connectors.networks.mutating import Spoiling, spoiled, spoilings
from tests.connectors.networks.recorded import OWN, recorded
from tests.connectors.networks.stubs import Stub, stub_of, told
from tests.connectors.networks.test_conformance import NOW
from tests.connectors.networks.walking import Wire, assert_clear, assert_sound

_FEW = 150
_CASES = int(os.environ.get("GROUNDSWELL_MUTATIONS", _FEW))
_MOST_SEEDS = 60

spoiling = settings(
    max_examples=_CASES,
    deadline=None,
    derandomize=_CASES == _FEW,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making one smaller takes minutes
)
walking = settings(spoiling, max_examples=max(_CASES // 10, 20))
every_interface = pytest.mark.parametrize("interface", INTERFACES.values(), ids=list(INTERFACES))


@cache
def _seeds(network: Network) -> list[Reply]:
    """Good replies of a network: our own, and what its stub says in walks."""
    replies = {each.reply.body: each.reply for each in recorded(network, OWN)}
    interface, stub = INTERFACES[network], stub_of(network)
    for ask in stub.asks:
        wire = _Keeping(interface, stub)
        list(interface.walk(wire, ask, None))
        replies |= {reply.body: reply for reply in wire.replies}
    found = list(replies.values())
    return found[:: -(-len(found) // _MOST_SEEDS)]


class _Keeping(Wire):
    """Keeps what was answered."""

    def __init__(self, interface: Interface, stub: Stub) -> None:
        super().__init__(interface, stub)
        self.replies: list[Reply] = []

    def __call__(self, request: Request) -> Reply:
        self.replies.append(super().__call__(request))
        return self.replies[-1]


def _lenient(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """Says no to what no stub has a page for, such as a cursor out of a spoiled reply."""

    def answered(request: Request) -> Reply:
        try:
            return answer(request)
        except (LookupError, ValueError):
            return told({"error": "InvalidRequest"}, request, 400)

    return answered


class _Spoiling(Wire):
    """Spoils the reply to one of the requests."""

    def __init__(self, interface: Interface, stub: Stub, how: Spoiling, number: int) -> None:
        super().__init__(interface, replace(stub, answer=_lenient(stub.answer)))
        self.how = how
        self.number = number

    def __call__(self, request: Request) -> Reply:
        reply = super().__call__(request)
        return spoiled(reply, self.how) if len(self.requests) == self.number else reply


@every_interface
@given(data=st.data())
@spoiling
def test_a_spoiled_reply_becomes_a_page_or_a_failure(
    interface: Interface, data: st.DataObject
) -> None:
    seed = data.draw(st.sampled_from(_seeds(interface.network)))
    reply = spoiled(seed, data.draw(spoilings))

    try:
        page = interface.read(reply, NOW)
    except ExchangeFailed as failure:
        assert_clear(failure)
    else:
        assert_sound(page)


@every_interface
@given(how=spoilings, number=st.integers(1, 12), which=st.integers(0, 99))
@walking
def test_a_walk_with_a_spoiled_reply_gives_sound_pages_until_it_ends(
    interface: Interface, how: Spoiling, number: int, which: int
) -> None:
    stub = stub_of(interface.network)
    ask: Ask = stub.asks[which % len(stub.asks)]
    wire = _Spoiling(interface, stub, how, number)

    try:
        for page in interface.walk(wire, ask, None):
            assert_sound(page)
    except ExchangeFailed as failure:
        assert_clear(failure)
