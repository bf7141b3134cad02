"""Pages on their way into the warehouse: a batch is staged as imports are, published as a whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.connectors.adapters.networks.pages import Bad, Line, OptOut, Page
from groundswell.connectors.adapters.staging.members import anonymous_with
from groundswell.connectors.adapters.staging.schemas import staged
from groundswell.terms.exchange import ExchangeFailed
from groundswell.terms.shops import SHOP_TABLES
from groundswell.terms.sources import Source
from groundswell.terms.tables import TABLES

_AHEAD = timedelta(days=1)
# Moments at which something happened; others, such as the end of a discount, may lie ahead.
_HAPPENED = frozenset({"observed_at", "published_at", "at", "created_at", "placed_at"})
_PEOPLE = frozenset({("memberships", "member"), ("comments", "author"), ("orders", "customer")})
_SOURCED = frozenset(name for name, table in TABLES.items() if "source" in table.schema.names)


@dataclass(frozen=True, slots=True)
class Portion:
    """Pages that become visible together or not at all.

    Attributes:
        pages: What came.
        brought: The account that they are about, where the sync asks after accounts.
        failure: Why none came for it.
    """

    pages: list[Page] = field(default_factory=list)
    brought: UUID | None = None
    failure: ExchangeFailed | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An account that was asked after: how often it publishes, or why nothing came."""

    brought: UUID
    posts_per_day: float | None
    failure: ExchangeFailed | None


@dataclass(slots=True)
class Batch:
    """Pages that become visible together.

    Attributes:
        now: When they came; nothing in them may have happened more than a day later.
        source: Where rows come from that don't say.
        key: Under which names of people are hashed.
        rows: How many rows the pages have.
        pages: How many pages there are.
        items: How many items they hold.
        bad: Those that could not be taken.
        aside: Fields that nothing here knows.
        notes: What the user should know.
        gone: Accounts and posts that are no more: (table, platform's id).
        opt_outs: What owners of accounts don't want, by the platform's id.
        cursor: Behind the last page.
        shop: Rows of a shop's tables, which are no observations.
        asked: Accounts that were asked after.
    """

    now: datetime
    source: Source
    key: bytes
    rows: int = 0
    pages: int = 0
    items: int = 0
    bad: list[Bad] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    opt_outs: dict[str, frozenset[OptOut]] = field(default_factory=dict)
    cursor: dict[str, Any] | None = None
    shop: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list["Answered"] = field(default_factory=list)
    _columns: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    _extra: int = 0  # rows that stand beside an item's own: see _number

    def take(self, portion: Portion) -> None:
        """Take in what belongs together."""
        for page in portion.pages:
            self.add(page)
        if portion.brought is not None:
            rate = posts_per_day(portion.pages)
            self.asked.append(Answered(portion.brought, rate, portion.failure))

    def add(self, page: Page) -> None:
        """Take a page in; items that happened in the future are refused."""
        late = {line.item: bad for line in page.lines if (bad := self._ahead(line))}
        kept = [line for line in page.lines if line.item not in late] if late else page.lines
        self.bad += [*page.bad, *late.values()]
        numbers = self._numbered(kept)
        for line, number in zip(kept, numbers, strict=True):
            if line.table in SHOP_TABLES:
                self.shop.setdefault(line.table, []).append(self._hashed(line))
            else:
                self._columns.setdefault(line.table, []).append((number, self._hashed(line)))
        self.rows += len(kept)
        self.items += page.items
        self.pages += 1
        self.aside = page.aside | self.aside
        self.notes += [note for note in page.notes if note not in self.notes]
        self.gone += page.gone
        self.opt_outs |= page.opt_outs
        self.cursor = page.cursor

    @property
    def holds_any(self) -> bool:
        """Whether there is anything to publish, be it only a cursor."""
        return bool(self.pages or self.asked)

    @property
    def taken(self) -> int:
        """How many items were taken."""
        return self.items - len(self.bad)

    @property
    def posts(self) -> int:
        """How many posts are shown."""
        return len(self._columns.get("posts", ()))

    def unchanged(self, rows: int) -> int:
        """How many items changed nothing, when so many staged rows changed nothing."""
        return max(0, min(rows - self._extra, self.taken))

    def stage(self, folder: Path) -> None:
        """Write the rows as staged files, which are published or thrown away as a whole."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, rows in self._columns.items():
            pq.write_table(
                _table(name, rows, self.source),
                folder / f"{name}-00001.parquet",
                compression="zstd",
                compression_level=1,
            )

    def _ahead(self, line: Line) -> Bad | None:
        for name in _HAPPENED & line.values.keys():
            moment = line.values[name]
            if moment is not None and moment > self.now + _AHEAD:
                reason = "lies more than a day in the future"
                return Bad(f"{line.table}.{name}", moment.isoformat(), reason)
        return None

    def _numbered(self, lines: Iterable[Line]) -> list[int]:
        """The source row of each line: its item.

        Accounts on one source row are taken for one creator's. An item may speak of several
        people, such as who wrote and who is quoted: all but the first get rows of their own.
        """
        numbers = []
        described: Counter[int] = Counter()
        for line in lines:
            number = self.items + line.item + 1
            if line.table == "accounts":
                described[number] += 1
                if described[number] > 1:
                    self._extra += 1
                    number = -self._extra
            numbers.append(number)
        return numbers

    def _hashed(self, line: Line) -> dict[str, Any]:
        anonymous = anonymous_with(self.key)
        for table, name in _PEOPLE:
            if line.table == table and line.values.get(name):
                return line.values | {name: anonymous(line.values[name])}
        return line.values


def _table(name: str, rows: list[tuple[int, dict[str, Any]]], source: Source) -> pa.Table:
    schema = staged(name)
    columns = []
    for field_ in schema:
        if field_.name == "row":
            values: list[Any] = [number for number, _ in rows]
        elif field_.name == "source" and name in _SOURCED:
            values = [said.get("source") or source for _, said in rows]
        else:
            values = [said.get(field_.name) for _, said in rows]
        columns.append(pa.array(values, field_.type))
    return pa.Table.from_arrays(columns, schema=schema)


def posts_per_day(pages: Iterable[Page]) -> float | None:
    """How often an account publishes, from the posts that its pages hold; None without any."""
    moments: list[datetime] = [
        line.values["published_at"]
        for page in pages
        for line in page.lines
        if line.table == "posts" and line.values.get("published_at")
    ]
    if len(moments) < 2:
        return None
    days = (max(moments) - min(moments)) / timedelta(days=1)
    return (len(moments) - 1) / max(days, 1.0)
