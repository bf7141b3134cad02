"""Posts and replies: their words, what is in them, and what was counted."""

import re
from dataclasses import dataclass
from datetime import datetime

from groundswell.connectors.adapters.networks import markup
from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.mastodon.accounts import (
    Seen,
    are_kin,
    count,
    full_handle,
    host_of,
    local_id_of,
    seen,
)
from groundswell.connectors.adapters.networks.pages import Item
from groundswell.connectors.adapters.references import Reference
from groundswell.terms import places
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

PUBLIC = frozenset({"public", "unlisted"})
_OLD_NAME = re.compile(r"tag:([^,/]+),")  # of posts from before ActivityPub
_LONGEST_CLIP = 1e8  # seconds
_NOT_LINKS = frozenset({"mention", "hashtag"})
_USELESS = (
    *("in_reply_to_id", "in_reply_to_account_id", "sensitive", "edited_at", "favourited"),
    *("reblogged", "muted", "bookmarked", "pinned", "filtered", "application", "emojis", "text"),
    *("quote", "quote_approval", "tagged_collections", "emoji_reactions", "local_only", "pleroma"),
    *("akkoma", "reactions", "content_type", "interaction_policy", "quote_id", "bookmarks_count"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A post as one server knows it.

    Attributes:
        id: Its address among all servers, which every one of them calls it by.
        local_id: Its id on the server that was asked.
        is_public: Whether everybody may read it.
        is_repeated: Whether it is somebody else's, passed on.
        published_at: When it was published.
        replies: How many answered; None when unknown.
        likes: How many like it; None when unknown.
    """

    id: str
    local_id: str
    is_public: bool
    is_repeated: bool
    published_at: datetime
    replies: int | None
    likes: int | None

    def must_be_of(self, *hosts: str) -> None:
        """Pass a post that its name says is of one of some hosts, or of one below or above.

        Raises:
            Odd: When it is called as another server's posts are, which would be overwritten.
        """
        named = _OLD_NAME.match(self.id)
        host = named[1] if named else host_of(self.id)
        if not any(are_kin(host, each) for each in hosts):
            raise Odd("uri", self.id, f"is no name of a post of {hosts[0]}")


def told(fields: Fields) -> Told:
    """What a post is.

    Raises:
        Odd: When it has no id, or nothing says who may read it.
    """
    return Told(
        fields.needed("uri", fields.name("uri")),
        local_id_of(fields),
        fields.needed("visibility", fields.text("visibility")) in PUBLIC,
        fields.object("reblog") is not None,
        fields.needed("created_at", fields.moment("created_at")),
        count(fields, "replies_count"),
        count(fields, "favourites_count"),
    )


def author_of(fields: Fields, domain: str = "") -> tuple[Fields, Seen]:
    """Who wrote a post.

    Raises:
        Odd: When nobody is named.
    """
    account = fields.needed("account", fields.object("account"))
    return account, seen(account, domain)


@dataclass(frozen=True, slots=True)
class Reading:
    """With what a server's posts are read.

    Attributes:
        now: This moment.
        domain: Of the accounts that are at home on the server; empty when only addresses tell.
        counts_all: Whether counts are taken from servers too that are not the author's own.
    """

    now: datetime
    domain: str = ""
    counts_all: bool = False


def take(item: Item, fields: Fields, post: Told, who: Seen, reading: Reading) -> None:
    """Add the rows of a post."""
    kind, seconds = _media(fields)
    content = markup.read(fields.text("content") or "")
    card = fields.object("card")
    read = who.wishes.is_readable
    words, tags, mentions = _words(fields, content.text), _tags(fields), _mentions(fields, reading)
    links = [link.url for link in content.links if not link.classes & _NOT_LINKS]
    if card is not None and (leads := card.address("url")):
        links.append(leads)
    item.add(
        "posts",
        platform=Platform.MASTODON,
        post_id=post.id,
        account=who.reference,
        format=kind,
        published_at=post.published_at,
        url=fields.address("url"),
        text=words if read else None,
        language=language(fields),
        hashtags=tags if read else None,
        mentions=mentions if read else None,
        links=(list(dict.fromkeys(links)) or None) if read else None,
        duration_s=seconds,
    )
    shares = [count(fields, name) for name in ("reblogs_count", "quotes_count")]
    if who.is_home or reading.counts_all:
        item.add(
            "post_observations",
            platform=Platform.MASTODON,
            post_id=post.id,
            account=who.reference,
            observed_at=reading.now,
            source=Source.API,
            likes=post.likes,
            comments=post.replies,
            # Quotes alone would pass for all shares where reposts are not told.
            shares=None if shares[0] is None else shares[0] + (shares[1] or 0),
        )
    fields.know(*_USELESS)
    fields.rest()


def take_reply(
    item: Item, fields: Fields, reply: Told, who: Seen, *, under: str, of: Reference
) -> None:
    """Add a reply as a comment under somebody's post."""
    content = markup.read(fields.text("content") or "").text
    item.add(
        "comments",
        platform=Platform.MASTODON,
        comment_id=reply.id,
        post_id=under,
        account=of,
        author=who.id,
        published_at=reply.published_at,
        # Comments are not searched, so that only noindex stands against their words.
        text=_words(fields, content) if who.wishes.is_described else None,
        language=language(fields),
        likes=reply.likes,
    )


def language(fields: Fields) -> str | None:
    """Tag of the language that the author chose."""
    text = fields.text("language")
    return places.find_language(text) if text and len(text) <= 35 else None


def _words(fields: Fields, content: str) -> str | None:
    """What stands above a post, the post, and what it lets people vote on."""
    poll = fields.object("poll")
    options = [option.text("title") or "" for option in poll.objects("options")] if poll else []
    voted = "\n".join(dict.fromkeys(filter(None, options)))
    parts = (fields.text("spoiler_text"), content, voted)
    return "\n\n".join(filter(None, parts)) or None


def _tags(fields: Fields) -> list[str] | None:
    names = [tag.name("name") for tag in fields.objects("tags")]
    return list(dict.fromkeys(name.removeprefix("#") for name in names if name)) or None


def _mentions(fields: Fields, reading: Reading) -> list[str] | None:
    found = []
    for mention in fields.objects("mentions"):
        acct = mention.name("acct")
        domain = reading.domain if acct and "@" not in acct else ""
        home = domain or host_of(mention.address("url") or "")
        if acct and ("@" in acct or home):
            found.append(full_handle(mention, acct, home))
    return list(dict.fromkeys(found)) or None


def _media(fields: Fields) -> tuple[Format | None, float | None]:
    """The format that a post's attachments make it, and how long its clip is."""
    media = {each.name("id") or each.path: each for each in fields.objects("media_attachments")}
    kinds = [each.text("type") for each in media.values()]
    seconds = [_seconds(each) for each in media.values() if each.text("type") in _MOVING]
    if not kinds:
        return Format.TEXT, None
    if len(kinds) > 1:
        return Format.CAROUSEL, None
    return _FORMATS.get(kinds[0] or ""), seconds[0] if seconds else None


_MOVING = {"video", "gifv", "audio"}
_FORMATS = {"image": Format.IMAGE, "video": Format.VIDEO, "gifv": Format.VIDEO}


def _seconds(media: Fields) -> float | None:
    meta = media.object("meta")
    original = meta.object("original") if meta else None
    length = original.number("duration") if original else None
    if length is not None and not 0 <= length < _LONGEST_CLIP:
        raise Odd(media.where("meta.original.duration"), length, "is no length of a clip")
    return length
