"""Tiers: accounts by their size, always by an editable set of bounds."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How large an account is by followers; what it means is the tier set's choice."""

    NANO = "nano"
    MICRO = "micro"
    MID = "mid"
    MACRO = "macro"
    MEGA = "mega"


@dataclass(frozen=True, slots=True)
class TierSet:
    """Lower bounds, in followers, from which each tier starts.

    A tier reaches up to the next tier's lower bound. Accounts below the first bound have no tier.
    """

    name: str
    lower_bounds: Mapping[Tier, int]

    def __post_init__(self) -> None:
        missing = [tier for tier in Tier if tier not in self.lower_bounds]
        if missing:
            raise ValueError(f"tier set {self.name!r} has no bound for {', '.join(missing)}")
        bounds = [self.lower_bounds[tier] for tier in Tier]
        if bounds[0] < 0 or any(low >= high for low, high in itertools.pairwise(bounds)):
            raise ValueError(
                f"bounds of tier set {self.name!r} must rise from nano to mega, got {bounds}"
            )

    def tier_of(self, followers: int | None) -> Tier | None:
        """The tier of an account, or None when followers are unknown or below the first bound."""
        if followers is None:
            return None
        found = None
        for tier in Tier:
            if followers >= self.lower_bounds[tier]:
                found = tier
        return found


ACTIVATE = TierSet(
    "activate",
    {Tier.NANO: 1, Tier.MICRO: 5_000, Tier.MID: 20_000, Tier.MACRO: 100_000, Tier.MEGA: 1_000_000},
)
COMMON = TierSet(
    "common",
    {
        Tier.NANO: 1_000,
        Tier.MICRO: 10_000,
        Tier.MID: 100_000,
        Tier.MACRO: 500_000,
        Tier.MEGA: 1_000_000,
    },
)
TIER_SETS: Mapping[str, TierSet] = {tier_set.name: tier_set for tier_set in (ACTIVATE, COMMON)}
