"""Who would stand in for each line of a plan: the next best offer for the same money."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.allocation import problem, search
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel

_LOOKED_AT = 64  # offers whose gain in the line's place is computed


@dataclass(frozen=True, slots=True)
class Rivals:
    """The best that could take the place of each line; arrays are (lines,).

    Attributes:
        offer: Which offer; -1 where none fits for the money.
        adds: What it would add to the other lines; NaN where none fits.
    """

    offer: Ints
    adds: Floats


def rivals(offers: Offers, panel: Panel, limits: Limits, chosen: Ints) -> Rivals:
    """The offers outside a plan that would add most in the place of each of its lines.

    One line is given back, and what it cost may be spent on one other offer, with what the plan
    leaves of the budget. What an offer would add there is at most what it adds to the whole plan
    and its rate times what the line alone reaches: the 64 with the largest such sums are computed.

    Args:
        offers: What can be bought.
        panel: Audiences, as the plan was chosen on.
        limits: What the plan keeps.
        chosen: Offers of the plan; shape (lines,).
    """
    deals = problem.market(offers, panel, limits)
    bounds = limits.bounds(len(deals.first) - 1)
    state = search.empty(deals, bounds)
    for offer in chosen:
        search.add(deals, state, int(offer))
    open_ = np.flatnonzero(~state.chosen & (deals.cost < search.BARRED))
    now = search.gains(deals, state, open_)
    found, adds = np.full(len(chosen), -1, np.int64), np.full(len(chosen), np.nan)
    for place, line in enumerate(chosen):
        before = float(state.reached[0])
        search.remove(deals, state, int(line))
        money = bounds.budget - state.totals[search.SPEND]
        most = now + deals.rate[open_] * (before - float(state.reached[0]))
        most[deals.cost[open_] > money] = -1.0
        few = open_[_largest(most)]
        gains = search.gains(deals, state, few)
        for best in np.argsort(-gains, kind="stable"):
            if _takes_its_place(deals, bounds, state, int(few[best])):
                found[place], adds[place] = few[best], gains[best]
                break
        search.add(deals, state, int(line))
    return Rivals(found, adds)


def _largest(most: Floats) -> Ints:
    """Places of the largest values that are not negative, in any order."""
    if len(most) > _LOOKED_AT:
        places = np.argpartition(-most, _LOOKED_AT)[:_LOOKED_AT]
        return places[most[places] >= 0.0]
    return np.flatnonzero(most >= 0.0)


def _takes_its_place(
    deals: search.Market, bounds: search.Bounds, state: search.State, offer: int
) -> bool:
    """Whether the plan keeps its limits with this offer."""
    if not search.fits(deals, bounds, state, offer):
        return False
    search.add(deals, state, offer)
    keeps = search.needs(bounds, state) == 0
    search.remove(deals, state, offer)
    return bool(keeps)
