"""Intervals that hold: quantiles of scores by groups of creators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from groundswell.engine.response import Basis, Response, calibration
from groundswell.engine.response.calibration import Groups

ENDS = np.array([0.1, 0.9])
HERE = Groups(np.array([0]), np.array([0]))


def learnt(scores, creator=None, platform=0, tier=0):
    scores = np.asarray(scores, float)
    count = len(scores)
    creator = np.arange(count) if creator is None else np.asarray(creator)
    return calibration.learn(
        scores, creator, Groups(np.full(count, platform), np.full(count, tier))
    )


def response(location, creator_sd, post_sd, basis=Basis.OWN_POSTS):
    return Response.of_posterior(
        np.array([location]), np.array([creator_sd**2]), np.array([post_sd**2]),
        np.array([basis]), np.array([5]),
    )  # fmt: skip


def test_without_any_result_the_law_is_normal_and_moved_outward_as_for_twenty_creators():
    low, high = learnt([]).quantiles(ENDS, HERE)[0]

    # Tails of .1 become .1 - .9 / 20 = .055, to the nearest of 400 steps.
    assert high == pytest.approx(-ndtri(0.055), abs=0.02)
    assert low == pytest.approx(-high, abs=0.03)


def test_of_many_creators_the_quantile_is_theirs():
    low, high = learnt(np.linspace(-3, 5, 40_001)).quantiles(ENDS, HERE)[0]

    assert (low, high) == pytest.approx((-2.2, 4.2), abs=0.02)


def test_a_creator_with_many_results_counts_once():
    # 2,000 creators near 0, and one with 6,000 results at 9.
    scores = np.concatenate([np.linspace(-1, 1, 2_000), np.full(6_000, 9.0)])
    creator = np.concatenate([np.arange(2_000), np.full(6_000, 2_000)])

    assert learnt(scores, creator).quantiles(ENDS, HERE)[0, 1] < 1


def test_a_group_of_few_borrows_from_its_platform_and_one_of_many_does_not():
    rng = np.random.default_rng(1)
    scores = np.concatenate([rng.normal(0, 1, 3_000), rng.normal(0, 3, 3_000), [40.0] * 3])
    tier = np.repeat([0, 1, 2], [3_000, 3_000, 3])
    found = calibration.learn(scores, np.arange(6_003), Groups(np.zeros(6_003, int), tier))
    spread = found.quantiles(ENDS, Groups(np.zeros(3, int), np.arange(3)))[:, 1] / 1.2816

    assert spread[:2] == pytest.approx([1, 3], rel=0.07)
    assert 1.5 < spread[2] < 4  # of its own three it would be 31


def test_an_unknown_tier_and_an_unknown_platform_get_what_is_known_of_the_larger_group():
    found = learnt(np.linspace(-4, 4, 4_001))
    known, no_tier, no_platform = found.quantiles(
        ENDS, Groups(np.array([0, 0, 7]), np.array([0, -1, 0]))
    )[:, 1]

    assert no_tier == pytest.approx(known, abs=0.05)
    assert no_platform == pytest.approx(known, abs=0.1)


def test_intervals_of_a_few_creators_hold_on_average_as_often_as_they_say():
    rng = np.random.default_rng(4)
    held = []
    for _ in range(300):
        scores = rng.standard_t(4, 31) * 2
        low, high = learnt(scores[:-1]).quantiles(ENDS, HERE)[0]
        held.append(low <= scores[-1] <= high)

    # Thirty creators against 120 that the normal law is worth: wider than normal, not yet right.
    assert 0.6 < np.mean(held) < 0.85


@given(
    st.lists(st.floats(-50, 50), max_size=40),
    st.lists(st.floats(0.001, 0.999), min_size=2, max_size=6),
)
def test_quantiles_rise_with_their_level(scores, levels):
    found = learnt(scores).quantiles(np.sort(levels), HERE)[0]

    assert np.all(np.diff(found) >= 0)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.floats(0.01, 20))
def test_scores_further_out_never_make_an_interval_narrower(scores, times):
    near, far = (learnt(np.array(scores) * by).quantiles(ENDS, HERE)[0] for by in (1, 1 + times))

    assert far[1] - far[0] >= near[1] - near[0] - 1e-9


def test_scores_that_are_not_numbers_are_left_out():
    with_holes = learnt([np.nan, 1.0, np.inf, 2.0], creator=[0, 1, 2, 3])

    assert list(with_holes.score) == [1.0, 2.0]
    assert list(with_holes.weight) == [1.0, 1.0]


def test_old_scores_count_as_little_as_they_are_worth():
    everyone = Groups(np.zeros(3, int), np.zeros(3, int))
    found = calibration.learn(
        np.array([1.0, 2.0, 3.0]), np.array([0, 0, 1]), everyone, worth=np.array([1.0, 1.0, 0.25])
    )

    assert list(found.weight) == [0.5, 0.5, 0.25]


def test_scores_are_how_far_results_lie_in_spreads():
    told = response(np.log(100), 0.6, 0.8)

    assert calibration.scores(told, np.array([100 * np.e - 1]))[0] == pytest.approx(1.0)
    assert np.isnan(calibration.scores(told, np.array([np.nan]))[0])
    nothing = response(np.nan, 0.6, 0.8, basis=Basis.NOTHING)
    assert np.isnan(calibration.scores(nothing, np.array([50.0]))[0])


def test_a_calibrated_expectation_keeps_its_mean_and_gets_ends_and_spread_that_hold():
    told = response(np.log(1_000), 0.3, 0.4)
    found = learnt(np.linspace(-5, 5, 20_001)).applied(told, HERE)

    # The middle 80 % of the scores reaches to 4 spreads of .5 either way.
    assert np.log1p(found.low[0]) == pytest.approx(np.log(1_000) - 2, abs=0.02)
    assert np.log1p(found.high[0]) == pytest.approx(np.log(1_000) + 2, abs=0.02)
    assert found.creator_sd[0] == pytest.approx(0.3 * 4 / 1.2816, rel=0.01)
    assert found.mean[0] == told.mean[0]


def test_nothing_known_stays_nothing_known():
    nothing = response(np.nan, 0.3, 0.4, basis=Basis.NOTHING)
    found = learnt([1.0, 2.0]).applied(nothing, HERE)

    assert found.estimate(0).value is None


def test_groups_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        Groups(np.array([0]), np.array([0, 1]))
