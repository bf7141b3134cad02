"""Arrow files (Feather 2 too), record batch by record batch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundswell.connectors.adapters.files import batches, parquet
from groundswell.connectors.adapters.files.batches import Batch, CannotRead

_MAX_BATCH = 512 << 20  # bytes of a record batch when unpacked


class Arrow:
    """An Arrow file, opened: its columns are known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notes: list[str] = []
        with path.open("rb") as file:
            schema = self._reader(file).schema
        if len(schema) > batches.MAX_COLUMNS:
            raise batches.TooManyColumns(len(schema))
        self.names = batches.unique_names([name for name, _ in parquet.leaves(schema)])

    def _reader(self, file: Any) -> Any:
        try:
            return pa.ipc.open_file(file)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error

    def batches(self) -> Iterator[Batch]:
        """All rows; one record batch at a time is unpacked."""
        row = 0
        with self._path.open("rb") as file:
            reader = self._reader(file)
            for at in range(reader.num_record_batches):
                whole = self._unpacked(reader, at)
                for start in range(0, len(whole), batches.BATCH_ROWS):
                    piece = whole.slice(start, batches.BATCH_ROWS)
                    columns = [parquet.cells(leaf) for _, leaf in parquet.leaves_of(piece)]
                    rows = list(range(row + 1, row + len(piece) + 1))
                    row += len(piece)
                    yield Batch(rows, None, columns, last_row=row)

    def _unpacked(self, reader: Any, at: int) -> Any:
        try:
            batch = reader.get_batch(at)
            batch.validate(full=True)
        except MemoryError:
            raise  # it is an ArrowException too, but the file may be sound
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error
        if batch.nbytes > _MAX_BATCH:
            raise CannotRead(
                f"a record batch of the Arrow file has {batch.nbytes:,} bytes: "
                f"write it with batches of at most {_MAX_BATCH:,} bytes, or as Parquet"
            )
        return batch


def _damaged(error: Exception) -> CannotRead:
    return CannotRead(
        f"the Arrow file is damaged or cut off ({str(error)[:200]}): copy or write it again"
    )
