"""Walks over stubs, and what is asked of every page."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from groundswell.connectors.adapters.networks.network import Ask, Interface
from groundswell.connectors.adapters.networks.pages import Line, Page
from groundswell.connectors.adapters.staging.schemas import staged
from groundswell.terms.exchange import ExchangeFailed, Reply, Request
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.shops import ALL_TABLES
from groundswell.terms.sources import Source
from groundswell.terms.tables import Meaning
from tests.connectors.networks.stubs import Stub

MOST_REQUESTS = 2_000
_WORDS = {Meaning.PLATFORM: Platform, Meaning.FORMAT: Format, Meaning.SOURCE: Source}
_LARGEST = {Meaning.COUNT: 10**13, Meaning.CHANGE: 10**13, Meaning.AMOUNT: 10**18}


@dataclass
class Wire:
    """Carries requests to a stub, signed as the engine signs them, and keeps them."""

    interface: Interface
    stub: Stub
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.requests.append(request)
        assert len(self.requests) < MOST_REQUESTS, "the walk does not end"
        if request.is_public:
            return self.stub.answer(request)
        return self.stub.answer(self.interface.signed(request, self.stub.secret))

    def spent(self) -> Counter[str]:
        """Units by quota; what is counted once is counted once."""
        units: Counter[str] = Counter()
        keys = set()
        for spend in (spend for request in self.requests for spend in request.spends):
            if spend.key and (spend.quota, spend.key) in keys:
                continue
            keys.add((spend.quota, spend.key))
            units[spend.quota] += spend.units
        return units


def pages_of(
    interface: Interface, stub: Stub, ask: Ask, cursor: Mapping[str, Any] | None = None
) -> list[Page]:
    """All pages of a walk."""
    return list(interface.walk(Wire(interface, stub), ask, cursor))


def said(lines: list[Line]) -> list[str]:
    """What rows say, comparable."""
    return [
        json.dumps([line.table, line.values], default=str, sort_keys=True, ensure_ascii=True)
        for line in lines
    ]


def rows_of(pages: Iterable[Page]) -> list[str]:
    return [row for page in pages for row in said(page.lines)]


def assert_sound(page: Page) -> None:
    """A page can be staged, kept and published as it is."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(page.lines):
        assert 0 <= line.item < page.items, f"{line.table}: item {line.item} of {page.items}"
        _assert_row(line)
        tables.setdefault(line.table, []).append(line.values | {"row": number})
    for name, rows in tables.items():
        pa.Table.from_pylist(rows, schema=staged(name)).validate(full=True)
    assert page.cursor == json.loads(json.dumps(page.cursor))
    texts = [
        *(part for bad in page.bad for part in (bad.where, bad.value, bad.reason)),
        *(part for pair in page.aside.items() for part in pair),
        *(part for gone in page.gone for part in gone),
        *page.opt_outs,
        *page.notes,
        *_texts_in(page.cursor),
    ]
    for text in texts:
        assert_storable(text)


def assert_clear(failure: ExchangeFailed) -> None:
    """A failure has a code and a message that can be kept and shown."""
    assert failure.code != ExchangeFailed.code, "a failure has no kind of its own"
    assert str(failure)
    assert_storable(str(failure))
    assert failure.after is None or failure.after >= 0


def assert_storable(text: str) -> None:
    assert "\0" not in text
    text.encode()


def _assert_row(line: Line) -> None:
    columns = {column.name: column.meaning for column in ALL_TABLES[line.table].columns}
    known = set(staged(line.table).names)
    for name, value in line.values.items():
        assert name in known, f"{line.table} has no staged column {name}"
        if value is not None:
            _assert_value(f"{line.table}.{name}", columns.get(name), value)
    for name in ALL_TABLES[line.table].key:
        if name.startswith("account"):
            parts = [line.values.get(f"{name}_{part}") for part in ("platform_id", "handle")]
            assert any(parts), f"{line.table}.{name} names no account"
        elif name not in {"observed_at", "valid_from"}:
            assert line.values.get(name) is not None, f"{line.table}.{name} is missing"
    if line.table == "accounts":
        assert line.values.get("platform_id") or line.values.get("handle")


def _assert_value(where: str, meaning: Meaning | None, value: Any) -> None:
    if meaning in _LARGEST:
        assert type(value) is int, f"{where} is {value!r}"
        assert abs(value) <= _LARGEST[meaning], f"{where} is {value!r}"
        assert meaning is Meaning.CHANGE or value >= 0, f"{where} is {value!r}"
    elif meaning is Meaning.SHARE:
        assert 0 <= value <= 1, f"{where} is {value!r}"
    elif meaning is Meaning.SECONDS:
        assert 0 <= value < 1e15, f"{where} is {value!r}"
    elif meaning is Meaning.FLAG:
        assert isinstance(value, bool), f"{where} is {value!r}"
    elif meaning is Meaning.MOMENT:
        assert isinstance(value, datetime), f"{where} is {value!r}"
        assert value.utcoffset() == timedelta(0), f"{where} is not in UTC: {value!r}"
    elif meaning in _WORDS:
        assert value in set(_WORDS[meaning]), f"{where} is {value!r}"
    elif meaning is Meaning.LIST:
        assert isinstance(value, list), f"{where} is {value!r}"
        assert value, f"{where} is empty, not missing"
    elif meaning is not None:
        assert isinstance(value, str), f"{where} is {value!r}"
        assert value, f"{where} is empty, not missing"
    for text in _texts_in(value):
        assert_storable(text)


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for one in value for text in _texts_in(one)]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in _texts_in(one)]
    return []
