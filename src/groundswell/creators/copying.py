"""Bulk rows between PostgreSQL and Arrow, by COPY."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from pyarrow import csv

_COMMA = "\x1f"  # between the texts of a list; the unit separator stands in no text of ours

# A UUIDv7 made in the database: the milliseconds that are handed in as ``ms``, then random bits.
FRESH_ID = (
    "(lpad(to_hex(%(ms)s::bigint), 12, '0') || '7' || "
    "substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"
)


def fetch(
    select: str, parameters: Sequence[Any] | Mapping[str, Any], schema: pa.Schema
) -> pa.Table:
    """The rows of a query as an Arrow table of that schema, many times faster than by objects.

    The query's columns are named in order by the schema. Moments must be selected through
    ``moment()`` and lists through ``joined()``.
    """
    buffer = io.BytesIO()
    statement = f"COPY ({select}) TO STDOUT (FORMAT csv)"
    with (
        connection.cursor() as cursor,
        # The wrapper by which tests count queries takes no parameters here: the cursor below does.
        cursor.cursor.copy(statement, parameters) as copy,
    ):
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return schema.empty_table()
    buffer.seek(0)
    read_as = {field.name: _as_text(field.type) for field in schema}
    table = csv.read_csv(
        buffer,
        read_options=csv.ReadOptions(column_names=schema.names, block_size=8 << 20),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=read_as,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    columns = [_typed(table[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def moment(column: str) -> str:
    """How a moment is selected for ``fetch``: microseconds since 1970."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


def joined(column: str) -> str:
    """How a list of texts is selected for ``fetch``."""
    return f"array_to_string({column}, E'\\x1f')"


def fill(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into a table by COPY."""
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def tuples(batches: pa.Table | Iterable[pa.RecordBatch]) -> Iterator[tuple[Any, ...]]:
    """The rows of Arrow batches as Python values, a bounded number at a time."""
    if isinstance(batches, pa.Table):
        batches = batches.to_batches(max_chunksize=10_000)
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _as_text(kind: pa.DataType) -> pa.DataType:
    """The type in which a column is read before it gets its own."""
    if pa.types.is_list(kind):
        return pa.string()
    return pa.int64() if pa.types.is_timestamp(kind) else kind


def _typed(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_list(kind):
        return pc.split_pattern(column, _COMMA)
    return column.cast(kind)
