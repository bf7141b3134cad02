"""Where an index lies on disk, and how it changes so that nobody ever sees half of one.

A folder holds numbered generations and a file ``CURRENT`` that names one of them. A rebuild fills
a new generation, makes it durable and then renames a new ``CURRENT`` over the old one: a reader
gets the old index or the new one. Smaller changes are commits inside the current generation,
which the library makes atomic itself. Beside the library's files each generation has a mark that
says how far it has come; it is written after the commit, so that it never promises too much.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from groundswell.retrieval import documents
from groundswell.terms.errors import Refusal

_POINTER = "CURRENT"
_MARK = "mark.json"
_LOCK = "writer.lock"
_COMMIT = "meta.json"  # the library's own: it names the segments of the last commit
_PREFIX = "generation-"

Marks = Mapping[str, int | str]

# Opening an index starts a thread of the library's: each process keeps one open for each folder.
_opened: dict[Path, "Snapshot"] = {}


class NoIndex(Refusal):
    """There is no index yet, or only one that this version can't read."""

    code = "no_index"


class IndexBusy(Refusal):
    """Somebody else is writing the index."""

    code = "index_busy"


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index on disk.

    Attributes:
        path: Its folder.
        marks: How far it has come, in the words of whoever fills it.
    """

    path: Path
    marks: Marks

    def open(self) -> tantivy.Index:
        """The index itself, as of the last commit."""
        index = tantivy.Index.open(str(self.path))
        # Else a thread looks for commits, and leaves its lock file in folders being swept.
        index.config_reader("manual")
        index.reload()
        return index


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An opened index as of one commit.

    Attributes:
        generation: Its folder.
        stamp: Changes with each commit.
        index: The index.
        searcher: Reads this commit, whatever is written meanwhile.
        facts: What was worked out about this commit, kept for the next search.
    """

    generation: Path
    stamp: tuple[int, int]
    index: tantivy.Index
    searcher: tantivy.Searcher
    facts: dict[Hashable, Any] = field(default_factory=dict)


def current(folder: Path) -> Generation:
    """The generation that readers use now.

    Raises:
        NoIndex: When there is none, or it was built by a version that answers otherwise.
    """
    while True:
        name = _pointed(folder)
        if name is None:
            raise NoIndex(f"there is no search index in {folder}; rebuild it")
        try:
            kept = json.loads((folder / name / _MARK).read_text("utf-8"))
        except FileNotFoundError:
            if _pointed(folder) != name:
                continue  # swapped and swept between the two reads
            raise NoIndex(f"the search index in {folder} is gone; rebuild it") from None
        if kept["fingerprint"] != documents.fingerprint():
            raise NoIndex(f"the search index in {folder} is of another version; rebuild it")
        return Generation(folder / name, kept["marks"])


def open_current(folder: Path) -> Snapshot:
    """The current index; the next one when a rebuild sweeps it away under our hands.

    Raises:
        NoIndex: When there is none that can be read.
    """
    while True:
        generation = current(folder)
        before = _opened.get(folder)
        try:
            # Taken first: a commit that comes between is seen, and taken for news once more.
            stat = (generation.path / _COMMIT).stat()
            stamp = stat.st_mtime_ns, stat.st_ino
            if before is not None and before.generation == generation.path:
                if before.stamp == stamp:
                    return before
                index = before.index
                index.reload()
            else:
                index = generation.open()
            _opened[folder] = Snapshot(generation.path, stamp, index, index.searcher())
            return _opened[folder]
        except (OSError, ValueError) as error:
            if _pointed(folder) == generation.path.name:
                raise NoIndex(
                    f"the search index in {folder} can't be read ({error}); rebuild it"
                ) from error


def size(folder: Path) -> int:
    """Number of accounts in the current index.

    Raises:
        NoIndex: When there is none that can be read.
    """
    return int(open_current(folder).searcher.num_docs)


@contextmanager
def locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Be the only writer of the index in this folder.

    The lock belongs to the open file, so it ends with the process, however that ends.

    Raises:
        IndexBusy: When somebody else writes and ``wait`` is false.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("ab") as lock:
        (folder / _LOCK).chmod(0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise IndexBusy(f"the search index in {folder} is being written; wait") from None
        yield


def begin(folder: Path) -> Path:
    """An empty folder for a new generation; what an interrupted build left is swept first."""
    keep = _pointed(folder)
    for path in folder.glob(f"{_PREFIX}*"):
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    fresh = folder / f"{_PREFIX}{secrets.token_hex(8)}"  # a name never stands for two
    fresh.mkdir(mode=0o700)
    return fresh


def mark(generation: Path, marks: Marks) -> None:
    """Say durably how far a generation has come."""
    kept = {"fingerprint": documents.fingerprint(), "marks": dict(marks)}
    _replace(generation / _MARK, json.dumps(kept))


def publish(folder: Path, generation: Path) -> None:
    """Make a finished generation the current one, and remove the one before."""
    for path in generation.iterdir():
        path.chmod(0o600)
        _sync(path)
    _sync(generation)
    before = _pointed(folder)
    _replace(folder / _POINTER, generation.name)
    if before is not None:
        # A reader may put a lock file into it this moment; the next rebuild sweeps what is left.
        shutil.rmtree(folder / before, ignore_errors=True)


def protect(generation: Path) -> None:
    """Keep the files that a commit added from other users' eyes."""
    for path in generation.iterdir():
        path.chmod(0o600)


def _pointed(folder: Path) -> str | None:
    try:
        return (folder / _POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
