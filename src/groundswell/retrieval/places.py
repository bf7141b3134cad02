"""Countries and languages by code or by English name."""

import re
from difflib import get_close_matches
from functools import cache

from babel import Locale

from groundswell.retrieval.words import tokens
from groundswell.terms.errors import Refusal

# Names that people use and the Unicode tables don't list first.
_COUNTRIES_SPOKEN = {
    "america": "US",
    "usa": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "uae": "AE",
    "turkey": "TR",
    "czech republic": "CZ",
    "holland": "NL",
    "korea": "KR",
    "republic of korea": "KR",
    "russian federation": "RU",
    "viet nam": "VN",
    "hong kong": "HK",
    "macau": "MO",
    "burma": "MM",
    "ivory coast": "CI",
    "cape verde": "CV",
    "swaziland": "SZ",
    "palestine": "PS",
    "macedonia": "MK",
}
_LANGUAGES_SPOKEN = {"mandarin": "zh", "farsi": "fa", "tagalog": "tl"}
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class UnknownPlace(Refusal, ValueError):
    """A country that nobody knows."""

    code = "unknown_country"


class UnknownLanguage(Refusal, ValueError):
    """A language that nobody knows."""

    code = "unknown_language"


def country(text: str) -> str:
    """ISO 3166 code of a country given by code or English name.

    Raises:
        UnknownPlace: When no country goes by that name.
    """
    name = _plain(text)
    names = _countries()
    if name in names:
        return names[name]
    raise UnknownPlace(
        f"no country is called {text!r}{_near(name, names)}; "
        "write a name such as Brazil or a code such as BR"
    )


def language(text: str) -> str:
    """BCP 47 tag of a language given by tag or English name.

    Raises:
        UnknownLanguage: When no language goes by that name.
    """
    name = _plain(text)
    names = _languages()
    if name in names:
        return names[name]
    found = tag(text)
    if _TAG.fullmatch(found.lower()) and found.partition("-")[0] in names:
        return found
    raise UnknownLanguage(
        f"no language is called {text!r}{_near(name, names)}; "
        "write a name such as Portuguese or a tag such as pt or pt-BR"
    )


def tag(text: str) -> str:
    """A language tag as it is usually written: ``pt-BR``, ``zh-Hant``."""
    first, *others = text.strip().lower().replace("_", "-").split("-")
    cases = {2: str.upper, 4: str.title}
    return "-".join([first, *(cases.get(len(part), str)(part) for part in others)])


@cache
def _countries() -> dict[str, str]:
    codes = {
        code: name
        for code, name in Locale("en").territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    }
    names = {_plain(name): code for code, name in codes.items()}
    return names | {code.lower(): code for code in codes} | _COUNTRIES_SPOKEN


@cache
def _languages() -> dict[str, str]:
    tags = {
        tag: name
        for tag, name in Locale("en").languages.items()
        if re.fullmatch("[a-z]{2,3}", tag) and tag not in {"mul", "und", "zxx"}
    }
    names = {_plain(name): tag for tag, name in tags.items()}
    return names | {tag: tag for tag in tags} | _LANGUAGES_SPOKEN


def _plain(name: str) -> str:
    return " ".join(word for word in tokens(name) if word not in {"and", "the"})


def _near(name: str, names: dict[str, str]) -> str:
    found = get_close_matches(name, names, n=1, cutoff=0.75)
    return f", did you mean {found[0].title()}?" if found else ""
