"""The same budget from a part of the offers only."""

from dataclasses import replace

import numpy as np

from groundswell.engine import reach
from groundswell.engine.allocation import TIERS, Limits, Offers, Quota
from groundswell.engine.allocation.alternatives import Part, ways
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


def part(tier, **options):
    return Part(str(TIERS[tier]), "some", tier == TIER, "nobody of that tier", **options)


def way(limits, found, offers=OFFERS):
    return ways(offers, PANEL, limits, [found])[0]


def tiers_of(found):
    return set(TIER[found.allocation.chosen])


def test_each_way_is_within_the_budget_and_of_its_part():
    found = ways(OFFERS, PANEL, LIMITS, [part(NANO), part(MID), part(MACRO)])

    assert [tiers_of(each) for each in found] == [{NANO}, {MID}, {MACRO}]
    assert [len(each.allocation.chosen) for each in found] == [10, 10, 3]
    assert all(each.is_within_limits and each.reason is None for each in found)


def test_creators_who_have_to_be_in_are_in_every_way():
    limits = replace(LIMITS, must_have=(29,))

    assert all(29 in way(limits, part(tier)).allocation.chosen for tier in (NANO, MID, MACRO))


def test_a_part_without_offers_has_no_plan_but_a_reason():
    found = way(LIMITS, replace(part(NANO), offers=np.zeros(30, bool)))

    assert (found.allocation, found.reason) == (None, "nobody of that tier")
    assert not found.is_within_limits


def test_a_part_that_cannot_keep_the_minima_is_planned_without_them_and_says_so():
    limits = Limits(Money.of(900, "USD"), count_min=8)

    assert way(limits, part(NANO)).is_within_limits
    few = way(limits, part(MACRO))
    assert not few.is_within_limits
    assert few.reason == (
        "chosen without the brief's minima, as it can't keep at least 8 creators and a budget of "
        "900.00 USD together"
    )
    assert len(few.allocation.chosen) == 3


def test_a_part_that_the_budget_cannot_buy_has_a_reason():
    found = way(Limits(Money.of(20, "USD")), part(MACRO))

    assert found.allocation is None
    assert "300.00 USD" in found.reason


def test_a_single_way_takes_the_best_offer_alone():
    bigger = replace(OFFERS, rate=np.where(np.arange(30) == 25, 1.0, 0.9))

    found = way(LIMITS, part(MACRO, is_single=True), bigger)

    assert found.allocation.chosen.tolist() == [25]
    assert found.is_within_limits


def test_a_single_way_is_found_whatever_the_limits_are_and_says_when_it_breaks_them():
    groups = (TIER == NANO)[:, None]
    offers = replace(OFFERS, groups=groups)
    quota = (Quota("tiers.nano", min=2),)
    for limits in (
        Limits(Money.of(900, "USD"), count_min=5, quotas=quota),
        Limits(Money.of(900, "USD"), max_share=0.1, quotas=(Quota("tiers.nano"),)),
        Limits(Money.of(900, "USD"), must_have=(3,), quotas=(Quota("tiers.nano"),)),
        Limits(Money.of(900, "USD"), quotas=quota),
    ):
        found = way(limits, part(MACRO, is_single=True), offers)

        assert tiers_of(found) == {MACRO}
        assert len(found.allocation.chosen) == 1
        assert not found.is_within_limits
        assert found.reason.startswith("one creator alone does not keep")


def test_a_single_way_that_is_too_dear_has_a_reason():
    found = way(Limits(Money.of(200, "USD")), part(MACRO, is_single=True))

    assert found.allocation is None
    assert "300.00 USD" in found.reason
