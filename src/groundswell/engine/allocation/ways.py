"""The same budget, four ways: few large, tiers mixed, many small, cheapest engagement.

Each way is a whole plan within the same limits, chosen by the same search from a part of the
offers; side by side they show what the choice of sizes does to reach, cost and work.
"""

from dataclasses import dataclass, replace

import numpy as np

from groundswell.engine.allocation.choose import Allocation, allocate, of_values
from groundswell.engine.allocation.feasible import Infeasible
from groundswell.engine.allocation.problem import TIERS, Limits, Offers, Quota
from groundswell.engine.arrays import Bools, Floats
from groundswell.engine.reach.panel import Panel
from groundswell.terms.tiers import Tier

_LARGE = np.array([tier in (Tier.MACRO, Tier.MEGA) for tier in TIERS])
_SMALL = np.array([tier in (Tier.NANO, Tier.MICRO) for tier in TIERS])


@dataclass(frozen=True, slots=True)
class Way:
    """One way to spend the budget.

    Attributes:
        name: ``few_large``, ``tiers_mixed``, ``many_small`` or ``cheapest_engagement``.
        description: From which offers it was chosen, and by what.
        allocation: The portfolio, or None when there is none.
        is_within_limits: Whether it keeps the minima of the brief too.
        reason: Why there is no portfolio, or which minima it doesn't keep.
    """

    name: str
    description: str
    allocation: Allocation | None
    is_within_limits: bool
    reason: str | None = None


def four_ways(
    offers: Offers, panel: Panel, limits: Limits, *, followers: Floats, engagements: Floats
) -> tuple[Way, ...]:
    """Plan the same budget four ways.

    Args:
        offers: What can be bought.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plans must keep; minima that a way can't keep are dropped and said.
        followers: Of each offer's account, NaN when unknown; shape (offers,).
        engagements: Expected engagements of each offer, NaN when unknown; shape (offers,).
    """
    large, large_words = _sized(offers, followers, _LARGE, largest=True)
    small, small_words = _sized(offers, followers, _SMALL, largest=False)
    values, rates = of_values(np.nan_to_num(engagements))
    rows = np.arange(len(offers.row))
    engaging = replace(offers, row=rows, rate=rates)
    known = np.isfinite(engagements)
    mixed = _mixed(offers, limits)
    everything = np.ones(len(offers.row), np.bool_)
    return (
        _way("few_large", large_words, offers, panel, limits, large),
        _way(
            "tiers_mixed",
            "an equal part of the budget for each tier",
            mixed[0],
            panel,
            mixed[1],
            everything,
        ),
        _way("many_small", small_words, offers, panel, limits, small),
        _way(
            "cheapest_engagement",
            "most engagements for the money, whoever gets them",
            engaging,
            values,
            limits,
            known,
        ),
    )


def _sized(offers: Offers, followers: Floats, tiers: Bools, *, largest: bool) -> tuple[Bools, str]:
    """Offers of the large (or small) tiers; without any, the third with the most (fewest)."""
    named = tiers[offers.tier]
    if named.any() and not named.all():
        words = " and ".join(str(t) for t, is_in in zip(TIERS, tiers, strict=True) if is_in)
        return named, f"{words} creators only"
    known = followers[np.isfinite(followers)]
    if not len(known):
        return np.zeros(len(followers), np.bool_), "followers are not known"
    if largest:
        return followers >= np.quantile(known, 2 / 3), "the third with the most followers"
    return followers <= np.quantile(known, 1 / 3), "the third with the fewest followers"


def _mixed(offers: Offers, limits: Limits) -> tuple[Offers, Limits]:
    """The same, with the budget split equally among the tiers on offer."""
    present = np.unique(offers.tier)
    part = limits.budget.minor // max(len(present), 1)
    quotas = tuple(Quota(f"an equal part for {TIERS[code]}", most_minor=part) for code in present)
    groups = np.column_stack([offers.groups, offers.tier[:, None] == present])
    return replace(offers, groups=groups), replace(limits, quotas=limits.quotas + quotas)


def _way(
    name: str, description: str, offers: Offers, panel: Panel, limits: Limits, open_: Bools
) -> Way:
    must_have = np.isin(offers.creator, limits.must_have)
    places = np.flatnonzero(open_ | must_have)
    if not open_.any():
        return Way(name, description, None, is_within_limits=False, reason="no such creators")
    part = offers.only(places)
    reason = None
    for attempt in (limits, limits.without_minima):
        try:
            found = allocate(part, panel, attempt)
        except Infeasible as refusal:
            reason = str(refusal)
            continue
        placed = replace(found, chosen=places[found.chosen], bench=places[found.bench])
        return Way(name, description, placed, is_within_limits=attempt is limits, reason=reason)
    return Way(name, description, None, is_within_limits=False, reason=reason)
