"""Typing errors: the word that is nearest to one that nobody writes.

Distance counts letters that are added, left out, changed, or swapped with their neighbor
(optimal string alignment). The first letter, or the first two swapped, are taken to be right.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from groundswell.retrieval import words
from groundswell.retrieval.documents import WORD_FIELDS
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.words import Clause

SHORTEST = 4  # a shorter word has too many neighbors
SHORTEST_FOR_TWO = 8  # from here on two errors are forgiven
_MOST_WORDS = 200_000  # that begin alike and are compared, the most frequent first


def corrected(
    compiler: Compiler, clauses: Sequence[Clause], text: str
) -> tuple[Sequence[Clause], str]:
    """The clauses with each word that nobody writes replaced by the nearest that somebody does.

    Returns:
        The clauses, and the text that they come from; blank when nothing was replaced.
    """
    found, shown = list(clauses), text
    for place, clause in enumerate(clauses):
        if not clause.is_plain or compiler.is_written(clause):
            continue
        near = nearest(compiler, clause.tokens[0])
        if near is not None:
            found[place] = replace(clause, tokens=(near,), written=near)
            shown = re.sub(rf"(?<!\w){re.escape(clause.written)}(?!\w)", near, shown)
    return words.joined(found), "" if found == list(clauses) else shown


def allowed(word: str) -> int:
    """How many errors are forgiven in a word."""
    if len(word) < SHORTEST or any(letter.isdigit() for letter in word):
        return 0
    return 2 if len(word) >= SHORTEST_FOR_TWO else 1


def nearest(compiler: Compiler, word: str) -> str | None:
    """The nearest word that somebody writes, of several the most frequent; None when none is."""
    most = allowed(word)
    if most == 0:
        return None
    counts: Counter[str] = Counter()
    for first in {word[0], word[1]}:
        for field in WORD_FIELDS:
            terms = compiler.searcher.terms_with_prefix(field, first, limit=_MOST_WORDS)
            counts.update({term: n for term, n in terms if abs(len(term) - len(word)) <= most})
    candidates = sorted(counts)
    if not candidates:
        return None
    far = distances(word, candidates)
    if far.min() > most:
        return None
    closest = [candidates[place] for place in np.flatnonzero(far == far.min())]
    return min(closest, key=lambda term: (-counts[term], term))


def distances(word: str, others: Sequence[str]) -> npt.NDArray[np.int64]:
    """Edit distance from a word to each of the others."""
    lengths = np.array([len(each) for each in others])
    letters = np.array(others).view(np.uint32).reshape(len(others), -1).astype(np.int64)
    size = letters.shape[1]
    rows = [np.tile(np.arange(size + 1), (len(others), 1))]
    for at, letter in enumerate(map(ord, word), 1):
        row = np.empty_like(rows[0])
        row[:, 0] = at
        for to in range(1, size + 1):
            differs = letters[:, to - 1] != letter
            best = np.minimum(rows[-1][:, to] + 1, row[:, to - 1] + 1)
            best = np.minimum(best, rows[-1][:, to - 1] + differs)
            if at > 1 and to > 1:
                is_swap = (letters[:, to - 2] == letter) & (letters[:, to - 1] == ord(word[at - 2]))
                best = np.where(is_swap, np.minimum(best, rows[-2][:, to - 2] + 1), best)
            row[:, to] = best
        rows.append(row)
    last: npt.NDArray[np.int64] = rows[-1][np.arange(len(others)), lengths]
    return last
