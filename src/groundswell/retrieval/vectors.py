"""Vectors: what an account is, as 128 numbers whose cosine says how alike two accounts are.

A vector is a weighted sum of blocks, each of length one before it is weighed: what is written
about (words by their stems, rare ones more), the categories, whom it reaches, where it is, and
how large it is. Each feature of a block stands for a direction of +1 and -1 that its name alone
decides, so nothing is trained or downloaded. Directions of different features are nearly at right
angles, hence the cosine of two vectors is near the cosine of what they are made of (Achlioptas
2003, "Database-friendly random projections").
"""

import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from groundswell.retrieval import nearest, stems, words
from groundswell.retrieval.nearest import DIMENSIONS, Codes, Floats
from groundswell.terms import places

RECIPE = 2  # raise when the same account would get another vector
# What each block gives to the likeness of two accounts of which everything is known.
WEIGHTS: Mapping[str, float] = {
    "words": 0.45,
    "categories": 0.20,
    "audience": 0.15,
    "place": 0.12,
    "size": 0.08,
}
STRONGEST = 12  # words that are kept to say what an account is about
COLUMNS = ["bio", "captions", "categories", "audience", "language", "country", "followers"]
_BIO = 2  # as often as each word of a bio counts
_LANGUAGE = math.sqrt(2)  # a shared language is worth two shared countries
_SHORTEST = 3  # letters of a word that may tell what somebody is about
_STEP = 0.5  # powers of ten between two sizes that have nothing in common
_MOST_KEPT = 2**12  # places and categories whose features are remembered
_ROOM = 1024
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")

