"""Facets: how many hits there are, and how many of them have each value of a key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tantivy import Query

from groundswell.retrieval import documents, words
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.values import ABSENT
from groundswell.terms.tiers import Tier

_MOST_VALUES = 60_000  # the library counts no more buckets at a time than 65,000


@dataclass(frozen=True, slots=True)
class Counts:
    """What one pass over all hits counts.

    Attributes:
        total: The hits.
        facets: For each key the hits with each value, most frequent value first; ``none`` when it
            is not known.
        steps: The hits at each of the steps asked for.
    """

    total: int
    facets: Mapping[str, Mapping[str, int]]
    steps: Mapping[str, int]


def count(compiler: Compiler, query: Query, counted: Sequence[Key], *, steps: str = "") -> Counts:
    """Count exactly, in one pass.

    Args:
        compiler: Of the index.
        query: Whom to count.
        counted: By which keys.
        steps: Also by the steps of this column.
    """
    plans: dict[str, Any] = {"total": {"value_count": {"field": "platform"}}}  # all have one
    fields = [steps] if steps else []
    for key in counted:
        if key.kind is not Kind.TIER:
            fields += documents.counted_in(key.name)
        elif compiler.tier_sizes is None:
            plans["tier"] = _tiers(compiler)
        else:
            fields.append(documents.SIZE)
    for field in fields:
        sizes = {"size": _MOST_VALUES, "missing": documents.UNKNOWN}
        plans[field] = {"terms": {"field": field, **sizes}}
    answer = compiler.searcher.aggregate(query, plans)
    total = int(answer["total"]["value"])
    found = {
        name: Counter({str(each["key"]): int(each["doc_count"]) for each in bucketed["buckets"]})
        for name, bucketed in answer.items()
        if name != "total"
    }
    facets = {key.name: _ordered(_read(compiler, key, found, total)) for key in counted}
    return Counts(total, facets, found.get(steps, {}))


def _tiers(compiler: Compiler) -> dict[str, Any]:
    ranges = []
    for tier in Tier:
        within = compiler.tier_interval(tier)
        ends = {"from": within.low} | ({"to": within.high} if tier is not Tier.MEGA else {})
        ranges.append({"key": str(tier), **ends})
    return {"range": {"field": "followers", "ranges": ranges}}


def _read(
    compiler: Compiler, key: Key, found: Mapping[str, Counter[str]], total: int
) -> Mapping[str, int]:
    if key.kind is Kind.TIER:
        if compiler.tier_sizes is None:
            tiers = {str(tier): found["tier"][str(tier)] for tier in Tier}
        else:
            by_size = found[documents.SIZE]
            sizes = compiler.tier_sizes
            tiers = {str(tier): sum(by_size[step] for step in sizes[tier]) for tier in Tier}
        return tiers | {ABSENT: total - sum(tiers.values())}
    first, *others = [found[field] for field in documents.counted_in(key.name)]
    unknown = first[documents.UNKNOWN]
    counts = Counter(first)
    for each in others:
        counts.update(each)
    counts[documents.UNKNOWN] = 0
    if key.name in documents.SEVERAL:
        counts = _by_name(counts)
    counts[ABSENT] += unknown
    return counts


def _by_name(counts: Mapping[str, int]) -> Counter[str]:
    """The counts by names that differ; of several spellings of one, under the most frequent."""
    found: Counter[str] = Counter()
    usual: dict[str, str] = {}
    for written, number in sorted(counts.items(), key=lambda pair: -pair[1]):
        found[usual.setdefault(_folded(written), written)] += number
    return found


_folded = lru_cache(_MOST_VALUES)(words.fold_name)


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    found = [(value, number) for value, number in counts.items() if number > 0]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
