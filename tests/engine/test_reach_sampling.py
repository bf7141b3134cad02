"""Reach from a sample when each post's own reach is known: only overlaps are left to chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from groundswell.engine import reach
from groundswell.engine.reach import sampling

MEMBERSHIPS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 25)))


def panel_of(inside: np.ndarray, each: float = 1.0) -> reach.Panel:
    account, person = np.nonzero(inside)
    return reach.panel.of_members(
        account.astype(np.int32),
        person.astype(np.int32),
        accounts=inside.shape[0],
        people=inside.shape[1],
        people_per_member=each,
    )


# Anna is followed by people 0 and 1, Ben by 1 and 2, Cleo by 3.
CAST = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]], bool)


def test_rates_are_set_to_what_each_post_reaches_and_never_above_the_most():
    rates = sampling.anchored(np.array([10.0, 99.0]), np.array([40.0, 100.0]), most=0.98)

    assert rates.tolist() == [0.25, 0.98]


def test_two_posts_that_share_one_of_three_are_what_was_worked_by_hand():
    # Each person stands for 10. Halves of 20 and 20: 5 + 7.5 + 5 people.
    found = sampling.union(panel_of(CAST, 10.0), np.array([0, 1]), np.array([0.5, 0.5]))

    assert (found.value, found.n) == (17.5, 3)
    assert 10.0 <= found.low < 17.5 < found.high <= 20.0


def test_the_variance_is_of_what_is_left_beside_each_audiences_mean():
    # What members add to the other's reach: Anna's .5 and .25, Ben's .25 and .5, .375 on average.
    # Left of .5, .75, .5 are .125, 0, .125; two members leave half free.
    panel, rows, rates = panel_of(CAST, 10.0), np.array([0, 1]), np.array([0.5, 0.5])

    found = sampling.variance(panel, rows, rates, reach.people_reached(panel, rows, rates))

    assert found == pytest.approx(10 * 9 * (0.125**2 / 0.5 + 0.125**2 / 0.5))


def test_one_post_reaches_what_is_known_of_it():
    found = sampling.union(panel_of(CAST, 10.0), np.array([0]), np.array([0.5]))

    assert (found.value, found.low, found.high) == (10.0, 10.0, 10.0)


def test_audiences_that_share_nobody_in_the_sample_may_share_somebody():
    # 10 x .1 x .1 people, of whom nineteen of twenty samples that miss all miss up to three.
    found = sampling.union(panel_of(CAST, 10.0), np.array([0, 2]), np.array([0.1, 0.1]))

    assert (found.value, found.high) == (pytest.approx(3.0), pytest.approx(3.0))
    assert found.low == pytest.approx(3.0 + 0.1 * np.log(0.05))


@settings(deadline=None)
@given(MEMBERSHIPS, st.floats(0.05, 1.0))
def test_where_everybody_is_known_there_is_nothing_to_be_unsure_of(inside, rate):
    rows = np.arange(len(inside))

    found = sampling.union(panel_of(inside), rows, np.full(len(rows), rate))

    expected = (1 - (1 - rate) ** inside.sum(axis=0)).sum()
    assert found.value == pytest.approx(expected)
    assert (found.low, found.high) == (
        pytest.approx(found.value, abs=1e-9),
        pytest.approx(found.value, abs=1e-9),
    )


@settings(deadline=None)
@given(MEMBERSHIPS, st.data())
def test_the_interval_lies_between_the_largest_post_and_all_added_up(inside, data):
    rates = np.array([data.draw(st.floats(0.0, 1.0)) for _ in inside])
    alone = 7.0 * inside.sum(axis=1) * rates

    found = sampling.union(panel_of(inside, 7.0), np.arange(len(inside)), rates)

    assert alone.max() - 1e-6 <= found.low <= found.value <= found.high <= alone.sum() + 1e-6


def test_nine_of_ten_intervals_hold_the_reach_of_everybody():
    rng = np.random.default_rng(6)
    activity = rng.gamma(0.5, 2.0, 20_000)  # a few follow many
    everybody = rng.random((12, 20_000)) < rng.uniform(0.01, 0.06, (12, 1)) * activity
    rows, rate = np.arange(12), 0.4
    truth = (1 - (1 - rate) ** everybody.sum(axis=0)).sum()
    held, off = 0, []
    for _ in range(400):
        panel = panel_of(everybody[:, rng.random(20_000) < 0.05], 20.0)
        rates = sampling.anchored(rate * everybody.sum(axis=1), panel.audience())
        found = sampling.union(panel, rows, rates)
        held += found.low <= truth <= found.high
        off.append(found.value / truth - 1)

    assert held / 400 == pytest.approx(0.9, abs=0.04)
    assert np.mean(off) == pytest.approx(0.0, abs=0.005)


def test_scenarios_are_as_unsure_as_the_overlaps_alone():
    rng = np.random.default_rng(3)
    inside = rng.random((8, 3_000)) < 0.05
    panel = panel_of(inside, 20.0)
    rows, rates = np.arange(8), np.tile(np.full(8, 0.3), (400, 1))

    apart = reach.draws.on_panel(panel, rows, rates, rng=rng)
    anchored = reach.draws.on_panel(panel, rows, rates, rng=rng, is_anchored=True)

    reached = reach.people_reached(panel, rows, rates[0])
    expected = sampling.variance(panel, rows, rates[0], reached) ** 0.5
    assert anchored.low.std() == pytest.approx(expected, rel=0.15)
    assert anchored.low.std() < apart.low.std() / 3
