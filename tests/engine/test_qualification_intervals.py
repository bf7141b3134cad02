"""Intervals of proportions and of pooled ratios."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification import intervals


def test_wilson_of_five_in_ten():
    value, low, high = intervals.wilson(np.array([5.0]), np.array([10]))
    assert (value[0], low[0], high[0]) == pytest.approx((0.5, 0.236593, 0.763407), abs=1e-6)


def test_wilson_of_none_in_ten_still_has_an_upper_end():
    value, low, high = intervals.wilson(np.array([0.0]), np.array([10]))
    assert (value[0], low[0], high[0]) == pytest.approx((0.0, 0.0, 0.277533), abs=1e-6)


def test_no_trials_give_no_proportion():
    assert np.isnan(intervals.wilson(np.array([0.0]), np.array([0]))).all()


def test_counts_are_pooled_before_dividing():
    codes = np.array([0, 0, 1])
    value, _, _, n = intervals.ratio_of_totals(
        codes, np.array([10.0, 30.0, 5.0]), np.array([1000.0, 1000.0, 100.0]), 2
    )
    assert value.tolist() == [0.02, 0.05]
    assert n.tolist() == [2, 1]


def test_two_posts_give_the_jackknife_interval_worked_by_hand():
    # Leaving one post out gives log .03 and log .01: they differ by log 3, so the error of the
    # logarithm is log(3) / 2, and t with one degree is 12.7062.
    _, low, high, _ = intervals.ratio_of_totals(
        np.array([0, 0]), np.array([10.0, 30.0]), np.array([1000.0, 1000.0]), 1
    )
    factor = np.exp(12.7062047 * np.log(3) / 2)
    assert (low[0], high[0]) == pytest.approx((0.02 / factor, 0.02 * factor))


def test_one_post_has_a_value_and_no_interval():
    value, low, high, n = intervals.ratio_of_totals(
        np.array([0]), np.array([10.0]), np.array([200.0]), 1
    )
    assert (value[0], n[0]) == (0.05, 1)
    assert np.isnan([low[0], high[0]]).all()


def test_posts_without_any_engagement_have_no_interval():
    value, low, _, _ = intervals.ratio_of_totals(
        np.zeros(3, dtype=np.int64), np.zeros(3), np.full(3, 100.0), 1
    )
    assert value[0] == 0.0
    assert np.isnan(low[0])


def test_interval_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(5)
    accounts, posts = 4_000, 10
    codes = np.repeat(np.arange(accounts), posts)
    views = rng.lognormal(8, 0.6, codes.size)
    engaged = views * 0.05 * rng.lognormal(-0.18, 0.6, codes.size)
    _, low, high, _ = intervals.ratio_of_totals(codes, engaged, views, accounts)
    assert 0.91 < np.mean((low <= 0.05) & (high >= 0.05)) < 0.97


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=30))
def test_scaling_what_is_divided_by_scales_the_rate(posts: list[tuple[int, int]]):
    top, bottom = np.array(posts, dtype=np.float64).T
    codes = np.zeros(top.size, dtype=np.int64)
    once = intervals.ratio_of_totals(codes, top, bottom, 1)
    tenfold = intervals.ratio_of_totals(codes, top, 10 * bottom, 1)
    for plain, scaled in zip(once[:3], tenfold[:3], strict=True):
        np.testing.assert_allclose(plain, 10 * scaled, rtol=1e-6)
