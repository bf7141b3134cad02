"""Accounts and posts out of their addresses, and ids by their shape."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform

YOUTUBE_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}", re.ASCII)
_DID = re.compile(r"did:(plc|web):[A-Za-z0-9.:%_-]+", re.ASCII)
_LOOKS = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}/\S*", re.IGNORECASE)

_DOMAINS = {
    "instagram.com": Platform.INSTAGRAM,
    "instagr.am": Platform.INSTAGRAM,
    "tiktok.com": Platform.TIKTOK,
    "youtube.com": Platform.YOUTUBE,
    "youtu.be": Platform.YOUTUBE,
    "twitter.com": Platform.X,
    "x.com": Platform.X,
    "twitch.tv": Platform.TWITCH,
    "facebook.com": Platform.FACEBOOK,
    "fb.com": Platform.FACEBOOK,
    "fb.watch": Platform.FACEBOOK,
    "pinterest.com": Platform.PINTEREST,
    "snapchat.com": Platform.SNAPCHAT,
    "linkedin.com": Platform.LINKEDIN,
    "threads.net": Platform.THREADS,
    "threads.com": Platform.THREADS,
    "bsky.app": Platform.BLUESKY,
}
_NATIONAL = re.compile(r"(?:[a-z]{2,3}\.)?(pinterest)(?:\.[a-z]{2,3}){1,2}")
# First parts of a path that are no account's name.
_RESERVED = frozenset(
    [
        *["p", "reel", "reels", "tv", "stories", "explore", "accounts", "direct", "about"],
        *["watch", "shorts", "playlist", "results", "feed", "embed", "live", "post", "posts"],
        *["hashtag", "search", "home", "i", "intent", "share", "login", "settings", "videos"],
        *["tag", "music", "discover", "foryou", "directory", "groups", "events", "pages", "pin"],
        *["photo", "photo.php", "story.php", "permalink.php", "watch.php", "sharer", "vm", "t"],
    ]
)


@dataclass(frozen=True, slots=True)
class Address:
    """What an address on a platform tells.

    Attributes:
        platform: The platform, or None for any other site.
        platform_id: The account's id, where the address holds it.
        handle: The account's handle, where the address holds it.
        post_id: The post's id, where it is a post's address.
        format: The kind of post, where the address tells.
    """

    platform: Platform | None
    platform_id: str | None = None
    handle: str | None = None
    post_id: str | None = None
    format: Format | None = None


def looks_like_address(text: str) -> bool:
    """Whether a text is written as an address of a page."""
    return ("/" in text or "www." in text) and _LOOKS.fullmatch(text.strip()) is not None


@lru_cache(maxsize=5_000)
def parsed(text: str) -> Address:
    """What an address tells of platform, account and post; nothing is looked up."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return Address(None)
    path = [unquote(part) for part in parts.path.split("/") if part]
    platform = _platform_of(host)
    if platform is None:
        return _elsewhere(host, path)
    if platform is Platform.YOUTUBE:
        return _youtube(host, path, query)
    return _READERS.get(platform, _plain)(platform, path)


def platform_of_id(text: str) -> Platform | None:
    """The platform whose ids have that shape, where the shape leaves no doubt."""
    if YOUTUBE_CHANNEL.fullmatch(text):
        return Platform.YOUTUBE
    if _DID.fullmatch(text):
        return Platform.BLUESKY
    return None


def _platform_of(host: str) -> Platform | None:
    while host:
        if host in _DOMAINS:
            return _DOMAINS[host]
        if _NATIONAL.fullmatch(host):
            return Platform.PINTEREST
        _, _, host = host.partition(".")
    return None


def _youtube(host: str, path: list[str], query: dict[str, list[str]]) -> Address:
    platform = Platform.YOUTUBE
    first, second = ([*path, "", ""])[:2]
    if host == "youtu.be":
        return Address(platform, post_id=first or None)
    if first == "watch":
        return Address(platform, post_id=query.get("v", [""])[0] or None)
    if first in {"shorts", "live", "embed"} and second:
        kinds = {"shorts": Format.SHORT, "live": Format.LIVE}
        return Address(platform, post_id=second, format=kinds.get(first))
    if first == "channel" and YOUTUBE_CHANNEL.fullmatch(second):
        return Address(platform, platform_id=second)
    if first in {"c", "user"} and second:
        return Address(platform, handle=second)
    return Address(platform, handle=_name(first))


