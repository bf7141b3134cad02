"""Search on 75,000 creators: CPU time of each class of query, beside SQLite FTS5 on the same.

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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from babel import Locale

from groundswell.retrieval import documents, indexing, searching
from groundswell.retrieval.searching import Request
from groundswell.terms import places
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import ACTIVATE, Tier

RESULTS = Path(__file__).parent / "results" / "search.json"
BAR_MS = 15.0
FOLLOWS_MS = 5_000.0
CHECKED = 30
LIMIT = 20
NOW = datetime(2027, 1, 1, tzinfo=UTC)
PLATFORMS = [str(each) for each in Platform][:5]
COUNTRIES = list(filter(places.find_country, sorted(Locale("en").territories)))[100:160]
LANGUAGES = ["en", "es", "pt", "hi", "id", "fr", "de", "it", "tr", "th", "vi", "ja", "ko", "ru"]
CATEGORIES = [f"Topic {number:02d}" for number in range(60)]
TIERS = [str(tier) for tier in Tier]
BOUNDED = ("followers", "engagement_rate_by_followers", f"audience.country.{COUNTRIES[0]}")
FACETS = ("platform", "country", "language", "category", "tier")


@dataclass(frozen=True)
class Query:
    """One search, in the terms of both engines and of the check by hand."""

    words: tuple[str, ...]
    equal: tuple[tuple[str, tuple[str, ...]], ...]  # column, any of these
    at_least: tuple[tuple[str, float], ...]

    def request(self) -> Request:
        filters = [f"{key}={value}" for key, values in self.equal for value in values]
        filters += [f"{key}>={value:.6f}".rstrip("0").rstrip(".") for key, value in self.at_least]
        return Request(" ".join(self.words), filters, limit=LIMIT, facets=FACETS)


def vocabulary(rng: np.random.Generator, size: int = 60_000) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weight = 1 / np.arange(1, 27)
    lengths = rng.integers(3, 10, size)
    drawn = rng.choice(letters, (size, 10), p=weight / weight.sum())
    return [
        "".join(row[:length]) + str(place % 7)
        for place, (row, length) in enumerate(zip(drawn, lengths, strict=True))
    ]


def corpus(creators: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Creators whose words follow Zipf's law, and whose attributes are uneven as in life."""
    vocab = np.array(vocabulary(rng))
    frequency = 1 / (np.arange(len(vocab)) + 2.7)  # Zipf's law with Mandelbrot's offset
    texts = rng.choice(vocab, (creators, 90), p=frequency / frequency.sum())
    followers = np.clip(rng.lognormal(9.2, 2.0, creators), 10, 4e8).astype(int)
    uneven = 1 / np.arange(1, 61)

    def pick(values: list[str]) -> list[str]:
        share = uneven[: len(values)]
        return [str(each) for each in rng.choice(values, creators, p=share / share.sum())]

    platform, country, language = pick(PLATFORMS), pick(COUNTRIES), pick(LANGUAGES)
    topics = rng.choice(60, (creators, 3), p=uneven / uneven.sum())
    rate, unknown = rng.beta(2, 60, creators), rng.random((creators, 3))
    audience = rng.dirichlet(np.ones(4), creators)
    rows = []
    for place in range(creators):
        words = texts[place]
        rows.append(
            dict.fromkeys(documents.DOCUMENTS.names)
            | {
                "account": f"{place:08d}",
                "platform": platform[place],
                "handle": f"{words[0]}.{words[1]}{place}",
                "display_name": f"{words[2]} {words[3]}",
                "bio": " ".join(words[4:20]),
                "captions": [" ".join(words[at : at + 14]) for at in range(20, 90, 14)],
                "categories": sorted({CATEGORIES[topic] for topic in topics[place]}),
                "country": country[place] if unknown[place, 0] > 0.1 else None,
                "language": language[place],
                "followers": int(followers[place]) if unknown[place, 1] > 0.02 else None,
                "engagement_rate_by_followers": (
                    float(rate[place]) if unknown[place, 2] > 0.2 else None
                ),
                "last_post_at": NOW - timedelta(days=float(rng.exponential(60))),
                "audience": [
                    (f"country.{code}", float(share))
                    for code, share in zip(COUNTRIES[:4], audience[place], strict=True)
                ],
            }
        )
    return rows


