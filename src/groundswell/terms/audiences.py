"""Genders and ages of an audience, as they are asked for."""

import re
from difflib import get_close_matches

from groundswell.terms.errors import Refusal

GENDERS = ("female", "male", "other")
_BAND = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2})|\+)", re.ASCII)
_SHOWN = 40  # characters of a value in a message


class UnknownPart(Refusal, ValueError):
    """A part of an audience that nobody measures."""

    code = "unknown_audience"


def gender(text: str) -> str:
    """A gender by the name under which audiences hold it.

    Raises:
        UnknownPart: When none goes by that name.
    """
    name = text.strip().lower()
    if name in GENDERS:
        return name
    near = get_close_matches(name[:_SHOWN], GENDERS, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise UnknownPart(
        f"no gender is called {text[:_SHOWN]!r}: {meant}It must be one of {', '.join(GENDERS)}"
    )


def age(text: str) -> str:
    """A band of ages such as 25-34 or 65+.

    Raises:
        UnknownPart: When it is no band, or ends before it begins.
    """
    found = _BAND.fullmatch(text.strip())
    if not found or (found[2] and int(found[1]) > int(found[2])):
        raise UnknownPart(
            f"must be a band such as 25-34 or 65+, the younger age first, got {text[:_SHOWN]!r}"
        )
    return found[0]
