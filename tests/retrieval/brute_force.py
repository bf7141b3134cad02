"""Search without an index: every row is looked at for every query, by rules written down anew.

Shares nothing with the search but the stemmers, which are a library's. How a typed text is read,
how scripts are cut into words, what typing errors are and how filters go together is said here a
second time.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from groundswell.retrieval import stems

TIERS = {"nano": 1, "micro": 5_000, "mid": 20_000, "macro": 100_000, "mega": 1_000_000}
SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")
KEPT_MARKS = ("DEVANAGARI", "THAI")
LETTERS = {"ø": "o", "ı": "i", "ł": "l", "ى": "ي", "ة": "ه"}
Row = dict[str, Any]


@cache
def fold(text: str) -> str:
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    kept = [
        LETTERS.get(each, each)
        for each in apart
        if unicodedata.category(each) not in {"Cf", "Sk"}
        and (unicodedata.category(each) != "Mn" or name(each).startswith(KEPT_MARKS))
    ]
    return unicodedata.normalize("NFC", "".join(kept))


def name(character: str) -> str:
    return unicodedata.name(character, "")


@cache
def cut(text: str) -> tuple[str, ...]:
    """Words; every emoji and every character of a script without spaces is one."""
    found, word = [], ""
    for each in fold(text) + " ":
        kind = unicodedata.category(each)
        is_single = kind == "So" or (name(each).startswith(SPACELESS) and kind[0] in "LM")
        if is_single or not (kind[0] in "LN" or kind in {"Mc", "Mn"}):
            found += [word] * bool(word) + [each] * is_single
            word = ""
        else:
            word += each
    return tuple(found)


@dataclass(frozen=True)
class Part:
    """Something that was typed: how, and its words."""

    kind: str  # plain, exact, prefix; with - before it, left out
    words: tuple[str, ...]


def read(text: str) -> list[Part]:
    """What a person typed, letter by letter; the same twice is once."""
    for quote in "“”„«»＂":
        text = text.replace(quote, '"')
    if text.count('"') % 2:
        last = text.rindex('"')
        text = f"{text[:last]} {text[last + 1 :]}"
    found, at = [], 0
    while at < len(text):
        start = at
        while at < len(text) and text[at] == "-":
            at += 1
        sign = "-" if at > start else ""
        end = at
        if text[at : at + 1] == '"':
            end = text.index('"', at + 1)
            piece, at = text[at + 1 : end], end + 1
            is_quoted = True
        else:
            while end < len(text) and text[end] != '"' and not text[end].isspace():
                end += 1
            piece, at, is_quoted = text[at:end], max(end, at + 1), False
        is_open = piece.endswith("*") or (is_quoted and text[at : at + 1] == "*")
        at += is_quoted and text[at : at + 1] == "*"
        words = cut(piece)
        is_plain = len(words) == 1 and not (sign or is_quoted or is_open)
        kind = "prefix" if is_open else "plain" if is_plain else "exact"
        found += [Part(sign + kind, words)] * bool(words)
    return list(dict.fromkeys(found))


@dataclass
class Corpus:
    """Rows that can be searched."""

    rows: list[Row] = field(repr=False)
    languages: frozenset[str] = field(init=False)
    stemmed: list[frozenset[str]] = field(init=False, repr=False)
    # In how many fields of rows a word stands.
    written: Counter[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        tongues = [stems.stemmer_of(each["language"]) for each in self.rows]
        self.languages = frozenset(tongues)
        self.stemmed = [
            frozenset(stems.of(tongue)[word] for words in texts(each) for word in words)
            for tongue, each in zip(tongues, self.rows, strict=True)
        ]
        self.written = Counter(
            word
            for each in self.rows
            for texts_of_field in fields(each)
            for word in {word for text in texts_of_field for word in cut(text)}
        )

    def answer(
        self, text: str, filters: Sequence[tuple[str, str, Any]]
    ) -> tuple[set[str], dict[str, dict[str, int]]]:
        """Accounts that are found, and how many of them have each value."""
        parts = self.understood(read(text))
        is_nothing = not parts and text.strip() != ""
        forms = [self.forms(parts, at) for at in range(len(parts))]
        counts = [
            -1 if is_nothing else self.plain_words(at, parts, forms) for at in range(len(self.rows))
        ]
        plain = sum(each.kind == "plain" for each in parts)
        most = max(counts, default=0)
        least = most if plain > 1 and most > 0 else plain
        hits = [
            row
            for row, count in zip(self.rows, counts, strict=True)
            if count >= least and passes(row, filters)
        ]
        facets = {key: dict(Counter(v for hit in hits for v in counted(hit, key))) for key in KEYS}
        return {hit["account"] for hit in hits}, facets

    def understood(self, parts: list[Part]) -> list[Part]:
        """The parts with words that nobody writes replaced by their neighbors."""
        return [
            each if each.kind != "plain" or self.has_any(self.forms(parts, at)) else
            Part("plain", (self.nearest(each.words[0]),))
            for at, each in enumerate(parts)
        ]  # fmt: skip

    def has_any(self, forms: set[str]) -> bool:
        return any(not forms.isdisjoint(each) for each in self.stemmed)

    def nearest(self, word: str) -> str:
        errors = 0 if len(word) < 4 or re.search(r"\d", word) else 1 if len(word) < 8 else 2
        near = [
            (edits(word, other), -count, other)
            for other, count in self.written.items()
            if errors and other[0] in word[:2] and abs(len(other) - len(word)) <= errors
        ]
        best = min(near, default=(errors + 1, 0, ""))
        return best[2] if best[0] <= errors else word

    def forms(self, parts: list[Part], at: int) -> set[str]:
        """Stems of a plain word, alone and written together with a plain word beside it."""
        if parts[at].kind != "plain":
            return set()
        word = parts[at].words[0]
        before = [each.words[0] for each in parts[max(at - 1, 0) : at] if each.kind == "plain"]
        after = [each.words[0] for each in parts[at + 1 : at + 2] if each.kind == "plain"]
        meant = [word, *(one + word for one in before), *(word + one for one in after)]
        return {stems.of(tongue)[each] for tongue in self.languages for each in meant}

    def plain_words(self, at: int, parts: list[Part], forms: list[set[str]]) -> int:
        """How many plain words the row has; -1 when something else is not as it shall be."""
        row, count = self.rows[at], 0
        for part, meant in zip(parts, forms, strict=True):
            if part.kind == "plain":
                count += not meant.isdisjoint(self.stemmed[at])
            elif stands(row, part) == part.kind.startswith("-"):
                return -1
        return count


def stands(row: Row, part: Part) -> bool:
    """Whether the words stand one after the other in one of the row's texts."""
    size = len(part.words)
    for text in texts(row):
        for at in range(len(text) - size + 1):
            there = text[at : at + size]
            goes_on = part.kind.endswith("prefix") and there[-1].startswith(part.words[-1])
            if there[:-1] == part.words[:-1] and (goes_on or there[-1] == part.words[-1]):
                return True
    return False


