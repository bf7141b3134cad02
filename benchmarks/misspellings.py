"""Typing errors: how many planted ones are corrected, and how many right words are "corrected".

Words are those of the synthetic world. One letter is added, left out, changed or swapped with its
neighbor; what is a word of somebody's by chance is none. A right word that nobody in the index
writes has nothing that it should be taken for: those come from topics that the index lacks.
"""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from groundswell.retrieval import stems, typos, words

LETTERS = list("abcdefghijklmnopqrstuvwxyz")
Correct = Callable[[str], str]


def vocabulary(documents: pa.Table) -> Counter[str]:
    """How many documents write each word that is long enough to be corrected."""
    found: Counter[str] = Counter()
    for row in documents.select(["handle", "display_name", "bio", "captions"]).to_pylist():
        texts = [row["handle"], row["display_name"], row["bio"], *(row["captions"] or [])]
        found.update({token for text in texts if text for token in words.tokens(text)})
    return Counter({
        word: n for word, n in found.items() if typos.allowed(word) and word.isascii()
    })  # fmt: skip


def one_edit(word: str, rng: np.random.Generator) -> str:
    """The word with one typing error."""
    at, letter = int(rng.integers(len(word))), str(rng.choice(LETTERS))
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    edits = (
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        swapped,
    )
    return edits[int(rng.integers(len(edits)))]


def planted(known: Counter[str], count: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Pairs of a word, drawn as often as it is written, and its misspelling that is no word."""
    names, shares = list(known), np.array(list(known.values()), dtype=float)
    written = set(map(_stem, known))
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        word = str(rng.choice(names, p=shares / shares.sum()))
        wrong = one_edit(word, rng)
        if _stem(wrong) not in written:
            pairs.append((word, wrong))
    return pairs


def recall(pairs: list[tuple[str, str]], correct: Correct) -> tuple[float, float]:
    """Shares of the misspellings taken for a form of the word that was meant, and for another."""
    found = [(word, correct(wrong)) for word, wrong in pairs]
    right = [_stem(word) == _stem(given) for word, given in found if given]
    return sum(right) / len(pairs), (len(right) - sum(right)) / len(pairs)


def lacking(known: Counter[str], others: Counter[str]) -> list[str]:
    """Right words of other documents that these write in no form."""
    written = set(map(_stem, known))
    return sorted(word for word in others if _stem(word) not in written)


def replaced(right: list[str], correct: Correct) -> float:
    """Share of right words that are taken for others."""
    return sum(correct(word) != "" for word in right) / len(right)


def _stem(word: str) -> str:
    return stems.of(stems.ENGLISH)[word]
