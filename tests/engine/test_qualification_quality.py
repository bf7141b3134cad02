"""Content quality: steadiness, originality, craft, language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification.factors import quality
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, batch_of, post

LONG = "We ran twelve miles along the ridge before the sun came up"


def measured(name: str, posts: list[dict]) -> Measure:
    found = quality.measures(batch_of([account("anna")], posts=posts))
    return next(measure for measure in found if measure.name == name)


def on_days(*days: float) -> list[dict]:
    return [post("anna", day, number=i) for i, day in enumerate(days)]


def test_posting_like_a_clock_is_as_steady_as_can_be():
    found = measured("steadiness", on_days(1, 3, 5, 7, 9, 11))
    assert found.value[0] == pytest.approx(1.0)


def test_posting_in_one_burst_is_as_bursty_as_can_be():
    found = measured("steadiness", on_days(100, 1.003, 1.002, 1.001, 1.0))
    assert found.value[0] == pytest.approx(-1.0, abs=0.01)


def test_steadiness_of_gaps_one_and_three_is_worked_by_hand():
    # Gaps 1, 3, 1, 3: mean 2, standard deviation 1, r = 1/2, n = 4, so the burstiness is
    # (sqrt(5)/2 - sqrt(3)) / ((sqrt(5) - 2)/2 + sqrt(3)).
    found = measured("steadiness", on_days(0, 1, 4, 5, 8))
    top, bottom = 5**0.5 / 2 - 3**0.5, (5**0.5 - 2) / 2 + 3**0.5
    assert found.value[0] == pytest.approx(-top / bottom)
    assert found.n[0] == 4


def test_four_posts_are_too_few_to_be_steady():
    assert measured("steadiness", on_days(1, 2, 3, 4)).estimate(0).reason == (
        "fewer than 5 dated posts are known"
    )


def test_posts_at_one_moment_have_no_rhythm():
    found = measured("steadiness", on_days(1, 1, 1, 1, 1))
    assert found.estimate(0).reason == "all known posts were published at one moment"


@given(st.lists(st.floats(0.1, 100), min_size=5, max_size=20, unique=True), st.floats(0.1, 50))
def test_steadiness_does_not_depend_on_the_unit_of_time(days: list[float], scale: float):
    once = measured("steadiness", on_days(*days)).value[0]
    again = measured("steadiness", on_days(*(day * scale for day in days))).value[0]
    assert once == pytest.approx(again, abs=1e-3)


def test_repeated_captions_lower_originality_and_are_pointed_at():
    texts = [LONG, "Fresh bread from the oven with salted butter", LONG, "A quiet day at sea today"]
    posts = [post("anna", 9 - day, number=day, text=text) for day, text in enumerate(texts)]
    found = measured("originality", posts)
    assert (found.value[0], found.n[0]) == (0.75, 4)
    assert found.references[0] == ("anna-2",)


def test_captions_that_say_nothing_or_are_stuffed_lack_craft():
    posts = [
        post("anna", 1, text=LONG, hashtags=["run"]),
        post("anna", 2, text="#run #trail #ultra #fyp #foryou"),
        post("anna", 3, text=LONG, hashtags=[f"t{i}" for i in range(16)]),
        post("anna", 4, text=None),
    ]
    found = measured("caption_craft", posts)
    assert (found.value[0], found.n[0]) == (pytest.approx(1 / 3), 3)


def test_the_main_language_is_counted():
    posts = [post("anna", day, language=tag) for day, tag in enumerate(["de", "de-AT", "de", "en"])]
    found = measured("language_consistency", posts)
    assert (found.value[0], found.n[0]) == (0.75, 4)


def test_nothing_is_said_of_an_account_without_posts():
    found = quality.measures(batch_of([account("anna")]))
    assert not any(measure.known[0] for measure in found)
    assert all(measure.estimate(0).reason for measure in found)
