import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.values.counts import LARGEST, Marks, marks_of, read_count
from groundswell.connectors.adapters.values.missing import Unreadable


def read(cell: str, *others: str) -> int | None:
    """A cell of a column that holds others too."""
    return read_count(cell, marks_of([cell, *others]))


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("0", 0),
        ("86860", 86_860),
        ("86860.0", 86_860),
        ("541.2K", 541_200),
        ("1,2 Mio.", 1_200_000),
        ("541,2 Tsd.", 541_200),
        ("1.234.567", 1_234_567),
        ("1,234,567", 1_234_567),
        ("1 234", 1_234),
        ("1\u202f234\u202f567", 1_234_567),
        ("1'234'567", 1_234_567),
        ("3,4 mln", 3_400_000),
        ("12 lakh", 1_200_000),
        ("1,23,456", 123_456),
        ("5.2萬", 52_000),
        ("3.4억", 340_000_000),
        ("1,2 mil suscriptores", 1_200),
        ("1.2M subscribers", 1_200_000),
        ("44 videos", 44),
        ("1.5E+06", 1_500_000),
        ("+12", 12),
        ("1,234.5K", 1_234_500),
    ],
)
def test_display_counts_are_read(cell, count):
    assert read(cell) == count


@pytest.mark.parametrize("cell", ["", "-", "N/A", "[none]", "nan", "NULL", "hidden", "—"])
def test_what_says_nothing_is_missing_and_never_zero(cell):
    assert read(cell) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-5", "negative"),
        ("−3", "negative"),
        ("99999999999999", "larger"),
        ("1e999999", "not a number"),
        ("1e15", "larger"),
        ("Infinity", "not a number"),
        ("１２３", "not a number"),
        ("1_000", "not a number"),
        ("12.5", "whole"),
        ("10K+", "not a number"),
        ("1.2.3", "unevenly"),
        ("1 23", "unevenly"),
        ("a great many", "not a number"),
    ],
)
def test_absurd_counts_are_refused_with_the_reason(cell, reason):
    with pytest.raises(Unreadable, match=reason):
        read(cell)


def test_a_column_decides_what_a_single_sign_means():
    assert read_count("1.234", marks_of(["1.234", "2.345.678"])) == 1_234
    assert read_count("1.234", marks_of(["1.234", "12.5K"])) == 1_234
    assert read_count("1.250", marks_of(["1.250", "0.5"]), whole=False) == 1
    assert "thousands" in marks_of(["1.234"]).said[0]


def test_letters_mean_what_the_columns_language_means():
    assert read("12 B", "4,5 Mn") == 12_000
    assert read("12 B") == 12_000_000_000
    assert read("3 M", "4 jt") == 3_000_000_000


def test_averages_are_rounded_and_gains_may_be_negative():
    assert read_count("12.5", Marks(), whole=False) == 12
    assert read_count("13.5", Marks(), whole=False) == 14
    assert read_count("-1000", Marks(), signed=True) == -1_000
    assert read_count("-1.2K", Marks(), signed=True) == -1_200


@given(st.integers(0, LARGEST))
def test_every_count_is_read_back_however_it_is_grouped(count):
    assert read(str(count)) == count
    assert read(f"{count:,}", "1,234,567") == count
    assert read(f"{count:,}".replace(",", "."), "1.234.567") == count
    assert read(f"{count:,}".replace(",", "\u00a0")) == count


@given(st.text(max_size=20))
def test_any_text_is_a_count_or_refused(text):
    try:
        count = read(text)
    except Unreadable:
        return
    assert count is None or 0 <= count <= LARGEST
