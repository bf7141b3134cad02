"""The inner loops of choosing: lazy greedy under limits, swaps, and exact search when small.

All of them maximise the same thing, people reached at least once: the sum over panel people of
weight x (1 - product over chosen offers of (1 - rate x exposure)). ``worth`` holds what is left of
each person, weight x product, so that an offer's gain is rate x the sum of worth over its audience.
"""

from typing import NamedTuple

import numpy as np

from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled

COUNT, SPEND, DEAREST, FRESH = 0, 1, 2, 3  # places in State.totals and Plan.totals
BARRED = 2**53  # cost of an offer that must not be taken
NOTHING = 1e-12  # gains below are rounding


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
    cells: Ints  # quotas that each offer counts for, then -1; (offers, most of one offer)
    fillers: Ints  # offers that minima may be filled with, from the cheapest up
    by_creator: Ints  # offers, those of one creator next to one another
    first: Ints  # where each creator's start in by_creator, and the end; (creators + 1,)
    posts: int  # most of one creator


class Bounds(NamedTuple):
    """Limits as numbers; quotas of shape (quotas,)."""

    budget: int
    handling: int
    count_min: int
    count_max: int
    quota_min: Ints
    quota_max: Ints
    quota_least: Ints  # money
    quota_most: Ints
    creator_most: int  # fees of one creator
    required: Bools  # creators that have to be in; shape (creators,)


class State(NamedTuple):
    """A portfolio in the making; its arrays change in place."""

    worth: Floats  # (people,)
    chosen: Bools  # (offers,)
    taken: Ints  # posts of each creator; (creators,)
    paid: Ints  # to each creator, with handling; (creators,)
    quota_count: Ints  # creators, not posts
    quota_money: Ints
    totals: Ints  # COUNT, SPEND
    reached: Floats  # (1,)


class Left(NamedTuple):
    """What quotas still allow and want while minima are filled; (quotas,) each."""

    room: Ints
    money: Ints
    short: Ints
    owed: Ints


