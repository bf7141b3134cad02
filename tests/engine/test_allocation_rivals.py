"""Who would stand in for each line of a plan."""

import numpy as np
import pytest

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Limits, Offers, rivals
from groundswell.terms.money import Money

# 0 and 1 share two people; 2 has one of its own; 3 has five, and costs most.
PANEL = reach.panel.of_members(
    np.repeat(np.arange(4, dtype=np.int32), [3, 2, 1, 5]),
    np.array([0, 1, 2, 1, 2, 4, 5, 6, 7, 8, 9], dtype=np.int32),
    accounts=4,
    people=10,
)
PRICES = np.array([60_000, 30_000, 40_000, 90_000])
OFFERS = Offers(np.arange(4), PRICES, np.zeros(4, int), np.arange(4), np.ones(4))


def found(chosen, **limits):
    return rivals.rivals(OFFERS, PANEL, Limits(Money.of(1_000, "USD"), **limits), np.array(chosen))


def test_the_next_best_for_the_same_money_is_valued_without_the_line():
    answer = found([0, 2])

    # Without 0 there are 600 for another: 1 adds both its people. Without 2 there are 400: of 1's
    # people nobody is new.
    assert answer.offer.tolist() == [1, 1]
    assert answer.adds == pytest.approx([2, 0], abs=1e-6)


def test_an_offer_that_is_dearer_than_the_line_and_the_rest_of_the_budget_is_no_rival():
    assert 3 not in found([0, 2]).offer
    assert found([1]).offer.tolist() == [3]  # 1,000 are free without it


def test_a_line_that_nobody_can_replace_has_no_rival():
    answer = found([2], must_have=(2,))

    assert answer.offer.tolist() == [-1]
    assert np.isnan(answer.adds[0])


def test_where_all_are_taken_nobody_is_left():
    rich = Limits(Money.of(10_000, "USD"))

    assert rivals.rivals(OFFERS, PANEL, rich, np.arange(4)).offer.tolist() == [-1] * 4


def test_no_offer_outside_adds_more_in_its_place_than_the_rival():
    rng = np.random.default_rng(1)
    panel = reach.panel.of_members(
        np.repeat(np.arange(60, dtype=np.int32), 10),
        rng.integers(0, 200, 600).astype(np.int32),
        accounts=60,
        people=200,
    )
    every = np.arange(60)
    offers = Offers(
        every, rng.integers(1_000, 9_000, 60), every * 0, every, rng.uniform(0.1, 1, 60)
    )
    limits = Limits(Money.of(300, "USD"))
    plan = allocation.allocate(offers, panel, limits)

    answer = rivals.rivals(offers, panel, limits, plan.chosen)

    def value(lines):
        lines = np.array(lines, int)
        return (panel.weight * reach.people_reached(panel, lines, offers.rate[lines])).sum()

    assert (answer.offer >= 0).sum() > len(plan.chosen) / 2
    for place, line in enumerate(plan.chosen):
        others = [offer for offer in plan.chosen if offer != line]
        money = 30_000 - offers.price_minor[others].sum()
        fitting = [o for o in every if o not in plan.chosen and offers.price_minor[o] <= money]
        if not fitting:
            assert answer.offer[place] == -1
            continue
        best = max(value([*others, offer]) for offer in fitting) - value(others)
        assert answer.adds[place] == pytest.approx(best, rel=1e-6)
        assert answer.adds[place] <= plan.marginal[place] * (1 + 1e-9)
