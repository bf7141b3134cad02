"""Cells that name a country or a language, or say that there is none."""

from groundswell.connectors.adapters.values.missing import MISSING, Unreadable
from groundswell.terms import places

_EVERYWHERE = frozenset({"worldwide", "global", "international", "world", "other", "unknown"})
_NO_LANGUAGE = frozenset({"und", "zxx", "unknown"})


def read_country(cell: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country, or None when the cell says that there is none.

    Raises:
        Unreadable: When no country goes by that name.
    """
    text = cell.strip()
    if text in MISSING or text.lower() in _EVERYWHERE:
        return None
    if (found := places.find_country(text)) is None:
        raise Unreadable("is no country's name or ISO 3166 code")
    return found


def read_language(cell: str) -> str | None:
    """BCP 47 tag of a language, or None when the cell says that there is none.

    Raises:
        Unreadable: When no language goes by that name.
    """
    text = cell.strip()
    if text in MISSING or text.lower() in _NO_LANGUAGE:
        return None
    if (found := places.find_language(text)) is None:
        raise Unreadable("is no language's name or BCP 47 tag")
    return found
