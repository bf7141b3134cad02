"""Choosing for people who are reached several times.

People reached at least ``often`` times are not submodular: the first post of an audience gets
nobody, and a later one may get more than an earlier. So there is no bound, and several searches are
run. Each is greedy by a worth of people that leads there: a person who was seen k times with chance
``P(k)`` is worth ``sum over k < often of part ** (often - 1 - k) P(k)``. With part 1 that is the
expected number of contacts up to ``often``, which is submodular; with part 0 only the last contact
counts. Small parts concentrate on audiences that were reached before. The best is improved by
exchanges that are judged by the people reached often enough.
"""

from dataclasses import replace

import numpy as np

from groundswell.engine.allocation import feasible, problem, search
from groundswell.engine.allocation.choose import Allocation, allocate, next_best
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.allocation.search import Bounds, Market, Plan, State
from groundswell.engine.arrays import Bools, Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach.panel import Panel

SEARCHES = 6  # one that counts people once, and one for each part
_PARTS = (1.0, 0.6, 0.3, 0.1, 0.02)
_REFRESHED = 60  # times at most that all gains are computed anew in a search
_STILL = 0.7  # of what an offer brought at the last of these, or it waits for the next
_AT_ONCE = 5  # between: one for so many that are taken already
_SURE = 0.95  # chances above count as this in the search, so that contacts can be taken back
_LEAVING, _SHORT = 24, 96  # lines that the exchanges try to give back, and to take instead


def reached_often(offers: Offers, panel: Panel, chosen: Ints, often: int) -> float:
    """People whom a portfolio reaches at least so many times, on a panel."""
    chances = np.zeros((len(panel.weight), often))
    chances[:, 0] = 1.0
    rates = np.minimum(offers.rate, 1.0 - 1e-9)
    _expose(panel.starts, panel.people, panel.exposure, offers.row.astype(np.int64), rates,
            chosen.astype(np.int64), chances)  # fmt: skip
    return float(np.sum(panel.weight * (1.0 - chances.sum(axis=1))))


def allocate_often(
    offers: Offers, panel: Panel, limits: Limits, often: int, *, bench: int = 20
) -> Allocation:
    """Choose the offers that reach the most people at least so many times; the best of searches.

    Args:
        offers: What can be bought, at least one.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plan must keep.
        often: Contacts that count, 2 or more.
        bench: How many next best offers to name.

    Returns:
        The portfolio; ``reached``, ``marginal``, ``alone`` and ``bench_gain`` are people who are
        reached so often. The same for the same input.

    Raises:
        Infeasible: When no portfolio keeps the limits.
    """
    once = allocate(offers, panel, limits, bench=0)
    order = np.lexsort((*offers.groups.T, offers.rate, offers.price_minor, offers.row))
    sorted_offers = offers.only(order)
    sorted_offers = replace(sorted_offers, rate=np.minimum(sorted_offers.rate, _SURE))
    start = feasible.check(sorted_offers, panel, limits)
    deals = problem.market(sorted_offers, panel, limits)
    bounds = limits.bounds(len(deals.first) - 1)
    found = [np.flatnonzero(np.isin(order, once.chosen))]
    looked = once.looked
    for part in _PARTS:
        worth = part ** np.arange(often - 1, -1, -1.0)
        state = search.empty(deals, bounds)
        chances = _nobody(deals, often)
        state.worth[:] *= worth[0]
        looked += _greedy(deals, bounds, state, chances, worth, start)
        found.append(np.flatnonzero(state.chosen))
    best = max(found, key=lambda chosen: _value(deals, chosen, often))
    state, chances = _exchanged(deals, bounds, best, often)
    plan = _told(deals, bounds, state, chances, bench=bench)
    chosen = order[plan.chosen]
    reached = reached_often(offers, panel, chosen, often)
    return replace(plan, chosen=chosen, bench=order[plan.bench], reached=reached, looked=looked)


def _nobody(deals: Market, often: int) -> Floats:
    chances = np.zeros((len(deals.weight), often))
    chances[:, 0] = 1.0
    return chances


def _value(deals: Market, chosen: Ints, often: int) -> float:
    chances = _nobody(deals, often)
    _expose(deals.starts, deals.people, deals.exposure, deals.row, deals.rate, chosen, chances)
    return float(np.sum(deals.weight * (1.0 - chances.sum(axis=1))))


