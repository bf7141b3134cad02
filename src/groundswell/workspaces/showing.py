"""The journal as people read it."""

from collections.abc import Iterator
from typing import Any


def in_words(details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each detail of an entry with its name; what holds several is listed in one line."""
    for name, value in details.items():
        if isinstance(value, dict):
            said = ", ".join(f"{key} {inner}" for key, inner in in_words(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            said = f"{value:,}"
        else:
            said = f"{value:,.1f}" if isinstance(value, float) else str(value)
        if said:
            yield name.replace("_", " "), said
