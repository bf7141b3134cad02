"""How much of an audience a target is, and what can't be said of it."""

import pytest

from groundswell.engine.qualification import target
from groundswell.engine.qualification.target import Slice
from tests.support.batches import TODAY


def slices(dimension: str, people: int | None = 1_000, **shares: float) -> list[Slice]:
    return [
        Slice(dimension, value, share, people, "creator_authorised", TODAY)
        for value, share in shares.items()
    ]


COUNTRIES = slices("country", US=0.5, GB=0.2, DE=0.1)
GENDERS = slices("gender", female=0.7, male=0.3)


def test_shares_of_wanted_countries_add_up_with_the_error_of_the_sample():
    found = target.fit(COUNTRIES, {"country": ["us", "GB"]})

    assert found.share.value == pytest.approx(0.7)
    assert found.share.low == pytest.approx(0.671, abs=1e-3)
    assert found.share.high == pytest.approx(0.728, abs=1e-3)
    assert (found.share.n, found.parts[0].source) == (1_000, "creator_authorised")


def test_a_country_that_is_not_listed_may_be_in_the_rest():
    found = target.fit(COUNTRIES, {"country": ["US", "FR"]}).share

    assert found.value == 0.5
    assert found.high == pytest.approx(0.531 + 0.2, abs=1e-3)


def test_dimensions_are_taken_as_independent_and_bounded_however_they_go_together():
    found = target.fit(
        [*slices("country", None, US=0.7, GB=0.3), *slices("gender", None, female=0.8, male=0.2)],
        {"country": ["US"], "gender": ["female"]},
    ).share

    assert found.value == pytest.approx(0.56)
    assert (found.low, found.high) == (pytest.approx(0.5), 0.7)


def test_what_nobody_measured_leaves_the_whole_unsaid_and_the_parts_said():
    found = target.fit(GENDERS, {"gender": ["female"], "age": ["25-34"]})

    assert found.share.reason == "no source says how the audience is made up by age"
    assert found.parts[0].share.value == 0.7
    assert found.parts[1].share.value is None


def test_without_a_sample_size_there_is_no_interval_and_it_says_so():
    found = target.fit(slices("gender", None, female=1.0), {"gender": ["female"]}).share

    assert (found.value, found.low) == (1.0, None)
    assert found.reason == "the source does not say how many people it measured"


def test_a_target_that_asks_nothing_has_no_share():
    assert target.fit(COUNTRIES, {}).share.reason == "the target asks nothing of the audience"


def test_the_effective_number_of_countries_is_the_inverse_of_simpson():
    assert target.fit(slices("country", US=0.5, GB=0.5), {}).kinds == {"country": 2.0}
