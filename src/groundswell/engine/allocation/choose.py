"""From offers and limits to a portfolio: several searches, the best of them, and why."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.allocation import exhaustive, feasible, problem, search
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel

_EXACT_WORK = 20_000_000  # panel entries that the exact search may look at: about 0.1 s
_EXACT_OFFERS = 64  # beyond, the exact search would not finish
_LEAVING, _SHORT = 64, 192  # offers that the swaps try to give back, and to take instead
_SLOT_PRICES = (0.25, 1.0, 4.0)  # of a place in the plan, as parts of budget / count_max
_LED = 0.05  # added to shares before prices are divided by them


@dataclass(frozen=True, slots=True)
class Allocation:
    """A chosen portfolio.

    Attributes:
        chosen: Offers taken, from the largest marginal gain per cost down; shape (lines,).
        marginal: People that each line adds to all the others together; shape (lines,).
        alone: People that each line would reach without the others; shape (lines,).
        reached: People reached at least once, on the panel it was chosen on: not for reporting.
        spend_minor: Fees and handling.
        reserve_minor: What is left of the budget.
        bench: Next best offers, one per creator, best first; shape (bench,).
        bench_gain: People that each would add to the portfolio; shape (bench,).
        is_optimal: Whether an exhaustive search proved that nothing reaches more on the panel.
        looked: Gains that the searches computed.
    """

    chosen: Ints
    marginal: Floats
    alone: Floats
    reached: float
    spend_minor: int
    reserve_minor: int
    bench: Ints
    bench_gain: Floats
    is_optimal: bool
    looked: int


def of_values(value: Floats) -> tuple[Panel, Floats]:
    """A panel on which reach is a plain sum, for objectives that don't overlap.

    Args:
        value: Expected views, engagements or pieces of each offer, 0 or more; shape (offers,).

    Returns:
        A panel with one person for each offer, and rates such that ``weight x rate`` is the
        value: choosing for reach on it maximises the sum of values. Use ``row = arange(offers)``.
    """
    count = len(value)
    scale = 2.0 * max(float(value.max(initial=0.0)), 1e-9)
    people = np.arange(count, dtype=np.int32)
    panel = Panel(np.arange(count + 1, dtype=np.int64), people, np.empty(0), np.full(count, scale))
    return panel, value / scale


def allocate(
    offers: Offers,
    panel: Panel,
    limits: Limits,
    *,
    bench: int = 20,
    shares: Floats | None = None,
) -> Allocation:
    """Choose the offers that reach the most different people within the limits.

    Lazy greedy by people per cost and by people alone, with prices for a place where the number
    of creators binds; the best of them is improved by swaps, and small instances are searched
    exhaustively. Greedy by ratio or the best single has a guarantee of 0.43 of the optimum
    (Feldman, Nutov and Shoham 2022); in practice it is within a few percent.

    Args:
        offers: What can be bought, at least one.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plan must keep.
        bench: How many next best offers to name.
        shares: Of each offer in a relaxed problem (``Certificate.shares``): greedy is led to those
            with large ones too; shape (offers,).

    Returns:
        The portfolio. The same for any order of the offers, ties between equal ones apart.

    Raises:
        Infeasible: When no portfolio keeps the limits.
    """
    order = _canonical(offers)
    sorted_offers = offers.only(order)
    start = feasible.check(sorted_offers, panel, limits)
    deals = problem.market(sorted_offers, panel, limits)
    bounds = limits.bounds(len(deals.first) - 1)
    led = None if shares is None else shares[order]
    state, looked = _best_found(deals, bounds, start, led)
    best = state.chosen.copy()
    nobody = search.empty(deals, bounds)
    work = _EXACT_WORK if len(order) <= _EXACT_OFFERS else 0
    is_optimal = work > 0 and bool(exhaustive.exact(deals, bounds, nobody, best, work))
    if not np.array_equal(best, state.chosen):
        state = _started(deals, bounds, np.flatnonzero(best))
    return _explained((deals, bounds), state, order, bench=bench, found=(is_optimal, looked))


def _canonical(offers: Offers) -> Ints:
    """An order of the offers that doesn't depend on the order they came in."""
    keys = (
        *offers.groups.T,
        offers.rate,
        offers.tier,
        offers.price_minor,
        offers.row,
        offers.creator,
    )
    return np.lexsort(keys).astype(np.int64)


