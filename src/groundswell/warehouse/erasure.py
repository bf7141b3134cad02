"""Erasure: segments are written again without the rows that have to go.

As with compaction nothing is changed in place, and whoever keeps the list of segments swaps the old
for the new in one transaction. The old files go when nobody can be reading them any more.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa

from groundswell.terms import tables
from groundswell.terms.sources import Source
from groundswell.terms.tables import Table
from groundswell.warehouse import store
from groundswell.warehouse.compaction import Swap
from groundswell.warehouse.observations import Observations
from groundswell.warehouse.store import MONTH, Segment

# Where somebody's own rows come from, which stay.
_OWN = (Source.IMPORT, Source.MANUAL)
_POSTS = ("posts", "post_observations", "comments")


def erase(
    root: Path,
    segment: Segment,
    *,
    accounts: Collection[str],
    posts: Collection[tuple[str, str]] = (),
    spill: Path,
) -> Swap | None:
    """Write a segment again without what networks said of some accounts, and without some posts.

    Args:
        root: The warehouse's folder.
        segment: Which file.
        accounts: UUIDs; rows that say that a file or a member brought them stay.
        posts: Platform and id of each.
        spill: A folder for what does not fit into memory.

    Returns:
        What takes the segment's place; None when it holds nothing of this.
    """
    if not accounts and segment.table not in _POSTS:
        return None
    table = tables.TABLES[segment.table]
    with Observations(root, [segment], spill=spill, threads=1) as observations:
        ask = observations.connection
        ask.register("gone_account", pa.table({"account": pa.array(list(accounts), pa.string())}))
        listed = list(posts)
        ask.register(
            "gone_post",
            pa.table(
                {
                    "platform": pa.array([platform for platform, _ in listed], pa.string()),
                    "post_id": pa.array([post for _, post in listed], pa.string()),
                }
            ),
        )
        rows = f'"{"revised" if segment.revises else "first"}_{table.name}"'
        goes = f"coalesce({_goes(table)}, false)"
        [(count,)] = ask.execute(f"SELECT count(*) FROM {rows} WHERE {goes}").fetchall()
        if not count:
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


def own_of(
    root: Path, segments: Sequence[Segment], *, accounts: Collection[str], spill: Path
) -> set[str]:
    """Those of some accounts of which a file or a member said something."""
    found: set[str] = set()
    own = ", ".join(f"'{source}'" for source in _OWN)
    with Observations(root, segments, spill=spill, threads=1) as observations:
        ask = observations.connection
        ask.register("gone_account", pa.table({"account": pa.array(list(accounts), pa.string())}))
        for table in tables.OBSERVATIONS:
            if "source" not in table.schema.names or "account" not in table.schema.names:
                continue
            rows = ask.execute(
                f'SELECT DISTINCT account FROM "{table.name}" SEMI JOIN gone_account '
                f"USING (account) WHERE source IN ({own})"
            ).fetchall()
            found.update(account for (account,) in rows)
    return found


def _goes(table: Table) -> str:
    """Whether a row has to go."""
    sides = ["account_a", "account_b"] if table is tables.OVERLAPS else ["account"]
    of_account = " OR ".join(f'"{side}" IN (SELECT account FROM gone_account)' for side in sides)
    if "source" in table.schema.names:
        own = ", ".join(f"'{source}'" for source in _OWN)
        of_account = f"({of_account}) AND coalesce(source NOT IN ({own}), true)"
    if table.name not in _POSTS:
        return of_account
    return f"({of_account}) OR (platform, post_id) IN (SELECT (platform, post_id) FROM gone_post)"
