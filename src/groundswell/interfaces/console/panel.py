"""The filters beside a search: facets with counts, bounds with units, and what is asked for now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.discovery import queries
from groundswell.discovery.exploring import Explored, Written
from groundswell.interfaces.console import numerals, questions
from groundswell.interfaces.console.questions import Asked
from groundswell.interfaces.console.templatetags import console as tags

MOST_OPTIONS = 60
LABELS = {
    "category": "Topic",
    "engagement_rate_by_followers": "Engagement by followers",
    "engagement_rate_by_reach": "Engagement by reach",
    "engagement_rate_by_views": "Engagement by views",
    "growth": "Growth in 30 days",
    "last_post": "Last post",
    "verified": "Verified",
    "saturation": "Sponsored posts in 90 days",
    "price": "Price of a piece",
    "brand_safety": "Brand safety",
    "brand_safety_subject": "Posts speak of",
    "last_competitor": "Last post with a competitor",
    "tag": "Tags",
    "list": "Lists",
    "excluded": "Excluded creators",
    "last_contact": "Last contact",
    "not_contacted_since": "Not contacted since",
}
_SIGNS = {"=": "", "!=": "not ", ">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< "}
_GROUPS = {
    "count": "Followers and posts",
    "rate": "Engagement and growth",
    "number": "Scores",
    "day": "Activity",
}
_ELSE = "Place and name"
_GROUP_OF = dict.fromkeys(("saturation", "price", "last_competitor"), "Price and sponsoring") | (
    dict.fromkeys(("excluded", "last_contact", "not_contacted_since"), "Contact and exclusion")
)
# Facets that say nothing until somebody has tags, lists or a scan.
_WHEN_ANY = frozenset({"tag", "list", "brand_safety_subject"})
_NAMED_FREELY = frozenset({"tag", "list"})
_IN_ORDER = {
    "tier": ("nano", "micro", "mid", "macro", "mega", "none"),
    "brand_safety": ("clear", "low", "medium", "high", "none"),
}
# What most people begin with comes first, and open.
_ORDER = ("platform", "country", "category", "tier", "Followers and posts", "Engagement and growth",
          "brand_safety", "brand_safety_subject", "Price and sponsoring", "tag", "list",
          "Contact and exclusion")  # fmt: skip
_OPEN = frozenset(_ORDER[:5])
DIMENSIONS = ("country", "gender", "age", "language", "city", "interest")


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet."""

    expression: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field for bounds, or for one word."""

    name: str
    label: str
    kind: str
    unit: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Filters that are opened together."""

    name: str
    title: str
    options: Sequence[Option] = ()
    fields: Sequence[Field] = ()
    active: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is open when the page comes."""
        return self.active > 0 or (self.name in _OPEN and bool(self.options or self.fields))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is asked for, with the way to take it out."""

    label: str
    url: str
    problem: str = ""
    brings: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """The filters, and what the fields do not show, to be sent along hidden."""

    groups: Sequence[Group]
    hidden: Sequence[str]
    audience: Sequence[Chip]


def label_of(key: str) -> str:
    """A key as people read it."""
    if key.startswith("factor."):
        return f"{tags.words(key.removeprefix('factor.'))} score"
    if key.startswith("price."):
        return f"Price in {key.removeprefix('price.').upper()}"
    if key.startswith("brand_safety."):
        return f"Brand safety, {tags.words(key.removeprefix('brand_safety.')).lower()}"
    return LABELS.get(key) or tags.words(key)


def value_of(key: str, value: str) -> str:
    """A facet's value as people read it."""
    if value == "none":
        return _NONE.get(key, "Unknown")
    if key in _NAMED_FREELY:
        return value
    named = {"country": tags.country, "language": _language, "platform": _platform}
    return named[key](value) if key in named else tags.words(value)


_NONE = {"tag": "No tag", "list": "On no list", "brand_safety": "Not scanned",
         "brand_safety_subject": "None of these"}  # fmt: skip


def _language(tag: str) -> str:
    region = tag.partition("-")[2]
    return f"{tags.language(tag)} ({region})" if region else tags.language(tag)


def _platform(name: str) -> str:
    return tags.PLATFORMS.get(name, name)


def chips(asked: Asked, seen: Explored, path: str) -> list[Chip]:
    """What is asked for, one chip for each account to be like and each filter."""
    return [
        Chip(
            f"Like {called(each.expression)}",
            asked.unlike(each.expression).address(path),
            sentence(each.problem),
        )
        for each in seen.like
    ] + [
        Chip(
            each.expression if each.problem else in_words(each),
            asked.without(each.expression).address(path),
            sentence(each.problem),
            seen.without.get(each.key),
        )
        for each in seen.written
    ]