@compiled
def _expose(
    starts: Ints, people: Codes, exposure: Floats, row: Ints, rate: Floats, chosen: Ints,
    chances: Floats,
) -> None:  # fmt: skip
    """Chances of 0, 1, ... contacts with all chosen offers; shape (people, often)."""
    for offer in chosen:
        for entry in range(starts[row[offer]], starts[row[offer] + 1]):
            seen = rate[offer] * exposure[entry] if exposure.size else rate[offer]
            _contact(chances[people[entry]], seen)


@compiled
def _contact(chances: Floats, seen: float) -> None:
    """One more contact with a chance."""
    for times in range(chances.size - 1, 0, -1):
        chances[times] = chances[times] * (1.0 - seen) + chances[times - 1] * seen
    chances[0] *= 1.0 - seen


@compiled
def _take(market: Market, state: State, offer: int, chances: Floats, worth: Floats) -> None:
    row, rate = market.row[offer], market.rate[offer]
    for entry in range(market.starts[row], market.starts[row + 1]):
        who = market.people[entry]
        seen = rate * market.exposure[entry] if market.exposure.size else rate
        _contact(chances[who], seen)
        state.worth[who] = market.weight[who] * np.sum(worth * chances[who])
    search.tally(market, state, offer, 1)


@compiled
def _greedy(
    market: Market, bounds: Bounds, state: State, chances: Floats, worth: Floats, start: Ints
) -> int:
    """Greedy by worth for the money; how many gains were computed."""
    for offer in start:
        _take(market, state, offer, chances, worth)
    size = market.row.size
    is_open = np.ones(size, np.bool_)
    plan = search.nothing_planned(size, bounds.quota_min.size)
    other = search.nothing_planned(size, bounds.quota_min.size)
    if search.needs(bounds, state) > 0:
        search.replan(market, bounds, state, plan)
    looked = 0
    for _ in range(_REFRESHED):
        looked += int(np.sum(is_open))
        most = max(1, state.totals[search.COUNT] // _AT_ONCE)
        if _round(market, bounds, state, (chances, worth), is_open, (plan, other), most) < most:
            break
    if search.needs(bounds, state) > 0:
        if not plan.totals[search.FRESH]:
            search.replan(market, bounds, state, plan)
        for offer in np.flatnonzero(plan.planned):
            _take(market, state, int(offer), chances, worth)
    return looked


@compiled
def _round(
    market: Market,
    bounds: Bounds,
    state: State,
    contacts: tuple[Floats, Floats],
    is_open: Bools,
    plans: tuple[Plan, Plan],
    most: int,
) -> int:
    """Take some of the best by gains that are computed anew; how many were found."""
    places = np.flatnonzero(is_open)
    ratio = search.gains(market, state, places) / np.maximum(market.cost[places], 1)
    taken = 0
    for at in np.argsort(-ratio):
        offer = places[at]
        if taken == most or ratio[at] <= 0.0:
            break
        if search.gain(market, state, offer) < _STILL * ratio[at] * market.cost[offer]:
            continue
        is_open[offer] = False
        if _may_take(market, bounds, state, offer, plans[0], plans[1]):
            _take(market, state, offer, contacts[0], contacts[1])
            taken += 1
    return taken


@compiled
def _may_take(
    market: Market, bounds: Bounds, state: State, offer: int, plan: Plan, other: Plan
) -> bool:
    """Whether an offer fits, and the minima can still be kept with it."""
    if not search.fits(market, bounds, state, offer):
        return False
    is_done = search.needs(bounds, state) == 0
    return is_done or search.keeps_minima(market, bounds, state, offer, plan, other)


def _last(often: int) -> Floats:
    """Only the contact that makes it often enough counts."""
    worth = np.zeros(often)
    worth[-1] = 1.0
    return worth


def _exchanged(deals: Market, bounds: Bounds, chosen: Ints, often: int) -> tuple[State, Floats]:
    """A portfolio after exchanges of one for another that bring more people often enough."""
    state, chances, worth = search.empty(deals, bounds), _nobody(deals, often), _last(often)
    state.worth[:] = 0.0
    for offer in chosen:
        _take(deals, state, int(offer), chances, worth)
    for _ in range(2):
        lines = np.flatnonzero(state.chosen)
        lost = np.array([_lost(deals, chances, int(line)) for line in lines])
        leaving = lines[np.argsort(lost / np.maximum(deals.cost[lines], 1), kind="stable")]
        open_ = np.flatnonzero(~state.chosen & (deals.cost < search.BARRED))
        gains = search.gains(deals, state, open_)
        by_ratio = np.argsort(-gains / np.maximum(deals.cost[open_], 1), kind="stable")[:_SHORT]
        by_gain = np.argsort(-gains, kind="stable")[: _SHORT // 3]
        short = open_[np.union1d(by_ratio, by_gain)]
        exchanged = _exchange(deals, bounds, state, chances, leaving[:_LEAVING], short)
        if not exchanged + _filled(deals, bounds, state, chances, short):
            break
    return state, chances


@compiled
def _lost(market: Market, chances: Floats, offer: int) -> float:
    """People who would no longer be reached often enough without a line."""
    row, rate, total = market.row[offer], market.rate[offer], 0.0
    often = chances.shape[1]
    for entry in range(market.starts[row], market.starts[row + 1]):
        who = market.people[entry]
        seen = rate * market.exposure[entry] if market.exposure.size else rate
        before = 0.0
        for times in range(often):
            before = (chances[who, times] - before * seen) / (1.0 - seen)
        total += market.weight[who] * before * seen
    return total


@compiled
def _release(market: Market, state: State, offer: int, chances: Floats) -> None:
    row, rate = market.row[offer], market.rate[offer]
    often = chances.shape[1]
    for entry in range(market.starts[row], market.starts[row + 1]):
        who = market.people[entry]
        seen = rate * market.exposure[entry] if market.exposure.size else rate
        before = 0.0
        for times in range(often):
            before = (chances[who, times] - before * seen) / (1.0 - seen)
            chances[who, times] = before
        state.worth[who] = market.weight[who] * before
    search.tally(market, state, offer, -1)


@compiled
def _exchange(
    market: Market, bounds: Bounds, state: State, chances: Floats, leaving: Ints, short: Ints
) -> int:
    """Try each leaving line against the best of a short list; how many were exchanged."""
    worth = np.zeros(chances.shape[1])
    worth[-1] = 1.0
    kept = 0
    for offer in leaving:
        most, best = _lost(market, chances, offer) * (1.0 + 1e-9) + search.NOTHING, -1
        _release(market, state, offer, chances)
        for other in short:
            if other == offer or not search.fits(market, bounds, state, other):
                continue
            gain = search.gain(market, state, other)
            if gain > most and search.mends(market, bounds, state, other):
                most, best = gain, other
        kept += best >= 0
        _take(market, state, best if best >= 0 else offer, chances, worth)
    return kept


@compiled
def _filled(market: Market, bounds: Bounds, state: State, chances: Floats, short: Ints) -> int:
    """Take the best of a short list for what is left of the money; how many."""
    worth = np.zeros(chances.shape[1])
    worth[-1] = 1.0
    taken = 0
    while True:
        best, most = -1, 0.0
        for offer in short:
            if search.fits(market, bounds, state, offer):
                ratio = search.gain(market, state, offer) / max(market.cost[offer], 1)
                if ratio > most:
                    best, most = offer, ratio
        if best < 0:
            return taken
        _take(market, state, best, chances, worth)
        taken += 1


def _told(
    deals: Market, bounds: Bounds, state: State, chances: Floats, *, bench: int
) -> Allocation:
    """The portfolio with what each line and each of the next best brings."""
    chosen = np.flatnonzero(state.chosen)
    lost = np.array([_lost(deals, chances, int(line)) for line in chosen])
    best_first = np.argsort(-lost / np.maximum(deals.cost[chosen], 1), kind="stable")
    chosen, lost = chosen[best_first], lost[best_first]
    waiting, gains = next_best(deals, bounds, state, bench)
    spend = int(state.totals[search.SPEND])
    return Allocation(
        chosen=chosen,
        marginal=lost,
        alone=np.zeros(len(chosen)),  # one post alone reaches nobody several times
        reached=0.0,
        spend_minor=spend,
        reserve_minor=bounds.budget - spend,
        bench=waiting,
        bench_gain=gains,
        is_optimal=False,
        looked=0,
    )
