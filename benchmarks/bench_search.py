"""Search among synthetic creators against every bar, beside SQLite FTS5 and PostgreSQL full text.

Run: python benchmarks/bench_search.py [--creators N] [--seed N]

Times are CPU time on one core, PostgreSQL's with its server's; wall time where it is named. The
peers hold at most 100,000 creators. Relevance is measured on a synthetic world, and on real
rankings where the folder GROUNDSWELL_REAL_DATA has them.
"""

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import misspellings
import numpy as np
import psycopg
import pyarrow as pa
import relevance
import searching_while_writing
import text_peers
from creators_at_random import LIMIT, ByHand, Creators, Query, queries
from measurements import RESULTS, Results, timed
from relevance import Corpus
from text_peers import Postgres, Ranked, Sqlite

from groundswell.retrieval import documents, indexing, ranking, searching, suggesting
from groundswell.retrieval.searching import Request

__all__ = ["RESULTS", "Results", "timed"]

BAR_MS = {"text": 60.0, "text and filters": 25.0, "filters": 60.0}
PREFIX_MS = 15.0
FOLLOWS_MS = 500.0
BUILD_SECONDS = 300.0
SIZE_MIB = 1_430.0  # 1.5 GB
AGREEMENT = 0.9
RELEVANCE = 0.8
CHECKED = 30
RANKED = 20  # of each class, ranked exhaustively
PEER_CREATORS = 100_000
WORLD_CREATORS = 20_000
MISSPELLED = 1_000
REAL = "GROUNDSWELL_REAL_DATA"


@dataclass(frozen=True)
class Peers:
    """Engines that answer the same queries about as many of the creators as they hold."""

    sqlite: Sqlite
    postgres: Postgres
    size: int

    def spent(self, asked: list[Query]) -> dict[str, list[float]]:
        """CPU milliseconds of each query."""

        def both() -> float:
            return time.process_time() + self.postgres.cpu_seconds()

        return {
            "SQLite": timed(self.sqlite.search, asked),
            "PostgreSQL": timed(self.postgres.search, asked, both),
        }


def measure_building(results: Results, folder: Path, creators: Creators) -> None:
    """CPU of building the index, without what making its input takes."""
    spent = 0.0

    def batches() -> Any:
        nonlocal spent
        for batch in creators.batches():
            began = time.process_time()
            yield batch
            spent += time.process_time() - began

    with indexing.writing(folder) as writer:
        writer.rebuild(batches(), marks={"revision": 1})
    results.note(f"build of {creators.size:,} creators", spent, "s CPU", bar=BUILD_SECONDS)


def build_peers(
    results: Results, folder: Path, db: psycopg.Connection, creators: Creators
) -> Peers:
    size = min(creators.size, PEER_CREATORS)
    began = time.process_time()
    sqlite = Sqlite(folder / "peer.db", creators, size)
    between = time.process_time()
    postgres = Postgres(db, creators, size)
    theirs = time.process_time() - between + postgres.cpu_seconds()
    results.note(f"build of SQLite FTS5, {size:,}", between - began, "s CPU")
    results.note(f"build of PostgreSQL, {size:,}", theirs, "s CPU")
    ours = sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file())
    disk = {
        f"SQLite {size:,}": (folder / "peer.db").stat().st_size / 2**20,
        f"PostgreSQL {size:,}": postgres.size() / 2**20,
    }
    results.note("index on disk", ours / 2**20, "MiB", bar=SIZE_MIB, peers=disk)
    return Peers(sqlite, postgres, size)


def measure_searching(
    results: Results, folder: Path, peers: Peers, asked: dict[str, list[Query]]
) -> None:
    """How long each class of query takes."""
    for name, several in asked.items():
        ours = timed(lambda query: searching.search(folder, query.request()), several)
        theirs = peers.spent(several)
        for percent in (50, 95, 99):
            results.note(
                f"{name}: p{percent}",
                float(np.percentile(ours, percent)),
                "ms CPU",
                bar=BAR_MS[name] if percent == 95 else None,
                peers={
                    f"{peer} {peers.size:,}": float(np.percentile(spent, percent))
                    for peer, spent in theirs.items()
                },
            )