def called(account: str) -> str:
    """An account as people speak of it: ``instagram:anna`` is @anna on Instagram."""
    platform, colon, name = account.partition(":")
    return f"@{name.removeprefix('@')} on {_platform(platform)}" if colon and name else account


def sentence(said: str) -> str:
    """What a refusal says, as a sentence that others can follow."""
    whole = said[:1].upper() + said[1:]
    return whole if not said or said[-1] in ".?!" else f"{whole}."


def in_words(written: Written) -> str:
    """A filter as people read it."""
    if not written.sign:
        return written.key
    sign = _SIGNS[written.sign]
    if written.key.startswith("audience."):
        _, dimension, part = [*written.key.split(".", 2), "", ""][:3]
        who = value_of(dimension, part) if dimension in {"country", "language"} else part
        unknown = "share unknown" if written.value == "none" else ""
        share = unknown or f"{sign}{questions.bare('share', written.value)}%"
        return f"Audience {dimension} {who} {share}"
    kinds = {key.name: str(key.kind) for key in queries.filter_keys()}
    kind = kinds.get(written.key, "name")
    if written.value == "none":
        return f"{label_of(written.key)}: {'known' if sign else 'unknown'}"
    if kind == "rate":
        value = f"{questions.bare(kind, written.value)}%"
    elif kind == "count" and written.value.isdecimal():
        value = numerals.count(int(written.value))
    else:
        value = value_of(written.key, written.value)
    between = " " if written.sign not in {"=", "!="} else ": "
    return f"{label_of(written.key)}{between}{sign}{value}"


def panel(asked: Asked, seen: Explored, path: str) -> Panel:
    """The filters beside a search, as they stand now."""
    by_key: dict[str, list[Written]] = {}
    for each in seen.written:
        if not each.problem:
            by_key.setdefault(each.key, []).append(each)
    shown: set[str] = set()
    groups: dict[str, Group] = {}
    for key in queries.filter_keys():
        mine = by_key.get(key.name, [])
        if key.is_facet:
            options = _options(key.name, seen)
            if key.name in _WHEN_ANY and not mine and len(options) < 2:
                continue
            shown.update(each.expression for each in mine if each.sign == "=")
            groups[key.name] = Group(key.name, label_of(key.name), options, active=len(mine))
        else:
            field = _field(key, mine)
            shown.update(each.expression for each in mine if field.low or field.high)
            title = _GROUP_OF.get(key.name) or _GROUPS.get(field.kind, _ELSE)
            _into(groups, title, field, len(mine))
    audience = [each for each in seen.written if each.key.startswith("audience.")]
    return Panel(
        sorted(groups.values(), key=_rank),
        [each.expression for each in seen.written if each.expression not in shown],
        [Chip(in_words(e), asked.without(e.expression).address(path)) for e in audience],
    )


def _rank(group: Group) -> int:
    return _ORDER.index(group.name) if group.name in _ORDER else len(_ORDER)


def _into(groups: dict[str, Group], title: str, field: Field, active: int) -> None:
    before = groups.get(title, Group(title, title))
    fields = (*before.fields, field)
    groups[title] = Group(title, title, fields=fields, active=before.active + active)


def _options(key: str, seen: Explored) -> list[Option]:
    counts = dict(seen.found.facets.get(key, {}))
    for each in seen.written:
        mine = each.key == key and each.sign == "=" and not each.problem
        if mine and not any(seen.means(each, value) for value in counts):
            counts[each.value] = 0
    values: Iterable[str] = sorted(counts, key=lambda value: value == "none")
    if key in _IN_ORDER:
        order = _IN_ORDER[key]
        values = sorted(counts, key=lambda each: order.index(each) if each in order else 9)
    made = [
        Option(f"{key}={value}", value_of(key, value), counts[value], seen.has_chosen(key, value))
        for value in values
    ]
    return made[:MOST_OPTIONS] + [each for each in made[MOST_OPTIONS:] if each.is_chosen]


def _field(key: Any, mine: Sequence[Written]) -> Field:
    """The field of a key; empty when what is asked of it needs more than the field can say."""
    kind = str(key.kind)
    unit = {"rate": "%", "number": "0–100"}.get(kind, "")
    empty = Field(key.name, label_of(key.name), kind, unit)
    signs = [each.sign for each in mine]
    possible = {">=", "<="} if key.is_ordered else {"="}
    if kind == "flag" and [each.value for each in mine] != ["yes"]:
        return empty
    if not mine or not set(signs) <= possible or len(set(signs)) < len(signs):
        return empty
    bounds = {each.sign: questions.bare(kind, each.value) for each in mine}
    low, high = bounds.get(">=", bounds.get("=", "")), bounds.get("<=", "")
    return Field(key.name, empty.label, kind, unit, low, high)
