"""A plan with its certificate, and what it would lose if prices and rates moved."""

from dataclasses import replace

import numpy as np

from groundswell.engine.allocation.bound import Certificate, certify
from groundswell.engine.allocation.choose import Allocation, allocate
from groundswell.engine.allocation.holding import hold
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel

_WELL = 0.98  # a plan as near to the bound as this is not sought once more


def allocate_certified(
    offers: Offers, panel: Panel, limits: Limits, *, bench: int = 20
) -> tuple[Allocation, Certificate]:
    """Choose like ``allocate``, and say how near to the best possible the plan is.

    Where the first search ends well below the bound, the place where the bound was found leads a
    second one.

    Args:
        offers: What can be bought, at least one.
        panel: Audiences, on the half of the people that is for choosing.
        limits: What the plan must keep.
        bench: How many next best offers to name.

    Raises:
        Infeasible: When no portfolio keeps the limits.
    """
    plan = allocate(offers, panel, limits, bench=bench)
    if plan.is_optimal:
        shares = np.bincount(plan.chosen, minlength=len(offers.row)).astype(np.float64)
        return plan, Certificate(plan.reached, plan.reached, shares, 0)
    found = certify(offers, panel, limits, plan.chosen)
    if found.share < _WELL:
        led = allocate(offers, panel, limits, bench=bench, shares=found.shares)
        if led.reached > plan.reached:
            plan = led
    return plan, found.of(max(plan.reached, found.value))


def regret(
    offers: Offers, panel: Panel, limits: Limits, chosen: Ints, *, price: Floats, rate: Floats
) -> float:
    """What a plan loses when prices and rates turn out otherwise, beside planning anew.

    The plan keeps its lines as far as its limits still allow, and what the move leaves of the
    money is spent on further ones; the other plan is chosen with the moved numbers from the start.

    Args:
        offers: What could be bought.
        panel: Audiences, as the plan was chosen on.
        limits: What the plan must keep.
        chosen: Offers of the plan, best first; shape (lines,).
        price: By what each price is multiplied, above 0; shape (offers,).
        rate: By what each rate is multiplied, 0 or more; shape (offers,).

    Returns:
        The part that is lost, in [0, 1].

    Raises:
        Infeasible: When no portfolio keeps the limits at the moved prices.
    """
    moved = replace(
        offers,
        price_minor=np.rint(offers.price_minor * price).astype(np.int64),
        rate=np.minimum(offers.rate * rate, 1.0),
    )
    anew = allocate(moved, panel, limits, bench=0).reached
    kept = hold(moved, panel, limits, chosen, bench=0)[0].reached
    return max(1.0 - kept / anew, 0.0) if anew > 0 else 0.0
