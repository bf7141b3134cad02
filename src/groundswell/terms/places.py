"""Countries and languages by their codes, or by their names in the usual languages."""

import re
import unicodedata
from difflib import get_close_matches
from functools import cache

from babel import Locale
from babel.core import get_global

from groundswell.terms.errors import Refusal

# Languages in which people name countries and languages; where two disagree, the earlier one wins.
_SPOKEN = """
en de fr es pt it nl pl sv da nb fi tr ru uk cs ro hu id vi ja ko zh ar hi th el
"""
# Names and codes that people use and Unicode's tables lack or give to nobody.
_ALSO = {
    "uk": "GB", "england": "GB", "great britain": "GB", "britain": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "u s a": "US", "u s": "US",
    "america": "US", "united states of america": "US",
    "holland": "NL", "korea": "KR", "republic of korea": "KR",
    "south korea": "KR", "north korea": "KP", "russian federation": "RU", "viet nam": "VN",
    "czech republic": "CZ", "turkey": "TR", "turkiye": "TR", "uae": "AE", "emirates": "AE",
    "ksa": "SA", "macedonia": "MK", "burma": "MM", "ivory coast": "CI", "cape verde": "CV",
    "swaziland": "SZ", "east timor": "TL", "palestine": "PS", "hong kong": "HK", "macau": "MO",
    "macao": "MO", "taiwan": "TW", "congo": "CG", "dr congo": "CD", "laos": "LA", "syria": "SY",
    "iran islamic republic of": "IR", "bosnia": "BA", "grossbritannien": "GB",
    "trinidad": "TT", "vatican": "VA", "el": "GR",
}  # fmt: skip
_LANGUAGES_ALSO = {"mandarin": "zh", "farsi": "fa"}
# What Unicode lists beside ISO 3166-1; Kosovo stays, as everybody uses its code.
_NO_COUNTRY = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
_NO_LANGUAGE = frozenset(["mul", "und", "zxx"])
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?", re.ASCII)
_SHOWN = 60  # characters of a name in a message


class UnknownPlace(Refusal, ValueError):
    """A country that nobody knows."""

    code = "unknown_country"


class UnknownLanguage(Refusal, ValueError):
    """A language that nobody knows."""

    code = "unknown_language"


def country(text: str) -> str:
    """ISO 3166-1 alpha-2 code of a country given by code or name.

    Raises:
        UnknownPlace: When no country goes by that name.
    """
    if found := find_country(text):
        return found
    raise UnknownPlace(
        f"no country is called {text[:_SHOWN]!r}: {_near(text, _countries('en') | _ALSO)}"
        "write a name such as Brazil or a code such as BR"
    )


def language(text: str) -> str:
    """BCP 47 tag of a language given by tag or name.

    Raises:
        UnknownLanguage: When no language goes by that name.
    """
    if found := find_language(text):
        return found
    raise UnknownLanguage(
        f"no language is called {text[:_SHOWN]!r}: {_near(text, _languages('en'))}"
        "write a name such as Portuguese or a tag such as pt or pt-BR"
    )


def find_country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country given by code or name; None when nobody knows it."""
    code = text.strip().upper()
    if len(code) == 2 and code in _country_codes():
        return code
    if len(code) == 3 and code in _country_aliases():
        return _country_aliases()[code]
    name = _plain(text)
    return _ALSO.get(name) or _countries("en").get(name) or _countries(_SPOKEN).get(name)


def find_language(text: str) -> str | None:
    """BCP 47 tag of a language given by tag or name; None when nobody knows it."""
    shape = _TAG.fullmatch(text.strip())
    if shape and (code := _language_code(shape[1].lower())):
        return tag(code + shape[0][len(shape[1]) :])
    name = _plain(text)
    also = _LANGUAGES_ALSO.get(name)
    return also or _languages("en").get(name) or _languages(_SPOKEN).get(name)


def tag(text: str) -> str:
    """A language tag as it is usually written: ``pt-BR``, ``zh-Hant``."""
    first, *others = text.strip().lower().replace("_", "-").split("-")
    cases = {2: str.upper, 4: str.title}
    return "-".join([first, *(cases.get(len(part), str)(part) for part in others)])


def _plain(name: str) -> str:
    """Without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(word for word in "".join(kept).split() if word not in {"and", "und", "the"})


def _near(text: str, names: dict[str, str]) -> str:
    found = get_close_matches(_plain(text[:_SHOWN]), names, n=1, cutoff=0.75)
    return f"did you mean {found[0].title()}? Otherwise " if found else ""


@cache
def _country_codes() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRY


@cache
def _country_aliases() -> dict[str, str]:
    """Codes of three letters."""
    aliases = get_global("territory_aliases").items()
    return {
        alias: codes[0]
        for alias, codes in aliases
        if len(alias) == 3 and len(codes) == 1 and codes[0] in _country_codes()
    }


@cache
def _countries(spoken: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in spoken.split():
        for code, name in Locale(each).territories.items():
            if code in _country_codes():
                names.setdefault(_plain(name), code)
    return names


@cache
def _language_codes() -> frozenset[str]:
    codes = map(str, Locale("en").languages)
    known = (code for code in codes if code.isalpha() and code.islower() and len(code) <= 3)
    return frozenset(known) - _NO_LANGUAGE


def _language_code(code: str) -> str | None:
    """The shortest code of a language: ``eng`` is ``en``, and ``iw`` has become ``he``."""
    shorter = get_global("language_aliases").get(code, "")
    if len(shorter) == 2 and (len(code) == 3 or code not in _language_codes()):
        return str(shorter)
    return code if code in _language_codes() else None


@cache
def _languages(spoken: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in spoken.split():
        for code, name in Locale(each).languages.items():
            if code in _language_codes():
                names.setdefault(_plain(name), code)
    return names