def queries(rows: list[dict[str, Any]], rng: np.random.Generator) -> dict[str, list[Query]]:
    """Searches that find somebody: each is drawn from what one creator writes and is."""

    def words(row: dict[str, Any]) -> tuple[str, ...]:
        text = [*row["bio"].split(), *(word for each in row["captions"] for word in each.split())]
        return tuple(str(word) for word in rng.choice(text, rng.integers(1, 3), replace=False))

    def equal(row: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        asked = []
        for key, values in (
            ("platform", PLATFORMS),
            ("country", COUNTRIES[:12]),
            ("language", LANGUAGES[:6]),
            ("category", CATEGORIES[:20]),
            ("tier", TIERS),
        ):
            if rng.random() < 0.3:
                either = {value_of(row, key)[0], str(rng.choice(values))} - {"none"}
                asked.append((key, tuple(sorted(either))))
        return tuple(asked)

    def at_least(row: dict[str, Any]) -> tuple[tuple[str, float], ...]:
        known = ((key, number_of(row, key)) for key in BOUNDED)
        bounds = [(key, number * rng.uniform(0.2, 1)) for key, number in known if number]
        return tuple(
            (key, round(bound, 0 if key == "followers" else 4))
            for key, bound in bounds
            if rng.random() < 0.3
        )

    def query(*, has_words: bool, has_filters: bool) -> Query:
        row = rows[rng.integers(len(rows))]
        text = words(row) if has_words else ()
        while True:
            filters = (equal(row), at_least(row)) if has_filters else ((), ())
            if any(filters) or not has_filters:
                return Query(text, *filters)

    return {
        "text": [query(has_words=True, has_filters=False) for _ in range(100)],
        "text and filters": [query(has_words=True, has_filters=True) for _ in range(200)],
        "filters": [query(has_words=False, has_filters=True) for _ in range(100)],
    }


class ByHand:
    """The same answers the slow and certain way."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.words = [
            frozenset(
                " ".join(
                    [row["handle"].replace(".", " "), row["display_name"], row["bio"]]
                    + row["captions"]
                    + row["categories"]
                )
                .lower()
                .split()
            )
            for row in rows
        ]

    def answer(self, query: Query) -> tuple[int, dict[str, Counter[str]]]:
        hits = [row for place, row in enumerate(self.rows) if self._matches(place, query)]
        counts = {facet: Counter(self._values(hits, facet)) for facet in FACETS}
        return len(hits), counts

    def _values(self, hits: list[dict[str, Any]], facet: str) -> list[str]:
        return [value for row in hits for value in value_of(row, facet)]

    def _matches(self, place: int, query: Query) -> bool:
        row = self.rows[place]
        return (
            all(word in self.words[place] for word in query.words)
            and all(set(values) & set(value_of(row, key)) for key, values in query.equal)
            and all(
                (number := number_of(row, key)) is not None and number >= bound
                for key, bound in query.at_least
            )
        )


def value_of(row: dict[str, Any], key: str) -> list[str]:
    if key == "tier":
        return [str(ACTIVATE.tier_of(row["followers"]) or "none")]
    if key == "category":
        return row["categories"]
    return [row[key] or "none"]


def number_of(row: dict[str, Any], key: str) -> float | None:
    if key.startswith("audience."):
        return dict(row["audience"]).get(key.removeprefix("audience."))
    return row[key]


class Sqlite:
    """FTS5 with columns beside it, total and facets included, as one would build it."""

    def __init__(self, path: Path, rows: list[dict[str, Any]]) -> None:
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
        for place, row in enumerate(rows):
            values = [
                *(value_of(row, key)[0] for key in ("platform", "country", "language", "tier")),
                row["followers"],
                row["engagement_rate_by_followers"],
                number_of(row, BOUNDED[2]),
            ]
            self.db.execute("INSERT INTO creators VALUES (?,?,?,?,?,?,?,?)", [place, *values])
            self.db.executemany(
                "INSERT INTO topics VALUES (?,?)", [(place, topic) for topic in row["categories"]]
            )
            self.db.execute(
                "INSERT INTO texts (rowid, name, categories, bio, captions) VALUES (?,?,?,?,?)",
                [
                    place,
                    f"{row['handle']} {row['display_name']}",
                    " ".join(row["categories"]),
                    row["bio"],
                    " ".join(row["captions"]),
                ],
            )
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
        source, score = "creators c", "0"
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
        order = "score" if query.words else "followers DESC"
        run(
            "SELECT * FROM hits JOIN creators USING (id) JOIN texts ON texts.rowid = id "
            f"ORDER BY {order} LIMIT {LIMIT}"
        ).fetchall()
        counts = {}
        for facet in FACETS:
            table = "topics" if facet == "category" else "creators"
            column = facet
            counts[facet] = Counter(
                dict(
                    run(
                        f"SELECT {column}, count(*) FROM hits JOIN {table} USING (id) GROUP BY 1"
                    ).fetchall()
                )
            )
        return total, counts


def timed(run: Callable[[Query], Any], asked: list[Query]) -> list[float]:
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

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rows: list[dict[str, Any]] = []

    def note(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        bar: float | None = None,
        peer: float | None = None,
    ) -> None:
        self.rows.append(
            {
                "name": name,
                "value": round(value, 3),
                "unit": unit,
                "bar": bar,
                "peer": None if peer is None else "SQLite FTS5",
                "peer_value": None if peer is None else round(peer, 3),
                "ratio": round(peer / value, 2) if peer and value else None,
                "ok": None if bar is None else value <= bar,
                "seed": self.seed,
            }
        )
        row = self.rows[-1]
        verdict = {None: "", True: "ok", False: "MISSED"}[row["ok"]]
        theirs = "" if peer is None else f"SQLite FTS5 {row['peer_value']}"
        against = "" if bar is None else f"bar {bar}"
        print(f"{name:52}{row['value']:10} {unit:8}{against:12}{theirs:24}{verdict}")


def measure_building(
    results: Results, folder: Path, peer: Path, rows: list[dict[str, Any]]
) -> Sqlite:
    """Both engines take all creators."""
    batches = [
        pa.RecordBatch.from_pylist(rows[at : at + 2_000], schema=documents.DOCUMENTS)
        for at in range(0, len(rows), 2_000)
    ]
    start = time.process_time()
    with indexing.writing(folder) as writer:
        writer.rebuild(batches, marks={"revision": 1})
    ours = time.process_time() - start
    start = time.process_time()
    sqlite = Sqlite(peer, rows)
    theirs = time.process_time() - start
    results.note(f"build of {len(rows):,} creators", ours, "s CPU", peer=theirs)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    results.note("index on disk", size / 2**20, "MiB", peer=peer.stat().st_size / 2**20)
    return sqlite


def measure_searching(
    results: Results,
    folder: Path,
    sqlite: Sqlite,
    asked: dict[str, list[Query]],
    by_hand: ByHand,
) -> None:
    """Each class of query: how long, and whether total and facets are exact."""

    def ours(query: Query) -> searching.Found:
        return searching.search(folder, query.request())

    for name, several in asked.items():
        spent, theirs = timed(ours, several), timed(sqlite.search, several)
        for percent in (50, 95, 99):
            results.note(
                f"{name}: p{percent}",
                float(np.percentile(spent, percent)),
                "ms CPU",
                bar=BAR_MS if percent == 95 else None,
                peer=float(np.percentile(theirs, percent)),
            )
        sample = several[:CHECKED]
        truth = [by_hand.answer(query) for query in sample]
        found = [ours(query) for query in sample]
        wrong = sum((f.total, f.facets) != each for f, each in zip(found, truth, strict=True))
        wrong_peer = sum(
            sqlite.search(query) != each for query, each in zip(sample, truth, strict=True)
        )
        results.note(
            f"{name}: total or facets wrong, of {len(sample)}",
            wrong,
            "queries",
            bar=0,
            peer=wrong_peer,
        )
        results.note(f"{name}: hits, median", statistics.median(t for t, _ in truth), "accounts")


def measure_changing(results: Results, folder: Path, rows: list[dict[str, Any]]) -> None:
    """From 1,000 changed creators to a search that sees them."""
    changed = [row | {"bio": "changed just now"} for row in rows[:1_000]]
    batch = pa.RecordBatch.from_pylist(changed, schema=documents.DOCUMENTS)
    began = time.perf_counter()
    with indexing.writing(folder) as writer:
        writer.update([batch], gone=(), marks={"revision": 2})
    seen = searching.search(folder, Request('"changed just now"')).total
    spent = (time.perf_counter() - began) * 1e3
    if seen != len(changed):
        raise AssertionError(f"{len(changed)} creators changed, and {seen} are found")
    results.note("1,000 changed creators until found", spent, "ms", bar=FOLLOWS_MS)


def run(seed: int, creators: int = 75_000) -> list[dict[str, Any]]:
    """Measure everything once; returns the rows of the results file."""
    rng = np.random.default_rng(seed)
    rows = corpus(creators, rng)
    asked = queries(rows, rng)
    results = Results(seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        sqlite = measure_building(results, folder, Path(scratch) / "peer.db", rows)
        measure_searching(results, folder, sqlite, asked, ByHand(rows))
        measure_changing(results, folder, rows)
    return results.rows


def main() -> None:
    """Run from the command line and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=75_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rows = run(given.seed, given.creators)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
