"""People who are reached several times: the best of several searches, without a bound."""

import itertools

import numpy as np
import pytest

from groundswell.engine import reach
from groundswell.engine.allocation import (
    Limits,
    Offers,
    Quota,
    allocate,
    allocate_often,
    reached_often,
)
from groundswell.terms.money import Money


def world(seed: int, creators: int, people: int, groups: int = 4):
    """Creators of a few topics, whose audiences mostly follow one topic."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, groups, creators)[:, None] == rng.integers(0, groups, people)
    inside = rng.random((creators, people)) < np.where(topic, 0.35, 0.05)
    account, person = (found.astype(np.int32) for found in np.nonzero(inside))
    panel = reach.panel.of_members(account, person, accounts=creators, people=people)
    rows, rate = np.arange(creators), rng.uniform(0.2, 0.9, creators)
    return Offers(
        rows, rng.integers(500, 3_000, creators), np.zeros(creators, int), rows, rate
    ), panel


def by_counting(offers, panel, chosen, often: int) -> float:
    """Every way in which the posts may be seen, one person after the other."""
    total = 0.0
    for person in range(len(panel.weight)):
        seen = [
            offers.rate[offer]
            for offer in chosen
            if person in panel.people[panel.starts[offer] : panel.starts[offer + 1]]
        ]
        for each in itertools.product([0, 1], repeat=len(seen)):
            if sum(each) >= often:
                chances = [p if is_in else 1 - p for p, is_in in zip(seen, each, strict=True)]
                total += float(np.prod(chances))
    return total


@pytest.mark.parametrize("often", [1, 2, 3])
def test_people_reached_often_are_those_of_all_ways_to_see_the_posts(often):
    offers, panel = world(3, 6, 25)

    found = reached_often(offers, panel, np.array([0, 2, 3, 5]), often)

    assert found == pytest.approx(by_counting(offers, panel, [0, 2, 3, 5], often))


@pytest.mark.parametrize("seed", range(6))
def test_small_instances_come_near_the_best_of_all_portfolios(seed):
    offers, panel = world(seed, 10, 60)
    limits = Limits(Money(7_000, "USD"))
    best = max(
        reached_often(offers, panel, np.flatnonzero(taken), 2)
        for taken in itertools.product([False, True], repeat=10)
        if offers.price_minor[list(taken)].sum() <= 7_000
    )

    plan = allocate_often(offers, panel, limits, 2)

    assert plan.reached >= 0.85 * best


def test_it_reaches_more_people_often_than_the_plan_that_counts_them_once():
    offers, panel = world(1, 120, 1_500, groups=12)
    limits = Limits(Money(30_000, "USD"))

    often = allocate_often(offers, panel, limits, 3)

    once = reached_often(offers, panel, allocate(offers, panel, limits).chosen, 3)
    assert often.reached > 1.05 * once
    assert often.reached == pytest.approx(reached_often(offers, panel, often.chosen, 3))


@pytest.mark.parametrize("seed", range(5))
def test_limits_are_kept_and_the_same_comes_out_again(seed):
    offers, panel = world(seed, 40, 300)
    mine = np.random.default_rng(seed).random((40, 2)) < 0.5
    offers = Offers(offers.creator, offers.price_minor, offers.tier, offers.row, offers.rate, mine)
    quotas = Quota("few", 0, 3), Quota("rich", 2, least_minor=6_000)
    limits = Limits(Money(20_000, "USD"), 100, 4, 12, quotas, 0.2, (5,))

    plan = allocate_often(offers, panel, limits, 2)

    cost = offers.price_minor[plan.chosen] + 100
    assert plan.spend_minor == cost.sum() <= 20_000
    assert 4 <= len(plan.chosen) <= 12
    assert mine[plan.chosen, 0].sum() <= 3
    assert mine[plan.chosen, 1].sum() >= 2
    assert cost[mine[plan.chosen, 1]].sum() >= 6_000
    assert 5 in plan.chosen
    assert offers.price_minor[plan.chosen].max() <= 4_000
    assert np.array_equal(plan.chosen, allocate_often(offers, panel, limits, 2).chosen)


def test_what_a_line_brings_is_what_is_lost_without_it():
    offers, panel = world(2, 30, 300)

    plan = allocate_often(offers, panel, Limits(Money(15_000, "USD")), 2)

    without = reached_often(offers, panel, plan.chosen[1:], 2)
    assert plan.marginal[0] == pytest.approx(plan.reached - without)
