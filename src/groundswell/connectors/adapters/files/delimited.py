"""Delimited text (CSV, TSV and the like), read so that one broken row costs one row."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from groundswell.connectors.adapters.files import batches
from groundswell.connectors.adapters.files.batches import BadRow, Batch, CannotRead
from groundswell.connectors.adapters.files.lines import Lines

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SAMPLE_RECORDS = 200
# A backslash before a closing quote is the end of a cell like any other.
_ESCAPED = re.compile(r'\\"[^,;\t|\r\n"]')
_DOUBLED = re.compile(r'[^\s,;|]""[^\s,;|]')
_SHOWN = 200

csv.field_size_limit(batches.MAX_CELL)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text are set apart.

    Attributes:
        delimiter: Between two cells.
        escape: What stands before a quote inside a quoted cell; None when it is doubled.
        title_lines: Lines above the header.
    """

    delimiter: str
    escape: str | None = None
    title_lines: int = 0

    def reader(self, lines: Iterable[str]) -> Any:
        """A strict reader: what is not well formed is an error, never a guess."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=True,
        )


@dataclass(slots=True)
class _Record:
    start: int  # position of its first line
    end: int  # position after its last line
    cells: list[str]
    reason: str = ""


class Delimited:
    """A delimited text, opened: its header is known."""

    def __init__(
        self, lines: Callable[[], Iterator[Lines]], *, delimiter: str | None = None
    ) -> None:
        head = next(lines(), Lines(1, []))
        self._lines = lines
        self._dialect = sniffed(head.text, delimiter)
        header = _header(head, self._dialect)
        self._header_end = header.end
        self.names = batches.unique_names(header.cells)
        if len(self.names) > batches.MAX_COLUMNS:
            raise batches.TooManyColumns(len(self.names))
        self.notes: list[str] = []
        if self._dialect.delimiter != ",":
            separator = DELIMITERS.get(self._dialect.delimiter, repr(self._dialect.delimiter))
            self.notes.append(f"cells are separated by {separator}")
        if self._dialect.title_lines:
            self.notes.append(
                f"the header is in line {self._dialect.title_lines + 1}; what stands above it "
                "was skipped"
            )
        if self._dialect.escape:
            self.notes.append("quotes inside cells are escaped with a backslash")

    @property
    def delimiter(self) -> str:
        """What stands between two cells."""
        return self._dialect.delimiter

    def batches(self) -> Iterator[Batch]:
        """All rows below the header."""
        width = len(self.names)
        gathered = _Gathering(width)
        pending = Lines(1, [])
        for lines in self._lines():
            pending = _joined(pending, lines)
            if pending.first == 1:
                pending = _after(pending, self._header_end)
            end = 0
            for record in _records(pending, self._dialect, width=width, final=False):
                end = record.end
                gathered.take(record, pending)
                if gathered.is_full:
                    yield gathered.batch()
            pending = _after(pending, end)
        for record in _records(pending, self._dialect, width=width, final=True):
            gathered.take(record, pending)
        yield gathered.batch()


def _header(head: Lines, dialect: Dialect) -> _Record:
    below = _after(head, dialect.title_lines)
    for record in _records(below, dialect, width=0, final=True):
        reason = record.reason or _first_bad(below, record)
        if reason:
            raise CannotRead(
                f"the header can't be read: {reason}; the first line must name the columns"
            )
        if any(record.cells):
            return _Record(record.start, dialect.title_lines + record.end, record.cells)
    raise CannotRead("the file has no header: its first line must name the columns")


def sniffed(lines: list[str], delimiter: str | None = None) -> Dialect:
    """The dialect in which most of the first records have the same number of cells."""
    title_lines = 0
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, title_lines = lines[0].strip()[4], 1
    sample = lines[title_lines : title_lines + _SAMPLE_RECORDS]
    escape = "\\" if _escapes_with_backslash(sample) else None
    choices = [delimiter] if delimiter else list(DELIMITERS)
    best, best_score = Dialect(choices[0], escape, title_lines), 0.0
    for choice in choices:
        dialect = Dialect(choice, escape, title_lines)
        widths = [len(cells) for cells in _lenient(sample, dialect) if any(cells)]
        if not widths:
            continue
        width, rows = Counter(widths).most_common(1)[0]
        score = (width > 1) * rows / len(widths) + min(width, 50) / 1000
        if score > best_score:
            above = _title_lines(sample, dialect, width)
            best, best_score = Dialect(choice, escape, title_lines + above), score
    return best


def _escapes_with_backslash(sample: list[str]) -> bool:
    text = "".join(sample)
    return bool(_ESCAPED.search(text)) and not _DOUBLED.search(text.replace('\\"', ""))


def _lenient(sample: list[str], dialect: Dialect) -> Iterator[list[str]]:
    """Cells of the sample's lines, each line on its own, but for quoted line ends."""
    try:
        yield from dialect.reader(sample)
    except csv.Error:
        for line in sample:
            try:
                yield from dialect.reader([line])
            except csv.Error:
                continue


