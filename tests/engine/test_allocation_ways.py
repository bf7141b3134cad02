"""The same budget, four ways."""

import numpy as np

from groundswell.engine import reach
from groundswell.engine.allocation import TIERS, Limits, Offers, four_ways
from groundswell.terms.money import Money
from groundswell.terms.tiers import Tier

NANO, MID, MACRO = (TIERS.index(tier) for tier in (Tier.NANO, Tier.MID, Tier.MACRO))
# Ten nano, ten mid and ten macro creators with audiences of 1, 4 and 20 people of their own.
TIER = np.repeat([NANO, MID, MACRO], 10)
SIZE = np.repeat([1, 4, 20], 10)
PRICES = np.repeat([1_000, 3_000, 30_000], 10)
ACCOUNT = np.repeat(np.arange(30), SIZE).astype(np.int32)
PANEL = reach.panel.of_members(
    ACCOUNT, np.arange(len(ACCOUNT), dtype=np.int32), accounts=30, people=len(ACCOUNT)
)
OFFERS = Offers(np.arange(30), PRICES, TIER, np.arange(30), np.full(30, 0.9))
LIMITS = Limits(Money.of(900, "USD"))


def ways(limits=LIMITS, offers=OFFERS, engagements=None):
    found = four_ways(
        offers,
        PANEL,
        limits,
        followers=SIZE * 1_000.0,
        engagements=SIZE * 10.0 if engagements is None else engagements,
    )
    return {way.name: way for way in found}


def tiers_of(way):
    return set(TIER[way.allocation.chosen])


def test_each_way_spends_within_the_budget_on_whom_it_names():
    found = ways()

    assert list(found) == ["few_large", "tiers_mixed", "many_small", "cheapest_engagement"]
    assert all(way.allocation.spend_minor <= 90_000 for way in found.values())
    assert tiers_of(found["few_large"]) == {MACRO}
    assert tiers_of(found["many_small"]) == {NANO}
    assert tiers_of(found["tiers_mixed"]) == {NANO, MID, MACRO}


def test_mixed_tiers_get_equal_parts_of_the_budget():
    chosen = ways()["tiers_mixed"].allocation.chosen

    spent = np.bincount(TIER[chosen], PRICES[chosen], minlength=len(TIERS))
    assert spent.max() <= 30_000


def test_the_cheapest_engagement_ignores_audiences():
    engagements = np.where(TIER == NANO, 500.0, 1.0)

    found = ways(engagements=engagements)["cheapest_engagement"]

    assert set(np.flatnonzero(TIER == NANO)) <= set(found.allocation.chosen)


def test_a_way_that_cannot_keep_the_minima_says_so_and_is_shown_without_them():
    found = ways(Limits(Money.of(900, "USD"), count_min=8))

    assert found["many_small"].is_within_limits
    assert not found["few_large"].is_within_limits
    assert "lower count.min to 3 or raise the budget to 2,400.00 USD" in found["few_large"].reason
    assert len(found["few_large"].allocation.chosen) == 3


def test_without_named_tiers_the_outer_thirds_are_compared():
    one_tier = Offers(OFFERS.creator, PRICES, np.full(30, MACRO), OFFERS.row, OFFERS.rate)

    found = ways(offers=one_tier)

    assert set(SIZE[found["few_large"].allocation.chosen]) == {20}
    assert set(SIZE[found["many_small"].allocation.chosen]) == {1}
    assert found["few_large"].description == "the third with the most followers"


def test_a_way_without_such_creators_has_no_plan_but_a_reason():
    found = ways(engagements=np.full(30, np.nan))["cheapest_engagement"]

    assert found.allocation is None
    assert found.reason == "no such creators"


def test_must_have_creators_are_in_every_way():
    found = ways(Limits(Money.of(900, "USD"), must_have=(29,)))

    assert all(29 in way.allocation.chosen for way in found.values())
