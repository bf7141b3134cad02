"""Staging a file in a child process that holds nothing worth having and can't use much."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.connectors.adapters.maps import Map
from groundswell.terms.platforms import Platform
from groundswell.terms.progress import Progress, silent

# Rises whenever the same file would be staged differently, so that no run mixes the two.
VERSION = 2
MEMORY = 1 << 30
_SECONDS = 120
_PREVIEW_SECONDS = 30
_SECONDS_PER_MIB = 8
_INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL")


class Refused(CannotRead):
    """What the child refused, with its own code."""

    code: ClassVar[str] = "refused_by_parser"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]


class ParserStopped(CannotRead):
    """The child ended before the file did."""

    code = "parser_stopped"


@dataclass(frozen=True, slots=True)
class Job:
    """A file to stage.

    Attributes:
        path: The file.
        sha256: Its hash.
        file_name: What it is called, which may tell platform and date.
        kind: Name of a canonical table.
        map: What its owner says of its columns; None to guess.
        platform: Where accounts are when their row doesn't say.
        folder: Where to stage it.
        now: When the import began.
        members_key: Key under which names of members and authors are hashed.
    """

    path: Path
    sha256: str
    file_name: str
    kind: str
    map: Map | None
    platform: Platform | None
    folder: Path
    now: datetime
    members_key: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file's rows."""

    rows_read: int
    accepted: int
    rejected: int
    guesses: list[str]


def fingerprint(kind: str, map_: Map | None, platform: Platform | None, file_name: str) -> str:
    """Hash of what, besides the file, decides how it is staged."""
    said = [VERSION, kind, map_.fingerprint if map_ else None, platform, file_name]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def staged(job: Job, progress: Progress) -> Outcome:
    """Stage a file in a child process; goes on where a killed one stopped.

    Raises:
        CannotRead: When the file can't be read; nothing of it may be used then.
    """
    temporary = job.folder / "tmp"
    temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Outcome(**_answered(_order(job), temporary, progress))


def previewed(
    path: Path, *, file_name: str, kind: str, map_: Map | None, platform: Platform | None,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What an import would make of a file, by a look at its first rows in a child process.

    Args:
        path: The file.
        file_name: What it is called.
        kind: Name of a canonical table; empty to guess.
        map_: What is said of its columns; None to guess.
        platform: Where accounts are when their row doesn't say.
        now: This moment.

    Returns:
        A ``previewing.Preview`` as JSON.

    Raises:
        CannotRead: When the file can't be read.
    """
    order = {
        "path": str(path.resolve()),
        "file_name": file_name,
        "kind": kind,
        "map": None if map_ is None else asdict(map_),
        "platform": platform,
        "now": now.isoformat(),
        "memory": MEMORY,
        "seconds": _PREVIEW_SECONDS,
        "is_preview": True,
    }
    with tempfile.TemporaryDirectory(prefix="groundswell-preview-") as temporary:
        return _answered(json.dumps(order) + "\n", Path(temporary), silent)


def _answered(order: str, temporary: Path, progress: Progress) -> dict[str, Any]:
    """What a child answers to an order."""
    with (
        (temporary / "stderr").open("w+b") as complaints,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "groundswell.connectors.adapters.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=temporary,
            env=_environment(temporary),
            text=True,
            encoding="utf-8",
        ) as child,
    ):
        try:
            last = _talk(child, order, progress)
        finally:
            child.kill()
        if "done" in last:
            done: dict[str, Any] = last["done"]
            return done
        if "refused" in last:
            raise Refused(**last["refused"])
        complaints.seek(0)
        raise ParserStopped(_why(child.wait(), last, complaints.read().decode(errors="replace")))


def _talk(child: "subprocess.Popen[str]", order: str, progress: Progress) -> dict[str, Any]:
    """Give the order and listen until the child has said how it ended."""
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    message: dict[str, Any] = {}
    try:
        child.stdin.write(order)
        child.stdin.flush()
        for line in child.stdout:
            message = json.loads(line)
            if "progress" not in message:
                return message
            progress("reading", *message["progress"])
    except BrokenPipeError:
        pass  # it died before it had read its order
    child.wait()
    return message


def _order(job: Job) -> str:
    size = job.path.stat().st_size
    order = {
        "path": str(job.path.resolve()),
        "sha256": job.sha256,
        "file_name": job.file_name,
        "kind": job.kind,
        "map": None if job.map is None else asdict(job.map),
        "platform": job.platform,
        "folder": str(job.folder.resolve()),
        "fingerprint": f"{job.sha256}:"
        + fingerprint(job.kind, job.map, job.platform, job.file_name)
        + f":{job.now.isoformat()}",
        "now": job.now.isoformat(),
        "members_key": job.members_key.hex(),
        "memory": MEMORY,
        "seconds": _SECONDS + (size >> 20) * _SECONDS_PER_MIB,
    }
    return json.dumps(order) + "\n"


def _environment(temporary: Path) -> dict[str, str]:
    """No address of a database, no key, and one thread for each library."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        **kept,
        **one_thread,
        "TMPDIR": str(temporary),
        "MALLOC_ARENA_MAX": "2",  # more would only use up the address space
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _why(status: int, last: dict[str, Any], complaints: str) -> str:
    lines = complaints.strip().splitlines()
    if "out_of_memory" in last or "MemoryError" in complaints or "bad_alloc" in complaints:
        return (
            f"the file needs more memory than reading one may use ({MEMORY >> 20} MiB): "
            "split it, or write it in smaller row groups"
        )
    if "No space left on device" in complaints:
        return "the disk is full: make room where GROUNDSWELL_HOME is, then import the file again"
    if status == -24:
        return "reading the file took too long: split it"
    said = f": {lines[-1][:300]}" if lines else ""
    return (
        f"the program that reads files stopped with status {status}{said}; nothing was imported: "
        "try the file as plain CSV"
    )
