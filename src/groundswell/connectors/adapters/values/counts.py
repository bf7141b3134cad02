"""Counts as platforms and people display them: 541.2K, 1,2 Mio., 1.234.567, 12 lakh, 5.2萬."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from groundswell.connectors.adapters.values.missing import MISSING_NUMBER, Unreadable

LARGEST = 10**13
_TOO_LARGE = f"is larger than any real count (more than {LARGEST:,})"
_MINUS = frozenset("-−–")

_POWERS = {
    3: (
        "k thousand tsd tausend mil mila mille tys tis тыс тис n nghìn rb ribu bin tn 千 천 พัน ألف "
        "हज़ार"
    ),
    4: "万 萬 만 หมื่น",
    5: "lakh lac lakhs लाख แสน",
    6: (
        "m mm mn mio mln mill million millions millionen millones milhões milhoes mi milioni milj "
        "млн tr triệu jt juta ล้าน مليون"
    ),
    7: "crore crores cr करोड़",
    8: "億 亿 억",
    9: "b bn bln g mrd mld md milliard milliarden млрд miliar tỷ",
    12: "兆 조",
}
_SUFFIXES = {word: power for power, words in _POWERS.items() for word in words.split()}
# The same letter means another number in another language; a word that only it has tells.
_LANGUAGES = {
    "mn": {"b": 3},  # Turkish: B is bin, thousand
    "rb": {"m": 9},  # Indonesian: M is miliar
    "jt": {"m": 9},
    "tis": {"mil": 6},  # Czech
}
_COUNTED = """
followers follower subscribers subscriber subs views view likes like videos video posts post
comments shares plays times people fans abonnenten aufrufe beiträge abonnés abonné vues
publications suscriptores seguidores visualizaciones vistas inscritos visualizações publicaciones
iscritti visualizzazioni volgers weergaven obserwujących wyświetleń abone görüntüleme подписчиков
просмотров 人 回 次 本 명 회 개 粉丝 粉絲
"""
_NOUNS = frozenset(_COUNTED.split())
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_SHAPE = re.compile(r"([+\-−–]?)\s*([0-9][0-9.,\s\u00a0\u202f\u2009'’]*)(.*)", re.DOTALL)
_POWER_OF_TEN = re.compile(r"([0-9])(?:[.,]([0-9]{1,12}))?[eE]\+?([0-9]{1,2})", re.ASCII)
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*|[0-9]{1,3}(?:,[0-9]{2})+,[0-9]{3}"
)


@dataclass(slots=True)
class Marks:
    """How a column writes numbers.

    Attributes:
        plain: The sign before decimals in plain numbers; None when no cell shows it.
        short: The same in shortened ones, such as 1.2K.
        powers: Powers of ten that letters mean here other than usual.
        said: What had to be decided, for the user.
    """

    plain: str | None = None
    short: str | None = None
    powers: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def marks_of(cells: Iterable[str]) -> Marks:
    """How a column writes numbers, judged by the cells that leave no doubt."""
    votes = {(kind, sign): 0 for kind in ("plain", "short") for sign in ".,"}
    doubtful: dict[str, str] = {}
    suffixes = set()
    for cell in cells:
        shape = None if cell.isdigit() else _SHAPE.fullmatch(cell.strip())
        if shape is None:
            continue
        tail = _suffix_word(shape[3])
        suffixes.add(tail)
        kind = "short" if tail in _SUFFIXES else "plain"
        sign = _decimal_sign(_SPACES.sub("", shape[2]))
        if sign == "?":
            doubtful.setdefault(kind, cell.strip())
        elif sign:
            votes[kind, sign] += 1
    marks = Marks(_winner(votes, "plain"), _winner(votes, "short"))
    for kind, cell in doubtful.items():
        read = "decimals" if _is_decimal(cell, marks, short=kind == "short") else "thousands"
        marks.said.append(f"the sign in numbers such as {cell!r} was taken to set off {read}")
    _note_languages(marks, suffixes)
    return marks


def _winner(votes: dict[tuple[str, str], int], kind: str) -> str | None:
    dots, commas = votes[kind, "."], votes[kind, ","]
    if dots == commas:
        return None
    return "." if dots > commas else ","


def _note_languages(marks: Marks, suffixes: set[str]) -> None:
    for word in sorted(suffixes & set(_LANGUAGES)):
        for letter, power in _LANGUAGES[word].items():
            if letter in suffixes:
                marks.powers[letter] = power
                marks.said.append(f"{letter!r} was read as 10^{power}, since {word!r} is used too")
    if "mil" in suffixes - set(marks.powers):
        marks.said.append("'mil' was read as thousand")


def read_count(cell: str, marks: Marks, *, signed: bool = False, whole: bool = True) -> int | None:
    """An integer, or None when the cell says that there is none.

    Args:
        cell: The cell's text.
        marks: How its column writes numbers.
        signed: Whether it may be negative.
        whole: Whether a fraction is refused; averages are rounded instead.

    Raises:
        Unreadable: When the cell holds no such number.
    """
    if cell.isdigit() and cell.isascii() and len(cell) <= 13:
        return int(cell)
    text = cell.strip()
    if text in MISSING_NUMBER:
        return None
    numerator, power = _scaled(text, marks)
    value: int
    if power >= 0:
        value = numerator * 10**power
    else:
        value, rest = divmod(abs(numerator), 10**-power)
        if rest and whole and not _has_suffix(text):
            raise Unreadable("is not a whole number")
        # Halves go to the even number.
        value += 2 * rest > 10**-power or (2 * rest == 10**-power and value % 2 == 1)
        value = -value if numerator < 0 else value
    if value < 0 and not signed:
        raise Unreadable("is negative")
    if abs(value) > LARGEST:
        raise Unreadable(_TOO_LARGE)
    return value


def _scaled(text: str, marks: Marks) -> tuple[int, int]:
    """The number as an integer and a power of ten."""
    if shown := _POWER_OF_TEN.fullmatch(text):
        whole, decimals, power = shown[1], shown[2] or "", int(shown[3])
        if power > 15:
            raise Unreadable(_TOO_LARGE)
        return int(whole + decimals), power - len(decimals)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise Unreadable("is not a number")
    sign, digits, tail = shape[1], shape[2].strip(), _suffix_word(shape[3])
    power = _power(tail, marks)
    whole, decimals = split(digits, marks, short=tail in _SUFFIXES)
    if len(whole) > 30:
        raise Unreadable(_TOO_LARGE)
    number = int(whole + decimals)
    return (-number if sign in _MINUS else number), power - len(decimals)


def _suffix_word(tail: str) -> str:
    """What follows the digits, without full stops and without what is counted."""
    words = tail.lower().replace(".", " ").split()
    while words and words[-1] in _NOUNS:
        words.pop()
    if words and words[-1] in {"de", "di", "of"}:
        words.pop()
    return " ".join(words)


def _has_suffix(text: str) -> bool:
    shape = _SHAPE.fullmatch(text)
    return shape is not None and _suffix_word(shape[3]) in _SUFFIXES


def _power(tail: str, marks: Marks) -> int:
    if not tail:
        return 0
    power = marks.powers.get(tail, _SUFFIXES.get(tail))
    if power is None:
        raise Unreadable("is not a number")
    return power


def _decimal_sign(digits: str) -> str | None:
    """The sign before decimals if the digits leave no doubt, '?' if they do, None without any."""
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if dots + commas == 0:
        return None
    sign = "." if dots else ","
    if dots + commas > 1:
        return "," if sign == "." else "."
    head, _, tail = digits.partition(sign)
    if len(tail) != 3 or len(head) > 3 or head.strip("0") == "":
        return sign
    return "?"


def _is_decimal(digits: str, marks: Marks, *, short: bool) -> bool:
    """Whether the one doubtful sign of a number sets off decimals."""
    own = "." if "." in digits else ","
    decided = marks.short if short else marks.plain
    return own == decided if decided else short and own == "."


def split(digits: str, marks: Marks, *, short: bool) -> tuple[str, str]:
    """Digits before and behind the decimal sign, without what groups them.

    Args:
        digits: Digits with signs and spaces between.
        marks: How their column writes numbers.
        short: Whether a word such as K follows them.

    Raises:
        Unreadable: When they are not grouped as a number is.
    """
    plain = _SPACES.sub("", digits)
    sign = _decimal_sign(plain)
    if sign == "?":
        own, other = (".", ",") if "." in plain else (",", ".")
        sign = own if _is_decimal(plain, marks, short=short) else other
    whole, _, decimals = plain.rpartition(sign) if sign and sign in plain else (plain, "", "")
    if decimals and not decimals.isdigit():
        raise Unreadable("is not a number")
    uneven = whole and not whole.isdigit() and not _GROUPED.fullmatch(whole)
    if uneven or (plain != digits and not _even_spaces(digits)):
        raise Unreadable("is not a number: its thousands are set off unevenly")
    return whole.replace(".", "").replace(",", "") or "0", decimals


def _even_spaces(digits: str) -> bool:
    groups = [group for group in _SPACES.split(digits) if group]
    return all(len(re.split(r"[.,]", group)[0]) == 3 for group in groups[1:])
