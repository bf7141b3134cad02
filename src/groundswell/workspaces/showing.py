"""The journal as people read it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+-]\d\d:\d\d")


def in_words(details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each detail of an entry with its name; what holds several is listed in one line."""
    for name, value in details.items():
        if isinstance(value, dict):
            said = ", ".join(f"{key} {inner}" for key, inner in in_words(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            said = f"{value:,}"
        else:
            said = f"{value:,.1f}" if isinstance(value, float) else _plain(value)
        if said:
            yield name.replace("_", " "), said


def _plain(value: Any) -> str:
    """A value without the marks of code: confirmed_concern is written confirmed concern."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    text = str(value)
    if _MOMENT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return text.replace("_", " ") if _CODE.fullmatch(text) else text
