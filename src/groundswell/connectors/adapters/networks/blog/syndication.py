"""RSS and Atom, by feedparser, which is given bytes and never an address."""

import io
import re
import warnings
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import feedparser

from groundswell.connectors.adapters.networks.blog import addresses
from groundswell.connectors.adapters.networks.blog.feed import Entry, Feed
from groundswell.connectors.adapters.networks.failures import Changed, Unavailable
from groundswell.connectors.adapters.networks.fields import Odd
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.values import moments
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.exchange import Reply

_LARGEST = 10_000_000
_MOST_ENTRIES = 2_000
_FIRST_YEAR = 1990
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_ENTITIES = [
    mark.encode(code) for mark in ("<!ENTITY",) for code in ("ascii", "utf-16-le", "utf-16-be")
]

# Many feeds are written badly and can be read all the same; one without an end is half a feed.
_ENDS = re.compile(rb"</(?:[a-z0-9]{1,20}:)?(?:rss|feed|rdf)\s{0,99}>", re.IGNORECASE)
_TAIL = 10_000
_WIDE = (b"\xff\xfe", b"\xfe\xff")

Values = Mapping[str, Any]


def read(reply: Reply, page: Page) -> Feed:
    """The feed that a reply holds.

    Raises:
        Changed: When it holds none, or one that is out to do harm.
        Unavailable: When its end is missing, or all of it.
    """
    body = reply.body
    if not body.strip():
        raise Unavailable(f"the feed at {reply.url} came empty; it will be asked again by itself")
    if len(body) > _LARGEST:
        raise Changed(f"the feed at {reply.url} is larger than {_LARGEST:,} bytes")
    if any(mark in body for mark in _ENTITIES):
        # No feed needs entities of its own, and nested ones grow to any size.
        raise Changed(f"the feed at {reply.url} declares entities of its own, and was not read")
    if body.startswith(_WIDE) and "<" not in body[:_TAIL].decode("utf-16", errors="replace"):
        raise Changed(f"what stands at {reply.url} is no text, and no feed")
    found = _parsed(reply)
    if not found.get("version"):
        raise Changed(f"what stands at {reply.url} is no RSS or Atom feed")
    entries = found.get("entries") or []
    if found.get("bozo") and not _ENDS.search(body[-_TAIL:].replace(b"\0", b"")):
        raise Unavailable(f"the feed at {reply.url} is cut off; it will be asked again by itself")
    is_rss = str(found["version"]).startswith("rss")
    return _feed(found["feed"], entries[:_MOST_ENTRIES], reply.url, page, is_rss=is_rss)


def _parsed(reply: Reply) -> Values:
    told = {"content-location": reply.url}
    if kind := reply.headers.get("content-type"):
        told["content-type"] = kind
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: Values = feedparser.parse(
                io.BytesIO(reply.body),
                response_headers=told,
                sanitize_html=False,  # only the words are kept
                resolve_relative_uris=False,
            )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError):
        raise Changed(f"the feed at {reply.url} is too broken to be read") from None
    return parsed


def _feed(feed: Values, entries: list[Values], url: str, page: Page, *, is_rss: bool) -> Feed:
    image = _of(feed, "image")
    picture = _text(image, "href") if isinstance(image, dict) else None
    older = [link for link in _links(feed) if _text(link, "rel") == "next"]
    return Feed(
        _text(feed, "title"),
        _address(url, _text(feed, "link")),
        _text(feed, "subtitle"),
        _address(url, picture or _text(feed, "logo") or _text(feed, "icon")),
        _text(feed, "language"),
        _topics(feed),
        _address(url, _text(older[0], "href")) if older else None,
        tuple(
            (path, partial(_entry, entry, _Place(path, url, page, is_rss)))
            for path, entry in ((f"entries[{at}]", each) for at, each in enumerate(entries))
        ),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands."""

    path: str
    url: str  # of its feed
    page: Page
    is_rss: bool


def _entry(entry: Values, place: _Place) -> Entry:
    path, url, page = place.path, place.url, place.page
    address = _address(url, _text(entry, "link"))
    mark = _text(entry, "id") or address
    if mark is None:
        raise Odd(f"{path}.id", "", "is missing")
    content = _of(entry, "content")
    full = [_text(each, "value") for each in content] if isinstance(content, list) else []
    return Entry(
        mark,
        address,
        _text(entry, "title"),
        next(filter(None, full), None) or _text(entry, "summary") or "",
        "",
        _published(entry, path, is_rss=place.is_rss),
        _spoken(entry),
        _topics(entry),
        _seconds(entry, path, page),
        _comments(entry, path, page),
    )


def _published(entry: Values, path: str, *, is_rss: bool) -> datetime | None:
    """When a post was published; when it was last changed is something else.

    Raises:
        Odd: When no post can have been published then.
    """
    # RSS 1.0 has one date, Dublin Core's, which feedparser takes for that of a change.
    has_dublin_core = _of(entry, "updated") and not _of(entry, "published") and is_rss
    name = "updated" if has_dublin_core else "published"
    parts = _of(entry, f"{name}_parsed")
    if parts is None:
        return None
    try:
        found = datetime.fromtimestamp(timegm(parts), tz=UTC)
    except (ValueError, TypeError, OverflowError):
        raise Odd(f"{path}.published", _of(entry, name), "is no moment") from None
    if found.year < _FIRST_YEAR:
        raise Odd(f"{path}.published", _of(entry, name), f"is before {_FIRST_YEAR}")
    return found


def _seconds(entry: Values, path: str, page: Page) -> float | None:
    text = _text(entry, "itunes_duration")
    try:
        return moments.read_seconds(text) if text else None
    except (Unreadable, ValueError):
        page.set_aside(f"{path}.itunes_duration", text)
        return None


def _comments(entry: Values, path: str, page: Page) -> int | None:
    text = (_text(entry, "slash_comments") or "").strip()
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    if text:
        page.set_aside(f"{path}.slash_comments", text)
    return None


def _spoken(entry: Values) -> str | None:
    content = _of(entry, "content")
    if isinstance(content, list) and content:
        return _text(content[0], "language")
    return _text(entry, "language")


def _topics(of: Values) -> tuple[str, ...]:
    tags = _of(of, "tags")
    named = [_text(tag, "label") or _text(tag, "term") for tag in tags or ()]
    return tuple(filter(None, named))


def _links(of: Values) -> list[Values]:
    links = _of(of, "links")
    return links if isinstance(links, list) else []


def _of(values: Values, name: str) -> Any:
    # feedparser's own lookup gives one field for another, and warns of it.
    return dict.get(values, name) if isinstance(values, dict) else None


def _text(values: Values, name: str) -> str | None:
    value = _of(values, name)
    return value.translate(_UNSTORABLE) or None if isinstance(value, str) else None


def _address(url: str, link: str | None) -> str | None:
    return addresses.joined(url, link) if link else None
