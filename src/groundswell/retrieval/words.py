"""Words: how a text becomes tokens, and how a typed query becomes clauses.

Documents and queries go through the same folding, so that what a person types finds what a
creator wrote: without regard to case, accents, width, vowel points and kinds of digits.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

TOKENIZER = 1  # raise when a change here asks for rebuilt indexes
LONGEST_TOKEN = 100
LONGEST_NAME = 200
_SHOWN = 40  # characters of a text in a hint

# Letters that Unicode does not decompose, and that people type without their strokes; then the
# letters that Arabic and Persian keyboards write differently for the same word.
_LETTERS = (
    str.maketrans("øđðłħıٱىیکةہ", "oddlhiاييكهه")
    | {ord("æ"): "ae", ord("œ"): "oe", ord("þ"): "th"}
    | {
        zero + digit: str(digit)
        for zero in (0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0AE6, 0x0BE6, 0x0E50)
        for digit in range(10)
    }
)
# Accents, Cyrillic titlos, Hebrew points, Arabic vowels and stretching; joiners, variation
# selectors and skin tones; soft hyphens. Marks of Indic and Thai scripts carry sounds and stay.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
# Scripts without spaces are indexed by the character and found as phrases; so are emoji.
_SINGLE = (
    "\u0e01-\u0e4e\u0e80-\u0edf\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"  # Thai to Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han, kana
    "\uac00-\ud7a3\U00020000-\U0003ffff"  # Hangul, rarer Han
    "\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"  # emoji, arrows
)
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # letters and the signs between them
_TOKEN = re.compile(f"[{_SINGLE}]|(?:[^\\W_{_SINGLE}]|[{_INDIC}])+")
_RUN = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")  # up to the next ASCII sign, which ends any token
# What each ASCII sign becomes: letters small, and what is in no word a space.
_ASCII = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)
).ljust(256)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»＂", '"'))
_PIECE = re.compile(r'(-*)(?:"([^"]*)"|([^\s"]+))(\*?)')


def fold(text: str) -> str:
    """The text as it is compared: without case, accents, width, points and kinds of digits."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = unicodedata.normalize("NFC", _DROPPED.sub("", wide))
    return bare.translate(_LETTERS)


def fold_name(text: str) -> str:
    """A name such as a city or a topic as it is compared: folded, with single spaces."""
    return " ".join(fold(text).split())[:LONGEST_NAME]


def tokens(text: str) -> list[str]:
    """The words, characters of spaceless scripts and emoji of a text, in order."""
    if text.isascii():  # four times as fast as by a pattern, and most texts are
        found = text.encode().translate(_ASCII).decode().split()
    else:
        found = []
        for run in _RUN.findall(text):
            if run.isascii():
                found.append(run.lower())
            else:
                found.extend(_tokens_of_run(run))
    if max(map(len, found), default=0) <= LONGEST_TOKEN:
        return found
    return [token[:LONGEST_TOKEN] for token in found]


@lru_cache(2**16)
def _tokens_of_run(run: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(fold(run)))


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a text must, or must not, contain.

    Attributes:
        tokens: A word, or several that must follow one another.
        is_prefix: Whether the last token may go on.
        is_excluded: Whether a creator with it is left out.
        is_quoted: Whether it stood in quotes, so that other forms of the word are not meant.
        written: What the person typed, without dashes and quotes.
        joined: The word together with its neighbors, as hashtags and handles write them.
    """

    tokens: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False
    is_quoted: bool = False
    written: str = field(default="", compare=False)
    joined: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is one word that is wanted in any of its forms."""
        is_exact = self.is_prefix or self.is_excluded or self.is_quoted
        return len(self.tokens) == 1 and not is_exact


def clauses(text: str) -> tuple[Clause, ...]:
    """Read what a person typed: ``words "a phrase" prefix* -left -"left out"``.

    Every input has a reading: a quote that is never closed, a lone dash or star, and signs that
    are no word count for nothing.
    """
    found: dict[Clause, None] = {}
    for dashes, phrase, word, star in _PIECE.findall(_close_quotes(text.translate(_QUOTES))):
        written = phrase or word
        parts = tuple(tokens(written))
        if parts:
            is_prefix = star == "*" or written.endswith("*")
            is_quoted = bool(phrase) and len(parts) == 1 and not (is_prefix or dashes)
            clause = Clause(parts, is_prefix, dashes != "", is_quoted, written + star)
            found.setdefault(clause, None)
    return joined(tuple(found))


def hint(text: str) -> str:
    """What to write instead of a text that says less than was meant; blank for any other."""
    if not text.strip():
        return ""
    if not clauses(text):
        return (
            f"There is no word in {text.strip()[:_SHOWN]!r}, so nobody has it: leave the text out "
            "to find everybody, or write the beginning of a word, such as trail*"
        )
    if text.translate(_QUOTES).count('"') % 2:
        return 'A quote is opened and not closed, so it counts for nothing: write "a phrase"'
    return ""


def joined(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses, each plain word with what it makes with the plain word beside it."""
    pairs = [
        (one.tokens[0] + other.tokens[0],) if one.is_plain and other.is_plain else ()
        for one, other in pairwise(clauses)
    ]
    beside = zip(clauses, [(), *pairs], [*pairs, ()], strict=True) if clauses else ()
    return tuple(replace(clause, joined=before + after) for clause, before, after in beside)


def _close_quotes(text: str) -> str:
    if text.count('"') % 2:
        before, _, after = text.rpartition('"')
        return f"{before} {after}"
    return text
