"""Branded saturation and performance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification.factors import branded, performance
from groundswell.engine.qualification.factors.performance import Contrast
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, ago, batch_of, post


def saturation(posts: list[dict], sponsored: list[bool]) -> Measure:
    return branded.saturation(batch_of([account("anna")], posts=posts), np.array(sponsored))


def test_share_of_the_last_ninety_days_with_its_wilson_interval():
    posts = [post("anna", day, paid_partnership=day < 3, text="x") for day in range(1, 11)]
    found = saturation([*posts, post("anna", 95, text="x")], [True] + [False] * 8 + [True] * 2)
    estimate = found.estimate(0)
    assert (estimate.value, estimate.n) == (0.2, 10)
    assert (estimate.low, estimate.high) == pytest.approx((0.056682, 0.509838), abs=1e-6)
    assert estimate.reason is None
    assert found.references[0] == ("anna-2000", "anna-1000")


def test_unknown_platform_labels_make_it_a_lower_bound():
    found = saturation([post("anna", 1, text="x")], [False])
    assert found.value[0] == 0.0
    assert "lower bound" in found.estimate(0).reason


def test_a_post_without_text_or_label_is_not_counted_as_organic():
    found = saturation([post("anna", 1, text="x"), post("anna", 2)], [True, True])
    assert (found.value[0], found.n[0]) == (1.0, 1)


def test_a_silent_account_is_judged_on_the_time_before_its_silence():
    posts = [post("anna", 200, text="x"), post("anna", 280, text="x"), post("anna", 299, text="x")]
    found = saturation(posts, [True, False, True])
    assert (found.value[0], found.n[0]) == (0.5, 2)
    assert "silent for 90 days" in found.estimate(0).reason


def test_posts_from_the_future_are_not_counted():
    assert saturation([post("anna", -3, text="x")], [True]).n[0] == 0


def liked(day: float, likes: int, **known) -> dict:
    return post("anna", day, likes=likes, text="x", observed_at=ago(0), **known)


def test_contrast_compares_within_formats():
    posts = [
        liked(20, 99, format="reel"),
        liked(19, 199, format="reel"),
        liked(18, 9, format="image"),
        liked(17, 19, format="image"),
    ]
    batch = batch_of([account("anna")], posts=posts)
    found = performance.contrast(batch, np.array([False, True, False, True]))
    reel, image = np.log(199.5 / 99.5), np.log(19.5 / 9.5)
    assert found.xx[0] == 1.0
    assert found.xy[0] / found.xx[0] == pytest.approx((reel + image) / 2)
    assert (found.degrees[0], found.sponsored[0]) == (1, 2)


def test_posts_that_are_still_collecting_likes_are_left_out():
    posts = [liked(2, 5), liked(20, 100), liked(21, 100)]
    found = performance.contrast(
        batch_of([account("anna")], posts=posts), np.array([False, False, True])
    )
    assert found.sponsored[0] == 0


def contrast(effects: np.ndarray, information: np.ndarray, residual: float) -> Contrast:
    count = effects.size
    return Contrast(
        information,
        effects * information,
        effects**2 * information + residual * 10,
        np.zeros(count),
        np.full(count, 10),
        np.full(count, 3),
        np.zeros(count, dtype=np.int64),
    )


def test_an_account_alone_keeps_its_own_ratio():
    alone = contrast(np.array([np.log(2.0)]), np.array([2.0]), 0.5)
    found = performance.branded_ratio(alone, np.zeros(1, dtype=np.int64))
    assert found.value[0] == pytest.approx(2.0)
    assert found.low[0] == pytest.approx(2.0 * np.exp(-1.959964 * 0.5))


def test_little_evidence_is_pulled_to_the_platform_and_much_is_not():
    rng = np.random.default_rng(2)
    effects = np.append(rng.normal(-0.2, 0.1, 200), [1.0, 1.0])
    information = np.append(np.full(200, 40.0), [0.5, 400.0])
    found = performance.branded_ratio(
        contrast(effects, information, 0.4), np.zeros(202, dtype=np.int64)
    )
    assert abs(np.log(found.value[200]) + 0.2) < 0.1
    assert abs(np.log(found.value[201]) - 1.0) < 0.15


def test_other_platforms_do_not_pull():
    mine = contrast(np.array([0.1, 0.2, 0.3]), np.full(3, 2.0), 0.4)
    alone = performance.branded_ratio(mine, np.zeros(3, dtype=np.int64))
    both = performance.joined([mine, contrast(np.full(3, 5.0), np.full(3, 2.0), 0.9)])
    found = performance.branded_ratio(both, np.repeat([0, 1], 3))
    np.testing.assert_array_equal(found.value[:3], alone.value)


def test_without_sponsored_posts_nothing_is_said():
    nobody = Contrast(*np.zeros((4, 1)), *np.zeros((3, 1), dtype=np.int64))
    found = performance.branded_ratio(nobody, np.zeros(1, dtype=np.int64))
    assert found.estimate(0).reason == "no sponsored posts with known engagement"


def test_intervals_hold_the_planted_ratio():
    rng = np.random.default_rng(11)
    truth = rng.normal(-0.1, 0.2, 3_000)
    information = rng.uniform(0.3, 4.0, 3_000)
    seen = truth + rng.normal(0, np.sqrt(0.5 / information))
    found = performance.branded_ratio(
        contrast(seen, information, 0.5), np.zeros(3_000, dtype=np.int64)
    )
    inside = (np.log(found.low) <= truth) & (truth <= np.log(found.high))
    assert 0.92 < inside.mean() < 0.98


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=20), st.floats(0.05, 3))
def test_every_ratio_lies_between_its_own_effect_and_the_platforms(
    effects: list[float], residual: float
):
    values = np.array(effects)
    found = performance.branded_ratio(
        contrast(values, np.full(values.size, 1.5), residual), np.zeros(values.size, dtype=np.int64)
    )
    log = np.log(found.value)
    inside = (log >= np.minimum(values, values.mean()) - 1e-9) & (
        log <= np.maximum(values, values.mean()) + 1e-9
    )
    assert inside.all()
