"""Where followers go in 30 days, and when their growth turned."""

import numpy as np
import pytest

from groundswell.engine.qualification.factors import growth
from groundswell.engine.qualification.growth import forecast, series, turns
from groundswell.engine.qualification.growth.series import DAY, Series
from tests.support.batches import account, ago, batch_of


def walks(log: np.ndarray) -> Series:
    count, days = log.shape
    codes = np.repeat(np.arange(count), days)
    at = np.tile(np.arange(days) * int(DAY), count)
    return Series(codes, at.astype(np.int64), np.round(np.exp(log)).ravel())


def test_steady_growth_goes_on_and_fades():
    found = forecast.ahead(walks(13 + 0.01 * np.arange(60.0)[None]), 1, days=30)
    ahead = 0.01 * 60 * -np.expm1(-0.5)
    assert found.value[0] == pytest.approx(np.exp(13 + 0.59 + ahead), rel=1e-4)


def test_four_of_five_intervals_hold_where_walks_go():
    rng = np.random.default_rng(8)
    log = 14 + np.cumsum(rng.normal(0.0005, 0.004, (2_000, 120)), axis=1)
    found = forecast.ahead(walks(log[:, :90]), 2_000, days=30)
    held = (found.low <= np.exp(log[:, -1])) & (np.exp(log[:, -1]) <= found.high)
    assert 0.76 < held.mean() < 0.86


def test_a_count_that_stands_still_stays_within_half_a_step():
    found = forecast.ahead(walks(np.full((1, 40), np.log(723_000))), 1, days=30)
    assert found.value[0] == pytest.approx(723_000)
    assert found.high[0] - found.value[0] == pytest.approx(500, rel=0.01)


def test_thirteen_days_are_too_short_for_thirty():
    assert np.isnan(forecast.ahead(walks(np.full((1, 14), 9.0)), 1, days=30).value[0])


def test_a_turn_is_found_where_it_was_planted():
    rng = np.random.default_rng(2)
    pace = np.where(np.arange(90) < 60, 0.001, 0.008)
    log = 13 + np.cumsum(pace + rng.normal(0, 0.002, 90))
    found = turns.find(walks(log[None]), 1)
    assert found.found[0]
    assert found.at[0] / DAY == pytest.approx(59, abs=2)
    assert found.after[0] - found.before[0] == pytest.approx(0.007, abs=0.0007)


def test_walks_seldom_turn_and_a_jump_is_no_turn():
    rng = np.random.default_rng(3)
    log = 13 + np.cumsum(rng.normal(0.001, 0.003, (1_000, 60)), axis=1)
    assert turns.find(walks(log), 1_000).found.mean() < 0.03
    log[:, 30:] += 0.5
    assert turns.find(walks(log), 1_000).found.mean() < 0.03


def test_the_factor_says_both_in_words():
    rows = [
        {
            "account": "anna",
            "observed_at": ago(day),
            "followers": round(1e6 * 1.004 ** -max(day, 30)),
        }
        for day in range(90)
    ]
    batch = batch_of([account("anna")], counts=rows)
    _, _, coming, turn = growth.measures(series.daily(batch), batch.size)
    assert coming.estimate(0).level == 0.80
    assert turn.value[0] == pytest.approx(-0.004, abs=1e-4)
    assert turn.estimate(0).reason == "since 31 May 2026, +0.40% a day before it"


def test_no_counts_no_forecast_no_turn():
    batch = batch_of([account("anna")])
    _, _, coming, turn = growth.measures(series.daily(batch), batch.size)
    assert coming.estimate(0).reason == "fewer than 3 follower counts are known"
    assert turn.estimate(0).reason == "fewer than 9 follower counts are known"
