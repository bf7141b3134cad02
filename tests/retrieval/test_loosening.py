"""What is found when nobody has all words, and of words that hashtags write together."""

import pyarrow as pa
import pytest

from groundswell.retrieval import documents, indexing, searching
from groundswell.retrieval.searching import Request
from tests.retrieval.by_hand import row


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index")
    rows = [
        row("anna", bio="vegan recipes", country="US"),
        row("ben", bio="quick recipes", country="US"),
        row("carl", captions=["dinner #plantbased"], country="GB"),
        row("dora", bio="easy vegan dinner recipes", country="GB"),
    ]
    with indexing.writing(folder) as writer:
        writer.rebuild([pa.RecordBatch.from_pylist(rows, schema=documents.DOCUMENTS)], marks={})
    return folder


def found(folder, text, *filters, **more):
    answer = searching.search(folder, Request(text, filters, **more))
    return sorted(hit.account for hit in answer.hits), answer.least


@pytest.mark.parametrize(
    ("typed", "accounts", "least"),
    [
        ("vegan recipes", ["anna", "dora"], 0),
        ("quick vegan recipes", ["anna", "ben", "dora"], 2),
        ("vegan barista", ["anna", "dora"], 1),
        ("barista recital", [], 0),
        ("vegan barista -easy", ["anna"], 1),
        ('vegan barista "easy"', ["dora"], 1),
        ('vegan "barista"', [], 0),
    ],
)
def test_as_many_words_suffice_as_somebody_has_together(folder, typed, accounts, least):
    assert found(folder, typed) == (accounts, least)


def test_filters_loosen_no_words(folder):
    assert found(folder, "quick recipes", "country=GB") == ([], 0)
    assert found(folder, "vegan barista", "country=GB") == (["dora"], 1)


def test_who_wants_all_words_gets_nobody(folder):
    assert found(folder, "vegan barista", is_tolerant=False) == ([], 0)


def test_the_reasons_name_the_words_that_a_hit_has(folder):
    answer = searching.search(folder, Request("quick vegan recipes"))
    said = {hit.account: {each.asked for each in hit.reasons if each.kind == "words"}
            for hit in answer.hits}  # fmt: skip
    assert said["anna"] == {"vegan", "recipes"}
    assert said["ben"] == {"quick", "recipes"}


def test_words_beside_one_another_are_found_written_together(folder):
    assert found(folder, "plant based") == (["carl"], 0)
    assert found(folder, "plant based dinner") == (["carl"], 0)
    assert found(folder, "based plant", is_tolerant=False) == ([], 0)
    assert found(folder, '"plant" "based"', is_tolerant=False) == ([], 0)


def test_a_word_written_together_is_named_where_it_is(folder):
    [hit] = searching.search(folder, Request("plant based")).hits
    assert [(each.key, each.asked) for each in hit.reasons if each.kind == "words"] == [
        ("captions", "plant"),
        ("captions", "based"),
    ]
