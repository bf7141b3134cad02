"""Search of all portfolios, for small instances: what it finishes is the optimum of its panel."""

import numpy as np

from groundswell.engine.allocation.search import (
    COUNT,
    SPEND,
    Bounds,
    Market,
    State,
    add,
    fits,
    gains,
    needs,
    remove,
)
from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled


@compiled
def exact(market: Market, bounds: Bounds, state: State, best: Bools, work: int) -> bool:
    """Search all portfolios that extend ``state``, depth first, cutting what can't win.

    Args:
        market: Panel and offers.
        bounds: Limits.
        state: Where to start (must-haves taken); left as it was.
        best: The best portfolio known, in and out; shape (offers,).
        work: Entries of the panel and offers that may be looked at.

    Returns:
        Whether the search was finished, so that ``best`` is the optimum.
    """
    first = gains(market, state, np.arange(market.row.size))
    order = np.argsort(-first / np.maximum(market.cost, 1))
    goal = _value(market, best)
    depth = 0
    taken = np.zeros(order.size, np.int32)  # 0 not tried, 1 taken, 2 left out
    while depth >= 0:
        if work < 0:
            _unwind(market, state, order, taken, depth)
            return False
        if needs(bounds, state) == 0 and state.reached[0] > goal * (1 + 1e-12):
            goal = state.reached[0]
            best[:] = state.chosen
        work -= order.size
        is_full = depth == order.size or (
            market.posts == 1 and state.totals[COUNT] >= bounds.count_max
        )
        hope = not is_full and _promise(market, bounds, state, order, first, depth) > goal
        if hope and taken[depth] == 0:
            offer = order[depth]
            if fits(market, bounds, state, offer):
                add(market, state, offer)
                row = market.row[offer]
                work -= market.starts[row + 1] - market.starts[row]
                taken[depth] = 1
            else:
                taken[depth] = 2
            depth += 1
            continue
        depth -= 1
        while depth >= 0 and taken[depth] == 2:
            taken[depth] = 0
            depth -= 1
        if depth >= 0:
            remove(market, state, order[depth])
            taken[depth] = 2
            depth += 1
    return True


@compiled
def _promise(
    market: Market, bounds: Bounds, state: State, order: Ints, first: Floats, depth: int
) -> float:
    """No portfolio below this node reaches more: gains as at the start, the last one in part."""
    money = float(bounds.budget - state.totals[SPEND])
    total = state.reached[0]
    for place in range(depth, order.size):
        offer = order[place]
        cost = float(max(market.cost[offer], 1))
        if cost >= money:
            return float(total + first[offer] * money / cost)
        total += first[offer]
        money -= cost
    return float(total)


@compiled
def _unwind(market: Market, state: State, order: Ints, taken: Codes, depth: int) -> None:
    for place in range(min(depth, order.size - 1), -1, -1):
        if taken[place] == 1:
            remove(market, state, order[place])


@compiled
def _value(market: Market, chosen: Bools) -> float:
    survival = np.ones(market.weight.size)
    for offer in np.flatnonzero(chosen):
        row = market.row[offer]
        for entry in range(market.starts[row], market.starts[row + 1]):
            seen = market.rate[offer]
            if market.exposure.size:
                seen *= market.exposure[entry]
            survival[market.people[entry]] *= 1.0 - seen
    return float(np.sum(market.weight * (1.0 - survival)))
