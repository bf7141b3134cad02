"""Profiles, posts and comments of Instagram, as its replies tell them."""

import re

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.meta import captions
from groundswell.connectors.adapters.networks.meta.contexts import Context, of
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

NO_POST = "does not say under which post the comment stands: ask with the field media"
_STORY = re.compile(r"instagram\.com/stories/([\w.]{1,30})/", re.ASCII)
_REEL = re.compile(r"instagram\.com/(?:[\w.]{1,30}/)?reels?/", re.ASCII)
_BY_PRODUCT = {"STORY": Format.STORY, "REELS": Format.REEL, "LIVE": Format.LIVE}
_BY_TYPE = {
    "IMAGE": Format.IMAGE,
    "VIDEO": Format.VIDEO,
    "CAROUSEL_ALBUM": Format.CAROUSEL,
    "CAROUSEL": Format.CAROUSEL,
    "REELS": Format.REEL,
    "STORY": Format.STORY,
    "STORIES": Format.STORY,
    "BROADCAST": Format.LIVE,
}
_OF_NO_USE = (
    *("alt_text", "boost_ads_list", "boost_eligibility_info", "children", "collaborators"),
    *("comments", "copyright_check_information", "eligibility_errors", "ig_id", "insights"),
    *("has_permission_for_partnership_ad", "is_comment_enabled", "is_shared_to_feed"),
    *("legacy_instagram_media_id", "media_url", "product_tags", "shortcode"),
    *("thumbnail_url", "total_comments_count", "total_like_count", "total_view_count"),
    "total_views_count",
)


def take_profile(entry: Fields, context: Context) -> Reference | None:
    """Rows of a profile.

    Returns:
        The account; None when it can't be read.
    """
    account = None
    with entry.page.item(entry.path) as item:
        numbered = entry.name("id")
        # The newer server numbers accounts for each application, and tells the real id apart.
        platform_id = entry.name("user_id") or numbered
        handle = entry.name("username")
        if platform_id is None and handle is None:
            entry.needed("id", None)
        found = Reference(Platform.INSTAGRAM, platform_id, handle)
        website = entry.address("website")
        item.add(
            "accounts",
            platform=Platform.INSTAGRAM,
            platform_id=platform_id,
            handle=handle,
            display_name=captions.line(entry.text("name")),
            bio=entry.text("biography"),
            url=f"https://www.instagram.com/{handle}/" if handle else None,
            avatar_url=entry.address("profile_picture_url"),
            links=[website] if website else None,
            observed_at=context.now,
        )
        counts = {
            "followers": entry.count("followers_count"),
            "following": entry.count("follows_count"),
            "posts": entry.count("media_count"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "account_observations",
                platform=Platform.INSTAGRAM,
                account=found,
                observed_at=context.now,
                source=context.source,
                **counts,
            )
        entry.know("ig_id", "account_type", "media", "legacy_instagram_user_id", "is_published")
        entry.know("has_profile_pic", "shopping_product_tag_eligibility", "stories", "tags")
        account = found
        entry.rest()
    return account


def take_media(entry: Fields, context: Context) -> str | None:
    """Rows of a post and of what its entry counts.

    Returns:
        The post's id; None when it can't be read.
    """
    taken = None
    with entry.page.item(entry.path) as item:
        post_id = entry.needed("id", entry.name("id"))
        url = entry.address("permalink")
        caption = entry.text("caption")
        account = _author(entry, context, url)
        item.add(
            "posts",
            platform=Platform.INSTAGRAM,
            post_id=post_id,
            **of(account),
            format=_format(entry, url),
            published_at=entry.moment("timestamp"),
            url=url,
            text=caption,
            hashtags=captions.hashtags(caption),
            mentions=captions.mentions(caption),
            links=captions.links(caption),
            paid_partnership=entry.flag("is_paid_partnership"),
        )
        both = entry.count("shares_count"), entry.count("reposts_count")
        passed_on = [count for count in both if count is not None]
        counts = {
            "likes": entry.count("like_count"),
            "comments": entry.count("comments_count"),
            "shares": sum(passed_on) if passed_on else None,
            "saves": entry.count("saved_count"),
            "views": entry.count("view_count"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "post_observations",
                platform=Platform.INSTAGRAM,
                post_id=post_id,
                **of(account),
                observed_at=context.now,
                source=context.source,
                **counts,
            )
        entry.know(*_OF_NO_USE)
        taken = str(post_id)
        entry.rest()
    return taken


def _author(entry: Fields, context: Context, url: str | None) -> Reference | None:
    owner = entry.object("owner")
    owner_id = (owner.name("id") if owner else None) or entry.name("owner_id")
    handle = entry.name("username")
    if context.account is not None:
        return context.account
    story = _STORY.search(url or "")
    handle = handle or (story[1] if story else None)
    if owner_id or handle:
        return Reference(Platform.INSTAGRAM, owner_id, handle)
    return None


def _format(entry: Fields, url: str | None) -> Format | None:
    kind, product = entry.name("media_type"), entry.name("media_product_type")
    if _STORY.search(url or ""):
        return Format.STORY
    if product in _BY_PRODUCT:
        return _BY_PRODUCT[product]
    if _REEL.search(url or ""):
        return Format.REEL
    if kind and kind not in _BY_TYPE:
        entry.page.set_aside(entry.where("media_type"), kind)
    return _BY_TYPE.get(kind or "")


def _standing_under(entry: Fields, post_id: str | None) -> str:
    if post_id is None:
        raise Odd(entry.where("media"), "", NO_POST)
    return post_id


def take_comment(entry: Fields, context: Context) -> list[Fields]:
    """Rows of a comment.

    Returns:
        The replies that came with it: comments of the same post, if they are taken.
    """
    replies: list[Fields] = []
    with entry.page.item(entry.path) as item:
        media = entry.object("media")
        post_id = (media.name("id") if media else None) or context.post_id
        writer = entry.object("from") or entry.object("user")
        named = writer.name("username") or writer.name("id") if writer else None
        under = entry.object("replies")
        answers = under.objects("data") if under else []
        item.add(
            "comments",
            platform=Platform.INSTAGRAM,
            comment_id=entry.needed("id", entry.name("id")),
            post_id=_standing_under(entry, post_id),
            **of(context.account),
            author=entry.name("username") or named,
            published_at=entry.moment("timestamp"),
            text=entry.text("text"),
            likes=entry.count("like_count"),
        )
        entry.know("hidden", "parent_id", "user", "from", "legacy_instagram_comment_id")
        replies = answers
        entry.rest()
    return replies


def writer_of(entry: Fields) -> str | None:
    """Who wrote a comment that was taken, as Instagram names them."""
    written = entry.page.lines[-1].values if entry.page.lines else {}
    author = written.get("author") if written.get("comment_id") == entry.name("id") else None
    return str(author) if author else None
