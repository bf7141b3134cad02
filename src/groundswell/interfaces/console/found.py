"""Creators in rows: the columns that can be chosen, and what stands in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.html import format_html

from groundswell.discovery import showing
from groundswell.interfaces.console import numerals, panel
from groundswell.interfaces.console.templatetags import console as tags
from groundswell.terms.factors import FactorName
from groundswell.terms.tiers import TierSet

_FIELDS = {"name": "name", "categories": "topics", "bio": "bio", "captions": "captions"}


@dataclass(frozen=True, slots=True)
class Column:
    """Something that a row can show.

    Attributes:
        name: How the address calls it.
        label: What stands above it.
        value: Where the documents of the index have it.
        draw: How it is written.
        sort: The key to sort by; blank when it has no order.
        meaning: What it is, for who points at it.
        is_number: Whether it stands at the right.
    """

    name: str
    label: str
    value: str
    draw: Callable[[Any], str]
    sort: str = ""
    meaning: str = ""
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a row under a column."""

    column: Column
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """An account as a row, and whose it is.

    Attributes:
        account: Its id; None for a creator without accounts.
        creator: Whose it is; None while it is being merged or removed.
        name: What they call themselves.
        handle: The name in its address.
        platform: Where it is.
        country: Where the creator is; blank when it is not known.
        is_verified: Whether the platform vouches for it.
        cells: The chosen columns.
        why: Why it was found, in a few words each.
        entry: The entry of a list that it stands for; None in a search.
        like_url: Where creators like it are; blank where that is not offered.
    """

    account: UUID | None
    creator: UUID | None
    name: str
    handle: str
    platform: str
    country: str
    is_verified: bool
    cells: Sequence[Cell]
    why: Sequence[str] = ()
    entry: Any = None
    like_url: str = ""


def _score(value: float | None) -> str:
    return numerals.MISSING if value is None else str(round(value))


def _topics(values: Sequence[str] | None) -> str:
    return ", ".join(values) if values else numerals.MISSING


def _followers(value: int | None) -> str:
    if value is None:
        return numerals.MISSING
    return format_html('<span title="{}">{}</span>', numerals.count(value), numerals.short(value))


def _verdict(value: str | None) -> str:
    return tags.words(value) if value else numerals.MISSING


def _flag(value: bool | None) -> str:  # noqa: FBT001 - a value that is drawn
    return numerals.MISSING if value is None else "yes" if value else "no"


def columns() -> tuple[Column, ...]:
    """Every column that can be chosen, in the order in which they are shown."""
    by = "engagements of a post {}, posts pooled"
    return (
        Column("followers", "Followers", "followers", _followers, "followers"),
        Column(
            "tier", "Tier", "tier", tags.tier, meaning="by followers, as the workspace sets it",
            is_number=False,
        ),
        Column(
            "engagement", "Engagement", "engagement_rate_by_followers", numerals.percent,
            "engagement_rate_by_followers", by.format("per follower"),
        ),
        Column(
            "engagement_by_views", "Eng. by views", "engagement_rate_by_views", numerals.percent,
            "engagement_rate_by_views", by.format("per view"),
        ),
        Column(
            "engagement_by_reach", "Eng. by reach", "engagement_rate_by_reach", numerals.percent,
            "engagement_rate_by_reach", by.format("per person reached"),
        ),
        Column("growth", "Growth 30 d", "growth", numerals.percent, "growth",
               "change of followers in 30 days"),
        *(
            Column(
                str(name), tags.words(name), f"factor_{name}", _score, f"factor.{name}",
                "score, 0 to 100; 50 is usual",
            )
            for name in FactorName
        ),
        Column(
            "overall", "Overall", "overall", _score, "overall",
            "weighted mean of the factors that can be said; dash where too few can",
        ),
        Column(
            "verdict", "Authenticity", "verdict", _verdict,
            meaning="whether somebody should look, or what was decided", is_number=False,
        ),
        Column("last_post", "Last post", "last_post_at", tags.day, "last_post", is_number=False),
        Column("country", "Country", "country", tags.flag, is_number=False),
        Column("language", "Language", "language", tags.language, is_number=False),
        Column("topics", "Topics", "categories", _topics, is_number=False),
        Column("city", "City", "city", lambda city: city or numerals.MISSING, is_number=False),
        Column("posts", "Posts", "posts", numerals.count, "posts"),
        Column("following", "Following", "following", numerals.short, "following"),
        Column("verified", "Verified", "verified", _flag, is_number=False),
    )  # fmt: skip


USUAL = ("followers", "tier", "engagement", "overall", "verdict", "last_post")
COLUMNS = {column.name: column for column in columns()}


def chosen(names: Iterable[str]) -> tuple[Column, ...]:
    """The columns of those names, in the order of the house; the usual ones when none is known."""
    wanted = [name for name in names if name in COLUMNS] or USUAL
    return tuple(column for name, column in COLUMNS.items() if name in wanted)


def row(
    values: Mapping[str, Any],
    shown: Sequence[Column],
    tiers: TierSet,
    **whose: Any,
) -> Row:
    """A row of what the index knows of an account.

    Args:
        values: By column of the documents; absent when not known.
        shown: The columns to fill.
        tiers: What the tiers mean.
        whose: ``account``, ``creator``, ``why``, ``entry`` and ``like_url`` of the row; ``name``
            where the values have none.
    """
    tier = tiers.tier_of(values.get("followers"))
    known = {**values, "tier": None if tier is None else str(tier)}
    handle = str(values.get("handle") or values.get("platform_id") or "")
    fallback = whose.pop("name", "") or handle or "Unnamed"
    return Row(
        name=str(values.get("display_name") or fallback),
        handle=handle,
        platform=str(values.get("platform") or ""),
        country=str(values.get("country") or ""),
        is_verified=bool(values.get("verified")),
        cells=[Cell(each, each.draw(known.get(each.value))) for each in shown],
        **whose,
    )


def why(reasons: Iterable[Any], shown: Sequence[Column]) -> list[str]:
    """Why an account was found, what stands in a column left out."""
    seen = {column.sort or column.value for column in shown} | {"tier", "country", "platform"}
    where: dict[str, list[str]] = {}
    others: dict[str, str] = {}
    points: list[str] = []
    alike: list[str] = []
    for reason in reasons:
        if reason.kind == "like":
            if reason.key == "language":
                alike.append(f"same language: {tags.language(reason.value)}")
            elif reason.key not in seen:
                alike.append(showing.in_words(reason))
        elif reason.kind == "rank":
            points.append(f"{reason.key} {reason.value:.2f}")
        elif reason.kind == "words":
            where.setdefault(reason.asked, []).append(_FIELDS.get(reason.key, reason.key))
        elif reason.key.startswith("audience."):
            part = reason.key.split(".", 2)[-1]
            others[reason.key] = f"audience {part} {numerals.percent(reason.value)}"
        elif reason.key not in seen:
            said = showing.in_words(reason).removeprefix("sorted by ")
            others[reason.key] = said.replace(reason.key.replace("_", " "), _label(reason.key), 1)
    words = [f"\u201c{asked}\u201d in {', '.join(fields)}" for asked, fields in where.items()]
    return [*alike, *words, *others.values(), *([", ".join(points)] if points else [])]


def _label(key: str) -> str:
    label = panel.label_of(key)
    return label[:1].lower() + label[1:]
