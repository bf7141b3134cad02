"""What channels get in their next period."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine.response import periods
from groundswell.engine.response.calibration import Groups
from groundswell.engine.response.periods import LEAST_KNOWN, WINDOW, TooFewPeriods


def groups(count):
    return Groups(np.zeros(count, int), np.zeros(count, int))


def market(channels=60, length=40, *, walk=0.0, noise=0.2, shift=0.0, seed=1):
    """Channels that wander, with noise, and shifts that all share."""
    rng = np.random.default_rng(seed)
    level = rng.normal(9, 1.5, (channels, 1)) + np.cumsum(
        rng.normal(0, walk, (channels, length)), axis=1
    )
    logs = level + rng.normal(0, noise, (channels, length)) + rng.normal(0, shift, length)
    return np.exp(logs)


def told(counts, *, seen, ahead=1):
    """What channels get in the period after those seen, learnt from all of them."""
    learnt = periods.learn(counts[:, :seen], groups(len(counts)), ahead=ahead)
    return learnt, learnt.prospect(counts[:, seen - WINDOW : seen], groups(len(counts)))


def test_shifts_that_all_share_are_found_and_add_up_to_nothing():
    rng = np.random.default_rng(2)
    planted = rng.normal(0, 0.5, WINDOW)
    logs = rng.normal(8, 2, (300, 1)) + planted + rng.normal(0, 0.1, (300, WINDOW))
    found = periods.shared(logs)

    assert found == pytest.approx(planted - planted.mean(), abs=0.03)
    assert found.sum() == pytest.approx(0)


def test_four_channels_share_nothing_that_can_be_told():
    assert not periods.shared(np.random.default_rng(1).normal(0, 1, (4, WINDOW))).any()


def test_noise_around_a_fixed_level_is_not_followed():
    learnt, found = told(market(300, 60), seen=59)

    assert np.abs(learnt.own).max() < 0.1
    assert np.median(found.scale) == pytest.approx(0.2, rel=0.2)


def test_a_level_that_wanders_is_followed():
    learnt, _ = told(market(300, 60, walk=0.3, noise=0.05), seen=59)

    assert learnt.own[1] > 0.7


def test_a_day_on_which_all_were_counted_short_does_not_move_the_forecast():
    counts = market(100, 40, shift=0.4)
    dented = counts.copy()
    dented[:, 37] *= 0.2
    _, plain = told(counts, seen=38)
    _, after = told(dented, seen=38)

    usual = np.log(counts[:, 26:38]).mean(axis=1)
    assert np.median(after.location - usual) > -0.25  # a fifth would be -1.6
    assert np.median(np.abs(after.location - plain.location)) < 0.3


def test_held_out_channels_lie_within_their_interval_as_often_as_it_says():
    held = []
    for seed in range(12):
        counts = market(120, 40, walk=0.1, noise=0.3, shift=0.1, seed=seed)
        learnt = periods.learn(counts[:60, :39], groups(60))
        found = learnt.prospect(counts[60:, 39 - WINDOW : 39], groups(60))
        held.append((found.low <= counts[60:, 39]) & (counts[60:, 39] <= found.high))

    assert 0.75 < np.mean(held) < 0.86


def test_more_than_one_period_ahead_is_a_mean_of_them():
    counts = market(100, 40)
    _, found = told(counts, seen=36, ahead=4)
    mean = counts[:, 36:].mean(axis=1)

    assert np.median(np.abs(np.log1p(mean) - found.location)) < 0.2


def test_a_channel_of_which_too_little_is_known_is_not_forecast():
    counts = market(20, 30)
    counts[3, -5:] = np.nan
    _, found = told(counts, seen=30)

    assert np.isnan(found.location[3])
    assert found.estimate(3).reason == (
        f"7 of the newest {WINDOW} periods are known, fewer than {LEAST_KNOWN}"
    )
    assert found.estimate(4).low < found.estimate(4).value < found.estimate(4).high


def test_constant_channels_are_forecast_as_they_are():
    counts = np.repeat(np.array([[50.0], [700.0], [9_000.0], [4.0], [20.0]]), 30, axis=1)
    _, found = told(counts, seen=30)

    assert np.expm1(found.location) == pytest.approx(counts[:, 0], rel=1e-6)
    assert np.all(found.scale > 0)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (np.ones((9, WINDOW)), "cannot learn from 12 periods: bring at least 13"),
        (np.full((9, 30), np.nan), "cannot learn where no 5 channels"),
        (np.ones((4, 30)), "cannot learn where no 5 channels"),
        (np.zeros((0, 30)), "cannot learn where no 5 channels"),
    ],
)
def test_too_little_to_learn_from_is_refused(counts, reason):
    with pytest.raises(TooFewPeriods, match=reason):
        periods.learn(counts, groups(len(counts)))


def test_corrections_of_a_count_are_unknown_not_nothing():
    counts = market(50, 40)
    wrong = counts.copy()
    wrong[7, 30] = -5_000.0
    _, plain = told(counts, seen=39)
    _, corrected = told(wrong, seen=39)

    assert corrected.known[7] == WINDOW - 1
    assert corrected.location[7] == pytest.approx(plain.location[7], abs=0.2)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 1_000))
def test_counting_in_another_unit_moves_forecasts_by_that_unit(times):
    counts = 1e6 * market(12, 20)  # so that one more is nothing
    _, one = told(counts, seen=20)
    _, other = told(counts * times, seen=20)

    assert other.location - one.location == pytest.approx(np.full(12, np.log(times)), abs=1e-3)
