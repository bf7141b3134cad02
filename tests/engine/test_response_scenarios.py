"""Scenarios: what the posts of a plan get together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.response import Basis, Program, Response, scenarios


@pytest.fixture
def rng():
    return np.random.default_rng(5)


STEADY = Program(delivery=(1e6, 1.0), shock_sd=0.0)


def lines(count: int, *, sd: float = 0.5) -> Response:
    ones = np.ones(count)
    location = np.full(count, np.log(1_000.0))
    mean = np.expm1(location + (0.04 + sd**2) / 2)
    posts = np.ones(count, int)
    return Response(
        location, 0.2 * ones, sd * ones, mean, ones, mean, posts, Basis.OWN_POSTS * posts
    )


def test_the_mean_of_the_scenarios_is_the_sum_of_the_means(rng):
    response = lines(50)

    drawn = scenarios.draw(50, STEADY, scenarios=4_000, rng=rng)

    assert drawn.counts(response).sum(axis=1).mean() == pytest.approx(response.mean.sum(), rel=0.01)


def test_a_common_shock_keeps_totals_uncertain_however_many_creators(rng):
    program = Program(delivery=(1e6, 1.0), shock_sd=0.25)

    alone = scenarios.draw(2_000, STEADY, scenarios=500, rng=rng).counts(lines(2_000))
    together = scenarios.draw(2_000, program, scenarios=500, rng=rng).counts(lines(2_000))

    spread = together.sum(axis=1).std() / together.sum(axis=1).mean()
    assert alone.sum(axis=1).std() / alone.sum(axis=1).mean() < 0.03
    assert spread == pytest.approx(0.25, abs=0.03)


def test_no_shows_lower_the_total_by_the_delivery_rate(rng):
    program = Program(delivery=(80.0, 20.0), shock_sd=0.0)

    drawn = scenarios.draw(100, program, scenarios=2_000, rng=rng)

    assert program.delivery_rate == 0.8
    assert drawn.delivered.mean() == pytest.approx(0.8, abs=0.005)
    assert np.all(drawn.counts(lines(100))[~drawn.delivered] == 0)


def test_every_tenth_scenario_is_a_fair_sample_of_the_shocks(rng):
    drawn = scenarios.draw(1, Program((9.0, 1.0), 0.3), scenarios=2_000, rng=rng)

    assert drawn.shock[5::10].mean() == pytest.approx(drawn.shock.mean(), abs=0.003)
    assert drawn.shock[5::10].std() == pytest.approx(0.3, abs=0.01)


def test_the_total_holds_its_middle_eighty_percent():
    counts = np.arange(1_001.0)[:, None]

    total = scenarios.total(counts, method="scenarios", n=12)

    assert (total.value, total.low, total.high) == pytest.approx((500, 100, 900))
    assert (total.level, total.n) == (0.8, 12)


@given(st.integers(1, 30), st.integers(0, 2**32))
def test_the_same_seed_draws_the_same_scenarios(count, seed):
    first, second = (
        scenarios.draw(count, Program((9.0, 1.0), 0.2), scenarios=20, rng=np.random.default_rng(s))
        for s in (seed, seed)
    )

    assert np.array_equal(first.counts(lines(count)), second.counts(lines(count)))


def test_a_program_refuses_a_delivery_that_is_no_beta():
    with pytest.raises(ValueError, match=r"got \(0.0, 1.0\)"):
        Program(delivery=(0.0, 1.0), shock_sd=0.1)
