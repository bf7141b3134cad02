"""What is true of all accounts of an index: worked out once for each commit, when first asked."""

import numpy as np
from tantivy import Query

from groundswell.retrieval import fitness, stems
from groundswell.retrieval.storage import Snapshot

_LANGUAGES = 10_000
_PERCENTS = list(range(1, 100))


def tags(snapshot: Snapshot) -> frozenset[str]:
    """Languages that accounts write, as they are tagged; blank when not known."""
    known = snapshot.facts.get("tags")
    if known is None:
        counted = {"terms": {"field": "language", "size": _LANGUAGES}}
        found = snapshot.searcher.aggregate(Query.all_query(), {"language": counted})
        written = [bucket["key"] for bucket in found["language"]["buckets"]]
        known = snapshot.facts["tags"] = frozenset(written)
    return known


def languages(snapshot: Snapshot) -> frozenset[str]:
    """Languages by whose rules the index's words are stemmed."""
    known = snapshot.facts.get("languages")
    if known is None:
        known = snapshot.facts["languages"] = frozenset(map(stems.stemmer_of, tags(snapshot)))
    return known


def engagement(snapshot: Snapshot) -> tuple[np.ndarray, np.ndarray]:
    """Known engagement rates in rising order, and the share of accounts that is below each."""
    known = snapshot.facts.get("engagement")
    if known is None:
        asked = {"field": fitness.COLUMNS["engagement"], "percents": _PERCENTS}
        plan = {"rates": {"percentiles": asked}}
        found = snapshot.searcher.aggregate(Query.all_query(), plan)["rates"]["values"]
        rates = np.array([found[f"{percent}.0"] or 0.0 for percent in _PERCENTS])
        known = snapshot.facts["engagement"] = (rates, np.array(_PERCENTS) / 100)
    return known


def newest(snapshot: Snapshot) -> float:
    """The moment of the newest post of all, in seconds; 0 when there is none."""
    known = snapshot.facts.get("newest")
    if known is None:
        plan = {"newest": {"max": {"field": fitness.COLUMNS["recency"]}}}
        found = snapshot.searcher.aggregate(Query.all_query(), plan)["newest"]["value"]
        known = snapshot.facts["newest"] = float(found or 0)
    return known
