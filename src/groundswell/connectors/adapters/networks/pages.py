"""Pages: what one step of a walk found, as canonical rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.staging.schemas import staged
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.texts import MAX_NAME

_SHOWN = 200
_PLACE = re.compile(r"\[\d+\]")
_ASIDE_AT_MOST = 200  # paths of unknown fields; a hostile reply may have any number
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_ODD_LETTER = re.compile("[\0\ud800-\udfff]")
_SHOWN_NAMES = frozenset({"display_name", "region", "city"})
_IDENTIFIERS = frozenset({"platform_id", "handle"})
_REFERENCE = ("platform_id", "handle", "display_name")


class OptOut(StrEnum):
    """What the owner of an account does not want."""

    BEING_KEPT = "being kept"  # nothing is kept, whoever asked for it
    BEING_FOUND = "being found"  # it is kept only when somebody asked for it by name
    DESCRIPTION = "description"  # only name and counts are kept
    WORDS = "words"  # of posts; what was counted of them is kept


@dataclass(frozen=True, slots=True)
class Bad:
    """Something of a reply that could not be taken.

    Attributes:
        where: Its place in the reply, such as ``feed[3].post.likeCount``.
        value: What stood there, shortened.
        reason: Why it was not taken.
    """

    where: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One canonical row.

    Attributes:
        table: Name of the canonical table.
        item: Which item of the walk it came from, counted within the page from 0.
        values: Columns of the staged schema but ``row``; absent is unknown. A member or an author
            stands as the network names it; whoever stages the page hashes it first.
    """

    table: str
    item: int
    values: dict[str, Any]


@dataclass(slots=True)
class Page:
    """What one step of a walk found.

    Attributes:
        lines: Canonical rows.
        items: How many items the replies held; each was taken or is in ``bad``.
        bad: Items that could not be taken.
        aside: Fields that the interface did not have when the reader was written: path, and the
            first value that was seen there, shortened.
        cursor: From where the walk goes on after this page; None when it is at its end. JSON.
        gone: Accounts and posts that the network says are deleted, suspended or opted out:
            (table, platform's id).
        opt_outs: What owners don't want, by the platform's id of each account: what was kept of
            it before goes as well.
        notes: What the user should know of this page, in sentences.
    """

    lines: list[Line] = field(default_factory=list)
    items: int = 0
    bad: list[Bad] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)
    cursor: dict[str, Any] | None = None
    gone: list[tuple[str, str]] = field(default_factory=list)
    opt_outs: dict[str, frozenset[OptOut]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @contextmanager
    def item(self, where: str) -> Iterator["Item"]:
        """Take one item of a reply: all of its rows, or none when something can't be read."""
        item = Item(self, self.items)
        self.items += 1
        try:
            yield item
        except Unreadable as error:
            place = getattr(error, "where", where)
            self.bad.append(Bad(place, getattr(error, "value", "")[:_SHOWN], str(error)))
        else:
            self.lines += item.lines

    def reaches(self, since: datetime | None) -> bool:
        """Whether a post of the page was published before a moment; never before None."""
        moments = [line.values.get("published_at") for line in self.lines if line.table == "posts"]
        return since is not None and any(at is not None and at < since for at in moments)

    def refuse(self, where: str, value: object, reason: str) -> None:
        """Note an item that is nothing that could be read at all."""
        self.items += 1
        self.bad.append(Bad(where, storable(str(value)[:_SHOWN]), reason))

    def set_aside(self, path: str, value: object) -> None:
        """Note a field that nothing here knows, once for all entries of a list."""
        general = _PLACE.sub("[]", path)[:_SHOWN]
        if general not in self.aside and len(self.aside) < _ASIDE_AT_MOST:
            self.aside[general] = storable(str(value)[:_SHOWN])


@dataclass(slots=True)
class Item:
    """One thing of a reply, such as a profile or a post, and the rows it feeds."""

    page: Page
    number: int
    lines: list[Line] = field(default_factory=list)

    def add(self, table: str, **columns: Any) -> None:
        """Add a row of a canonical table.

        Args:
            table: Its name.
            columns: Canonical columns. ``account``, ``account_a`` and ``account_b`` are given as
                ``Reference``.

        Raises:
            KeyError: When the table has no such column.
            Unreadable: When an id or handle is longer than any.
        """
        values: dict[str, Any] = {}
        for name, value in columns.items():
            if isinstance(value, Reference):
                told = {part: _fitting(part, getattr(value, part)) for part in _REFERENCE}
                values |= {f"{name}_{part}": said for part, said in told.items()}
            else:
                values[name] = _fitting(name, value)
        unknown = values.keys() - _columns(table)
        if unknown:
            raise KeyError(f"table {table!r} has no staged columns {sorted(unknown)}")
        self.lines.append(Line(table, self.number, values))


def _fitting(name: str, value: Any) -> Any:
    """What an account is called, as it can be kept: names are cut, what identifies is refused."""
    if name not in _SHOWN_NAMES | _IDENTIFIERS or value is None or len(value) <= MAX_NAME:
        return value
    if name in _IDENTIFIERS:
        raise Unreadable(f"has a {name} of more than {MAX_NAME} characters")
    return value[:MAX_NAME].rstrip() or None


@cache
def _columns(table: str) -> frozenset[str]:
    """What rows of a table are staged with, besides the number of their row."""
    return frozenset(staged(table).names) - {"row"}


def storable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of letters."""
    if text.isascii() and "\0" not in text:
        return text
    return text.translate(_UNSTORABLE) if _ODD_LETTER.search(text) else text
