"""Rows of a file as tuples of the columns that a question needs, found by name or by meaning."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from groundswell.connectors.adapters import headers
from groundswell.connectors.adapters.files.batches import BadRow, Batch, CannotRead, Cell
from groundswell.connectors.adapters.files.opening import OpenFile
from groundswell.terms.errors import Refusal

# The vocabulary of imports knows no file of sizes alone.
_SIZES = {
    "account": ("id", "name"),
    "size": ("count", "audience", "members", "followers", "viewers", "audience size"),
}
_REPEATED = re.compile(r" \(\d+\)$")  # as readers number a header that stands there again


class BadTable(Refusal):
    """A file that doesn't hold what a reach needs."""

    code = "bad_table"


class Rows:
    """A file's rows as tuples of some of its columns; None where a cell is empty.

    Args:
        path: Any table of rows.
        columns: What must be there.
        optional: What may be there, by this very name.
        kind: What the file is, for guesses about headers of other names.
        said: Headers of columns, from those who know the file.

    Raises:
        CannotRead: When the file is no table of rows.
        BadTable: When a column is missing, or stands there twice and nobody said which is meant.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        *,
        optional: Sequence[str] = (),
        kind: str,
        said: Mapping[str, str | None] | None = None,
    ) -> None:
        self.path = path
        try:
            self._source = OpenFile(path).source
        except CannotRead as error:
            raise self._unreadable(error) from error
        self._guesses: list[str] = []
        self._by_name: dict[str, int] = {}
        for at, name in enumerate(self._source.names):
            self._by_name.setdefault(name.strip().casefold(), at)
        self._check_repeated([name for name in (*columns, *optional) if not (said or {}).get(name)])
        found = self._places_of(columns, kind, said or {})
        missing = [name for name in columns if name not in found]
        if missing:
            raise BadTable(
                f"{path} has no column {', '.join(missing)}: it needs {', '.join(columns)}, and "
                f"has {', '.join(self._source.names[:20])}"
                + ("; --account and --member say which" if kind == "memberships" else "")
            )
        self._places = [
            *(found[name] for name in columns),
            *(self._by_name.get(name) for name in optional),
        ]
        self.unreadable = 0
        self._first_bad: BadRow | None = None

    def _check_repeated(self, columns: Sequence[str]) -> None:
        for column in columns:
            same = [name for name in self._source.names if _plain(name) == column]
            if len(same) > 1:
                raise BadTable(
                    f"{self.path} has {len(same)} columns called {column}: leave one of them "
                    f"under that name, got {', '.join(self._source.names[:20])}"
                )

    def _places_of(
        self, columns: Sequence[str], kind: str, said: Mapping[str, str | None]
    ) -> dict[str, int]:
        found: dict[str, int] = {}
        for column in columns:
            named = said.get(column)
            at = self._by_name.get((named or column).strip().casefold())
            if named and at is None:
                raise BadTable(
                    f"{self.path} has no column {named!r} to take for {column}: it has "
                    f"{', '.join(self._source.names[:20])}"
                )
            if at is not None:
                found[column] = at
        if len(set(found.values())) < len(found):
            raise BadTable(f"one column of {self.path} can't be two of {', '.join(found)}")
        for column in columns:
            if column not in found and (at := self._meant(column, kind, found)) is not None:
                found[column] = at
                self._guesses.append(
                    f"column {self._source.names[at]!r} of {self.path} is taken for {column}"
                )
        return found

    def _meant(self, column: str, kind: str, found: Mapping[str, int]) -> int | None:
        """Where the header stands that names a column best in other words."""
        ranked = [
            (rank, at)
            for at, header in enumerate(self._source.names)
            if at not in found.values() and (rank := _rank(kind, column, header)) is not None
        ]
        return min(ranked)[1] if ranked else None

    def batches(self) -> Iterator[tuple[Batch, list[list[Cell]]]]:
        """Each batch, and its columns in the order asked for."""
        try:
            for batch in self._source.batches():
                self.unreadable += len(batch.bad)
                self._first_bad = self._first_bad or next(iter(batch.bad), None)
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
                yield number, tuple(text(cell) for cell in cells)

    def notes(self, left_out: int = 0) -> tuple[str, ...]:
        """What had to be guessed, and how many rows are not counted."""
        out = []
        if self._first_bad is not None:
            at = "" if self._first_bad.line is None else f", line {self._first_bad.line:,}"
            out.append(
                f"rows left out of {self.path} as they can't be read: {self.unreadable:,}; the "
                f"first is row {self._first_bad.row:,}{at}: {self._first_bad.reason}"
            )
        if left_out:
            out.append(f"rows left out of {self.path} as a cell in them is empty: {left_out:,}")
        return (*self._source.notes, *self._guesses, *out)


def _plain(header: str) -> str:
    return _REPEATED.sub("", header.strip()).casefold()


def _rank(kind: str, column: str, header: str) -> int | None:
    """How well a header names a column, the lower the better; None when it doesn't."""
    if kind == "sizes":
        words = _SIZES[column]
        plain = headers.plain(header)
        if plain in words:
            return words.index(plain)
        kind = "memberships"
    ranks = [rank for target, rank in headers.meanings(kind, header) if target.column == column]
    return min(ranks, default=None)


def text(cell: Cell) -> str | None:
    """A cell without blanks around it; None when nothing is left."""
    if isinstance(cell, list):
        return ", ".join(cell).strip() or None
    return (cell or "").strip() or None


def people(cell: str | None, column: str, path: Path, row: int) -> int:
    """A whole number of people; ``12.0`` will do."""
    whole = (cell or "").removesuffix(".0")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 12:
        raise BadTable(
            f"row {row:,} of {path}: {column} must be a whole number of people, got {cell!r}"
        )
    return int(whole)
