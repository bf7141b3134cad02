"""Why each line is in a plan, in a sentence that can be checked."""

from groundswell.engine.allocation import Allocation
from groundswell.planning.offers import Priced
from groundswell.planning.showing import GAINED
from groundswell.terms.money import Money
from groundswell.terms.objectives import Objective


def reasons(
    offers: Priced, allocation: Allocation, objective: Objective, *, currency: str
) -> list[str]:
    """A sentence for each line: what it adds to all the others, and what that costs.

    Args:
        offers: All offers.
        allocation: The plan's, with gains in units of the objective.
        objective: What was maximized.
        currency: Of the fees.
    """
    found = []
    for line, adds, alone in zip(
        allocation.chosen, allocation.marginal, allocation.alone, strict=True
    ):
        wanted = "wanted by the brief; " if offers.must_have[line] else ""
        cost = Money(int(offers.cost[line]), currency)
        found.append(
            f"{wanted}adds {_counted(adds)} {GAINED[objective]}{_shared(adds, alone, objective)} "
            f"at {_unit_cost(cost, float(adds), objective)}"
        )
    return found


def next_best(
    offers: Priced, allocation: Allocation, objective: Objective, *, currency: str
) -> str:
    """What the best creator who isn't in the plan would cost, to hold the lines against."""
    if not len(allocation.bench):
        return "nobody else is left to choose"
    cost = Money(int(offers.cost[allocation.bench[0]]), currency)
    price = _unit_cost(cost, float(allocation.bench_gain[0]), objective)
    return f"the next best creator who is not in the plan would cost {price}"


def _shared(adds: float, alone: float, objective: Objective) -> str:
    if objective is not Objective.REACH or alone <= 0:
        return ""
    shared = max(0.0, 1.0 - adds / alone)
    return f" nobody else here reaches ({shared:.0%} of its reach is shared)"


def _unit_cost(cost: Money, gained: float, objective: Objective) -> str:
    if gained <= 0:
        return f"{cost} for none"
    if objective is Objective.PIECES:
        return f"{Money(round(cost.minor / gained), cost.currency)} each"
    if objective in (Objective.CLICKS, Objective.CONVERSIONS):
        return f"{Money(round(cost.minor / gained), cost.currency)} for one"
    return (
        f"{Money(round(1_000 * cost.minor / gained), cost.currency)} per 1,000 {GAINED[objective]}"
    )


def _counted(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