def measure_exactness(
    results: Results, folder: Path, by_hand: ByHand, asked: dict[str, list[Query]]
) -> None:
    """Whether totals and facets are those of counting, and how many hits there are."""
    for name, several in asked.items():
        sample = several[:CHECKED]
        truth = [by_hand.answer(query) for query in sample]
        found = [searching.search(folder, query.request()) for query in sample]
        wrong = sum((f.total, f.facets) != each for f, each in zip(found, truth, strict=True))
        results.note(f"{name}: total or facets wrong, of {len(sample)}", wrong, "queries", bar=0)
        totals = [searching.search(folder, query.request()).total for query in several]
        results.note(f"{name}: hits, median", statistics.median(totals), "accounts")
        results.note(f"{name}: hits, p95", float(np.percentile(totals, 95)), "accounts")


def measure_ranking(results: Results, folder: Path, asked: dict[str, list[Query]]) -> None:
    """How many of the best fifty are those that ranking every hit would give."""
    means = []
    for name, several in asked.items():
        shares = []
        for query in several[:RANKED]:
            ours = {hit.account for hit in searching.search(folder, query.request()).hits}
            with patch.object(ranking, "CONSIDERED", 10**9):
                every = {hit.account for hit in searching.search(folder, query.request()).hits}
            if every:
                shares.append(len(ours & every) / len(every))
        means.append(statistics.mean(shares))
        results.note(f"{name}: best {LIMIT} as of ranking all", means[-1], "share")
    results.note(
        "agreement with ranking all, mean", statistics.mean(means), "share", floor=AGREEMENT
    )


def measure_suggesting(
    results: Results, folder: Path, creators: Creators, rng: np.random.Generator
) -> None:
    """Handles as they are typed, from the first letter on."""
    typed = []
    for place in rng.integers(0, creators.size, 100):
        handle = creators.row(int(place))["handle"]
        typed += [handle[:length] for length in (1, 2, 3, 5, 8)]
    spent = timed(lambda text: suggesting.suggest(folder, text), typed)
    for percent in (50, 95, 99):
        bar = PREFIX_MS if percent == 95 else None
        results.note(f"prefix: p{percent}", float(np.percentile(spent, percent)), "ms CPU", bar=bar)


def measure_changing(results: Results, folder: Path, creators: Creators) -> None:
    """From 1,000 changed creators to a search that sees them."""
    changed = [creators.row(place) | {"bio": "changed just now"} for place in range(1_000)]
    batch = pa.RecordBatch.from_pylist(changed, schema=documents.DOCUMENTS)
    began, on = time.perf_counter(), time.process_time()
    with indexing.writing(folder) as writer:
        writer.update([batch], gone=(), marks={"revision": 2})
    seen = searching.search(folder, Request('"changed just now"')).total
    spent, wall = time.process_time() - on, time.perf_counter() - began
    if seen != len(changed):
        raise AssertionError(f"{len(changed)} creators changed, and {seen} are found")
    results.note("1,000 upserts until found", spent * 1e3, "ms CPU", bar=FOLLOWS_MS)
    results.note("1,000 upserts until found, wall", wall * 1e3, "ms")


def measure_writing(
    results: Results,
    folder: Path,
    creators: Creators,
    asked: dict[str, list[Query]],
    cores: set[int],
) -> None:
    """The same searches with nobody writing, and while 10,000 accounts are upserted."""
    mixed = [query for several in zip(*asked.values(), strict=False) for query in several]

    def search(query: Query) -> None:
        searching.search(folder, query.request())

    idle = searching_while_writing.while_idle(search, mixed)
    busy = searching_while_writing.while_written(search, mixed, folder, creators, cores)
    for name, spent in (("idle", idle), ("10,000 upserts at once", busy)):
        results.note(f"search, {name}: p95", float(np.percentile(spent.cpu, 95)), "ms CPU")
        results.note(f"search, {name}: p95, wall", float(np.percentile(spent.wall, 95)), "ms")
    results.note("10,000 upserts by another process, wall", busy.seconds, "s")