def _title_lines(sample: list[str], dialect: Dialect, width: int) -> int:
    """How many lines stand above the first that is as wide as most."""
    for position, line in enumerate(sample):
        try:
            cells: list[str] = next(dialect.reader([line]), [])
        except csv.Error:
            return 0
        if len(cells) >= width:
            return position
        if len([cell for cell in cells if cell.strip()]) > 1:
            return 0  # a header that is too short is still the header
    return 0


def _joined(pending: Lines, lines: Lines) -> Lines:
    if not pending.text:
        return lines
    shift = len(pending.text)
    bad = pending.bad | {shift + position: reason for position, reason in lines.bad.items()}
    return Lines(pending.first, pending.text + lines.text, bad)


def _after(lines: Lines, position: int) -> Lines:
    """The lines from a position on, numbered as before."""
    bad = {at - position: reason for at, reason in lines.bad.items() if at >= position}
    return Lines(lines.first + position, lines.text[position:], bad)


def _records(lines: Lines, dialect: Dialect, *, width: int, final: bool) -> Iterator[_Record]:
    """Records of some lines; one that runs on past them is left out unless they are the last.

    A quote that is opened and not closed would swallow what follows. So a record over several
    lines must be well formed, as wide as the header (``width``, 0 when not known yet) and no
    longer than a record may be; else its first line alone is bad and reading goes on after it.
    """
    text = lines.text
    start = 0
    while start < len(text):
        reader = dialect.reader(map(text.__getitem__, range(start, len(text))))
        begun = start
        broken = ""
        try:
            for cells in reader:
                end = begun + reader.line_num
                if end - start > 1 and (reason := _broken(lines, start, end, cells, width)):
                    broken = reason
                    break
                yield _Record(start, end, cells)
                start = end
        except csv.Error as error:
            if _runs_on(error) and not final and _size(text, start) <= batches.MAX_RECORD:
                return
            broken = _explained(error)
        if broken:
            yield _Record(start, start + 1, [], broken)
            start += 1


def _broken(lines: Lines, start: int, end: int, cells: list[str], width: int) -> str:
    if width and len(cells) != width:
        return "a quote is opened in this line and not closed where it should be"
    if sum(map(len, lines.text[start:end])) > batches.MAX_RECORD:
        return f"the row is longer than {batches.MAX_RECORD:,} characters"
    return ""


def _runs_on(error: csv.Error) -> bool:
    return "unexpected end of data" in str(error)


def _size(text: list[str], start: int) -> int:
    return sum(map(len, text[start:]))


def _explained(error: csv.Error) -> str:
    message = str(error)
    if _runs_on(error):
        return "a quote is opened in this line and never closed"
    if "field larger" in message:
        return f"a cell is longer than {batches.MAX_CELL:,} characters"
    if "expected after" in message:
        return "a quoted cell goes on after its closing quote"
    return message


class _Gathering:
    """Rows on their way into a batch."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._row = 0
        self._begin()

    def _begin(self) -> None:
        self._bytes = 0
        self._rows: list[int] = []
        self._lines: list[int] = []
        self._cells: list[list[str]] = []
        self._bad: list[BadRow] = []

    @property
    def is_full(self) -> bool:
        rows = len(self._rows) + len(self._bad)
        return rows >= batches.BATCH_ROWS or self._bytes >= batches.BATCH_BYTES

    def take(self, record: _Record, lines: Lines) -> None:
        reason = record.reason or _first_bad(lines, record)
        if not record.cells and not reason:
            return  # an empty line is no row
        self._row += 1
        line = lines.first + record.start
        cells = record.cells
        self._bytes += sum(map(len, cells))
        if not reason and len(cells) != self._width:
            cells, reason = self._fitted(cells)
        if reason:
            shown = lines.text[record.start].strip()[:_SHOWN]
            self._bad.append(BadRow(self._row, line, "", shown, reason))
            return
        self._rows.append(self._row)
        self._lines.append(line)
        self._cells.append(cells)

    def _fitted(self, cells: list[str]) -> tuple[list[str], str]:
        beyond = cells[self._width :]
        if beyond and not any(beyond):
            return cells[: self._width], ""
        return cells, f"the row has {len(cells)} cells, the header has {self._width}"

    def batch(self) -> Batch:
        columns = [list(column) for column in zip(*self._cells, strict=True)]
        if not columns:
            columns = [[] for _ in range(self._width)]
        batch = Batch(self._rows, self._lines, columns, self._bad, self._row)
        self._begin()
        return batch


def _first_bad(lines: Lines, record: _Record) -> str:
    if not lines.bad:
        return ""
    covered = (lines.bad.get(position, "") for position in range(record.start, record.end))
    return next(filter(None, covered), "")
