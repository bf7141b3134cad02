"""Replies of Pinterest: the own account, pins, analytics of a pin, and errors."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    NotFound,
    NotPermitted,
    NotUsed,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd, root
from groundswell.connectors.adapters.networks.meta import captions
from groundswell.connectors.adapters.networks.pages import Page, storable
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import ExchangeFailed, Reply
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

NAME = "Pinterest"
_OF_PIN = re.compile(r"/pins/(\d{1,40})/analytics")
_CODES: dict[int, tuple[type[ExchangeFailed], str]] = {
    2: (LoginExpired, "the creator has to connect the account again"),
    3: (NotPermitted, "the creator has to connect the account again and allow what is asked for"),
    8: (Throttled, "the sync goes on by itself when Pinterest takes requests again"),
    12: (Unavailable, "it will be asked again by itself"),
    29: (NotPermitted, "the creator has to connect the account again and allow what is asked for"),
    50: (NotFound, "the pin may have been deleted"),
}
_MEDIA = {
    "image": Format.IMAGE,
    "video": Format.VIDEO,
    "multiple_images": Format.CAROUSEL,
    "multiple_videos": Format.CAROUSEL,
    "multiple_mixed": Format.CAROUSEL,
}
_CREATIVE = {
    "REGULAR": Format.IMAGE,
    "VIDEO": Format.VIDEO,
    "MAX_VIDEO": Format.VIDEO,
    "CAROUSEL": Format.CAROUSEL,
    "COLLECTION": Format.CAROUSEL,
}
_OF_USERS = ("account_type", "board_count", "is_verified_merchant")
_OF_PINS = (
    *("alt_text", "board_id", "board_owner", "board_section_id", "dominant_color"),
    *("has_been_promoted", "is_owner", "is_product", "is_removable", "is_standard", "media"),
    *("media_source", "note", "parent_pin_id", "pin_metrics", "product_tags", "creative_type"),
)


def checked(reply: Reply, page: Page, *, now: datetime) -> Fields:
    """The fields of a reply.

    Raises:
        ExchangeFailed: When it says that it did not work.
    """
    fields = root(reply, page, of=NAME, now=now)
    code, words = fields.values.get("code"), _shown(fields.values.get("message", ""))
    is_error = isinstance(code, int) and "message" in fields.values
    if is_error and code in _CODES and reply.status < 500:
        kind, remedy = _CODES[code]
        raise kind(
            f"{NAME} did not answer ({words}): {remedy}", after=failures.wait_of(reply, now=now)
        )
    failures.check(reply, of=NAME, now=now, said=words)
    if is_error:
        raise failures.Misasked(f"{NAME} refused the request ({words})")
    return fields


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says.

    Raises:
        ExchangeFailed: When it is an error, or holds nothing that is kept.
    """
    page = Page()
    fields = checked(reply, page, now=now)
    values = fields.values
    if "username" in values:
        take_user(page, fields, now)
    elif isinstance(values.get("items"), list):
        for pin in listed(fields):
            take_pin(page, pin, None, now)
        fields.know("bookmark")
        fields.rest()
    elif "media" in values or "board_id" in values:
        take_pin(page, fields, None, now)
    else:
        _read_analytics(page, fields, reply, now)
    return page


def listed(fields: Fields) -> list[Fields]:
    """Pins of a list, each once.

    Raises:
        Changed: When there is no list.
        NotUsed: When it lists something else.
    """
    try:
        found = fields.objects("items")
    except Odd as error:
        raise Changed(f"{NAME} sent {error.where}, which {error}") from None
    others = [one for one in found if not {"media", "board_id", "creative_type"} & set(one.values)]
    if others and len(others) == len(found):
        raise NotUsed(f"{NAME} listed something else than pins: nothing of it is kept")
    return list({_mark(one): one for one in reversed(found)}.values())[::-1]


