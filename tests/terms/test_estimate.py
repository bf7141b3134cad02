import math

import pytest

from groundswell.terms.estimate import Estimate


def test_what_cannot_be_said_has_nulls_and_a_reason():
    assert Estimate.cannot_say("no posts").as_json() == {
        "value": None,
        "low": None,
        "high": None,
        "level": None,
        "method": "none",
        "n": 0,
        "reason": "no posts",
    }


def test_a_count_has_a_value_and_no_interval():
    counted = Estimate.exact(100, method="exact count", n=100)

    assert (counted.value, counted.low, counted.level) == (100, None, None)
    assert counted.is_known


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((math.nan, None, None, None, "m", 1), "finite"),
        ((1.0, math.inf, math.inf, 0.9, "m", 1), "finite"),
        ((None, None, None, None, "m", 0), "reason"),
        ((1.0, 0.5, None, None, "m", 1), "go together"),
        ((1.0, 2.0, 0.5, 0.9, "m", 1), "must not exceed"),
        ((1.0, 0.5, 2.0, 1.0, "m", 1), r"\(0, 1\)"),
        ((1.0, None, None, None, "m", -1), "negative"),
    ],
)
def test_nonsense_is_refused_at_construction(given, says):
    with pytest.raises(ValueError, match=says):
        Estimate(*given)
