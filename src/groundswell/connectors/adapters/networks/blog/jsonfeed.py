"""JSON Feed, versions 1 and 1.1."""

import html
from collections.abc import Callable
from functools import partial

from groundswell.connectors.adapters.networks.blog import addresses
from groundswell.connectors.adapters.networks.blog.feed import NAME, Entry, Feed
from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.fields import Fields, Odd, root
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.exchange import Reply

_LONGEST = 1e8  # seconds


def read(reply: Reply, page: Page) -> Feed:
    """The feed that a reply holds.

    Raises:
        ExchangeFailed: When it holds none.
    """
    fields = root(reply, page, of=NAME)
    try:
        return _feed(fields, reply.url)
    except Unreadable as odd:
        raise Changed(f"{reply.url} holds no JSON feed: a field of it {odd}") from None


def is_feed(body: bytes) -> bool:
    """Whether a body looks like JSON, and not like XML or HTML."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _feed(fields: Fields, url: str) -> Feed:
    version = fields.text("version") or ""
    if "jsonfeed.org" not in version:
        raise Odd("version", version, "is no version of JSON Feed")
    items = fields.raw("items")
    if not isinstance(items, list):
        raise Odd("items", items, "is no list")
    feed = Feed(
        fields.text("title"),
        _joined(url, fields.text("home_page_url")),
        _escaped(fields.text("description")),
        _joined(url, fields.text("icon") or fields.text("favicon")),
        fields.text("language"),
        next_url=_joined(url, fields.text("next_url")),
        entries=tuple(_entries(fields, url)),
    )
    fields.know("feed_url", "user_comment", "author", "authors", "expired", "hubs")
    fields.rest()
    return feed


def _entries(fields: Fields, url: str) -> list[tuple[str, Callable[[], Entry]]]:
    return [(item.path, partial(_entry, item, url)) for item in fields.objects("items")]


def _entry(item: Fields, url: str) -> Entry:
    address = _joined(url, item.text("url"))
    mark = item.text("id") if not isinstance(item.raw("id"), int) else item.name("id")
    mark = mark or address
    if mark is None:
        raise Odd(item.where("id"), "", "is missing")
    content, words = item.text("content_html"), item.text("content_text")
    summary = item.text("summary")
    clips = [clip.number("duration_in_seconds") for clip in item.objects("attachments")]
    seconds = next((clip for clip in clips if clip is not None), None)
    if seconds is not None and not 0 <= seconds < _LONGEST:
        raise Odd(item.where("attachments"), seconds, "is no length of a clip")
    entry = Entry(
        mark,
        address,
        _escaped(item.text("title")),
        content or "",
        words or ("" if content else summary or ""),
        item.moment("date_published"),
        item.text("language"),
        tuple(item.texts("tags") or ()),
        seconds,
    )
    item.know("external_url", "image", "banner_image", "date_modified", "author", "authors")
    item.rest()
    return entry


def _joined(url: str, link: str | None) -> str | None:
    return addresses.joined(url, link) if link else None


def _escaped(text: str | None) -> str | None:
    """Plain words where HTML is read."""
    return html.escape(text, quote=False) if text else None
