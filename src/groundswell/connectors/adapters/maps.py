"""Maps: what the columns of a file mean, said by its owner or known beforehand.

A map is TOML::

    [columns]                  # source = canonical; "" leaves a column out
    "Subscribers (m)" = "followers"
    [defaults]                 # for what the file doesn't say
    platform = "youtube"
    year = 2017                # of dates written without one
    [format]                   # all optional
    encoding = "cp1252"
    delimiter = ";"
    date_order = "dmy"         # or "mdy"
    decimal = ","

A ready map also has ``kinds`` and ``[match]``: ``columns`` that a file must have, and optionally
``file``, a pattern of the file's name whose named groups become defaults.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from groundswell.connectors.adapters import headers
from groundswell.connectors.adapters.targets import resolved
from groundswell.terms.errors import Refusal

_LARGEST = 1 << 20
_TABLES = {"columns", "defaults", "format", "match"}
_FORMAT = {"encoding", "delimiter", "date_order", "decimal"}
_ENCODING = re.compile(r"[A-Za-z0-9_-]{1,40}")


class BadMap(Refusal):
    """A map that can't be used."""

    code = "bad_map"


@dataclass(frozen=True, slots=True)
class Map:
    """What the columns of a file mean.

    Attributes:
        name: What the map is called; empty for a user's own.
        columns: Canonical names by the source's; an empty one leaves the column out.
        defaults: Values of what the file doesn't say, by canonical names.
        format: How the file is written, where guessing is not wanted.
        kinds: Kinds of import that it is for; empty for all.
        match_columns: Columns that a file must have for a ready map to apply.
        match_file: Pattern of the file's name, with groups that become defaults.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    format: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    match_columns: tuple[str, ...] = ()
    match_file: str = ""

    @property
    def fingerprint(self) -> str:
        """Hash of what the map says."""
        said = [dict(self.columns), dict(self.defaults), dict(self.format), self.match_file]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def fits(self, kind: str, columns: list[str], file_name: str) -> bool:
        """Whether a ready map applies to a file."""
        if kind not in self.kinds or not self.match_columns:
            return False
        known = {headers.plain(column) for column in columns}
        if not all(headers.plain(column) in known for column in self.match_columns):
            return False
        return not self.match_file or re.search(self.match_file, file_name) is not None

    def defaults_for(self, file_name: str) -> dict[str, str]:
        """The defaults, and those that the file's name gives."""
        found = re.search(self.match_file, file_name) if self.match_file else None
        groups = found.groupdict() if found else {}
        return {**self.defaults, **{name: text for name, text in groups.items() if text}}


def parsed(text: str, *, kind: str, name: str = "") -> Map:
    """A map from its TOML.

    Raises:
        BadMap: When it is no TOML, or says something that no import of that kind understands.
    """
    try:
        said = tomllib.loads(text)
    except ValueError as error:  # of TOML, or an integer of thousands of digits
        raise BadMap(f"the map can't be read: {error}") from error
    except RecursionError as error:
        raise BadMap("the map is nested too deeply to be one: write name = value lines") from error
    _check_match(said)
    found = _built(said, name)
    if unknown := set(found.format) - _FORMAT:
        raise BadMap(
            f"[format] of a map knows {', '.join(sorted(_FORMAT))}; got {', '.join(unknown)}"
        )
    check_format(found.format)
    for canonical in [*found.columns.values(), *found.defaults]:
        if canonical and canonical != "year" and resolved(kind, canonical) is None:
            raise BadMap(
                f"an import of {kind} has no column {canonical!r}: "
                f"`groundswell import {kind} --columns` lists those that it has"
            )
    return found


def named(text: str, *, kind: str) -> Map:
    """The map in a file of the user's, or the ready map of that name.

    Raises:
        BadMap: When there is neither, or the file holds no map.
    """
    path = Path(text)
    try:
        if not path.is_file():
            if text in ready():
                return ready()[text]
            raise BadMap(
                f"there is no map {text!r}: give the path of a TOML file, or one of the ready "
                f"maps: {', '.join(ready())}"
            )
        if path.stat().st_size > _LARGEST:
            raise BadMap(f"the map {text} is larger than {_LARGEST:,} bytes")
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadMap(f"the map {text!r} can't be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadMap(f"the map {text} is no UTF-8 text: save it as UTF-8") from error
    return parsed(content, kind=kind)


def _check_match(said: Mapping[str, Any]) -> None:
    """Only ready maps are matched; yet whoever copies one keeps what it says there."""
    match, kinds = said.get("match", {}), said.get("kinds", [])
    if not isinstance(match, dict) or not isinstance(kinds, list):
        raise BadMap("a map has [match] as a table and kinds as a list, or leaves them out")
    pattern = match.get("file", "")
    try:
        re.compile(pattern)
    except (re.error, TypeError) as error:
        raise BadMap(f"file under [match] is a pattern of names, got {pattern!r}") from error
    if not isinstance(match.get("columns", []), list):
        raise BadMap(f"columns under [match] is a list of names, got {match['columns']!r}")


def check_format(said: Mapping[str, str]) -> None:
    """Pass what [format] of a map may say.

    Raises:
        BadMap: When it says something else.
    """
    if said.get("date_order", "dmy") not in {"dmy", "mdy"}:
        raise BadMap(f'date_order is "dmy" or "mdy", got {said["date_order"]!r}')
    if said.get("decimal", ".") not in {".", ","}:
        raise BadMap(f'decimal is "." or ",", got {said["decimal"]!r}')
    if len(said.get("delimiter", ",")) != 1 or said.get("delimiter") in {'"', "\n", "\r"}:
        raise BadMap(f"delimiter is one character, got {said['delimiter']!r}")
    encoding = said.get("encoding", "utf-8")
    try:
        known = bool(_ENCODING.fullmatch(encoding)) and "a".encode(encoding)
    except LookupError:
        known = False
    if not known:
        raise BadMap(f"no text encoding is called {encoding!r}; common ones are utf-8 and cp1252")


def _built(said: Mapping[str, Any], name: str) -> Map:
    unknown = set(said) - _TABLES - {"name", "about", "kinds"}
    if unknown:
        raise BadMap(
            f"a map has the tables [columns], [defaults] and [format]; got {', '.join(unknown)}"
        )
    match = said.get("match", {})
    return Map(
        name=name,
        columns=_texts(said, "columns"),
        defaults=_texts(said, "defaults"),
        format=_texts(said, "format"),
        kinds=tuple(said.get("kinds", ())),
        match_columns=tuple(match.get("columns", ())),
        match_file=match.get("file", ""),
    )


def _texts(said: Mapping[str, Any], table: str) -> dict[str, str]:
    entries = said.get(table, {})
    if not isinstance(entries, dict):
        raise BadMap(f"[{table}] of a map is a table of name = value lines")
    found = {}
    for key, value in entries.items():
        if isinstance(value, dict | list):
            raise BadMap(f"{key!r} under [{table}] of a map must have one value, got {value!r}")
        found[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


@cache
def ready() -> Mapping[str, Map]:
    """The maps that come with the program, by name."""
    folder = resources.files("groundswell.connectors") / "maps"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return {
        name: _built(tomllib.loads(file.read_text(encoding="utf-8")), name)
        for file in files
        if (name := file.name.removesuffix(".toml"))
    }


def fitting(kind: str, columns: list[str], file_name: str) -> Map | None:
    """The ready map that knows most of a file's columns, if any applies."""
    candidates = [known for known in ready().values() if known.fits(kind, columns, file_name)]
    return max(
        candidates,
        key=lambda known: (bool(known.match_file), len(known.match_columns)),
        default=None,
    )
