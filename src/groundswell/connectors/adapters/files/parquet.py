"""Parquet files, row group by row group, with what they declare checked first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from groundswell.connectors.adapters.files import batches
from groundswell.connectors.adapters.files.batches import Batch, CannotRead, Cell

MAX_ROW_GROUP = 512 << 20  # bytes that a row group declares to be when unpacked
_MAX_ROWS = 10_000_000_000
_ROWS_AT_ONCE = 2_000


class ParquetBomb(CannotRead):
    """A Parquet file that declares to unpack to absurdly much."""

    code = "parquet_bomb"


class Parquet:
    """A Parquet file, opened: its columns are known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notes: list[str] = []
        with self._opened() as file:
            self._refuse_bomb(file.metadata)
            self.names = batches.unique_names([name for name, _ in leaves(file.schema_arrow)])

    def _opened(self) -> Any:
        try:
            return pq.ParquetFile(self._path, memory_map=False, buffer_size=1 << 16)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise _damaged(error) from error

    def _refuse_bomb(self, metadata: Any) -> None:
        if metadata.num_columns > batches.MAX_COLUMNS:
            raise batches.TooManyColumns(metadata.num_columns)
        largest = max(
            (metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)),
            default=0,
        )
        if largest > MAX_ROW_GROUP or not 0 <= metadata.num_rows <= _MAX_ROWS:
            raise ParquetBomb(
                f"a row group of the Parquet file unpacks to {largest:,} bytes, "
                f"{metadata.num_rows:,} rows in all: "
                f"write it with row groups of at most {MAX_ROW_GROUP:,} bytes"
            )

    def batches(self) -> Iterator[Batch]:
        """All rows; few at a time are unpacked."""
        row = 0
        gathered = Batch([], None, [[] for _ in self.names])
        size = 0
        with self._opened() as file:
            try:
                for piece in file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False):
                    size += piece.nbytes
                    for column, (_, leaf) in zip(gathered.columns, leaves_of(piece), strict=True):
                        column.extend(cells(leaf))
                    gathered.rows.extend(range(row + 1, row + len(piece) + 1))
                    row += len(piece)
                    gathered.last_row = row
                    if len(gathered.rows) >= batches.BATCH_ROWS or size >= batches.BATCH_BYTES:
                        yield gathered
                        gathered = Batch([], None, [[] for _ in self.names], last_row=row)
                        size = 0
            except MemoryError:
                raise  # it is an ArrowException too, but the file may be sound
            except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
                raise _damaged(error) from error
        yield gathered


def _damaged(error: Exception) -> CannotRead:
    return CannotRead(
        f"the Parquet file is damaged or cut off ({str(error)[:200]}): copy or write it again"
    )


def leaves(schema: Any) -> Iterator[tuple[str, Any]]:
    """Names and types of the columns, those inside structs with dots."""
    for field in schema:
        yield from _leaf(field.name, field.type)


def _leaf(name: str, kind: Any) -> Iterator[tuple[str, Any]]:
    if pa.types.is_struct(kind):
        for field in kind:
            yield from _leaf(f"{name}.{field.name}", field.type)
    else:
        yield name, kind


def leaves_of(piece: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of the columns of a record batch, in the order of ``leaves``."""
    for name, column in zip(piece.schema.names, piece.columns, strict=True):
        yield from _leaf_of(name, column)


def _leaf_of(name: str, column: Any) -> Iterator[tuple[str, Any]]:
    if pa.types.is_struct(column.type):
        for field, child in zip(column.type, column.flatten(), strict=True):
            yield from _leaf_of(f"{name}.{field.name}", child)
    else:
        yield name, column


def cells(column: Any) -> list[Cell]:
    """Cells as text, so that one reader of values serves every kind of file."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return cells(column.cast(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [None if items is None else _items(items) for items in column.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        strings: list[Cell] = column.to_pylist()
        return strings
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_timestamp(kind):
        zone = "UTC" if kind.tz else None
        column = column.cast(pa.timestamp("us", zone), safe=False)
    if pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
        texts: list[Cell] = column.cast(pa.string()).to_pylist()
        return texts
    return [None if value is None else str(value) for value in column.to_pylist()]


def _items(items: list[Any]) -> list[str]:
    return [str(item) for item in items if item is not None]