def fields(row: Row) -> list[list[str]]:
    name = [each for each in (row["handle"], row["display_name"]) if each]
    return [name, [row["bio"]] * bool(row["bio"]), row["captions"] or [], row["categories"] or []]


def texts(row: Row) -> list[tuple[str, ...]]:
    return [cut(text) for several in fields(row) for text in several]


def edits(one: str, other: str) -> int:
    """Letters added, left out, changed, or swapped with the next."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, another in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == another:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


KEYS = ("platform", "country", "language", "category", "tier", "verified")


def passes(row: Row, filters: Sequence[tuple[str, str, Any]]) -> bool:
    keys = {key for key, _, _ in filters}
    return all(allows(row, key, [each[1:] for each in filters if each[0] == key]) for key in keys)


def allows(row: Row, key: str, asked: list[tuple[str, Any]]) -> bool:
    has = values(row, key)
    if any(sign == "!=" and is_one(has, key, value) for sign, value in asked):
        return False
    if any(sign == "=" and is_one(has, key, value) for sign, value in asked):
        return True
    lows = [(value, sign == ">") for sign, value in asked if sign[0] == ">"]
    highs = [(value, sign == "<=") for sign, value in asked if sign[0] == "<"]
    if not lows and not highs:
        return all(sign != "=" for sign, _ in asked)
    if not has:
        return False
    (low, is_open), (high, is_closed) = min(lows, default=(None, False)), max(
        highs, default=(None, True)
    )  # fmt: skip
    above = low is None or (has[0] > low if is_open else has[0] >= low)
    return above and (high is None or (has[0] <= high if is_closed else has[0] < high))


def is_one(has: list[Any], key: str, value: Any) -> bool:
    if value is None:
        return not has
    if key == "language":
        return any(each == value or each.startswith(f"{value}-") for each in has)
    if key in {"category", "city"}:
        return " ".join(fold(value).split()) in {" ".join(fold(each).split()) for each in has}
    return value in has


def values(row: Row, key: str) -> list[Any]:
    if key == "category":
        return list(row["categories"] or [])
    if key == "tier":
        place = bisect_right(list(TIERS.values()), -1 if (n := row["followers"]) is None else n)
        return [list(TIERS)[place - 1]] * bool(place)
    if key == "last_post":
        return [each.astimezone(UTC).date() for each in [row["last_post_at"]] if each]
    found = (
        dict(row["audience"] or {}).get(key[9:]) if key.startswith("audience.") else row.get(key)
    )
    return [] if found is None else [found]


def counted(row: Row, key: str) -> list[str]:
    has = values(row, key)
    if key == "verified":
        has = ["yes" if each else "no" for each in has]
    if key == "category":
        has = list({fold(each) for each in has})
    return has or ["none"]


def typed(key: str, sign: str, value: Any) -> str:
    """The filter as a person types it."""
    spoken = {None: "none", True: "yes", False: "no"}
    is_spoken = value is None or isinstance(value, bool)
    return f"{key}{sign}{spoken[value] if is_spoken else value}"


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, 23, 30, tzinfo=UTC) + timedelta(days=number)


def date_of(number: int) -> date:
    return day(number).date()
