"""Reach from measured pairs: exact for two, honest bounds for more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from groundswell.engine.reach import ImpossibleOverlap, Overlaps
from groundswell.engine.reach.overlaps import highest, lowest, union

WORLDS = arrays.arrays(np.bool_, st.tuples(st.integers(2, 8), st.integers(1, 40)))


def listed(inside: np.ndarray, *, threshold: int, is_said: bool = True) -> Overlaps:
    """What a list of pairs would say of a world in which everybody is known."""
    shared = inside.astype(int) @ inside.astype(int).T
    a, b = np.triu_indices(len(inside), 1)
    kept = shared[a, b] >= threshold
    return Overlaps(
        inside.sum(axis=1).astype(float),
        a[kept],
        b[kept],
        shared[a, b][kept].astype(float),
        float(threshold) if is_said else None,
    )


def test_two_listed_audiences_are_exact():
    pair = Overlaps(np.array([700.0, 400.0]), np.array([0]), np.array([1]), np.array([150.0]))

    found = union(np.array([0, 1]), pair)

    assert (found.value, found.low, found.n) == (950.0, None, 1)


def test_one_audience_is_itself():
    pair = Overlaps(np.array([700.0, 400.0]), np.array([0]), np.array([1]), np.array([150.0]))

    assert union(np.array([1]), pair).value == 400.0


def test_bounds_of_three_are_those_worked_by_hand():
    # Sizes 100, each pair shares 20. Tree: 300 - 40 = 260. Bonferroni: 300 - 60 = 240.
    size = np.full(3, 100.0)
    shared = 20.0 * (1 - np.eye(3))

    assert highest(size, shared) == 260.0
    assert lowest(size, shared) == 240.0


def test_an_unlisted_pair_is_unknown_and_not_zero():
    pairs = Overlaps(
        np.array([500.0, 300.0, 200.0]), np.array([0]), np.array([1]), np.array([100.0])
    )

    found = union(np.array([1, 2]), pairs)

    assert (found.low, found.high) == (300.0, 500.0)
    assert found.low < found.value < found.high
    assert "1 of 1 pairs are not listed" in str(found.reason)


def test_a_stated_threshold_narrows_what_an_unlisted_pair_may_share():
    sizes, a, b = np.array([500.0, 300.0, 200.0]), np.array([0]), np.array([1])

    found = union(np.array([1, 2]), Overlaps(sizes, a, b, np.array([100.0]), threshold=30.0))

    assert (found.low, found.high) == (470.0, 500.0)


def test_without_any_listed_pair_there_are_bounds_and_no_value():
    nothing = np.array([], int)

    found = union(np.arange(2), Overlaps(np.array([50.0, 40.0]), nothing, nothing, np.array([])))

    assert (found.value, found.low, found.high) == (None, 50.0, 90.0)


@settings(max_examples=300, deadline=None)
@given(WORLDS, st.integers(0, 12), st.booleans())
def test_the_truth_always_lies_within_the_bounds(inside, threshold, is_said):
    truth = inside.any(axis=0).sum()

    found = union(np.arange(len(inside)), listed(inside, threshold=threshold, is_said=is_said))

    if found.low is None:
        assert found.value == truth
    else:
        assert found.low - 1e-6 <= truth <= found.high + 1e-6
        assert found.value is None or found.low <= found.value <= found.high


@settings(deadline=None)
@given(WORLDS, st.integers(0, 12))
def test_reach_never_exceeds_the_sum_of_audiences(inside, threshold):
    found = union(np.arange(len(inside)), listed(inside, threshold=threshold))

    assert found.value is None or found.value <= inside.sum() + 1e-9


def test_independent_audiences_are_united_within_three_percent():
    rng = np.random.default_rng(8)
    inside = rng.random((25, 40_000)) < rng.uniform(0.005, 0.08, (25, 1))
    chosen = np.arange(20)

    found = union(chosen, listed(inside, threshold=50))

    assert found.value == pytest.approx(inside[chosen].any(axis=0).sum(), rel=0.03)


def test_an_overlap_larger_than_an_audience_is_refused():
    with pytest.raises(ImpossibleOverlap, match=r"500 and 40 people can't share 41"):
        Overlaps(np.array([500.0, 40.0]), np.array([0]), np.array([1]), np.array([41.0]))


def test_overlaps_that_contradict_one_another_are_refused():
    # Ben and Cleo are both all of Anna's audience, yet share nobody.
    pairs = Overlaps(
        np.full(3, 100.0), np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([100.0, 100, 0])
    )

    with pytest.raises(ImpossibleOverlap, match="contradict one another"):
        union(np.arange(3), pairs)
