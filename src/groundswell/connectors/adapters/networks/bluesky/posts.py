"""Posts: their words with what is marked in them, their kind, and what was counted."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, storable
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values import places
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.texts import MAX_ITEM
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

POST = "app.bsky.feed.post"
_FORMATS = {
    "app.bsky.embed.external": Format.TEXT,  # words with a link's card below
    "app.bsky.embed.record": Format.TEXT,  # words about another post
    "app.bsky.embed.video": Format.VIDEO,
}
_PICTURES = ("images", "items")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is: ``at://did:plc:anna/app.bsky.feed.post/3kabc``.

    Attributes:
        uri: The whole of it.
        did: In whose repository.
        kind: Name of its collection.
        key: Its name there.
    """

    uri: str
    did: str
    kind: str
    key: str


def place(uri: str) -> Place | None:
    """Where a record is; None for anything else."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(parts) != 3 or not all(parts):
        return None
    return Place(uri, *parts)


def place_of(found: Fields, name: str) -> Place:
    """The place that a field names.

    Raises:
        Odd: When it names none.
    """
    uri = found.name(name) or ""
    at = place(uri)
    if at is None or not at.did.startswith("did:"):
        raise Odd(found.where(name), uri, "is no at:// address of a record")
    return at


@dataclass(frozen=True, slots=True)
class Post:
    """What a walk needs to know of a post that was taken.

    Attributes:
        uri: Its id.
        published_at: When it was published, where that is known.
        likes: How many likes it has.
        replies: How many replies it has.
    """

    uri: str
    published_at: datetime | None
    likes: int | None
    replies: int | None


def add_post(item: Item, view: Fields, author: Reference, *, now: datetime) -> Post:
    """Add a post and its counts, as a server shows it."""
    at = place_of(view, "uri")
    record = view.needed("record", view.object("record"))
    published_at = _published(record, view)
    add_record(item, record, at, author, published_at, shown=view.raw("embed"))
    likes, replies = view.count("likeCount"), view.count("replyCount")
    reposts, quotes = view.count("repostCount"), view.count("quoteCount")
    saves = view.count("bookmarkCount")
    shares = None if reposts is None and quotes is None else (reposts or 0) + (quotes or 0)
    if (likes, replies, shares, saves) != (None, None, None, None):
        item.add(
            "post_observations",
            platform=Platform.BLUESKY,
            post_id=at.uri,
            account=author,
            observed_at=now,
            source=Source.API,
            likes=likes,
            comments=replies,
            shares=shares,
            saves=saves,
        )
    view.know("$type", "author", "cid", "debug", "labels", "threadgate", "viewer")
    view.rest()
    return Post(at.uri, published_at, likes, replies)


def add_record(
    item: Item,
    record: Fields,
    at: Place,
    author: Reference,
    published_at: datetime | None,
    *,
    shown: Any = None,
) -> None:
    """Add a post as its author wrote it.

    Args:
        item: What feeds the row.
        record: What the author wrote.
        at: Where it is.
        author: Who published it.
        published_at: When.
        shown: The embed as a server shows it; the record's own otherwise.
    """
    text = record.text("text")
    marks = marks_of(record)
    embed = record.raw("embed") if shown is None else shown
    card = _card(embed)
    if card and card not in marks.links:
        marks.links.append(card)
    item.add(
        "posts",
        platform=Platform.BLUESKY,
        post_id=at.uri,
        account=author,
        format=format_of(embed),
        published_at=published_at,
        url=f"https://bsky.app/profile/{at.did}/post/{at.key}",
        text=text,
        language=language_of(record),
        hashtags=marks.hashtags or None,
        mentions=marks.mentions or None,
        links=marks.links or None,
    )
    record.know("$type", "createdAt", "embed", "entities", "labels", "reply")
    record.rest()


@dataclass(slots=True)
class Marks:
    """What is marked in a text: each once, in order."""

    hashtags: list[str]
    mentions: list[str]
    links: list[str]


def marks_of(record: Fields) -> Marks:
    """Hashtags, mentions and links of a post.

    Where a mark stands is counted in bytes of UTF-8, not in letters. A mark that makes no sense is
    passed over: the words are worth more than it.
    """
    found = Marks([], [], [])
    facets = record.raw("facets")
    if isinstance(facets, list) and facets:
        words = record.raw("text")
        coded = words.encode("utf-8", "surrogatepass") if isinstance(words, str) else b""
        for facet in facets:
            if isinstance(facet, dict):
                _add_marks(found, facet, coded)
    tags = record.raw("tags")
    if isinstance(tags, list):
        for tag in tags:
            _add(found.hashtags, tag, "#")
    return found


def _add_marks(found: Marks, facet: dict[str, Any], coded: bytes) -> None:
    features = facet.get("features")
    for feature in features if isinstance(features, list) else ():
        if not isinstance(feature, dict):
            continue
        kind = feature.get("$type")
        if kind == "app.bsky.richtext.facet#tag":
            _add(found.hashtags, feature.get("tag"), "#")
        elif kind == "app.bsky.richtext.facet#link":
            uri = feature.get("uri")
            if isinstance(uri, str) and uri.lower().startswith(("http://", "https://")):
                _add(found.links, uri, "")
        elif kind == "app.bsky.richtext.facet#mention":
            name = _between(coded, facet.get("index"))
            _add(found.mentions, name or feature.get("did"), "@")


def _between(coded: bytes, index: Any) -> str | None:
    """The name that a mention marks, where the marked words look like one."""
    if not isinstance(index, dict):
        return None
    start, end = index.get("byteStart"), index.get("byteEnd")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
        return None
    marked = coded[start:end].decode("utf-8", "replace")
    looks = marked.startswith("@") and marked.isprintable() and " " not in marked
    return marked if looks and "\ufffd" not in marked else None


def _add(several: list[str], value: Any, sign: str) -> None:
    if not isinstance(value, str):
        return
    word = storable(value.strip().removeprefix(sign))
    if word and len(word) <= MAX_ITEM and word not in several:
        several.append(word)


def format_of(embed: Any) -> Format | None:
    """The kind of post by what is attached to it; None for what nothing here knows."""
    if not embed:
        return Format.TEXT
    if not isinstance(embed, dict):
        return None
    kind = _kind(embed)
    if kind == "app.bsky.embed.recordWithMedia":
        media = embed.get("media")
        return format_of(media) if isinstance(media, dict) else None
    for name in _PICTURES:
        pictures = embed.get(name)
        if isinstance(pictures, list) and pictures:
            several = any(picture != pictures[0] for picture in pictures)
            return Format.CAROUSEL if several else Format.IMAGE
    return _FORMATS.get(kind)


def _kind(embed: dict[str, Any]) -> str:
    """The lexicon of an embed, shown or as it was written."""
    kind = embed.get("$type")
    return kind.removesuffix("#view") if isinstance(kind, str) else ""


def _card(embed: Any) -> str | None:
    """The address of a link's card."""
    if not isinstance(embed, dict):
        return None
    media = embed.get("media")
    outer = media if isinstance(media, dict) else embed
    inner = outer.get("external")
    uri = inner.get("uri") if isinstance(inner, dict) else None
    if not isinstance(uri, str) or len(uri) > MAX_ITEM:
        return None
    return storable(uri) if uri.startswith(("http://", "https://")) else None


def language_of(record: Fields) -> str | None:
    """The first language that a post is said to be in."""
    languages = record.raw("langs")
    if not isinstance(languages, list) or not languages or not isinstance(languages[0], str):
        return None
    return _language(languages[0][:MAX_ITEM])


@lru_cache(maxsize=1_000)
def _language(tag: str) -> str | None:
    try:
        return places.read_language(tag)
    except Unreadable:
        return None  # clients let people type anything


def moment_of(record: Fields) -> datetime | None:
    """When its author's clock says that a record was made; None where it says nothing sound."""
    try:
        return record.moment("createdAt")
    except Odd:
        return None


def _published(record: Fields, view: Fields) -> datetime | None:
    """When a post was published: its author's clock, but not after the server saw it."""
    said, seen = moment_of(record), view.moment("indexedAt")
    if said is None or seen is None:
        return said or seen
    return min(said, seen)
