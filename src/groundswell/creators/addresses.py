"""Addresses of accounts: which account a link or a mention in a bio points to."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from groundswell.terms.platforms import AccountRef, Platform

# Host, then what stands before the account's name in the path.
_HOSTS: dict[str, tuple[Platform, tuple[str, ...]]] = {
    "instagram.com": (Platform.INSTAGRAM, ()),
    "tiktok.com": (Platform.TIKTOK, ()),
    "youtube.com": (Platform.YOUTUBE, ("channel", "c", "user")),
    "x.com": (Platform.X, ()),
    "twitter.com": (Platform.X, ()),
    "twitch.tv": (Platform.TWITCH, ()),
    "facebook.com": (Platform.FACEBOOK, ()),
    "pinterest.com": (Platform.PINTEREST, ()),
    "snapchat.com": (Platform.SNAPCHAT, ("add",)),
    "linkedin.com": (Platform.LINKEDIN, ("in", "company")),
    "threads.net": (Platform.THREADS, ()),
    "threads.com": (Platform.THREADS, ()),
    "bsky.app": (Platform.BLUESKY, ("profile",)),
}
# First parts of paths that are pages of the platform, not accounts.
_PAGES = {
    "about", "embed", "events", "explore", "feed", "groups", "hashtag", "help", "home", "intent",
    "legal", "p", "pages", "playlist", "reel", "reels", "results", "search", "share", "shorts",
    "status", "stories", "tv", "video", "videos", "watch",
}  # fmt: skip
# Hosts whose front page is nobody's own.
_SHARED_HOSTS = {
    "amazon.com", "beacons.ai", "bit.ly", "campsite.bio", "discord.gg", "etsy.com", "google.com",
    "linkin.bio", "linktr.ee", "lnk.bio", "open.spotify.com", "patreon.com", "solo.to", "t.me",
    "taplink.cc", "wa.me", "youtu.be",
}  # fmt: skip
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+|\b(?:[a-z0-9-]+\.)+[a-z]{2,6}/[^\s<>\"')\]]+", re.IGNORECASE
)
_MENTION = re.compile(
    r"\b(instagram|insta|ig|tiktok|youtube|yt|twitch|twitter|snapchat|snap|threads|pinterest)"
    r"\s*(?:[:\-–—|>➜→]+\s*@?|@)([\w][\w.]{1,29})",
    re.IGNORECASE,
)
_NAME = re.compile(r"@?[\w][\w.\-]*")


def account_at(link: str) -> AccountRef | None:
    """The account whose page an address is; None for any other page."""
    host, path = _split(link)
    if host not in _HOSTS:
        return None
    platform, prefixes = _HOSTS[host]
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[0].lower() in prefixes:
        parts = parts[1:]
    elif platform in (Platform.LINKEDIN, Platform.SNAPCHAT, Platform.BLUESKY):
        return None
    if not parts or parts[0].lower() in _PAGES or not _NAME.fullmatch(parts[0]):
        return None
    return AccountRef(platform, parts[0].removeprefix("@"))


def site_at(link: str) -> str | None:
    """A page of somebody's own, spelled one way: host and path; None for a platform's page."""
    host, path = _split(link)
    path = path.rstrip("/")
    if not host or host in _HOSTS or (host in _SHARED_HOSTS and not path):
        return None
    return (host + path).lower()


def links_in(text: str) -> Iterator[str]:
    """Addresses that stand in a text."""
    for match in _LINK.finditer(text):
        yield match[0].rstrip(".,;:!?")


def mentions_in(text: str) -> Iterator[AccountRef]:
    """Accounts that a text names with their platform, such as ``TikTok: @anna``."""
    for match in _MENTION.finditer(text):
        yield AccountRef(Platform.parse(match[1]), match[2].rstrip("."))


def _split(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link if "//" in link else f"//{link}")
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:  # such as a bracket that opens an IPv6 address and never closes
        return "", ""
    return host, parts.path
