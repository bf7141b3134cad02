"""SQLite FTS5 and PostgreSQL full text, as one would build creator search on either.

Columns stand beside the words, and an answer has what ours has: the exact total, the best hits with
their columns, and five facets.
"""

import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from creators_at_random import FACETS, LIMIT, Creators, Query

from groundswell.project import embedded

Answer = tuple[int, dict[str, Counter[str]]]
_COLUMNS = ("platform", "country", "language", "tier")
_WEIGHTS = "4.0, 3.0, 2.0, 1.0"  # of name, categories, bio, captions, as ours


def _filters(query: Query, mark: str, topics: str) -> tuple[list[str], list[Any]]:
    where, values = ["true"], []
    for key, asked in query.equal:
        marks = ",".join([mark] * len(asked))
        where.append(topics.format(marks) if key == "category" else f"c.{key} IN ({marks})")
        values += asked
    for key, bound in query.at_least:
        where.append(f"c.{'us' if key.startswith('audience') else key} >= {mark}")
        values.append(bound)
    return where, values


def _row(creators: Creators, place: int) -> dict[str, Any]:
    row = creators.row(place)
    return {
        **{key: creators.value(place, key) for key in _COLUMNS},
        "followers": row["followers"],
        "engagement_rate_by_followers": row["engagement_rate_by_followers"],
        "us": row["audience"][0][1],
        "topics": row["categories"],
        "texts": texts(row),
    }


def texts(row: dict[str, Any]) -> list[str]:
    """The four texts of a document: name, categories, bio, captions."""
    name = f"{row['handle'] or ''} {row['display_name'] or ''}"
    several = (" ".join(row[column] or []) for column in ("categories", "captions"))
    categories, captions = several
    return [name, categories, row["bio"] or "", captions]


class Sqlite:
    """FTS5 with columns beside it."""

    def __init__(self, path: Path, creators: Creators, size: int) -> None:
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
        for place in range(size):
            self._insert(_row(creators, place), place)
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

    def _insert(self, row: dict[str, Any], place: int) -> None:
        written = row.pop("texts")
        topics = [(place, topic) for topic in row.pop("topics")]
        run = self.db.execute
        run("INSERT INTO creators VALUES (?,?,?,?,?,?,?,?)", [place, *row.values()])
        self.db.executemany("INSERT INTO topics VALUES (?,?)", topics)
        run(
            "INSERT INTO texts (rowid, name, categories, bio, captions) VALUES (?,?,?,?,?)",
            [place, *written],
        )

    def search(self, query: Query) -> Answer:
        where, values = _filters(
            query, "?", "c.id IN (SELECT id FROM topics WHERE category IN ({}))"
        )
        source, score = "creators c", "-followers"
        if query.words:
            source = "texts JOIN creators c ON c.id = texts.rowid"
            score = f"bm25(texts, {_WEIGHTS})"
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


