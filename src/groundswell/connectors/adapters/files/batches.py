"""What every reader of files hands on: batches of rows with their numbers, and bad rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from groundswell.terms.errors import Refusal

MAX_RECORD = 1 << 20  # bytes of one record
MAX_CELL = 1 << 18  # characters of one cell
MAX_COLUMNS = 2_000
BATCH_ROWS = 20_000
BATCH_BYTES = 8 << 20

Cell = str | list[str] | None


class CannotRead(Refusal):
    """A file that can't be read as a table of rows."""

    code = "cannot_read_file"


class TooManyColumns(CannotRead):
    """A table so wide that it is no table of creators' data."""

    code = "too_many_columns"

    def __init__(self, columns: int) -> None:
        super().__init__(
            f"the file has {columns:,} columns; at most {MAX_COLUMNS:,} can be imported: "
            "take out the columns that you don't need"
        )


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be taken, and why.

    Attributes:
        row: Number of the row, from 1; the header is not a row.
        line: Line of the file where it starts, from 1; None where the file has no lines.
        column: The source's name of the column; empty when the whole row is bad.
        value: The cell as it was read.
        reason: What is wrong with it.
    """

    row: int
    line: int | None
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Batch:
    """Rows by columns, in the order of the file.

    Attributes:
        rows: Number of each row.
        lines: Line where each row starts; None where the file has no lines.
        columns: Cells of each of the source's columns, as long as ``rows``.
        bad: Rows between these that could not be read at all.
        last_row: Number of the last row of the batch, good or bad.
    """

    rows: list[int]
    lines: list[int] | None
    columns: list[list[Cell]]
    bad: list[BadRow] = field(default_factory=list)
    last_row: int = 0


class Source(Protocol):
    """A file of rows, opened.

    Attributes:
        names: Names of the columns; JSON lines may add some from batch to batch.
        notes: What had to be guessed to read it, in sentences.
    """

    names: list[str]
    notes: list[str]

    def batches(self) -> Iterator[Batch]:
        """All rows, from the first. May be called again to start over."""


def unique_names(names: list[str]) -> list[str]:
    """Headers with empty ones named by position and repeated ones numbered."""
    seen: dict[str, int] = {}
    found = []
    for position, raw in enumerate(names, 1):
        name = raw.strip() or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
