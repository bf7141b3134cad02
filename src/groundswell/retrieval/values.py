"""Values of filters: how ``10K``, ``3%``, ``Brazil`` or ``2026-01-31`` are read."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeAlias

from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.words import fold_name
from groundswell.terms import places
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.terms.safety import Severity
from groundswell.terms.tiers import Tier

Value: TypeAlias = str | int | float | bool | date

ABSENT = "none"
CLEAR = "clear"
LEVELS = (CLEAR, *(severity.name.lower() for severity in Severity))  # from the mildest up
LARGEST = 2**53  # counts up to here are exact wherever they pass
_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(\.[0-9]{1,18})?([kmb%]?)")
_SCALE: Mapping[str, int | Decimal] = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "b": 10**9,
    "%": Decimal("0.01"),
}
_FLAGS = {**dict.fromkeys(("yes", "true", "1"), True), **dict.fromkeys(("no", "false", "0"), False)}


class UnreadableValue(Refusal, ValueError):
    """A value that cannot be read for its key."""

    code = "unreadable_value"

    def __init__(self, key: Key, text: str, wanted: str) -> None:
        super().__init__(f"{key.name} can't be compared with {text!r}: write {wanted}")


def read(key: Key, text: str) -> Value | None:
    """The value that a person wrote for a key, None for ``none``.

    Raises:
        UnreadableValue: When the key can't have that value.
        UnknownPlatform: When no platform goes by that name.
        UnknownPlace: When no country does.
        UnknownLanguage: When no language does.
    """
    text = text.strip()
    if text.lower() == ABSENT:
        return None
    if not text:
        raise UnreadableValue(key, text, f"a value behind the sign, or {ABSENT!r} for unknown")
    return _READERS[key.kind](key, text)


def seconds(day: date) -> int:
    """Seconds from the epoch to the first moment of a day in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def day_after(day: date) -> date:
    """The next day; the last day of the calendar stays."""
    return day + timedelta(1) if day < date.max else day


def _number(key: Key, text: str) -> Decimal:
    match = _NUMBER.fullmatch(text.lower().replace(" ", "").replace("_", ""))
    if match is None:
        raise UnreadableValue(key, text, "a plain number such as 0.5, 3% or 10K")
    sign, whole, fraction, suffix = match.groups()
    return Decimal(sign + whole.replace(",", "") + (fraction or "")) * _SCALE[suffix]


def _count(key: Key, text: str) -> int:
    number = _number(key, text)
    if number != int(number) or not 0 <= number <= LARGEST or text.endswith("%"):
        raise UnreadableValue(key, text, "a whole number such as 5000, 5,000 or 5K")
    return int(number)


def _rate(key: Key, text: str) -> float:
    number = _number(key, text)
    if abs(number) > 1 and not text.endswith("%"):
        raise UnreadableValue(key, text, "a share such as 0.03, or a percentage such as 3%")
    return float(number)


def _share(key: Key, text: str) -> float:
    number = _number(key, text)
    if not 0 <= number <= 1:
        raise UnreadableValue(key, text, "a share from 0 to 1, or a percentage such as 20%")
    return float(number)


def _day(key: Key, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableValue(key, text, "a day such as 2026-01-31") from None


def _money(key: Key, text: str) -> float:
    number = _number(key, text)
    if number < 0 or text.endswith("%"):
        raise UnreadableValue(key, text, "an amount such as 250 or 1.5K")
    return float(number)


def _level(key: Key, text: str) -> str:
    level = {"mild": "low"}.get(text.lower(), text.lower())
    if level not in LEVELS:
        near = get_close_matches(level, LEVELS, n=1)
        raise UnreadableValue(key, text, near[0] if near else f"one of {', '.join(LEVELS)}")
    return level


def _tier(key: Key, text: str) -> Tier:
    tiers = {str(tier): tier for tier in Tier}
    if text.lower() not in tiers:
        near = get_close_matches(text.lower(), tiers, n=1)
        raise UnreadableValue(key, text, near[0] if near else f"one of {', '.join(tiers)}")
    return tiers[text.lower()]


def _flag(key: Key, text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise UnreadableValue(key, text, "yes or no")
    return _FLAGS[text.lower()]


_READERS: Mapping[Kind, Callable[[Key, str], Value]] = {
    Kind.PLATFORM: lambda _, text: str(Platform.parse(text)),
    Kind.COUNTRY: lambda _, text: places.country(text),
    Kind.LANGUAGE: lambda _, text: places.language(text),
    Kind.NAME: lambda _, text: fold_name(text),
    Kind.TIER: _tier,
    Kind.FLAG: _flag,
    Kind.COUNT: _count,
    Kind.RATE: _rate,
    Kind.NUMBER: lambda key, text: float(_number(key, text)),
    Kind.DAY: _day,
    Kind.SHARE: _share,
    Kind.MONEY: _money,
    Kind.SINCE: _day,
    Kind.SEVERITY: _level,
}
