"""JSON lines: one object a line, nested ones flattened with dots."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from groundswell.connectors.adapters.files import batches
from groundswell.connectors.adapters.files.batches import BadRow, Batch, CannotRead, Cell
from groundswell.connectors.adapters.files.lines import Lines

_SHOWN = 200
_DEPTH = 8


class JsonLines:
    """A text of JSON objects, opened: the columns of its first rows are known."""

    def __init__(self, lines: Callable[[], Iterator[Lines]]) -> None:
        self._lines = lines
        self.names: list[str] = []
        self.notes: list[str] = []
        self._columns: dict[str, int] = {}
        first = next(self.batches(), None)
        if first is None or not first.rows:
            raise CannotRead(
                "no line of the file holds a JSON object: write one object a line, "
                "as `jq -c '.[]'` does with a list"
            )

    def batches(self) -> Iterator[Batch]:
        """All objects; a column that comes late is null before."""
        gathered = _Gathering(self._columns, self.names)
        for lines in self._lines():
            for position, text in enumerate(lines.text):
                gathered.take(lines.first + position, text, lines.bad.get(position, ""))
                if gathered.is_full:
                    yield gathered.batch()
        yield gathered.batch()


class _Gathering:
    def __init__(self, columns: dict[str, int], names: list[str]) -> None:
        self._positions = columns
        self._names = names
        self._row = 0
        self._begin()

    def _begin(self) -> None:
        self._bytes = 0
        self._rows: list[int] = []
        self._lines: list[int] = []
        self._cells: list[dict[str, Cell]] = []
        self._bad: list[BadRow] = []

    @property
    def is_full(self) -> bool:
        rows = len(self._rows) + len(self._bad)
        return rows >= batches.BATCH_ROWS or self._bytes >= batches.BATCH_BYTES

    def take(self, line: int, text: str, reason: str) -> None:
        if not reason and not text.strip():
            return
        self._row += 1
        self._bytes += len(text)
        cells: dict[str, Cell] = {}
        if not reason:
            cells, reason = _read(text)
        if not reason:
            reason = self._name(cells)
        if reason:
            self._bad.append(BadRow(self._row, line, "", text.strip()[:_SHOWN], reason))
            return
        self._rows.append(self._row)
        self._lines.append(line)
        self._cells.append(cells)

    def _name(self, cells: dict[str, Cell]) -> str:
        fresh = [name for name in cells if name not in self._positions]
        if len(self._positions) + len(fresh) > batches.MAX_COLUMNS:
            if len(cells) > batches.MAX_COLUMNS:
                return f"the object has {len(cells):,} keys"
            raise batches.TooManyColumns(len(self._positions) + len(fresh))
        for name in fresh:
            self._positions[name] = len(self._names)
            self._names.append(name)
        return ""

    def batch(self) -> Batch:
        columns = [[cells.get(name) for cells in self._cells] for name in self._names]
        batch = Batch(self._rows, self._lines, columns, self._bad, self._row)
        self._begin()
        return batch


def _read(text: str) -> tuple[dict[str, Cell], str]:
    try:
        # Numbers stay text: 1e999999 must not become infinity, nor an id of 19 digits a float.
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        return {}, "the object is nested too deep"
    except ValueError as error:
        return {}, f"is not JSON: {error}"
    if not isinstance(found, dict):
        return {}, "is not a JSON object"
    if "\\u" in text:
        reason = _escaped(found)
        if reason:
            return {}, reason
    cells: dict[str, Cell] = {}
    if not _flatten(found, "", cells, _DEPTH):
        return {}, "the object is nested too deep"
    return cells, ""


def _escaped(found: dict[str, Any]) -> str:
    """What is wrong with characters that were written as escapes."""
    plain = json.dumps(found, ensure_ascii=False)
    if "\\u0000" in plain:
        return "holds a NUL character"
    try:
        plain.encode()
    except UnicodeEncodeError:
        return "holds half of a surrogate pair"
    return ""


def _flatten(found: dict[str, Any], prefix: str, cells: dict[str, Cell], depth: int) -> bool:
    """Put the object's leaves into cells; False when it is nested too deep."""
    if depth == 0:
        return False
    for key, value in found.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if not _flatten(value, f"{name}.", cells, depth - 1):
                return False
        else:
            cells[name] = _cell(value)
    return True


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if all(isinstance(item, str) for item in value):
        return list(value)
    return json.dumps(value, ensure_ascii=False)
