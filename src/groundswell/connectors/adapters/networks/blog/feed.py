"""What a feed says, in whichever format, and the rows that it becomes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from groundswell.connectors.adapters.networks import markup
from groundswell.connectors.adapters.networks.blog import addresses
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values.texts import MAX_ITEM, MAX_NAME
from groundswell.terms import places
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

NAME = "Blogs"
_MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of a feed, as far as the feed says."""

    mark: str  # what its feed calls it
    url: str | None = None
    title: str | None = None
    content: str = ""  # HTML
    words: str = ""  # without any, where the feed has no HTML
    published_at: datetime | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    seconds: float | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed.

    Attributes:
        entries: Reads each post, with its place; raises Unreadable for what can't be taken.
        next_url: Where older posts stand; None when the feed doesn't say.
    """

    title: str | None = None
    site: str | None = None
    about: str | None = None
    picture: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    next_url: str | None = None
    entries: tuple[tuple[str, Callable[[], Entry]], ...] = field(default=())


def site_of(feed: Feed, *, url: str, asked: str) -> str:
    """The site that a feed is of.

    A feed is believed what it says of its own host. On another, it is of the page that led to it.

    Args:
        feed: The feed.
        url: Where it stands.
        asked: The page that led to it, or the feed's own address.
    """
    for page in (asked, url):
        if feed.site and addresses.are_neighbors(feed.site, page):
            return addresses.site_of(feed.site)
    site, query = addresses.site_of(asked), urlsplit(asked).query
    # Of a service that has many feeds at one path, only the query tells which.
    return f"{site}?{query}" if query and asked == url else site


def reference(site: str) -> Reference:
    """A blog, for rows about it."""
    return Reference(Platform.BLOG, site[:MAX_NAME], addresses.handle_of(site)[:MAX_NAME])


def take_site(page: Page, feed: Feed, site: str, now: datetime) -> None:
    """Add the row of the blog itself."""
    with page.item("feed") as item:
        who = reference(site)
        item.add(
            "accounts",
            platform=Platform.BLOG,
            platform_id=who.platform_id,
            handle=who.handle,
            display_name=_line(feed.title),
            bio=markup.read(feed.about).text or None if feed.about else None,
            url=site,
            avatar_url=feed.picture,
            language=_language(feed.language),
            categories=_items(feed.topics),
            observed_at=now,
        )


def take(item: Item, entry: Entry, feed: Feed, site: str, now: datetime) -> str:
    """Add the rows of a post; gives its id."""
    who, base = reference(site), entry.url or site
    read = markup.read(entry.content, base=base)
    title, words = _line(entry.title), read.text or entry.words.strip()
    said = "\n\n".join(filter(None, (title, words if words != title else None)))
    known = addresses.post_id(entry.mark, site)
    item.add(
        "posts",
        platform=Platform.BLOG,
        post_id=known,
        account=who,
        format=Format.ARTICLE,
        published_at=entry.published_at,
        url=entry.url,
        text=said or None,
        language=_language(entry.language or feed.language),
        links=list(dict.fromkeys(link.url for link in read.links))[:_MOST_ITEMS] or None,
        categories=_items(entry.topics),
        duration_s=entry.seconds,
    )
    if entry.comments is not None:
        item.add(
            "post_observations",
            platform=Platform.BLOG,
            post_id=known,
            account=who,
            observed_at=now,
            source=Source.API,
            comments=entry.comments,
        )
    return known


def _line(text: str | None) -> str | None:
    """A title, which may hold HTML, on one line."""
    return " ".join(markup.read(text).text.split()) or None if text else None


def _language(text: str | None) -> str | None:
    return places.find_language(text) if text and len(text) <= 35 else None


def _items(topics: tuple[str, ...]) -> list[str] | None:
    kept = dict.fromkeys(" ".join(topic.split())[:MAX_ITEM] for topic in topics[:_MOST_ITEMS])
    return [topic for topic in kept if topic] or None
