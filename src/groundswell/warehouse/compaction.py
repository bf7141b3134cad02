"""Compaction: many small segments of a month become one, and revisions take their places for good.

Nothing is changed in place: new segments are written, and whoever keeps the list of segments swaps
the old for the new in one transaction.
"""

# ruff: noqa: S608 - names in the SQL come from terms.tables; values are parameters
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groundswell.terms.tables import Table
from groundswell.warehouse import store
from groundswell.warehouse.observations import Observations
from groundswell.warehouse.store import MONTH, Segment

FEW = 8  # a month of so many segments is left alone


@dataclass(frozen=True, slots=True)
class Swap:
    """What takes the place of what."""

    retired: list[Segment]
    written: list[Segment]


def compact(root: Path, table: Table, segments: Sequence[Segment], *, spill: Path) -> Swap:
    """Rewrite the months of a table that have many segments or revised rows.

    Args:
        root: The warehouse's folder.
        table: Which canonical table.
        segments: All its committed segments.
        spill: A folder for what does not fit into memory.

    Returns:
        The segments to retire and those to list instead; both empty when all is well.
    """
    first = [segment for segment in segments if not segment.revises]
    revised = [segment for segment in segments if segment.revises]
    months = {segment.month for segment in revised} | _months_revised(
        root, table, segments, spill=spill
    )
    for month in {segment.month for segment in first}:
        if sum(segment.month == month for segment in first) > FEW:
            months.add(month)
    written: list[Segment] = []
    for month in sorted(months):
        sources = [*(s for s in first if s.month == month), *revised]
        with Observations(root, sources, spill=spill, threads=1) as observations:
            time = (
                f"coalesce(strftime(\"{store.TIME_OF[table.name]}\", '%Y-%m'), '{store.UNDATED}')"
            )
            account = next(c.name for c in table.columns if c.name.startswith("account"))
            key = ", ".join(f'"{name}"' for name in table.key)
            rows = observations.connection.sql(
                f'SELECT *, {time} AS "{MONTH}" FROM "newest_{table.name}" '
                f'WHERE "{MONTH}" = $month ORDER BY "{account}", {key}',
                params={"month": month},
            ).to_arrow_reader(20_000)
            written += store.write(root, table, rows, revises=False)
    return Swap([*(s for s in first if s.month in months), *revised], written)


def _months_revised(
    root: Path, table: Table, segments: Sequence[Segment], *, spill: Path
) -> set[str]:
    """Months in which a first row was replaced by a revision, wherever that one lives."""
    if not any(segment.revises for segment in segments):
        return set()
    same = " AND ".join(f'f."{name}" IS NOT DISTINCT FROM r."{name}"' for name in table.key)
    month = f"coalesce(strftime(f.\"{store.TIME_OF[table.name]}\", '%Y-%m'), '{store.UNDATED}')"
    with Observations(root, segments, spill=spill, threads=1) as observations:
        found = observations.connection.execute(
            f'SELECT DISTINCT {month} FROM "first_{table.name}" f '
            f'SEMI JOIN "revised_{table.name}" r ON {same}'
        ).fetchall()
    return {str(name) for (name,) in found}
