"""The overall score: a weighted mean of what can be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification import overall
from groundswell.engine.qualification.card import Factor
from groundswell.terms.estimate import Estimate
from groundswell.terms.factors import FactorName

EVEN = dict.fromkeys(FactorName, 1 / 6)


def factors(*scores, spread=10.0):
    found = []
    for name, score in zip(FactorName, scores, strict=True):
        said = Estimate.cannot_say("nothing is known")
        if score is not None:
            said = Estimate(score, score - spread, score + spread, 0.95, "test", 5)
        found.append(Factor(name, said, (), (), 5, None))
    return found


def test_it_is_the_mean_of_the_factors_that_can_be_said():
    found = overall.overall(factors(20, None, None, 52, 52, 25), EVEN)

    assert found.score.value == pytest.approx(37.25)
    assert (found.coverage, found.score.n) == ("from 4 of 6 factors", 4)
    # Each end is 10 away and weighs a quarter: 10 * sqrt(4 / 16).
    assert (found.score.low, found.score.high) == (pytest.approx(32.25), pytest.approx(42.25))


def test_weights_shift_it():
    weights = EVEN | {FactorName.CREDIBILITY: 0.5, FactorName.GROWTH: 0.5}
    found = overall.overall(factors(20, None, None, None, 50, 40), weights)

    assert found.score.value == pytest.approx((20 * 0.5 + 50 / 6 + 40 * 0.5) / (1 + 1 / 6))


def test_a_factor_without_weight_is_not_asked_for():
    weights = EVEN | {FactorName.LIFE_MOMENTS: 0.0, FactorName.AUDIENCE: 0.0}

    assert overall.overall(factors(20, 90, None, 52, 52, 25), weights).coverage == (
        "from 4 of 4 factors"
    )


def test_below_three_factors_it_cannot_be_said():
    found = overall.overall(factors(20, None, None, None, None, 25), EVEN)

    assert found.score.value is None
    assert found.score.reason == (
        "2 of 6 factors can be said, which carry 33% of the weight; it takes 3 factors and 50%"
    )


def test_below_half_of_the_weight_it_cannot_be_said():
    weights = EVEN | {FactorName.LIFE_MOMENTS: 1.0}

    assert overall.overall(factors(20, None, 50, 52, 52, 25), weights).score.value is None


def test_a_factor_without_an_interval_leaves_none():
    some = factors(20, None, None, 52, 52, 25)
    bare = Estimate.exact(25.0, method="test", n=1)
    some[-1] = Factor(FactorName.GROWTH, bare, (), (), 1, None)
    found = overall.overall(some, EVEN).score

    assert (found.value, found.low) == (pytest.approx(37.25), None)
    assert found.reason == "no interval: one of its factors has none"


@given(
    st.lists(st.none() | st.floats(0, 100), min_size=6, max_size=6),
    st.lists(st.floats(0, 10), min_size=6, max_size=6).filter(lambda each: sum(each) > 0.01),
)
def test_it_lies_between_its_factors_and_the_table_says_the_same(scores, given_weights):
    weights = dict(zip(FactorName, given_weights, strict=True))
    found = overall.overall(factors(*scores), weights)
    columns = {
        name: np.array([np.nan if score is None else score])
        for name, score in zip(FactorName, scores, strict=True)
    }
    [same] = overall.scores(columns, weights)

    if found.score.value is None:
        assert np.isnan(same)
    else:
        said = [score for name, score in zip(FactorName, scores, strict=True) if name in found.said]
        assert min(said) - 1e-6 <= found.score.value <= max(said) + 1e-6
        assert same == found.score.value
