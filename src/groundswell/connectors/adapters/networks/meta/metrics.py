"""Metrics as a reply of Meta tells them: what was counted, of what, and over which time."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.values.missing import Unreadable

_LONGEST_VALUE = 255
_DIMENSIONS = ("age", "gender", "city", "country")
_GENDERS = {"F": "female", "M": "male", "U": "unknown"}
_OLD_DIMENSIONS = {
    "audience_city": ("city",),
    "audience_country": ("country",),
    "audience_gender_age": ("gender", "age"),
}
DEMOGRAPHICS = frozenset(
    {
        "follower_demographics",
        "engaged_audience_demographics",
        "reached_audience_demographics",
        *_OLD_DIMENSIONS,
    }
)
_TIMES = frozenset({"ig_reels_avg_watch_time", "ig_reels_video_view_total_time"})
_A_MILLISECOND = 0.001
_RATES = frozenset({"reels_skip_rate"})
_UNTIL = re.compile(r"[?&](since|until)=(\d{9,11})(?=&|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as a reply tells it.

    Attributes:
        name: As Meta calls it.
        of: Id of the post or account, where the entry says it.
        period: day, week, days_28, month, lifetime or total_over_range.
        values: What was counted, with the end of the window where there are several; times are
            in seconds.
        shares: Counts by dimension and value, for demographics.
    """

    name: str
    of: str | None
    period: str
    values: tuple[tuple[datetime | None, float], ...]
    shares: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a total speaks of."""

    window: str
    until: datetime


def metrics(entries: Iterable[Fields]) -> list[Metric]:
    """The metrics of a list, each once; one that can't be read is noted as bad.

    What is missing is no zero: Meta leaves it out, or sends an empty list.
    """
    told: dict[tuple[str, str, str | None], Metric] = {}
    for entry in entries:
        try:
            found = _metric(entry)
        except Unreadable as error:
            where = getattr(error, "where", entry.path)
            entry.page.refuse(where, getattr(error, "value", ""), str(error))
        else:
            entry.rest()
            told[found.name, found.period, found.of] = found
    return list(told.values())


def _metric(entry: Fields) -> Metric:
    name = entry.needed("name", entry.name("name"))
    entry.know("title", "description", "link_total_values")
    of = (entry.name("id") or "").partition("/")[0] or None
    period = entry.name("period") or ""
    if name in DEMOGRAPHICS:
        return Metric(name, of, period, (), _pooled(entry, name))
    return Metric(name, of, period, tuple(_counted(entry, name)))


def _counted(entry: Fields, name: str) -> Iterator[tuple[datetime | None, float]]:
    total = entry.object("total_value")
    if total is not None:
        total.know("breakdowns")
        value = _value(total, name)
        if value is not None:
            yield None, value
    listed = entry.objects("values")
    for one in listed:
        if isinstance(one.raw("value"), dict):
            continue  # by hour of the day and the like: nothing is kept of it
        value = _value(one, name)
        if value is not None:
            yield one.moment("end_time"), value


def _value(told: Fields, name: str) -> float | None:
    if name in _TIMES:
        return told.seconds("value", unit=_A_MILLISECOND)
    return told.number("value") if name in _RATES else told.count("value")


def _pooled(entry: Fields, name: str) -> dict[str, dict[str, int]]:
    """Counts by dimension and value; of a cross of two dimensions, the sums by each."""
    groups = {(keys, values): count for keys, values, count in _groups(entry, name)}
    pooled: dict[str, dict[str, int]] = {}
    for (keys, values), count in groups.items():
        if len(keys) != len(values):
            raise Odd(entry.where("total_value"), values, "has not one value for each dimension")
        for dimension, value in zip(keys, values, strict=True):
            if dimension in _DIMENSIONS and value:
                counts = pooled.setdefault(dimension, {})
                named = _GENDERS.get(value, value) if dimension == "gender" else value
                counts[named] = counts.get(named, 0) + count
    return pooled


def _groups(entry: Fields, name: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], int]]:
    total = entry.object("total_value")
    for part in total.objects("breakdowns") if total else []:
        keys = tuple(part.texts("dimension_keys") or ())
        for result in part.objects("results"):
            count = result.count("value")
            if count is not None:
                values = _names(result.raw("dimension_values"), result.where("dimension_values"))
                yield keys, values, count
    old = _OLD_DIMENSIONS.get(name, ())
    for one in entry.objects("values")[-1:]:
        counts = one.object("value")
        for group in counts.values if counts else ():
            count = counts.count(group) if counts else None
            if count is not None:
                parts = group.split(".", 1) if len(old) > 1 else [group]
                yield old, _names(parts, one.where("value")), count


def _names(found: object, where: str) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Odd(where, found, "is no list of texts")
    if any(len(one) > _LONGEST_VALUE or not one.isprintable() for one in found):
        raise Odd(where, found, "is no list of names")
    return tuple(found)


def span_of(paging: Any, *, now: datetime) -> Span:
    """The time that the totals of a reply speak of, out of the addresses beside it.

    The page before ends where this one begins, the page after begins where this one ends.
    """
    found = paging if isinstance(paging, dict) else {}
    begins = _edges(found.get("previous")).get("until")
    ends = _edges(found.get("next")).get("since")
    if begins is None or ends is None or not 0 < ends - begins < 93 * 86_400:
        return Span("day", now)
    days = max(1, round((ends - begins) / 86_400))
    window = {1: "day", 7: "week", 30: "month"}.get(days, f"{days} days")
    until = datetime.fromtimestamp(ends, tz=now.tzinfo)
    return Span(window, min(until, now))


def _edges(address: object) -> dict[str, int]:
    if not isinstance(address, str):
        return {}
    return {name: int(number) for name, number in _UNTIL.findall(address)}
