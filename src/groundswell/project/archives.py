"""A backup's archive: a tar whose last line is the hash of all that stands before it.

So one flipped bit anywhere is found by reading the file once, before anything is taken from it;
and where Groundswell is not at hand, ``tar`` opens it.
"""

import hashlib
import json
import os
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from groundswell.terms.errors import Refusal

DUMP = "database.dump"
_MANIFEST = "manifest.json"
_FORMAT = 1
_MARK = b"\ngroundswell-backup-sha256:"
_TRAILER = len(_MARK) + 64 + 1
_BLOCK = 1 << 20


class DamagedBackup(Refusal):
    """An archive isn't what was written."""

    code = "damaged_backup"


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of an archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds.

    Attributes:
        made_at: The moment whose state it holds, in ISO 8601.
        release: The release of Groundswell that made it.
        postgresql: The version of the database's server.
        key: The fingerprint of the master key; None when there was none yet.
        migrations: Which had been done, as ``app.name``.
        tables: Rows of each table.
        files: Each file by its name in the archive, the dump included.
    """

    made_at: str
    release: str
    postgresql: str
    key: str | None
    migrations: list[str]
    tables: dict[str, int]
    files: dict[str, Stored]

    def summary(self, source: Path) -> dict[str, Any]:
        """What people are told of it."""
        return {
            "source": str(source),
            "made_at": self.made_at,
            "release": self.release,
            "tables": len(self.tables),
            "rows": sum(self.tables.values()),
            "files": len(self.files) - 1,
            "bytes": sum(file.bytes for file in self.files.values()),
        }


class Writer:
    """Fills an archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, Stored] = {}

    def add(self, name: str, path: Path) -> None:
        """Put a file in that nobody changes meanwhile."""
        with path.open("rb") as file:
            member = tarfile.TarInfo(name)
            member.size, member.mode = os.fstat(file.fileno()).st_size, 0o600
            hashing = _Hashing(file)
            self._tar.addfile(member, hashing)
        self.files[name] = Stored(member.size, hashing.hexdigest())

    def close(self, manifest: Manifest, beside: Path) -> None:
        """Put the manifest in, which comes last because it names all the others."""
        beside.write_text(json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1), "utf-8")
        self._tar.add(beside, _MANIFEST)


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive; it stands at ``path`` when it is whole and on the disk, or not at all."""
    begun = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            hashing = _Hashing(file)
            with tarfile.open(fileobj=hashing, mode="w|") as tar:  # type: ignore[call-overload]
                yield Writer(tar)
            file.write(_MARK + hashing.hexdigest().encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        begun.rename(path)
    finally:
        begun.unlink(missing_ok=True)


def opened(path: Path) -> Manifest:
    """The manifest of an archive that is byte for byte what was written.

    Raises:
        DamagedBackup: When it isn't, or is no archive of ours.
    """
    try:
        _check_hash(path)
        with tarfile.open(path, "r:") as tar:
            found = json.load(_member(tar, _MANIFEST))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise DamagedBackup(f"{path} can't be read as a backup: {error}") from error
    if found.pop("format", None) != _FORMAT:
        raise DamagedBackup(f"{path} is a backup of a form that this release doesn't know")
    files = {name: Stored(**stored) for name, stored in found.pop("files").items()}
    return Manifest(**found, files=files)


def unpack(path: Path, manifest: Manifest, into: Path) -> None:
    """Write the files of an archive into a folder, each checked as it arrives there.

    Raises:
        DamagedBackup: When one isn't what the manifest says.
    """
    with tarfile.open(path, "r:") as tar:
        for name, stored in manifest.files.items():
            target = into / name
            if not target.resolve().is_relative_to(into.resolve()):
                raise DamagedBackup(f"{path} holds the name {name!r}, which leads out of it")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _copy(_member(tar, name), target) != stored.sha256:
                raise DamagedBackup(f"{name} in {path} isn't what was written")


def _copy(source: IO[bytes], target: Path) -> str:
    hashing = _Hashing(source)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while block := hashing.read(_BLOCK):
            file.write(block)
        file.flush()
        os.fsync(descriptor)
    return hashing.hexdigest()


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except KeyError as error:
        raise DamagedBackup(f"{tar.name!r} lacks {name}") from error
    if found is None:
        raise DamagedBackup(f"{name} in {tar.name!r} is no file")
    return found


def _check_hash(path: Path) -> None:
    left = path.stat().st_size - _TRAILER
    found = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file, left):
            found.update(block)
        trailer = file.read()
    if trailer != _MARK + found.hexdigest().encode() + b"\n":
        raise DamagedBackup(
            f"{path} isn't what was written: it was cut off or changed, or is no backup; "
            "take another one"
        )


def _blocks(file: IO[bytes], left: int) -> Iterable[bytes]:
    while left > 0 and (block := file.read(min(_BLOCK, left))):
        left -= len(block)
        yield block


class _Hashing:
    """A file that hashes what passes through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._hash.update(block)
        return block

    def write(self, block: bytes) -> int:
        self._hash.update(block)
        return self._file.write(block)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
