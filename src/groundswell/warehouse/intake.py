"""Intake: which staged rows say something new, and the segments that they become.

A row whose key is unknown is *fresh*. A row whose key is stored is *altered* when one of its known
values differs from what is stored; it is written whole, so that what was known stays known. A row
that does not say when it was observed is compared with the newest that is known of its subject.
Everything else changes nothing and is not written.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from groundswell.terms.tables import Table
from groundswell.warehouse import ordering, store
from groundswell.warehouse.ordering import RANK
from groundswell.warehouse.staging import Staging
from groundswell.warehouse.store import MIXED, MONTH, PUBLICATION, TIME_OF, UNDATED, Segment

# Values that do not follow the newest row: a member was last seen at the latest time known.
_LATEST = {("memberships", "at")}

# Whole rows held in memory at one time, whatever the size of the import.
_FOLDED_AT_ONCE = 200_000
_JOINED_AT_ONCE = 1_000_000
_SORTED_AT_ONCE = 25_000
_BATCH = 10_000


def take(
    staging: Staging, table: Table, *, root: Path, publication: int, is_stored: bool
) -> list[Segment]:
    """Write what the staged rows of one table add to the warehouse or change in it.

    Args:
        staging: The staged folder, its accounts resolved.
        table: Which table; one that the folder holds.
        root: The warehouse's folder.
        publication: Number of this import, higher than all before.
        is_stored: Whether the warehouse has any rows of this table.

    Returns:
        The segments written; they are not visible until somebody commits them.
    """
    comparison = _Comparison(staging.connection, staging.spill, table)
    comparison.fold()
    if is_stored:
        comparison.compare()
    else:
        comparison.take_all()
    fresh = comparison.fresh_rows(publication, staging.taken_at)
    segments = store.write(root, table, fresh, revises=False)
    altered = comparison.altered_rows(publication, staging.taken_at)
    segments += store.write(root, table, altered, revises=True)
    comparison.close()
    return segments


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The staged rows of one table against the stored ones.

    Rows are compared by the hashes of their keys and values first, so that memory holds a few
    bytes for each; only those that differ are joined in full.
    """

    connection: duckdb.DuckDBPyConnection
    spill: Path
    table: Table

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.table.columns)

    @property
    def values(self) -> tuple[str, ...]:
        """What is compared. Where a row comes from is no news."""
        return tuple(n for n in self.columns if n not in self.table.key and n != "source")

    @property
    def subject(self) -> tuple[str, ...]:
        """The key without the time: what an observation is about."""
        return tuple(name for name in self.table.key if name != "observed_at")

    def run(self, sql: str) -> None:
        self.connection.execute(sql)

    def fold(self) -> None:
        """One row for each key: the last row wins, but null never beats a known value."""
        name, key = self.table.name, _listed(self.table.key)
        self.run(
            f"CREATE TEMP TABLE repeated AS SELECT hash({key}) AS k, count(*) AS times "
            f"FROM staged_{name} GROUP BY k HAVING count(*) > 1"
        )
        self.run(f"CREATE TEMP TABLE refolded AS FROM staged_{name} LIMIT 0")
        newest = ", ".join(
            f'{self._newest(column)} AS "{column}"'
            for column in self.columns
            if column not in self.table.key
        )
        parts = self._count("SELECT coalesce(sum(times), 0) FROM repeated") // _FOLDED_AT_ONCE + 1
        for part in range(parts):
            self.run(
                f"""
                INSERT INTO refolded BY NAME
                SELECT {key}, {newest}, arg_max(row, place) AS row, max(place) AS place
                FROM staged_{name}
                SEMI JOIN (FROM repeated WHERE k % {parts} = {part}) ON k = hash({key})
                GROUP BY {key}
                """
            )
        self.run(
            f"""
            CREATE TEMP VIEW folded AS
            FROM staged_{name} ANTI JOIN repeated ON k = hash({key})
            UNION ALL BY NAME
            FROM refolded
            """
        )
        self.run("CREATE TEMP TABLE fresh (place BIGINT)")
        self.run("CREATE TEMP TABLE altered AS SELECT *, true AS found FROM folded LIMIT 0")

    def _count(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchall()[0][0])

    def _newest(self, column: str) -> str:
        if (self.table.name, column) in _LATEST:
            return f'max("{column}")'
        return f'arg_max("{column}", place)'

    def take_all(self) -> None:
        """Nothing is stored yet: every row is fresh."""
        self.run("INSERT INTO fresh SELECT place FROM folded")

    def compare(self) -> None:
        """Sort the rows into fresh, altered, and those that change nothing."""
        undated = "observed_at IS NULL" if "observed_at" in self.table.key else "false"
        key, values = _listed(self.table.key), _listed(self.values)
        self.run(
            f"CREATE TEMP TABLE mark AS SELECT place, hash({key}) AS k, hash({values}) AS v "
            f"FROM folded WHERE NOT ({undated})"
        )
        self.run(
            f"CREATE TEMP TABLE known AS SELECT hash({key}) AS k, hash({values}) AS v "
            f'FROM "{self.table.name}" WHERE hash({key}) IN (SELECT k FROM mark)'
        )
        # One join a statement: DuckDB spills the table of one, but not of two at once.
        self.run(
            "CREATE TEMP TABLE says_other AS SELECT place, k FROM mark ANTI JOIN known USING (k, v)"
        )
        self.run("DROP TABLE mark")
        self.run("INSERT INTO fresh SELECT place FROM says_other ANTI JOIN known USING (k)")
        self.run("CREATE TEMP TABLE mark AS FROM says_other SEMI JOIN known USING (k)")
        self.run("DROP TABLE says_other")
        self.run("DROP TABLE known")
        parts = self._count("SELECT count(*) FROM mark") // _JOINED_AT_ONCE + 1
        for part in range(parts):
            self._alter(f"FROM mark WHERE k % {parts} = {part}")
        # Two keys with one hash: what looked known is not.
        self.run("INSERT INTO fresh SELECT place FROM altered WHERE found IS NULL")
        self.run("DELETE FROM altered WHERE found IS NULL")
        if "observed_at" in self.table.key:
            self._compare_undated()
        self.run("DROP TABLE mark")

    def _alter(self, marked: str) -> None:
        """Join some marked rows with the stored ones, and keep those that change a value."""
        rest = [name for name in self.columns if name not in self.table.key]
        key = _listed(self.table.key)
        merged = ", ".join(f'{self._merged(name)} AS "{name}"' for name in rest)
        changes = " OR ".join(
            f'{self._merged(name)} IS DISTINCT FROM s."{name}"' for name in self.values
        )
        self.run(
            f"""
            INSERT INTO altered BY NAME
            SELECT {_listed(self.table.key, "f")}, {merged}, f.row, f.place, s.found
            FROM (FROM folded SEMI JOIN ({marked}) USING (place)) f
            LEFT JOIN (
                SELECT *, true AS found FROM "{self.table.name}"
                WHERE hash({key}) IN (SELECT k FROM ({marked}))
            ) s ON {_same(self.table.key)}
            WHERE s.found IS NULL OR {changes}
            """
        )

    def _merged(self, column: str) -> str:
        merge = "greatest" if (self.table.name, column) in _LATEST else "coalesce"
        return f'{merge}(f."{column}", s."{column}")'

    def _compare_undated(self) -> None:
        """Rows that don't say when: fresh when they know better than the newest that is known."""
        subject = _listed(self.subject)
        newest = ", ".join(f'arg_max("{name}", observed_at) AS "{name}"' for name in self.values)
        says_more = " OR ".join(
            f'(f."{name}" IS NOT NULL AND f."{name}" IS DISTINCT FROM s."{name}")'
            for name in self.values
        )
        self.run(
            f"""
            INSERT INTO fresh
            SELECT f.place
            FROM (FROM folded WHERE observed_at IS NULL) f
            LEFT JOIN (
                SELECT {subject}, {newest}, true AS found
                FROM "{self.table.name}"
                WHERE hash({subject}) IN (
                    SELECT hash({subject}) FROM folded WHERE observed_at IS NULL
                )
                GROUP BY {subject}
            ) s ON {_same(self.subject)}
            WHERE s.found IS NULL OR {says_more}
            """
        )

    def fresh_rows(self, publication: int, taken_at: datetime) -> Iterator[pa.RecordBatch]:
        """Fresh rows for the writer; those that do not say when are observed at ``taken_at``."""
        places = "folded SEMI JOIN fresh USING (place)"
        return self._for_writer("folded", places, publication, taken_at)

    def altered_rows(self, publication: int, taken_at: datetime) -> Iterator[pa.RecordBatch]:
        """Altered rows for the writer."""
        return self._for_writer("altered", "altered", publication, taken_at)

    def _for_writer(
        self, rows: str, wanted: str, publication: int, taken_at: datetime
    ) -> Iterator[pa.RecordBatch]:
        """Whole rows by month and account.

        First only their places are ranked; then the rows are fetched from the staged files, in one
        pass, and put in order on disk.
        """
        columns = ", ".join(
            "coalesce(observed_at, $taken_at::TIMESTAMPTZ) AS observed_at"
            if name == "observed_at"
            else f'"{name}"'
            for name in self.columns
        )
        month = f"coalesce(strftime(\"{TIME_OF[self.table.name]}\", '%Y-%m'), '{UNDATED}')"
        account = next(name for name in self.columns if name.startswith("account"))
        parameters = {"taken_at": taken_at} if "observed_at" in self.columns else {}
        self.connection.execute(
            f"""
            CREATE TEMP TABLE ranked AS
            SELECT place FROM (SELECT {columns}, place FROM {wanted})
            ORDER BY {month}, "{account}", place
            """,
            parameters,
        )
        fetched = self.connection.sql(
            f"""
            SELECT *, $publication::BIGINT AS {PUBLICATION}, {wanted == "altered"} AS {MIXED},
                {month} AS "{MONTH}"
            FROM (
                SELECT {columns}, {RANK}
                FROM {rows} JOIN (SELECT place, rowid AS {RANK} FROM ranked) USING (place)
            )
            """,
            params={**parameters, "publication": publication},
        ).to_arrow_reader(_BATCH)
        yield from ordering.by_rank(fetched, at_once=_SORTED_AT_ONCE, folder=self.spill)
        self.run("DROP TABLE ranked")

    def close(self) -> None:
        """Note which source rows changed something, and let the scratch tables go."""
        self.run(
            "INSERT INTO changed SELECT row FROM folded SEMI JOIN fresh USING (place) "
            "UNION ALL SELECT row FROM altered"
        )
        self.run("DROP VIEW folded")
        for scratch in ("repeated", "refolded", "fresh", "altered"):
            self.run(f"DROP TABLE {scratch}")


def _listed(names: Iterable[str], source: str = "") -> str:
    prefix = f"{source}." if source else ""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _same(names: Iterable[str]) -> str:
    return " AND ".join(f'f."{name}" IS NOT DISTINCT FROM s."{name}"' for name in names)
