from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters.files.batches import CannotRead, TooManyColumns
from groundswell.connectors.adapters.files.parquet import Parquet, ParquetBomb


def test_cells_of_every_type_become_text(tmp_path):
    table = pa.table(
        {
            "id": pa.array([7_390_000_000_000_000_001, None]),
            "score": [1.5, float("nan")],
            "at": pa.array([datetime(2026, 1, 1, tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
            "tags": [["a", "b"], []],
            "who": [{"name": "Anna"}, None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "file")
    source = Parquet(tmp_path / "file")
    [batch] = source.batches()

    assert source.names == ["id", "score", "at", "tags", "who.name", "kind"]
    assert batch.columns == [
        ["7390000000000000001", None],
        ["1.5", None],
        ["2026-01-01 00:00:00.000000Z", None],
        [["a", "b"], []],
        ["Anna", None],
        ["x", "y"],
    ]
    assert (batch.rows, batch.lines) == ([1, 2], None)


def test_rows_are_numbered_through_batches_of_bounded_size(tmp_path):
    pq.write_table(pa.table({"n": range(45_000)}), tmp_path / "file", row_group_size=7_000)

    batches = list(Parquet(tmp_path / "file").batches())

    assert [row for batch in batches for row in batch.rows] == list(range(1, 45_001))
    assert max(len(batch.rows) for batch in batches) < 25_000


@pytest.mark.parametrize("keep", [4, 100, 2_000])
def test_a_truncated_file_is_refused(tmp_path, keep):
    pq.write_table(pa.table({"n": range(10_000)}), tmp_path / "file")
    (tmp_path / "file").write_bytes((tmp_path / "file").read_bytes()[:keep])

    with pytest.raises(CannotRead, match="damaged or cut off"):
        Parquet(tmp_path / "file")


def test_a_corrupt_page_is_refused(tmp_path):
    pq.write_table(pa.table({"n": [f"text {n}" for n in range(10_000)]}), tmp_path / "file")
    data = bytearray((tmp_path / "file").read_bytes())
    data[200:600] = b"\xff" * 400
    (tmp_path / "file").write_bytes(data)

    with pytest.raises(CannotRead):
        list(Parquet(tmp_path / "file").batches())


def test_a_row_group_that_declares_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("groundswell.connectors.adapters.files.parquet.MAX_ROW_GROUP", 10_000)
    pq.write_table(pa.table({"n": range(100_000)}), tmp_path / "file")

    with pytest.raises(ParquetBomb, match="100,000 rows"):
        Parquet(tmp_path / "file")


def test_too_many_columns_are_refused(tmp_path):
    pq.write_table(pa.table({f"c{n}": [1] for n in range(2_001)}), tmp_path / "file")

    with pytest.raises(TooManyColumns):
        Parquet(tmp_path / "file")
