"""A blog, read from its address: its page, its feed, and the feed's further pages."""

from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from typing import Any

from groundswell.connectors.adapters.networks.blog import addresses, discovery, replies, robots
from groundswell.connectors.adapters.networks.blog import feed as feeds
from groundswell.connectors.adapters.networks.blog.feed import Feed
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Fetch, Reply

_ACCEPT = (
    "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, "
    "text/html;q=0.8, */*;q=0.1"
)
_MOST_PAGES = 20
_NO_FEED = "no feed was found at {}: give the address of the feed itself, if the blog has one"
_CLOSED = "{} asks not to be found (noindex), and was left alone"
_ROBOTS = "the robots.txt of {} does not let us read {}, and it was left alone"
_UNCHANGED = "Nothing changed at {}."
_MORE = (
    "The feed of {} goes on after {} pages, which are the most that are read: older posts were "
    "left out."
)


def account(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """A blog and its posts, newest first as its feed has them."""
    site = _Site(fetch, ask)
    if cursor is None:
        page = site.first(addresses.written(ask.text))
        cursor = page.cursor
        yield page
    while cursor is not None:
        page = site.further(cursor)
        cursor = page.cursor
        yield page


class _Site:
    """One walk's view of a site: what it asked, and which robots.txt it has read."""

    def __init__(self, fetch: Fetch, ask: Ask) -> None:
        self.fetch = fetch
        self.ask = ask
        self.robots: dict[str, bytes] = {}

    def first(self, address: str) -> Page:
        """The first page of the feed that stands at an address, or that its page tells of."""
        reply = self.get(address)
        if not replies.is_html(reply):
            page = Page()
            feed = replies.feed_in(reply, page)
            return self.taken(page, feed, url=reply.url, asked=reply.url)
        found = discovery.look(reply)
        if found.is_closed:
            raise NotPermitted(_CLOSED.format(address))
        for candidate in found.feeds or discovery.usual(reply.url):
            if (known := self.tried(candidate, asked=reply.url)) is not None:
                return known
        raise NotFound(_NO_FEED.format(address))

    def tried(self, address: str, *, asked: str) -> Page | None:
        """The page of a feed at an address that may have one."""
        try:
            reply = self.get(address, is_feed=True)
            if reply.status == 304:
                return Page(notes=[_UNCHANGED.format(address)])
            if replies.is_html(reply):
                return None
            page = Page()
            feed = replies.feed_in(reply, page)
        except (NotFound, NotPermitted, Misasked, Changed):
            return None
        return self.taken(page, feed, url=reply.url, asked=asked)

    def further(self, cursor: Mapping[str, Any]) -> Page:
        """An older page of a feed."""
        page = Page()
        reply = self.get(cursor["url"])
        feed = replies.feed_in(reply, page)
        return self.taken(page, feed, url=reply.url, asked=cursor["site"], before=cursor)

    def taken(
        self,
        page: Page,
        feed: Feed,
        *,
        url: str,
        asked: str,
        before: Mapping[str, Any] | None = None,
    ) -> Page:
        """The page with the rows of a feed, and where it goes on."""
        ask, known = self.ask, before or {"taken": 0, "seen": []}
        site = before["site"] if before else feeds.site_of(feed, url=url, asked=asked)
        room = ask.posts - known["taken"]
        count, is_old = replies.take(page, feed, site, ask.now, most=room, since=ask.since)
        seen = [*known["seen"], before["url"] if before else url]
        if feed.next_url in seen:
            raise Changed(f"the feed of {site} has pages in a circle: {feed.next_url}")
        if not (feed.next_url and feed.entries and count < room and not is_old):
            return page
        if len(seen) >= _MOST_PAGES:
            page.notes.append(_MORE.format(site, _MOST_PAGES))
        else:
            page.cursor = {
                "url": feed.next_url,
                "site": site,
                "taken": known["taken"] + count,
                "seen": seen,
            }
        return page

    def get(self, address: str, *, is_feed: bool = False) -> Reply:
        """What stands at an address, when its site lets us read it; 304 for a feed without news.

        Raises:
            ExchangeFailed: When it doesn't, or something fails.
        """
        self.ask_robots(address)
        headers = {"accept": _ACCEPT}
        if is_feed and self.ask.since is not None:
            headers["if-modified-since"] = format_datetime(self.ask.since, usegmt=True)
        reply = self.fetch(addresses.asked(address, headers))
        if not (is_feed and reply.status == 304):
            replies.check(reply, now=self.ask.now)
        return reply

    def ask_robots(self, address: str) -> None:
        """Pass an address that its site lets us read.

        Raises:
            NotPermitted: When it doesn't.
            ExchangeFailed: When the site does not say, for then nobody may.
        """
        origin = addresses.origin(address)
        if origin not in self.robots:
            reply = self.fetch(addresses.asked(f"{origin}/robots.txt", {"accept": "text/plain"}))
            if reply.status == 429 or reply.status >= 500:
                replies.check(reply, now=self.ask.now)
            is_there = 200 <= reply.status < 300 and not replies.is_html(reply)
            self.robots[origin] = reply.body if is_there else b""
        if not robots.allows(self.robots[origin], address):
            raise NotPermitted(_ROBOTS.format(origin, address))
