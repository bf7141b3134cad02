"""Staged folders for tests: what an import hands to the creators' room."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from groundswell.terms import tables
from groundswell.terms.tables import TABLES, Table

_REFERENCES = ("platform_id", "handle", "display_name")


def schema_of(table: Table) -> pa.Schema:
    """The staged form of a table: the source row, and each account as three columns."""
    fields = [pa.field("row", pa.int64())]
    for column in table.columns:
        if column.name in ("account", "account_a", "account_b"):
            fields += [pa.field(f"{column.name}_{name}", pa.string()) for name in _REFERENCES]
        else:
            fields.append(pa.field(column.name, column.arrow_type))
    if table is tables.ACCOUNTS:
        fields.append(pa.field("observed_at", pa.timestamp("us", tz="UTC")))
    return pa.schema(fields)


def stage(folder: Path, /, **rows_by_table: list[dict[str, Any]]) -> Path:
    """Write one more chunk of each table; rows are numbered from 1 unless they say otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in rows_by_table.items():
        schema = schema_of(TABLES[name])
        filled = [
            {**dict.fromkeys(schema.names), "row": number, **row}
            for number, row in enumerate(rows, start=1)
        ]
        number = len(list(folder.glob(f"{name}-*.parquet"))) + 1
        table = pa.Table.from_pylist(filled, schema=schema)
        pq.write_table(table, folder / f"{name}-{number:05d}.parquet")
    return folder
