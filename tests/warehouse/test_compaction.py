"""Compaction changes files, never answers."""

from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.terms import tables
from groundswell.warehouse import compaction
from tests.warehouse.conftest import Shelf


def post(post_id, month=1, **rest):
    when = {"month": "undated"}
    if month:
        when = {"month": f"2026-{month:02}", "published_at": datetime(2026, month, 5, tzinfo=UTC)}
    return {"platform": "x", "post_id": post_id, "account": "a", **when, **rest}


def compact(shelf):
    swap = compaction.compact(shelf.root, tables.POSTS, shelf.segments, spill=shelf.spill)
    kept = [segment for segment in shelf.segments if segment not in swap.retired]
    shelf.segments = [*kept, *swap.written]
    return swap


def test_few_segments_are_left_alone(shelf):
    for number in range(compaction.FEW):
        shelf.put("posts", post(f"p{number}"))

    assert compact(shelf) == compaction.Swap([], [])


def test_many_segments_of_a_month_become_one(shelf):
    for number in range(compaction.FEW + 1):
        shelf.put("posts", post(f"p{number}"))
    shelf.put("posts", post("other", month=2))

    swap = compact(shelf)

    assert [(s.month, s.rows) for s in swap.written] == [("2026-01", 9)]
    assert len(swap.retired) == 9
    assert len(shelf.segments) == 2


def test_revisions_take_the_place_of_the_rows_that_they_replace(shelf):
    shelf.put("posts", post("p", month=0, text="undated"), post("q", text="kept"))
    shelf.put("posts", post("p", month=2, text="dated"), publication=2, revises=True)

    compact(shelf)

    assert [(s.month, s.rows, s.revises) for s in shelf.segments] == [
        ("2026-01", 1, False),
        ("2026-02", 1, False),
    ]
    assert shelf.rows("posts", "post_id", "text") == [("p", "dated"), ("q", "kept")]


def test_rows_keep_the_publication_that_brought_them(shelf):
    shelf.put("posts", post("p", text="1"), publication=4)
    shelf.put("posts", post("p", text="2"), publication=7, revises=True)

    (written,) = compact(shelf).written

    assert pq.read_table(shelf.root / written.path)["publication"].to_pylist() == [7]


revisions = st.lists(
    st.tuples(st.sampled_from("pq"), st.sampled_from([0, 1, 2]), st.text(max_size=2)), max_size=5
)


@settings(deadline=None, max_examples=10)
@given(revisions, st.integers(0, 2))
def test_the_view_is_the_same_before_and_after(tmp_path_factory, later, month):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    shelf.put("posts", post("p", month), post("q", 1), post("r", 2))
    for publication, (post_id, when, text) in enumerate(later, start=2):
        shelf.put("posts", post(post_id, when, text=text), publication=publication, revises=True)
    before = shelf.rows("posts", "post_id", "text")

    compact(shelf)

    assert shelf.rows("posts", "post_id", "text") == before
    assert not any(segment.revises for segment in shelf.segments)
    assert sum(segment.rows for segment in shelf.segments) == 3
    assert compact(shelf) == compaction.Swap([], [])


def test_a_broken_segment_stops_it_and_nothing_is_swapped(shelf):
    for number in range(compaction.FEW + 1):
        shelf.put("posts", post(f"p{number}"))
    (shelf.root / shelf.segments[0].path).write_bytes(b"PAR1 torn")

    with pytest.raises(duckdb.Error, match="file"):
        compact(shelf)
    assert len(shelf.segments) == compaction.FEW + 1
