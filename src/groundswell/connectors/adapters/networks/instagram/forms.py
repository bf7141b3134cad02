"""Any reply of Instagram, told by its form alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.instagram import posts
from groundswell.connectors.adapters.networks.instagram.insights import MEANINGS
from groundswell.connectors.adapters.networks.meta import graph, insights
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.forms import reader
from groundswell.connectors.adapters.networks.meta.metrics import span_of
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Reply
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

OF = "Instagram"

_POST = frozenset(["media_type", "media_product_type", "permalink", "caption", "comments_count"])
_COMMENT = frozenset(["text"])
_COUNTED = frozenset(["followers_count", "follows_count", "media_count"])
_PROFILE = _COUNTED | {"username", "biography", "profile_picture_url"}
_INSIGHT = frozenset(["values", "total_value"])
_PARTNER = frozenset(["creator_username", "creator_id"])
_Take = Callable[[Fields, Context], Any]


def _read(reply: Reply, fields: Fields, page: Page, now: datetime) -> None:
    node, edge = graph.edge_of(reply, fields)
    context = _context(node, edge, now)
    if _take_wrapped(fields, context):
        return
    if isinstance(fields.values.get("data"), list):
        listed = fields.objects("data")
        fields.know("paging")
        fields.rest()
    elif fields.values and all(_is_keyed(key, one) for key, one in fields.values.items()):
        listed = [Fields(one, page, key) for key, one in fields.values.items()]
    else:
        listed = [fields]
    metrics = [entry for entry in listed if entry.values.keys() & _INSIGHT]
    if metrics:
        account = context.account
        owned = Context(now, Source.CREATOR_AUTHORISED, account)
        span = span_of(fields.values.get("paging"), now=now)
        insights.take(metrics, page, owned, MEANINGS, span)
    for entry in graph.distinct(listed):
        take = _reader(entry)
        if take:
            take(entry, context)


def _context(node: str, edge: str, now: datetime) -> Context:
    """Whose list it is, for those kinds of list that belong to somebody."""
    if edge == "comments":
        return Context(now, post_id=node)
    if edge in {"media", "stories", "live_media"}:
        return Context(now, account=Reference(Platform.INSTAGRAM, platform_id=node))
    return Context(now)


def _take_wrapped(fields: Fields, context: Context) -> bool:
    """Take what stands inside the account that asked, if anything does."""
    found = fields.object("business_discovery")
    if found is not None:
        take_discovered(found, context)
    media = fields.object("mentioned_media")
    if media is not None:
        posts.take_media(media, Context(context.now))
    comment = fields.object("mentioned_comment")
    if comment is not None:
        _take_comments(comment, Context(context.now))
    return not (found is None and media is None and comment is None)


def _take_comments(entry: Fields, context: Context) -> None:
    under = posts.take_comment(entry, context)
    if under:
        post_id = entry.page.lines[-1].values["post_id"]
        for reply in graph.distinct(under):
            posts.take_comment(reply, replace(context, post_id=post_id))


def take_discovered(found: Fields, context: Context, most: int = 10_000) -> tuple[int, str | None]:
    """Rows of an account that was discovered, and of its posts.

    Args:
        found: What stands under ``business_discovery``.
        context: What is known beside it.
        most: Posts to take.

    Returns:
        How many posts were listed, and the cursor of the next ones.
    """
    account = context.account
    platform_id, handle = found.name("id"), found.name("username")
    if account is None and (platform_id or handle):
        account = Reference(Platform.INSTAGRAM, platform_id, handle)
    if found.values.keys() & (_PROFILE - {"username"}):  # later pages hold posts alone
        account = posts.take_profile(found, context) or account
    media = found.object("media")
    if media is None:
        return 0, None
    listed = graph.distinct(media.objects("data"))[:most]
    for entry in listed:
        posts.take_media(entry, replace(context, account=account))
    return len(listed), graph.cursor_after(media, is_nested=True)


def _is_keyed(key: str, one: object) -> bool:
    """Whether an answer to ``ids=…``: each object under its own id."""
    return isinstance(one, dict) and one.get("id") == key


def _reader(entry: Fields) -> _Take | None:
    keys = entry.values.keys()
    if keys & _INSIGHT:
        return None  # taken together
    if keys & _POST:
        return posts.take_media
    if keys & _COMMENT:
        return _take_comments
    if keys & _PROFILE:
        return posts.take_profile
    if keys & _PARTNER:
        return take_partner
    return None


def take_partner(entry: Fields, context: Context) -> Reference | None:
    """Rows of a creator who was asked for permission to show posts as ads.

    Returns:
        The creator, when the permission was given; the network's own word for it is in capitals.
    """
    del context
    allowed = None
    with entry.page.item(entry.path) as item:
        handle = entry.name("creator_username")
        platform_id = entry.name("creator_id")
        status = entry.name("permission_status") or entry.name("status") or ""
        entry.know("id", "permission_type", "brand_username", "brand_id")
        item.add("accounts", platform=Platform.INSTAGRAM, platform_id=platform_id, handle=handle)
        entry.rest()
        if status.upper() in {"APPROVED", "ACTIVE", "ACCEPTED"}:
            allowed = Reference(Platform.INSTAGRAM, platform_id, handle)
    return allowed


read = reader(OF, _read, without_post=posts.NO_POST)
