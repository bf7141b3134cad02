"""What every connector keeps, over its stub and over recorded replies.

``GROUNDSWELL_FIXTURES=FOLDER`` reads the recordings of another folder and prints what became of
each; without it, the replies in ``replies`` are read.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.network import Ask, CannotAsk, Interface, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from groundswell.terms.shops import ALL_TABLES
from groundswell.terms.tables import Meaning
from tests.connectors.networks.recorded import OWN, Recorded, folder, network_of, recorded
from tests.connectors.networks.stubs import Stub, stub_of
from tests.connectors.networks.walking import (
    Wire,
    assert_clear,
    assert_sound,
    pages_of,
    rows_of,
    said,
)

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SMALL: dict[str, Any] = {"accounts": 2, "posts": 3, "comments": 2, "members": 2}
_COUNTS = {
    name: [c.name for c in table.columns if c.meaning is Meaning.COUNT]
    for name, table in ALL_TABLES.items()
}

every_interface = pytest.mark.parametrize("interface", INTERFACES.values(), ids=list(INTERFACES))


def questions(interface: Interface) -> list[tuple[Stub, Ask]]:
    stub = stub_of(interface.network)
    return [(stub, ask) for ask in stub.asks]


@every_interface
def test_the_stub_asks_every_way_and_no_other_is_answered(interface: Interface) -> None:
    stub = stub_of(interface.network)

    assert {ask.way for ask in stub.asks} == set(interface.walks)
    for way in set(Way) - set(interface.walks):
        with pytest.raises(CannotAsk):
            interface.walk(stub.answer, replace(stub.asks[0], way=way), None)


@every_interface
def test_a_page_says_how_to_connect_and_what_quotas_are_spent_from(interface: Interface) -> None:
    assert (ROOT / interface.help).is_file()
    assert interface.help.startswith("docs/how-to/")
    names = [quota.name for quota in interface.quotas]
    assert len(names) == len(set(names))
    assert all(quota.units > 0 for quota in interface.quotas)


@every_interface
def test_every_way_walks_to_its_end_in_pages_that_can_be_staged(interface: Interface) -> None:
    for stub, ask in questions(interface):
        pages = pages_of(interface, stub, ask)

        assert rows_of(pages), f"{ask.way} brings nothing"
        for page in pages:
            assert_sound(page)
        assert pages[-1].cursor is None
        assert all(page.cursor is not None for page in pages[:-1])


@every_interface
def test_a_walk_goes_on_from_any_page_with_the_rows_that_were_missing(interface: Interface) -> None:
    for stub, ask in questions(interface):
        pages = pages_of(interface, stub, ask)
        for number, page in enumerate(pages[:-1], start=1):
            before, after = set(rows_of(pages[:number])), set(rows_of(pages[number:]))
            again = pages_of(interface, stub, ask, json.loads(json.dumps(page.cursor)))

            resumed = set(rows_of(again))
            assert after - before <= resumed, f"{ask.way} loses rows after page {number}"
            assert resumed <= after | before, f"{ask.way} makes up rows after page {number}"


@every_interface
@pytest.mark.parametrize("limits", [SMALL, dict.fromkeys(SMALL, 1), SMALL | {"comments": 0}])
def test_no_more_is_brought_than_was_asked_for(
    interface: Interface, limits: dict[str, Any]
) -> None:
    for stub, wide in questions(interface):
        ask = replace(wide, **limits)
        pages = pages_of(interface, stub, ask)

        lines = [line for page in pages for line in page.lines]
        accounts = {_name(line.values) for line in lines if line.table == "accounts"}
        assert len(accounts) <= ask.accounts, f"{ask.way}: {sorted(accounts)}"
        for table, of, one, most in (
            ("posts", "account", "post_id", ask.posts),
            ("comments", "post_id", "comment_id", ask.comments),
            ("memberships", "account", "member", ask.members),
        ):
            found: dict[str, set[str]] = {}
            for values in (line.values for line in lines if line.table == table):
                owner = _name(values, "account_") if of == "account" else values[of]
                found.setdefault(f"{owner} {values.get('kind')}", set()).add(values[one])
            assert all(len(each) <= most for each in found.values()), f"{ask.way}: {found}"


@every_interface
def test_no_walk_spends_more_than_was_expected(interface: Interface) -> None:
    known = {quota.name for quota in interface.quotas}
    for stub, wide in questions(interface):
        for ask in (wide, replace(wide, **SMALL), replace(wide, comments=0, members=0)):
            expected: Counter[str] = Counter()
            for spend in interface.expected(ask):
                expected[spend.quota] += spend.units
            wire = Wire(interface, stub)
            list(interface.walk(wire, ask, None))

            spent = wire.spent()
            assert set(expected) | set(spent) <= known
            assert all(units <= expected[quota] for quota, units in spent.items()), (
                f"{ask.way} spends {dict(spent)}, and {dict(expected)} was expected"
            )


@every_interface
def test_credentials_stand_neither_in_addresses_nor_in_queries(interface: Interface) -> None:
    for stub, ask in questions(interface):
        wire = Wire(interface, stub)
        list(interface.walk(wire, ask, None))

        for request in wire.requests:
            signed = interface.signed(request, stub.secret)
            assert (signed.url, signed.params) == (request.url, request.params)
            assert "?" not in request.url
            assert all(isinstance(value, str | tuple) for value in request.params.values())


@every_interface
def test_entries_that_come_twice_are_taken_once(interface: Interface) -> None:
    for stub, ask in questions(interface):
        twice = replace(stub, answer=_doubled(stub.answer))
        for page in pages_of(interface, twice, ask):
            rows = said(page.lines)
            assert len(rows) == len(set(rows)), f"{ask.way} gives the same row twice in a page"


def _doubled(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def twice(value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            return [copy for each in value for copy in (twice(each), twice(each))]
        if isinstance(value, dict):
            return {name: twice(each) for name, each in value.items()}
        return value

    def answered(request: Request) -> Reply:
        reply = answer(request)
        try:
            body = json.loads(reply.body)
        except ValueError:
            return reply
        return replace(reply, body=json.dumps(twice(body)).encode())

    return answered


every_reply = pytest.mark.parametrize(
    ("interface", "reply"),
    [
        pytest.param(interface, each.reply, id=f"{network}-{each.file}")
        for network, interface in INTERFACES.items()
        for each in recorded(network, folder())
    ],
)


@every_reply
def test_a_recorded_reply_becomes_rows_or_a_failure_that_says_why(
    interface: Interface,
    reply: Reply,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    became = _became(interface, reply)

    if folder() != OWN:
        with capsys.disabled():
            sys.stdout.write(f"\n{request.node.callspec.id:<90} {became}")


def _became(interface: Interface, reply: Reply) -> str:
    try:
        page = interface.read(reply, NOW)
    except ExchangeFailed as failure:
        assert_clear(failure)
        return failure.code
    assert_sound(page)
    if not page.lines:
        told_why = page.bad or page.gone or page.notes or _is_empty(json.loads(reply.body))
        assert told_why, "it brings no row, and nothing says why"
    tables = Counter(line.table for line in page.lines)
    parts = [f"{count} {name}" for name, count in sorted(tables.items())]
    parts += [f"{len(page.bad)} bad"] * bool(page.bad) + [f"{len(page.gone)} gone"] * bool(
        page.gone
    )
    return ", ".join(parts) or "nothing in it"


def _is_empty(body: Any) -> bool:
    """Whether a reply holds empty lists only: there was nothing to find."""
    if isinstance(body, list):
        return all(map(_is_empty, body))
    lists = _lists(body)
    return body == {} or (bool(lists) and all(map(_is_empty, lists)))


def _lists(body: Any) -> list[Any]:
    """The outermost lists of a reply."""
    if isinstance(body, dict):
        return [found for value in body.values() for found in _lists(value)]
    return [body] if isinstance(body, list) else []


@every_interface
def test_counts_sent_as_texts_are_the_same_integers(interface: Interface) -> None:
    assert _different(interface, _as_texts) == []


@every_interface
def test_a_count_that_is_missing_is_not_zero(interface: Interface) -> None:
    wrong = []
    for each in _documents(interface):
        body = json.dumps(_without_zeros(json.loads(each.reply.body))).encode()
        page = _read(interface, replace(each.reply, body=body))
        for line in page.lines if page else ():
            made_up = [name for name in _COUNTS[line.table] if line.values.get(name) == 0]
            wrong += [f"{each.file}: {line.table}.{name} is 0" for name in made_up]
    assert wrong == []


def _different(interface: Interface, change: Callable[[Any], Any]) -> list[str]:
    """Recorded replies that mean something else when they are changed so."""
    different = []
    for each in _documents(interface):
        body = json.dumps(change(json.loads(each.reply.body))).encode()
        before = _read(interface, each.reply)
        after = _read(interface, replace(each.reply, body=body))
        if (before and said(before.lines)) != (after and said(after.lines)):
            different.append(each.file)
    return different


def _documents(interface: Interface) -> list[Recorded]:
    found = []
    for each in recorded(interface.network, folder()):
        try:
            json.loads(each.reply.body)
        except ValueError:
            continue
        found.append(each)
    return found


def _read(interface: Interface, reply: Reply) -> Page | None:
    try:
        return interface.read(reply, NOW)
    except ExchangeFailed:
        return None


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: str(each) if type(each) is int and _counts(name) else _as_texts(each)
            for name, each in value.items()
        }
    return [_as_texts(each) for each in value] if isinstance(value, list) else value


def _counts(name: str) -> bool:
    return name.lower().endswith(("count", "counts", "likes", "views", "followers"))


def _without_zeros(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_zeros(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each not in (0, "0", [], {})}
    return [_without_zeros(each) for each in value] if isinstance(value, list) else value


def _name(values: dict[str, Any], of: str = "") -> str:
    return str(values.get(f"{of}platform_id") or values.get(f"{of}handle"))


def test_our_own_replies_are_of_every_network() -> None:
    assert [network for network in INTERFACES if not recorded(network, OWN)] == []


def test_every_folder_of_recordings_is_read_by_a_connector() -> None:
    unread = [
        home.name
        for home in sorted(folder().iterdir())
        if home.is_dir() and network_of(home) not in INTERFACES
    ]

    assert unread == []
