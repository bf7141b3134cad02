"""Jumps of followers: planted purchases, viral growth, rounding, miscounts."""

import numpy as np
import pytest

from groundswell.engine.qualification.factors import jumps
from groundswell.engine.qualification.growth import bursts, series
from groundswell.engine.qualification.growth.bursts import Activity
from groundswell.engine.qualification.growth.series import DAY, Series
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, ago, batch_of, post

STEADY = [round(100_000 * 1.001**day) for day in range(60)]
WEEKLY_POSTS = [(float(day), 400.0 + 40 * (day % 3)) for day in range(3, 60, 7)]


def counted(levels, days=None) -> Series:
    days = range(len(levels)) if days is None else days
    at = np.array([round(day * DAY) for day in days], dtype=np.int64)
    return Series(np.zeros(at.size, dtype=np.int64), at, np.array(levels, dtype=float))


def did(amounts: list[tuple[float, float]]) -> Activity:
    at = np.array([round(day * DAY) for day, _ in amounts], dtype=np.int64)
    return Activity(np.zeros(at.size, dtype=np.int64), at, np.array([a for _, a in amounts]))


def found(levels, days=None, posts=WEEKLY_POSTS) -> bursts.Bursts:
    return bursts.find(counted(levels, days), did(posts) if posts else Activity.unknown(), 1)


def bought(*, at: int = 40, share: float = 0.1, leaving: float = 0.0) -> list[int]:
    """A steady account to which a share of its followers is added on one day."""
    came = STEADY[at] * share
    return [
        n + (round(came * (1 - leaving * min(day - at, 10) / 10)) if day >= at else 0)
        for day, n in enumerate(STEADY)
    ]


def test_a_tenth_bought_is_found_to_the_day_and_the_follower():
    seen = found(bought())
    assert seen.found[0]
    assert (seen.start[0] / DAY, seen.end[0] / DAY) == (39.0, 40.0)
    assert seen.gained[0] == pytest.approx(STEADY[40] * 0.1, rel=0.01)
    assert seen.usual[0] == pytest.approx(104, abs=1)


@pytest.mark.parametrize("seen_until", [41, 44, 47])
def test_it_is_found_on_the_day_and_in_the_week_after(seen_until):
    assert found(bought()[:seen_until]).found[0]


def test_steady_growth_is_no_jump():
    seen = found(STEADY)
    assert not seen.found[0]
    assert seen.strength[0] < 0.1


def test_a_post_that_stands_out_explains_the_jump():
    assert not found(bought(), posts=[*WEEKLY_POSTS, (39.5, 9_000.0)]).found[0]


def test_a_post_like_the_others_does_not_explain_it():
    assert found(bought(), posts=[*WEEKLY_POSTS, (39.5, 450.0)]).found[0]


def test_growth_that_fades_slowly_is_passed_on_and_not_bought():
    viral = [
        round(n * (1 + 0.3 * -np.expm1(-max(day - 30, 0) / 4))) for day, n in enumerate(STEADY)
    ]
    assert not found(viral, posts=None).found[0]


def test_without_posts_a_jump_counts_once_three_days_show_that_it_stopped():
    assert not found(bought()[:43], posts=None).found[0]
    seen = found(bought()[:44], posts=None)
    assert (seen.found[0], seen.activity[0]) == (True, bursts.NOBODY_KNOWS)


def test_without_posts_and_with_a_count_a_month_nothing_can_be_said():
    levels = [10_000, 10_050, 10_100, 13_000, 13_050, 13_100]
    assert not found(levels, days=range(0, 180, 30), posts=None).found[0]
    assert found(levels, days=range(0, 180, 30), posts=WEEKLY_POSTS).found[0]


def test_those_who_leave_within_two_weeks_are_counted():
    assert found(bought(leaving=0.6)).lost[0] == pytest.approx(0.6, abs=0.03)


def test_a_step_of_the_last_digit_shown_is_no_jump():
    shown = [10_000 if day < 30 else 11_000 for day in range(60)]  # two digits: 10 %
    assert not found(shown).found[0]


def test_a_count_that_is_wrong_for_one_day_is_no_jump():
    assert not found([n * 3 if day == 30 else n for day, n in enumerate(STEADY)]).found[0]


def test_a_count_that_drops_and_comes_back_is_no_jump():
    assert not found([n // 2 if day in (30, 31) else n for day, n in enumerate(STEADY)]).found[0]


@pytest.mark.parametrize("levels", [[500] * 30, [500], [], [1, 1, 2], [5, 4, 3, 2, 1]])
def test_still_short_and_falling_series_have_no_jump(levels):
    assert not found(levels).found[0]


def test_ten_times_the_followers_change_nothing_but_the_number_who_came():
    one, ten = found(bought()), found([n * 10 for n in bought()])
    assert ten.gained[0] == pytest.approx(10 * one.gained[0])
    assert (one.found[0], one.start[0], one.end[0]) == (ten.found[0], ten.start[0], ten.end[0])


def test_steps_of_the_last_digit_follow_the_digits_shown():
    steps = counted([723_000, 724_000, 1_010_000]).steps(1)
    np.testing.assert_allclose(steps, [1_000 / 723_000, 1_000 / 724_000, 10_000 / 1_010_000])
    np.testing.assert_allclose(counted([7_231, 7_300]).steps(1), [1 / 7_231, 1 / 7_300])


def measured(levels: list[int], *, likes: int = 100) -> Measure:
    last = len(levels) - 1
    rows = [
        {"account": "anna", "observed_at": ago(last - day), "followers": n}
        for day, n in enumerate(levels)
    ]
    posts = [post("anna", last - day, likes=likes + round(day)) for day, _ in WEEKLY_POSTS]
    batch = batch_of([account("anna")], counts=rows, posts=posts)
    return jumps.unexplained(series.daily(batch), batch)


def test_the_evidence_says_how_many_came_when_and_what_did_not_move():
    said = measured(bought(leaving=0.6)).estimate(0)
    assert said.value == pytest.approx(0.1, abs=0.002)
    assert said.reason == (
        "10,408 followers more than usual came on 11 June 2026, 100 times the usual day; "
        "posts and engagement did not move; 61% of them left within two weeks"
    )


def test_an_account_without_a_jump_has_none_and_one_without_counts_cannot_say():
    assert measured(STEADY).estimate(0).value == 0.0
    assert measured(STEADY[:2]).estimate(0).reason == "fewer than 3 follower counts are known"
