"""Every network through every fault: no half pages, the right retry, the right message."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from groundswell.terms.networks import Network
from tests.connectors.networks.faults import FAULTS, Fault, World, question
from tests.connectors.networks.stubs import Stub
from tests.connectors.networks.walking import (
    assert_clear,
    assert_sound,
    pages_of,
    rows_of,
)

pytestmark = pytest.mark.enable_socket
every_interface = pytest.mark.parametrize("interface", INTERFACES.values(), ids=list(INTERFACES))
every_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


@cache
def _whole(network: Network) -> tuple[Page, ...]:
    """What is answered where nothing fails."""
    stub, ask, _ = question(INTERFACES[network])
    return tuple(pages_of(INTERFACES[network], stub, ask))


def _walked(
    world: World, ask: Ask, cursor: Mapping[str, Any] | None = None
) -> tuple[list[Page], ExchangeFailed | None]:
    pages: list[Page] = []
    with world.open():
        try:
            for page in world.interface.walk(world, ask, cursor):
                assert_sound(page)
                pages.append(page)
        except ExchangeFailed as error:
            assert_clear(error)
            return pages, error
    return pages, None


def _resumed(interface: Interface, stub: Stub, ask: Ask, pages: list[Page]) -> list[Page]:
    """What a later sync brings, once the server is well again."""
    cursor = json.loads(json.dumps(pages[-1].cursor)) if pages else None
    if pages and cursor is None:
        return []
    return pages_of(interface, stub, ask, cursor)


@every_interface
@every_fault
@pytest.mark.parametrize("place", ["at once", "after a page"])
def test_a_fault_that_lasts_breaks_no_page(interface: Interface, fault: Fault, place: str) -> None:
    stub, ask, second = question(interface)
    first = 0 if place == "at once" else second
    whole = _whole(interface.network)
    world = World(interface, stub, fault, first)

    pages, error = _walked(world, ask)

    if not fault.is_odd:
        assert set(rows_of(pages)) <= set(rows_of(whole)), "rows that nobody sent"
    if error is None:
        assert fault.may_pass or not fault.codes, "it went on"
        return
    assert error.code in fault.codes, f"{error.code}: {error}"
    _assert_message(error, stub, world.sent)
    if fault.after is not None:
        assert error.after == fault.after
    asked_again = [each for each in world.sent[first + 1 :] if each == world.sent[first]]
    assert bool(asked_again) == fault.is_repeated
    if not fault.may_pass:
        assert rows_of(pages) == rows_of(whole[: len(pages)])
        resumed = _resumed(interface, stub, ask, pages)
        assert set(rows_of(whole)) <= {*rows_of(resumed), *rows_of(pages)}


def _assert_message(error: ExchangeFailed, stub: Stub, sent: list[Request]) -> None:
    text = str(error)
    assert len(text) < 400
    for part in filter(None, stub.secret.split(":")):
        assert len(part) < 6 or part not in text
    for request in sent:
        query = urlsplit(request.url).query
        assert not query or query not in text
        assert request.body is None or request.body.decode("latin-1") not in text


@every_interface
@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.is_repeated], ids=lambda fault: fault.name
)
def test_a_fault_that_passes_costs_a_pause_and_no_row(interface: Interface, fault: Fault) -> None:
    stub, ask, second = question(interface)
    world = World(interface, stub, fault, second, times=1)

    pages, error = _walked(world, ask)

    assert error is None
    assert rows_of(pages) == rows_of(_whole(interface.network))
    assert len(world.slept) == 1
    assert max(fault.waits, 0.5) <= world.slept[0] <= max(fault.waits, 1)
    assert world.sent[second] == world.sent[second + 1]


@every_interface
def test_a_list_that_never_ends_is_ended(interface: Interface) -> None:
    stub, ask, _ = question(interface)
    first: dict[str, Reply] = {}

    def same(request: Request) -> Reply:
        return first.setdefault(request.url, stub.answer(request))

    looping = Stub(stub.asks, stub.secret, same)
    pages, error = _walked(World(interface, looping), ask)
    assert error is None or error.code in {"network_changed", "network_not_found"}
    assert set(rows_of(pages)) <= set(rows_of(_whole(interface.network)))


@every_interface
def test_a_server_that_says_that_nothing_is_left_is_asked_more_slowly(
    interface: Interface,
) -> None:
    stub, ask, second = question(interface)

    def spent(request: Request) -> Reply:
        reply = stub.answer(request)
        spent.asked += 1  # type: ignore[attr-defined]
        if spent.asked == second + 1:  # type: ignore[attr-defined]
            left = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3"}
            return Reply(reply.status, {**reply.headers, **left}, reply.body, reply.url)
        return reply

    spent.asked = 0  # type: ignore[attr-defined]
    world = World(interface, Stub(stub.asks, stub.secret, spent))
    pages, error = _walked(world, ask)
    assert error is None
    assert rows_of(pages) == rows_of(_whole(interface.network))
    hosts = {urlsplit(each.url).netloc for each in world.sent[second + 1 :]}
    is_asked_again = urlsplit(world.sent[second].url).netloc in hosts
    assert world.slept == ([3.0] if is_asked_again else [])
