"""Synthetic creators for the benchmark of search, by columns: a million of them fit into memory."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from babel import Locale

from groundswell.retrieval import documents, stems
from groundswell.retrieval.searching import Request
from groundswell.terms import places
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import ACTIVATE, Tier

NOW = datetime(2027, 1, 1, tzinfo=UTC)
PLATFORMS = [str(each) for each in Platform][:5]
COUNTRIES = list(filter(places.find_country, sorted(Locale("en").territories)))[100:160]
LANGUAGES = ["en", "es", "pt", "hi", "id", "fr", "de", "it", "tr", "th", "vi", "ja", "ko", "ru"]
STEMMERS = sorted({stems.stemmer_of(language) for language in LANGUAGES})
CATEGORIES = [f"Topic {number:02d}" for number in range(60)]
TIERS = [str(tier) for tier in Tier]
FACETS = ("platform", "country", "language", "category", "tier")
BOUNDED = ("followers", "engagement_rate_by_followers", f"audience.country.{COUNTRIES[0]}")
LIMIT = 50
_WORDS = 90
_IN_HANDLE = 1  # the place of the word that a number is glued to, so that nobody finds it
_AT_ONCE = 2_000
_DRAWN_AT_ONCE = 50_000


@dataclass(frozen=True)
class Query:
    """One search, in the terms of both engines and of the check by hand."""

    words: tuple[str, ...]
    equal: tuple[tuple[str, tuple[str, ...]], ...]  # key, any of these
    at_least: tuple[tuple[str, float], ...]

    def request(self) -> Request:
        filters = [f"{key}={value}" for key, values in self.equal for value in values]
        filters += [f"{key}>={value:.6f}".rstrip("0").rstrip(".") for key, value in self.at_least]
        return Request(" ".join(self.words), filters, "relevance", limit=LIMIT, facets=FACETS)


class Creators:
    """Words follow Zipf's law, and attributes are uneven as in life; codes below 0 are unknown."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self.size = size
        self.vocabulary = _vocabulary(rng, 224_000)
        share = 1 / (np.arange(len(self.vocabulary)) + 2.7)  # Zipf's law with Mandelbrot's offset
        upto = np.cumsum(share / share.sum())
        self.texts = np.empty((size, _WORDS), dtype=np.uint32)
        for at in range(0, size, _DRAWN_AT_ONCE):
            part = self.texts[at : at + _DRAWN_AT_ONCE]
            part[:] = np.searchsorted(upto, rng.random(part.shape)).clip(max=len(upto) - 1)
        self.codes = {
            "platform": _uneven(rng, len(PLATFORMS), size),
            "country": np.where(
                rng.random(size) < 0.1, -1, _uneven(rng, len(COUNTRIES), size)
            ).astype(np.int8),
            "language": _uneven(rng, len(LANGUAGES), size),
        }
        self.topics = np.stack([_uneven(rng, len(CATEGORIES), size) for _ in range(3)], axis=1)
        followers = np.clip(rng.lognormal(9.2, 2.0, size), 10, 4e8).astype(np.int64)
        self.followers = np.where(rng.random(size) < 0.02, -1, followers)
        self.rate = _unknown(rng, rng.beta(2, 60, size), 0.2)
        self.credibility = _unknown(rng, rng.normal(50, 15, size).clip(0, 100), 0.3)
        self.quality = _unknown(rng, rng.normal(50, 15, size).clip(0, 100), 0.3)
        self.silent_days = rng.exponential(60, size)
        self.audience = rng.dirichlet(np.ones(4), size)
        bounds = list(ACTIVATE.lower_bounds.values())
        self.codes["tier"] = (np.searchsorted(bounds, self.followers, "right") - 1).astype(np.int8)

    def batches(self, first: int = 0, last: int | None = None) -> Iterator[pa.RecordBatch]:
        """Documents, some at a time."""
        last = self.size if last is None else last
        for at in range(first, last, _AT_ONCE):
            rows = [self.row(place) for place in range(at, min(at + _AT_ONCE, last))]
            yield pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)

    def row(self, place: int) -> dict[str, Any]:
        """One document."""
        words = [self.vocabulary[word] for word in self.texts[place]]
        followers = int(self.followers[place])
        shares = zip(COUNTRIES[:4], self.audience[place], strict=True)
        return dict.fromkeys(documents.DOCUMENTS.names) | {
            "account": f"{place:08d}",
            "platform": self.value(place, "platform"),
            "handle": f"{words[0]}.{words[_IN_HANDLE]}{place}",
            "display_name": f"{words[2]} {words[3]}",
            "bio": " ".join(words[4:20]),
            "captions": [" ".join(words[at : at + 14]) for at in range(20, _WORDS, 14)],
            "categories": self.categories(place),
            "country": self.value(place, "country"),
            "language": self.value(place, "language"),
            "followers": followers if followers >= 0 else None,
            "engagement_rate_by_followers": _known(self.rate[place]),
            "factor_credibility": _known(self.credibility[place]),
            "factor_quality": _known(self.quality[place]),
            "last_post_at": NOW - timedelta(days=float(self.silent_days[place])),
            "audience": [(f"country.{code}", float(share)) for code, share in shares],
        }

    def categories(self, place: int) -> list[str]:
        return sorted({CATEGORIES[topic] for topic in self.topics[place]})

    def value(self, place: int, key: str) -> str | None:
        code = int(self.codes[key][place])
        return VALUES[key][code] if code >= 0 else None

    def numbers(self, key: str) -> npt.NDArray[np.float64]:
        """A column that can be bounded; NaN where it is not known."""
        if key == "followers":
            return np.where(self.followers < 0, np.nan, self.followers)
        return self.rate if key.startswith("engagement") else self.audience[:, 0]


