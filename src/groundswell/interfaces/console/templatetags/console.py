"""What templates of the console say numbers, moments and places with: ``{% load console %}``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from groundswell.interfaces.console import intervals, numerals
from groundswell.interfaces.console.charts import Chart, Point
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money
from groundswell.vetting import exhibits
from groundswell.vetting.exhibits import Rows

register = template.Library()

_ENGLISH = Locale("en")
PLATFORMS = {
    "instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube", "x": "X",
    "twitch": "Twitch", "facebook": "Facebook", "pinterest": "Pinterest", "snapchat": "Snapchat",
    "linkedin": "LinkedIn", "threads": "Threads", "bluesky": "Bluesky", "mastodon": "Mastodon",
    "blog": "Blog",
}  # fmt: skip
_UNITS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)
_LETTERS = {"api", "csv", "kpi", "cpm", "cpe", "cpv", "url"}
_BRANDS = {**PLATFORMS, "hypeauditor": "HypeAuditor", "creatoriq": "CreatorIQ", "grin": "GRIN"}
_BEHIND = {
    Rows.POSTS: "posts", Rows.COUNTS: "days", Rows.PARTS: "countries",
    Rows.PEOPLE: "people sampled", Rows.COMMENTS: "comments",
}  # fmt: skip
# Networks that are no platforms of creators.
_SHOPS = {"shopify": "Shopify", "woocommerce": "WooCommerce"}
_ICONS = {"x": "twitter-x", "blog": "rss", "shopify": "bag", "woocommerce": "cart"}

register.filter("count", numerals.count)
register.filter("short", numerals.short)
register.filter("percent", numerals.percent)
register.filter("number", numerals.number)
register.filter("shown", numerals.shown)


@dataclass(frozen=True, slots=True)
class Area:
    """One entry of the navigation, and the beginnings of the names of its pages."""

    name: str
    label: str
    icon: str
    pages: tuple[str, ...]
    group: str = ""
    url: str = ""
    is_active: bool = False


AREAS = (
    Area("home", "Home", "house", ("home",)),
    Area("discover", "Discover", "search", ("discover", "creator", "compare", "search")),
    Area("plans", "Plans", "clipboard-data", ("plan", "brief")),
    Area("lists", "Lists", "", ("list",), "Network"),
    Area("connections", "Connections", "", ("connection",), "Network"),
    Area("imports", "Imports", "", ("import",), "Network"),
    Area("duplicates", "Duplicates", "", ("duplicate",), "Network"),
    Area("reviews", "Review queue", "", ("review",), "Network"),
    Area("settings", "Settings", "gear", ("setting", "member", "token", "journal", "invitation")),
)


@register.simple_tag(takes_context=True)
def areas(context: template.Context) -> list[Area]:
    """The areas that have pages here, the current one marked."""
    here = getattr(getattr(context.get("request"), "resolver_match", None), "url_name", None) or ""
    return [
        replace(area, url=url, is_active=here.startswith(area.pages))
        for area in AREAS
        if (url := to(context, f"console:{area.name}", missing=""))
    ]


@register.simple_tag(takes_context=True)
def to(context: template.Context, name: str, *, missing: str | None = None, **kwargs: Any) -> str:
    """The address of a page in the workspace that the request is in.

    ``missing`` is given instead where no such page exists, or no workspace is open.
    """
    workspace = getattr(getattr(context.get("request"), "desk", None), "workspace", None)
    try:
        # Without a workspace nothing is given for the slug, and no address fits.
        slug = {"slug": workspace.slug} if workspace else {}
        return reverse(name, kwargs={**slug, **kwargs})
    except NoReverseMatch:
        if missing is None:
            raise
        return missing


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A picture for the eye alone: the word beside it says the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="16" height="16">'
        '<use href="{}#{}"></use></svg>',
        static("console/icons.svg"),
        name,
    )


@register.simple_tag
def drawn(
    estimate: Estimate | Mapping[str, Any] | None,
    unit: str = "",
    start: float | None = None,
    end: float | None = None,
) -> intervals.Drawing:
    """An estimate's texts and bar, for the part that shows them."""
    return intervals.drawing(
        estimate or None, unit or "number", start=_given(start), end=_given(end)
    )


@register.simple_tag
def platform_names() -> str:
    """What the platforms call themselves, for scripts."""
    return json.dumps(PLATFORMS)


@register.simple_tag
def rows_behind(measure: str) -> str:
    """What a measure can be seen on, in a word; blank where there is nothing to show."""
    rows = exhibits.seen_on(measure)
    return _BEHIND[rows] if rows else ""


def _given(value: Any) -> float | None:
    return None if value in ("", None) else float(value)


@register.filter
def money(amount: Money | float | None, currency: str = "") -> str:
    """An amount: a Money, or minor units with the currency as argument."""
    if isinstance(amount, Money):
        return numerals.money(amount.minor, amount.currency)
    return numerals.money(amount, currency)


