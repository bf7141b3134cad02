"""Reach of creators from files alone: no server, no workspace, and memory that stays bounded."""

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from groundswell.connectors.adapters.files.batches import Batch, CannotRead, Cell
from groundswell.connectors.adapters.files.opening import OpenFile
from groundswell.engine import reach
from groundswell.planning.named import Wanted
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.progress import Progress, silent

MOST_AUDIENCES = 5_000  # of which pairs are compared: 25 million
_MEMORY = "512MB"
_PAIRS = pa.schema([("account", pa.int32()), ("member", pa.string())])


class BadTable(Refusal):
    """A file that doesn't hold what a reach needs."""

    code = "bad_table"


@dataclass(frozen=True, slots=True)
class Reach:
    """Unique reach of some creators, beside the sum that it must not be taken for.

    Attributes:
        reach: Distinct people.
        sum_of_audiences: People counted once for each creator.
        source: ``memberships`` or ``overlaps``.
        audiences: People of each creator, by the name that the file uses.
        notes: What a reader must know of the files, in sentences.
    """

    reach: Estimate
    sum_of_audiences: int
    source: str
    audiences: dict[str, int]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape of ``groundswell reach --json``."""
        return {
            "reach": self.reach.as_json(),
            "sum_of_audiences": self.sum_of_audiences,
            "source": self.source,
            "audiences": self.audiences,
            "notes": list(self.notes),
        }


class _Rows:
    """A file's rows as tuples of some of its columns; None where a cell is empty."""

    def __init__(self, path: Path, columns: Sequence[str], *, optional: Sequence[str] = ()) -> None:
        self.path = path
        try:
            self._source = OpenFile(path).source
        except CannotRead as error:
            raise self._unreadable(error) from error
        places = {name.strip().casefold(): at for at, name in enumerate(self._source.names)}
        missing = [name for name in columns if name not in places]
        if missing:
            raise BadTable(
                f"{path} has no column {', '.join(missing)}: it needs {', '.join(columns)}, and "
                f"has {', '.join(self._source.names[:20])}"
            )
        self._places = [places.get(name) for name in (*columns, *optional)]
        self.unreadable = 0

    def batches(self) -> Iterator[tuple[Batch, list[list[Cell]]]]:
        try:
            for batch in self._source.batches():
                self.unreadable += len(batch.bad)
                empty: list[Cell] = [None] * len(batch.rows)
                yield batch, [empty if at is None else batch.columns[at] for at in self._places]
        except CannotRead as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: CannotRead) -> CannotRead:
        return CannotRead(f"{self.path} can't be read: {error}")

    def __iter__(self) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        """Number of each row, and its cells."""
        for batch, columns in self.batches():
            for number, *cells in zip(batch.rows, *columns, strict=True):
                yield number, tuple(_text(cell) for cell in cells)

    def notes(self, left_out: int = 0) -> tuple[str, ...]:
        rows = left_out + self.unreadable
        out = (f"rows left out of {self.path}, unreadable or without a name: {rows:,}",)
        return (*self._source.notes, *(out if rows else ()))


def _text(cell: Cell) -> str | None:
    if isinstance(cell, list):
        return ", ".join(cell).strip() or None
    return (cell or "").strip() or None


def of_members(
    path: Path, creators: Sequence[str] | None = None, *, progress: Progress = silent
) -> Reach:
    """Distinct members of some creators' audiences: counted, not estimated.

    Args:
        path: Columns ``account`` and ``member``, one row for each membership; ``platform`` may
            stand beside. A row that comes twice counts once.
        creators: Whose audiences; None takes all accounts of the file.
        progress: Told of the rows read.

    Raises:
        CannotRead: When the file is no table of rows.
        BadTable: When a column is missing.
        UnknownNames: When a creator isn't in the file.
    """
    rows = _Rows(path, ["account", "member"], optional=["platform"])
    wanted = Wanted(creators)
    left_out = 0

    def pairs() -> Iterator[pa.RecordBatch]:
        nonlocal left_out
        read = 0
        for batch, columns in rows.batches():
            found = _memberships(columns, wanted)
            left_out += len(batch.rows) - found[1]
            read += len(batch.rows)
            progress("reading memberships", read, None)
            yield found[0]

    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(
            config={"memory_limit": _MEMORY, "threads": 2, "temp_directory": spill}
        ) as counting,
    ):
        counting.register("rows", pa.RecordBatchReader.from_batches(_PAIRS, pairs()))
        counting.execute("CREATE TABLE pair AS SELECT DISTINCT account, member FROM rows")
        chosen = wanted.found(str(path))
        counting.register("chosen", pa.table({"account": pa.array(chosen, pa.int32())}))
        members = counting.sql(
            "SELECT account, count(member) FROM chosen LEFT JOIN pair USING (account) GROUP BY ALL"
        ).fetchall()
        (distinct,) = counting.sql(
            "SELECT count(DISTINCT member) FROM pair SEMI JOIN chosen USING (account)"
        ).fetchall()[0]
    audiences = dict(members)
    return Reach(
        Estimate.exact(distinct, method="exact count of distinct members", n=distinct),
        sum(audiences.values()),
        "memberships",
        {wanted.accounts[code]: audiences[code] for code in chosen},
        rows.notes(left_out),
    )


