"""The same budget spent otherwise: each way is a whole plan, chosen from a part of the offers.

Side by side with the best plan they show what the choice of sizes, or one large name, does to
reach, cost and risk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundswell.engine.allocation.choose import Allocation, allocate
from groundswell.engine.allocation.feasible import Infeasible
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Bools
from groundswell.engine.reach.panel import Panel


@dataclass(frozen=True, slots=True)
class Part:
    """Offers from which a way is chosen.

    Attributes:
        name: What the way is called.
        description: What is in it, in words.
        offers: Which offers; shape (offers,).
        missing: Why there is nothing to choose from, where there isn't.
        is_single: Whether it takes one offer only, whatever the limits want of numbers and shares.
    """

    name: str
    description: str
    offers: Bools
    missing: str
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way to spend the budget.

    Attributes:
        part: What it was chosen from.
        allocation: The portfolio, or None when there is none.
        is_within_limits: Whether it keeps all limits of the brief.
        reason: Why there is no portfolio, or which limits it doesn't keep.
    """

    part: Part
    allocation: Allocation | None
    is_within_limits: bool
    reason: str | None = None


def ways(offers: Offers, panel: Panel, limits: Limits, parts: Sequence[Part]) -> tuple[Way, ...]:
    """Plan the same budget from each of some parts of the offers.

    Creators who have to be in are in every way but a single one. A part that can't keep the minima
    is planned without them, and says so.

    Args:
        offers: What can be bought.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plans must keep.
        parts: What each way is chosen from.
    """
    return tuple(
        (_single if part.is_single else _among)(offers, panel, limits, part) for part in parts
    )


def _among(offers: Offers, panel: Panel, limits: Limits, part: Part) -> Way:
    if not part.offers.any():
        return Way(part, None, is_within_limits=False, reason=part.missing)
    places = np.flatnonzero(part.offers | np.isin(offers.creator, limits.must_have))
    refused: Infeasible | None = None
    for attempt in (limits, limits.without_minima):
        try:
            found = allocate(offers.only(places), panel, attempt)
        except Infeasible as refusal:
            refused = refused or refusal
            continue
        placed = replace(found, chosen=places[found.chosen], bench=places[found.bench])
        if refused is None:
            return Way(part, placed, is_within_limits=True)
        reason = f"chosen without the brief's minima, as it can't keep {refused.conflict}"
        return Way(part, placed, is_within_limits=False, reason=reason)
    return Way(part, None, is_within_limits=False, reason=str(refused))


def _single(offers: Offers, panel: Panel, limits: Limits, part: Part) -> Way:
    """The one offer that gets most, with the whole budget free for it."""
    alone = replace(
        limits, count_min=1, count_max=1, quotas=(), max_share=1.0, must_have=(), posts=1
    )
    free = replace(offers, groups=offers.groups[:, :0])
    found = _among(free, panel, alone, part)
    if found.allocation is None:
        return found
    if _is_enough(offers.only(found.allocation.chosen), panel, limits):
        return found
    reason = "one creator alone does not keep what the brief wants of numbers, names and shares"
    return replace(found, is_within_limits=False, reason=reason)


def _is_enough(line: Offers, panel: Panel, limits: Limits) -> bool:
    """Whether one offer alone keeps the limits."""
    if not set(limits.must_have) <= set(line.creator.tolist()):
        return False
    try:
        allocate(line, panel, limits)
    except Infeasible:
        return False
    return True