@register.filter
def words(name: str | None) -> str:
    """A name from the code as words: life_moments is written Life moments, api API."""
    text = str(name or "").replace("_", " ").strip()
    if text in _LETTERS:
        return text.upper()
    first, _, rest = text.partition(" ")
    return f"{_BRANDS.get(first, first[:1].upper() + first[1:])} {rest}".rstrip()


@register.filter
def moment(at: datetime | str | None) -> str:
    """A moment in the workspace's zone, with UTC for the mouse and for machines."""
    if (found := _moment(at)) is None:
        return numerals.MISSING
    local = timezone.localtime(found)
    return _time(found, f"{local.day} {local:%b %Y, %H:%M}")


@register.filter
def day(at: date | datetime | str | None) -> str:
    """A date: that of a moment is the one in the workspace's zone."""
    if isinstance(at, date) and not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), f"{at.day} {at:%b %Y}")
    if (found := _moment(at)) is None:
        return numerals.MISSING
    local = timezone.localtime(found)
    return _time(found, f"{local.day} {local:%b %Y}")


@register.filter
def ago(at: datetime | str | None, now: datetime | None = None) -> str:
    """How long ago a moment was, or in how long it will be."""
    if (found := _moment(at)) is None:
        return numerals.MISSING
    if not now:
        return moment(found)
    passed = now - found
    text = _span(abs(passed))
    return _time(
        found, "just now" if not text else f"{text} ago" if passed.days >= 0 else f"in {text}"
    )


def _moment(at: date | datetime | str | None) -> datetime | None:
    if isinstance(at, str) and at:
        at = datetime.fromisoformat(at)
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _time(at: datetime, text: str) -> SafeString:
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{utc:%Y-%m-%d %H:%M:%S}",
        text,
    )


def _span(passed: timedelta) -> str:
    seconds = int(passed.total_seconds())
    for size, unit in (
        (31_536_000, "year"),
        (2_592_000, "month"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
    ):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return ""


@register.filter
def country(code: str | None) -> str:
    """A country's English name; a code that nobody knows stays as it is."""
    return str(_ENGLISH.territories.get(str(code or "").upper(), code or numerals.MISSING))


@register.filter
def flag(code: str | None) -> str:
    """A country in two letters, its name for who points at it."""
    if not code:
        return numerals.MISSING
    return format_html('<abbr class="code" title="{}">{}</abbr>', country(code), code.upper())


@register.filter
def language(tag: str | None) -> str:
    """A language's English name; a tag that nobody knows stays as it is."""
    if not tag:
        return numerals.MISSING
    return str(_ENGLISH.languages.get(tag.split("-")[0].lower(), tag))


@register.filter
def lasting(span: timedelta) -> str:
    """How long something lasts, in the largest unit that fits."""
    seconds = int(span.total_seconds())
    for name, length in _UNITS[2:]:
        if seconds >= length and seconds % length == 0:
            number = seconds // length
            return name if number == 1 else f"{number} {name}s"
    return f"{seconds} seconds"


@register.filter
def tier(name: str | None) -> str:
    """A tier as a small label."""
    if not name:
        return numerals.MISSING
    return format_html('<span class="tier">{}</span>', name)


@register.filter
@lru_cache
def platform(name: str | None) -> str:
    """The sign and name of a platform or a shop."""
    if not name:
        return numerals.MISSING
    known = str(name)
    names = PLATFORMS | _SHOPS
    sign = icon(_ICONS.get(known, known)) if known in names else ""
    return format_html('<span class="platform">{}{}</span>', sign, names.get(known, known))


@register.filter
def control(field: BoundField) -> SafeString:
    """A form's field as Bootstrap wants it, tied to its help and its errors."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        name = "form-check-input"
    elif isinstance(widget, RadioSelect):
        name = "radios"
    elif isinstance(widget, Select):
        name = "form-select"
    else:
        name = "form-control"
    given = f"{widget.attrs.get('class', '')} {name}".strip()
    attributes: dict[str, str | bool] = {"class": f"{given} is-invalid" if field.errors else given}
    tied = [f"{field.auto_id}_helptext"] if field.help_text else []
    tied += [f"{field.auto_id}_error"] if field.errors else []
    if tied:
        attributes["aria-describedby"] = " ".join(tied)
    return field.as_widget(attrs=attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the field's label belongs behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def place(point: Point, chart: Chart) -> str:
    """A chart's point on its x axis, as the table writes it."""
    if isinstance(point.x, date):
        return day(point.x)
    return point.x if isinstance(point.x, str) else numerals.shown(point.x, chart.x_unit)


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The pages to offer: the ends, and what is near; None where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


@register.filter
def nth(items: Sequence[Any], position: int) -> Any:
    """One of some things, by its position; None behind the last."""
    return items[position] if position < len(items) else None


@register.filter
def share_of(part: int, whole: int) -> str:
    """What share of a whole a part is."""
    return numerals.percent(part / whole) if whole else numerals.MISSING


@register.filter
def happened(event: str) -> str:
    """An event of the journal as words: import.published is written Import published."""
    return words(event.replace(".", " "))
