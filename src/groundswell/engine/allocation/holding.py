"""A plan that changes as little as it must: lines that are held stay, the rest is chosen anew."""

from dataclasses import replace

import numpy as np

from groundswell.engine.allocation import feasible
from groundswell.engine.allocation.choose import Allocation, allocate
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Ints
from groundswell.engine.reach.panel import Panel


def hold(
    offers: Offers, panel: Panel, limits: Limits, held: Ints, *, bench: int = 20
) -> tuple[Allocation, int]:
    """Choose like ``allocate``, but keep as many of the held offers as the limits leave room for.

    Args:
        offers: What can be bought.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plan must keep.
        held: Offers to keep, at most one of each creator, the one to give up last first; (held,).
        bench: How many next best offers to name.

    Returns:
        The portfolio, and how many of the held offers were kept: always the first so many.

    Raises:
        Infeasible: When no portfolio keeps the limits, with nothing held.
    """
    low, high = 0, len(held)
    while low < high:
        middle = (low + high + 1) // 2
        if _is_possible(offers, panel, limits, held[:middle]):
            low = middle
        else:
            high = middle - 1
    places, tighter = _with_held(offers, limits, held[:low])
    found = allocate(offers.only(places), panel, tighter, bench=bench)
    return replace(found, chosen=places[found.chosen], bench=places[found.bench]), low


def _is_possible(offers: Offers, panel: Panel, limits: Limits, held: Ints) -> bool:
    places, tighter = _with_held(offers, limits, held)
    return feasible.started(offers.only(places), panel, tighter)[0]


def _with_held(offers: Offers, limits: Limits, held: Ints) -> tuple[Ints, Limits]:
    """Offers without the held creators' others, and limits that want the held creators."""
    creators = np.unique(offers.creator[held])
    is_open = ~np.isin(offers.creator, creators)
    is_open[held] = True
    wanted = sorted({*limits.must_have, *creators.tolist()})
    return np.flatnonzero(is_open), replace(limits, must_have=tuple(wanted))
