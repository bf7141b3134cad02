"""Standing among accounts of similar size."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from groundswell.engine.qualification import peers


def standing(value: np.ndarray, followers: np.ndarray, group: np.ndarray | None = None):
    group = np.zeros(value.size, dtype=np.int64) if group is None else group
    unknown = np.full(value.size, np.nan)
    return peers.standing(value, unknown, unknown, followers=followers, group=group)


def test_percentile_counts_peers_below_and_half_of_the_equal():
    value = np.array([5.0] * 3 + [1.0] * 10 + [9.0] * 8)
    found = standing(value, np.full(21, 1_000.0))
    assert found.value[0] == 100 * (10 + 2 / 2) / 20
    assert found.peers[0] == 20


def test_nineteen_peers_are_too_few():
    found = standing(np.arange(20.0), np.full(20, 1_000.0))
    assert np.isnan(found.value).all()
    assert found.peers.tolist() == [19] * 20


def test_accounts_five_times_larger_are_no_peers():
    followers = np.array([1_000.0] * 21 + [5_100.0] * 40)
    found = standing(np.arange(61.0), followers)
    assert found.peers[0] == 20
    assert found.peers[60] == 39
    assert (found.smallest[0], found.largest[0]) == pytest.approx((1_000, 1_000))


def test_unknown_values_are_no_peers():
    value = np.append(np.arange(21.0), [np.nan] * 30)
    found = standing(value, np.full(51, 1_000.0))
    assert found.peers[0] == 20
    assert np.isnan(found.value[30])


def test_accounts_of_unknown_size_are_compared_with_the_whole_platform():
    value = np.arange(31.0)
    followers = np.append(np.logspace(2, 7, 30), np.nan)
    found = standing(value, followers)
    assert (found.value[30], found.peers[30]) == (100.0, 30)
    assert np.isnan(found.smallest[30])


def test_own_interval_is_placed_among_the_same_peers():
    value, followers = np.arange(30.0), np.full(30, 50.0)
    low, high = value - 2.5, value + 2.5
    group = np.zeros(30, dtype=np.int64)
    found = peers.standing(value, low, high, followers=followers, group=group)
    assert found.value[10] == pytest.approx(100 * 10 / 29)
    assert found.low[10] == pytest.approx(100 * 8 / 29)
    assert found.high[10] == pytest.approx(100 * 12 / 29)


@pytest.mark.parametrize("followers", [50.0, np.nan])
def test_an_interval_that_ends_at_its_value_takes_in_those_who_tie(followers):
    value = np.array([1.0] * 16 + [0.5] * 5)
    unbounded = np.full(21, 1.0)
    group = np.zeros(21, dtype=np.int64)
    found = peers.standing(
        value, value - 0.5, unbounded, followers=np.full(21, followers), group=group
    )
    assert (found.low[0], found.value[0], found.high[0]) == (0.0, 100 * (5 + 15 / 2) / 20, 100.0)


sizes = st.lists(st.integers(1, 10**8), min_size=2, max_size=60)


@given(sizes, st.integers(1, 70))
def test_windows_hold_the_nearest_accounts(followers: list[int], k: int):
    log = np.log(np.sort(np.array(followers, dtype=np.float64)))
    first, last = peers.nearest(log, k)
    for here in range(log.size):
        distance = np.sort(np.abs(log - log[here]))[: k + 1]
        assume(not np.isclose(distance, np.log(5.0)).any())
        expected = distance[distance <= np.log(5.0)]
        window = np.abs(log[first[here] : last[here]] - log[here])
        assert first[here] <= here < last[here]
        np.testing.assert_allclose(np.sort(window), expected, atol=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=40, max_size=40), st.integers(0, 10**9))
def test_other_platforms_and_monotone_scales_change_nothing(values: list[float], seed: int):
    rng = np.random.default_rng(seed)
    followers = rng.uniform(1_000, 3_000, 40)
    mine = np.round(np.array(values), 3)
    alone = standing(mine, followers)
    scaled = standing(mine * 7 + 3, followers)
    joined = standing(
        np.append(mine, rng.normal(size=40)),
        np.append(followers, followers),
        np.repeat([0, 1], 40),
    )
    np.testing.assert_array_equal(alone.value, joined.value[:40])
    np.testing.assert_allclose(alone.value, scaled.value)


def test_local_quantiles_follow_size_without_steps():
    rng = np.random.default_rng(3)
    followers = np.exp(rng.uniform(np.log(1e3), np.log(1e6), 5_000))
    value = -0.2 * np.log(followers) + rng.normal(0, 0.1, 5_000)
    median = peers.local_quantiles(
        value, followers=followers, group=np.zeros(5_000, dtype=np.int64), at=(0.5,)
    )[0]
    inner = (followers > 1_500) & (followers < 7e5)
    assert np.abs(median + 0.2 * np.log(followers))[inner].max() < 0.06
