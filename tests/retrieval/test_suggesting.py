import pyarrow as pa
import pytest

from groundswell.retrieval import documents, indexing, suggesting
from tests.retrieval.by_hand import row


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    rows = [
        row("anna", handle="anna.runs", display_name="Anna Ö", followers=5),
        row("annika", handle="annika", followers=900),
        row("zoe", handle="international_foodie_zoe", followers=None),
    ]
    with indexing.writing(folder) as writer:
        writer.rebuild([pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)], marks={})
    return folder


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a", ["annika", "anna"]),
        ("@ANN", ["annika", "anna"]),
        ("anna.r", ["anna"]),
        ("annaru", ["anna"]),
        ("anna o", ["anna"]),
        ("internationalf", ["zoe"]),
        ("internationalx", []),
        ("foodi", ["zoe"]),
        ("nna", []),
        ("", []),
        ("!!", []),
    ],
)
def test_what_is_typed_begins_a_word_of_handle_or_name(folder, typed, found):
    assert [each.account for each in suggesting.suggest(folder, typed)] == found


def test_no_more_than_asked_for_are_suggested(folder):
    (only,) = suggesting.suggest(folder, "a", limit=1)
    assert (only.handle, only.followers, only.platform) == ("annika", 900, "instagram")
