"""Search among synthetic creators: CPU time of each class of query, beside SQLite FTS5.

Run: python benchmarks/bench_search.py [--creators N] [--seed N]
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from creators_at_random import FACETS, LIMIT, ByHand, Creators, Query, queries

from groundswell.retrieval import documents, indexing, ranking, searching, suggesting
from groundswell.retrieval.searching import Request

RESULTS = Path(__file__).parent / "results"
BAR_MS = {"text": 60.0, "text and filters": 25.0, "filters": 60.0}
PREFIX_MS = 15.0
FOLLOWS_MS = 500.0
BUILD_SECONDS = 300.0
SIZE_MIB = 1_430.0  # 1.5 GB
AGREEMENT = 0.9
CHECKED = 30
RANKED = 20  # of each class, ranked exhaustively
PEER_CREATORS = 100_000


class Sqlite:
    """FTS5 with columns beside it, total and facets included, as one would build it."""

    def __init__(self, path: Path, creators: Creators) -> None:
        self.db = sqlite3.connect(path)
        self.db.execute("PRAGMA cache_size=-200000")
        self.db.execute("PRAGMA temp_store=MEMORY")
        self.db.executescript(
            """
            CREATE TABLE creators (id INTEGER PRIMARY KEY, platform TEXT, country TEXT,
                language TEXT, tier TEXT, followers INT, engagement_rate_by_followers REAL,
                us REAL);
            CREATE TABLE topics (id INT, category TEXT, PRIMARY KEY (category, id)) WITHOUT ROWID;
            CREATE VIRTUAL TABLE texts USING fts5(name, categories, bio, captions);
            CREATE TEMP TABLE hits (id INTEGER PRIMARY KEY, score REAL);
            """
        )
        for place in range(min(creators.size, PEER_CREATORS)):
            self._insert(creators, place)
        self.db.executescript(
            """
            CREATE INDEX by_country ON creators (country, language, tier);
            CREATE INDEX by_platform ON creators (platform, tier);
            CREATE INDEX by_followers ON creators (followers);
            CREATE INDEX by_topic ON topics (id, category);
            ANALYZE;
            """
        )
        self.db.commit()

    def _insert(self, creators: Creators, place: int) -> None:
        row = creators.row(place)
        values = [
            place,
            *(creators.value(place, key) for key in ("platform", "country", "language", "tier")),
            row["followers"],
            row["engagement_rate_by_followers"],
            row["audience"][0][1],
        ]
        self.db.execute("INSERT INTO creators VALUES (?,?,?,?,?,?,?,?)", values)
        topics = [(place, topic) for topic in row["categories"]]
        self.db.executemany("INSERT INTO topics VALUES (?,?)", topics)
        name = f"{row['handle']} {row['display_name']}"
        texts = [place, name, " ".join(row["categories"]), row["bio"], " ".join(row["captions"])]
        self.db.execute(
            "INSERT INTO texts (rowid, name, categories, bio, captions) VALUES (?,?,?,?,?)", texts
        )

    def search(self, query: Query) -> tuple[int, dict[str, Counter[str]]]:
        where, values = ["1"], []
        for key, asked in query.equal:
            marks = ",".join("?" * len(asked))
            if key == "category":
                where.append(f"c.id IN (SELECT id FROM topics WHERE category IN ({marks}))")
            else:
                where.append(f"c.{key} IN ({marks})")
            values += asked
        for key, bound in query.at_least:
            where.append(f"c.{'us' if key.startswith('audience') else key} >= ?")
            values.append(bound)
        source, score = "creators c", "-followers"
        if query.words:
            source = "texts JOIN creators c ON c.id = texts.rowid"
            score = "bm25(texts, 4.0, 3.0, 2.0, 1.0)"
            where.append("texts MATCH ?")
            values.append(" AND ".join(f'"{word}"' for word in query.words))
        run = self.db.execute
        run("DELETE FROM hits")
        run(
            f"INSERT INTO hits SELECT c.id, {score} FROM {source} WHERE {' AND '.join(where)}",
            values,
        )
        (total,) = run("SELECT count(*) FROM hits").fetchone()
        run(
            "SELECT * FROM hits JOIN creators USING (id) JOIN texts ON texts.rowid = id "
            f"ORDER BY score LIMIT {LIMIT}"
        ).fetchall()
        counts = {}
        for facet in FACETS:
            table = "topics" if facet == "category" else "creators"
            grouped = f"SELECT {facet}, count(*) FROM hits JOIN {table} USING (id) GROUP BY 1"
            counts[facet] = Counter(dict(run(grouped).fetchall()))
        return total, counts


def timed(run: Callable[[Any], Any], asked: list[Any]) -> list[float]:
    """CPU milliseconds of each query, after an unmeasured start."""
    for query in asked[:20]:
        run(query)
    spent = []
    for query in asked:
        start = time.process_time()
        run(query)
        spent.append((time.process_time() - start) * 1e3)
    return spent


class Results:
    """Rows of the results file, printed as they come."""

    def __init__(self, seed: int, peer: str) -> None:
        self.seed = seed
        self.peer = peer
        self.rows: list[dict[str, Any]] = []

    def note(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        bar: float | None = None,
        floor: float | None = None,
        peer: float | None = None,
    ) -> None:
        """One measurement, which shall be at most its bar or at least its floor."""
        is_ok = None if bar is None else value <= bar
        if floor is not None:
            is_ok = value >= floor
        row = {
            "name": name,
            "value": round(value, 3),
            "unit": unit,
            "bar": floor if bar is None else bar,
            "peer": None if peer is None else self.peer,
            "peer_value": None if peer is None else round(peer, 3),
            "ratio": round(peer / value, 2) if peer and value else None,
            "ok": is_ok,
            "seed": self.seed,
        }
        self.rows.append(row)
        verdict = {None: "", True: "ok", False: "MISSED"}[is_ok]
        theirs = "" if peer is None else f"{self.peer} {row['peer_value']}"
        against = "" if row["bar"] is None else f"bar {row['bar']}"
        print(f"{name:52}{row['value']:10} {unit:8}{against:12}{theirs:34}{verdict}", flush=True)


def measure_building(results: Results, folder: Path, peer: Path, creators: Creators) -> Sqlite:
    """Our index takes all creators, the peer's as many as it answers within reason."""
    spent = 0.0

    def batches() -> Any:
        nonlocal spent
        for batch in creators.batches():  # making them is not part of building
            began = time.process_time()
            yield batch
            spent += time.process_time() - began

    with indexing.writing(folder) as writer:
        began = time.process_time()
        writer.rebuild(batches(), marks={"revision": 1})
    results.note(f"build of {creators.size:,} creators", spent, "s CPU", bar=BUILD_SECONDS)
    results.note("build, and making its input", time.process_time() - began, "s CPU")
    began = time.process_time()
    sqlite = Sqlite(peer, creators)
    theirs = time.process_time() - began
    results.note(f"build of the peer, {min(creators.size, PEER_CREATORS):,}", theirs, "s CPU")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    theirs = peer.stat().st_size / 2**20
    results.note("index on disk", size / 2**20, "MiB", bar=SIZE_MIB, peer=theirs)
    return sqlite


