"""The words of brand safety as patterns that run over all captions in linear time (RE2)."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from groundswell.terms.safety import GENERAL, SafetyCategory, Severity

_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Patterns:
    """What to look for in texts of one language, which are words between single spaces.

    Attributes:
        net: Catches every text in which one of the others finds something.
        of: For each category, from the strongest severity down, a pattern with a group ``term``.
    """

    net: str
    of: dict[SafetyCategory, tuple[tuple[Severity, str], ...]]


@cache
def languages() -> frozenset[str]:
    """ISO 639-1 codes of the languages whose words are known."""
    return frozenset(
        language
        for category in GENERAL
        for severity in Severity
        for language in _words(category, severity)
    )


@cache
def patterns(language: str | None) -> Patterns:
    """What to look for in a language; in all of them at once where it is unknown."""
    found: dict[SafetyCategory, list[tuple[Severity, str]]] = {}
    everything: list[str] = []
    for category in GENERAL:
        for severity in sorted(Severity, reverse=True):
            by_language = _words(category, severity)
            spoken = by_language if language is None else {language}
            terms = {term for each in spoken for term in by_language.get(each, ())}
            if terms:
                found.setdefault(category, []).append((severity, _any_of(terms)))
                everything += terms
    return Patterns(_any_of(everything), {key: tuple(each) for key, each in found.items()})


@cache
def exceptions() -> str:
    """What the words also mean, or what takes them back: it is taken out before looking."""
    every = [term for category in GENERAL for term in _raw()[category]["except"]]
    return f"(?:{_any_of(every)[:-1]})+ "  # two of them may share the space between them


@cache
def lowering() -> str:
    """Words of help, warning and recovery."""
    return _any_of(_raw()["context"]["lowering"])


def _words(category: SafetyCategory, severity: Severity) -> dict[str, list[str]]:
    return dict(_raw()[category].get(severity.name.lower(), {}))


@cache
def _raw() -> dict[str, Any]:
    path = resources.files(__package__).joinpath("lexicon.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _any_of(terms: Iterable[str]) -> str:
    # Borders are spaces, and no classes of letters are needed: the scan is seven times faster so.
    written = sorted({_plain(term) for term in terms}, key=lambda term: (-len(term), term))
    return f" (?P<term>{'|'.join(written)}) "


def _plain(term: str) -> str:
    words = _NOT_A_WORD.sub(" ", term.lower().rstrip("*")).strip()
    ending = " [^ ]+" if term.endswith(" *") else "[^ ]*" if term.endswith("*") else ""
    return re.escape(words) + ending
