"""A look at a file before it is imported: its first rows as they would be read, and why so."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from groundswell.connectors.adapters import guessing, headers, maps
from groundswell.connectors.adapters.files.batches import Batch, Cell, Source
from groundswell.connectors.adapters.files.delimited import Delimited
from groundswell.connectors.adapters.files.jsonlines import JsonLines
from groundswell.connectors.adapters.files.opening import OpenFile, Reading
from groundswell.connectors.adapters.guessing import Asked, Bound, CannotMap, NoPlatform, Plan
from groundswell.connectors.adapters.readers import Settings
from groundswell.connectors.adapters.staging import parts, rows
from groundswell.connectors.adapters.targets import FEEDS, Target
from groundswell.terms.tables import TABLES

FIRST_BYTES = 4 << 20
_JUDGED_ROWS = 1_000
_SHOWN_ROWS, _SHOWN_BAD, _SHOWN_COLUMNS, _SHOWN_CELL = 8, 5, 120, 120
_SECRET = frozenset({("memberships", "member"), ("comments", "author")})
# Where a spread target keeps what it says.
_OWN_TABLE = {
    "account_on": "accounts",
    "followers_on": "account_observations",
    "contact": "contacts",
    "price": "rate_cards",
    "audience": "audience_shares",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, and what was made of it.

    Attributes:
        header: Its name.
        target: What it feeds; empty when it is left out.
        why: What that was judged by, or why it is left out.
        fit: How many of the cells that were looked at can be read so.
        seen: How many cells were looked at.
    """

    header: str
    target: str
    why: str
    fit: int
    seen: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would make of a file.

    Attributes:
        kind: What it holds.
        understood: For each kind that the file could be, how many columns say something there;
            only when the kind was guessed.
        file_format: ``delimited``, ``jsonlines`` or ``parquet``.
        encoding: What the text is in; None when it is no text.
        delimiter: What stands between two cells; None when nothing does.
        map: The ready map that was used; empty for none.
        platform: Where accounts are when their row doesn't say.
        guesses: What was guessed, in sentences.
        columns: The first columns, in the order of the file.
        more_columns: How many come after these.
        rows: The first rows: for each its number and its cells, each as written and as read.
        judged: How many rows were looked at.
        bad: How many of those would be rejected.
        reasons: Some of them: line, column, value and reason.
        problems: What must be answered before it can be imported.
    """

    kind: str
    understood: dict[str, int]
    file_format: str
    encoding: str | None
    delimiter: str | None
    map: str
    platform: str | None
    guesses: list[str]
    columns: list[Column]
    more_columns: int
    rows: list[dict[str, Any]]
    judged: int
    bad: int
    reasons: list[dict[str, Any]]
    problems: list[str]

    def as_json(self) -> dict[str, Any]:
        """In the shape that goes over a pipe."""
        return asdict(self)


class _Head:
    """The first rows of a source, as a source of its own."""

    def __init__(self, source: Source, batch: Batch) -> None:
        self.names, self.notes = source.names, source.notes
        self._batch = batch

    def batches(self) -> Iterator[Batch]:
        yield self._batch


def preview(path: Path, asked: Asked, settings: Settings) -> Preview:
    """What an import would make of a file; a kind of "" is guessed.

    Raises:
        CannotRead: When the file is no table of rows.
        BadMap: When a default of the map can't be read.
    """
    format_ = asked.map.format if asked.map else {}
    reading = Reading(format_.get("encoding"), format_.get("delimiter"))
    file = OpenFile(path, reading, first_bytes=FIRST_BYTES)
    batch = _first(next(file.source.batches()), is_cut=file.is_cut)
    head = _Head(file.source, batch)
    understood: dict[str, int] = {}
    if not asked.kind:
        asked, understood = _with_kind(asked, head, batch, settings)
    problems: list[CannotMap] = []
    plan = guessing.guessed(replace(asked, problems=problems), head, batch, settings)
    found = rows.Rows(plan, batch) if problems else _read_rows(plan, batch)
    rejected = found.rejected()
    delimited = file.source if isinstance(file.source, Delimited) else None
    return Preview(
        kind=asked.kind,
        understood=understood,
        file_format=_format_of(file.source),
        encoding=file.encoding,
        delimiter=delimited.delimiter if delimited else None,
        map=plan.map.name,
        platform=plan.platform,
        guesses=plan.guesses,
        columns=_columns(plan, head.names, batch, asked)[:_SHOWN_COLUMNS],
        more_columns=max(0, len(head.names) - _SHOWN_COLUMNS),
        rows=_rows(plan, batch),
        judged=batch.last_row,
        bad=len(rejected),
        reasons=[
            {"line": bad.line or bad.row, "column": bad.column, "value": bad.value[:_SHOWN_CELL],
             "reason": bad.reason}
            for bad in rejected[:_SHOWN_BAD]
        ],
        problems=[str(problem) for problem in problems],
    )  # fmt: skip


def _format_of(source: Source) -> str:
    if isinstance(source, Delimited):
        return "delimited"
    return "jsonlines" if isinstance(source, JsonLines) else "parquet"


def _first(batch: Batch, *, is_cut: bool) -> Batch:
    """The rows that are looked at; of a file that is cut off, not its broken end."""
    end = batch.last_row - 1 if is_cut else batch.last_row
    last = min(end, _JUDGED_ROWS)
    count = sum(row <= last for row in batch.rows)
    return Batch(
        batch.rows[:count],
        None if batch.lines is None else batch.lines[:count],
        [column[:count] for column in batch.columns],
        [bad for bad in batch.bad if bad.row <= last],
        last,
    )


def _with_kind(
    asked: Asked, source: Source, batch: Batch, settings: Settings
) -> tuple[Asked, dict[str, int]]:
    """The kind of which most columns say something, and how many that are of each kind."""
    ranks: dict[str, tuple[bool, bool, int, bool, int]] = {}
    for kind in TABLES:
        problems: list[CannotMap] = []
        try_ = replace(asked, kind=kind, problems=problems)
        plan = guessing.guessed(try_, source, batch, replace(settings))
        if any(not isinstance(problem, NoPlatform) for problem in problems):
            continue
        own = sum(_table_of(bound.target) == FEEDS[kind].split()[0] for bound in plan.bound)
        ranks[kind] = (
            bool(problems) or len(_read_rows(plan, batch).bad) <= len(batch.rows) / 2,
            bool(plan.map.name),
            len(plan.bound),
            # Among equals, a list of accounts is one before it is anything else about accounts.
            own > 0 and kind == "accounts",
            own,
        )
    best = max(ranks, key=ranks.__getitem__, default="accounts")
    return replace(asked, kind=best), {kind: rank[2] for kind, rank in ranks.items()}


def _read_rows(plan: Plan, batch: Batch) -> rows.Rows:
    found = rows.read(plan, batch)
    parts.tables_of(found)
    return found


def _table_of(target: Target) -> str:
    return _OWN_TABLE.get(target.table, target.table)


def _columns(plan: Plan, names: list[str], batch: Batch, asked: Asked) -> list[Column]:
    bound = {column.position: column for column in plan.bound}
    said = asked.map.columns if asked.map else {}
    found = []
    for position, header in enumerate(names):
        cells = batch.columns[position] if position < len(batch.columns) else []
        seen = sum(cell not in (None, "", []) for cell in cells)
        column = bound.get(position)
        if column is None:
            why = plan.left_out.get(position, "")
            found.append(Column(header, "", why or "nothing known goes by this name", 0, seen))
            continue
        _, bad = column.reader.column(cells)
        why = _why(plan, column, said)
        found.append(Column(header, str(column.target), why, max(0, seen - len(bad)), seen))
    return found


def _why(plan: Plan, column: Bound, said: Any) -> str:
    header, target = column.header, column.target
    ready = maps.ready()[plan.map.name].columns if plan.map.name else {}
    meant = {headers.plain(name): canonical for name, canonical in ready.items()}
    known = meant.get(headers.plain(header))
    if known is not None and said.get(header, known) == known:
        return "the ready map says so"
    if header in said:
        return "you said so"
    if header.strip().lower() in {str(target), target.column}:
        return "it is called so"
    if target in dict(headers.meanings(plan.kind, header)):
        return "it is named like it"
    return "its cells look like it"


def _rows(plan: Plan, batch: Batch) -> list[dict[str, Any]]:
    bound = {column.position: column for column in plan.bound}
    shown = [cells[:_SHOWN_ROWS] for cells in batch.columns[:_SHOWN_COLUMNS]]
    read = [_read(bound.get(position), cells) for position, cells in enumerate(shown)]
    return [
        {
            "line": batch.lines[at] if batch.lines else row,
            "cells": [
                [_written(cells[at]), *values[at]]
                for cells, values in zip(shown, read, strict=True)
            ],
        }
        for at, row in enumerate(islice(batch.rows, _SHOWN_ROWS))
    ]


def _read(column: Bound | None, cells: list[Cell]) -> list[tuple[str | None, str]]:
    """Each cell's value as text, and why it has none."""
    if column is None:
        return [(None, "")] * len(cells)
    values, bad = column.reader.column(cells)
    reasons = dict(bad)
    secret = (column.target.table, column.target.column) in _SECRET
    return [
        ("hashed" if secret and value is not None else _said(value), reasons.get(at, ""))
        for at, value in enumerate(values)
    ]


def _said(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC" if value.time().isoformat() != "00:00:00" else (
            f"{value:%Y-%m-%d}"
        )  # fmt: skip
    if isinstance(value, date):
        return value.isoformat()
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _short(text)


def _written(cell: Cell) -> str:
    return _short(", ".join(cell) if isinstance(cell, list) else cell or "")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CELL else f"{text[: _SHOWN_CELL - 1]}…"