def measure_searching(
    results: Results, folder: Path, sqlite: Sqlite, asked: dict[str, list[Query]]
) -> None:
    """How long each class of query takes."""
    for name, several in asked.items():
        ours = timed(lambda query: searching.search(folder, query.request()), several)
        theirs = timed(sqlite.search, several)
        for percent in (50, 95, 99):
            results.note(
                f"{name}: p{percent}",
                float(np.percentile(ours, percent)),
                "ms CPU",
                bar=BAR_MS[name] if percent == 95 else None,
                peer=float(np.percentile(theirs, percent)),
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
        results.note(
            f"suggestions: p{percent}", float(np.percentile(spent, percent)), "ms CPU", bar=bar
        )


def measure_changing(results: Results, folder: Path, creators: Creators) -> None:
    """From 1,000 changed creators to a search that sees them."""
    changed = [creators.row(place) | {"bio": "changed just now"} for place in range(1_000)]
    batch = pa.RecordBatch.from_pylist(changed, schema=documents.DOCUMENTS)
    began = time.perf_counter()
    with indexing.writing(folder) as writer:
        writer.update([batch], gone=(), marks={"revision": 2})
    seen = searching.search(folder, Request('"changed just now"')).total
    spent = (time.perf_counter() - began) * 1e3
    if seen != len(changed):
        raise AssertionError(f"{len(changed)} creators changed, and {seen} are found")
    results.note("1,000 changed creators until found", spent, "ms", bar=FOLLOWS_MS)


def run(seed: int, size: int, folder: Path) -> list[dict[str, Any]]:
    """Measure everything once; returns the rows of the results file."""
    rng = np.random.default_rng(seed)
    creators = Creators(size, rng)
    asked = queries(creators, rng)
    results = Results(seed, f"SQLite FTS5 at {min(size, PEER_CREATORS):,}")
    sqlite = measure_building(results, folder / "index", folder / "peer.db", creators)
    measure_searching(results, folder / "index", sqlite, asked)
    measure_suggesting(results, folder / "index", creators, rng)
    measure_exactness(results, folder / "index", ByHand(creators), asked)
    measure_ranking(results, folder / "index", asked)
    measure_changing(results, folder / "index", creators)
    return results.rows


def main() -> None:
    """Run from the command line and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=75_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = run(given.seed, given.creators, Path(scratch))
    RESULTS.mkdir(exist_ok=True)
    name = "search.json" if given.creators < 1_000_000 else "search_million.json"
    (RESULTS / name).write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
