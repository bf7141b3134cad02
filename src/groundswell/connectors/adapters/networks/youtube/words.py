"""Hashtags, handles, addresses and topics in the texts of YouTube."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from groundswell.connectors.adapters.values.texts import MAX_NAME
from groundswell.terms import places

_HASHTAG = re.compile(r"(?<![\w&/#])[#\uff03](\w{1,100})")
_HANDLE = re.compile(r"(?<![\w@/.])@([\w][\w.·-]{1,28}\w)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'\u200b]{3,1000}")
_TOPIC = re.compile(r"https?://[a-z]{2,3}\.wikipedia\.org/wiki/(.{1,200})", re.IGNORECASE)
_KEYWORD = re.compile(r'"([^"]{1,500})"|([^\s"]{1,500})')
_SENSE = re.compile(r"_\([^()]*\)$")
_DURATION = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?", re.ASCII
)
_MOST = 200


def line(text: str | None) -> str | None:
    """A name on one line."""
    return " ".join((text or "").split())[:MAX_NAME] or None


def hashtags(text: str) -> list[str] | None:
    """Hashtags without #, each once; a number alone is none."""
    return each_once(found for found in _HASHTAG.findall(text) if not found.isdecimal())


def mentions(text: str) -> list[str] | None:
    """Handles without @, each once."""
    return each_once(_HANDLE.findall(text))


def links(text: str) -> list[str] | None:
    """Addresses, each once."""
    return each_once(found.rstrip(".,;:!?)") for found in _ADDRESS.findall(text))


def topics(addresses: Iterable[str]) -> list[str]:
    """Topics, which YouTube names by pages of Wikipedia; their senses in brackets are left out."""
    found = (_TOPIC.fullmatch(address) for address in addresses)
    named = (_SENSE.sub("", unquote(each[1], errors="replace")) for each in found if each)
    return [name.replace("_", " ").replace("\0", "") for name in named]


def keywords(text: str | None) -> list[str]:
    """A channel's keywords; those of several words stand in quotation marks."""
    return [quoted or plain for quoted, plain in _KEYWORD.findall((text or "")[:10_000])]


def each_once(found: Iterable[str]) -> list[str] | None:
    """Short texts in order, each once; None when there are none."""
    kept = dict.fromkeys(each.strip() for each in found)
    return [each for each in kept if each][:_MOST] or None


def language(tag: str | None) -> str | None:
    """A language, where the tag is one; ``zxx``, for no words at all, is none."""
    return places.find_language(tag) if tag and len(tag) <= 35 and tag != "zxx" else None


def seconds(duration: str | None) -> float | None:
    """The length of a video; None where there is none yet, as of a broadcast to come."""
    found = _DURATION.fullmatch(duration or "")
    if found is None:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in found.groups())
    return float(days * 86_400 + hours * 3_600 + minutes * 60 + rest) or None
