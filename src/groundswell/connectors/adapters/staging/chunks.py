"""Staging a file: chunk by chunk, each written whole, so that a killed run goes on where it was.

A folder of a staged file holds ``TABLE-00001.parquet`` and so on, ``rejected.csv`` with every row
that was not taken, and ``progress.json``, which says up to which row all this is complete. What
comes out is the same to the byte, however often the run was killed.
"""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.connectors.adapters import guessing
from groundswell.connectors.adapters.escaping import escaped
from groundswell.connectors.adapters.files.batches import BadRow, Batch
from groundswell.connectors.adapters.files.opening import OpenFile, Reading
from groundswell.connectors.adapters.files.streams import FileChanged
from groundswell.connectors.adapters.guessing import Asked, Plan
from groundswell.connectors.adapters.readers import Settings
from groundswell.connectors.adapters.staging import parts
from groundswell.connectors.adapters.staging import rows as reading

PROGRESS = "progress.json"
REJECTED = "rejected.csv"
REPORT_COLUMNS = ("row", "line", "column", "value", "reason")

Watch = Callable[[int, int | None], None]


@dataclass(slots=True)
class Checkpoint:
    """How far a file is staged.

    Attributes:
        fingerprint: What was asked; another one starts over.
        chunks: Chunks that are complete.
        rows_read: Rows up to the end of the last one; each was accepted or rejected.
        accepted: Rows that were taken.
        rejected: Rows that were not.
        report_bytes: Length of the report up to here.
        guesses: What was guessed, in sentences.
        finished: Whether all of the file is staged.
    """

    fingerprint: str
    chunks: int = 0
    rows_read: int = 0
    accepted: int = 0
    rejected: int = 0
    report_bytes: int = 0
    guesses: list[str] = field(default_factory=list)
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be staged, from where, and where to.

    Attributes:
        path: The file.
        sha256: Its hash when it was ordered.
        folder: Where to stage it; made if it isn't there.
        fingerprint: Of everything that decides the outcome.
    """

    path: Path
    sha256: str
    folder: Path
    fingerprint: str


def stage(order: Order, asked: Asked, settings: Settings, watch: Watch) -> Checkpoint:
    """Stage a file, or what is left of it.

    Raises:
        CannotRead: When it is no table of rows, or changed meanwhile.
        CannotMap: When its columns can't be told.
    """
    checkpoint = _begun(order)
    if checkpoint.finished:
        return checkpoint
    format_ = asked.map.format if asked.map else {}
    file = OpenFile(order.path, Reading(format_.get("encoding"), format_.get("delimiter")))
    plan = guessing.guessed(asked, file.source, next(file.source.batches()), settings)
    checkpoint.guesses = plan.guesses
    _keep_report(order.folder, checkpoint)
    for batch in _ahead(file.source.batches(), checkpoint.rows_read):
        _stage_batch(order.folder, plan, batch, checkpoint)
        share = file.share_read()
        watch(checkpoint.rows_read, round(checkpoint.rows_read / share) if share else None)
    if file.sha256() != order.sha256:
        raise FileChanged
    checkpoint.finished = True
    _save(order.folder, checkpoint)
    return checkpoint


def _begun(order: Order) -> Checkpoint:
    order.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        said = json.loads((order.folder / PROGRESS).read_text())
        checkpoint = Checkpoint(**said)
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        checkpoint = None
    if checkpoint is not None and checkpoint.fingerprint == order.fingerprint:
        return checkpoint
    for file in order.folder.iterdir():
        if file.is_file() and file.suffix in {".parquet", ".csv", ".json", ".part"}:
            file.unlink()
    return Checkpoint(order.fingerprint)


def _ahead(batches: Iterator[Batch], rows_read: int) -> Iterator[Batch]:
    """Batches behind the last complete one; an empty one is none."""
    for batch in batches:
        if batch.last_row > rows_read and (batch.rows or batch.bad):
            yield batch


def _stage_batch(folder: Path, plan: Plan, batch: Batch, checkpoint: Checkpoint) -> None:
    rows = reading.read(plan, batch)
    tables = parts.tables_of(rows)
    rejected = rows.rejected()
    checkpoint.chunks += 1
    for name, table in tables.items():
        write(folder / f"{name}-{checkpoint.chunks:05d}.parquet", _parquet(table))
    checkpoint.report_bytes += _report(folder, rejected)
    checkpoint.rows_read = batch.last_row
    checkpoint.rejected += len(rejected)
    checkpoint.accepted += len(batch.rows) + len(batch.bad) - len(rejected)
    _save(folder, checkpoint)


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=1)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _keep_report(folder: Path, checkpoint: Checkpoint) -> None:
    """Cut the report to what the checkpoint vouches for; begin it when there is none."""
    path = folder / REJECTED
    if checkpoint.report_bytes == 0:
        path.write_bytes(_lines([REPORT_COLUMNS]))
        checkpoint.report_bytes = path.stat().st_size
    else:
        os.truncate(path, checkpoint.report_bytes)


def _report(folder: Path, rejected: list[BadRow]) -> int:
    if not rejected:
        return 0
    lines = [
        (
            str(bad.row),
            "" if bad.line is None else str(bad.line),
            escaped(bad.column),
            escaped(bad.value),
            bad.reason,
        )
        for bad in rejected
    ]
    text = _lines(lines)
    with (folder / REJECTED).open("ab") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return len(text)


def _lines(lines: Sequence[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode(errors="replace")


def _save(folder: Path, checkpoint: Checkpoint) -> None:
    write(folder / PROGRESS, json.dumps(asdict(checkpoint), ensure_ascii=False).encode())


def write(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing, also after a power cut."""
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
