"""The cheapest plan whose goals are all met with the wanted certainty.

Whether a budget is enough is no submodular question, so nothing bounds how cheap a plan could be:
budgets are halved down to the cheapest of which a plan was found, and two plans are tried at each.
Scenarios that choose here are never those that report.
"""

from collections.abc import Callable
from dataclasses import dataclass

from groundswell.engine.allocation import Allocation, Infeasible
from groundswell.planning.brief import Brief, Budget, Goals
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate

_HALVINGS = 8  # to a 256th of the budget
_OF_GOALS = 6  # to a 64th of the goals
_MARGIN = 0.01  # above the wanted certainty, so that fresh scenarios rarely fall below it

Plans = Callable[[Brief], list[Allocation]]  # at the budget of a brief
Chance = Callable[[Brief, Allocation], Estimate]  # that its goals are all met, within its budget


class OutOfReach(Refusal):
    """The goals can't be met with the wanted certainty within the budget."""

    code = "goals_out_of_reach"


@dataclass(frozen=True, slots=True)
class Cheapest:
    """A plan with the budget that it needs.

    Attributes:
        brief: The same with that budget.
        plan: Its lines.
        tried: How many plans were held against the goals.
    """

    brief: Brief
    plan: Allocation
    tried: int


def found(brief: Brief, plans: Plans, chance: Chance) -> Cheapest:
    """Halve the budget down to the cheapest plan that meets all goals.

    Args:
        brief: Goals, the most that may be spent, and the wanted certainty.
        plans: Plans to try at a budget.
        chance: By scenarios that report nothing.

    Raises:
        OutOfReach: When no plan within the budget does; says how far it gets.
        Infeasible: When no plan keeps the brief's limits.
    """
    wanted = min(brief.promise + _MARGIN, (1 + brief.promise) / 2)
    best = _better(brief, plans(brief), chance)
    if best[0] < wanted:
        raise OutOfReach(_how_far(brief, best, chance))
    low, high, tried = 0.0, brief.budget.amount, 1
    needed = Cheapest(brief, best[1], tried)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        less = _of_budget(brief, middle)
        try:
            candidates = plans(less)
        except (Infeasible, ValueError):  # the limits want more, or nothing is left to distribute
            low = middle
            continue
        tried += len(candidates)
        value, plan = _better(less, candidates, chance)
        if value >= wanted:
            high, needed = middle, Cheapest(less, plan, tried)
        else:
            low = middle
    return Cheapest(needed.brief, needed.plan, tried)


def _better(brief: Brief, plans: list[Allocation], chance: Chance) -> tuple[float, Allocation]:
    """The plan that meets the goals most likely, and how likely."""
    judged = []
    for plan in plans:
        found = chance(brief, plan)
        if found.value is None:
            raise OutOfReach(
                f"the cheapest plan can't be found, as it can't be said how likely its goals are "
                f'met: {found.reason}; take those goals out, or ask question = "most"'
            )
        judged.append((found.value, plan))
    return max(judged, key=lambda each: each[0])


def _of_budget(brief: Brief, amount: float) -> Brief:
    rounded = round(amount, 2) if amount >= 100 else amount
    budget = Budget(amount=float(rounded), currency=brief.budget.currency)
    return brief.model_copy(update={"budget": budget})


def _how_far(brief: Brief, best: tuple[float, Allocation], chance: Chance) -> str:
    """What can be had for the whole budget instead."""
    low, high = 0.0, 1.0
    for _ in range(_OF_GOALS):
        part = (low + high) / 2
        found = chance(_of_goals(brief, part), best[1]).value or 0.0
        low, high = (part, high) if found >= brief.promise else (low, part)
    nearest = f"lower promise to {best[0]:.2f}" if best[0] >= 0.01 else ""
    if low:
        goals = " and ".join(
            f"{goal:,.0f} {kpi}" for kpi, goal in _of_goals(brief, low).goals.set().items()
        )
        nearest += f"{', or ' if nearest else ''}lower the goals to {low:.0%} of theirs ({goals})"
    return (
        f"the whole budget of {brief.budget.money} meets all goals with a probability of "
        f"{best[0]:.0%}, below the {brief.promise:.0%} that is wanted: "
        f"{nearest + ', or ' if nearest else ''}raise the budget"
    )


def _of_goals(brief: Brief, part: float) -> Brief:
    goals = {str(kpi): goal * part for kpi, goal in brief.goals.set().items()}
    return brief.model_copy(update={"goals": Goals(**goals)})
