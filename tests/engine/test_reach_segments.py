"""Reach where only segments are known: independence, and bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import reach

PEOPLE = np.array([1_000.0, 10_000.0])


def two_accounts() -> reach.Panel:
    """The first has 500 in the small segment; the second 500 there and 1,000 in the large one."""
    return reach.panel.of_segments(
        np.array([500.0, 500.0, 1_000.0]), np.array([0, 0, 1]), np.array([0, 1, 1]), PEOPLE
    )


def test_halves_of_a_segment_share_a_quarter_of_it():
    found = reach.segments.union(two_accounts(), np.array([0, 1]), np.ones(2))

    assert found.value == pytest.approx(750 + 1_000)
    assert (found.low, found.high) == (1_500.0, 2_000.0)
    assert found.method == "independence within segments"


def test_a_post_that_half_of_the_audience_sees_counts_half():
    found = reach.segments.union(two_accounts(), np.array([0]), np.array([0.5]))

    assert (found.value, found.low, found.high) == pytest.approx((250.0, 250.0, 250.0))


@settings(deadline=None)
@given(st.lists(st.floats(1, 2_000), min_size=1, max_size=8))
def test_reach_stays_between_the_largest_audience_and_the_smaller_of_sum_and_people(sizes):
    count = len(sizes)
    panel = reach.panel.of_segments(
        np.array(sizes), np.zeros(count, int), np.arange(count), PEOPLE[:1]
    )

    found = reach.segments.union(panel, np.arange(count), np.ones(count))

    largest = min(max(sizes), 1_000)
    assert found.low == pytest.approx(largest)
    assert found.high == pytest.approx(min(sum(min(s, 1_000) for s in sizes), 1_000))
    assert found.low <= found.value <= found.high


def test_a_segment_without_people_is_refused():
    with pytest.raises(ValueError, match=r"above 0, got 0\.0"):
        reach.panel.of_segments(np.ones(1), np.zeros(1, int), np.zeros(1, int), np.zeros(1))
