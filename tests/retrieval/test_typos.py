import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.retrieval import documents, indexing, searching, typos
from groundswell.retrieval.searching import Request
from tests.retrieval import by_hand
from tests.retrieval.by_hand import row


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    rows = [
        row("anna", bio="trail running"),
        row("ben", bio="train travel"),
        row("carl", bio="train"),
    ]
    with indexing.writing(folder) as writer:
        writer.rebuild([pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)], marks={})
    return folder


@pytest.mark.parametrize(
    ("typed", "meant", "total"),
    [
        ("trial", "trail", 1),
        ("runnign", "running", 1),
        ("trai", "train", 2),  # of trail and train the more frequent
        ("trial -runnign", "trail -runnign", 1),
        ("trailrunning", "", 0),
        ("trail", "", 1),
        ('"trial"', "", 0),
        ("tri*", "", 0),
        ("5ks", "", 0),
    ],
)
def test_a_word_that_nobody_writes_stands_for_the_nearest(folder, typed, meant, total):
    found = searching.search(folder, Request(typed))
    assert (found.corrected, found.total) == (meant, total)


def test_who_wants_it_exactly_gets_it_exactly(folder):
    assert searching.search(folder, Request("trial", is_tolerant=False)).total == 0


@given(st.text("abc", min_size=1, max_size=5), st.text("abc", min_size=1, max_size=5))
def test_distances_are_those_of_the_definition(one, other):
    assert typos.distances(one, [other, "c"])[0] == by_hand.distance(one, other)
