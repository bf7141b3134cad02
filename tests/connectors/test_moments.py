from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.moments import (
    Calendar,
    Evidence,
    read_moment,
    read_seconds,
)


def calendar_of(*cells: str, year: int | None = None, order: str | None = None) -> Calendar:
    evidence = Evidence()
    evidence.see(cells)
    return evidence.decided(year=year, order=order)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-17", at(2026, 1, 17)),
        ("2006-06-20T20:54:37Z", at(2006, 6, 20, 20, 54, 37)),
        ("2024-01-05T10:00:00+02:00", at(2024, 1, 5, 8)),
        ("2025-05-24 12:42:52", at(2025, 5, 24, 12, 42, 52)),
        ("2022-09", at(2022, 9, 30)),
        ("2024/1/5", at(2024, 1, 5)),
        ("20240105", at(2024, 1, 5)),
        ("1700000000", at(2023, 11, 14, 22, 13, 20)),
        ("1700000000.0", at(2023, 11, 14, 22, 13, 20)),
        ("1700000000123", at(2023, 11, 14, 22, 13, 20, 123_000)),
        ("45292", at(2024, 1, 1)),
        ("Jan 5, 2024", at(2024, 1, 5)),
        ("05-Jan-2024", at(2024, 1, 5)),
        ("5 janvier 2024", at(2024, 1, 5)),
        ("5. März 2024 13:05", at(2024, 3, 5, 13, 5)),
        ("Wed Oct 10 20:19:24 +0000 2018", at(2018, 10, 10, 20, 19, 24)),
        ("24.12.2023", at(2023, 12, 24)),
        ("12/31/2023 1:05 PM", at(2023, 12, 31, 13, 5)),
    ],
)
def test_dates_are_read_in_the_usual_spellings(cell, moment):
    assert read_moment(cell, calendar_of(cell)) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "2024-13-01",
        "31.02.2024",
        "3 days ago",
        "soon",
        "12345678901234567890",
        "20240231",
        "٢٠٢٤-٠١-٠١",
    ],
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(Unreadable):
        read_moment(cell, calendar_of(cell))


def test_one_clear_date_tells_how_the_column_is_written():
    by_day = calendar_of("03/04/2024", "25/04/2024")
    by_month = calendar_of("03/04/2024", "04/25/2024")

    assert read_moment("03/04/2024", by_day) == at(2024, 4, 3)
    assert read_moment("03/04/2024", by_month) == at(2024, 3, 4)
    assert "day before month" in by_day.said[0]


def test_a_column_of_doubtful_dates_says_so():
    slashes, dots = calendar_of("03/04/2024"), calendar_of("03.04.2024")

    assert read_moment("03/04/2024", slashes) == at(2024, 3, 4)
    assert read_moment("03.04.2024", dots) == at(2024, 4, 3)
    assert "nothing tells" in slashes.said[0]


def test_the_user_can_say_the_order():
    assert read_moment("03/04/2024", calendar_of("03/04/2024", order="dmy")) == at(2024, 4, 3)


def test_a_day_without_a_year_takes_the_given_one_and_is_no_decimal():
    given_year = calendar_of("13.09", "10.10", year=2017)

    assert read_moment("10.10", given_year) == at(2017, 10, 10)
    assert "2017" in given_year.said[1]
    with pytest.raises(Unreadable, match="without a year"):
        read_moment("10.10", calendar_of("13.09", "10.10"))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - zone added below
def test_every_moment_is_read_back(moment):
    utc = moment.replace(tzinfo=UTC)

    assert read_moment(utc.isoformat(), Calendar()) == utc
    assert read_moment(utc.strftime("%d.%m.%Y %H:%M:%S"), Calendar(day_first=True)) == utc.replace(
        microsecond=0
    )


@given(st.one_of(st.text(max_size=20), st.from_regex(r"[0-9./:T -]{1,20}", fullmatch=True)))
def test_any_text_is_a_moment_a_length_or_refused(text):
    for read in (lambda cell: read_moment(cell, calendar_of(cell, year=2026)), read_seconds):
        try:
            read(text)
        except Unreadable:
            continue


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("65", 65),
        ("01:05", 65),
        ("1:02:03", 3_723),
        ("PT10M5S", 605),
        ("PT1H", 3_600),
        ("P0D", 0),
        ("1m 5s", 65),
        ("2h", 7_200),
    ],
)
def test_lengths_are_read(cell, seconds):
    assert read_seconds(cell) == seconds


@pytest.mark.parametrize(
    ("cell", "seconds"), [("1.5", 5_400), ("123456789012", 444_444_440_443_200), ("1:05", 65)]
)
def test_a_unit_is_that_of_plain_numbers_alone(cell, seconds):
    assert read_seconds(cell, unit=3_600) == seconds


@pytest.mark.parametrize("cell", ["abc", "P", "-5", "PT", "1:5"])
def test_what_is_no_length_is_refused(cell):
    with pytest.raises(Unreadable):
        read_seconds(cell)


def test_lengths_add_up():
    assert timedelta(seconds=read_seconds("P1DT1H1M1.5S") or 0) == timedelta(
        days=1, hours=1, minutes=1, seconds=1.5
    )
