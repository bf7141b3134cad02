"""Bytes of a file: hashed, unpacked and turned into UTF-8 as they pass, in bounded memory."""

import codecs
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from groundswell.connectors.adapters.files.batches import CannotRead

BLOCK = 1 << 20
MAX_UNPACKED = 64 << 30
_RATIO_FREE = 64 << 20  # bytes that any gzip may unpack to, however well it packed
_MAX_RATIO = 100

GZIP = b"\x1f\x8b"


class GzipBomb(CannotRead):
    """A gzip file that unpacks to absurdly more than it holds."""

    code = "gzip_bomb"


class FileChanged(CannotRead):
    """A file that was written to while it was read."""

    code = "file_changed"

    def __init__(self) -> None:
        super().__init__(
            "the file changed while it was being read: wait until it is complete, then try again"
        )


class FileBytes:
    """The blocks of a file, or of its head; hash and number of the bytes that have passed."""

    def __init__(self, path: Path, *, first_bytes: int | None = None) -> None:
        self.path = path
        self.passed = 0
        self._first_bytes = first_bytes
        self.is_cut = first_bytes is not None and path.stat().st_size > first_bytes
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Hash of the bytes that have passed."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        self._hash = hashlib.sha256()
        self.passed = 0
        with self.path.open("rb") as file:
            while block := file.read(self._room()):
                self._hash.update(block)
                self.passed += len(block)
                yield block

    def _room(self) -> int:
        """How much may be read next."""
        left = BLOCK if self._first_bytes is None else self._first_bytes - self.passed
        return min(BLOCK, left)


def unpacked(blocks: Iterable[bytes], *, is_cut: bool = False) -> Iterator[bytes]:
    """The content of a gzip file, its members one after the other.

    Args:
        blocks: The file's bytes.
        is_cut: Whether they are only the file's head, which ends anywhere.

    Raises:
        GzipBomb: When it unpacks to too much.
        CannotRead: When it is damaged or cut off.
    """
    packed = total = 0
    member = zlib.decompressobj(wbits=31)
    try:
        for block in blocks:
            packed += len(block)
            rest = block
            while rest:
                if member.eof:
                    rest = rest.lstrip(b"\0")  # padding between members
                    if not rest:
                        break
                    member = zlib.decompressobj(wbits=31)
                plain = member.decompress(rest, BLOCK)
                total += len(plain)
                _refuse_bomb(packed, total)
                if plain:
                    yield plain
                rest = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise CannotRead(
            f"the gzip file is damaged ({error}): unpack it and save it again"
        ) from error
    if not member.eof and not is_cut:
        raise CannotRead("the gzip file is cut off before its end: copy or download it again")


def _refuse_bomb(packed: int, total: int) -> None:
    if total > MAX_UNPACKED or (total > _RATIO_FREE and total > packed * _MAX_RATIO):
        raise GzipBomb(
            f"the gzip file unpacks to more than {total:,} bytes from {packed:,}: "
            "it is not imported; if it is honest, unpack it first"
        )


def in_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text in UTF-8 without its byte order mark.

    What is not valid in ``encoding`` becomes bytes that are not valid in UTF-8, so that whoever
    reads the lines finds the bad one and keeps the others.
    """
    if encoding == "utf-8":
        yield from _without_mark(blocks)
        return
    if encoding.startswith(("utf-16", "utf-32")):
        decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
    else:
        decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    for block in blocks:
        yield decoder.decode(block).encode(errors="surrogatepass")
    try:
        yield decoder.decode(b"", final=True).encode(errors="surrogatepass")
    except UnicodeDecodeError:
        yield b"\xff"


def _without_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    stream = iter(blocks)
    first = next(stream, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from stream