VALUES = {
    "platform": PLATFORMS,
    "country": COUNTRIES,
    "language": LANGUAGES,
    "tier": TIERS,
    "category": CATEGORIES,
}


def _vocabulary(rng: np.random.Generator, size: int) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weight = 1 / np.arange(1, 27)
    lengths = rng.integers(3, 12, size * 2)
    drawn = rng.choice(letters, (size * 2, 12), p=weight / weight.sum())
    words = ("".join(row[:long]) for row, long in zip(drawn, lengths, strict=True))
    return list(dict.fromkeys(words))[:size]


def _uneven(rng: np.random.Generator, kinds: int, size: int) -> npt.NDArray[np.int8]:
    share = 1 / np.arange(1, kinds + 1)
    return rng.choice(kinds, size, p=share / share.sum()).astype(np.int8)


def _unknown(
    rng: np.random.Generator, values: npt.NDArray[np.float64], share: float
) -> npt.NDArray[np.float64]:
    return np.where(rng.random(len(values)) < share, np.nan, values)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def queries(creators: Creators, rng: np.random.Generator) -> dict[str, list[Query]]:
    """Searches that find somebody: each is drawn from what one creator writes and is."""

    def words(place: int) -> tuple[str, ...]:
        drawn = rng.choice(creators.texts[place, 4:], rng.integers(1, 3), replace=False)
        return tuple(creators.vocabulary[word] for word in drawn)

    def equal(place: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
        asked = []
        for key, values in VALUES.items():
            if rng.random() < 0.3:
                mine = (
                    creators.categories(place)[0]
                    if key == "category"
                    else creators.value(place, key)
                )
                either = {mine, str(rng.choice(values[:20]))} - {None}
                asked.append((key, tuple(sorted(filter(None, either)))))
        return tuple(asked)

    def at_least(place: int) -> tuple[tuple[str, float], ...]:
        known = ((key, creators.numbers(key)[place]) for key in BOUNDED)
        bounds = [(key, number * rng.uniform(0.2, 1)) for key, number in known if number > 0]
        return tuple(
            (key, round(bound, 0 if key == "followers" else 4))
            for key, bound in bounds
            if rng.random() < 0.3
        )

    def query(*, has_words: bool, has_filters: bool) -> Query:
        place = int(rng.integers(creators.size))
        text = words(place) if has_words else ()
        while True:
            filters = (equal(place), at_least(place)) if has_filters else ((), ())
            if any(filters) or not has_filters:
                return Query(text, *filters)

    return {
        "text": [query(has_words=True, has_filters=False) for _ in range(100)],
        "text and filters": [query(has_words=True, has_filters=True) for _ in range(200)],
        "filters": [query(has_words=False, has_filters=True) for _ in range(100)],
    }


class ByHand:
    """The same answers the slow and certain way: every creator is looked at for every query."""

    def __init__(self, creators: Creators) -> None:
        self.creators = creators
        self.stems = [
            np.array([stems.of(language)[word] for word in creators.vocabulary])
            for language in STEMMERS
        ]
        stemmer_of = np.array([STEMMERS.index(stems.stemmer_of(each)) for each in LANGUAGES])
        self.stemmer = stemmer_of[creators.codes["language"]]

    def answer(self, query: Query) -> tuple[int, dict[str, dict[str, int]]]:
        """The total and the facets."""
        hits = np.ones(self.creators.size, dtype=bool)
        for at, word in enumerate(query.words):
            # A word is also found where it is written together with the one beside it.
            near = query.words[max(at - 1, 0) : at + 2]
            joined = ["".join(pair) for pair in pairwise(near)]
            hits &= np.logical_or.reduce([self._says(each) for each in (word, *joined)])
        for key, values in query.equal:
            codes = [VALUES[key].index(value) for value in values]
            if key == "category":
                hits &= np.isin(self.creators.topics, codes).any(axis=1)
            else:
                hits &= np.isin(self.creators.codes[key], codes)
        for key, bound in query.at_least:
            hits &= self.creators.numbers(key) >= bound  # never true of NaN
        return int(hits.sum()), {facet: dict(self._counts(hits, facet)) for facet in FACETS}

    def _says(self, word: str) -> npt.NDArray[np.bool_]:
        meant = stems.stems(word, STEMMERS)
        says = np.stack([np.isin(each, meant) for each in self.stems])
        found = np.zeros(self.creators.size, dtype=bool)
        for place in range(_WORDS if says.any() else 0):
            if place != _IN_HANDLE:
                found |= says[self.stemmer, self.creators.texts[:, place]]
        return found

    def _counts(self, hits: npt.NDArray[np.bool_], facet: str) -> Counter[str]:
        if facet == "category":
            topics = np.sort(self.creators.topics[hits], axis=1)
            is_new = np.ones(topics.shape, dtype=bool)
            is_new[:, 1:] = topics[:, 1:] != topics[:, :-1]
            codes = topics[is_new]
        else:
            codes = self.creators.codes[facet][hits]
        values, counts = np.unique(codes, return_counts=True)
        names = [VALUES[facet][code] if code >= 0 else "none" for code in values]
        return Counter(dict(zip(names, counts.tolist(), strict=True)))
