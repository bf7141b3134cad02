"""From a path to an open table of rows."""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundswell.connectors.adapters.files import encodings, streams
from groundswell.connectors.adapters.files.arrow import Arrow
from groundswell.connectors.adapters.files.batches import CannotRead, Source
from groundswell.connectors.adapters.files.delimited import Delimited
from groundswell.connectors.adapters.files.jsonlines import JsonLines
from groundswell.connectors.adapters.files.lines import Lines, decoded
from groundswell.connectors.adapters.files.parquet import Parquet

_HEAD = 4096
_FOREIGN = {
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"BZh": "packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "packed with xz: unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstandard: unpack it, or pack it with gzip",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it",
    b"SQLite format 3": "a SQLite database: export the table as CSV",
    b"\x7fELF": "a program",
}
_TABLES: dict[bytes, tuple[str, type[Parquet | Arrow]]] = {
    b"PAR1": ("Parquet", Parquet),
    b"ARROW1": ("Arrow", Arrow),
}
_JSON_LIST = re.compile(r"\[\s*(\{|\]|$)")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x7f]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read where guessing is not wanted."""

    encoding: str | None = None
    delimiter: str | None = None


class OpenFile:
    """A file that turned out to be a table of rows."""

    def __init__(
        self, path: Path, reading: Reading | None = None, *, first_bytes: int | None = None
    ) -> None:
        self._bytes = streams.FileBytes(_regular(path), first_bytes=first_bytes)
        self._reading = reading or Reading()
        head = self._head(packed=True)
        self._packed = head.startswith(streams.GZIP)
        if self._packed:
            head = self._head(packed=False)
        self._notes: list[str] = []
        self.source = self._opened(head)
        self.source.notes[:0] = self._notes

    def sha256(self) -> str:
        """Hash of the file as it was last read from end to end."""
        if isinstance(self.source, Parquet | Arrow):
            for _ in self._bytes:
                continue
        return self._bytes.sha256

    @property
    def is_cut(self) -> bool:
        """Whether only the head of a text is read, which ends anywhere in a row."""
        return self._bytes.is_cut and not isinstance(self.source, Parquet | Arrow)

    @property
    def encoding(self) -> str | None:
        """What the text is in; None for what is no text."""
        return None if isinstance(self.source, Parquet | Arrow) else self._encoding

    def share_read(self) -> float | None:
        """How much of the file the reading that goes on has passed; None when it can't be told."""
        size = self._bytes.path.stat().st_size
        return self._bytes.passed / size if self._bytes.passed and size else None

    def _head(self, *, packed: bool) -> bytes:
        blocks = iter(self._bytes) if packed else self._plain()
        head = b""
        for block in blocks:
            head += block
            if len(head) >= _HEAD:
                break
        return head[:_HEAD]

    def _plain(self) -> Iterator[bytes]:
        if not self._packed:
            return iter(self._bytes)
        return streams.unpacked(self._bytes, is_cut=self._bytes.is_cut)

    def _opened(self, head: bytes) -> Source:
        if not head:
            raise CannotRead("the file is empty")
        for magic, what in _FOREIGN.items():
            if head.startswith(magic):
                raise CannotRead(f"the file is no table of rows but {what}")
        for magic, (name, form) in _TABLES.items():
            if head.startswith(magic):
                if self._packed:
                    raise CannotRead(f"the {name} file is gzipped: unpack it, it packs itself")
                return form(self._bytes.path)
        self._encoding = self._decided_encoding(head)
        if "16" not in self._encoding and len(_CONTROL.findall(head)) > 0.02 * len(head):
            raise CannotRead("the file is no text: save it as CSV, JSON lines or Parquet")
        start = "".join(next(self._lines(), Lines(1, [])).text[:100]).lstrip()
        if start.startswith("{"):
            return JsonLines(self._lines)
        if _JSON_LIST.match(start):
            raise CannotRead(
                "the file is one JSON list: write one object a line, as `jq -c '.[]'` does"
            )
        return Delimited(self._lines, delimiter=self._reading.delimiter)

    def _decided_encoding(self, head: bytes) -> str:
        if self._reading.encoding:
            return self._reading.encoding
        marked = encodings.marked(head)
        if marked and marked != "utf-8":
            self._notes.append(f"the text is in {marked.upper()}")
            return marked
        encoding, broken = encodings.judged(self._plain())
        if broken:
            self._notes.append(f"the text is in UTF-8, though {broken} of its lines are not")
        elif encoding != "utf-8":
            self._notes.append(
                f"the text is in {encoding}, judging by its letters; "
                "if names look wrong, give encoding under [format] in a map"
            )
        return encoding

    def _lines(self) -> Iterator[Lines]:
        return decoded(streams.in_utf8(self._plain(), self._encoding), self._encoding)


def _regular(path: Path) -> Path:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise CannotRead(f"the file can't be opened: {error.strerror}") from error
    if not stat.S_ISREG(mode):
        raise CannotRead("it is no regular file: give the path of a file")
    return path