def take_user(page: Page, user: Fields, now: datetime) -> None:
    """Add the own account and its counts."""
    with page.item(user.path) as item:
        handle = user.needed("username", user.name("username"))
        user_id = user.name("id")
        website = user.address("website_url")
        item.add(
            "accounts",
            platform=Platform.PINTEREST,
            platform_id=user_id,
            handle=handle,
            display_name=captions.line(user.text("business_name")),
            bio=user.text("about"),
            url=f"https://www.pinterest.com/{handle}/",
            avatar_url=user.address("profile_image"),
            links=[website] if website else None,
            observed_at=now,
        )
        counts = {
            "followers": user.count("follower_count"),
            "following": user.count("following_count"),
            "posts": user.count("pin_count"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "account_observations",
                platform=Platform.PINTEREST,
                account=Reference(Platform.PINTEREST, user_id, handle),
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                **counts,
            )
        if user.raw("monthly_views") not in (None, "", -1):  # it has none to tell
            item.add(
                "account_averages",
                platform=Platform.PINTEREST,
                account=Reference(Platform.PINTEREST, user_id, handle),
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                window="month",
                views_gained=user.count("monthly_views"),
            )
        user.know(*_OF_USERS)
        user.rest()


def take_pin(
    page: Page, pin: Fields, account: Reference | None, now: datetime, *, counted: bool = True
) -> None:
    """Add a pin, and what it counts over its lifetime unless that is asked for on its own."""
    with page.item(pin.path) as item:
        post_id = pin.needed("id", pin.name("id"))
        title, more = pin.text("title"), pin.text("description")
        words = "\n\n".join(filter(None, (title, more))) or None
        link = pin.address("link")
        of = {"account": account or _owner(pin)}
        known = {name: value for name, value in of.items() if value is not None}
        item.add(
            "posts",
            platform=Platform.PINTEREST,
            post_id=post_id,
            **known,
            format=_format(pin),
            published_at=pin.moment("created_at"),
            url=f"https://www.pinterest.com/pin/{post_id}/",
            text=words,
            hashtags=captions.hashtags(words),
            links=[link] if link else None,
        )
        counts = _lifetime(pin) if counted else {}
        if any(count is not None for count in counts.values()):
            item.add(
                "post_observations",
                platform=Platform.PINTEREST,
                post_id=post_id,
                **known,
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                **counts,
            )
        pin.know(*_OF_PINS)
        pin.rest()


def take_analytics(
    page: Page, of_pin: Fields, post_id: str, account: Reference | None, now: datetime
) -> None:
    """Add what a pin counted, in a window that holds all of its life."""
    with page.item(of_pin.path) as item:
        every = of_pin.needed("all", of_pin.object("all"))
        window, life = every.object("summary_metrics"), every.object("lifetime_metrics")
        counts = {
            "views": _count(window, "IMPRESSION"),
            "saves": _count(window, "SAVE"),
            "likes": _count(life, "TOTAL_REACTIONS"),
            "comments": _count(life, "TOTAL_COMMENTS"),
            "interactions": _count(window, "ENGAGEMENT"),
            "watch_time_s": _seconds(window, "VIDEO_V50_WATCH_TIME"),
            "watch_average_s": _seconds(window, "VIDEO_AVG_WATCH_TIME"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "post_observations",
                platform=Platform.PINTEREST,
                post_id=post_id,
                **({"account": account} if account else {}),
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                **counts,
            )


def _read_analytics(page: Page, fields: Fields, reply: Reply, now: datetime) -> None:
    """Counts of one pin, whose number the address tells, or of several under their numbers."""
    of_address = _OF_PIN.search(reply.url)
    if "all" in fields.values and of_address:
        take_analytics(page, fields, of_address[1], None, now)
        return
    for name in fields.values:
        several = fields.values[name]
        if name.isascii() and name.isdigit() and len(name) <= 40 and isinstance(several, dict):
            take_analytics(page, Fields(several, page, name), name, None, now)
    if not page.items:
        names = storable(", ".join(sorted(fields.values))[:200]) or "nothing"
        raise NotUsed(f"{NAME} sent neither an account nor pins, but {names}: nothing is kept")
    if not page.lines and not page.bad:
        page.notes.append("Nothing was counted of these pins yet.")


def _lifetime(pin: Fields) -> dict[str, int | None]:
    metrics = pin.object("pin_metrics")
    life = None
    if metrics is not None:
        life = metrics.object("lifetime_metrics") or metrics.object("all_time")
    return {
        "views": _count(life, "impression"),
        "saves": _count(life, "save"),
        "likes": _count(life, "reaction"),
        "comments": _count(life, "comment"),
    }


def _count(metrics: Fields | None, name: str) -> int | None:
    return metrics.count(name) if metrics is not None else None


def _seconds(metrics: Fields | None, name: str) -> float | None:
    """A time, which Pinterest counts in milliseconds."""
    return metrics.seconds(name, unit=0.001) if metrics is not None else None


def _owner(pin: Fields) -> Reference | None:
    owner = pin.object("board_owner")
    handle = owner.name("username") if owner else None
    return Reference(Platform.PINTEREST, handle=handle) if handle else None


def _format(pin: Fields) -> Format | None:
    media = pin.object("media")
    kind = (media.text("media_type") if media else None) or ""
    return _MEDIA.get(kind) or _CREATIVE.get(pin.text("creative_type") or "")


def _mark(one: Fields) -> str:
    mark: Any = one.values.get("id")
    return mark if isinstance(mark, str) else one.path


def _shown(word: Any) -> str:
    return "".join(letter for letter in str(word)[:200] if letter.isprintable())


def is_own(pin: Fields) -> bool:
    """Whether the account made the pin; it may have saved somebody else's."""
    return pin.values.get("is_owner") is not False


def account_of(cursor: Mapping[str, Any]) -> Reference:
    """The own account, as the cursor keeps it."""
    return Reference(Platform.PINTEREST, cursor["id"], cursor["handle"])