def _memberships(columns: list[list[Cell]], wanted: Wanted) -> tuple[pa.RecordBatch, int]:
    """Members of the wanted accounts, and how many rows named both an account and a member.

    A row with an account alone makes the account known, with nobody in its audience.
    """
    codes, members = [], []
    complete = 0
    for account, member, platform in zip(*columns, strict=True):
        name = _text(account)
        if name is None:
            continue
        if platform and ":" not in name:
            name = f"{_text(platform)}:{name}"
        code = wanted.code(name)
        who = _text(member)
        if who is None:
            continue
        complete += 1
        if code >= 0:
            codes.append(code)
            members.append(who)
    return pa.record_batch(
        [pa.array(codes, pa.int32()), pa.array(members)], schema=_PAIRS
    ), complete


def of_overlaps(
    overlaps: Path,
    audiences: Path,
    creators: Sequence[str] | None = None,
    *,
    threshold: float | None = None,
) -> Reach:
    """Distinct people of some creators' audiences, from sizes and measured pairs.

    Args:
        overlaps: Columns ``account_a``, ``account_b``, ``shared``; ``threshold`` may stand beside:
            pairs that share fewer are not listed.
        audiences: Columns ``account`` and ``size``.
        creators: Whose audiences; None takes all accounts of ``audiences``.
        threshold: In place of the column's.

    Raises:
        CannotRead: When a file is no table of rows.
        BadTable: When a column is missing, or a number is no count of people.
        UnknownNames: When a creator has no audience in the file.
        ImpossibleOverlap: When two audiences share more people than one of them has.
    """
    if threshold is not None and not (math.isfinite(threshold) and threshold >= 0):
        raise BadTable(f"a threshold is a number of people, 0 or more, got {threshold}")
    sized, sizes, wanted = _sizes(audiences, creators)
    chosen = wanted.found(str(audiences))
    if len(chosen) > MOST_AUDIENCES:
        raise BadTable(
            f"{len(chosen):,} creators are too many to compare pair by pair: name at most "
            f"{MOST_AUDIENCES:,} with --creators"
        )
    listed = _Rows(overlaps, ["account_a", "account_b", "shared"], optional=["threshold"])
    found = _pairs(listed, sizes)
    known = reach.Overlaps(
        np.array(list(sizes.values()), np.float64),
        np.array([a for a, _ in found.shared], np.int64),
        np.array([b for _, b in found.shared], np.int64),
        np.array(list(found.shared.values()), np.float64),
        found.threshold if threshold is None else threshold,
    )
    every = list(sizes)
    place = {name: index for index, name in enumerate(every)}
    at = np.array([place[wanted.accounts[code]] for code in chosen], np.int64)
    return Reach(
        reach.overlaps.union(at, known),
        int(known.size[at].sum()),
        "overlaps",
        {every[index]: sizes[every[index]] for index in at},
        (*sized.notes(), *listed.notes(), *found.notes(overlaps, audiences)),
    )


@dataclass(slots=True)
class _Pairs:
    """Overlaps of a file, by the places of the two audiences."""

    shared: dict[tuple[int, int], int]
    contradictory: set[tuple[int, int]]
    threshold: float | None = None

    def notes(self, overlaps: Path, audiences: Path) -> list[str]:
        notes = []
        if not (self.shared or self.contradictory):
            notes.append(
                f"no pair of {overlaps} names two accounts of {audiences}: are they written alike?"
            )
        if self.contradictory:
            notes.append(
                f"pairs listed with different numbers in {overlaps}, taken as unknown: "
                f"{len(self.contradictory):,}"
            )
        return notes


def _sizes(path: Path, creators: Sequence[str] | None) -> tuple[_Rows, dict[str, int], Wanted]:
    rows = _Rows(path, ["account", "size"])
    wanted = Wanted(creators)
    sizes: dict[str, int] = {}
    for number, (account, size) in rows:
        if account is None:
            continue
        people = _people(size, "size", path, number)
        if sizes.setdefault(account, people) != people:
            raise BadTable(
                f"row {number:,} of {path}: {account!r} has {people:,} people here and "
                f"{sizes[account]:,} above: leave one row for each account"
            )
        wanted.code(account)
    return rows, sizes, wanted


def _pairs(rows: _Rows, sizes: dict[str, int]) -> _Pairs:
    place = {name: at for at, name in enumerate(sizes)}
    for name, at in list(place.items()):
        place.setdefault(name.casefold(), at)
    every = list(sizes)
    found = _Pairs({}, set())
    for number, (first, second, shared, below) in rows:
        if below is not None:
            stated = _people(below, "threshold", rows.path, number)
            found.threshold = max(found.threshold or 0.0, stated)
        a, b = (
            place.get(name or "", place.get((name or "").casefold())) for name in (first, second)
        )
        people = _people(shared, "shared", rows.path, number)
        if a is None or b is None or a == b:
            continue
        if people > (smaller := min(sizes[every[a]], sizes[every[b]])):
            raise BadTable(
                f"row {number:,} of {rows.path}: {first} and {second} can't share {people:,} "
                f"people, as one of them has {smaller:,}: mend the row or the size"
            )
        pair = (min(a, b), max(a, b))
        if found.shared.setdefault(pair, people) != people:
            found.contradictory.add(pair)
    for pair in found.contradictory:
        del found.shared[pair]
    return found


def _people(cell: str | None, column: str, path: Path, row: int) -> int:
    """A whole number of people; ``12.0`` will do."""
    whole = (cell or "").removesuffix(".0")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 12:
        raise BadTable(
            f"row {row:,} of {path}: {column} must be a whole number of people, got {cell!r}"
        )
    return int(whole)
