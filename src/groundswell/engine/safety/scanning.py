"""Which posts speak of what, by the words of the lexicon.

The strongest words of a post count, once a category. Words of help or recovery in the same post
count it one step less. A post in a language whose words are not known is not judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Ints
from groundswell.engine.safety import lexicon
from groundswell.terms.safety import SafetyCategory, Severity


@dataclass(frozen=True, slots=True)
class Mention:
    """What one post speaks of.

    Attributes:
        row: The post.
        category: Of what.
        severity: How strongly.
        term: The words that were found, in lower case and without signs between them.
    """

    row: int
    category: SafetyCategory
    severity: Severity
    term: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What posts speak of.

    Attributes:
        read: Which posts were judged: those with a text in a known or unstated language.
        mentions: By post, then by category.
    """

    read: Bools
    mentions: list[Mention]


def scan(texts: pa.ChunkedArray | pa.Array, languages: pa.ChunkedArray | pa.Array) -> Scan:
    """Look for the lexicon's words.

    Args:
        texts: Caption of each post; null where unknown.
        languages: Language of each post as a BCP 47 tag; null where unknown.
    """
    plain = _words(texts)
    tags = pc.utf8_slice_codeunits(pc.fill_null(pc.cast(languages, pa.string()), ""), 0, 2)
    spoken = np.array(tags.to_pylist(), dtype=str)
    has_text = np.asarray(pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(texts, "")), ""))
    read = has_text & np.isin(spoken, ["", *lexicon.languages()])
    mentions: list[Mention] = []
    for language in np.unique(spoken[read]).tolist():
        rows = np.flatnonzero(read & (spoken == language))
        mentions += _found(plain.take(pa.array(rows)), rows, lexicon.patterns(language or None))
    return Scan(read, sorted(mentions, key=lambda each: (each.row, each.category)))


def _words(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Each text as words in lower case, each between single spaces."""
    lower = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(texts, ""), form="NFKC"))
    words = pc.replace_substring_regex(lower, pattern=r"[^\pL\pN\pM]+", replacement=" ")
    return pc.binary_join_element_wise(" ", pc.utf8_trim_whitespace(words), " ", "")


def _found(
    texts: pa.ChunkedArray | pa.Array, rows: Ints, patterns: lexicon.Patterns
) -> Iterator[Mention]:
    caught = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, pattern=patterns.net)))
    if caught.size == 0:
        return
    rows = rows[caught]
    said = texts.take(pa.array(caught))
    helpful = np.asarray(pc.match_substring_regex(said, pattern=lexicon.lowering()))
    said = pc.replace_substring_regex(said, pattern=lexicon.exceptions(), replacement=" ")
    for category, levels in patterns.of.items():
        is_open = np.ones(rows.size, dtype=bool)
        for severity, pattern in levels:
            places = np.flatnonzero(is_open)
            terms = pc.extract_regex(said.take(pa.array(places)), pattern=pattern)
            for place, term in zip(places.tolist(), terms.to_pylist(), strict=True):
                if term is None:
                    continue
                is_open[place] = False
                counted = severity - int(helpful[place])
                if counted >= Severity.LOW:
                    yield Mention(int(rows[place]), category, Severity(counted), term["term"])