def measure_relevance(
    results: Results, folder: Path, db: psycopg.Connection, corpus: Corpus, name: str
) -> None:
    """nDCG@10 of each kind of query, beside the peers; without a bar for other languages."""
    with indexing.writing(folder) as writer:
        writer.rebuild(corpus.batches(), marks={})
    peers = Ranked(corpus.documents, db)
    for kind in corpus.queries:
        ours, sqlite, postgres = (
            statistics.mean(relevance.ndcg(corpus, kind, find).values())
            for find in (relevance.found_by(folder), peers.by_sqlite, peers.by_postgres)
        )
        results.note(
            f"nDCG@10, {name}: {kind}, {len(corpus.queries[kind])} queries",
            ours,
            "",
            floor=None if kind == "other languages" else RELEVANCE,
            peers={"SQLite": sqlite, "PostgreSQL": postgres},
        )


def measure_typos(results: Results, folder: Path, corpus: Corpus, rng: np.random.Generator) -> None:
    """On the index of the whole world, and on one that lacks half of its topics."""

    def correct(text: str) -> str:
        return searching.search(folder, Request(text, limit=0, facets=())).corrected

    known = misspellings.vocabulary(corpus.documents)
    pairs = misspellings.planted(known, MISSPELLED, rng)
    right, wrong = misspellings.recall(pairs, correct)
    results.note("one typing error: corrected to what was meant", right, "share")
    results.note("one typing error: taken for another word", wrong, "share")
    has = corpus.topic % 2 == 0
    some, others = (corpus.documents.filter(pa.array(each)) for each in (has, ~has))
    with indexing.writing(folder) as writer:
        writer.rebuild(some.to_batches(max_chunksize=2_000), marks={})
    unknown = misspellings.lacking(*map(misspellings.vocabulary, (some, others)))
    share = misspellings.replaced(unknown, correct)
    results.note(f"right words nobody writes, of {len(unknown):,}: replaced", share, "share")


def run(seed: int, size: int, folder: Path) -> Results:
    """Measure everything once."""
    cores = _pinned()
    results = Results(seed)
    rng = np.random.default_rng(seed)
    creators = Creators(size, rng)
    asked = queries(creators, rng)
    index = folder / "index"
    measure_building(results, index, creators)
    with text_peers.postgres() as db:
        peers = build_peers(results, folder, db, creators)
        measure_searching(results, index, peers, asked)
        measure_suggesting(results, index, creators, rng)
        measure_exactness(results, index, ByHand(creators), asked)
        measure_ranking(results, index, asked)
        measure_changing(results, index, creators)
        measure_writing(results, index, creators, asked, cores)
        world = relevance.of_world(WORLD_CREATORS, seed)
        measure_relevance(results, folder / "world", db, world, "world")
        if folder_of_real := os.environ.get(REAL):
            rankings = relevance.of_rankings(Path(folder_of_real))
            measure_relevance(results, folder / "rankings", db, rankings, "rankings")
        else:
            results.note(f"nDCG@10, rankings: skipped, as {REAL} is not set", 0, "read")
    measure_typos(results, folder / "world", world, rng)
    return results


def _pinned() -> set[int]:
    """Keep to one core, where the system lets us; those that there are."""
    if not hasattr(os, "sched_setaffinity"):
        return set()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    return cores


def main() -> None:
    """Run from the command line and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=75_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        results = run(given.seed, given.creators, Path(scratch))
    results.keep("search" if given.creators < 1_000_000 else "search_million")


if __name__ == "__main__":
    main()
