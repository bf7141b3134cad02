"""Platforms on which a creator has accounts, and how an account is written."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from groundswell.terms.errors import Refusal


class Platform(StrEnum):
    """A service on which creators publish."""

    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    X = "x"
    TWITCH = "twitch"
    FACEBOOK = "facebook"
    PINTEREST = "pinterest"
    SNAPCHAT = "snapchat"
    LINKEDIN = "linkedin"
    THREADS = "threads"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    BLOG = "blog"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The platform that people mean by a name such as ``Insta``, ``YT`` or ``Twitter``.

        Raises:
            UnknownPlatform: When no platform goes by that name.
        """
        word = re.sub(r"[^a-z]", "", text.lower())
        word = _SPOKEN.get(word, word)
        if word not in cls._value2member_map_:
            raise UnknownPlatform(text)
        return cls(word)


_SPOKEN = {
    "ig": "instagram",
    "insta": "instagram",
    "tt": "tiktok",
    "yt": "youtube",
    "youtubechannel": "youtube",
    "twitter": "x",
    "twitterx": "x",
    "xtwitter": "x",
    "fb": "facebook",
    "snap": "snapchat",
    "bsky": "bluesky",
    "website": "blog",
    "blogs": "blog",
}


class UnknownPlatform(Refusal, ValueError):
    """A platform's name that nobody knows."""

    code = "unknown_platform"

    def __init__(self, text: str) -> None:
        known = ", ".join(Platform)
        super().__init__(f"no platform is called {text!r}; use one of {known}")


class UnreadableAccount(Refusal, ValueError):
    """An account that is not written as platform:handle."""

    code = "unreadable_account"


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    """An account as people write it: ``platform:handle`` or ``platform:platform_id``."""

    platform: Platform
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instagram:anna`` or ``instagram:@anna``.

        Raises:
            UnknownPlatform: When the part before the colon is no platform.
            UnreadableAccount: When there is no colon, nothing behind it, or what no name holds.
        """
        platform, colon, name = text.partition(":")
        name = name.strip().removeprefix("@")
        if not colon or not name or name.startswith("//") or "\0" in name:
            raise UnreadableAccount(
                f"an account is written platform:handle, such as instagram:anna, got {text!r}"
            )
        return cls(Platform.parse(platform), name)

    def __str__(self) -> str:
        return f"{self.platform}:{self.name}"
