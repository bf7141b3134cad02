"""How arrays become the columns of canonical tables."""

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.terms.tables import Table

DAY_US = 86_400_000_000


def moments(now: datetime, days_ago: Floats) -> pa.Array:
    """UTC moments so many days before ``now``."""
    microseconds = int(now.timestamp() * 1_000_000) - np.round(days_ago * DAY_US).astype(np.int64)
    return pa.array(microseconds).cast(pa.timestamp("us", tz="UTC"))


def known(values: npt.NDArray[Any] | pa.Array, mask: Bools) -> pa.Array:
    """The values where ``mask`` is true, null elsewhere."""
    if isinstance(values, np.ndarray):
        return pa.array(values, mask=~mask)
    return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))


def table(of: Table, columns: dict[str, Any]) -> pa.Table:
    """A canonical table from columns; a text stands for every row, a missing column is null.

    Args:
        of: The canonical table.
        columns: Arrays by column name, at least one of them with one entry per row.
    """
    rows = max(len(column) for column in columns.values() if not isinstance(column, str))
    arrays = []
    for field in of.schema:
        column = columns.get(field.name)
        if column is None:
            arrays.append(pa.nulls(rows, field.type))
        elif isinstance(column, str):
            arrays.append(pa.repeat(pa.scalar(column, field.type), rows))
        else:
            column = column if isinstance(column, pa.Array) else pa.array(column)
            arrays.append(column.cast(field.type))
    unknown = set(columns) - set(of.schema.names)
    if unknown:
        raise ValueError(f"table {of.name!r} has no columns {sorted(unknown)}")
    return pa.Table.from_arrays(arrays, schema=of.schema)


def drawn(shares: Floats, rows: Ints, rng: np.random.Generator) -> Ints:
    """Draw a column for each entry of ``rows``, in proportion to that row of ``shares``.

    Args:
        shares: (kinds, columns) weights, each row with a positive sum.
        rows: (draws,) row of ``shares`` to draw from.
        rng: Source of randomness.
    """
    cumulated = np.cumsum(shares, axis=1)
    ends = (cumulated / cumulated[:, -1:] + np.arange(len(shares))[:, None]).ravel()
    found = np.searchsorted(ends, rows + rng.random(len(rows)), side="right")
    return np.asarray(np.clip(found - rows * shares.shape[1], 0, shares.shape[1] - 1))
