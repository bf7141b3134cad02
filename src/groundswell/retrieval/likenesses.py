"""Where the vectors of accounts lie: rows of bytes, bits and columns beside the index.

Rows are only ever added. A document names its row, the *slot*, and a changed account gets a new
one, so the index's own commit decides which rows count: a row that no document names, of an
account that changed or is gone or of a change that was interrupted, is never found. Rows are
durable before the commit that names them.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tantivy

from groundswell.retrieval import columns, vectors
from groundswell.retrieval.columns import BLOCK, BLOCK_BYTES, WIDTH, Columns
from groundswell.retrieval.nearest import DIMENSIONS, Codes, Signs
from groundswell.retrieval.vectors import Describer, Said, Vocabulary

SLOT = "slot"
STRONGEST = "strongest"
SAMPLE = 20_000  # accounts whose words say how rare each word is; they come largest first
_CODES = "likeness.codes"
_SIGNS = "likeness.signs"
_COLUMNS = "likeness.columns"
_VOCABULARY = "likeness.vocabulary"
_USUAL = "likeness.usual"
_MEASURED = 4_000  # accounts of which the usual vector is taken
_WIDTHS = {_CODES: DIMENSIONS, _SIGNS: DIMENSIONS // 8}  # bytes of a row


@dataclass(frozen=True, slots=True)
class Kept:
    """Every row that there is."""

    codes: Codes
    signs: Signs
    columns: Columns  # in blocks, see ``columns``


@dataclass(frozen=True, slots=True)
class Mark:
    """What a document keeps of its account's likeness.

    Attributes:
        slot: The row of its vector; None when nothing is known that could be compared.
        strongest: The words that tell most about it.
    """

    slot: int | None
    strongest: Sequence[str]

    def onto(self, made: tantivy.Document) -> tantivy.Document:
        """The document with the mark."""
        if self.slot is not None:
            made.add_integer(SLOT, self.slot)
            made.add_bytes(STRONGEST, " ".join(self.strongest).encode())
        return made


class Keeper:
    """Adds rows to those of a generation."""

    def __init__(self, generation: Path) -> None:
        self.generation = generation
        self.describer = _describer(generation)
        self.usual = np.fromfile(generation / _USUAL, dtype=np.float32)
        self.rows = rows(generation)
        self.files = {name: (generation / name).open("r+b") for name in (*_WIDTHS, _COLUMNS)}
        for name, width in _WIDTHS.items():
            self.files[name].truncate(self.rows * width)  # what an interruption cut short
            self.files[name].seek(0, os.SEEK_END)

    def add(self, accounts: Sequence[Mapping[str, Any]], said: Sequence[Said]) -> list[Mark]:
        """Keep the vectors of some documents; see ``Describer.describe``."""
        found, strongest = self.describer.describe(accounts, said)
        is_known = np.any(found, axis=1)
        codes = vectors.codes(found[is_known])
        self.files[_CODES].write(codes.tobytes())
        self.files[_SIGNS].write(vectors.signs(found[is_known], self.usual).tobytes())
        known = [row for row, is_told in zip(accounts, is_known, strict=True) if is_told]
        columns.write(self.files[_COLUMNS], self.rows, columns.of(known))
        slots = self.rows + np.cumsum(is_known) - 1
        self.rows += len(codes)
        return [
            Mark(slot if known else None, words)
            for slot, known, words in zip(slots.tolist(), is_known.tolist(), strongest, strict=True)
        ]

    def save(self) -> None:
        """Make the rows durable."""
        for file in self.files.values():
            file.flush()
            os.fsync(file.fileno())


@lru_cache(1)
def _describer(generation: Path) -> Describer:
    """Kept for the next change: reading the words takes longer than describing some accounts."""
    return Describer(Vocabulary.read((generation / _VOCABULARY).read_text("utf-8")))


@contextmanager
def keeping(generation: Path) -> Iterator[Keeper]:
    """Add rows to a generation; ``save`` them before the commit that names them."""
    keeper = Keeper(generation)
    try:
        yield keeper
    finally:
        for file in keeper.files.values():
            file.close()


def begin(generation: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Learn the words of a new generation from the first documents, and give all of them back."""
    coming = iter(batches)
    first: list[pa.RecordBatch] = []
    while sum(batch.num_rows for batch in first) < SAMPLE:
        batch = next(coming, None)
        if batch is None:
            break
        first.append(batch)
    sample = [row for batch in first for row in batch.select(vectors.COLUMNS).to_pylist()]
    vocabulary = Vocabulary.of(sample)
    (generation / _VOCABULARY).write_text(vocabulary.written(), "utf-8")
    vocabulary.usual(sample[:: 1 + len(sample) // _MEASURED]).tofile(generation / _USUAL)
    for name in (*_WIDTHS, _COLUMNS):
        (generation / name).touch()
    return chain(first, coming)


def rows(generation: Path) -> int:
    """How many rows there are, those that no document names any longer among them."""
    whole = [(generation / name).stat().st_size // width for name, width in _WIDTHS.items()]
    return min(*whole, BLOCK * _blocks(generation))


def kept(generation: Path) -> Kept:
    """The rows as they are now: every one that a document names, and perhaps some more."""
    size = rows(generation)
    return Kept(
        _mapped(generation / _CODES, np.int8, (size, DIMENSIONS)),
        _mapped(generation / _SIGNS, np.uint64, (size, DIMENSIONS // 64)),
        _mapped(generation / _COLUMNS, np.uint16, (_blocks(generation), WIDTH, BLOCK)),
    )


def _blocks(generation: Path) -> int:
    return (generation / _COLUMNS).stat().st_size // BLOCK_BYTES


def _mapped(path: Path, kind: type[Any], shape: tuple[int, ...]) -> Any:
    if shape[0] == 0:
        return np.empty(shape, dtype=kind)
    return np.memmap(path, dtype=kind, mode="r", shape=shape).view(np.ndarray)


def fields(builder: tantivy.SchemaBuilder) -> None:
    """The fields in which documents keep their marks."""
    builder.add_integer_field(SLOT, indexed=True, fast=True)
    builder.add_bytes_field(STRONGEST, stored=True)
