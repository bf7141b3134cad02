"""What is on offer, what limits the choice, and why a set of limits can't be kept."""

import math
from dataclasses import dataclass, replace

import numpy as np

from groundswell.engine.allocation import search
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money
from groundswell.terms.tiers import Tier

TIERS = (*Tier, None)  # code of a tier is its place here; the last is "no tier"
NO_LIMIT = 2**53


class Infeasible(Refusal):
    """No portfolio keeps all limits; the message names the limit and the nearest one that can."""

    code = "infeasible_plan"

    def __init__(self, constraint: str, message: str) -> None:
        self.constraint = constraint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Offers:
    """Deals to choose from: one creator, one format, one price each.

    Attributes:
        creator: Index of the creator; a plan takes at most one offer of each; shape (offers,).
        price_minor: Fee in minor units, 0 or more; shape (offers,).
        tier: Index into TIERS; shape (offers,).
        row: Row of the panel with the audience of the offer's account; shape (offers,).
        rate: Probability that a member of that audience sees the post, in [0, 1]; (offers,).
    """

    creator: Ints
    price_minor: Ints
    tier: Ints
    row: Ints
    rate: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__slots__}
        if len(lengths) > 1:
            raise ValueError(f"columns of offers must be equally long, got lengths {lengths}")
        if len(self.rate) and not (self.rate.min() >= 0 and self.rate.max() <= 1):
            raise ValueError(
                f"rates must lie in [0, 1], got {self.rate.min()} to {self.rate.max()}"
            )
        if len(self.price_minor) and self.price_minor.min() < 0:
            raise ValueError(f"prices must not be negative, got {self.price_minor.min()}")

    def only(self, keep: Bools | Ints) -> "Offers":
        """Some of the offers."""
        return Offers(*(getattr(self, name)[keep] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must keep.

    Attributes:
        budget: Most that fees and handling may cost together.
        handling_minor: What one collaboration costs the brand's own people, in minor units.
        count_min: Fewest creators.
        count_max: Most creators.
        tier_min: Fewest creators of each tier; shape (len(TIERS),).
        tier_max: Most creators of each tier; shape (len(TIERS),).
        tier_money: Most that a tier may cost, in minor units; shape (len(TIERS),).
        max_share: Largest part of the budget that one fee may be, in (0, 1].
        must_have: Creators that have to be in.
    """

    budget: Money
    handling_minor: int = 0
    count_min: int = 1
    count_max: int = NO_LIMIT
    tier_min: tuple[int, ...] = (0,) * len(TIERS)
    tier_max: tuple[int, ...] = (NO_LIMIT,) * len(TIERS)
    tier_money: tuple[int, ...] = (NO_LIMIT,) * len(TIERS)
    max_share: float = 1.0
    must_have: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.budget.minor <= 0:
            raise ValueError(f"a budget must be above 0, got {self.budget}")
        if not 0 < self.max_share <= 1:
            raise ValueError(f"max_share must lie in (0, 1], got {self.max_share}")
        if not 0 <= self.count_min <= self.count_max:
            raise ValueError(
                f"count_min must lie in [0, count_max], got {self.count_min} and {self.count_max}"
            )

    @property
    def largest_fee_minor(self) -> int:
        """The largest fee that one creator may get."""
        return int(self.budget.minor * self.max_share)

    def bounds(self, creators: int) -> search.Bounds:
        """The same as the search reads it, for that many creators."""
        required = np.zeros(creators, np.bool_)
        required[list(self.must_have)] = True
        return search.Bounds(
            self.budget.minor,
            self.count_min,
            self.count_max,
            np.array(self.tier_min, np.int64),
            np.array(self.tier_max, np.int64),
            np.array(self.tier_money, np.int64),
            required,
        )


def market(offers: Offers, panel: Panel, limits: Limits) -> search.Market:
    """Offers and panel as the search reads them; fees above the cap are never taken."""
    cost = offers.price_minor + limits.handling_minor
    cost = np.where(offers.price_minor > limits.largest_fee_minor, search.BARRED, cost)
    return search.Market(
        panel.starts,
        panel.people,
        panel.exposure,
        panel.weight,
        offers.row.astype(np.int64),
        np.minimum(offers.rate, 1.0 - 1e-9),
        cost.astype(np.int64),
        offers.creator.astype(np.int64),
        offers.tier.astype(np.int64),
        np.argsort(cost, kind="stable"),
    )


def check(offers: Offers, panel: Panel, limits: Limits) -> None:
    """Refuse limits that no portfolio can keep.

    Raises:
        Infeasible: Names the limit that can't be kept, and the nearest one that can.
    """
    _check_prices(offers, limits)
    _check_must_have(offers, limits)
    _check_tiers(offers, limits)
    deals = market(offers, panel, limits)
    needed, missing = _least(deals, limits)
    if missing:
        fewer = _most_possible(deals, limits)
        raise Infeasible(
            "count.min",
            f"{limits.count_min:,} creators were asked for at least, but only {fewer:,} can be "
            f"taken within the tiers' limits: lower count.min to {fewer:,} or widen the filters",
        )
    if needed > limits.budget.minor:
        _refuse_budget(deals, limits, needed)


def _check_prices(offers: Offers, limits: Limits) -> None:
    cheapest = int(offers.price_minor.min())
    currency = limits.budget.currency
    if cheapest + limits.handling_minor > limits.budget.minor:
        needed = max(cheapest + limits.handling_minor, math.ceil(cheapest / limits.max_share))
        raise Infeasible(
            "budget",
            f"the budget is {limits.budget}, and the cheapest creator with handling costs "
            f"{Money(cheapest + limits.handling_minor, currency)}: raise the budget to "
            f"{Money(needed, currency)}",
        )
    if cheapest > limits.largest_fee_minor:
        raise Infeasible(
            "max_share_per_creator",
            f"no creator costs at most {Money(limits.largest_fee_minor, currency)} "
            f"({limits.max_share:.4g} of {limits.budget}); the cheapest costs "
            f"{Money(cheapest, currency)}: {_raised(cheapest, limits)}",
        )


def _raised(fee: int, limits: Limits) -> str:
    """The nearest limits under which one creator may get that fee, as advice."""
    budget = Money(math.ceil(fee / limits.max_share), limits.budget.currency)
    if fee > limits.budget.minor:
        return f"raise the budget to {budget}"
    share = math.ceil(10_000 * fee / limits.budget.minor) / 10_000
    return f"raise max_share_per_creator to {share:.4g} or the budget to {budget}"


def _check_must_have(offers: Offers, limits: Limits) -> None:
    wanted = len(limits.must_have)
    if wanted > limits.count_max:
        raise Infeasible(
            "must_have",
            f"{wanted:,} creators are must_have, but count.max is {limits.count_max:,}: "
            f"raise count.max to {wanted:,}",
        )
    fees = [int(offers.price_minor[offers.creator == who].min()) for who in limits.must_have]
    dearest = max(fees, default=0)
    if dearest > limits.largest_fee_minor:
        currency = limits.budget.currency
        raised = _raised(dearest, limits)
        raise Infeasible(
            "must_have",
            f"the dearest must_have creator asks {Money(dearest, currency)}, more than "
            f"{Money(limits.largest_fee_minor, currency)} ({limits.max_share:.4g} of "
            f"{limits.budget}): {raised}, or drop the creator from must_have",
        )
    total = sum(fees) + wanted * limits.handling_minor
    if total > limits.budget.minor:
        least = Money(total, limits.budget.currency)
        raise Infeasible(
            "must_have",
            f"the must_have creators cost {least} with handling, and the budget is "
            f"{limits.budget}: raise the budget to {least} or drop some of them",
        )


def _check_tiers(offers: Offers, limits: Limits) -> None:
    for code, tier in enumerate(TIERS):
        wanted = limits.tier_min[code]
        there = len(np.unique(offers.creator[offers.tier == code]))
        if wanted > there:
            raise Infeasible(
                f"tiers.{tier}.min",
                f"{wanted:,} creators of tier {tier} were asked for at least, but only {there:,} "
                f"qualify: lower tiers.{tier}.min to {there:,} or widen the filters",
            )
    together = sum(limits.tier_min)
    if together > limits.count_max:
        raise Infeasible(
            "count.max",
            f"the tiers' minima add up to {together:,} creators, but count.max is "
            f"{limits.count_max:,}: raise count.max to {together:,} or lower the minima",
        )


def _least(deals: search.Market, limits: Limits) -> tuple[int, int]:
    """Cost of the cheapest portfolio that keeps all minima; and how many creators are missing."""
    state = search.empty(deals, len(TIERS))
    bounds = limits.bounds(len(state.taken))
    planned = np.zeros(len(deals.cost), np.bool_)
    cost, missing = search.completion(deals, bounds, state, planned)
    return int(cost), int(missing)


def _most_possible(deals: search.Market, limits: Limits) -> int:
    low, high = 0, limits.count_min
    while low < high:
        middle = (low + high + 1) // 2
        if _least(deals, replace(limits, count_min=middle))[1]:
            high = middle - 1
        else:
            low = middle
    return low


def _refuse_budget(deals: search.Market, limits: Limits, needed: int) -> None:
    least = Money(needed, limits.budget.currency)
    low, high = 0, limits.count_min
    while low < high:
        middle = (low + high + 1) // 2
        if _least(deals, replace(limits, count_min=middle))[0] > limits.budget.minor:
            high = middle - 1
        else:
            low = middle
    alone, _ = _least(deals, replace(limits, count_min=0))
    if alone > limits.budget.minor:
        raise Infeasible(
            "tiers",
            f"the tiers' minima and must_have cost at least {Money(alone, least.currency)}, and "
            f"the budget is {limits.budget}: raise the budget to {least} or lower the minima",
        )
    lower = f"lower count.min to {low:,} or " if low else ""
    raise Infeasible(
        "count.min",
        f"{limits.count_min:,} creators at least need {least}; the budget is {limits.budget}: "
        f"{lower}raise the budget to {least}",
    )
