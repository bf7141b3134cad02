"""Rows of a batch, read: their values by what they mean, and what is wrong with some of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from groundswell.connectors.adapters import references
from groundswell.connectors.adapters.files.batches import BadRow, Batch, Cell
from groundswell.connectors.adapters.guessing import Bound, Plan
from groundswell.connectors.adapters.references import Names, Reference
from groundswell.connectors.adapters.targets import Target
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import Meaning

_SHOWN = 200
_KNOWN = 10_000

ACCOUNT = Target("", "account")
PLATFORM = Target("", "platform")
NAMING = (
    ACCOUNT,
    Target("accounts", "platform_id"),
    Target("accounts", "handle"),
    Target("accounts", "url"),
    Target("accounts", "display_name"),
)


@dataclass(slots=True)
class Rows:
    """Some rows of a file, read.

    Attributes:
        plan: How they were read.
        batch: What they were read from.
        values: Their values by target, as long as the batch.
        bad: Column, value and reason of each bad row, by its position in the batch.
    """

    plan: Plan
    batch: Batch
    values: dict[Target, list[Any]] = field(default_factory=dict)
    bad: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    _accounts: dict[tuple[Any, ...], Reference | str | None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.batch.rows)

    def of(self, target: Target) -> list[Any]:
        """Values of a target, by default the same for all rows."""
        found = self.values.get(target)
        if found is None:
            return [self.plan.defaults.get(target)] * self.count
        default = self.plan.defaults.get(target)
        return found if default is None else [default if v is None else v for v in found]

    def has(self, target: Target) -> bool:
        """Whether a column or a default says it."""
        return target in self.values or target in self.plan.defaults

    def refuse(self, position: int, column: str, value: object, reason: str) -> None:
        """Mark a row as bad, unless something else is wrong with it already."""
        if position not in self.bad:
            shown = "" if value is None else str(value)
            self.bad[position] = (column, shown[:_SHOWN], reason)

    def need(self, target: Target, what: str) -> None:
        """Mark the rows that don't have a value that they must have."""
        for position, value in enumerate(self.of(target)):
            if value is None:
                self.refuse(position, self.header_of(target), None, f"has no {what}")

    def header_of(self, *targets: Target) -> str:
        """Name of the column that feeds the first of some targets that has one."""
        for target in targets:
            for bound in self.plan.bound:
                if bound.target == target:
                    return bound.header
        return ""

    def good(self) -> list[int]:
        """Positions of the rows that can be taken."""
        return [i for i in range(self.count) if i not in self.bad] if self.bad else _all(self.count)

    def rejected(self) -> list[BadRow]:
        """The bad rows of the batch, in the order of the file."""
        lines = self.batch.lines
        found = list(self.batch.bad)
        for position, (column, value, reason) in self.bad.items():
            line = None if lines is None else lines[position]
            found.append(BadRow(self.batch.rows[position], line, column, value, reason))
        return sorted(found, key=lambda bad: bad.row)

    def accounts(self) -> list[Reference | None]:
        """The account that each row names; rows whose account can't be told are marked as bad."""
        columns = [self.of(target) for target in (PLATFORM, *NAMING)]
        found: list[Reference | None] = []
        for position, names in enumerate(zip(*columns, strict=True)):
            reference = self._settled(names)
            if isinstance(reference, str):
                shown = next(filter(None, names[1:]), None)
                self.refuse(position, self.header_of(*NAMING), shown, reference)
                reference = None
            found.append(reference)
        return found

    def named(self, target: Target, platform: Platform | None = None) -> list[Reference | None]:
        """The account that one column names, on a platform or on the row's."""
        platforms = [platform] * self.count if platform else self.of(PLATFORM)
        found: list[Reference | None] = []
        for position, (on, text) in enumerate(zip(platforms, self.of(target), strict=True)):
            reference = self._settled((on, text, None, None, None, None))
            if isinstance(reference, str):
                self.refuse(position, self.header_of(target), text, reference)
                reference = None
            found.append(reference)
        return found

    def _settled(self, names: tuple[Any, ...]) -> Reference | str | None:
        memo = self._accounts
        if names not in memo:
            if len(memo) >= _KNOWN:
                memo.clear()
            try:
                memo[names] = references.settled(Names(*names), self.plan.platform)
            except Unreadable as error:
                memo[names] = str(error)
        return memo[names]


def _all(count: int) -> list[int]:
    return list(range(count))


def read(plan: Plan, batch: Batch) -> Rows:
    """Read the cells of a batch."""
    rows = Rows(plan, batch)
    for bound in plan.bound:
        if bound.position >= len(batch.columns):
            continue
        cells = batch.columns[bound.position]
        values, bad = bound.reader.column(cells)
        for position, reason in bad:
            rows.refuse(position, bound.header, _shown(cells[position]), reason)
        rows.values[bound.target] = _merged(rows.values.get(bound.target), values, bound)
    _join_names(rows)
    return rows


def _shown(cell: Cell) -> str:
    return ", ".join(cell) if isinstance(cell, list) else cell or ""


def _merged(before: list[Any] | None, values: list[Any], bound: Bound) -> list[Any]:
    """Values of two columns with one meaning: lists are joined, else the first that is there."""
    if before is None:
        return values
    if bound.target.meaning is Meaning.LIST:
        return [_joined(one, other) for one, other in zip(before, values, strict=True)]
    return [one if one is not None else other for one, other in zip(before, values, strict=True)]


def _joined(one: Iterable[str] | None, other: Iterable[str] | None) -> list[str] | None:
    return list(dict.fromkeys([*(one or ()), *(other or ())])) or None


def _join_names(rows: Rows) -> None:
    first, last = (rows.values.get(Target("", name)) for name in ("first_name", "last_name"))
    shown = Target("accounts", "display_name")
    if (first or last) and shown not in rows.values:
        blank = [None] * rows.count
        pairs = zip(first or blank, last or blank, strict=True)
        rows.values[shown] = [" ".join(filter(None, pair)) or None for pair in pairs]