class Postgres:
    """A weighted tsvector under a GIN index, with columns beside it."""

    def __init__(self, db: psycopg.Connection, creators: Creators, size: int) -> None:
        self.db = db
        self.process = Path(f"/proc/{db.info.backend_pid}/schedstat")
        run = db.execute
        run("SET jit = off")
        run("SET max_parallel_workers_per_gather = 0")
        run("SET work_mem = '64MB'")
        run(
            "CREATE TABLE creators (id int PRIMARY KEY, platform text, country text, language text,"
            " tier text, followers bigint, engagement_rate_by_followers float8, us float8,"
            " topics text[], texts text[], words tsvector)"
        )
        columns = "id, platform, country, language, tier, followers, "
        columns += "engagement_rate_by_followers, us, topics, texts"
        with db.cursor() as cursor, cursor.copy(f"COPY creators ({columns}) FROM STDIN") as copy:
            for place in range(size):
                copy.write_row([place, *_row(creators, place).values()])
        parts = (f"setweight(to_tsvector('simple', texts[{n}]), '{'ABCD'[n - 1]}')"
                 for n in range(1, 5))  # fmt: skip
        run(f"UPDATE creators SET words = {' || '.join(parts)}")
        run("CREATE INDEX ON creators USING gin (words) WITH (fastupdate = off)")
        run("CREATE INDEX ON creators USING gin (topics)")
        run("CREATE INDEX ON creators (country, language, tier)")
        run("CREATE INDEX ON creators (platform, tier)")
        run("CREATE INDEX ON creators (followers)")
        db.commit()
        db.autocommit = True
        run("VACUUM FULL ANALYZE creators")

    def size(self) -> int:
        """Bytes on disk."""
        return int(
            self.db.execute("SELECT pg_total_relation_size('creators')").fetchone()[0]  # type: ignore[index]
        )

    def cpu_seconds(self) -> float:
        """CPU of the server's process for this connection."""
        return int(self.process.read_text().split()[0]) / 1e9

    def search(self, query: Query) -> Answer:
        where, values = _filters(query, "%s", "c.topics && ARRAY[{}]::text[]")
        score = "followers::float8"
        if query.words:
            score = "ts_rank('{.25, .5, .75, 1}', words, asked)"
            where.append("words @@ asked")
        asked = "to_tsquery('simple', %s) asked"
        facets = " UNION ALL ".join(
            f"SELECT '{facet}', {'unnest(topics)' if facet == 'category' else facet}, count(*) "
            "FROM hits GROUP BY 2"
            for facet in FACETS
        )
        rows = self.db.execute(
            f"WITH hits AS MATERIALIZED (SELECT c.*, {score} AS score FROM creators c, {asked}"
            f" WHERE {' AND '.join(where)}), best AS (SELECT * FROM hits ORDER BY score DESC NULLS"
            f" LAST LIMIT {LIMIT}) SELECT 'total', '', count(*) FROM hits UNION ALL {facets}"
            " UNION ALL SELECT 'hit', array_to_string(texts, ' '), id FROM best",
            [" & ".join(query.words), *values],
        ).fetchall()
        counts = {facet: Counter({v: n for key, v, n in rows if key == facet}) for facet in FACETS}
        return next(n for key, _, n in rows if key == "total"), counts


@contextmanager
def postgres() -> Iterator[psycopg.Connection]:
    """A connection to a server of its own, which comes with the project."""
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded.server(Path(folder) / "home") as url,
        psycopg.connect(url) as db,
    ):
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(db.info.backend_pid, os.sched_getaffinity(0))
        yield db


class Ranked:
    """Both peers on documents of any kind, for how well they rank: stemmed, all words wanted."""

    def __init__(self, documents: pa.Table, db: psycopg.Connection) -> None:
        rows = documents.to_pylist()
        self.sqlite = sqlite3.connect(":memory:")
        self.sqlite.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(name, categories, bio, captions,"
            " tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self.sqlite.executemany(
            "INSERT INTO texts (rowid, name, categories, bio, captions) VALUES (?,?,?,?,?)",
            ([place, *texts(row)] for place, row in enumerate(rows)),
        )
        self.postgres = db
        db.execute("DROP TABLE IF EXISTS ranked")
        db.execute("CREATE TABLE ranked (id int, words tsvector)")
        parts = " || ".join(f"setweight(to_tsvector('english', %s), '{w}')" for w in "ABCD")
        with db.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO ranked VALUES (%s, {parts})",
                ([place, *texts(row)] for place, row in enumerate(rows)),
            )
        db.commit()

    def by_sqlite(self, text: str) -> list[int]:
        """Rows of the best hits."""
        words = " ".join(f'"{word}"' for word in text.split())
        asked = f"SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, {_WEIGHTS})"
        return [row for (row,) in self.sqlite.execute(f"{asked} LIMIT {LIMIT}", [words])]

    def by_postgres(self, text: str) -> list[int]:
        """Rows of the best hits."""
        found = self.postgres.execute(
            "SELECT id FROM ranked, plainto_tsquery('english', %s) asked WHERE words @@ asked"
            f" ORDER BY ts_rank('{{.25, .5, .75, 1}}', words, asked) DESC, id LIMIT {LIMIT}",
            [text],
        )
        return [row for (row,) in found]
