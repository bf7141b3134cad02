"""Facets: how many of all hits have each value of a key."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tantivy import Occur, Query

from groundswell.retrieval import documents, statistics, words
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
    # Of most accounts the few others are counted, and taken from what is known of all.
    is_most = total > compiler.searcher.num_docs // 2
    asked = _others(query) if is_most else query
    answer = compiler.searcher.aggregate(asked, plans)
    found: dict[str, Mapping[str, int]] = {}
    for key in counted:
        counts = _counts(answer[key.name]["buckets"])
        if is_most:
            everybody = statistics.everybody(compiler.snapshot, plans[key.name])
            counts = _counts(everybody) - counts
        found[key.name] = _ordered(_read(key, counts, total))
    return found


def _others(query: Query) -> Query:
    return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, query)])


def _counts(buckets: Sequence[Mapping[str, Any]]) -> Counter[str]:
    return Counter({str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets})


def _plan(compiler: Compiler, key: Key) -> dict[str, Any]:
    if key.kind is Kind.TIER:
        ranges = []
        for tier in Tier:
            within = compiler.tier_interval(tier)
            ends = {"from": within.low} | ({"to": within.high} if tier is not Tier.MEGA else {})
            ranges.append({"key": str(tier), **ends})
        return {"range": {"field": key.column, "ranges": ranges}}
    field = documents.as_written(key.name) if key.name in documents.SEVERAL else key.name
    return {"terms": {"field": field, "size": _MOST_VALUES, "missing": ABSENT}}


def _read(key: Key, counts: Mapping[str, int], total: int) -> Mapping[str, int]:
    if key.kind is Kind.TIER:
        tiers = {str(tier): counts.get(tier, 0) for tier in Tier}
        return tiers | {ABSENT: total - sum(tiers.values())}
    if key.name not in documents.SEVERAL:
        return counts
    spellings: dict[str, Counter[str]] = {}
    for written, number in counts.items():
        spellings.setdefault(words.fold_name(written), Counter())[written] = number
    return {each.most_common(1)[0][0]: each.total() for each in spellings.values()}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    found = [(value, number) for value, number in counts.items() if number > 0]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
