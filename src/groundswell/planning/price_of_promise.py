"""What a guarantee costs: buying more than is promised, against making good what is missing."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.engine.guarantee import plan, price
from groundswell.engine.guarantee.plan import PIECES, Conditions, Drawn, Lines
from groundswell.terms.money import Money

_PROBABILITIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def of(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    budget: float,
    goals: Mapping[str, float],
    *,
    currency: str,
    probability: float,
) -> dict[str, Any]:
    """The price of promising goals, amounts in major units.

    What one unit costs is what the plan pays for published posts over what they bring; a unit that
    is made good costs what the bench does. Several goals: of the first.

    Args:
        drawn: Scenarios.
        lines: The plan, then its bench.
        conditions: What they are exposed to.
        budget: Money for all of it.
        goals: What is promised, by KPI.
        currency: Of fees and budget, which are in its minor units.
        probability: The certainty that is wanted.
    """
    supply = plan.supplied(drawn, lines, conditions, budget, goals)
    own = plan.totals(drawn, supply.bought & (np.arange(len(lines)) < lines.planned))
    kpi, goal = next(iter(goals.items()))
    mean, paid = float(own[kpi].mean()), float(supply.paid.mean())
    one = Money.of(1, currency).minor

    def major(minor: float) -> float:
        return float(Money(round(minor), currency).major)

    found: dict[str, Any] = {
        "kpi": kpi,
        "goal": goal,
        "expected_cost": major(paid),
        "make_goods": {
            "reserve": major(max(budget - paid, 0.0)),
            "expected_cost": major(float(supply.made_good.mean())),
            "high_cost": major(float(np.quantile(supply.made_good, 0.9))),
            "used": float((supply.made_good > 0).mean()),
        },
    }
    dear = _cost_of_reserves(lines, conditions, kpi)
    if goal <= 0 or mean <= 0 or dear is None or np.quantile(own[kpi], 0.05) <= 0:
        reason = "no reserve is left to make good with" if dear is None else "the plan may get none"
        nothing = ("over_provision", "unit_cost", "make_good_unit_cost", "cheapest")
        return found | dict.fromkeys(nothing) | {"reason": reason, "probabilities": []}
    rows = _rows(own[kpi], goal, paid / mean, dear, probability)
    return found | {
        "reason": None,
        "over_provision": mean / goal,
        "unit_cost": paid / mean / one,
        "make_good_unit_cost": dear / one,
        "probabilities": [
            {
                "probability": row.probability,
                "over_provision": row.over_provision,
                "bought": major(row.bought),
                "made_good": major(row.made_good),
                "total": major(row.total),
            }
            for row in rows
        ],
        "cheapest": min(rows, key=lambda row: row.total).probability,
    }


def _rows(
    totals: Floats, goal: float, cost: float, make_good: float, probability: float
) -> list[price.Price]:
    wanted = np.array(sorted({*_PROBABILITIES, probability}))
    return price.prices(totals, goal, cost=cost, make_good=make_good, probabilities=wanted)


def _cost_of_reserves(lines: Lines, conditions: Conditions, kpi: str) -> float | None:
    """What one unit costs from the bench, in minor units; None where it has none."""
    bench = slice(lines.planned, None)
    delivery = np.array([deal.delivery.expected for deal in conditions.deals])[lines.deal][bench]
    mean = np.ones(len(delivery)) if kpi == PIECES else lines.responses[kpi].mean[bench]
    gets = float((np.nan_to_num(mean) * delivery).sum())
    return float((lines.fee[bench] * delivery).sum()) / gets if gets > 0 else None
