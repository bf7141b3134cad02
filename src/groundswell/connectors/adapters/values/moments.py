"""Moments, days and lengths of time as files write them. Moments without a zone are UTC."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from babel import Locale

from groundswell.connectors.adapters.values.missing import MISSING_NUMBER, Unreadable

_MONTH_LANGUAGES = """
en de fr es pt it nl pl sv da nb tr ru uk id cs ro hu fi
"""
_EPOCH_FIRST, _EPOCH_LAST = 946_684_800, 4_102_444_800  # 2000 to 2100, in seconds
_SHEET_FIRST, _SHEET_LAST = 36_526, 73_051  # the same in days of a spreadsheet
_SHEET_START = datetime(1899, 12, 30, tzinfo=UTC)

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[ T,]+(.*))?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})Z?)?", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2})?)?(?:[ T,]+(.*))?", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.ASCII,
)
_WORDS = re.compile(r"(?<=\s)[+-]\d{4}|[^\W\d_]+\.?|\d+(?::\d+)*")
_EPOCH = re.compile(r"(\d{9,10})\.(\d+)", re.ASCII)
_ZONE = re.compile(r"(Z|UTC|GMT|[+-]\d\d:?\d\d)( \d{4})?$")
_ISO_DURATION = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)", re.ASCII)
_UNITS = re.compile(
    r"(?:(\d+)\s*h[a-z]*\.?)?\s*(?:(\d+)\s*m[a-z]*\.?)?\s*(?:(\d+(?:\.\d+)?)\s*s[a-z]*\.?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(slots=True)
class Calendar:
    """How a column writes dates.

    Attributes:
        day_first: Whether 3/4 is the third of April; None when no date is written so.
        year: The year of dates that name none.
        said: What had to be decided, for the user.
    """

    day_first: bool | None = None
    year: int | None = None
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Evidence:
    """What the dates of a column show of the order of day and month."""

    day_first: int = 0
    month_first: int = 0
    doubtful: str = ""
    dotted: bool = False
    without_year: bool = False
    without_zone: bool = False

    def see(self, cells: Iterable[str | list[str] | None]) -> None:
        """Take note of some cells."""
        for cell in cells:
            if not isinstance(cell, str):
                continue
            if ":" in cell and not _ZONE.search(cell.strip()):
                self.without_zone = True
            shape = _NUMBERS.fullmatch(cell.strip())
            if shape is None:
                continue
            first, second = int(shape[1]), int(shape[3])
            self.dotted = self.dotted or shape[2] == "."
            self.without_year = self.without_year or shape[4] is None
            if first > 12 >= second:
                self.day_first += 1
            elif second > 12 >= first:
                self.month_first += 1
            elif not self.doubtful:
                self.doubtful = cell.strip()

    @property
    def is_open(self) -> bool:
        """Whether there are dates that may be read in two ways, and nothing tells which."""
        return bool(self.doubtful) and self.day_first == self.month_first

    def decided(self, *, year: int | None, order: str | None) -> Calendar:
        """How to read the column, and what to tell the user of it."""
        found = Calendar(year=year if self.without_year else None)
        if self.without_zone:
            found.said.append("times without a zone were taken to be UTC")
        if not (self.doubtful or self.day_first or self.month_first):
            return found
        if order:
            found.day_first = order == "dmy"
        elif self.day_first != self.month_first:
            found.day_first = self.day_first > self.month_first
            written = "day before month" if found.day_first else "month before day"
            found.said.append(f"dates were read with the {written}, as some can only be")
        else:
            found.day_first = self.dotted
            written = "day before month" if self.dotted else "month before day"
            found.said.append(
                f"nothing tells how dates such as {self.doubtful!r} are meant; they were read "
                f'with the {written}: if that is wrong, give date_order = "dmy" or "mdy" '
                "under [format] in a map"
            )
        if found.year:
            found.said.append(f"dates without a year were taken to be of {found.year}")
        return found


def read_moment(cell: str, calendar_: Calendar) -> datetime | None:
    """A moment in UTC, or None when the cell says that there is none.

    A date without a time is its beginning; a month is its last day.

    Raises:
        Unreadable: When the cell holds no moment.
    """
    text = cell.strip()
    if text in MISSING_NUMBER:
        return None
    try:
        return _moment(text, calendar_)
    except Unreadable:
        raise
    except (OverflowError, ValueError):
        raise Unreadable("is not a date that exists") from None


def _moment(text: str, calendar_: Calendar) -> datetime:
    if text.isdigit():
        return _from_digits(text)
    if shape := _EPOCH.fullmatch(text):
        return _from_digits(shape[1] + shape[2][:6].ljust(6, "0"))
    if len(text) >= 10 and text[4] == "-":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return _from_parts(text, calendar_)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return _from_parts(text, calendar_)


def read_day(cell: str, calendar_: Calendar) -> date | None:
    """A day, or None when the cell says that there is none.

    Raises:
        Unreadable: When the cell holds no date.
    """
    moment = read_moment(cell, calendar_)
    return None if moment is None else moment.date()


def read_seconds(cell: str, *, unit: float = 1.0) -> float | None:
    """A length of time in seconds, from 65, 1:05, PT1M5S or 1m 5s.

    Args:
        cell: What is written.
        unit: Seconds in one of what a plain number counts.

    Raises:
        Unreadable: When the cell holds no such length.
    """
    text = cell.strip()
    if text in MISSING_NUMBER:
        return None
    if re.fullmatch(r"\d{1,15}(\.\d+)?", text, re.ASCII):
        return float(text) * unit
    if shape := _CLOCK.fullmatch(text):
        return int(shape[1] or 0) * 3600 + int(shape[2]) * 60 + float(shape[3])
    if (shape := _ISO_DURATION.fullmatch(text)) and any(shape.groups()):
        days, hours, minutes = (int(shape[part] or 0) for part in (1, 2, 3))
        return days * 86_400 + hours * 3600 + minutes * 60 + float(shape[4] or 0)
    if shape := _UNITS.fullmatch(text):
        return int(shape[1] or 0) * 3600 + int(shape[2] or 0) * 60 + float(shape[3] or 0)
    raise Unreadable("is not a length of time")


def _from_digits(text: str) -> datetime:
    number = int(text) if len(text) < 20 and text.isascii() else 0
    if len(text) == 8 and (shape := _COMPACT.fullmatch(text)) and 1990 <= int(shape[1]) <= 2100:
        return _at(int(shape[1]), int(shape[2]), int(shape[3]), None)
    if len(text) == 14 and (shape := _COMPACT.fullmatch(text)):
        clock = f"{shape[4]}:{shape[5]}:{shape[6]}"
        return _at(int(shape[1]), int(shape[2]), int(shape[3]), clock)
    for scale in (1, 1_000, 1_000_000):
        if _EPOCH_FIRST <= number // scale <= _EPOCH_LAST:
            return datetime.fromtimestamp(number // scale, UTC) + timedelta(
                microseconds=number % scale * (1_000_000 // scale)
            )
    if _SHEET_FIRST <= number <= _SHEET_LAST:
        return _SHEET_START + timedelta(days=number)
    raise Unreadable("is not a date")


def _from_parts(text: str, calendar_: Calendar) -> datetime:
    if shape := _YEAR_FIRST.fullmatch(text):
        year, month = int(shape[1]), int(shape[2])
        if shape[3] is None:
            if shape[4]:
                raise Unreadable("is not a date")
            return _at(year, month, calendar.monthrange(year, _month(month))[1], None)
        return _at(year, month, int(shape[3]), shape[4])
    if shape := _NUMBERS.fullmatch(text):
        return _from_numbers(shape, calendar_)
    return _from_words(text)


def _from_numbers(shape: re.Match[str], calendar_: Calendar) -> datetime:
    first, second = int(shape[1]), int(shape[3])
    if shape[4] is None:
        year = calendar_.year
        if year is None:
            raise Unreadable(
                "is a date without a year: give year = 2017, or which it is, under [defaults] "
                "in a map"
            )
    else:
        year = int(shape[4]) + (2000 if len(shape[4]) == 2 else 0)
    day_first = first > 12 if calendar_.day_first is None else calendar_.day_first
    day, month = (first, second) if day_first else (second, first)
    return _at(year, month, day, shape[5])


def _from_words(text: str) -> datetime:
    """``Jan 5, 2024``, ``5 janvier 2024 13:05``, ``Wed Oct 10 20:19:24 +0000 2018``."""
    words = _WORDS.findall(text)
    months = [month for word in words if (month := _month_names().get(_bare(word)))]
    numbers = [word for word in words if word.isdigit()]
    clock = [word for word in words if ":" in word]
    zone = [word for word in words if word[0] in "+-" and len(word) == 5]
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if len(months) != 1 or len(years) != 1 or len(days) > 1 or len(clock) > 1:
        raise Unreadable("is not a date")
    year, month = int(years[0]), months[0]
    day = int(days[0]) if days else calendar.monthrange(year, month)[1]
    half = next((word for word in words if _bare(word) in {"am", "pm"}), "")
    time = f"{clock[0]} {half}{zone[0] if zone else ''}".strip() if clock else None
    return _at(year, month, day, time)


def _bare(word: str) -> str:
    return word.lower().rstrip(".")


@cache
def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in _MONTH_LANGUAGES.split():
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in Locale(language).months[context][width].items():
                    if not name[0].isdigit():
                        names.setdefault(_bare(name), month)
    return names | {"sept": 9}


def _month(month: int) -> int:
    if not 1 <= month <= 12:
        raise Unreadable("is not a date that exists")
    return month


def _at(year: int, month: int, day: int, clock: str | None) -> datetime:
    start = datetime(year, month, day, tzinfo=UTC)
    if not clock:
        return start
    shape = _TIME.fullmatch(clock.strip())
    if shape is None:
        raise Unreadable("is not a time of day")
    hour = int(shape[1])
    if shape[5]:
        hour = hour % 12 + (12 if shape[5][0] in "Pp" else 0)
    micro = int((shape[4] or "0")[:6].ljust(6, "0"))
    moment = start.replace(
        hour=hour, minute=int(shape[2]), second=int(shape[3] or 0), microsecond=micro
    )
    return moment - _offset(shape[6])


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
