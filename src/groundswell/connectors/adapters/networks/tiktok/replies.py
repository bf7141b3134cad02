"""Replies of TikTok: profiles, videos, and errors by TikTok's own codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotPermitted,
    NotUsed,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd, root
from groundswell.connectors.adapters.networks.meta import captions
from groundswell.connectors.adapters.networks.pages import Page, storable
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values import addresses
from groundswell.terms.exchange import ExchangeFailed, Reply
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

NAME = "TikTok"
# Which fields each scope opens.
USER = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "display_name"),
    "user.info.profile": ("username", "bio_description", "profile_deep_link", "is_verified"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
VIDEO = (
    *("id", "create_time", "share_url", "title", "video_description", "duration"),
    *("view_count", "like_count", "comment_count", "share_count"),
)
_UNUSED = (
    *("cover_image_url", "height", "width", "embed_html", "embed_link"),
    "full_video_watched_rate",
)
_PICTURES = ("avatar_url_100", "avatar_large_url")
# TikTok answers all of these with statuses that say less.
_CODES: dict[str, type[ExchangeFailed]] = {
    "access_token_invalid": LoginExpired,
    "invalid_grant": LoginExpired,
    "scope_not_authorized": NotPermitted,
    "scope_permission_missed": NotPermitted,
    "rate_limit_exceeded": Throttled,
    "internal_error": Unavailable,
    "invalid_params": Misasked,
    "invalid_file_upload": Misasked,
}
_REMEDIES: dict[type[ExchangeFailed], str] = {
    LoginExpired: "the creator has to connect the account again",
    NotPermitted: "the creator has to connect the account again and allow what is asked for",
    Throttled: "the sync goes on by itself when TikTok takes requests again",
    Unavailable: "it will be asked again by itself",
    Misasked: "tell whoever runs Groundswell",
}


def checked(reply: Reply, page: Page, *, now: datetime) -> Fields:
    """What a reply brings under ``data``.

    A reply that worked has an error too, whose code is ``ok``.

    Raises:
        ExchangeFailed: When it did not work.
    """
    fields = root(reply, page, of=NAME, now=now)
    code, said = _error(fields.raw("error"), fields.values)
    if code != "ok":
        kind = _CODES.get(code)
        if kind is None:
            failures.check(reply, of=NAME, now=now, said=f"{code} {said}".strip())
            kind = Misasked
        raise kind(
            f"{NAME} did not answer ({code}{said and f': {said}'}): {_REMEDIES[kind]}",
            after=failures.wait_of(reply, now=now),
        )
    failures.check(reply, of=NAME, now=now, said=said)
    try:
        data = fields.object("data")
    except Odd:
        data = None
    if data is None:
        raise Changed(f"{NAME} sent a reply without data, and without an error")
    fields.rest()
    return data


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says.

    Raises:
        ExchangeFailed: When it is an error, or holds nothing that is kept.
    """
    page = Page()
    data = checked(reply, page, now=now)
    try:
        user, videos = data.object("user"), data.objects("videos")
    except Odd as error:
        raise Changed(f"{NAME} sent {error.where}, which {error}") from None
    if user is None and "videos" not in data.values:
        raise NotUsed(
            f"{NAME} sent neither a user nor videos, but "
            f"{storable(', '.join(sorted(data.values))[:200]) or 'nothing'}: nothing of it is kept"
        )
    account = take_user(page, user, now) if user is not None else None
    for video in once(videos):
        take_video(page, video, account, now)
    data.know("cursor", "has_more")
    data.rest()
    return page


def once(videos: list[Fields]) -> list[Fields]:
    """Each video of a list once."""
    found: dict[str, Fields] = {}
    for video in videos:
        mark = video.values.get("id")
        found.setdefault(mark if isinstance(mark, str) else video.path, video)
    return list(found.values())


def take_user(page: Page, user: Fields, now: datetime) -> Reference | None:
    """Add the own account; gives how it is known."""
    with page.item(user.path) as item:
        open_id = user.needed("open_id", user.name("open_id"))
        handle = user.name("username")
        item.add(
            "accounts",
            platform=Platform.TIKTOK,
            platform_id=open_id,
            handle=handle,
            display_name=captions.line(user.text("display_name")),
            bio=user.text("bio_description"),
            url=user.address("profile_deep_link"),
            avatar_url=user.address("avatar_url"),
            verified=user.flag("is_verified"),
            observed_at=now,
        )
        account = Reference(Platform.TIKTOK, open_id, handle)
        counts = {
            "followers": user.count("follower_count"),
            "following": user.count("following_count"),
            "posts": user.count("video_count"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "account_observations",
                platform=Platform.TIKTOK,
                account=account,
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                **counts,
            )
        user.know("union_id", "likes_count", *_PICTURES)
        user.rest()
    return _known(page)


def take_video(page: Page, video: Fields, account: Reference | None, now: datetime) -> None:
    """Add a video and what it counts."""
    with page.item(video.path) as item:
        post_id = video.needed("id", video.name("id"))
        url = video.address("share_url")
        words = video.text("video_description") or video.text("title")
        told = addresses.parsed(url) if url else None
        author = account
        if author is None and told and told.platform is Platform.TIKTOK and told.handle:
            author = Reference(Platform.TIKTOK, handle=told.handle)
        of = {"account": author} if author else {}
        item.add(
            "posts",
            platform=Platform.TIKTOK,
            post_id=post_id,
            **of,
            format=told.format if told and told.format else Format.VIDEO,
            published_at=video.moment("create_time"),
            url=url,
            text=words,
            hashtags=captions.hashtags(words),
            mentions=captions.mentions(words),
            duration_s=_seconds(video),
        )
        counts = {
            "views": video.count("view_count"),
            "likes": video.count("like_count"),
            "comments": video.count("comment_count"),
            "shares": video.count("share_count"),
            # Told by TikTok's interfaces for researchers and for business accounts.
            "saves": video.count("favorites_count"),
            "reach": video.count("reach"),
            "watch_time_s": video.seconds("total_time_watched"),
            "watch_average_s": video.seconds("average_time_watched"),
        }
        if any(count is not None for count in counts.values()):
            item.add(
                "post_observations",
                platform=Platform.TIKTOK,
                post_id=post_id,
                **of,
                observed_at=now,
                source=Source.CREATOR_AUTHORISED,
                **counts,
            )
        video.know("title", *_UNUSED)
        video.rest()


def _seconds(video: Fields) -> float | None:
    count = video.count("duration")
    if count is not None and count > 86_400 * 7:
        raise Odd(video.where("duration"), count, "is longer than a week")
    return None if count is None else float(count)


def _known(page: Page) -> Reference | None:
    """The account that was added last; None when it could not be read."""
    for line in reversed(page.lines):
        if line.table == "accounts":
            return Reference(Platform.TIKTOK, line.values["platform_id"], line.values.get("handle"))
    return None


def _error(error: Any, body: Mapping[str, Any]) -> tuple[str, str]:
    """Code and words of the error that each reply has; one without any went well."""
    if error is None:
        return "ok", ""
    if isinstance(error, str):  # of the pages that give tokens
        return _shown(error), _shown(body.get("error_description", ""))
    if not isinstance(error, dict):
        return "unknown", ""
    return _shown(error.get("code", "ok")), _shown(error.get("message", ""))


def _shown(word: Any) -> str:
    return "".join(letter for letter in str(word)[:200] if letter.isprintable())
