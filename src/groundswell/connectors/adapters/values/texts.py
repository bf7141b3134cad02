"""Texts, names and lists. What they say is kept as it is, also where it looks like HTML."""

import re
import unicodedata

from groundswell.connectors.adapters.escaping import restored
from groundswell.connectors.adapters.values.missing import MISSING, MISSING_TEXT, Unreadable
from groundswell.terms.formats import Format

MAX_NAME = 255
MAX_ADDRESS = 4_096
MAX_ITEM = 1_024

_LIST_MARKS = ("|", ";", ",", "\n")
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+", re.ASCII)
_HASHTAG = re.compile(r"#([^\s#,;|]+)")
_FORMATS = {str(kind): kind for kind in Format} | {
    "photo": Format.IMAGE,
    "picture": Format.IMAGE,
    "static": Format.IMAGE,
    "graphimage": Format.IMAGE,
    "static image": Format.IMAGE,
    "feed": Format.IMAGE,
    "feed post": Format.IMAGE,
    "carousel album": Format.CAROUSEL,
    "album": Format.CAROUSEL,
    "sidecar": Format.CAROUSEL,
    "graphsidecar": Format.CAROUSEL,
    "slideshow": Format.CAROUSEL,
    "reels": Format.REEL,
    "clips": Format.REEL,
    "igtv": Format.VIDEO,
    "graphvideo": Format.VIDEO,
    "tiktok": Format.VIDEO,
    "youtube video": Format.VIDEO,
    "vod": Format.VIDEO,
    "shorts": Format.SHORT,
    "youtube short": Format.SHORT,
    "stories": Format.STORY,
    "instagram story": Format.STORY,
    "instagram reel": Format.REEL,
    "livestream": Format.LIVE,
    "live stream": Format.LIVE,
    "stream": Format.LIVE,
    "status": Format.TEXT,
    "tweet": Format.TEXT,
    "link": Format.TEXT,
    "blog": Format.ARTICLE,
    "blog post": Format.ARTICLE,
}


def read_text(cell: str) -> str | None:
    """Words of a person, as they are."""
    if cell in MISSING_TEXT or not cell.strip():
        return None
    return restored(cell)


def read_label(cell: str) -> str | None:
    """A short text on one line, such as a town or a title.

    Raises:
        Unreadable: When it is too long to be one.
    """
    text = restored(cell).strip()
    if text in MISSING:
        return None
    return _at_most(text, MAX_NAME)


def read_address(cell: str) -> str | None:
    """An address of a page or picture.

    Raises:
        Unreadable: When it is too long to be one.
    """
    text = restored(cell).strip()
    if text in MISSING:
        return None
    return _at_most(text, MAX_ADDRESS)


def read_name(cell: str) -> str | None:
    """A handle, id or other identifier on one line.

    Raises:
        Unreadable: When it is too long, or a spreadsheet has rounded it.
    """
    if cell.isalnum() and cell.isascii() and len(cell) <= MAX_NAME:
        return None if cell in MISSING else cell  # most ids: nothing to strip, mend or refuse
    text = restored(cell).strip()
    if text in MISSING:
        return None
    if "E+" in text and _ROUNDED.fullmatch(text):
        raise Unreadable(
            "is an id that a spreadsheet has rounded: export it as text, not as a number"
        )
    if not text.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in text):
        raise Unreadable("is an id over several lines or with control characters")
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]  # an integer that went through a table of floats
    return _at_most(text, MAX_NAME)


def read_list(cell: str, *, mark: str | None) -> list[str] | None:
    """Several short texts.

    Args:
        cell: The cell's text.
        mark: What sets them apart; None for a column of single ones.

    Raises:
        Unreadable: When one is too long.
    """
    text = restored(cell).strip()
    if text in MISSING or text in {"[]", "{}"}:
        return None
    if text.startswith("[") and text.endswith("]"):
        text = re.sub(r"['\"]", "", text[1:-1])
        mark = ","
    items = text.split(mark) if mark else [text]
    return tidied(items)


def tidied(items: list[str]) -> list[str] | None:
    """Short texts stripped, each once, in order; None when none is left."""
    kept = dict.fromkeys(item.strip() for item in items)
    return [_at_most(item, MAX_ITEM) for item in kept if item not in MISSING] or None


def list_mark(cells: list[str]) -> str | None:
    """What sets the items of a column of lists apart, if anything does."""
    votes = {mark: sum(mark in cell for cell in cells) for mark in _LIST_MARKS}
    best = max(_LIST_MARKS, key=lambda mark: votes[mark])
    return best if votes[best] else None


def hashtags(cell: str, *, mark: str | None) -> list[str] | None:
    """Hashtags without #, also out of ``#one #two`` and ``#one#two``.

    Raises:
        Unreadable: When one is too long.
    """
    found = _HASHTAG.findall(cell)
    if found:
        return tidied(found)
    return read_list(cell, mark=mark)


def handles(cell: str, *, mark: str | None) -> list[str] | None:
    """Handles without @.

    Raises:
        Unreadable: When one is too long.
    """
    items = read_list(cell.replace(" @", f"{mark or ' '}@"), mark=mark or " ")
    return items and tidied([item.removeprefix("@") for item in items])


def read_format(cell: str) -> Format | None:
    """The kind of post that a platform or tool names, or None when it names none.

    Raises:
        Unreadable: When no format goes by that name.
    """
    text = cell.strip()
    if text in MISSING:
        return None
    word = " ".join(re.split(r"[\s_-]+", text.lower()))
    found = _FORMATS.get(word)
    if found is None:
        raise Unreadable(f"is no format of posts: use one of {', '.join(Format)}")
    return found


def _at_most(text: str, length: int) -> str:
    if len(text) > length:
        raise Unreadable(f"is longer than {length:,} characters")
    return text
