"""The share of fakes is corrected for the mistakes of who counted them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine.followers.share import Errors, estimated

EXACT = Errors(found=100_000, fakes=100_000, cleared=100_000, reals=100_000)


def test_without_mistakes_it_is_the_share_called_fake():
    found = estimated(200, 1_000, EXACT)

    assert found.value == pytest.approx(0.2, abs=0.001)
    assert (found.low, found.high) == pytest.approx((0.180, 0.2215), abs=0.002)
    assert (found.level, found.n) == (0.90, 1_000)


def test_known_mistakes_are_taken_out():
    often = Errors(found=800_000, fakes=1_000_000, cleared=900_000, reals=1_000_000)

    assert estimated(2_400, 10_000, often).value == pytest.approx((0.24 - 0.1) / 0.7, abs=0.002)


def test_what_mistakes_alone_explain_is_near_zero():
    found = estimated(50, 1_000, Errors(found=90, fakes=100, cleared=950, reals=1_000))

    assert found.low < 0.005
    assert found.value < 0.03


def test_uncertain_mistakes_widen_the_range():
    sure = estimated(200, 1_000, Errors(170, 200, 950, 1_000))
    unsure = estimated(200, 1_000, Errors(17, 20, 19, 20))

    assert unsure.high - unsure.low > 1.5 * (sure.high - sure.low)


@pytest.mark.parametrize("judged", [0, 1, 49])
def test_of_few_rows_nothing_is_said(judged):
    found = estimated(0, judged, EXACT)

    assert found.value is None
    assert "50 or more" in found.reason


def test_a_classifier_that_guesses_says_nothing():
    assert "hardly tells" in estimated(50, 100, Errors(50, 100, 50, 100)).reason


@settings(deadline=None, max_examples=50)
@given(st.integers(50, 300_000), st.floats(0, 1), st.integers(0, 30), st.integers(0, 30))
def test_a_share_lies_in_its_range_or_is_not_said(judged, hits, missed, alarms):
    errors = Errors(found=100 - missed, fakes=100, cleared=100 - alarms, reals=100)
    found = estimated(round(hits * judged), judged, errors)

    assert found.value is None or 0 <= found.low <= found.value <= found.high <= 1


def test_more_called_fake_is_a_larger_share():
    errors = Errors(85, 100, 380, 400)
    values = [estimated(called, 400, errors).value for called in range(0, 401, 20)]

    assert values == sorted(values)


def test_ranges_hold_planted_shares():
    rng = np.random.default_rng(11)
    held = []
    for _ in range(200):
        sensitivity, specificity = rng.beta(17, 3), rng.beta(38, 2)
        errors = Errors(rng.binomial(60, sensitivity), 60, rng.binomial(120, specificity), 120)
        share, rows = rng.uniform(0.02, 0.40), rng.integers(100, 1_000)
        called = rng.binomial(rows, share * sensitivity + (1 - share) * (1 - specificity))
        found = estimated(called, rows, errors)
        held.append(found.low <= share <= found.high)

    assert 0.86 <= np.mean(held) <= 0.97
