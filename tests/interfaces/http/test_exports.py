"""Tables as files."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest

from groundswell.interfaces.http import exports

COLUMNS = ("name", "followers", "rate", "verified", "at", "bio")
ROWS = [
    ("=1+1", 1200, 0.031, True, datetime(2026, 11, 1, 12, tzinfo=UTC), None),
    ("'tis", -5, None, False, None, '@home, "quoted"\n-x'),
]


def test_csv_marks_formulas_and_leaves_numbers_alone():
    text = exports.written("csv", COLUMNS, ROWS).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text))) == [
        list(COLUMNS),
        ["'=1+1", "1200", "0.031", "yes", "2026-11-01T12:00:00+00:00", ""],
        ["'tis", "-5", "", "no", "", '\'@home, "quoted"\n-x'],
    ]


def test_xlsx_has_texts_as_texts_and_numbers_as_numbers():
    book = openpyxl.load_workbook(io.BytesIO(exports.written("xlsx", COLUMNS, ROWS)))
    rows = list(book.active.iter_rows())

    assert [cell.value for cell in rows[1][:4]] == ["'=1+1", 1200, 0.031, "yes"]
    assert [cell.data_type for cell in rows[1][:4]] == ["s", "n", "n", "s"]
    assert rows[2][1].value == -5


def test_xlsx_shows_few_decimals_and_keeps_every_digit():
    book = openpyxl.load_workbook(
        io.BytesIO(exports.written("xlsx", ("views", "rate"), [(6665.8897276493, 0.0314159)]))
    )
    views, rate = list(book.active.iter_rows())[1]

    assert (views.value, views.number_format) == (6665.8897276493, "#,##0.00")
    assert (rate.value, rate.number_format) == (0.0314159, "0.0000")


def test_another_kind_of_file_is_refused():
    with pytest.raises(exports.UnknownKind, match="csv, xlsx"):
        exports.written("pdf", COLUMNS, ROWS)


def test_a_file_is_named_for_what_it_holds():
    answer = exports.download("csv", 'Läufer "US"; x.exe\r\n', COLUMNS, ROWS)

    assert answer["Content-Disposition"] == 'attachment; filename="l-ufer-us-x-exe.csv"'