Features = dict[str, float]
Said: TypeAlias = Mapping[str, Sequence[list[str]]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that tell accounts apart, by what a sample of the accounts writes.

    Attributes:
        places: The place of each stem; those that one account alone writes are left out.
        rarity: Of each stem the natural logarithm of accounts per account that writes it.
    """

    places: Mapping[str, int]
    rarity: Floats

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Vocabulary":
        """What the accounts of some documents write."""
        accounts: Counter[str] = Counter()
        size = 0
        for row in rows:
            size += 1
            stem_of = stems.of(stems.stemmer_of(row["language"]))
            tokens = set(_tokens(row["bio"] or "", _said(row)))
            accounts.update({stem_of[token] for token in tokens if _may_tell(token)})
        known = sorted(stem for stem, count in accounts.items() if count > 1)
        rarity = [math.log((1 + size) / accounts[stem]) for stem in known]
        places = {stem: place for place, stem in enumerate(known)}
        return cls(places, np.array(rarity, dtype=np.float32))

    @classmethod
    def read(cls, text: str) -> "Vocabulary":
        """A vocabulary as ``written`` gave it."""
        kept = json.loads(text)
        known = {stem: place for place, stem in enumerate(kept["stems"])}
        return cls(known, np.array(kept["rarity"], dtype=np.float32))

    def usual(self, rows: Sequence[Mapping[str, Any]]) -> Floats:
        """The mean vector of some documents: what everybody has in common tells nobody apart."""
        said = [_said(row) for row in rows]
        found = Describer(self).describe(rows, said)[0]
        mean: Floats = found.mean(axis=0) if len(found) else np.zeros(DIMENSIONS, np.float32)
        return mean

    def written(self) -> str:
        """As text, to be kept beside the vectors."""
        rarity = [round(float(each), 4) for each in self.rarity]
        return json.dumps({"stems": list(self.places), "rarity": rarity})


class Describer:
    """Makes vectors of documents; keeps the directions of the features that it has met."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.stems = list(vocabulary.places)
        self.others: dict[
            tuple[str, str], int
        ] = {}  # features that are no words, in the places behind
        self.directions = np.zeros((len(self.stems) + _ROOM, DIMENSIONS), dtype=np.int8)
        self.places = _Places(vocabulary.places)

    def describe(
        self, rows: Sequence[Mapping[str, Any]], said: Sequence[Said]
    ) -> tuple[Floats, list[list[str]]]:
        """A vector of length one for each document, and its strongest words.

        Of whom neither words nor categories nor audience are known, the vector is of zeros: a place
        and a size alone make no likeness.

        Args:
            rows: Documents in the schema ``documents.DOCUMENTS``.
            said: Of each the words of its texts, by ``bio`` and ``captions``.
        """
        at, feature, weight, strongest = self._words(rows, said)
        whose: list[int] = []
        names: list[int] = []
        weights: list[float] = []
        for place, row in enumerate(rows):
            self._add_others(row, names, weights)
            whose += [place] * (len(names) - len(whose))
        at = np.concatenate([at, np.array(whose, dtype=np.int64)])
        feature = np.concatenate([feature, np.array(names, dtype=np.int64)])
        weight = np.concatenate([weight, np.array(weights, dtype=np.float32)])
        found = np.zeros((len(rows), DIMENSIONS), dtype=np.float32)
        nearest.add_up(at, feature, weight, self.directions, found)
        is_told = [
            bool(told or row["categories"] or row["audience"])
            for told, row in zip(strongest, rows, strict=True)
        ]
        found[~np.array(is_told, dtype=np.bool_)] = 0
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        np.divide(found, lengths, out=found, where=lengths > 0)
        return found, strongest

    def _words(
        self, rows: Sequence[Mapping[str, Any]], said: Sequence[Said]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats, list[list[str]]]:
        """Which row has which word with which weight, and the strongest words of each row."""
        written: list[str] = []
        met: list[int] = []
        ends: list[int] = []
        for row, words_of in zip(rows, said, strict=True):
            stem_of = stems.of(stems.stemmer_of(row["language"]))
            mine = _tokens(row["bio"] or "", words_of)
            written += mine
            met += map(self.places.__getitem__, map(stem_of.__getitem__, mine))
            ends.append(len(met))
        stem = np.array(met, dtype=np.int64)
        at, first, counts = nearest.counted(stem, np.array(ends, dtype=np.int64), len(self.stems))
        feature = stem[first]
        new = np.unique(feature[self.directions[feature, 0] == 0])
        self.directions[new] = directions([f"words {self.stems[each]}" for each in new])
        weight = (1 + np.log(counts)).astype(np.float32) * self.vocabulary.rarity[feature]
        best = np.full((len(rows), STRONGEST), -1, dtype=np.int64)
        nearest.strongest(at, weight, best)
        shown = np.where(best < 0, -1, np.append(first, -1)[best]).tolist()
        strongest = [[written[place] for place in places if place >= 0] for places in shown]
        squares = np.bincount(at, weight**2, minlength=len(rows)).astype(np.float32)
        weight *= math.sqrt(WEIGHTS["words"]) / np.sqrt(squares[at])
        return at, feature, weight, strongest

    def _add_others(self, row: Mapping[str, Any], names: list[int], weights: list[float]) -> None:
        """Add the features of a row that are no words, and their weights."""
        for block, features in parts(row).items():
            if not features:
                continue
            factor = math.sqrt(WEIGHTS[block] / sum(each * each for each in features.values()))
            names += [self._feature(block, name) for name in features]
            weights += [each * factor for each in features.values()]

    def _feature(self, block: str, name: str) -> int:
        place = self.others.get((block, name))
        if place is None:
            place = len(self.stems) + len(self.others)
            if place == len(self.directions):
                room = np.zeros((place, DIMENSIONS), dtype=np.int8)
                self.directions = np.concatenate([self.directions, room])
            self.others[block, name] = place
            self.directions[place] = directions([f"{block} {name}"])[0]
        return place


class _Places(dict[str, int]):
    """The place of each stem of a vocabulary; -1 for others."""

    def __missing__(self, stem: str) -> int:
        return -1


def directions(features: Sequence[str]) -> Codes:
    """The +1 and -1 that the names of features stand for; shape (features, DIMENSIONS)."""
    size = DIMENSIONS // 8
    digests = [hashlib.blake2b(name.encode(), digest_size=size).digest() for name in features]
    bits = np.unpackbits(np.frombuffer(b"".join(digests), dtype=np.uint8))
    return bits.reshape(len(features), DIMENSIONS).view(np.int8) * np.int8(2) - np.int8(1)


def codes(vectors: Floats) -> Codes:
    """Vectors as bytes, each as long as bytes can hold it; their direction is what counts."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    whole = np.divide(127, largest, out=np.zeros_like(largest), where=largest > 0)
    found: Codes = np.rint(vectors * whole).astype(np.int8)
    return found


def signs(vectors: Floats, usual: Floats) -> nearest.Signs:
    """One bit of each number: whether it is above the usual one."""
    return np.packbits(vectors > usual, axis=1).view(np.uint64)


def parts(row: Mapping[str, Any]) -> dict[str, Features]:
    """The blocks of an account that are no words; what is not known is empty."""
    return {
        "categories": categories(row),
        "audience": audience(row.get("audience") or {}),
        "place": place(row),
        "size": size(row.get("followers")),
    }


def categories(row: Mapping[str, Any]) -> Features:
    """The topics by name."""
    return dict.fromkeys(map(_folded, row.get("categories") or ()), 1.0)


_folded = lru_cache(_MOST_KEPT)(words.fold_name)


def audience(shares: Mapping[str, float] | Iterable[tuple[str, float]]) -> Features:
    """Roots of an audience's shares, dimension by dimension.

    The product of two audiences is then the sum of their Bhattacharyya coefficients (1943): 1 for
    each dimension that is composed alike, 0 where they have nobody in common.
    """
    by_dimension: dict[str, dict[str, float]] = defaultdict(dict)
    for name, share in dict(shares).items():
        if share > 0:
            by_dimension[name.partition(".")[0]][name] = share
    found: Features = {}
    for mine in by_dimension.values():
        total = sum(mine.values())
        found.update({name: math.sqrt(share / total) for name, share in mine.items()})
    return found


def size(followers: int | None) -> Features:
    """Between which two steps of the logarithm a number of followers lies, and how near to each."""
    if followers is None:
        return {}
    below, rest = divmod(math.log10(max(followers, 1)) / _STEP, 1)
    return {str(int(below)): 1 - rest, str(int(below) + 1): rest}


def place(row: Mapping[str, Any]) -> Features:
    """The language, without its region, and the country."""
    return _place(row.get("language"), row.get("country"))


@lru_cache(_MOST_KEPT)
def _place(language: str | None, country: str | None) -> Features:
    found: Features = {}
    if language:
        found[f"language {places.tag(language).partition('-')[0]}"] = _LANGUAGE
    if country:
        found[f"country {country}"] = 1.0
    return found


def _said(row: Mapping[str, Any]) -> Said:
    return {
        "bio": [words.tokens(row["bio"] or "")],
        "captions": list(map(words.tokens, row["captions"] or ())),
    }


def _tokens(bio: str, said: Said) -> list[str]:
    """The words of captions and bio, those of the bio twice; addresses are no words."""
    has_address = "@" in bio or "://" in bio
    about = [words.tokens(_ADDRESS.sub(" ", bio))] if has_address else said["bio"]
    found = [token for tokens in about for token in tokens] * _BIO
    for tokens in said["captions"]:
        found += tokens
    return found


def _may_tell(token: str) -> bool:
    return len(token) >= _SHORTEST and token.isalpha()
