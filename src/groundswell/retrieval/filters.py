"""Filters: ``key=value`` and its like, and what several of them mean together.

Different keys mean *and*. The same key again means *or*: ``country=US`` with ``country=GB`` is
either. Lower and upper bounds of a key make one interval, and each ``!=`` takes away from it.
``key=none`` finds creators of whom it is not known; ``key!=value`` keeps them.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from groundswell.retrieval import keys, values
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.values import Value
from groundswell.terms.errors import Refusal

_EXPRESSION = re.compile(r"([^<>=!]+)(>=|<=|!=|=|>|<)(.*)", re.DOTALL)


class UnreadableFilter(Refusal, ValueError):
    """A filter that is not written as key, sign and value."""

    code = "unreadable_filter"


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers of a column from low to high; an open end excludes its bound."""

    low: float = -math.inf
    high: float = math.inf
    is_low_open: bool = False
    is_high_open: bool = False

    def __contains__(self, number: float) -> bool:
        above = number > self.low or (number == self.low and not self.is_low_open)
        below = number < self.high or (number == self.high and not self.is_high_open)
        return above and below


@dataclass(frozen=True, slots=True)
class Filter:
    """Everything that was asked of one key.

    Attributes:
        key: Of which key.
        any_of: Values of which one suffices; None stands for "not known".
        within: Interval that suffices too; None when no bound was given.
        none_of: Values that are left out.
        written: The expressions as they were typed.
    """

    key: Key
    any_of: tuple[Value | None, ...]
    within: Interval | None
    none_of: tuple[Value | None, ...]
    written: tuple[str, ...]

    @property
    def is_only_without(self) -> bool:
        """Whether it asks for nothing, and only leaves values out."""
        return not self.any_of and self.within is None


NOT_EXCLUDED = Filter(keys.KEYS[keys.EXCLUDED], (), None, (True,), ())


def read(expressions: Sequence[str]) -> tuple[Filter, ...]:
    """Read filters such as ``country=US`` and ``followers>=10K``, one result for each key.

    Raises:
        UnreadableFilter: When an expression is no key, sign and value.
        UnknownKey: When no filter goes by that name.
        UnreadableValue: When the key can't have that value; see ``values.read`` for more.
    """
    asked: dict[str, list[tuple[Key, str, str, str]]] = {}
    for expression in expressions:
        name, sign, value = parts(expression)
        key = keys.filterable(name)
        asked.setdefault(key.name, []).append((key, sign, value, expression.strip()))
    return tuple(map(_together, asked.values()))


def parts(expression: str) -> tuple[str, str, str]:
    """The key, the sign and the value of an expression, as they were written.

    Raises:
        UnreadableFilter: When it is no key, sign and value.
    """
    match = _EXPRESSION.fullmatch(expression.strip())
    if match is None:
        raise UnreadableFilter(
            f"{expression!r} is no filter; write key=value, such as country=US, "
            "followers>=10K or audience.country.US>=0.2"
        )
    return match[1].strip(), match[2], match[3].strip()


def interval(key: Key, sign: str, value: Value) -> Interval:
    """Numbers of the key's column that stand in that relation to the value."""
    if isinstance(value, date):
        first, after = values.seconds(value), values.seconds(values.day_after(value))
        return {
            "=": Interval(first, after, is_high_open=True),
            ">=": Interval(low=first),
            ">": Interval(low=after),
            "<=": Interval(high=after, is_high_open=True),
            "<": Interval(high=first, is_high_open=True),
        }[sign]
    if key.kind is Kind.SEVERITY:
        value = values.LEVELS.index(str(value))
    if isinstance(value, str):
        raise UnreadableFilter(f"{key.name} is neither more nor less: use {key.name}={value}")
    return {
        "=": Interval(value, value),
        ">=": Interval(low=value),
        ">": Interval(low=value, is_low_open=True),
        "<=": Interval(high=value),
        "<": Interval(high=value, is_high_open=True),
    }[sign]


def _together(asked: list[tuple[Key, str, str, str]]) -> Filter:
    key = asked[0][0]
    any_of: list[Value | None] = []
    none_of: list[Value | None] = []
    lows: list[Interval] = []
    highs: list[Interval] = []
    for _, sign, text, written in asked:
        value = values.read(key, text)
        if sign == "=":
            any_of.append(value)
        elif sign == "!=":
            none_of.append(value)
        elif value is None or not key.is_comparable:
            raise UnreadableFilter(
                f"{written!r} compares what has no order; use {key.name}= or {key.name}!="
            )
        else:
            (lows if sign[0] == ">" else highs).append(interval(key, sign, value))
    within = _loosest(lows, highs)
    if within is not None and key.kind is Kind.SEVERITY:
        levels = [level for place, level in enumerate(values.LEVELS) if place in within]
        any_of, within = [*any_of, *levels], None
    return Filter(key, tuple(any_of), within, tuple(none_of), tuple(part[3] for part in asked))


def _loosest(lows: list[Interval], highs: list[Interval]) -> Interval | None:
    if not lows and not highs:
        return None
    low = min(lows, key=lambda each: (each.low, each.is_low_open), default=Interval())
    high = max(highs, key=lambda each: (each.high, not each.is_high_open), default=Interval())
    return Interval(low.low, high.high, low.is_low_open, high.is_high_open)