def _instagram(platform: Platform, path: list[str]) -> Address:
    kinds = {"reel": Format.REEL, "reels": Format.REEL, "p": None, "tv": Format.VIDEO}
    for position, part in enumerate(path[:2]):
        if part in kinds and len(path) > position + 1:
            owner = _name(path[0]) if position else None
            return Address(platform, None, owner, path[position + 1], kinds[part])
    if path[:1] == ["stories"] and len(path) > 1:
        post_id = path[2] if len(path) > 2 else None
        return Address(platform, handle=_name(path[1]), post_id=post_id, format=Format.STORY)
    return _plain(platform, path)


def _tiktok(platform: Platform, path: list[str]) -> Address:
    handle = _name(path[0]) if path and path[0].startswith("@") else None
    kinds = {"video": Format.VIDEO, "photo": Format.CAROUSEL}
    if len(path) > 2 and path[1] in kinds:
        return Address(platform, handle=handle, post_id=path[2], format=kinds[path[1]])
    return Address(platform, handle=handle)


def _status(platform: Platform, path: list[str]) -> Address:
    """``/anna/status/123`` of X, ``/@anna/post/123`` of Threads, ``/profile/anna/post/123``."""
    if path[:1] == ["profile"]:
        path = path[1:]
    found = _plain(platform, path)
    if found.handle and _DID.fullmatch(found.handle):
        found = Address(platform, platform_id=found.handle)
    if len(path) > 2 and path[1] in {"status", "post"}:
        return Address(platform, found.platform_id, found.handle, post_id=path[2])
    return found


def _twitch(platform: Platform, path: list[str]) -> Address:
    if path[:1] == ["videos"] and len(path) > 1:
        return Address(platform, post_id=path[1], format=Format.VIDEO)
    return _plain(platform, path)


def _facebook(platform: Platform, path: list[str]) -> Address:
    if path[:1] == ["reel"] and len(path) > 1:
        return Address(platform, post_id=path[1], format=Format.REEL)
    if len(path) > 2 and path[1] in {"posts", "videos"}:
        kind = Format.VIDEO if path[1] == "videos" else None
        return Address(platform, handle=_name(path[0]), post_id=path[-1], format=kind)
    return _plain(platform, path)


def _nested(platform: Platform, path: list[str]) -> Address:
    """``/in/anna`` of LinkedIn, ``/add/anna`` of Snapchat."""
    if path[:1] == ["pin"] and len(path) > 1:
        return Address(platform, post_id=path[1])
    if path and path[0] in {"in", "company", "add", "u"}:
        path = path[1:]
    return _plain(platform, path)


def _plain(platform: Platform, path: list[str]) -> Address:
    return Address(platform, handle=_name(path[0]) if path else None)


def _name(part: str) -> str | None:
    name = part.removeprefix("@").strip()
    return name if name and name.lower() not in _RESERVED else None


def _elsewhere(host: str, path: list[str]) -> Address:
    if host and path and path[0].startswith("@") and len(path[0]) > 1:
        # The Fediverse: an account is known with its server.
        post_id = path[1] if len(path) > 1 else None
        return Address(Platform.MASTODON, handle=f"{path[0][1:]}@{host}", post_id=post_id)
    return Address(None)


_READERS = {
    Platform.INSTAGRAM: _instagram,
    Platform.TIKTOK: _tiktok,
    Platform.X: _status,
    Platform.THREADS: _status,
    Platform.BLUESKY: _status,
    Platform.TWITCH: _twitch,
    Platform.FACEBOOK: _facebook,
    Platform.LINKEDIN: _nested,
    Platform.SNAPCHAT: _nested,
    Platform.PINTEREST: _nested,
}
