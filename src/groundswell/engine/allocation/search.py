"""The inner loops of choosing: lazy greedy under limits, swaps, and exact search when small.

All of them maximise the same thing, people reached at least once: the sum over panel people of
weight x (1 - product over chosen offers of (1 - rate x exposure)). ``worth`` holds what is left of
each person, weight x product, so that an offer's gain is rate x the sum of worth over its audience.
"""

from typing import NamedTuple

import numpy as np

from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled

COUNT, SPEND = 0, 1  # places in State.totals
BARRED = 2**53  # cost of an offer that must not be taken
_NOTHING = 1e-12  # gains below are rounding


class Market(NamedTuple):
    """Panel and offers; shapes as in ``panel.Panel`` and ``problem.Offers``."""

    starts: Ints
    people: Codes
    exposure: Floats
    weight: Floats
    row: Ints
    rate: Floats
    cost: Ints
    creator: Ints
    tier: Ints
    by_cost: Ints  # offers from the cheapest up


class Bounds(NamedTuple):
    """Limits as numbers."""

    budget: int
    count_min: int
    count_max: int
    tier_min: Ints
    tier_max: Ints
    tier_money: Ints
    required: Bools  # creators that have to be in; shape (creators,)


class State(NamedTuple):
    """A portfolio in the making; its arrays change in place."""

    worth: Floats  # (people,)
    chosen: Bools  # (offers,)
    taken: Bools  # (creators,)
    tier_count: Ints
    tier_money: Ints
    totals: Ints  # COUNT, SPEND
    reached: Floats  # (1,)


def empty(market: Market, tiers: int) -> State:
    """Nobody chosen yet."""
    return State(
        market.weight.copy(),
        np.zeros(len(market.row), np.bool_),
        np.zeros(int(market.creator.max(initial=-1)) + 1, np.bool_),
        np.zeros(tiers, np.int64),
        np.zeros(tiers, np.int64),
        np.zeros(2, np.int64),
        np.zeros(1),
    )


@compiled
def gain(market: Market, state: State, offer: int) -> float:
    """People that one more offer would add."""
    row = market.row[offer]
    total = 0.0
    if market.exposure.size:
        for entry in range(market.starts[row], market.starts[row + 1]):
            total += state.worth[market.people[entry]] * market.exposure[entry]
    else:
        for entry in range(market.starts[row], market.starts[row + 1]):
            total += state.worth[market.people[entry]]
    return float(total * market.rate[offer])


@compiled
def gains(market: Market, state: State, offers: Ints) -> Floats:
    """People that each of several offers would add, one at a time."""
    found = np.empty(offers.size)
    for place in range(offers.size):
        found[place] = gain(market, state, offers[place])
    return found


@compiled
def _count(market: Market, state: State, offer: int, sign: int) -> None:
    state.chosen[offer] = sign > 0
    state.taken[market.creator[offer]] = sign > 0
    state.tier_count[market.tier[offer]] += sign
    state.tier_money[market.tier[offer]] += sign * market.cost[offer]
    state.totals[COUNT] += sign
    state.totals[SPEND] += sign * market.cost[offer]


@compiled
def add(market: Market, state: State, offer: int) -> None:
    """Take an offer."""
    row = market.row[offer]
    rate = market.rate[offer]
    for entry in range(market.starts[row], market.starts[row + 1]):
        seen = rate * market.exposure[entry] if market.exposure.size else rate
        who = market.people[entry]
        state.reached[0] += state.worth[who] * seen
        state.worth[who] *= 1.0 - seen
    _count(market, state, offer, 1)


@compiled
def remove(market: Market, state: State, offer: int) -> None:
    """Give an offer back."""
    row = market.row[offer]
    rate = market.rate[offer]
    for entry in range(market.starts[row], market.starts[row + 1]):
        seen = rate * market.exposure[entry] if market.exposure.size else rate
        who = market.people[entry]
        state.worth[who] /= 1.0 - seen
        state.reached[0] -= state.worth[who] * seen
    _count(market, state, offer, -1)


@compiled
def fits(market: Market, bounds: Bounds, state: State, offer: int) -> bool:
    """Whether an offer may be taken now, minima apart."""
    tier = market.tier[offer]
    cost = market.cost[offer]
    return (
        not state.taken[market.creator[offer]]
        and cost <= bounds.budget - state.totals[SPEND]
        and state.totals[COUNT] < bounds.count_max
        and state.tier_count[tier] < bounds.tier_max[tier]
        and cost <= bounds.tier_money[tier] - state.tier_money[tier]
    )


@compiled
def needs(bounds: Bounds, state: State) -> int:
    """Creators that are still missing to keep the minima."""
    missing = 0
    for tier in range(bounds.tier_min.size):
        missing += max(0, bounds.tier_min[tier] - state.tier_count[tier])
    named = np.sum(bounds.required & ~state.taken)
    return int(max(missing, named, bounds.count_min - state.totals[COUNT]))


