"""Limits that can't be kept are refused by name, with the nearest that can."""

import dataclasses

import numpy as np
import pytest

from groundswell.engine import reach
from groundswell.engine.allocation import NO_LIMIT, Infeasible, Limits, Offers, Quota, allocate
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


NANO_MID = np.column_stack([TIERS == 0, TIERS == 2])


def nano_mid(budget: int, *ranges: tuple[int, int], **changes) -> Limits:
    quotas = (Quota(name, *found) for name, found in zip(("nano", "mid"), ranges, strict=True))
    return limits(budget, quotas=tuple(quotas), **changes)


ANY = (0, NO_LIMIT)


@pytest.mark.parametrize(
    ("asked", "conflict", "says"),
    [
        (
            limits(1_000, count_min=6),
            {"budget", "count.min"},
            "USD together: lower count.min to 4 or raise the budget to 2,100.00 USD",
        ),
        (
            limits(1_000, count_min=4, handling_minor=10_000),
            {"budget", "count.min"},
            "lower count.min to 3 or raise the budget to 1,400.00 USD",
        ),
        (
            limits(90_000, count_min=12),
            {"count.min"},
            "no plan keeps at least 12 creators: lower count.min to 10",
        ),
        (
            limits(50, handling_minor=4_000),
            {"budget", "count.min"},
            "at least 1 creator and a budget of 50.00 USD together: raise the budget to 140.00 USD",
        ),
        (
            limits(500, max_share=0.1),
            {"max_share_per_creator", "count.min"},
            "raise max_share_per_creator to 0.2",
        ),
        (
            nano_mid(90_000, ANY, (5, NO_LIMIT)),
            {"mid.min"},
            "no plan keeps at least 5 creators of mid: lower mid.min to 3",
        ),
        (
            nano_mid(90_000, (4, NO_LIMIT), (2, NO_LIMIT), count_max=5),
            {"nano.min", "mid.min", "count.max"},
            "lower mid.min to 1 or lower nano.min to 3 or raise count.max to 6",
        ),
        (
            nano_mid(1_000, ANY, (2, NO_LIMIT)),
            {"budget", "mid.min"},
            "lower mid.min to 1 or raise the budget to 1,700.00 USD",
        ),
        (
            nano_mid(90_000, (0, 2), ANY, count_min=9),
            {"count.min", "nano.max"},
            "raise nano.max to 6 or lower count.min to 5",
        ),
        (
            limits(1_000, must_have=(3, 8)),
            {"budget", "must_have"},
            "drop 1 of must_have or raise the budget to 1,300.00 USD",
        ),
        (
            limits(9_000, must_have=(3, 8), count_max=1),
            {"count.max", "must_have"},
            "the must_have 2 creators and at most 1 creator together: drop 1 of must_have or raise",
        ),
        (
            limits(800, must_have=(8,)),
            {"budget", "must_have"},
            "drop 1 of must_have or raise the budget to 900.00 USD",
        ),
        (
            limits(1_500, must_have=(8,), max_share=0.5),
            {"max_share_per_creator", "must_have"},
            "drop 1 of must_have or raise max_share_per_creator to 0.6",
        ),
        (
            nano_mid(500, (4, NO_LIMIT), (4, NO_LIMIT)),
            {"mid.min"},
            "lower mid.min to 3, and then mend the others, which conflict as well",
        ),
    ],
)  # fmt: skip
def test_the_refusal_names_what_conflicts_and_the_nearest_that_can_be_kept(asked, conflict, says):
    offers = dataclasses.replace(OFFERS, groups=NANO_MID) if asked.quotas else OFFERS

    with pytest.raises(Infeasible) as refusal:
        allocate(offers, PANEL, asked)

    assert set(refusal.value.constraints) == conflict
    assert says in str(refusal.value)


def test_money_for_a_group_is_named_in_money():
    quotas = Quota("nano", least_minor=300_000), Quota("mid", most_minor=50_000)
    offers = dataclasses.replace(OFFERS, groups=NANO_MID)

    with pytest.raises(Infeasible, match=r"at least 3,000.00 USD for nano: lower nano.min_spend"):
        allocate(offers, PANEL, limits(9_000, quotas=quotas))
    with pytest.raises(Infeasible, match=r"raise mid.max_spend to 800.00 USD"):
        allocate(offers, PANEL, limits(9_000, quotas=(Quota("nano"), quotas[1]), must_have=(7,)))


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
        (lambda: limits(5, posts=0), "got posts = 0"),
        (lambda: Quota("nano", 3, 2), "must not exceed its most"),
        (lambda: allocate(OFFERS, PANEL, limits(900, quotas=(Quota("a"),))), "got 0 and 1"),
    ],
)
def test_nonsense_is_refused_by_name(broken, says):
    with pytest.raises(ValueError, match=says):
        broken()
