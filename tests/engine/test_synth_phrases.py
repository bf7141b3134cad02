"""Texts for many rows at once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.synth import columns, lexicon, phrases
from groundswell.engine.synth.phrases import Phrases, Templates
from groundswell.terms.tables import RATE_CARDS


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_each_row_draws_from_the_pool_of_its_group() -> None:
    drawn = Phrases([["a", "b"], ["x"]]).draw(np.array([1, 0, 1, 0]), rng()).to_pylist()
    assert drawn[0] == drawn[2] == "x"
    assert {drawn[1], drawn[3]} <= {"a", "b"}


def test_two_draws_of_a_row_differ_where_they_can() -> None:
    groups = np.repeat([0, 1], 50)
    first, second = Phrases([["a", "b", "c"], ["x"]]).draw_two(groups, rng())
    pairs = list(zip(first.to_pylist(), second.to_pylist(), strict=True))
    assert all(one != other for one, other in pairs[:50])
    assert set(pairs[50:]) == {("x", "x")}


def test_an_empty_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="every pool needs a text, got an empty one among 2"):
        Phrases([["a"], []])


def test_templates_put_each_rows_value_into_its_slot() -> None:
    templates = Templates([["{n} of {a}."], ["only {a}"], ["nothing"]])
    filled = templates.fill(
        np.array([0, 1, 2]), rng(), a=pa.array(["x", "y", "z"]), n=pa.array(["1", "2", "3"])
    )
    assert filled.to_pylist() == ["1 of x.", "only y", "nothing"]


def test_a_template_with_three_slots_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 2 slots"):
        Templates([["{a} {b} {c}"]])


def test_lists_leave_out_what_is_null() -> None:
    lists = phrases.lists(pa.array(["a", None, "c"]), pa.array([None, None, "d"], pa.string()))
    assert lists.to_pylist() == [["a"], [], ["c", "d"]]


def test_numbered_identifiers_are_padded() -> None:
    assert phrases.numbered("ig-", np.array([7, 123]), width=4).to_pylist() == [
        "ig-0007",
        "ig-0123",
    ]


def test_tokens_are_different_and_hexadecimal() -> None:
    found = phrases.tokens(500, rng()).to_pylist()
    assert len(set(found)) == 500
    assert {len(token) for token in found} == {16}
    assert int(found[0], 16) > 0


def test_a_table_takes_a_text_for_every_row_and_refuses_unknown_columns() -> None:
    made = columns.table(RATE_CARDS, {"platform": "x", "account": pa.array(["a", "b"])})
    assert made["platform"].to_pylist() == ["x", "x"]
    assert made["price"].null_count == 2
    with pytest.raises(ValueError, match=r"'rate_cards' has no columns \['colour'\]"):
        columns.table(RATE_CARDS, {"colour": pa.array(["a"])})


@given(
    st.lists(st.lists(st.floats(0.1, 9), min_size=3, max_size=3), min_size=1, max_size=5),
    st.integers(0, 2**32),
)
def test_drawn_columns_exist_and_follow_the_weights(weights: list[list[float]], seed: int) -> None:
    shares = np.array(weights)
    rows = np.arange(len(shares)).repeat(2_000)
    found = columns.drawn(shares, rows, np.random.default_rng(seed))
    counted = np.stack([np.bincount(found[rows == row], minlength=3) for row in range(len(shares))])
    expected = shares / shares.sum(axis=1, keepdims=True)
    assert np.abs(counted / 2_000 - expected).max() < 0.06


def test_every_language_speaks_about_every_topic() -> None:
    words = lexicon.load()
    languages, topics = len(lexicon.LANGUAGES), len(words.topics.names)
    groups = words.subject_group(np.repeat(np.arange(languages), topics), np.tile(range(topics), 7))
    assert (groups == np.arange(languages * topics)).all()
    assert words.subjects.draw(groups, rng()).null_count == 0
    assert words.topics.affinity.sum(axis=1) == pytest.approx(np.ones(topics))