def empty(market: Market, bounds: Bounds) -> State:
    """Nobody chosen yet."""
    creators, quotas = len(market.first) - 1, len(bounds.quota_min)
    return State(
        market.weight.copy(),
        np.zeros(len(market.row), np.bool_),
        np.zeros(creators, np.int64),
        np.zeros(creators, np.int64),
        np.zeros(quotas, np.int64),
        np.zeros(quotas, np.int64),
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
def _is_new(market: Market, state: State, offer: int, cell: int) -> bool:
    """Whether nothing chosen of the offer's creator counts for a quota yet, the offer apart."""
    who = market.creator[offer]
    if market.posts == 1 or state.taken[who] == 0:
        return True
    for place in range(market.first[who], market.first[who + 1]):
        other = market.by_creator[place]
        if other != offer and state.chosen[other]:
            for column in range(market.cells.shape[1]):
                if market.cells[other, column] == cell:
                    return False
    return True


@compiled
def tally(market: Market, state: State, offer: int, sign: int) -> None:
    """Count an offer in (sign 1) or out (-1): creators, money and quotas, not people."""
    who, cost = market.creator[offer], sign * market.cost[offer]
    state.chosen[offer] = sign > 0
    state.taken[who] += sign
    state.paid[who] += cost
    if state.taken[who] == (1 if sign > 0 else 0):
        state.totals[COUNT] += sign
    state.totals[SPEND] += cost
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        state.quota_money[cell] += cost
        if _is_new(market, state, offer, cell):
            state.quota_count[cell] += sign


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
    tally(market, state, offer, 1)


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
    tally(market, state, offer, -1)


@compiled
def fits(market: Market, bounds: Bounds, state: State, offer: int) -> bool:
    """Whether an offer may be taken now, minima apart."""
    who, cost = market.creator[offer], market.cost[offer]
    posts = state.taken[who]
    if state.chosen[offer] or posts >= market.posts or cost > bounds.budget - state.totals[SPEND]:
        return False
    if posts == 0 and state.totals[COUNT] >= bounds.count_max:
        return False
    if posts > 0 and state.paid[who] + cost - (posts + 1) * bounds.handling > bounds.creator_most:
        return False
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        if cost > bounds.quota_most[cell] - state.quota_money[cell]:
            return False
        is_full = state.quota_count[cell] >= bounds.quota_max[cell]
        if is_full and _is_new(market, state, offer, cell):
            return False
    return True


@compiled
def needs(bounds: Bounds, state: State) -> int:
    """How far the minima are from being kept; 0 when they all are."""
    missing = max(0, bounds.count_min - state.totals[COUNT])
    for cell in range(bounds.quota_min.size):
        missing += max(0, bounds.quota_min[cell] - state.quota_count[cell])
        missing += state.quota_money[cell] < bounds.quota_least[cell]
    for who in range(bounds.required.size):
        missing += bounds.required[who] and state.taken[who] == 0
    return int(missing)


@compiled
def completion(market: Market, bounds: Bounds, state: State, planned: Bools) -> tuple[int, int]:
    """Cheap offers that would fill the minima: the cheapest, where quotas don't overlap.

    Marks them in ``planned`` (offers) and returns what they cost, and how many can't be found.
    """
    cost, missing = _completed(market, bounds, state, planned, 1)
    width = market.cells.shape[1]
    if width > 1 and (missing > 0 or cost > bounds.budget - state.totals[SPEND]):
        cost, missing = _completed(market, bounds, state, planned, width)
    return cost, missing


@compiled
def _completed(
    market: Market, bounds: Bounds, state: State, planned: Bools, at_once: int
) -> tuple[int, int]:
    """The same, with offers first that fill as many quotas at once."""
    planned[:] = False
    named = bounds.required & (state.taken == 0)
    mine = ~named
    left = Left(
        bounds.quota_max - state.quota_count,
        bounds.quota_most - state.quota_money,
        bounds.quota_min - state.quota_count,
        bounds.quota_least - state.quota_money,
    )
    before = state.totals[COUNT]
    missing = named.sum()
    cost, count = _plan(market, planned, mine, left, 0, missing)
    missing -= count
    mine = (state.taken > 0) | named
    for fills in range(at_once, 0, -1):
        more, found = _plan(market, planned, mine, left, fills, BARRED)
        cost, count = cost + more, count + found
    if left.owed.size and left.owed.max() > 0:
        more, found = _plan(market, planned, mine, left, -1, BARRED)
        cost, count = cost + more, count + found
    spare = max(0, bounds.count_min - before - count)
    more, found = _plan(market, planned, mine, left, 0, spare)
    cost, count, missing = cost + more, count + found, missing + spare - found
    for cell in range(left.short.size):
        missing += max(0, left.short[cell]) + (left.owed[cell] > 0)
    return cost, int(missing + max(0, before + count - bounds.count_max))


@compiled
def _plan(
    market: Market, planned: Bools, mine: Bools, left: Left, fills: int, most: int
) -> tuple[int, int]:
    """Plan the cheapest that fill so many quotas at once (-1: that owe money): cost, and count."""
    cost, count = 0, 0
    short = 0
    for cell in range(left.short.size):
        short += max(0, left.short[cell])
    for offer in market.fillers:
        if count >= most or market.cost[offer] >= BARRED or (fills > 0 and short == 0):
            break
        who = market.creator[offer]
        if mine[who] or not _is_wanted(market, left, offer, fills):
            continue
        planned[offer] = True
        mine[who] = True
        cost += market.cost[offer]
        count += 1
        for column in range(market.cells.shape[1]):
            cell = market.cells[offer, column]
            if cell < 0:
                break
            short -= left.short[cell] > 0
            left.room[cell] -= 1
            left.short[cell] -= 1
            left.money[cell] -= market.cost[offer]
            left.owed[cell] -= market.cost[offer]
    return cost, count


@compiled
def _is_wanted(market: Market, left: Left, offer: int, fills: int) -> bool:
    """Whether quotas have room for an offer, and it fills so many of them."""
    filled, owing = 0, False
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        if left.room[cell] <= 0 or market.cost[offer] > left.money[cell]:
            return False
        filled += left.short[cell] > 0
        owing |= left.owed[cell] > 0
    return owing if fills < 0 else filled >= fills


class Plan(NamedTuple):
    """Offers that would fill the minima of a portfolio; arrays change in place."""

    planned: Bools  # (offers,)
    creators: Ints  # of each quota
    money: Ints
    dearest: Ints
    totals: Ints  # COUNT, SPEND, DEAREST, FRESH


@compiled
def replan(market: Market, bounds: Bounds, state: State, plan: Plan) -> bool:
    """Plan the minima anew; whether they can be afforded."""
    cost, missing = completion(market, bounds, state, plan.planned)
    plan.creators[:] = 0
    plan.money[:] = 0
    plan.dearest[:] = 0
    plan.totals[:] = 0
    for offer in np.flatnonzero(plan.planned):
        _replace(market, plan, int(offer), 1)
        plan.totals[DEAREST] = max(plan.totals[DEAREST], market.cost[offer])
        for column in range(market.cells.shape[1]):
            cell = market.cells[offer, column]
            if cell < 0:
                break
            plan.dearest[cell] = max(plan.dearest[cell], market.cost[offer])
    plan.totals[FRESH] = 1
    return missing == 0 and cost <= bounds.budget - state.totals[SPEND]


@compiled
def _replace(market: Market, plan: Plan, offer: int, sign: int) -> None:
    plan.planned[offer] = sign > 0
    plan.totals[COUNT] += sign
    plan.totals[SPEND] += sign * market.cost[offer]
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        plan.creators[cell] += sign
        plan.money[cell] += sign * market.cost[offer]


@compiled
def _has_room(market: Market, bounds: Bounds, state: State, offer: int, plan: Plan) -> bool:
    """Whether the minima can be filled as planned beside an offer, whose creator isn't planned."""
    cost = market.cost[offer]
    who = market.creator[offer]
    for place in range(market.first[who], market.first[who + 1]):
        if plan.planned[market.by_creator[place]]:
            return bool(plan.planned[offer])
    if cost + plan.totals[SPEND] > bounds.budget - state.totals[SPEND]:
        return False
    if state.totals[COUNT] + plan.totals[COUNT] >= bounds.count_max:
        return False
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        if state.quota_count[cell] + plan.creators[cell] >= bounds.quota_max[cell]:
            return False
        if state.quota_money[cell] + plan.money[cell] + cost > bounds.quota_most[cell]:
            return False
    return True


@compiled
def _is_hopeless(market: Market, bounds: Bounds, state: State, offer: int, plan: Plan) -> bool:
    """Whether the minima can't be afforded beside an offer, whichever planned it fills them for."""
    cost, saved = market.cost[offer], 0
    is_named = bounds.required[market.creator[offer]]
    if state.totals[COUNT] < bounds.count_min or is_named:
        saved = plan.totals[DEAREST]
    for column in range(market.cells.shape[1]):
        cell = market.cells[offer, column]
        if cell < 0:
            break
        owed = bounds.quota_least[cell] - state.quota_money[cell]
        if owed > 0:
            saved += plan.dearest[cell] + min(cost, owed)
        elif state.quota_count[cell] < bounds.quota_min[cell]:
            saved += plan.dearest[cell]
    return bool(cost + plan.totals[SPEND] - saved > bounds.budget - state.totals[SPEND])


@compiled
def keeps_minima(
    market: Market, bounds: Bounds, state: State, offer: int, plan: Plan, other: Plan
) -> bool:
    """Whether the minima can still be afforded after taking an offer; the plan is then for that."""
    if _has_room(market, bounds, state, offer, plan):
        if plan.planned[offer]:
            _replace(market, plan, offer, -1)
        plan.totals[FRESH] = 0
        return True
    if not plan.totals[FRESH]:
        replan(market, bounds, state, plan)
    if _is_hopeless(market, bounds, state, offer, plan):
        return False
    tally(market, state, offer, 1)
    is_possible = replan(market, bounds, state, other)
    tally(market, state, offer, -1)
    if is_possible:
        plan.planned[:] = other.planned
        plan.creators[:] = other.creators
        plan.money[:] = other.money
        plan.dearest[:] = other.dearest
        plan.totals[:] = other.totals
    return is_possible


@compiled
def nothing_planned(size: int, quotas: int) -> Plan:
    """Nothing planned yet, for so many offers and quotas."""
    return Plan(
        np.zeros(size, np.bool_),
        np.zeros(quotas, np.int64),
        np.zeros(quotas, np.int64),
        np.zeros(quotas, np.int64),
        np.zeros(4, np.int64),
    )


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
    plan = nothing_planned(size, bounds.quota_min.size)
    other = nothing_planned(size, bounds.quota_min.size)
    looked = 0
    if needs(bounds, state) > 0:
        replan(market, bounds, state, plan)
    while size > 0:
        offer = heap[0]
        drop = not fits(market, bounds, state, offer) or key[offer] <= NOTHING
        if not drop and fresh[offer] != state.totals[COUNT]:
            most[offer] = gain(market, state, offer)
            key[offer] = most[offer] / price[offer]
            fresh[offer] = state.totals[COUNT]
            looked += 1
            _sink(heap, key, size)
            continue
        if not drop:
            drop = needs(bounds, state) > 0 and not keeps_minima(
                market, bounds, state, offer, plan, other
            )
            if not drop:
                add(market, state, offer)
        size -= 1
        heap[0] = heap[size]
        _sink(heap, key, size)
    if needs(bounds, state) > 0:
        if not plan.totals[FRESH]:
            replan(market, bounds, state, plan)
        for offer in np.flatnonzero(plan.planned):
            add(market, state, int(offer))
    return looked


@compiled
def _refill(market: Market, bounds: Bounds, state: State, short: Ints, added: Ints) -> int:
    """Greedy over a short list; returns how many were added."""
    count = 0
    while count < added.size:
        best = -1
        best_key = NOTHING
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
def mends(market: Market, bounds: Bounds, state: State, offer: int) -> bool:
    """Whether all minima are kept with an offer."""
    tally(market, state, offer, 1)
    kept = needs(bounds, state) == 0
    tally(market, state, offer, -1)
    return kept


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
        short_of = needs(bounds, state)
        best = -1
        best_gain = 0.0
        for other in short:
            if other != offer and fits(market, bounds, state, other):
                found = gain(market, state, other)
                if found > best_gain and (short_of == 0 or mends(market, bounds, state, other)):
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
