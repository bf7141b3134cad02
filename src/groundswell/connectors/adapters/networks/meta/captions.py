"""Hashtags, mentions and addresses in the words of a post."""

import re
from collections.abc import Iterable

_MARK = r"(?<![\w&/])"
_HASHTAG = re.compile(_MARK + r"[#\uff03](\w{1,150})")
_MENTION = re.compile(_MARK + r"[@\uff20](\w[\w.]{0,29})", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"']{3,2000}")
_MOST = 200
_LONGEST_LINE = 255


def line(text: str | None) -> str | None:
    """A name on one line."""
    return " ".join((text or "").split())[:_LONGEST_LINE] or None


def hashtags(text: str | None) -> list[str] | None:
    """Hashtags without #, each once, in order; a number alone is none."""
    return _each(found for found in _HASHTAG.findall(text or "") if not found.isdecimal())


def mentions(text: str | None) -> list[str] | None:
    """Handles without @, each once, in order."""
    return _each(found.rstrip(".").lower() for found in _MENTION.findall(text or ""))


def links(text: str | None) -> list[str] | None:
    """Addresses, each once, in order."""
    return _each(found.rstrip(".,;:!?)") for found in _ADDRESS.findall(text or ""))


def joined(one: list[str] | None, other: list[str] | None) -> list[str] | None:
    """Both lists as one."""
    return _each([*(one or ()), *(other or ())])


def _each(found: Iterable[str]) -> list[str] | None:
    return list(dict.fromkeys(found))[:_MOST] or None
