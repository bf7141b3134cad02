"""Searched among some offers, bounded over all: never above the bound, never below by much."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.allocation import (
    Infeasible,
    Limits,
    Offers,
    allocate_certified,
    allocate_preselected,
)
from groundswell.engine.reach import Panel
from groundswell.terms.money import Money


def world(seed: int, creators: int, people: int) -> tuple[Offers, Panel]:
    rng = np.random.default_rng(seed)
    inside = rng.random((creators, people)) < rng.uniform(0.02, 0.5, (creators, 1))
    account, person = (found.astype(np.int32) for found in np.nonzero(inside))
    panel = reach.panel.of_members(account, person, accounts=creators, people=people)
    who = np.arange(creators)
    price = rng.integers(500, 5_000, creators)
    return Offers(who, price, np.zeros(creators, int), who, rng.uniform(0.1, 1, creators)), panel


def optimum(offers: Offers, panel: Panel, budget: int) -> float:
    best = 0.0
    for count in range(len(offers.row) + 1):
        for chosen in itertools.combinations(range(len(offers.row)), count):
            picked = np.array(chosen, int)
            if offers.price_minor[picked].sum() <= budget:
                found = reach.people_reached(panel, picked, offers.rate[picked])
                best = max(best, float(panel.weight @ found))
    return best


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(500, 12_000))
def test_the_bound_holds_over_the_offers_that_were_not_searched_too(seed, most, budget):
    offers, panel = world(seed, 9, 30)
    limits = Limits(Money(budget, "USD"))
    if budget < offers.price_minor.min():
        return

    plan, found = allocate_preselected(offers, panel, limits, most=most)

    best = optimum(offers, panel, budget)
    assert plan.reached <= best * (1 + 1e-9) <= found.bound * (1 + 1e-8)
    assert found.value == pytest.approx(plan.reached)
    assert plan.reached >= 0.9 * best


def test_among_many_it_is_as_good_as_a_search_among_all():
    offers, panel = world(5, 600, 2_000)
    limits = Limits(Money(60_000, "USD"))

    few, found = allocate_preselected(offers, panel, limits, most=100)
    every, of_all = allocate_certified(offers, panel, limits)

    assert few.reached >= 0.99 * every.reached
    assert found.share >= 0.98 * of_all.share
    assert offers.price_minor[few.chosen].sum() == few.spend_minor


def test_must_haves_are_kept_however_little_they_promise():
    offers, panel = world(7, 50, 200)
    last = int(np.argmin(panel.audience() * offers.rate / offers.price_minor))
    limits = Limits(Money(20_000, "USD"), must_have=(last,))

    plan, _ = allocate_preselected(offers, panel, limits, most=5)

    assert last in plan.chosen


def test_where_the_most_promising_are_too_few_all_are_searched():
    offers, panel = world(8, 40, 100)
    limits = Limits(Money(200_000, "USD"), count_min=30)

    plan, _ = allocate_preselected(offers, panel, limits, most=10)

    assert len(plan.chosen) >= 30


def test_what_no_portfolio_keeps_is_refused_as_ever():
    offers, panel = world(9, 20, 50)

    with pytest.raises(Infeasible):
        allocate_preselected(offers, panel, Limits(Money(600, "USD"), count_min=15), most=5)