def _best_found(
    deals: search.Market, bounds: search.Bounds, start: Ints, shares: Floats | None
) -> tuple[search.State, int]:
    """The best of several greedy searches with swaps, and how many gains they computed."""
    forced = start if len(start) else _forced(deals, bounds)
    first = search.gains(deals, _started(deals, bounds, forced), np.arange(len(deals.row)))
    cost = np.maximum(deals.cost, 1).astype(np.float64)
    each = np.ones_like(cost)
    prices = [cost, each]
    if shares is not None:
        prices = [price / (_LED + shares) for price in prices]
    results = []
    looked = 0
    while prices:
        price = np.where(deals.cost >= search.BARRED, float(search.BARRED), prices.pop(0))
        state, most = _started(deals, bounds, forced), first.copy()
        looked += search.greedy(deals, bounds, state, price, most)
        results.append((float(state.reached[0]), state, most))
        is_full = state.totals[search.COUNT] == bounds.count_max
        if shares is None and len(results) == 1 and is_full:
            slot = bounds.budget / bounds.count_max
            prices += [cost + part * slot for part in _SLOT_PRICES]
    results.sort(key=lambda result: -result[0])
    for _, state, most in results[: 1 if shares is None else len(results)]:
        _swap(deals, bounds, state, most)
    return max((state for _, state, _ in results), key=lambda state: state.reached[0]), looked


def _forced(deals: search.Market, bounds: search.Bounds) -> Ints:
    """The only offers of creators that have to be in: they are in every portfolio."""
    open_ = deals.cost < search.BARRED
    offers = np.bincount(deals.creator[open_], minlength=len(bounds.required))
    return np.flatnonzero(open_ & (bounds.required & (offers == 1))[deals.creator])


def _started(deals: search.Market, bounds: search.Bounds, forced: Ints) -> search.State:
    state = search.empty(deals, bounds)
    for offer in forced:
        search.add(deals, state, int(offer))
    return state


def _swap(
    deals: search.Market,
    bounds: search.Bounds,
    state: search.State,
    most: Floats,
) -> None:
    chosen = np.flatnonzero(state.chosen)
    marginal = _marginals(deals, state, chosen) / np.maximum(deals.cost[chosen], 1)
    leaving = chosen[np.argsort(marginal, kind="stable")][:_LEAVING]
    open_ = np.flatnonzero(~state.chosen & (deals.cost < search.BARRED))
    by_ratio = open_[np.argsort(-most[open_] / np.maximum(deals.cost[open_], 1), kind="stable")]
    by_gain = open_[np.argsort(-most[open_], kind="stable")]
    short = np.unique(np.concatenate([by_ratio[:_SHORT], by_gain[: _SHORT // 3]]))
    for _ in range(3):
        if not search.swap(deals, bounds, state, leaving, short):
            break
        leaving = np.flatnonzero(state.chosen)[:_LEAVING]


def _marginals(deals: search.Market, state: search.State, lines: Ints) -> Floats:
    """People that each line adds to all the others together."""
    found = np.empty(len(lines))
    for place, offer in enumerate(lines):
        before = float(state.reached[0])
        search.remove(deals, state, offer)
        found[place] = before - float(state.reached[0])
        search.add(deals, state, offer)
    return found


def _explained(
    limited: tuple[search.Market, search.Bounds],
    state: search.State,
    order: Ints,
    *,
    bench: int,
    found: tuple[bool, int],
) -> Allocation:
    deals, bounds = limited
    chosen = np.flatnonzero(state.chosen)
    marginal = _marginals(deals, state, chosen)
    best_first = np.argsort(-marginal / np.maximum(deals.cost[chosen], 1), kind="stable")
    chosen, marginal = chosen[best_first], marginal[best_first]
    nobody = search.empty(deals, bounds)
    alone = search.gains(deals, nobody, chosen)
    waiting, gains = next_best(deals, bounds, state, bench)
    spend = int(state.totals[search.SPEND])
    return Allocation(
        chosen=order[chosen],
        marginal=marginal,
        alone=alone,
        reached=float(state.reached[0]),
        spend_minor=spend,
        reserve_minor=bounds.budget - spend,
        bench=order[waiting],
        bench_gain=gains,
        is_optimal=found[0],
        looked=found[1],
    )


def next_best(
    deals: search.Market, bounds: search.Bounds, state: search.State, wanted: int
) -> tuple[Ints, Floats]:
    """Who would be taken next, with money that a line gives back when it falls out."""
    shut = np.append(bounds.quota_max == 0, False)[deals.cells].any(axis=1)
    open_ = np.flatnonzero(
        (state.taken[deals.creator] == 0) & (deals.cost <= bounds.budget) & ~shut
    )
    gains = search.gains(deals, state, open_)
    best_first = np.argsort(-gains / np.maximum(deals.cost[open_], 1), kind="stable")
    _, first = np.unique(deals.creator[open_[best_first]], return_index=True)
    places = best_first[np.sort(first)][:wanted]
    return open_[places], gains[places]
