"""Replies of sites: how they say no, and which kind of document they hold."""

from datetime import datetime

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.blog import addresses, jsonfeed, syndication
from groundswell.connectors.adapters.networks.blog import feed as feeds
from groundswell.connectors.adapters.networks.blog.feed import Feed
from groundswell.connectors.adapters.networks.failures import NotPermitted, NotUsed
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply

_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
_CLOSED = frozenset({401, 402, 403, 407, 451})
_EMPTY = "The feed at {} has no posts."


def check(reply: Reply, *, now: datetime) -> None:
    """Pass a reply that says it worked.

    Raises:
        ExchangeFailed: Of the kind that the status tells.
    """
    if reply.status in _CLOSED:
        raise NotPermitted(
            f"{reply.url} lets nobody read it without a login (status {reply.status}): ask its "
            "owner for an open feed"
        )
    failures.check(reply, of=reply.url, now=now)


def is_html(reply: Reply) -> bool:
    """Whether a reply is a page for people."""
    start = reply.body[:2_048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    while start.startswith((b"<!--", b"<?xml")):
        start = start.partition(b"-->" if start.startswith(b"<!--") else b"?>")[2].lstrip()
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_markup = start.startswith(b"<") or not start
    return start.startswith(_HTML) or (
        is_markup and kind == "text/html" and not start.startswith((b"<rss", b"<feed", b"<rdf"))
    )


def feed_in(reply: Reply, page: Page) -> Feed:
    """The feed that a reply holds, of whichever kind.

    Raises:
        ExchangeFailed: When it holds none.
    """
    if jsonfeed.is_feed(reply.body):
        return jsonfeed.read(reply, page)
    return syndication.read(reply, page)


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says: the posts of a feed.

    Raises:
        ExchangeFailed: When it holds no feed.
    """
    check(reply, now=now)
    if is_html(reply):
        raise NotUsed(f"{reply.url} is a page for people: only feeds are read")
    page = Page()
    feed = feed_in(reply, page)
    take(page, feed, feeds.site_of(feed, url=reply.url, asked=reply.url), now)
    return page


def take(
    page: Page,
    feed: Feed,
    site: str,
    now: datetime,
    *,
    most: int | None = None,
    since: datetime | None = None,
) -> tuple[int, bool]:
    """Add the rows of a feed's page; gives how many posts, and whether one was too old."""
    feeds.take_site(page, feed, site, now)
    if not feed.entries:
        page.notes.append(_EMPTY.format(site))
    taken: set[str] = set()
    is_old = False
    for where, entry_of in feed.entries:
        if most is not None and len(taken) >= most:
            break
        with page.item(where) as item:
            entry = entry_of()
            if since and entry.published_at and entry.published_at < since:
                is_old = True
                continue
            known = addresses.post_id(entry.mark, site)
            if known not in taken:
                feeds.take(item, entry, feed, site, now)
                taken.add(known)
    return len(taken), is_old
