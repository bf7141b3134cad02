"""Facets: how many of all hits have each value of a key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tantivy import Query

from groundswell.retrieval import words
from groundswell.retrieval.documents import CATEGORY_FACET
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.querying import Compiler
from groundswell.retrieval.values import ABSENT
from groundswell.terms.tiers import Tier

_MOST_VALUES = 60_000  # the library counts no more buckets at a time than 65,000


def count(
    compiler: Compiler, query: Query, counted: Sequence[Key], total: int
) -> dict[str, Mapping[str, int]]:
    """Exact counts for each key, most frequent value first; ``none`` when it is not known."""
    if not counted:
        return {}
    plans = {key.name: _plan(compiler, key) for key in counted}
    answer = compiler.searcher.aggregate(query, plans)
    return {key.name: _ordered(_read(key, answer[key.name]["buckets"], total)) for key in counted}


def _plan(compiler: Compiler, key: Key) -> dict[str, Any]:
    if key.kind is Kind.TIER:
        ranges = []
        for tier in Tier:
            within = compiler.tier_interval(tier)
            ends = {"from": within.low} | ({"to": within.high} if tier is not Tier.MEGA else {})
            ranges.append({"key": str(tier), **ends})
        return {"range": {"field": key.column, "ranges": ranges}}
    field = CATEGORY_FACET if key.name == "category" else key.name
    return {"terms": {"field": field, "size": _MOST_VALUES, "missing": ABSENT}}


def _read(key: Key, buckets: Sequence[Mapping[str, Any]], total: int) -> dict[str, int]:
    counts = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    if key.kind is Kind.TIER:
        tiers = {str(tier): counts.get(tier, 0) for tier in Tier}
        return tiers | {ABSENT: total - sum(tiers.values())}
    if key.name != "category":
        return counts
    spellings: dict[str, Counter[str]] = {}
    for written, number in counts.items():
        spellings.setdefault(words.fold_name(written), Counter())[written] = number
    return {each.most_common(1)[0][0]: each.total() for each in spellings.values()}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    found = [(value, number) for value, number in counts.items() if number > 0]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
