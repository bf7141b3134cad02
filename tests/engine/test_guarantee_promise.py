"""Goals, the probability of meeting them, the size of what is shared, and settled promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine import guarantee
from groundswell.engine.guarantee import Shock, scoring
from groundswell.engine.guarantee.shock import noise, tail_of


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_a_scenario_counts_only_when_every_goal_is_met():
    totals = {"views": np.array([9.0, 11, 11, 9]), "clicks": np.array([3.0, 3, 1, 1])}

    met = guarantee.all_met(totals, {"views": 10, "clicks": 2})

    assert met.tolist() == [False, True, False, False]


def test_one_goal_is_sold_at_the_quantile_of_its_total():
    totals = {"views": np.arange(1.0, 101)}

    sold = guarantee.goals_at(totals, 0.90)

    assert sold["views"] == pytest.approx(10)
    assert guarantee.all_met(totals, sold).mean() == 0.91


@given(st.floats(0.5, 0.99), st.integers(0, 2**32))
def test_goals_of_several_kpis_are_met_together_as_often_as_sold(probability, seed):
    rng = np.random.default_rng(seed)
    totals = {"views": rng.lognormal(5, 0.4, 1_000), "clicks": rng.lognormal(1, 0.8, 1_000)}

    sold = guarantee.goals_at(totals, probability)

    assert guarantee.all_met(totals, sold).mean() == pytest.approx(probability, abs=0.002)


def test_the_chance_runs_from_a_large_shock_to_a_small_one(rng):
    size = np.linspace(0, 1, 1_000)
    met = rng.random(1_000) < 1 - 0.5 * size

    chance = guarantee.chance(met, size, n=12)

    assert chance.low == pytest.approx(0.55, abs=0.06)
    assert chance.high == pytest.approx(0.95, abs=0.06)
    assert (chance.value, chance.level, chance.n) == (met.mean(), 0.8, 12)


def test_the_chance_without_a_shock_says_how_many_scenarios_there_were():
    chance = guarantee.chance(np.repeat([True, False], [90, 10]))

    assert (chance.value, chance.low, chance.high) == pytest.approx((0.9, 0.856, 0.932), abs=0.002)


def test_a_shock_learns_from_its_squares_beside_the_prior():
    learnt = Shock.learnt(0.36, 6.0, prior=Shock(0.1, 4.0))

    assert learnt.worth == 10
    assert learnt.sd == pytest.approx(np.sqrt((4 * 0.01 + 0.36) / 10))


def test_possible_sizes_of_a_shock_lie_in_its_interval_four_times_in_five(rng):
    shock = Shock(0.1, 8.0)
    interval = shock.estimate()

    sizes = shock.sizes(20_000, rng)

    assert np.mean((interval.low < sizes) & (sizes < interval.high)) == pytest.approx(0.8, abs=0.01)


def test_a_shock_refuses_a_negative_size():
    with pytest.raises(ValueError, match=r"got -0\.1 and 4"):
        Shock(-0.1, 4.0)


def test_noise_has_the_tail_that_was_asked_for_and_is_cut_above(rng):
    heavy, normal = (noise((50_000, 2), tail, rng) for tail in (3.0, np.inf))

    assert (heavy < -3).mean() == pytest.approx(0.0288, abs=0.002)
    assert (normal < -3).mean() == pytest.approx(0.00135, abs=0.0005)
    assert heavy.max() == 4.0


@pytest.mark.parametrize(("tail", "least", "most"), [(3.0, 2.5, 4.0), (np.inf, 12.0, 20.0)])
def test_the_tail_of_draws_is_found(rng, tail, least, most):
    drawn = 0.5 * noise((4_000, 1), tail, rng).ravel()

    found, scale = tail_of(drawn, choices=np.array([2.5, 3, 4, 6, 12, 20]))

    assert least <= found <= most
    assert scale == pytest.approx(0.5, rel=0.1)


def test_the_score_of_four_promises_by_hand():
    score = scoring.score(np.array([0.9, 0.9, 0.6, 0.2]), np.array([True, True, False, False]))

    assert score.brier == pytest.approx((0.01 + 0.01 + 0.36 + 0.04) / 4)
    assert score.base == pytest.approx(0.25)
    assert score.skill.value == pytest.approx(1 - 0.105 / 0.25)
    assert [b.promised for b in score.diagram] == pytest.approx([0.2, 0.6, 0.9])
    assert [(b.kept.value, b.kept.n) for b in score.diagram] == [(0.0, 1), (0.0, 1), (1.0, 2)]


def test_skill_cannot_be_said_when_all_promises_ended_alike():
    skill = scoring.score(np.array([0.9, 1.0]), np.array([True, True])).skill

    assert skill.value is None
    assert skill.reason == "all promises ended alike"


def test_promises_outside_zero_and_one_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        scoring.score(np.array([1.2]), np.array([True]))


@given(st.integers(0, 2**32))
def test_promises_that_say_the_truth_lie_on_the_diagonal(seed):
    rng = np.random.default_rng(seed)
    promised = rng.choice([0.15, 0.55, 0.95], 3_000)

    score = scoring.score(promised, rng.random(3_000) < promised)

    assert all(b.kept.value == pytest.approx(b.promised, abs=0.07) for b in score.diagram)
