"""Counts that are too alike are found; what rounding, few posts and chance make is not."""

import numpy as np
import pytest

from groundswell.engine.qualification.factors import constancy
from groundswell.engine.qualification.measures import Measure
from tests.support.batches import account, ago, batch_of, post

CROWD = 120


def judged(
    *series: list[int | None], level: int = 300, spread: float = 0.6, observed: float = 0.0
) -> Measure:
    """The measure of accounts with given likes, the oldest first, beside an honest crowd."""
    rng = np.random.default_rng(4)
    honest = [[int(level * rng.lognormal(0, spread)) for _ in range(6)] for _ in range(CROWD)]
    rows = [*series, *honest]
    batch = batch_of(
        [account(f"a{row:03}") for row in range(len(rows))],
        posts=[
            post(f"a{row:03}", 10 + 5 * back, likes=likes, observed_at=ago(observed))
            for row, listed in enumerate(rows)
            for back, likes in enumerate(reversed(listed))
        ],
    )
    found = constancy.counts(batch, "likes")
    return constancy.measure("likes", found, "likes", np.zeros(len(rows), dtype=np.int64))


def test_likes_that_never_vary_are_more_alike_than_chance_makes_them():
    found = judged([300, 304, 302, 299, 301, 305])

    assert found.value[0] < -5
    assert found.estimate(0).reason == "6 of 6 posts got 299 to 305 likes"
    assert len(found.references[0]) == 5


def test_a_number_that_is_delivered_where_likes_do_not_reach_it_is_found():
    found = judged([300, 304, 1250, 302, 299, 610, 301, 305])

    assert found.value[0] < -4
    assert found.estimate(0).reason == "6 of 8 posts got 299 to 305 likes"


def test_three_posts_that_are_alike_say_little():
    assert -4 < judged([300, 304, 302]).value[0] < -2


def test_chance_makes_as_few_alarms_as_it_should():
    assert (judged([1, 2]).value < -3).sum() == 0


def test_counts_rounded_to_thousands_are_alike_because_they_are_rounded():
    rounded, exact = judged(
        [12_000, 12_000, 13_000, 12_000], [12_003, 12_011, 13_020, 12_001], level=12_000
    ).value[:2]

    assert rounded > -3 > exact


def test_few_likes_coincide_by_chance():
    found = judged([3, 3, 3, 3, 3, 3])

    assert found.estimate(0).reason == "fewer than 10 likes a post, which coincide by chance"


def test_posts_that_are_still_collecting_are_left_out():
    found = judged([300] * 6, observed=8.0)

    assert found.n[0] == 5  # the newest was counted two days after it was published


def test_hidden_likes_leave_nothing_to_judge():
    found = judged([None, None, None, 40])

    assert found.estimate(0).reason == "fewer than 3 posts of 7 days or more have likes"


def test_where_everybody_is_steady_steadiness_is_not_remarkable():
    usual = judged([300, 306, 291, 309, 295, 303], spread=0.02).value[0]

    assert usual > -1.5


@pytest.mark.parametrize("accounts", [1, 10])
def test_too_few_accounts_leave_nothing_to_compare_with(accounts):
    batch = batch_of(
        [account(f"a{row}") for row in range(accounts)],
        posts=[post(f"a{row}", 10 + day, likes=300) for row in range(accounts) for day in range(5)],
    )
    found = constancy.counts(batch, "likes")
    said = constancy.measure("likes", found, "likes", np.zeros(accounts, dtype=np.int64))
    assert "to compare with" in (said.estimate(0).reason or "")
