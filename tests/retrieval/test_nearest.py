"""The compiled loops do what NumPy does."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.retrieval import nearest


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 2**32), st.integers(1, 200), st.integers(0, 250))
def test_nearby_rows_are_those_whose_bits_differ_least(seed, size, most):
    rng = np.random.default_rng(seed)
    signs = rng.integers(0, 2**64, (size, 4), dtype=np.uint64)
    asked = rng.integers(0, 2**64, 4, dtype=np.uint64)
    differing = np.bitwise_count(signs ^ asked).sum(axis=1, dtype=np.int64)

    found = nearest.nearby(signs, asked, most)

    left = np.delete(differing, found)
    assert len(found) >= min(most, size)
    assert not len(left) or differing[found].max(initial=0) < left.min()


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


def test_all_rows_are_promising_where_no_more_are_there():
    signs = np.zeros((3, 4), dtype=np.uint64)

    assert nearest.nearby(signs, signs[0], 10).tolist() == [0, 1, 2]
    assert nearest.promising(signs, np.ones(256, np.float32), 10).tolist() == [0, 1, 2]


def test_promising_rows_have_the_largest_sums_of_what_is_asked_at_their_bits():
    rng = np.random.default_rng(7)
    bits = rng.integers(0, 2, (60, 256), dtype=np.uint8)
    signs = np.packbits(bits, axis=1).view(np.uint64)
    asked = rng.integers(0, 16, 256).astype(np.float32)  # sixteen steps lose nothing of these

    found = nearest.promising(signs, asked, 10)

    sums = bits @ asked
    assert len(found) == 10
    assert sums[found].min() >= np.sort(sums)[-10]


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
