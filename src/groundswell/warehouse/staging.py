"""Staged files: checked rows of one source file, on their way into the warehouse.

A staged folder holds ``TABLE-00001.parquet``, ``TABLE-00002.parquet``, ... for each canonical
table that the file feeds. The columns are those of the exchange form, with two differences: ``row``
is the number of the source row, and an account stands as three columns (``account_platform_id``,
``account_handle``, ``account_display_name``), of which any may be null.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from groundswell.terms import tables
from groundswell.terms.tables import Table
from groundswell.warehouse.observations import Observations, ordered_pairs

# Accounts described by several rows that are held in memory at one time.
_PROFILES_AT_ONCE = 5_000
_FOLDED_AT_ONCE = 10_000

REFERENCE = ("platform_id", "handle", "display_name")
_PROFILE = tuple(
    column.name
    for column in tables.ACCOUNTS.columns
    if column.name not in ("platform", "platform_id")
)


class Staging:
    """The staged folder as views beside those of the observations.

    After ``resolve``, the view ``staged_TABLE`` has the columns of the table's stored form, the
    source ``row``, and ``place``, which numbers the rows of all files in their order.

    Args:
        folder: The staged folder; the observations must have been opened with it as readable.
        observations: Where the views are made.
        taken_at: Stands in where a row does not say when it was observed.
    """

    def __init__(self, folder: Path, observations: Observations, *, taken_at: datetime) -> None:
        self.connection = observations.connection
        self.spill = observations.spill
        self.taken_at = taken_at
        self.tables: list[Table] = []
        for table in tables.TABLES.values():
            files = sorted(str(file) for file in folder.glob(f"{table.name}-*.parquet"))
            if files:
                self.tables.append(table)
                self._see(table, files)
        self.connection.execute("CREATE TEMP TABLE changed (row BIGINT)")

    def holds(self, table: Table) -> bool:
        """Whether the source file feeds this table."""
        return table in self.tables

    def references(self) -> pa.Table:
        """Each way in which the files name an account, numbered by ``ref``.

        Returns:
            Columns ref, platform, platform_id, handle, display_name and last_row, the last source
            row that names the account so; in the order of the rows.
        """
        parts = " UNION ALL ".join(
            f"SELECT platform, {_reference_columns(prefix)}, row FROM raw_{table.name}"
            for table in self.tables
            for prefix in _prefixes(table)
        )
        names = ", ".join(REFERENCE)
        return self.connection.sql(
            f"""
            SELECT row_number() OVER (ORDER BY min(row), platform, {names}) AS ref,
                platform, {names}, max(row) AS last_row
            FROM ({parts or _no_references()})
            WHERE coalesce({names}) IS NOT NULL
            GROUP BY platform, {names}
            ORDER BY ref
            """
        ).to_arrow_table()

    def resolve(self, references: pa.Table) -> None:
        """Learn which account each reference means.

        Args:
            references: Columns platform, platform_id, handle, display_name and account, the
                account's UUID as text.
        """
        self.connection.register("named", references)
        for table in self.tables:
            if table is not tables.ACCOUNTS:
                self._name(table)

    def profiles(self) -> Iterator[pa.RecordBatch]:
        """What the accounts rows say of each account, column by column the newest that is known.

        Read them to their end before the next question.

        Yields:
            Columns account, row (the newest source row), described_at, seen_at (the same, null
            where no row says when it looked), and those of the accounts table from handle on.
        """
        listed = ", ".join(f's."{name}"' for name in _PROFILE)
        told = f"""(
            SELECT named.account, s.row, coalesce(s.observed_at, $taken_at) AS told_at, s.place,
                s.observed_at, {listed}
            FROM raw_accounts s JOIN named ON {_named_by("", "named")}
        )"""
        parameters = {"taken_at": self.taken_at}
        self.connection.execute(
            f"CREATE TEMP TABLE retold AS SELECT account FROM {told} s "
            "GROUP BY account HAVING count(*) > 1",
            parameters,
        )
        yield from self.connection.sql(
            f"""
            SELECT account, s.row, told_at AS described_at, observed_at AS seen_at, {listed}
            FROM {told} s ANTI JOIN retold USING (account)
            """,
            params=parameters,
        ).to_arrow_reader(_PROFILES_AT_ONCE)
        yield from self._folded_profiles(told)

    def _folded_profiles(self, told: str) -> Iterator[pa.RecordBatch]:
        """Profiles of accounts with several rows, a bounded number at a time."""
        [(count,)] = self.connection.execute("SELECT count(*) FROM retold").fetchall()
        parts = count // _FOLDED_AT_ONCE + 1
        newest = ", ".join(f'arg_max(s."{name}", age) AS "{name}"' for name in _PROFILE)
        for part in range(parts):
            yield from self.connection.sql(
                f"""
                SELECT account, arg_max(s.row, age) AS row, max(age.at) AS described_at,
                    max(observed_at) AS seen_at, {newest}
                FROM (
                    SELECT *, {{'at': told_at, 'place': place}} AS age
                    FROM {told} SEMI JOIN (FROM retold WHERE hash(account) % {parts} = {part})
                        USING (account)
                ) s
                GROUP BY account
                """,
                params={"taken_at": self.taken_at},
            ).to_arrow_reader(_PROFILES_AT_ONCE)

    def companions(self) -> pa.Table:
        """Accounts that source rows name together: columns row and account, by row and place."""
        return self.connection.sql(
            f"""
            SELECT s.row, named.account
            FROM raw_accounts s JOIN named ON {_named_by("", "named")}
            WHERE s.row IN (SELECT row FROM raw_accounts GROUP BY row HAVING count(*) > 1)
            ORDER BY s.place
            """
        ).to_arrow_table()

    def rows(self, table: Table, *, batch_rows: int = 20_000) -> Iterator[pa.RecordBatch]:
        """Resolved rows in their order, for tables that are not kept in the warehouse."""
        query = f"SELECT * EXCLUDE (place) FROM staged_{table.name} ORDER BY place"
        yield from self.connection.sql(query).to_arrow_reader(batch_rows)

    def accounts_in(self, table: Table) -> list[str]:
        """The accounts that the staged rows of a table speak of."""
        if not self.holds(table):
            return []
        query = f"SELECT DISTINCT account FROM staged_{table.name} WHERE account IS NOT NULL"
        return [account for (account,) in self.connection.execute(query).fetchall()]

    def mark_changed(self, rows: pa.Array) -> None:
        """Remember source rows of which something was written elsewhere."""
        self.connection.register("marked", pa.table({"row": rows}))
        self.connection.execute("INSERT INTO changed SELECT row FROM marked")
        self.connection.unregister("marked")

    def unchanged(self) -> int:
        """How many source rows changed nothing, in no table."""
        every = " UNION ALL ".join(f"SELECT row FROM raw_{table.name}" for table in self.tables)
        if not every:
            return 0
        answer = self.connection.execute(
            f"SELECT count(DISTINCT row) - (SELECT count(DISTINCT row) FROM changed) FROM ({every})"
        )
        return int(answer.fetchall()[0][0])

    def _see(self, table: Table, files: list[str]) -> None:
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        self.connection.execute(
            f"""
            CREATE VIEW raw_{table.name} AS
            SELECT * {_finite(table)}, (file_index::BIGINT << 40) + file_row_number AS place
            FROM read_parquet([{listed}])
            """
        )

    def _name(self, table: Table) -> None:
        """Make the view in which the accounts of a table's rows have their UUIDs."""
        prefixes = _prefixes(table)
        joins = " ".join(
            f"LEFT JOIN named {p}named ON {_named_by(p, f'{p}named')}" for p in prefixes
        )
        columns = {column.name: f's."{column.name}"' for column in table.columns}
        for prefix in prefixes:
            columns[prefix.removesuffix("_")] = f"{prefix}named.account"
        if table in (tables.POST_OBSERVATIONS, tables.COMMENTS):
            joins += self._owners(table)
            columns["account"] = "coalesce(account_named.account, owner.account)"
        listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
        select = f"SELECT {listed}, s.row, s.place FROM raw_{table.name} s {joins}"
        if table is tables.OVERLAPS:
            select = ordered_pairs(select)
        self.connection.execute(f"CREATE VIEW staged_{table.name} AS {select}")

    def _owners(self, table: Table) -> str:
        """A join that gives rows that name no account the account of their post."""
        orphan = " AND ".join(f"s.account_{name} IS NULL" for name in REFERENCE)
        staged = ""
        if self.holds(tables.POSTS):
            staged = "UNION ALL SELECT platform, post_id, account FROM staged_posts"
        self.connection.execute(
            f"""
            CREATE TEMP TABLE owner_{table.name} AS
            SELECT platform, post_id, any_value(account) AS account
            FROM (SELECT platform, post_id, account FROM posts {staged})
            WHERE (platform, post_id) IN (
                SELECT (platform, post_id) FROM raw_{table.name} s WHERE {orphan}
            )
            GROUP BY platform, post_id
            """
        )
        return (
            f" LEFT JOIN owner_{table.name} owner ON {orphan} "
            "AND owner.platform = s.platform AND owner.post_id = s.post_id"
        )


def _prefixes(table: Table) -> tuple[str, ...]:
    """What stands before the three reference columns in this table's staged files."""
    if table is tables.ACCOUNTS:
        return ("",)
    return ("account_a_", "account_b_") if table is tables.OVERLAPS else ("account_",)


def _reference_columns(prefix: str) -> str:
    return ", ".join(f"{prefix}{name} AS {name}" for name in REFERENCE)


def _no_references() -> str:
    return (
        "SELECT NULL::VARCHAR AS platform, "
        + ", ".join(f"NULL::VARCHAR AS {name}" for name in REFERENCE)
        + ", 0::BIGINT AS row"
    )


def _named_by(prefix: str, named: str) -> str:
    return f"{named}.platform = s.platform AND " + " AND ".join(
        f"{named}.{name} IS NOT DISTINCT FROM s.{prefix}{name}" for name in REFERENCE
    )


def _finite(table: Table) -> str:
    """Reads what is no number, or infinite, as missing: no formula downstream has to expect it."""
    columns = [c.name for c in table.columns if pa.types.is_floating(c.arrow_type)]
    read = ", ".join(f'CASE WHEN isfinite("{c}") THEN "{c}" END AS "{c}"' for c in columns)
    return f"REPLACE ({read})" if read else ""
