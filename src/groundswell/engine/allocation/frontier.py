"""What more or less money buys: one plan for each budget, the bound beside it, and the knee.

The knee is where the curve of the objective over the budget lies farthest above the straight line
between its two ends: before it money buys more than on average between the ends, after it less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.allocation import feasible, problem, search
from groundswell.engine.allocation.bound import Certificate, certify
from groundswell.engine.allocation.choose import allocate
from groundswell.engine.allocation.feasible import Infeasible
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import people_reached

_EACH = 10_000_000  # entries of the offers' audiences, once for each budget: about two seconds
_WORK = 15_000_000  # panel entries that the bound of one budget may look at: a tenth of a second
_BENT = 0.02  # of the height between the ends; a curve that is flatter has no knee


@dataclass(frozen=True, slots=True)
class Point:
    """The best plan found for one budget.

    Attributes:
        limits: With the budget.
        chosen: Offers of the plan; None where no plan keeps the limits.
        spend_minor: Fees and handling.
        certificate: What the plan gets, and the bound beside it.
        reason: Why there is no plan.
    """

    limits: Limits
    chosen: Ints | None = None
    spend_minor: int = 0
    certificate: Certificate | None = None
    reason: str | None = None


def frontier(offers: Offers, panel: Panel, limits: Sequence[Limits]) -> tuple[Point, ...]:
    """The best plan found for each of some budgets: more money never gets less.

    Each budget is searched by itself as ``allocate`` does. Where that would take long, one greedy
    search goes on from each budget to the next and keeps what it has; the bounds say how near to
    the best that is.

    Args:
        offers: What can be bought.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plans must keep, from the smallest budget up, alike but for what depends on
            the budget.
    """
    budgets = [each.budget.minor for each in limits]
    if budgets != sorted(budgets):
        raise ValueError(f"limits must come from the smallest budget up, got {budgets}")
    entries = int(panel.members[offers.row].sum()) * len(limits)
    find = _each_found if entries <= _EACH else _found_on
    points: list[Point] = []
    for each in limits:
        before = points[-1].chosen if points else None
        try:
            chosen, is_optimal = find(offers, panel, each, before)
        except Infeasible as refusal:
            points.append(Point(each, reason=str(refusal)))
        else:
            points.append(_point(offers, panel, each, chosen, is_optimal=is_optimal))
    return tuple(points)


def _point(
    offers: Offers, panel: Panel, limits: Limits, chosen: Ints, *, is_optimal: bool
) -> Point:
    spend = int(offers.price_minor[chosen].sum()) + len(chosen) * limits.handling_minor
    if is_optimal:
        value = _value(offers, panel, chosen)
        shares = np.bincount(chosen, minlength=len(offers.row)).astype(np.float64)
        return Point(limits, chosen, spend, Certificate(value, value, shares, 0))
    return Point(limits, chosen, spend, certify(offers, panel, limits, chosen, work=_WORK))


def _each_found(
    offers: Offers, panel: Panel, limits: Limits, before: Ints | None
) -> tuple[Ints, bool]:
    """The plan for one budget, or that of a smaller one where it is luckier and keeps the limits.

    Quotas that have a least of money may want more of it from a larger budget.
    """
    found = allocate(offers, panel, limits, bench=0)
    has_least = any(quota.least_minor for quota in limits.quotas)
    if before is not None and not has_least and _value(offers, panel, before) > found.reached:
        return before, False
    return found.chosen, found.is_optimal


def _found_on(
    offers: Offers, panel: Panel, limits: Limits, before: Ints | None
) -> tuple[Ints, bool]:
    """Greedy by what an offer adds for its cost, from the plan of a smaller budget on."""
    start = feasible.check(offers, panel, limits)
    deals = problem.market(offers, panel, limits)
    bounds = limits.bounds(len(deals.first) - 1)
    state = search.empty(deals, bounds)
    for offer in start if before is None else before:
        search.add(deals, state, int(offer))
    most = search.gains(deals, state, np.arange(len(deals.row)))
    price = np.maximum(deals.cost, 1).astype(np.float64)
    search.greedy(deals, bounds, state, price, most)
    if search.needs(bounds, state) > 0:
        return _each_found(offers, panel, limits, None)
    return np.flatnonzero(state.chosen), False


def _value(offers: Offers, panel: Panel, chosen: Ints) -> float:
    reached = people_reached(panel, offers.row[chosen], offers.rate[chosen])
    return float(np.sum(panel.weight * reached))


def knee(budget: Floats, value: Floats) -> int | None:
    """Place of the knee of a rising curve.

    Args:
        budget: From the smallest up; shape (points,).
        value: What each buys; shape (points,).

    Returns:
        The inner point that lies farthest above the line between the ends; None for fewer than
        three points, or where none lies above it by 2 % of the height.
    """
    if len(budget) < 3 or value[-1] <= value[0]:
        return None
    across = (budget - budget[0]) / (budget[-1] - budget[0])
    up = (value - value[0]) / (value[-1] - value[0])
    above = (up - across)[1:-1]
    return int(np.argmax(above)) + 1 if above.max() >= _BENT else None
