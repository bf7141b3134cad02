"""Searches while another process writes 10,000 accounts into the same index, in batches.

Run by `bench_search.py`; by itself it is the process that writes.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pyarrow as pa
from creators_at_random import Creators

from groundswell.retrieval import documents, indexing, storage

WRITTEN, AT_ONCE = 10_000, 1_000


@dataclass(frozen=True)
class Spent:
    """Milliseconds of each search, by the CPU of this process and by the clock on the wall."""

    cpu: list[float]
    wall: list[float]
    seconds: float


def while_idle(search: Callable[[Any], Any], asked: list[Any]) -> Spent:
    """The searches with nobody writing."""
    return _searching(search, asked, lambda done: done < len(asked))


def while_written(
    search: Callable[[Any], Any],
    asked: list[Any],
    folder: Path,
    creators: Creators,
    cores: set[int],
) -> Spent:
    """The searches for as long as another process, on any of the cores, is writing."""
    batches = folder.with_name("changed.arrow")
    rows = (
        creators.row(place) | {"bio": "written meanwhile"}
        for place in range(min(WRITTEN, creators.size))
    )
    with pa.OSFile(str(batches), "wb") as file, pa.ipc.new_file(file, documents.DOCUMENTS) as sink:
        for row in _by(rows, AT_ONCE):
            sink.write_batch(pa.RecordBatch.from_pylist(row, schema=documents.DOCUMENTS))
    command = [sys.executable, __file__, str(folder), str(batches), ",".join(map(str, cores))]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()  # it is ready
        writer.stdin.write("go\n")
        writer.stdin.flush()
        spent = _searching(search, asked, lambda _: writer.poll() is None)
    if writer.returncode:
        raise RuntimeError(f"the writer ended with {writer.returncode}")
    return spent


def _searching(
    search: Callable[[Any], Any], asked: list[Any], goes_on: Callable[[int], bool]
) -> Spent:
    cpu, wall = [], []
    began = time.perf_counter()
    for done, query in enumerate(cycle(asked)):
        if not goes_on(done):
            break
        at, on = time.perf_counter(), time.process_time()
        search(query)
        cpu.append((time.process_time() - on) * 1e3)
        wall.append((time.perf_counter() - at) * 1e3)
    return Spent(cpu, wall, time.perf_counter() - began)


def _by(rows: Any, size: int) -> Any:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []


def _write(folder: Path, batches: Path, cores: set[int]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    with pa.OSFile(str(batches), "rb") as file:
        source = pa.ipc.open_file(file)
        several = [source.get_batch(at) for at in range(source.num_record_batches)]
    print("ready", flush=True)
    sys.stdin.readline()
    for batch in several:
        marks = storage.current(folder).marks
        with indexing.writing(folder) as writer:
            writer.update([batch], gone=(), marks=marks)


if __name__ == "__main__":
    _write(Path(sys.argv[1]), Path(sys.argv[2]), set(map(int, sys.argv[3].split(","))))
