"""What the people of the synthetic world talk about, in which languages, and where they live."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.synth.phrases import Phrases, Templates

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja", "ar")
AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
ENGLISH = 0
_SENTENCES = (
    "openers", "seconds", "bios", "positive", "neutral", "negative", "disclosed", "inadequate",
    "pitches",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topics:
    """What creators talk about; arrays are (topics,) unless said otherwise.

    Attributes:
        names: Key of each topic, such as ``trail_running``.
        categories: Category words of each topic.
        weight: Share of creators.
        women: Planted mean share of women in the audience, in (0, 1).
        ages: (topics, 7) planted mean shares of the age bands.
        price: Price level against the average topic.
        panel: Whether the panel knows the audiences of the topic.
        affinity: (topics, topics) shares of an audience's interests; each row sums to 1.
        tags: Hashtags by topic.
        handle_words: Words in account names by topic.
        brands: Invented brands by topic.
    """

    names: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    weight: Floats
    women: Floats
    ages: Floats
    price: Floats
    panel: Bools
    affinity: Floats
    tags: Phrases
    handle_words: Phrases
    brands: Phrases


@dataclass(frozen=True, slots=True)
class Places:
    """Where creators live; arrays are (countries,)."""

    countries: tuple[str, ...]
    weight: Floats
    language: Ints
    currencies: tuple[str, ...]
    towns: Phrases


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every word of the synthetic world.

    Attributes:
        subjects: Noun phrases by language and topic; the group is ``language * topics + topic``.
        names: First names by language.
        surnames: Surnames by language.
        closers: Last sentences of captions by language.
        pod: Empty praise by language.
        denied: Words that say a post is not sponsored, by language.
        also: Words before a cross-link, by language.
        spam: Advertisements in comments, one group.
        sentences: Templates by kind, each grouped by language.
    """

    topics: Topics
    places: Places
    subjects: Phrases
    names: Phrases
    surnames: Phrases
    closers: Phrases
    pod: Phrases
    denied: Phrases
    also: Phrases
    spam: Phrases
    sentences: dict[str, Templates]

    def subject_group(self, language: Ints, topic: Ints) -> Ints:
        """Group of ``subjects`` for each row."""
        return language * len(self.topics.names) + topic


@functools.cache
def load() -> Lexicon:
    """The lexicon that comes with the package."""
    topics, places = _topics(_read("topics")), _places(_read("places"))
    words = [_read(language) for language in LANGUAGES]
    return Lexicon(
        topics=topics,
        places=places,
        subjects=Phrases([book["subjects"][name] for book in words for name in topics.names]),
        names=Phrases([book["names"] for book in words]),
        surnames=Phrases([book["surnames"] for book in words]),
        closers=Phrases([book["closers"] for book in words]),
        pod=Phrases([book["pod"] for book in words]),
        denied=Phrases([book["denied"] for book in words]),
        also=Phrases([[book["also"]] for book in words]),
        spam=Phrases([words[ENGLISH]["spam"]]),
        sentences={kind: Templates([book[kind] for book in words]) for kind in _SENTENCES},
    )


def _read(name: str) -> dict[str, Any]:
    file = resources.files("groundswell.engine.synth") / "words" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _topics(entries: dict[str, Any]) -> Topics:
    rows = list(entries.values())
    weight = np.array([row["weight"] for row in rows], float)
    ages = np.array([row["ages"] for row in rows], float)
    categories = tuple(tuple(row["categories"]) for row in rows)
    return Topics(
        names=tuple(entries),
        categories=categories,
        weight=weight / weight.sum(),
        women=np.array([row["women"] for row in rows], float),
        ages=ages / ages.sum(axis=1, keepdims=True),
        price=np.array([row["price"] for row in rows], float),
        panel=np.array([row["panel"] for row in rows]),
        affinity=_affinity(categories, weight),
        tags=Phrases([row["tags"] for row in rows]),
        handle_words=Phrases([row["handles"] for row in rows]),
        brands=Phrases([row["brands"] for row in rows]),
    )


def _affinity(categories: tuple[tuple[str, ...], ...], weight: Floats) -> Floats:
    """An audience is 70 % about the topic, 18 % about its neighbors, 12 % about anything."""
    neighbors = np.array(
        [[bool(set(mine) & set(other)) for other in categories] for mine in categories], float
    )
    np.fill_diagonal(neighbors, 0)
    crowd = neighbors.sum(axis=1, keepdims=True)
    spread = np.divide(neighbors, crowd, out=np.zeros_like(neighbors), where=crowd > 0)
    own = 1 - 0.12 - 0.18 * (crowd > 0)
    return np.asarray(own * np.eye(len(weight)) + 0.18 * spread + 0.12 * weight / weight.sum())


def _places(entries: dict[str, Any]) -> Places:
    rows = list(entries.values())
    weight = np.array([row["weight"] for row in rows], float)
    return Places(
        countries=tuple(entries),
        weight=weight / weight.sum(),
        language=np.array([LANGUAGES.index(row["language"]) for row in rows]),
        currencies=tuple(row["currency"] for row in rows),
        towns=Phrases([row["towns"] for row in rows]),
    )
