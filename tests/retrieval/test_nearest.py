"""The compiled loops do what NumPy does."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.retrieval import nearest
from groundswell.retrieval.nearest import DIMENSIONS


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), st.integers(1, 15))
def test_the_strongest_of_a_row_are_its_largest_and_the_earlier_of_equal_ones(seed, size, most):
    rng = np.random.default_rng(seed)
    whose = np.sort(rng.integers(0, 4, size))
    weights = rng.integers(1, 6, size).astype(np.float32)
    found = np.full((4, most), -1, dtype=np.int64)

    nearest.strongest(whose, weights, found)

    order = sorted(range(size), key=lambda at: -weights[at])
    for row in range(4):
        largest = [at for at in order if whose[at] == row][:most]
        assert found[row].tolist() == largest + [-1] * (most - len(largest))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 200), st.integers(0, 250), st.floats(0, 1))
def test_promising_rows_pass_and_have_the_largest_sums_by_their_signs(seed, size, most, share):
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (size, DIMENSIONS), dtype=np.uint8)
    signs = np.packbits(bits, axis=1).view(np.uint64)
    asked = rng.integers(0, 16, DIMENSIONS) * 2 - 15  # sixteen steps lose nothing of these
    asked[0] = 15
    passing = rng.random(size) < share
    sums = (bits * 2.0 - 1) @ asked

    found = nearest.promising(signs, asked.astype(np.float32), most, passing)

    left = np.setdiff1d(np.flatnonzero(passing), found)
    assert passing[found].all()
    assert (np.diff(found) > 0).all()
    assert len(found) >= min(most, passing.sum())
    assert not len(left) or not len(found) or sums[found].min() > sums[left].max()


def test_all_rows_are_promising_where_no_more_are_there():
    signs, every = np.zeros((3, 2), dtype=np.uint64), np.ones(3, dtype=np.bool_)

    found = nearest.promising(signs, np.zeros(DIMENSIONS, np.float32), 10, every)

    assert found.tolist() == [0, 1, 2]


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 2**32))
def test_cosines_are_those_of_numpy(seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(-127, 128, (20, 256)).astype(np.int8)
    asked = rng.normal(size=256).astype(np.float32)
    rows = rng.integers(0, 20, 7)
    chosen = codes[rows].astype(np.float64)

    found = nearest.cosines(codes, rows, asked)

    expected = chosen @ asked / np.linalg.norm(chosen, axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
