"""Profiles, posts and replies of Threads, as its interface tells them."""

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.meta import captions
from groundswell.connectors.adapters.networks.meta.contexts import Context, of
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

NO_POST = "does not say under which post the reply stands: ask with the field root_post"
_REPOST = "REPOST_FACADE"
_FORMATS = {
    "TEXT_POST": Format.TEXT,
    "TEXT": Format.TEXT,
    "IMAGE": Format.IMAGE,
    "VIDEO": Format.VIDEO,
    "CAROUSEL_ALBUM": Format.CAROUSEL,
    "CAROUSEL": Format.CAROUSEL,
}
_NO_FORMAT = frozenset({"AUDIO"})
_OF_NO_USE = (
    *("alt_text", "allowlisted_country_codes", "children", "gif_url", "has_replies"),
    *("hide_status", "is_quote_post", "is_reply_owned_by_me", "is_spoiler_media", "is_verified"),
    *("location_id", "media_product_type", "media_url", "poll_attachment", "profile_picture_url"),
    *("quoted_post", "replied_to", "reply_audience", "reposted_post", "shortcode"),
    *("text_attachment", "text_entities", "thumbnail_url", "location", "reply_approval_status"),
)


def take_profile(entry: Fields, context: Context) -> Reference | None:
    """Rows of a profile, of one's own or of one that was looked up.

    Returns:
        The account; None when it can't be read.
    """
    account = None
    with entry.page.item(entry.path) as item:
        platform_id, handle = entry.name("id"), entry.name("username")
        handle = handle or (context.account.handle if context.account else None)
        if platform_id is None and handle is None:
            entry.needed("username", None)
        found = Reference(Platform.THREADS, platform_id, handle)
        own_words, own_picture = "threads_biography", "threads_profile_picture_url"
        item.add(
            "accounts",
            platform=Platform.THREADS,
            platform_id=platform_id,
            handle=handle,
            display_name=captions.line(entry.text("name")),
            bio=entry.text(own_words) or entry.text("biography"),
            url=f"https://www.threads.com/@{handle}" if handle else None,
            avatar_url=entry.address(own_picture) or entry.address("profile_picture_url"),
            verified=entry.flag("is_verified"),
            observed_at=context.now,
        )
        followers = entry.count("follower_count")
        if followers is not None:
            item.add(
                "account_observations",
                platform=Platform.THREADS,
                account=found,
                observed_at=context.now,
                source=context.source,
                followers=followers,
            )
        seen = entry.count("views_count")
        if seen is not None:  # of the last seven days
            item.add(
                "account_averages",
                platform=Platform.THREADS,
                account=found,
                observed_at=context.now,
                source=context.source,
                window="week",
                views_gained=seen,
            )
        entry.know("likes_count", "quotes_count", "replies_count", "reposts_count")
        entry.know("is_eligible_for_geo_gating", "recently_searched_keywords")
        account = found
        entry.rest()
    return account


def is_repost(entry: Fields) -> bool:
    """Whether an entry only repeats somebody else's post."""
    return entry.values.get("media_type") == _REPOST


def take_post(entry: Fields, context: Context) -> str | None:
    """Rows of a post.

    Returns:
        The post's id; None when it can't be read.
    """
    taken = None
    with entry.page.item(entry.path) as item:
        post_id = entry.needed("id", entry.name("id"))
        text = entry.text("text")
        tag = captions.line(entry.text("topic_tag"))
        link = entry.address("link_attachment_url")
        item.add(
            "posts",
            platform=Platform.THREADS,
            post_id=post_id,
            **of(_author(entry, context)),
            format=_format(entry),
            published_at=entry.moment("timestamp"),
            url=entry.address("permalink"),
            text=text,
            hashtags=captions.joined(captions.hashtags(text), [tag] if tag else None),
            mentions=captions.mentions(text),
            links=captions.joined(captions.links(text), [link] if link else None),
        )
        entry.know("is_reply", "root_post", *_OF_NO_USE)
        taken = str(post_id)
        entry.rest()
    return taken


def take_reply(entry: Fields, context: Context) -> str | None:
    """Rows of a reply, which is a comment of the post at the top.

    Returns:
        Whoever wrote it, as Threads names them; None when it can't be read.
    """
    author = None
    with entry.page.item(entry.path) as item:
        root = entry.object("root_post")
        post_id = (root.name("id") if root else None) or context.post_id
        if post_id is None:
            raise Odd(entry.where("root_post"), "", NO_POST)
        owner = entry.object("owner")
        entry.know("media_type", "permalink", "topic_tag", "link_attachment_url", "is_reply")
        named = entry.name("username") or (owner.name("id") if owner else None)
        item.add(
            "comments",
            platform=Platform.THREADS,
            comment_id=entry.needed("id", entry.name("id")),
            post_id=post_id,
            **of(context.account),
            author=named,
            published_at=entry.moment("timestamp"),
            text=entry.text("text"),
        )
        author = named
        entry.know(*_OF_NO_USE)
        entry.rest()
    return author


def _author(entry: Fields, context: Context) -> Reference | None:
    owner = entry.object("owner")
    owner_id = owner.name("id") if owner else None
    handle = entry.name("username")
    if context.account is not None:
        return context.account
    if owner_id or handle:
        return Reference(Platform.THREADS, owner_id, handle)
    return None


def _format(entry: Fields) -> Format | None:
    kind = entry.name("media_type")
    if kind and kind not in _FORMATS.keys() | _NO_FORMAT:
        entry.page.set_aside(entry.where("media_type"), kind)
    return _FORMATS.get(kind or "")
