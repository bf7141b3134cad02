"""Stems: what the forms of a word have in common, by the language of who writes it.

The stemmers are the index library's own (Porter 2001, "Snowball: a language for stemming
algorithms"). Words come to them folded, so that a text with accents and a query without agree.
"""

import re
from collections.abc import Iterable
from functools import cache

import tantivy

ENGLISH = "en"
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian",
    "nl": "dutch", "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_MOST_KEPT = 2**18  # words of a language
_SHORTEST = 3  # what is this short has no endings to lose, and no stem is shorter
# Snowball keeps "runner" apart from "running". Who runs is a runner: a doubled consonant before
# -er makes a person or thing that does it, but in these words, which come from elsewhere.
_DOER = re.compile(r"(.{2,}?)([bdgmnpt])\2er")
_DOUBLED = re.compile(r".{2,}([bdgmnpt])\1")
_NO_DOERS = frozenset({
    "banner", "better", "bitter", "bladder", "blubber", "butter", "chatter", "clapper",
    "clobber", "clutter", "copper", "critter", "dagger", "dapper", "dinner", "dipper",
    "flatter", "flutter", "fodder", "fritter", "glitter", "grabber", "gripper", "gutter",
    "hammer", "hopper", "jabber", "ladder", "latter", "letter", "litter", "manner", "matter",
    "mutter", "pepper", "platter", "potter", "robber", "rubber", "rudder", "scatter", "shatter",
    "shudder", "shutter", "simmer", "sinner", "sitter", "skipper", "slipper", "slobber",
    "snapper", "splatter", "splutter", "stagger", "stammer", "stutter", "summer", "supper",
    "swagger", "tatter", "thinner", "titter", "topper", "totter", "trigger", "tupper",
    "twitter", "whimper", "whopper", "zipper",
})  # fmt: skip


def stemmer_of(language: str | None) -> str:
    """The language by whose rules words are stemmed; English where it has no rules of its own."""
    base = (language or ENGLISH).partition("-")[0]
    return base if base in _STEMMERS else ENGLISH


class Stems(dict[str, str]):
    """Stems of folded words by the rules of one language, kept once they are worked out."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
            .filter(tantivy.Filter.stemmer(_STEMMERS[language]))
            .build()
        )

    def __missing__(self, word: str) -> str:
        if not word.isalpha():
            return word  # and not kept: handles with numbers would push all words out
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = found = self._stem(word)
        return found

    def _stem(self, word: str) -> str:
        if len(word) <= _SHORTEST:
            return word
        found: str = self.analyzer.analyze(word)[0]
        if self.language == ENGLISH:
            doer = _DOER.fullmatch(found)
            if doer and found not in _NO_DOERS:
                found = doer[1] + doer[2]
            elif word == f"{found}er" and _DOUBLED.fullmatch(found):  # of "speedrunner"
                found = found[:-1]
        return found if len(found) >= _SHORTEST else word


@cache
def of(language: str) -> Stems:
    """The stems of a language that ``stemmer_of`` gave."""
    return Stems(language)


def stems(word: str, languages: Iterable[str]) -> list[str]:
    """Every stem that a folded word has in any of the languages, in a stable order."""
    return sorted({of(language)[word] for language in languages})
