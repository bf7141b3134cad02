"""Erasure: segments are written again without the rows that have to go.

As with compaction nothing is changed in place, and whoever keeps the list of segments swaps the old
for the new in one transaction. The old files go when nobody can be reading them any more.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from groundswell.terms import tables
from groundswell.terms.sources import Source
from groundswell.terms.tables import Table
from groundswell.warehouse import store
from groundswell.warehouse.compaction import Swap
from groundswell.warehouse.observations import Observations
from groundswell.warehouse.store import MIXED, MONTH, PUBLICATION, Segment

# Where somebody's own rows come from, which stay.
_OWN = (Source.IMPORT, Source.MANUAL)
_POSTS = ("posts", "post_observations", "comments")


@dataclass(frozen=True, slots=True)
class Part:
    """What networks said of some accounts.

    Attributes:
        accounts: UUIDs.
        publications: Which publications were networks'; rows that others brought stay, but for
            those into which values of a network may have gone. None when nobody wrote them down:
            then the source decides, and what has none goes.
    """

    accounts: Collection[str]
    publications: Collection[int] | None


@dataclass(frozen=True, slots=True)
class Going:
    """All that has to go at once.

    Attributes:
        parts: What networks said of accounts.
        posts: Platform and the platform's id of each post that goes with all that belongs to it.
    """

    parts: Sequence[Part] = ()
    posts: Collection[tuple[str, str]] = ()

    @property
    def holds_accounts(self) -> bool:
        """Whether any account is among it."""
        return any(part.accounts for part in self.parts)


def erase(root: Path, segment: Segment, going: Going, *, spill: Path) -> Swap | None:
    """Write a segment again without what has to go.

    Args:
        root: The warehouse's folder.
        segment: Which file.
        going: What goes.
        spill: A folder for what does not fit into memory.

    Returns:
        What takes the segment's place; None when it holds nothing of this.
    """
    if not going.holds_accounts and segment.table not in _POSTS:
        return None
    table = tables.TABLES[segment.table]
    with _opened(root, [segment], going, spill) as ask:
        rows = f'"{"revised" if segment.revises else "first"}_{table.name}"'
        goes = _goes(table, going)
        if not _count(ask, rows, goes):
            return None
        account = next(c.name for c in table.columns if c.name.startswith("account"))
        key = ", ".join(f'"{name}"' for name in table.key)
        kept = ask.sql(
            f'SELECT *, $month AS "{MONTH}" FROM {rows} WHERE NOT {goes} '
            f'ORDER BY "{account}", {key}',
            params={"month": segment.month},
        ).to_arrow_reader(20_000)
        written = store.write(root, table, kept, revises=segment.revises)
    return Swap([segment], written)


def counts(root: Path, segments: Sequence[Segment], going: Going, *, spill: Path) -> dict[str, int]:
    """How many rows go, by table; tables that lose none are absent."""
    found = {}
    with _opened(root, segments, going, spill) as ask:
        for name in dict.fromkeys(segment.table for segment in segments):
            goes = _goes(tables.TABLES[name], going)
            found[name] = _count(ask, f'"newest_{name}"', goes)
    return {name: rows for name, rows in found.items() if rows}


def own_of(root: Path, segments: Sequence[Segment], going: Going, *, spill: Path) -> set[str]:
    """Those of the accounts of which a row stays: a file or a member said something of them."""
    found: set[str] = set()
    with _opened(root, segments, going, spill) as ask:
        for name in dict.fromkeys(segment.table for segment in segments):
            if "account" in tables.TABLES[name].schema.names:
                rows = ask.execute(
                    f'SELECT DISTINCT account FROM "newest_{name}" '
                    f"WHERE account IN ({_all(going)}) AND NOT {_goes(tables.TABLES[name], going)}"
                ).fetchall()
                found.update(account for (account,) in rows)
    return found


@contextmanager
def _opened(
    root: Path, segments: Iterable[Segment], going: Going, spill: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    with Observations(root, segments, spill=spill, threads=1) as observations:
        ask = observations.connection
        for number, part in enumerate(going.parts):
            accounts = pa.array(list(part.accounts), pa.string())
            ask.register(f"gone_account_{number}", pa.table({"account": accounts}))
            publications = pa.array(sorted(part.publications or ()), pa.int64())
            ask.register(f"of_network_{number}", pa.table({PUBLICATION: publications}))
        listed = list(going.posts)
        ask.register(
            "gone_post",
            pa.table(
                {
                    "platform": pa.array([platform for platform, _ in listed], pa.string()),
                    "post_id": pa.array([post for _, post in listed], pa.string()),
                }
            ),
        )
        yield ask


def _count(ask: duckdb.DuckDBPyConnection, rows: str, goes: str) -> int:
    [(count,)] = ask.execute(f"SELECT count(*) FROM {rows} WHERE {goes}").fetchall()
    return int(count)


def _all(going: Going) -> str:
    parts = (f"SELECT account FROM gone_account_{n}" for n in range(len(going.parts)))
    return " UNION ".join(parts) or "SELECT NULL"


def _goes(table: Table, going: Going) -> str:
    """Whether a row has to go."""
    conditions = [_goes_of(table, number, part) for number, part in enumerate(going.parts)]
    if table.name in _POSTS:
        conditions.append("(platform, post_id) IN (SELECT (platform, post_id) FROM gone_post)")
    return f"coalesce({' OR '.join(f'({each})' for each in conditions) or 'false'}, false)"


def _goes_of(table: Table, number: int, part: Part) -> str:
    sides = ["account_a", "account_b"] if table is tables.OVERLAPS else ["account"]
    gone = f"SELECT account FROM gone_account_{number}"
    of_account = " OR ".join(f'"{side}" IN ({gone})' for side in sides)
    if part.publications is not None:
        network = f"SELECT {PUBLICATION} FROM of_network_{number}"
        # Where a file changed a row that a network may have brought, nobody knows what is whose.
        may_be = f"{MIXED} AND {PUBLICATION} > (SELECT min({PUBLICATION}) FROM of_network_{number})"
        return f"({of_account}) AND ({PUBLICATION} IN ({network}) OR coalesce({may_be}, false))"
    if "source" not in table.schema.names:
        return of_account
    own = ", ".join(f"'{source}'" for source in _OWN)
    return f"({of_account}) AND coalesce(source NOT IN ({own}), true)"
