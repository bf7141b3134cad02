"""Briefs as TOML that people would have written, and what a revision changes in them."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from groundswell.terms.platforms import AccountRef

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_WIDEST = 96  # columns of a list on one line
# A brief reads from what is wanted to how.
_FIRST = (
    "name", "objective", "frequency", "question", "budget", "start", "end", "goals", "promise",
    "handling_cost",
)  # fmt: skip
_SECTIONS = (
    "exchange_rates", "audience", "brand_content", "creators", "sharers", "seeding", "boost"
)  # fmt: skip


def written(tables: Mapping[str, Any]) -> str:
    """A brief's tables as TOML: reading it gives the same tables."""
    plain = [key for key in tables if key not in _SECTIONS]
    plain.sort(key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
    parts = ["".join(f"{_key(key)} = {_value(tables[key])}\n" for key in plain)]
    for section in _SECTIONS:
        if isinstance(table := tables.get(section), dict):
            lines = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())
            parts.append(f"[{section}]\n{lines}")
        elif section in tables:
            parts[0] += f"{section} = {_value(tables[section])}\n"
    return "\n".join(filter(None, parts))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        items = [_value(each) for each in value]
        line = f"[{', '.join(items)}]"
        if len(line) <= _WIDEST:
            return line
        return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    return repr(value)


def revised(
    tables: Mapping[str, Any], *, out: Iterable[AccountRef], wanted: Iterable[AccountRef]
) -> dict[str, Any]:
    """The tables with some accounts never to be taken, and others to be taken in any case."""
    creators = dict(tables.get("creators", {"count": {"max": 0}}))  # whom the layers share
    out, wanted = list(out), list(wanted)
    _list(creators, "never", without=wanted, more=out)
    _list(creators, "must_have", without=out, more=wanted)
    return {**tables, "creators": creators}


def _list(
    creators: dict[str, Any], key: str, *, without: list[AccountRef], more: list[AccountRef]
) -> None:
    unwanted = {_same(ref) for ref in without}
    kept = [
        ref for ref in map(AccountRef.parse, creators.get(key, ())) if _same(ref) not in unwanted
    ]
    there = {_same(ref) for ref in kept}
    kept += [ref for ref in more if _same(ref) not in there]
    creators.pop(key, None)
    if kept:
        creators[key] = [str(ref) for ref in kept]


def _same(ref: AccountRef) -> tuple[str, str]:
    return ref.platform, ref.name.casefold()
