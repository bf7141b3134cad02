"""Ordering: rows that know their rank are put in order on disk, in one pass and little memory."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

RANK = "rank"

_LIGHTLY = pa.ipc.IpcWriteOptions(compression="lz4")
_BATCH = 10_000


def by_rank(
    batches: Iterable[pa.RecordBatch], *, at_once: int, folder: Path
) -> Iterator[pa.RecordBatch]:
    """The rows in the order of their ranks.

    Each row goes into the file of its turn, ``rank // at_once``; then one turn after the other is
    read back and sorted.

    Args:
        batches: Rows in any order with an integer column ``rank``, from 0 without gaps.
        at_once: How many rows memory may hold.
        folder: Where the files of the turns may lie meanwhile.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        files = _scatter(batches, at_once=at_once, folder=Path(scratch))
        for _, file in sorted(files.items()):
            with pa.ipc.open_stream(pa.OSFile(str(file))) as reader:
                turn = reader.read_all()
            yield from turn.sort_by(RANK).to_batches(max_chunksize=_BATCH)
            file.unlink()
            pa.default_memory_pool().release_unused()


def _scatter(batches: Iterable[pa.RecordBatch], *, at_once: int, folder: Path) -> dict[int, Path]:
    """Write each row into the file of its turn."""
    files: dict[int, Path] = {}
    with ExitStack() as closing:
        writers: dict[int, pa.RecordBatchStreamWriter] = {}
        for batch in batches:
            turns = batch.column(RANK).to_numpy() // at_once
            order = np.argsort(turns, kind="stable")
            gathered, turns = batch.take(pa.array(order)), turns[order]
            starts = np.flatnonzero(np.diff(turns, prepend=-1))
            for start, stop in zip(starts, [*starts[1:], len(turns)], strict=True):
                turn = int(turns[start])
                if turn not in writers:
                    files[turn] = folder / f"{turn}.arrow"
                    writer = pa.ipc.new_stream(str(files[turn]), batch.schema, options=_LIGHTLY)
                    writers[turn] = closing.enter_context(writer)
                writers[turn].write_batch(gathered.slice(start, stop - start))
    return files