@compiled
def completion(market: Market, bounds: Bounds, state: State, planned: Bools) -> tuple[int, int]:
    """Cheapest offers that would fill the minima.

    Marks them in ``planned`` (offers) and returns what they cost, and how many can't be found.
    """
    planned[:] = False
    room = bounds.tier_max - state.tier_count
    money = bounds.tier_money - state.tier_money
    short = bounds.tier_min - state.tier_count

    named = bounds.required & ~state.taken
    wanted = np.full(room.size, BARRED)
    cost, missing = _plan_cheapest(market, planned, ~named, room, money, wanted, named.sum())
    mine = state.taken | named
    wanted = np.maximum(short - (BARRED - wanted), 0)
    required = wanted.sum()
    more_cost, more_missing = _plan_cheapest(market, planned, mine, room, money, wanted, required)
    cost += more_cost
    missing += more_missing
    spare = max(0, bounds.count_min - state.totals[COUNT] - named.sum() - required)
    wanted = np.full(room.size, BARRED)
    more_cost, more_missing = _plan_cheapest(market, planned, mine, room, money, wanted, spare)
    slots = bounds.count_max - state.totals[COUNT]
    return cost + more_cost, missing + more_missing + max(0, planned.sum() - slots)


@compiled
def _plan_cheapest(
    market: Market,
    planned: Bools,
    mine: Bools,
    room: Ints,
    money: Ints,
    wanted: Ints,
    limit: int,
) -> tuple[int, int]:
    total = 0
    for offer in market.by_cost:
        cost = market.cost[offer]
        if limit == 0 or cost >= BARRED:
            break
        tier = market.tier[offer]
        creator = market.creator[offer]
        if wanted[tier] > 0 and not mine[creator] and room[tier] > 0 and cost <= money[tier]:
            planned[offer] = True
            mine[creator] = True
            room[tier] -= 1
            wanted[tier] -= 1
            money[tier] -= cost
            total += cost
            limit -= 1
    return total, limit


@compiled
def _keeps_minima(market: Market, bounds: Bounds, state: State, offer: int, planned: Bools) -> bool:
    """Whether the minima can still be afforded after taking an offer."""
    _count(market, state, offer, 1)
    cost, missing = completion(market, bounds, state, planned)
    possible = missing == 0 and cost <= bounds.budget - state.totals[SPEND]
    _count(market, state, offer, -1)
    return possible


@compiled
def _sink(heap: Ints, key: Floats, size: int) -> None:
    """Restore the heap after the key of its top fell."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and key[heap[child + 1]] > key[heap[child]]:
            child += 1
        if key[heap[child]] <= key[heap[at]]:
            return
        heap[at], heap[child] = heap[child], heap[at]
        at = child


@compiled
def greedy(market: Market, bounds: Bounds, state: State, price: Floats, most: Floats) -> int:
    """Take the offer with the largest gain per price, again and again (lazy: Leskovec 2007).

    Args:
        market: Panel and offers.
        bounds: Limits.
        state: Where to start; changes in place.
        price: What a gain is divided by, above 0; shape (offers,).
        most: Upper bound of each offer's gain, in and out (gains only fall); shape (offers,).

    Returns:
        How many gains had to be computed.
    """
    key = most / price
    heap = np.argsort(-key)
    size = heap.size
    fresh = np.full(size, -1, np.int64)
    planned = np.zeros(size, np.bool_)
    looked = 0
    while size > 0:
        offer = heap[0]
        drop = not fits(market, bounds, state, offer) or key[offer] <= _NOTHING
        if not drop and fresh[offer] != state.totals[COUNT]:
            most[offer] = gain(market, state, offer)
            key[offer] = most[offer] / price[offer]
            fresh[offer] = state.totals[COUNT]
            looked += 1
            _sink(heap, key, size)
            continue
        if not drop:
            drop = needs(bounds, state) > 0 and not _keeps_minima(
                market, bounds, state, offer, planned
            )
            if not drop:
                add(market, state, offer)
        size -= 1
        heap[0] = heap[size]
        _sink(heap, key, size)
    if needs(bounds, state) > 0:
        completion(market, bounds, state, planned)
        for offer in np.flatnonzero(planned):
            add(market, state, int(offer))
    return looked


@compiled
def _refill(market: Market, bounds: Bounds, state: State, short: Ints, added: Ints) -> int:
    """Greedy over a short list; returns how many were added."""
    count = 0
    while count < added.size:
        best = -1
        best_key = _NOTHING
        for offer in short:
            if fits(market, bounds, state, offer):
                found = gain(market, state, offer) / max(market.cost[offer], 1)
                if found > best_key:
                    best, best_key = offer, found
        if best < 0:
            break
        add(market, state, best)
        added[count] = best
        count += 1
    return count


@compiled
def swap(market: Market, bounds: Bounds, state: State, leaving: Ints, short: Ints) -> int:
    """Give back one offer, try another in its place and refill; keep what reaches more.

    Args:
        market: Panel and offers.
        bounds: Limits.
        state: A portfolio that keeps the limits; changes in place, never for the worse.
        leaving: Offers to try to replace; shape (some,).
        short: Offers to replace them with; shape (some,).

    Returns:
        How many swaps were kept.
    """
    kept = 0
    added = np.empty(16, np.int64)
    for offer in leaving:
        if not state.chosen[offer]:
            continue
        before = state.reached[0]
        remove(market, state, offer)
        best = -1
        best_gain = 0.0
        for other in short:
            if other != offer and fits(market, bounds, state, other):
                found = gain(market, state, other)
                if found > best_gain:
                    best, best_gain = other, found
        if best >= 0:
            add(market, state, best)
        count = _refill(market, bounds, state, short, added)
        if state.reached[0] > before * (1 + 1e-9) and needs(bounds, state) == 0:
            kept += 1
            continue
        for place in range(count):
            remove(market, state, added[place])
        if best >= 0:
            remove(market, state, best)
        add(market, state, offer)
    return kept


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
        is_full = depth == order.size or state.totals[COUNT] >= bounds.count_max
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
