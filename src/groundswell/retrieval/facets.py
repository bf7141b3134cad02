"""Facets: how many hits there are, and how many of them have each value of a key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tantivy import Query

from groundswell.retrieval import documents, fitness, words
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
    plans: dict[str, Any] = {"total": {"value_count": {"field": fitness.BOOST}}}
    named = [key.name for key in counted if key.kind is not Kind.TIER]
    for name in (*named, *filter(None, [steps])):
        for place, field in enumerate(documents.counted_in(name)):
            unknown = {} if place else {"missing": documents.UNKNOWN}
            plans[field] = {"terms": {"field": field, "size": _MOST_VALUES, **unknown}}
    if any(key.kind is Kind.TIER for key in counted):
        plans["tier"] = _tiers(compiler)
    answer = compiler.searcher.aggregate(query, plans)
    total = int(answer["total"]["value"])
    found = {
        name: Counter({str(each["key"]): int(each["doc_count"]) for each in bucketed["buckets"]})
        for name, bucketed in answer.items()
        if name != "total"
    }
    facets = {key.name: _ordered(_read(key, found, total)) for key in counted}
    return Counts(total, facets, found.get(steps, {}))


def _tiers(compiler: Compiler) -> dict[str, Any]:
    ranges = []
    for tier in Tier:
        within = compiler.tier_interval(tier)
        ends = {"from": within.low} | ({"to": within.high} if tier is not Tier.MEGA else {})
        ranges.append({"key": str(tier), **ends})
    return {"range": {"field": "followers", "ranges": ranges}}


def _read(key: Key, found: Mapping[str, Counter[str]], total: int) -> Mapping[str, int]:
    if key.kind is Kind.TIER:
        tiers = {str(tier): found["tier"].get(tier, 0) for tier in Tier}
        return tiers | {ABSENT: total - sum(tiers.values())}
    columns = [found[field] for field in documents.counted_in(key.name)]
    unknown = columns[0][documents.UNKNOWN]
    counts = sum(columns, Counter())
    counts[documents.UNKNOWN] = 0
    if key.name in documents.SEVERAL:
        counts = _by_name(counts)
    counts[ABSENT] += unknown
    return counts


def _by_name(counts: Mapping[str, int]) -> Counter[str]:
    spellings: dict[str, Counter[str]] = {}
    for written, number in counts.items():
        spellings.setdefault(words.fold_name(written), Counter())[written] = number
    return Counter({each.most_common(1)[0][0]: each.total() for each in spellings.values()})


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    found = [(value, number) for value, number in counts.items() if number > 0]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
