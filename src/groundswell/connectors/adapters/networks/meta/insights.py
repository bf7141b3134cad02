"""Insights: what Meta counted of a post or an account, as its lists of metrics say it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

MOST_LISTED = 45  # Meta lists the largest groups of a demographic and no more
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
_WINDOWS = {"day": "day", "week": "week", "days_28": "28 days", "month": "month"}
_UNTIL = re.compile(r"[?&](since|until)=(\d{9,11})(?=&|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as a reply tells it.

    Attributes:
        name: As Meta calls it.
        of: Id of the post or account, where the entry says it.
        period: day, week, days_28, month, lifetime or total_over_range.
        values: What was counted, with the end of the window where there are several.
        shares: Counts by dimension and value, for demographics.
    """

    name: str
    of: str | None
    period: str
    values: tuple[tuple[datetime | None, int], ...]
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
    return Metric(name, of, period, tuple(_counted(entry)))


def _counted(entry: Fields) -> Iterator[tuple[datetime | None, int]]:
    total = entry.object("total_value")
    if total is not None:
        total.know("breakdowns")
        value = total.count("value")
        if value is not None:
            yield None, value
    listed = entry.objects("values")
    for one in listed:
        if isinstance(one.raw("value"), dict):
            continue  # by hour of the day and the like: nothing is kept of it
        value = one.count("value")
        if value is not None:
            yield one.moment("end_time"), value


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


def add_shares(item: Item, metric: Metric, account: Reference, at: datetime) -> int | None:
    """Rows of audience shares, pooled over the counts.

    Returns:
        How many people the largest group of counts speaks of; None without any.
    """
    most = None
    for dimension, counts in metric.shares.items():
        people = sum(counts.values())
        if people <= 0:
            continue
        most = max(most or 0, people)
        if len(counts) >= MOST_LISTED:
            item.page.notes.append(
                f"Meta lists {MOST_LISTED} values of {dimension} at most: the shares are of the "
                f"{people:,} people who are in one of them"
            )
        for value, count in counts.items():
            item.add(
                "audience_shares",
                platform=account.platform,
                account=account,
                dimension=dimension,
                value=value,
                observed_at=at,
                source=Source.CREATOR_AUTHORISED,
                share=count / people,
                sample_size=people,
            )
    return most


def add_averages(
    item: Item,
    told: Sequence[Metric],
    account: Reference,
    columns: Mapping[str, str],
    span: Span,
) -> None:
    """Rows of what an account gained, one for each window and its end.

    Args:
        item: Where they go.
        told: The account's metrics.
        account: Whose.
        columns: Canonical columns by metric; others are left out.
        span: The time that totals without an end of their own speak of.
    """
    rows: dict[tuple[datetime, str], dict[str, int]] = {}
    for metric in told:
        column = columns.get(metric.name)
        for end, value in metric.values if column else ():
            if end is not None and end > span.until:
                continue  # the window isn't over: a part would pass for the whole
            window = _WINDOWS.get(metric.period)
            key = (end, window) if end and window else (end or span.until, span.window)
            rows.setdefault(key, {})[str(column)] = value
    for (at, window), counts in rows.items():
        item.add(
            "account_averages",
            platform=account.platform,
            account=account,
            observed_at=at,
            source=Source.CREATOR_AUTHORISED,
            window=window,
            **counts,
        )


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


def known_as(platform: Platform, metric: Metric, account: Reference | None) -> Reference | None:
    """The account that a metric is about: the given one, else the one that it names."""
    if account is not None:
        return account
    return Reference(platform, platform_id=metric.of) if metric.of else None


def renamed(metric: Metric, of: str | None) -> Metric:
    """The metric of what was asked for, where the entry does not say of what."""
    return metric if metric.of or not of else replace(metric, of=of)
