"""Tables as files: CSV and XLSX in which texts stay texts and numbers stay numbers."""

import csv as csv_files
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from groundswell.connectors.adapters.escaping import escaped
from groundswell.terms.errors import Refusal

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KINDS = tuple(_TYPES)
_LONGEST_CELL = 32_767  # of a spreadsheet


class UnknownKind(Refusal, ValueError):
    """A kind of file that nobody writes."""

    code = "unknown_file_kind"


def written(kind: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as a file of that kind: ``csv`` or ``xlsx``.

    A text that a spreadsheet would take for a formula gets an apostrophe, which an import takes
    away again. What is not known is an empty cell.

    Raises:
        UnknownKind: When the kind is another.
    """
    if kind not in _TYPES:
        raise UnknownKind(f"can't write a table as {kind!r}: use one of {', '.join(KINDS)}")
    cells = ([_cell(value) for value in row] for row in rows)
    return _csv(columns, cells) if kind == "csv" else _xlsx(columns, cells)


def download_json(name: str, content: Any) -> HttpResponse:
    """The answer that saves a JSON document as a file."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{_plain(name)}.json"'
    return response


def download(
    kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """The answer that saves a table as a file."""
    content = written(kind, columns, rows)
    response = HttpResponse(content, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{_plain(name)}.{kind}"'
    return response


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:60] or "table"


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return escaped(str(value))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv_files.writer(text)
    writer.writerow([escaped(name) for name in columns])
    writer.writerows(rows)
    # Without the mark at the front, spreadsheets take names in other scripts for gibberish.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    file = io.BytesIO()
    # Each row is written out when the next begins, so that memory stays flat.
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [escaped(name) for name in columns], book.add_format({"bold": True}))
    # A cell keeps every digit; it shows as many as people read.
    counted, measured = (book.add_format({"num_format": code}) for code in ("#,##0.00", "0.0000"))
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, column, value[:_LONGEST_CELL])
            elif isinstance(value, float):
                sheet.write_number(at, column, value, counted if abs(value) >= 1 else measured)
            else:
                sheet.write_number(at, column, value)
    book.close()
    return file.getvalue()
