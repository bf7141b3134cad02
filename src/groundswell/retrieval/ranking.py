"""The blended rank: what was asked and who it is, in one sum that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tantivy

from groundswell.retrieval import fitness, statistics
from groundswell.retrieval.storage import Snapshot

# Hits that are ranked by the exact sum; those behind them stay in the order of the first pass.
CONSIDERED = 1_000
# Of many more hits with some words these are looked at. Where so many have a word it says little
# (BM25 weighs it by its rarity), so that the best are among the fittest.
FITTEST = 20_000
_HALF_TEXT = 5.0  # BM25 at which words give half of what they can
_DAY = 86_400.0
_PARTS = tuple(fitness.WEIGHTS)
_WEIGHTS = np.array(list(fitness.WEIGHTS.values()))

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """What each part of the blended rank gave a hit.

    Attributes:
        given: Points by part; their sum is the score.
        unknown: Parts of which nothing is known, so that the usual was taken.
    """

    given: dict[str, float]
    unknown: frozenset[str]

    @property
    def score(self) -> float:
        """The blended score, in [0, 1]."""
        return sum(self.given.values())


@dataclass(frozen=True, slots=True)
class Blend:
    """The parts of several hits, a row each."""

    parts: Floats  # hits x parts, in [0, 1]; NaN where it is not known

    @property
    def scores(self) -> Floats:
        """The blended score of each hit, in [0, 1]."""
        scores: Floats = self._given.sum(axis=1)
        return scores

    @property
    def points(self) -> list[Points]:
        """What made up the score of each hit."""
        return [
            Points(
                dict(zip(_PARTS, given, strict=True)),
                frozenset(name for name, is_unknown in zip(_PARTS, row, strict=True) if is_unknown),
            )
            for given, row in zip(self._given.tolist(), np.isnan(self.parts).tolist(), strict=True)
        ]

    @property
    def _given(self) -> Floats:
        given: Floats = np.nan_to_num(self.parts, nan=fitness.USUAL) * _WEIGHTS
        return given


def blend(
    snapshot: Snapshot, addresses: Sequence[tantivy.DocAddress], relevance: Sequence[float]
) -> Blend:
    """The parts of each hit.

    Args:
        snapshot: The index.
        addresses: Of the hits.
        relevance: BM25 of each.
    """

    def column(part: str) -> Floats:
        found = snapshot.searcher.fast_field_values(fitness.COLUMNS[part], list(addresses))
        return np.array(found, dtype=np.float64)  # None becomes NaN

    bm25 = np.array(relevance, dtype=np.float64)
    rates, below = statistics.engagement(snapshot)
    ages = (statistics.newest(snapshot) - column("recency")) / _DAY
    parts = {
        fitness.TEXT: bm25 / (bm25 + _HALF_TEXT),
        "credibility": column("credibility") / 100,
        "engagement": np.interp(column("engagement"), rates, below),
        "quality": column("quality") / 100,
        "recency": 0.5 ** (ages / fitness.HALF_LIFE_DAYS),
    }
    return Blend(np.column_stack([parts[name] for name in _PARTS]))


def relevance(
    snapshot: Snapshot, addresses: Sequence[tantivy.DocAddress], scores: Sequence[float]
) -> list[float]:
    """BM25 without the factor by which the first pass multiplied it."""
    boosts = np.array(snapshot.searcher.fast_field_values(fitness.BOOST, list(addresses)))
    plain: list[float] = (np.array(scores) / np.log2(2 + boosts)).tolist()
    return plain
