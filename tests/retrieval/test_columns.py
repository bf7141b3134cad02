"""Columns leave nobody out who passes, and leave out most who don't."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell.retrieval import columns, filters, storage
from groundswell.retrieval.columns import BLOCK, BLOCK_BYTES, WIDTH
from groundswell.retrieval.querying import Compiler
from groundswell.terms.tiers import ACTIVATE
from tests.retrieval import brute_force
from tests.retrieval.brute_force import Corpus
from tests.retrieval.by_hand import row
from tests.retrieval.test_against_brute_force import ROWS, built
from tests.retrieval.test_against_brute_force import filters as asked_filters
from tests.retrieval.test_against_brute_force import row as random_row


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(5)
    return Corpus([random_row(number, rng) for number in range(ROWS)])


@pytest.fixture(scope="module")
def compiler(corpus, tmp_path_factory):
    folder = built(tmp_path_factory.mktemp("index"), corpus.rows)
    return Compiler(storage.open_current(folder), ACTIVATE)


def laid_out(tmp_path, *parts):
    path = tmp_path / "columns"
    path.touch()
    first = 0
    with path.open("r+b") as file:
        for part in parts:
            columns.write(file, first, columns.of(part))
            first += len(part)
    return np.fromfile(path, dtype=np.uint16).reshape(-1, WIDTH, BLOCK)


def may_pass(tmp_path, compiler, rows, *written):
    found = columns.passing(laid_out(tmp_path, rows), filters.read(written), compiler.numbers)
    return None if found is None else found[: len(rows)]


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(asked_filters, max_size=4))
def test_nobody_who_passes_is_left_out(tmp_path, corpus, compiler, asked):
    written = [brute_force.typed(*each) for each in asked]
    may = may_pass(tmp_path, compiler, corpus.rows, *written)
    left_in = np.ones(ROWS, dtype=np.bool_) if may is None else may
    passing, _ = corpus.answer("", asked)
    for each, is_in in zip(corpus.rows, left_in, strict=True):
        assert is_in or each["account"] not in passing


ROWS_BY_HAND = [
    row("a", country="US", language="pt-BR", categories=["Food", "Travel"], followers=10_000,
        city="São Paulo", verified=True, growth=-0.2, tags=["vip"],
        last_post_at=datetime(2026, 5, 4, 23, tzinfo=UTC)),
    row("b", country="GB", language="en", categories=["Running"], followers=12_000,
        verified=False, growth=0.1, last_post_at=datetime(2026, 5, 5, 1, tzinfo=UTC)),
    row("c", platform="youtube"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["country=US"], "a"),
        (["country=US", "country=none"], "ac"),
        (["platform=youtube"], "c"),
        (["language=pt"], "a"),
        (["city=sao paulo"], "a"),
        (["category=food"], "a"),
        (["tag=VIP"], "a"),
        (["verified=no"], "b"),
        (["followers>=11K"], "b"),
        (["followers>=9K", "country=US"], "a"),
        (["followers=none"], "c"),
        (["followers>=11K", "followers<=9K"], ""),
        (["tier=micro"], "ab"),
        (["growth<0"], "a"),
        (["growth>=0"], "b"),
        (["last_post>=2026-05-05"], "b"),
        (["last_post=2026-05-04"], "ab"),  # an open end of days is read as a closed one
    ],
)
def test_filters_leave_out_whom_they_can_not_mean(tmp_path, compiler, written, names):
    may = may_pass(tmp_path, compiler, ROWS_BY_HAND, *written)
    assert "".join(name for name, is_in in zip("abc", may, strict=True) if is_in) == names


@pytest.mark.parametrize(
    "written",
    [[], ["country!=US"], ["audience.country.US>=0.2"], ["not_contacted_since=2026-01-01"],
     ["category=none"], ["brand_safety=clear"]],
)  # fmt: skip
def test_what_columns_can_not_tell_leaves_everybody_in(tmp_path, compiler, written):
    assert may_pass(tmp_path, compiler, ROWS_BY_HAND, *written) is None


def test_rows_are_found_in_whatever_blocks_they_lie(tmp_path):
    rows = [row(str(n), followers=n, last_post_at=datetime(2020, 1, 1, tzinfo=UTC)
                + timedelta(days=n % 90)) for n in range(BLOCK + 20)]  # fmt: skip
    whole = laid_out(tmp_path, rows)
    in_parts = laid_out(tmp_path, rows[:10], rows[10 : BLOCK - 1], [], rows[BLOCK - 1 :])
    assert whole.shape == (2, WIDTH, BLOCK)
    assert (tmp_path / "columns").stat().st_size == 2 * BLOCK_BYTES
    np.testing.assert_array_equal(in_parts, whole)
    np.testing.assert_array_equal(
        whole.transpose(0, 2, 1).reshape(-1, WIDTH)[: len(rows)], columns.of(rows).T
    )
