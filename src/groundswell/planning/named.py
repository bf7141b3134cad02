"""Finding the accounts that people name in files, which may write them a little differently."""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform, UnknownPlatform

_LONGEST = 16 << 20  # bytes of a list of names
_REMEMBERED = 200_000  # names kept for suggestions
_SHOWN = 5


class UnknownNames(Refusal):
    """Creators were named that a file doesn't know, or that could be several of its accounts."""

    code = "unknown_creators"


class BadNames(Refusal):
    """A list of creators that can't be read."""

    code = "bad_creator_list"


def listed(text: str) -> list[str]:
    """Names from ``a,b,c``, or from a file with one or several a line, written ``@FILE``.

    Raises:
        BadNames: When there is no such file, or it names nobody.
    """
    if text.startswith("@"):
        text = _content(Path(text[1:]))
    names = [name.strip() for line in text.splitlines() for name in line.split(",")]
    found = list(dict.fromkeys(filter(None, names)))
    if not found:
        raise BadNames("no creators are named: write --creators a,b,c or --creators @FILE")
    return found


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise BadNames(
            f"the list of creators {path} can't be opened: {error.strerror}; names are written "
            "without @, as @ stands for a file"
        ) from error
    if len(data) > _LONGEST:
        raise BadNames(f"the list of creators {path} is longer than {_LONGEST:,} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadNames(f"the list of creators {path} is not UTF-8: save it as UTF-8") from error


class Wanted:
    """The accounts that were asked for, recognised among the names of a file.

    ``@Anna``, ``anna`` and ``instagram:anna`` may be the same account; ``tiktok:anna`` and
    ``instagram:anna`` never are.

    Args:
        names: Whom to find; None takes everybody.
    """

    def __init__(self, names: Sequence[str] | None) -> None:
        self._names = names
        self._codes: dict[str, int] = {}
        self.accounts: list[str] = []
        self._others: list[str] = []
        self._by_key: dict[str, list[int]] = {}
        for place, name in enumerate(names or ()):
            for key in _keys(name):
                self._by_key.setdefault(key, []).append(place)

    def code(self, account: str) -> int:
        """Number of an account as a file writes it; -1 when nobody asked for it."""
        code = self._codes.get(account)
        if code is None:
            code = self._codes[account] = self._new(account)
        return code

    def _new(self, account: str) -> int:
        if self._names is not None and not any(key in self._by_key for key in _keys(account)):
            if len(self._others) < _REMEMBERED:
                self._others.append(account)
            return -1
        self.accounts.append(account)
        return len(self.accounts) - 1

    def found(self, where: str) -> list[int]:
        """Numbers of the accounts that were asked for, in that order.

        Raises:
            UnknownNames: When one isn't there, or could be several.
        """
        if self._names is None:
            return list(range(len(self.accounts)))
        matches = {name: self._matches(name) for name in self._names}
        missing = [name for name, codes in matches.items() if not codes]
        if missing:
            known = [*self.accounts, *self._others]
            raise UnknownNames(f"{where} has no creator {_some(missing)}{_meant(missing, known)}")
        for name, codes in matches.items():
            if len(codes) > 1:
                several = _some(self.accounts[code] for code in codes)
                raise UnknownNames(f"{name!r} could be {several} in {where}: write which")
        return list(dict.fromkeys(codes[0] for codes in matches.values()))

    def _matches(self, name: str) -> list[int]:
        exact = [code for code, account in enumerate(self.accounts) if account == name]
        full, bare = _parts(name)
        same = [c for c, account in enumerate(self.accounts) if _parts(account)[0] == full]
        loose = [
            code
            for code, account in enumerate(self.accounts)
            if _parts(account)[1] == bare and (_parts(account)[0] == bare or full == bare)
        ]
        return exact or same or loose


def _parts(name: str) -> tuple[str, str]:
    """A name without case and @: with its platform, and without."""
    text = name.strip().removeprefix("@").casefold()
    platform, colon, rest = text.partition(":")
    if not colon or not rest:
        return text, text
    try:
        known = Platform.parse(platform)
    except UnknownPlatform:
        return text, text
    bare = rest.strip().removeprefix("@")
    return f"{known}:{bare}", bare


def _keys(name: str) -> set[str]:
    return set(_parts(name))


def _some(names: Iterable[str]) -> str:
    every = list(names)
    shown = ", ".join(repr(name) for name in every[:_SHOWN])
    return shown + (f" and {len(every) - _SHOWN:,} more" if len(every) > _SHOWN else "")


def _meant(missing: list[str], known: list[str]) -> str:
    by_name = {_parts(name)[1]: name for name in reversed(known[:20_000])}
    near = [
        by_name[close]
        for name in missing[:_SHOWN]
        for close in difflib.get_close_matches(_parts(name)[1], list(by_name), n=1)
    ]
    return f"; did you mean {_some(near)}?" if near else ""
