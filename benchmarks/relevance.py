"""Relevance: nDCG@10 of searches whose answers are known.

On the synthetic world an account's topic is planted, and with it the shares of its audience's
interests: a hit is worth the planted share of the topics that the query asks for. On real rankings
(`influencer_rankings_2022`) the words of categories, alone and together, are typed, and a hit is
worth one when a month lists the account under a category with those words.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import planted_queries
import pyarrow as pa
from bench_vetting import Tables, accounts_of

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.synth import lexicon, worlds
from groundswell.engine.synth.worlds import Sizes
from groundswell.retrieval import searching
from groundswell.retrieval.documents import DOCUMENTS
from groundswell.retrieval.searching import Request
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import silent
from groundswell.vetting import gathering

NOW = datetime(2027, 1, 10, tzinfo=UTC)
BEST = 10
_CAPTIONS = {"most": 30, "longest": 1_000}
_BATCH = 2_000
_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True)
class Corpus:
    """Documents with what each is worth to each query.

    Attributes:
        documents: In the schema of the index; ``account`` is the row's number.
        queries: Texts by kind.
        worth: Of a text, what each row is worth to it, 0 for nothing.
        topic: Planted topic of each row; of real accounts none.
    """

    documents: pa.Table
    queries: Mapping[str, Sequence[str]]
    worth: Callable[[str], Floats]
    topic: Ints

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.documents.to_batches(max_chunksize=_BATCH)


def of_world(creators: int, seed: int) -> Corpus:
    """The synthetic world, vetted, as search shows it."""
    world, truth = worlds.create(Sizes.of(creators), rng=np.random.default_rng(seed), now=NOW)
    seen = Tables(world)
    accounts = accounts_of(world, seen)
    cards = gathering.everyone(seen, accounts, now=NOW, progress=silent)
    words = seen.ask("discovery_captions", wanted=accounts.select(["account"]), **_CAPTIONS)
    rows = pa.compute.index_in(accounts["account"], words["account"])
    rate = np.full(accounts.num_rows, np.nan)
    by_followers = (cards.rates.format == 0) & (cards.rates.denominator == 0)
    rate[cards.rates.account[by_followers]] = cards.rates.value[by_followers]
    known: dict[str, Any] = {
        name: accounts[name] for name in DOCUMENTS.names if name in accounts.column_names
    }
    known |= {name: words[name].take(rows) for name in ("captions", "last_post_at")}
    known |= {
        f"factor_{name}": _known(cards.factors[name].value)
        for name in (FactorName.CREDIBILITY, FactorName.QUALITY)
    }
    known["engagement_rate_by_followers"] = _known(rate)
    topics = lexicon.load().topics
    asked = planted_queries.by_kind(topics)
    wanted = {text: names for kind in asked.values() for text, names in kind.items()}
    of_topic = {
        text: topics.affinity[:, [topics.names.index(name) for name in names]].sum(axis=1)
        for text, names in wanted.items()
    }
    return Corpus(
        _documents(known, accounts.num_rows),
        {kind: list(texts) for kind, texts in asked.items()},
        lambda text: of_topic[text][truth.cast.topic],
        truth.cast.topic,
    )


def of_rankings(folder: Path) -> Corpus:
    """Accounts of real rankings with all categories under which a month lists them."""
    frame = pd.read_csv(folder / "influencer_rankings_2022" / "rankings.csv", dtype=str)
    frame = frame.melt(
        ["platform", "AccountName", "Name"], ["Category_1", "Category_2"], value_name="category"
    ).dropna(subset=["category"])
    found = frame.groupby(["platform", "AccountName"], as_index=False).agg(
        {"Name": "last", "category": lambda several: sorted(set(several))}
    )
    known = {
        "platform": found["platform"].tolist(),
        "handle": found["AccountName"].tolist(),
        "display_name": [each if isinstance(each, str) else None for each in found["Name"]],
        "categories": found["category"].tolist(),
    }
    categories = {name: frozenset(_WORD.findall(name.lower())) for name in frame["category"]}
    wanted = {name: asked for name, asked in categories.items() if len(asked) > 1}
    wanted |= {word: frozenset({word}) for asked in categories.values() for word in asked}

    none = np.full(len(found), -1)

    def worth(text: str) -> Floats:
        held = {name for name, has in categories.items() if wanted[text] <= has}
        return np.array([float(not held.isdisjoint(each)) for each in found["category"]])

    return Corpus(_documents(known, len(found)), {"categories": sorted(wanted)}, worth, none)


def found_by(folder: Path) -> Callable[[str], list[int]]:
    """Our own ranking: rows of the best hits."""

    def find(text: str) -> list[int]:
        found = searching.search(folder, Request(text, sort="relevance", limit=BEST, facets=()))
        return [int(hit.account) for hit in found.hits]

    return find


def ndcg(corpus: Corpus, kind: str, find: Callable[[str], list[int]]) -> dict[str, float]:
    """nDCG@10 of each query of a kind; a search that finds nobody has 0."""
    scores = {}
    for text in corpus.queries[kind]:
        worth = corpus.worth(text)
        got = worth[find(text)[:BEST]]
        best = np.sort(worth)[::-1][:BEST]
        scores[text] = _discounted(got) / _discounted(best)
    return scores


def _discounted(worth: Floats) -> float:
    return float((worth / np.log2(np.arange(len(worth)) + 2)).sum())


def _documents(known: Mapping[str, Any], size: int) -> pa.Table:
    columns = {**known, "account": pa.array([str(row) for row in range(size)])}
    return pa.table(
        [columns.get(name, pa.nulls(size, DOCUMENTS.field(name).type)) for name in DOCUMENTS.names],
        schema=DOCUMENTS,
    )


def _known(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))
