"""Observations: the questions put to a workspace's segments, by DuckDB in this process.

Each canonical table is a view over exactly the segments that were listed. A view keeps the newest
row of each key and writes merged accounts under the account that survived, so no question has to
think of either. Once the views stand, the connection can reach no other file.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import duckdb
import pyarrow as pa

from groundswell.terms import tables
from groundswell.terms.errors import Refusal
from groundswell.terms.tables import Table
from groundswell.warehouse import store
from groundswell.warehouse.store import PUBLICATION, Segment

Parameter: TypeAlias = str | int | float | bool | Sequence[Any] | pa.Table | None

NO_ALIASES = pa.table({"account": pa.array([], pa.string()), "survivor": pa.array([], pa.string())})


_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.date32(): "DATE",
    pa.list_(pa.string()): "VARCHAR[]",
}


class UnknownQuestion(Refusal):
    """The warehouse has no question of that name."""

    code = "unknown_question"


class Observations:
    """One workspace's observations as views, open for questions.

    Args:
        root: The warehouse's folder.
        segments: The committed segments; a table without any is an empty view.
        aliases: Columns ``account`` and ``survivor``: accounts that were merged into another.
        spill: A folder of this process for what does not fit into memory.
        memory_limit: What DuckDB may use before it spills, such as ``256MB``; it wants 125 MB for
            each thread.
        threads: How many threads a question may use.
        readable: Further folders that this connection may read.
    """

    def __init__(
        self,
        root: Path,
        segments: Iterable[Segment],
        *,
        aliases: pa.Table = NO_ALIASES,
        spill: Path,
        memory_limit: str = "256MB",
        threads: int = 2,
        readable: Iterable[Path] = (),
    ) -> None:
        self.spill = spill
        spill.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory_limit,
                "temp_directory": str(spill),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        # UTC by name, whatever zone the machine is in: months and days are cut in UTC.
        self.connection.execute("SET TimeZone = 'UTC'")
        self._aliases = aliases
        if aliases.num_rows:
            self.connection.register("alias", aliases)
        self.connection.execute("".join(self._statements(root, list(segments))))
        folders = [str(folder) for folder in (root, spill, *readable)]
        self.connection.execute(f"SET allowed_directories = [{_quoted(folders)}]")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            # Above this room nobody knows DuckDB; a full disk is a full disk.
            said = str(error).partition("\n")[0]
            raise OSError(f"the observations can't be read or written ({said})") from error

    def close(self) -> None:
        """Let go of memory and of the spilled files."""
        self.connection.close()

    def ask(self, question: str, **parameters: Parameter) -> pa.Table:
        """The answer to a named question.

        Args:
            question: Name of a file in ``warehouse/questions``, without ``.sql``.
            **parameters: Values for its ``$names``. An Arrow table is seen by the question as a
                relation of that name; that is how long lists of accounts are handed over.

        Raises:
            UnknownQuestion: When there is no such question.
        """
        return self._relation(question, parameters).to_arrow_table()

    def stream(
        self, question: str, *, batch_rows: int = 65_536, **parameters: Parameter
    ) -> pa.RecordBatchReader:
        """The answer in batches, for more rows than memory should hold.

        Read it to its end before the next question: one connection answers one at a time.
        """
        return self._relation(question, parameters).to_arrow_reader(batch_rows)

    def _relation(
        self, question: str, parameters: Mapping[str, Parameter]
    ) -> duckdb.DuckDBPyRelation:
        values = {}
        for name, value in parameters.items():
            if isinstance(value, pa.Table):
                self.connection.register(name, value)
            else:
                values[name] = value
        return self.connection.sql(_text_of(question), params=values or None)

    def _statements(self, root: Path, segments: list[Segment]) -> Iterator[str]:
        """What makes all views: in one transaction, and with types by name, as that is quick."""
        yield "BEGIN;"
        for table in tables.OBSERVATIONS:
            name = table.name
            types = ", ".join(f'"{f.name}" {_TYPES[f.type]}' for f in store.stored_schema(table))
            kept = ", ".join(f'"{column.name}"' for column in table.columns)
            of_table = [segment for segment in segments if segment.table == name]
            if not of_table:
                yield f'CREATE TABLE "newest_{name}" ({types});'
                yield f'CREATE VIEW "{name}" AS SELECT {kept} FROM "newest_{name}";'
                continue
            yield f'CREATE TABLE "empty_{name}" ({types});'
            for part, revises in (("first", False), ("revised", True)):
                files = [str(root / s.path) for s in of_table if s.revises is revises]
                yield f'CREATE VIEW "{part}_{name}" AS {_rows(table, files)};'
            newest = _newest(table, has_revisions=any(s.revises for s in of_table))
            yield f'CREATE VIEW "newest_{name}" AS {newest};'
            sql = _with_survivors(table) if self._aliases.num_rows else f'FROM "newest_{name}"'
            yield f'CREATE VIEW "{name}" AS SELECT {kept} FROM ({sql});'
        yield "COMMIT"


def _rows(table: Table, files: list[str]) -> str:
    """All rows of some files; columns that were added to the table later are null in old files."""
    if not files:
        return f'FROM "empty_{table.name}"'
    return (
        f'FROM "empty_{table.name}" UNION ALL BY NAME '
        f"FROM read_parquet([{_quoted(files)}], union_by_name = true, hive_partitioning = false)"
    )


def _newest(table: Table, *, has_revisions: bool) -> str:
    """The newest row of each key: a revision is a whole row, so it simply takes the place."""
    if not has_revisions:
        return f'FROM "first_{table.name}"'
    same = " AND ".join(f'f."{name}" IS NOT DISTINCT FROM r."{name}"' for name in table.key)
    key = ", ".join(f'"{name}"' for name in table.key)
    return f"""
        FROM "first_{table.name}" f ANTI JOIN "revised_{table.name}" r ON {same}
        UNION ALL
        FROM "revised_{table.name}"
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {PUBLICATION} DESC) = 1
    """


def _with_survivors(table: Table) -> str:
    """Rows of merged accounts under the survivor; where both had a key, known beats unknown.

    Only the accounts concerned go through the join and the grouping. The others' branch stays a
    plain scan, into which the filter of a question can sink.
    """
    sides = ["account_a", "account_b"] if table is tables.OVERLAPS else ["account"]
    concerned = "SELECT account FROM alias UNION SELECT survivor FROM alias"
    touched = " OR ".join(f'"{side}" IN ({concerned})' for side in sides)
    joins = " ".join(f'LEFT JOIN alias a_{s} ON a_{s}.account = t."{s}"' for s in sides)
    swaps = ", ".join(f'coalesce(a_{s}.survivor, t."{s}") AS "{s}"' for s in sides)
    renamed = f"""
        SELECT t.* REPLACE ({swaps})
        FROM (FROM "newest_{table.name}" WHERE {touched}) t {joins}
    """
    if table is tables.OVERLAPS:
        renamed = ordered_pairs(renamed)
    key = ", ".join(f'"{name}"' for name in table.key)
    rest = ", ".join(
        f'arg_max("{c.name}", {PUBLICATION}) AS "{c.name}"'
        for c in table.columns
        if c.name not in table.key
    )
    return f"""
        FROM "newest_{table.name}" WHERE NOT coalesce({touched}, false)
        UNION ALL BY NAME
        SELECT {key}, {rest}, max({PUBLICATION}) AS {PUBLICATION}
        FROM ({renamed}) GROUP BY {key}
    """


def ordered_pairs(rows: str) -> str:
    """Rows of overlaps with the smaller account first, and no account paired with itself."""
    return f"""
        SELECT * REPLACE (
            least(account_a, account_b) AS account_a,
            greatest(account_a, account_b) AS account_b,
            CASE WHEN account_a < account_b THEN size_a ELSE size_b END AS size_a,
            CASE WHEN account_a < account_b THEN size_b ELSE size_a END AS size_b)
        FROM ({rows}) WHERE account_a <> account_b
    """


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


@cache
def _text_of(question: str) -> str:
    file = resources.files("groundswell.warehouse").joinpath("questions", f"{question}.sql")
    if not question.isidentifier() or not file.is_file():
        raise UnknownQuestion(
            f"the warehouse has no question {question!r}; it has {', '.join(questions())}"
        )
    return file.read_text(encoding="utf-8")


def questions() -> list[str]:
    """Names of all questions that can be asked."""
    folder = resources.files("groundswell.warehouse").joinpath("questions")
    return sorted(f.name.removesuffix(".sql") for f in folder.iterdir() if f.name.endswith(".sql"))
