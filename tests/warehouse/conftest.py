"""A warehouse in a temporary folder, filled row by row."""

import pyarrow as pa
import pytest

from groundswell.terms.tables import TABLES
from groundswell.warehouse import observations, store


class Shelf:
    """Segments written by hand, and the observations over them."""

    def __init__(self, folder):
        self.root = folder / "warehouse"
        self.spill = folder / "spill"
        self.segments = []

    def put(self, table, *rows, publication=1, revises=False):
        """Write rows; each is a dict, and may name its ``month``."""
        schema = store.stored_schema(TABLES[table]).append(pa.field("month", pa.string()))
        filled = [
            {**dict.fromkeys(schema.names), "month": "2026-01", "publication": publication, **row}
            for row in rows
        ]
        filled.sort(key=lambda row: row["month"])
        batches = pa.Table.from_pylist(filled, schema=schema).to_batches()
        self.segments += store.write(self.root, TABLES[table], batches, revises=revises)

    def open(self, aliases=(), **settings):
        """Observations over everything put so far; aliases are pairs (account, survivor)."""
        alias = pa.table(
            {"account": [a for a, _ in aliases], "survivor": [s for _, s in aliases]},
            schema=observations.NO_ALIASES.schema,
        )
        return observations.Observations(
            self.root, self.segments, aliases=alias, spill=self.spill, **settings
        )

    def rows(self, table, *columns, aliases=()):
        """The view's rows, sorted, of those columns."""
        with self.open(aliases) as opened:
            names = ", ".join(f'"{column}"' for column in columns)
            return opened.connection.execute(
                f'SELECT {names} FROM "{table}" ORDER BY ALL'
            ).fetchall()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)
