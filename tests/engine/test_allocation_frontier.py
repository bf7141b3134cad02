"""More or less money: one plan for each budget, the bound beside it, and the knee."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Limits, Offers, frontier
from groundswell.terms.money import Money

# Three creators, five people: 0 reaches three of them, 1 two of those, 2 another one.
PANEL = reach.panel.of_members(
    np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),
    np.array([0, 1, 2, 1, 2, 4], dtype=np.int32),
    accounts=3,
    people=5,
)
OFFERS = Offers(
    np.arange(3), np.array([60_000, 30_000, 40_000]), np.zeros(3, int), np.arange(3), np.ones(3)
)


def under(*budgets, **options):
    return [Limits(Money.of(each, "USD"), **options) for each in budgets]


def values(points):
    return [each.certificate.value for each in points]


def test_each_budget_gets_its_best_plan():
    points = frontier.frontier(OFFERS, PANEL, under(300, 700, 1_000, 1_300))

    assert values(points) == pytest.approx([2, 3, 4, 4])
    assert sorted(points[2].chosen) == [0, 2]
    assert [each.certificate.share for each in points] == pytest.approx([1, 1, 1, 1])


def test_a_budget_that_buys_nobody_has_a_reason_and_no_plan():
    poor, rich = frontier.frontier(OFFERS, PANEL, under(100, 300))

    assert poor.chosen is None
    assert "raise the budget to 300.00 USD" in poor.reason
    assert rich.reason is None


def brute_force(offers, panel, budget):
    best = 0.0
    for size in range(len(offers.row) + 1):
        for chosen in itertools.combinations(range(len(offers.row)), size):
            picked = np.array(chosen, int)
            if offers.price_minor[picked].sum() <= budget:
                who = reach.people_reached(panel, offers.row[picked], offers.rate[picked])
                best = max(best, float((panel.weight * who).sum()))
    return best


@pytest.mark.parametrize("seed", range(5))
def test_small_frontiers_are_the_optimum_and_never_fall(seed):
    rng = np.random.default_rng(seed)
    panel = reach.panel.of_members(
        np.repeat(np.arange(8, dtype=np.int32), 12),
        rng.integers(0, 40, 96).astype(np.int32),
        accounts=8,
        people=40,
    )
    every = np.arange(8)
    offers = Offers(every, rng.integers(1_000, 9_000, 8), every * 0, every, rng.uniform(0.1, 1, 8))
    budgets = (100, 150, 200, 300, 400)

    found = values(frontier.frontier(offers, panel, under(*budgets)))

    best = [brute_force(offers, panel, 100 * each) for each in budgets]
    assert found == pytest.approx(best)
    assert found == sorted(found)


@pytest.fixture
def many():
    rng = np.random.default_rng(3)
    panel = reach.panel.of_members(
        np.repeat(np.arange(300, dtype=np.int32), 30),
        rng.integers(0, 3_000, 9_000).astype(np.int32),
        accounts=300,
        people=3_000,
    )
    every = np.arange(300)
    prices = rng.integers(2_000, 40_000, 300)
    return Offers(every, prices, every * 0, every, np.full(300, 0.6)), panel


def keeps(points, options):
    for point in points:
        assert point.spend_minor <= point.limits.budget.minor
        assert len(point.chosen) >= options.get("count_min", 1)
        assert point.certificate.bound >= point.certificate.value
    assert values(points) == sorted(values(points))


@pytest.mark.parametrize("options", [{}, {"count_min": 10}, {"must_have": (7,)}], ids=str)
def test_one_search_that_goes_on_is_nearly_as_good_as_one_for_each_budget(
    many, monkeypatch, options
):
    limits = under(500, 1_000, 2_000, 4_000, 8_000, **options)
    each = frontier.frontier(*many, limits)
    monkeypatch.setattr(frontier, "_EACH", 0)
    on = frontier.frontier(*many, limits)

    keeps(each, options)
    keeps(on, options)
    assert min(point.certificate.share for point in each) > 0.95
    for one, other in zip(each, on, strict=True):
        assert other.certificate.value > one.certificate.value * 0.97
    for smaller, larger in itertools.pairwise(on):
        assert set(smaller.chosen) <= set(larger.chosen)


def test_a_luckier_smaller_budget_takes_the_place_of_a_larger_ones_plan(monkeypatch):
    rich = allocation.allocate(OFFERS, PANEL, under(1_000)[0])
    poor = replace(rich, chosen=rich.chosen[:1], reached=rich.reached - 1, is_optimal=False)
    found = iter([rich, poor])
    monkeypatch.setattr(frontier, "allocate", lambda *_, **__: next(found))

    _, point = frontier.frontier(OFFERS, PANEL, under(1_000, 2_000))

    assert np.array_equal(point.chosen, rich.chosen)
    assert point.spend_minor == rich.spend_minor


def test_budgets_out_of_order_are_refused():
    with pytest.raises(ValueError, match="from the smallest budget up"):
        frontier.frontier(OFFERS, PANEL, under(700, 300))


def test_the_knee_is_the_point_farthest_above_the_line_between_the_ends():
    budget = np.array([0.0, 1, 2, 3, 4])

    assert frontier.knee(budget, np.array([0.0, 5, 8, 9, 10])) == 2  # 3 above; 2.5 and 1.5
    assert frontier.knee(budget * 100, np.array([0.0, 6, 8, 9, 10])) == 1


@pytest.mark.parametrize("value", [[0.0, 1, 2], [0.0, 0.9, 2], [5.0, 5, 5], [1.0, 2]], ids=str)
def test_a_curve_that_is_not_bent_has_no_knee(value):
    assert frontier.knee(np.arange(len(value)), np.array(value)) is None
