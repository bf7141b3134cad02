"""Limits that can't be kept are refused by name, with the nearest that can."""

import dataclasses

import numpy as np
import pytest

from groundswell.engine import reach
from groundswell.engine.allocation import Infeasible, Limits, Offers, allocate
from groundswell.terms.money import Money

# Ten creators at 100, 200, ... 1,000 dollars; the first seven are nano, the others mid.
PRICES = np.arange(1, 11) * 10_000
TIERS = np.array([0] * 7 + [2] * 3)
PANEL = reach.panel.of_members(
    np.arange(10, dtype=np.int32), np.arange(10, dtype=np.int32), accounts=10, people=10
)
OFFERS = Offers(np.arange(10), PRICES, TIERS, np.arange(10), np.ones(10))


def limits(budget: int, **changes) -> Limits:
    return dataclasses.replace(Limits(Money.of(budget, "USD")), **changes)


def nano_mid(nano: int, mid: int, others: int) -> tuple[int, ...]:
    return (nano, others, mid, others, others, others)


@pytest.mark.parametrize(
    ("asked", "constraint", "says"),
    [
        (
            limits(1_000, count_min=6),
            "count.min",
            "6 creators at least need 2,100.00 USD; the budget is 1,000.00 USD: lower count.min",
        ),
        (
            limits(1_000, count_min=4, handling_minor=10_000),
            "count.min",
            "lower count.min to 3 or raise the budget to 1,400.00 USD",
        ),
        (
            limits(90_000, count_min=12),
            "count.min",
            "12 creators were asked for at least, but only 10 can be taken",
        ),
        (
            limits(50, handling_minor=4_000),
            "budget",
            "the cheapest creator with handling costs 140.00 USD: raise the budget to 140.00 USD",
        ),
        (
            limits(500, max_share=0.1),
            "max_share_per_creator",
            "raise max_share_per_creator to 0.2 or the budget to 1,000.00 USD",
        ),
        (
            limits(90_000, tier_min=nano_mid(0, 5, 0)),
            "tiers.mid.min",
            "5 creators of tier mid were asked for at least, but only 3 qualify",
        ),
        (
            limits(90_000, tier_min=nano_mid(4, 2, 0), count_max=5),
            "count.max",
            "minima add up to 6 creators, but count.max is 5: raise count.max to 6",
        ),
        (
            limits(1_000, tier_min=nano_mid(0, 2, 0)),
            "tiers",
            "the tiers' minima and must_have cost at least 1,700.00 USD, and the budget is",
        ),
        (
            limits(90_000, count_min=9, tier_max=nano_mid(2, 9, 9)),
            "count.min",
            "only 5 can be taken within the tiers' limits: lower count.min to 5",
        ),
        (
            limits(1_000, must_have=(3, 8)),
            "must_have",
            "the must_have creators cost 1,300.00 USD with handling",
        ),
        (
            limits(9_000, must_have=(3, 8), count_max=1),
            "must_have",
            "2 creators are must_have, but count.max is 1: raise count.max to 2",
        ),
        (
            limits(800, must_have=(8,)),
            "must_have",
            "asks 900.00 USD, more than 800.00 USD (1 of 800.00 USD): raise the budget to 900.00",
        ),
        (
            limits(1_500, must_have=(8,), max_share=0.5),
            "must_have",
            "raise max_share_per_creator to 0.6 or the budget to 1,800.00 USD, or drop the creator",
        ),
    ],
)  # fmt: skip
def test_the_refusal_names_the_limit_and_the_nearest_that_can_be_kept(asked, constraint, says):
    with pytest.raises(Infeasible) as refusal:
        allocate(OFFERS, PANEL, asked)

    assert refusal.value.constraint == constraint
    assert says in str(refusal.value)


def test_what_the_refusal_proposes_can_be_done():
    assert len(allocate(OFFERS, PANEL, limits(1_000, count_min=4)).chosen) == 4
    assert len(allocate(OFFERS, PANEL, limits(2_100, count_min=6)).chosen) == 6


def test_a_minimum_is_kept_although_one_large_creator_would_reach_more():
    crowd = reach.panel.of_members(
        np.concatenate([np.arange(9), np.full(500, 9)]).astype(np.int32),
        np.arange(509).astype(np.int32),
        accounts=10,
        people=509,
    )

    plan = allocate(OFFERS, crowd, limits(1_000, count_min=4))

    assert sorted(plan.chosen) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda: limits(0), "above 0, got 0.00 USD"),
        (lambda: limits(5, max_share=0.0), r"\(0, 1\], got 0.0"),
        (lambda: limits(5, count_min=3, count_max=2), "got 3 and 2"),
        (lambda: dataclasses.replace(OFFERS, rate=np.full(10, 1.5)), "got 1.5 to 1.5"),
        (lambda: dataclasses.replace(OFFERS, price_minor=-PRICES), "negative, got -100000"),
        (lambda: dataclasses.replace(OFFERS, rate=np.ones(3)), "equally long"),
    ],
)
def test_nonsense_is_refused_by_name(broken, says):
    with pytest.raises(ValueError, match=says):
        broken()
