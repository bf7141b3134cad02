"""Why each line is in a plan, in a sentence that can be checked."""

from groundswell.engine.allocation import Allocation
from groundswell.planning.offers import Priced
from groundswell.terms.money import Money
from groundswell.terms.objectives import Objective

_GAINED = {
    Objective.REACH: "people",
    Objective.VIEWS: "views",
    Objective.ENGAGEMENTS: "engagements",
    Objective.PIECES: "pieces",
}


def reasons(
    offers: Priced, allocation: Allocation, objective: Objective, *, currency: str, handling: int
) -> list[str]:
    """A sentence for each line: what it adds, what that costs, and what the next best would add.

    Args:
        offers: All offers.
        allocation: The plan's, with gains in units of the objective.
        objective: What was maximised.
        currency: Of the fees.
        handling: Minor units for each collaboration.
    """
    unit = _GAINED[objective]
    behind = _next_best(offers, allocation, unit, currency, handling)
    found = []
    for line, adds, alone in zip(
        allocation.chosen, allocation.marginal, allocation.alone, strict=True
    ):
        cost = int(offers.price.fee[line]) + handling
        wanted = "wanted by the brief; " if offers.must_have[line] else ""
        found.append(
            f"{wanted}adds {_counted(adds)} {unit}{_shared(adds, alone, objective)} at "
            f"{_unit_cost(cost, adds, currency, unit)}{behind}"
        )
    return found


def _shared(adds: float, alone: float, objective: Objective) -> str:
    if objective is not Objective.REACH or alone <= 0:
        return ""
    shared = max(0.0, 1.0 - adds / alone)
    return f" nobody else here reaches ({shared:.0%} of its reach is shared)"


def _unit_cost(cost: int, gained: float, currency: str, unit: str) -> str:
    if gained <= 0:
        return f"{Money(cost, currency)} for none"
    if unit == "pieces":
        return f"{Money(round(cost / gained), currency)} each"
    return f"{Money(round(1_000 * cost / gained), currency)} per 1,000"


def _next_best(
    offers: Priced, allocation: Allocation, unit: str, currency: str, handling: int
) -> str:
    if not len(allocation.bench):
        return "; nobody else is left to choose"
    cost = int(offers.price.fee[allocation.bench[0]]) + handling
    price = _unit_cost(cost, float(allocation.bench_gain[0]), currency, unit)
    return f"; the next best not taken costs {price}"


def _counted(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
