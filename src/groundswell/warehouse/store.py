"""Segments: immutable Parquet files of one canonical table and one month.

A segment exists when its description is committed beside the accounts that it speaks of. What this
module leaves on the disk before that is a stray, and a stray harms nobody: no reader is told of it.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.terms.tables import Table

UNDATED = "undated"
MONTH = "month"  # which partition a row belongs to; not stored in the file, its folder says it
PUBLICATION = "publication"  # number of the import that brought a row; the newest wins
MIXED = "mixed"  # whether a row holds values that it took from the one whose place it took

# The column whose month decides where a row lives.
TIME_OF = {
    "account_observations": "observed_at",
    "account_averages": "observed_at",
    "posts": "published_at",
    "post_observations": "observed_at",
    "comments": "published_at",
    "memberships": "at",
    "overlaps": "observed_at",
    "audience_shares": "observed_at",
}

_BEGUN = ".begun"  # files that are still being written
_ROW_GROUP = 32_768


@dataclass(frozen=True, slots=True)
class Segment:
    """What is known of one file.

    Attributes:
        table: Name of the canonical table.
        month: ``2026-03``, or ``undated`` for rows without a time.
        path: Where the file is, relative to the warehouse's root.
        rows: Rows in it.
        bytes: Its size.
        sha256: Its content's hash, which also names it.
        revises: Whether its rows replace earlier rows of the same keys.
    """

    table: str
    month: str
    path: str
    rows: int
    bytes: int
    sha256: str
    revises: bool


def stored_schema(table: Table) -> pa.Schema:
    """The schema of a table's segments: its columns, and where each row comes from."""
    fields = [pa.field(column.name, column.arrow_type) for column in table.columns]
    return pa.schema([*fields, pa.field(PUBLICATION, pa.int64()), pa.field(MIXED, pa.bool_())])


def write(
    root: Path, table: Table, batches: Iterable[pa.RecordBatch], *, revises: bool
) -> list[Segment]:
    """Write rows as segments, one a month, each durable before its description is returned.

    Args:
        root: The warehouse's folder.
        table: Which canonical table the rows belong to.
        batches: Rows of ``stored_schema(table)`` and a text column ``month``, sorted by month and
            then by what readers look for, so that row groups can be skipped.
        revises: Whether the rows replace earlier rows of the same keys.
    """
    begun = root / _BEGUN
    begun.mkdir(parents=True, exist_ok=True)
    schema = stored_schema(table)
    segments: list[Segment] = []
    for month, run in _runs(batches):
        handle, name = tempfile.mkstemp(dir=begun, suffix=".parquet")
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            rows = _fill(file, schema, run)
            file.flush()
            os.fsync(file.fileno())
        segments.append(
            _settle(root, draft, table=table.name, month=month, rows=rows, revises=revises)
        )
    return segments


def _runs(
    batches: Iterable[pa.RecordBatch],
) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    """The batches cut where the month changes: each month once, with an iterator of its rows."""
    pieces = _pieces(batches)
    ahead = next(pieces, None)
    while ahead is not None:
        month = ahead[0]

        def run(first: tuple[str, pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            nonlocal ahead
            piece: tuple[str, pa.RecordBatch] | None = first
            while piece is not None and piece[0] == first[0]:
                yield piece[1]
                piece = next(pieces, None)
            ahead = piece

        yield month, run(ahead)


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.RecordBatch]]:
    for batch in batches:
        months = batch.column(MONTH).dictionary_encode()
        rest = batch.drop_columns([MONTH])
        codes = months.indices.to_numpy(zero_copy_only=False)
        start = 0
        for stop in [*(codes[1:] != codes[:-1]).nonzero()[0] + 1, len(codes)]:
            if stop > start:
                yield months.dictionary[codes[start]].as_py(), rest.slice(start, stop - start)
            start = stop


def _fill(file: object, schema: pa.Schema, run: Iterator[pa.RecordBatch]) -> int:
    """Write one file's rows in row groups of even size; returns how many there were."""
    rows = 0
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in run:
            waiting.append(batch.select(schema.names).cast(schema))
            rows += batch.num_rows
            if sum(piece.num_rows for piece in waiting) >= _ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
    return rows


def _settle(
    root: Path, draft: Path, *, table: str, month: str, rows: int, revises: bool
) -> Segment:
    """Give a finished, synced file its place and make the place durable too."""
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    place = Path(table) / month / f"{digest}.parquet"
    target = root / place
    _make_folder(target.parent)
    size = draft.stat().st_size
    draft.replace(target)
    _sync_folder(target.parent)
    return Segment(table, month, place.as_posix(), rows, size, digest, revises)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # there, a folder can't be opened, and renaming is durable by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(root: Path, *, listed: Collection[str]) -> list[str]:
    """Remove the files that no row lists: what a writer left that was killed before it committed.

    Only for whoever keeps other writers out, or their unfinished files would go too.

    Args:
        root: The warehouse's folder.
        listed: Paths of all committed segments, those that readers may still hold included.

    Returns:
        The paths removed.
    """
    removed = []
    for file in sorted(root.rglob("*.parquet")):
        path = file.relative_to(root).as_posix()
        if path not in listed:
            file.unlink()
            removed.append(path)
    return removed
