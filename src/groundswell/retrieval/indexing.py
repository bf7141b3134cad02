"""Writing the index: built anew beside the old one, or changed in place."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import tantivy

from groundswell.retrieval import documents, likenesses, storage
from groundswell.retrieval.likenesses import Keeper
from groundswell.retrieval.storage import Marks

# One thread makes one segment at a time: fewer segments search faster, and the other cores are
# for those who search.
_THREADS = 1
_BUILD_MEMORY = 512_000_000  # only a million accounts need it; with less they are merged once more
_CHANGE_MEMORY = 32_000_000
_SPARE = 10_000  # rows of vectors that may lie idle however small the index is


@contextmanager
def writing(folder: Path, *, wait: bool = True) -> Iterator["Writer"]:
    """Be the only writer of the index in this folder, which is made when missing.

    Raises:
        IndexBusy: When somebody else writes and ``wait`` is false.
    """
    with storage.locked(folder, wait=wait):
        yield Writer(folder)


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever may write the index in a folder now."""

    folder: Path

    def rebuild(self, batches: Iterable[pa.RecordBatch], *, marks: Marks) -> int:
        """Build a new index and swap it in; until then readers keep the old one.

        Args:
            batches: Documents in the schema ``documents.DOCUMENTS``, each account once.
            marks: How far the documents reach; ``storage.current`` gives it back.

        Returns:
            Number of documents in the new index.
        """
        generation = storage.begin(self.folder)
        index = tantivy.Index(documents.schema(), path=str(generation))
        index.config_reader("manual")
        writer = index.writer(_BUILD_MEMORY, _THREADS)
        done = 0
        batches = likenesses.begin(generation, batches)
        with likenesses.keeping(generation) as keeper:
            for batch in batches:
                for _, document in _made(batch, keeper):
                    writer.add_document(document)
                done += batch.num_rows
            keeper.save()
            writer.commit()
        writer.wait_merging_threads()
        storage.mark(generation, marks)
        storage.publish(self.folder, generation)
        return done

    def is_worn(self) -> bool:
        """Whether most vectors are of accounts as they were: only a rebuild takes these out.

        Raises:
            NoIndex: When there is no index.
        """
        rows = likenesses.rows(storage.current(self.folder).path)
        return rows > 2 * storage.size(self.folder) + _SPARE

    def update(
        self, batches: Iterable[pa.RecordBatch], *, gone: Iterable[str], marks: Marks
    ) -> int:
        """Replace or add accounts, and take out those that are gone, in one commit.

        Interrupted, it leaves the index as it was, or with the change but the old marks: the same
        change again then gives the same index.

        Args:
            batches: Documents in the schema ``documents.DOCUMENTS``, each account once.
            gone: UUIDs of accounts that the index shall forget.
            marks: How far the index reaches with this change.

        Returns:
            Number of documents written.

        Raises:
            NoIndex: When there is nothing to change; rebuild instead.
        """
        generation = storage.current(self.folder)
        writer = generation.open().writer(_CHANGE_MEMORY, _THREADS)
        for account in gone:
            writer.delete_documents_by_term("account", account)
        done = 0
        with likenesses.keeping(generation.path) as keeper:
            for batch in batches:
                for account, document in _made(batch, keeper):
                    writer.delete_documents_by_term("account", account)
                    writer.add_document(document)
                done += batch.num_rows
            keeper.save()
            writer.commit()
        writer.wait_merging_threads()
        storage.protect(generation.path)
        storage.mark(generation.path, marks)
        return done


def _made(batch: pa.RecordBatch, keeper: Keeper) -> Iterator[tuple[str, tantivy.Document]]:
    """The accounts of a batch with their documents, once their vectors are kept."""
    with _no_collecting():
        rows = list(documents.rows(batch))
        said = list(map(documents.said, rows))
        for row, words, mark in zip(rows, said, keeper.add(rows, said), strict=True):
            yield row["account"], mark.onto(documents.document(row, words))


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the collector of cycles from looking through all texts of a batch, again and again.

    They make no cycles, and looking took a sixth of a build.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def accounts(folder: Path) -> set[str]:
    """UUIDs of every account in the index.

    Raises:
        NoIndex: When there is none.
    """
    searcher = storage.open_current(folder).searcher
    if searcher.num_docs == 0:
        return set()
    hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs, count=False).hits
    return {str(searcher.doc(address)["account"][0]) for _, address in hits}
