"""What is written is durable, immutable and complete, or not there at all."""

import hashlib
import os
import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.terms import tables
from groundswell.warehouse import store


def batches(rows, table=tables.OVERLAPS, size=2):
    """Batches of ``size`` rows for the writer; a row is a dict that names its month."""
    schema = store.stored_schema(table).append(pa.field("month", pa.string()))
    rows = [{**dict.fromkeys(schema.names), **row} for row in rows]
    return pa.Table.from_pylist(rows, schema=schema).to_batches(max_chunksize=size)


def overlap(month, shared):
    return {
        "month": month,
        "platform": "twitch",
        "account_a": "a",
        "account_b": "b",
        "shared": shared,
    }


def test_each_month_becomes_one_segment(tmp_path):
    rows = [
        overlap("2026-01", 1),
        overlap("2026-01", 2),
        overlap("2026-01", 3),
        overlap("undated", 4),
    ]

    written = store.write(tmp_path, tables.OVERLAPS, batches(rows), revises=False)

    assert [(s.month, s.rows) for s in written] == [("2026-01", 3), ("undated", 1)]
    assert pq.read_table(tmp_path / written[0].path)["shared"].to_pylist() == [1, 2, 3]


def test_a_segment_is_named_by_its_content(tmp_path):
    (segment,) = store.write(
        tmp_path, tables.OVERLAPS, batches([overlap("2026-01", 1)]), revises=True
    )

    content = (tmp_path / segment.path).read_bytes()
    assert segment.sha256 == hashlib.sha256(content).hexdigest()
    assert segment.path == f"overlaps/2026-01/{segment.sha256}.parquet"
    assert segment.bytes == len(content)
    assert segment.revises


def test_the_same_rows_make_the_same_file(tmp_path):
    once = store.write(tmp_path, tables.OVERLAPS, batches([overlap("2026-01", 1)]), revises=False)
    again = store.write(tmp_path, tables.OVERLAPS, batches([overlap("2026-01", 1)]), revises=False)

    assert once == again
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_no_rows_make_no_segment(tmp_path):
    assert store.write(tmp_path, tables.OVERLAPS, iter([]), revises=False) == []
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_writer_that_dies_leaves_nothing_in_the_tables_folder(tmp_path):
    def dying():
        yield from batches([overlap("2026-01", 1)])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write(tmp_path, tables.OVERLAPS, dying(), revises=False)

    assert list((tmp_path / "overlaps").rglob("*")) == []
    assert len(store.sweep(tmp_path, listed=[])) == 1
    assert list(tmp_path.rglob("*.parquet")) == []


def test_file_and_folder_are_synced_before_a_segment_is_described(tmp_path, monkeypatch):
    events = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle):
        events.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_sync(handle)

    def replace(draft, target):
        events.append("placed")
        real_replace(draft, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr("pathlib.os.replace", replace)

    store.write(tmp_path, tables.OVERLAPS, batches([overlap("2026-01", 1)]), revises=False)

    assert events == ["file", "folder", "folder", "placed", "folder"]


def test_the_sweep_spares_what_is_listed(tmp_path):
    rows = [overlap("2026-01", 1), overlap("2026-02", 1)]
    kept, stray = store.write(tmp_path, tables.OVERLAPS, batches(rows), revises=False)

    assert store.sweep(tmp_path, listed=[kept.path]) == [stray.path]
    assert (tmp_path / kept.path).exists()


texts = st.none() | st.text(max_size=5)
NAMES = ("post_id", "text", "hashtags", "duration_s", "paid_partnership")
values = st.fixed_dictionaries(
    {
        "month": st.sampled_from(["2026-01", "2026-02", "undated"]),
        "post_id": st.text(min_size=1, max_size=5),
        "text": texts,
        "hashtags": st.none() | st.lists(st.text(max_size=3), max_size=2),
        "duration_s": st.none() | st.floats(allow_nan=False),
        "paid_partnership": st.none() | st.booleans(),
    }
)


@given(st.lists(values, max_size=12), st.integers(1, 5))
def test_what_is_written_is_read_back(tmp_path_factory, rows, size):
    root = tmp_path_factory.mktemp("warehouse")
    rows = sorted(rows, key=lambda row: row["month"])

    written = store.write(root, tables.POSTS, batches(rows, tables.POSTS, size), revises=False)

    assert [s.month for s in written] == sorted({row["month"] for row in rows})
    found = [
        {"month": segment.month, **{name: row[name] for name in NAMES}}
        for segment in written
        for row in pq.read_table(root / segment.path).to_pylist()
    ]
    assert found == rows
