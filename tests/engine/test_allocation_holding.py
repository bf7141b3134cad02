"""Held lines stay in a plan as long as the limits leave room for them."""

import numpy as np
import pytest

from groundswell.engine import allocation
from groundswell.engine.allocation import Infeasible, Limits, Offers
from groundswell.terms.money import Money

PANEL, RATE = allocation.of_values(np.array([100.0, 90.0, 80.0, 10.0, 5.0]))


def offers(*prices, creator=(0, 1, 2, 3, 4)):
    return Offers(
        creator=np.array(creator),
        price_minor=np.array(prices),
        tier=np.zeros(5, np.int64),
        row=np.arange(5),
        rate=RATE,
    )


def held(*places):
    return np.array(places, np.int64)


def test_held_lines_stay_although_others_are_better():
    limits = Limits(Money(200, "USD"))

    plan, kept = allocation.hold(offers(*[100] * 5), PANEL, limits, held(3))

    assert (sorted(plan.chosen), kept) == ([0, 3], 1)


def test_with_nothing_held_it_is_the_plan_chosen_anew():
    limits = Limits(Money(200, "USD"))
    market = offers(*[100] * 5)

    plan, kept = allocation.hold(market, PANEL, limits, held())

    assert kept == 0
    assert list(plan.chosen) == list(allocation.allocate(market, PANEL, limits).chosen)


def test_what_the_budget_has_no_room_for_is_given_up_from_the_last():
    limits = Limits(Money(250, "USD"), must_have=(0,))

    plan, kept = allocation.hold(offers(*[100] * 5), PANEL, limits, held(4, 3))

    assert (sorted(plan.chosen), kept) == ([0, 4], 1)


def test_a_held_line_is_not_swapped_for_another_offer_of_its_creator():
    limits = Limits(Money(100, "USD"))

    plan, kept = allocation.hold(
        offers(*[100] * 5, creator=(0, 0, 1, 2, 3)), PANEL, limits, held(1)
    )

    assert (list(plan.chosen), kept) == ([1], 1)


def test_what_is_impossible_with_nothing_held_is_refused():
    with pytest.raises(Infeasible, match=r"lower count\.min to 2"):
        allocation.hold(
            offers(*[100] * 5), PANEL, Limits(Money(200, "USD"), count_min=3), held(0, 1)
        )
