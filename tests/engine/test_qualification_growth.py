"""Growth of followers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification.factors import growth
from groundswell.engine.qualification.growth import series as counted
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, ago, batch_of


def measured(counts: list[tuple[float, int]], averages=()) -> Measure:
    rows = [{"account": "anna", "observed_at": ago(d), "followers": n} for d, n in counts]
    batch = batch_of([account("anna")], counts=rows, averages=averages)
    return growth.measures(counted.daily(batch), batch.size)[0]


def test_steady_growth_is_found_exactly():
    found = measured([(day, round(1_000_000 * 1.01**-day)) for day in range(30)])
    assert found.value[0] == pytest.approx(0.01, abs=1e-6)
    assert found.low[0] <= found.value[0] <= found.high[0]


def test_trend_is_the_median_slope_worked_by_hand():
    # Log counts 0, 1, 4 on days 0, 10, 20: slopes .1, .3 and .2; the median is .2.
    counts = [(20, 1_000), (10, round(1_000 * np.e)), (0, round(1_000 * np.e**4))]
    assert measured(counts).value[0] == pytest.approx(np.expm1(0.2), rel=1e-3)


def test_one_wild_count_does_not_move_the_trend():
    counts = [(day, round(1_000_000 * 1.002**-day)) for day in range(30)]
    wild = [(day, 3_000_000 if day == 15 else n) for day, n in counts]
    assert measured(wild).value[0] == pytest.approx(0.002, abs=2e-4)


def test_a_rounded_count_that_stands_still_may_have_grown_by_a_step():
    found = measured([(day, 723_000) for day in range(0, 40, 4)])
    assert found.value[0] == 0.0
    assert found.high[0] == pytest.approx(np.expm1(1_000 / 723_000 / 36))


def test_two_counts_are_too_few():
    assert measured([(20, 900), (0, 1_000)]).estimate(0).reason == (
        "fewer than 3 follower counts are known"
    )


def test_six_days_are_too_short():
    assert measured([(6, 900), (3, 950), (0, 1_000)]).estimate(0).reason == (
        "follower counts span less than 7 days"
    )


def test_several_counts_of_one_day_are_one():
    assert not measured([(0.1, 900), (0.2, 950), (0.3, 1_000), (0.4, 990)]).known[0]


def test_counts_older_than_the_window_do_not_matter():
    recent = [(day, 1_000) for day in range(0, 60, 10)]
    assert measured([*recent, (400, 5)]).value[0] == measured(recent).value[0] == 0.0


def test_reported_gains_make_a_series():
    averages = [
        {
            "account": "anna",
            "observed_at": ago(7 * week),
            "window": "week",
            "followers_gained": 100,
            "followers": 10_000 if week == 0 else None,
        }
        for week in range(4)
    ]
    found = measured([], averages)
    assert found.n[0] == 5
    assert found.value[0] == pytest.approx(np.expm1(np.log(10_000 / 9_600) / 28), rel=0.02)


def test_gains_before_a_missing_window_are_not_used():
    averages = [
        {
            "account": "anna",
            "observed_at": ago(7 * week),
            "window": "week",
            "followers_gained": 100,
            "followers": 10_000,
        }
        for week in (0, 1, 2, 9, 10)
    ]
    assert measured([], averages).n[0] == 4


def test_gains_without_any_count_of_followers_say_nothing():
    averages = [
        {"account": "anna", "observed_at": ago(7 * w), "window": "week", "followers_gained": 100}
        for w in range(5)
    ]
    assert measured([], averages).estimate(0).reason == "no follower counts over time are known"


def test_intervals_hold_the_drift_of_counts_that_wander():
    rng = np.random.default_rng(4)
    series, days = 400, 30
    steps = rng.normal(0.002, 0.01, (series, days))
    levels = np.round(1e6 * np.exp(np.cumsum(steps, axis=1)))
    names = [f"a{i}" for i in range(series)]
    rows = [
        {"account": name, "observed_at": ago(days - day), "followers": int(level)}
        for name, path in zip(names, levels, strict=True)
        for day, level in enumerate(path)
    ]
    batch = batch_of(map(account, names), counts=rows)
    found = growth.measures(counted.daily(batch), batch.size)[0]
    inside = (np.log1p(found.low) <= 0.002) & (np.log1p(found.high) >= 0.002)
    assert 0.92 < inside.mean() < 0.99


@given(
    st.lists(st.integers(100, 10**6), min_size=3, max_size=12),
    st.integers(2, 50),
)
def test_growth_does_not_depend_on_the_size_of_the_account(counts: list[int], factor: int):
    rows = [(4.0 * i, n) for i, n in enumerate(counts)]
    once, larger = measured(rows), measured([(day, n * factor) for day, n in rows])
    assert once.value[0] == pytest.approx(larger.value[0])
    assert once.low[0] <= once.value[0] <= once.high[0]
