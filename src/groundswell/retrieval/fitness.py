"""Fitness: what the numbers of an account say for it, whatever words are looked for.

A score is a weighted sum of parts in [0, 1]. What is not known takes the usual value, one half:
it neither speaks for an account nor against it.
"""

import math
from collections.abc import Mapping
from typing import Any

TEXT = "text"
# Half for what was asked, half for who it is; of that, half what a scorecard says.
WEIGHTS: Mapping[str, float] = {
    TEXT: 0.5,
    "credibility": 0.15,
    "engagement": 0.15,
    "quality": 0.1,
    "recency": 0.1,
}
# Each part by the column that it is worked out from.
COLUMNS: Mapping[str, str] = {
    "credibility": "factor_credibility",
    "engagement": "engagement_rate_by_followers",
    "quality": "factor_quality",
    "recency": "last_post_at",
}
USUAL = 0.5
HALF_LIFE_DAYS = 90.0
BOOST = "boost"
# Among hits of usual relevance the logarithm of BM25 weighs a quarter of what fitness does, so that
# the product of BM25 and exp(STEEPNESS * fitness) ranks nearly as the sum of both.
STEEPNESS = 4.0
_USUAL_RATE = 0.02
_STATIC = ("credibility", "engagement", "quality")


def share(row: Mapping[str, Any]) -> float:
    """What an account's own numbers say for it, in [0, 1].

    Percentiles and ages depend on the other accounts, so a curve stands for the first, and the
    second is left to the exact ranking of the best thousand.
    """
    rate = row[COLUMNS["engagement"]]
    parts = {
        "credibility": _score(row[COLUMNS["credibility"]]),
        "quality": _score(row[COLUMNS["quality"]]),
        "engagement": USUAL if rate is None else max(rate, 0) / (max(rate, 0) + _USUAL_RATE),
    }
    known = sum(WEIGHTS[name] * parts[name] for name in _STATIC)
    return float(min(max(known / sum(WEIGHTS[name] for name in _STATIC), 0), 1))


def boost(fit: float) -> float:
    """The column by which the index multiplies BM25 when it looks for the best thousand.

    The library multiplies by log2(2 + column).
    """
    return float(2 ** math.exp(STEEPNESS * fit) - 2)


def _score(value: float | None) -> float:
    return USUAL if value is None else value / 100
