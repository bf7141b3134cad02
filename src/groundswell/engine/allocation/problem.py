"""What is on offer, and what limits the choice."""

from dataclasses import dataclass, field, replace

import numpy as np

from groundswell.engine.allocation import search
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.terms.money import Money
from groundswell.terms.tiers import Tier

TIERS = (*Tier, None)  # code of a tier is its place here; the last is "no tier"
NO_LIMIT = 2**53
_TIMES, _BESIDES = 4, 64  # what minima may be filled with: times what they want, and some besides


@dataclass(frozen=True, slots=True)
class Offers:
    """Deals to choose from: one creator, one format, one price each.

    Attributes:
        creator: Index of the creator; shape (offers,).
        price_minor: Fee in minor units, 0 or more; shape (offers,).
        tier: Index into TIERS; shape (offers,).
        row: Row of the panel with the audience of the offer's account; shape (offers,).
        rate: Probability that a member of that audience sees the post, in [0, 1]; (offers,).
        groups: Which of ``Limits.quotas`` each offer counts for; shape (offers, quotas).
    """

    creator: Ints
    price_minor: Ints
    tier: Ints
    row: Ints
    rate: Floats
    groups: Bools = field(default_factory=lambda: np.zeros((0, 0), np.bool_))

    def __post_init__(self) -> None:
        if self.groups.shape[1] == 0:
            object.__setattr__(self, "groups", np.zeros((len(self.row), 0), np.bool_))
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
class Quota:
    """How many creators of a group, and how much money for them; groups may overlap.

    Attributes:
        name: Key of the quota, for messages.
        min: Fewest creators.
        max: Most creators.
        least_minor: Least that they cost together with handling, in minor units.
        most_minor: Most that they cost together with handling, in minor units.
    """

    name: str
    min: int = 0
    max: int = NO_LIMIT
    least_minor: int = 0
    most_minor: int = NO_LIMIT

    def __post_init__(self) -> None:
        if not (0 <= self.min <= self.max and 0 <= self.least_minor <= self.most_minor):
            raise ValueError(f"a quota's least must not exceed its most, got {self}")

    @property
    def without_minima(self) -> "Quota":
        """The same, with nothing that must be bought."""
        return replace(self, min=0, least_minor=0)

    @property
    def is_free(self) -> bool:
        """Whether it limits nothing."""
        limits = (self.min, self.least_minor, self.max, self.most_minor)
        return limits == (0, 0, NO_LIMIT, NO_LIMIT)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must keep.

    Attributes:
        budget: Most that fees and handling may cost together.
        handling_minor: What one post costs the brand's own people, in minor units.
        count_min: Fewest creators.
        count_max: Most creators.
        quotas: Of groups of offers, as in ``Offers.groups``.
        max_share: Largest part of the budget that the fees of one creator may be, in (0, 1].
        must_have: Creators that have to be in.
        posts: Most posts of one creator.
    """

    budget: Money
    handling_minor: int = 0
    count_min: int = 1
    count_max: int = NO_LIMIT
    quotas: tuple[Quota, ...] = ()
    max_share: float = 1.0
    must_have: tuple[int, ...] = ()
    posts: int = 1

    def __post_init__(self) -> None:
        if self.budget.minor <= 0:
            raise ValueError(f"a budget must be above 0, got {self.budget}")
        if not 0 < self.max_share <= 1:
            raise ValueError(f"max_share must lie in (0, 1], got {self.max_share}")
        if not 0 <= self.count_min <= self.count_max:
            raise ValueError(
                f"count_min must lie in [0, count_max], got {self.count_min} and {self.count_max}"
            )
        if self.posts < 1:
            raise ValueError(f"a creator has one post at least, got posts = {self.posts}")

    @property
    def largest_fee_minor(self) -> int:
        """The largest fee that one creator may get."""
        return int(self.budget.minor * self.max_share)

    @property
    def without_minima(self) -> "Limits":
        """The same, with nobody who must be bought but by name."""
        quotas = tuple(quota.without_minima for quota in self.quotas)
        return replace(self, count_min=1, quotas=quotas)

    def bounds(self, creators: int) -> search.Bounds:
        """The same as the search reads it, for that many creators."""
        required = np.zeros(creators, np.bool_)
        required[list(self.must_have)] = True
        return search.Bounds(
            self.budget.minor,
            self.handling_minor,
            self.count_min,
            self.count_max,
            np.array([quota.min for quota in self.quotas], np.int64),
            np.array([quota.max for quota in self.quotas], np.int64),
            np.array([quota.least_minor for quota in self.quotas], np.int64),
            np.array([quota.most_minor for quota in self.quotas], np.int64),
            self.largest_fee_minor,
            required,
        )


def market(offers: Offers, panel: Panel, limits: Limits) -> search.Market:
    """Offers and panel as the search reads them; fees above the cap are never taken."""
    cost = offers.price_minor + limits.handling_minor
    cost = np.where(offers.price_minor > limits.largest_fee_minor, search.BARRED, cost)
    creator = offers.creator.astype(np.int64)
    return search.Market(
        panel.starts,
        panel.people,
        panel.exposure,
        panel.weight,
        offers.row.astype(np.int64),
        np.minimum(offers.rate, 1.0 - 1e-9),
        cost.astype(np.int64),
        creator,
        _cells(offers, limits),
        _fillers(offers, limits, cost),
        np.argsort(creator, kind="stable"),
        np.append(0, np.cumsum(np.bincount(creator))),
        limits.posts,
    )


def _cells(offers: Offers, limits: Limits) -> Ints:
    """Quotas that limit anything, of each offer; shape (offers, most of one offer)."""
    if offers.groups.shape[1] != len(limits.quotas):
        raise ValueError(
            f"offers.groups must have a column for each of limits.quotas, got "
            f"{offers.groups.shape[1]} and {len(limits.quotas)}"
        )
    binding = np.array([not quota.is_free for quota in limits.quotas], np.bool_)
    offer, cell = np.nonzero(offers.groups & binding)
    count = np.bincount(offer, minlength=len(offers.row))
    cells = np.full((len(count), count.max(initial=0)), -1, np.int64)
    cells[offer, np.arange(len(offer)) - np.repeat(np.cumsum(count) - count, count)] = cell
    return cells


def _fillers(offers: Offers, limits: Limits, cost: Ints) -> Ints:
    """Offers that minima may be filled with, from the cheapest up: several times what they want."""
    by_cost = np.argsort(cost, kind="stable").astype(np.int64)
    is_in = np.isin(offers.creator, limits.must_have)
    every = np.ones(len(cost), np.bool_)
    minima = [(every, limits.count_min, 0)]
    minima += [
        (mine, quota.min, quota.least_minor)
        for mine, quota in zip(offers.groups.T, limits.quotas, strict=True)
        if quota.min or quota.least_minor
    ]
    for mine, least, money in minima:
        cheapest = by_cost[mine[by_cost]]
        paid = np.cumsum(np.minimum(cost[cheapest], limits.budget.minor))
        enough = int(np.searchsorted(paid, _TIMES * money))
        is_in[cheapest[: _TIMES * least + enough + _BESIDES]] = True
    return by_cost[is_in[by_cost]]
