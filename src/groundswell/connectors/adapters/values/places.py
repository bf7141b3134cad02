"""Countries and languages by their codes or by their names in the usual languages."""

import re
import unicodedata
from functools import cache

from babel import Locale

from groundswell.connectors.adapters.values.missing import MISSING, Unreadable

# Languages in which people name countries and languages in their lists.
_SPOKEN = """
en de fr es pt it nl pl sv da nb fi tr ru uk cs ro hu id vi ja ko zh ar hi th el
"""
_ALSO = {
    "uk": "GB", "england": "GB", "great britain": "GB", "britain": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "usa": "US", "u s a": "US", "u s": "US",
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
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?", re.ASCII)
# What Unicode lists beside ISO 3166-1; Kosovo stays, as everybody uses its code.
_NO_COUNTRY = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
_EVERYWHERE = frozenset({"worldwide", "global", "international", "world", "other", "unknown"})
_THREE = {
    "USA": "US", "GBR": "GB", "DEU": "DE", "FRA": "FR", "ESP": "ES", "ITA": "IT", "PRT": "PT",
    "NLD": "NL", "BEL": "BE", "CHE": "CH", "AUT": "AT", "POL": "PL", "SWE": "SE", "NOR": "NO",
    "DNK": "DK", "FIN": "FI", "IRL": "IE", "GRC": "GR", "CZE": "CZ", "HUN": "HU", "ROU": "RO",
    "BGR": "BG", "HRV": "HR", "SRB": "RS", "UKR": "UA", "RUS": "RU", "TUR": "TR", "CAN": "CA",
    "MEX": "MX", "BRA": "BR", "ARG": "AR", "COL": "CO", "CHL": "CL", "PER": "PE", "VEN": "VE",
    "ECU": "EC", "AUS": "AU", "NZL": "NZ", "JPN": "JP", "KOR": "KR", "CHN": "CN", "TWN": "TW",
    "HKG": "HK", "SGP": "SG", "MYS": "MY", "THA": "TH", "VNM": "VN", "PHL": "PH", "IDN": "ID",
    "IND": "IN", "PAK": "PK", "BGD": "BD", "LKA": "LK", "NPL": "NP", "ISR": "IL", "SAU": "SA",
    "ARE": "AE", "QAT": "QA", "KWT": "KW", "EGY": "EG", "MAR": "MA", "DZA": "DZ", "TUN": "TN",
    "NGA": "NG", "KEN": "KE", "ZAF": "ZA", "GHA": "GH", "IRN": "IR", "IRQ": "IQ", "JOR": "JO",
    "LBN": "LB", "KAZ": "KZ", "SVK": "SK", "SVN": "SI", "LTU": "LT", "LVA": "LV", "EST": "EE",
}  # fmt: skip


def read_country(cell: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country, or None when the cell says that there is none.

    Raises:
        Unreadable: When no country goes by that name.
    """
    text = cell.strip()
    if text in MISSING:
        return None
    if len(text) == 2 and (code := text.upper()) in _countries_by_code():
        return code
    if len(text) == 3 and text.upper() in _THREE:
        return _THREE[text.upper()]
    name = _plain(text)
    if name in _EVERYWHERE:
        return None
    found = _ALSO.get(name) or _countries("en").get(name) or _countries(_SPOKEN).get(name)
    if found is None:
        raise Unreadable("is no country's name or ISO 3166 code")
    return found


def read_language(cell: str) -> str | None:
    """BCP 47 tag of a language, or None when the cell says that there is none.

    Raises:
        Unreadable: When no language goes by that name.
    """
    text = cell.strip()
    if text in MISSING or text.lower() in {"und", "zxx", "unknown"}:
        return None
    shape = _TAG.fullmatch(text)
    if shape and (code := _SHORTER.get(shape[1].lower(), shape[1].lower())) in _languages_by_code():
        script = f"-{shape[2].title()}" if shape[2] else ""
        region = f"-{shape[3].upper()}" if shape[3] else ""
        return f"{code}{script}{region}"
    name = _plain(text)
    found = _languages("en").get(name) or _languages(_SPOKEN).get(name)
    if found is None:
        raise Unreadable("is no language's name or BCP 47 tag")
    return found


_SHORTER = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt",
    "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl", "rus": "ru", "tur": "tr", "jpn": "ja",
    "kor": "ko", "zho": "zh", "chi": "zh", "ara": "ar", "hin": "hi", "vie": "vi", "ind": "id",
    "in": "id", "iw": "he", "tha": "th", "cmn": "zh", "ukr": "uk", "swe": "sv",
    "dan": "da", "fin": "fi",
}  # fmt: skip


def _plain(name: str) -> str:
    """Without accents, case and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(word for word in "".join(kept).split() if word not in {"and", "und", "the"})


@cache
def _countries_by_code() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRY


@cache
def _countries(spoken: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in spoken.split():
        for code, name in Locale(language).territories.items():
            if code in _countries_by_code():
                names.setdefault(_plain(name), code)
    return names


@cache
def _languages_by_code() -> frozenset[str]:
    codes = map(str, Locale("en").languages)
    return frozenset(code for code in codes if code.isalpha() and len(code) <= 3)


@cache
def _languages(spoken: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in spoken.split():
        for code, name in Locale(language).languages.items():
            if code in _languages_by_code():
                names.setdefault(_plain(name), code)
    return names
