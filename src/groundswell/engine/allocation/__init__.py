"""Allocation: which creators, in which format, for this budget.

A plan may take one offer (creator x format x price) of each creator. Adding a creator is worth the
people that nobody in the plan reaches yet, so each further one is worth less: a monotone submodular
function, which greedy choice by people per dollar maximises nearly, and provably not badly.
Objectives that don't overlap (views, engagements, pieces) are the special case of audiences that
share nobody.

A worked example: 1,000 dollars, three creators, five people::

    import numpy as np
    from groundswell.engine import allocation, reach
    from groundswell.terms.money import Money

    panel = reach.panel.of_members(
        account=np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),
        person=np.array([0, 1, 2, 1, 2, 4], dtype=np.int32),
        accounts=3,
        people=5,
    )
    offers = allocation.Offers(
        creator=np.arange(3),
        price_minor=np.array([60_000, 30_000, 40_000]),
        tier=np.array([0, 0, 0]),
        row=np.arange(3),
        rate=np.array([1.0, 1.0, 1.0]),
    )
    limits = allocation.Limits(Money.of(1_000, "USD"))
    plan, certificate = allocation.allocate_certified(offers, panel, limits)
    plan.chosen  # 0 and 2: the second creator's people are reached by the first already
    plan.reached  # 4 people
    certificate.share  # 1.0: no plan within the limits reaches more than certificate.bound
"""

from groundswell.engine.allocation.alternatives import Part, Way, ways
from groundswell.engine.allocation.bound import Certificate, certify, in_population
from groundswell.engine.allocation.certified import allocate_certified, regret
from groundswell.engine.allocation.choose import Allocation, allocate, of_values
from groundswell.engine.allocation.feasible import Infeasible
from groundswell.engine.allocation.frequent import SEARCHES, allocate_often, reached_often
from groundswell.engine.allocation.holding import hold
from groundswell.engine.allocation.preselected import allocate_preselected
from groundswell.engine.allocation.problem import NO_LIMIT, TIERS, Limits, Offers, Quota

__all__ = [
    "NO_LIMIT",
    "SEARCHES",
    "TIERS",
    "Allocation",
    "Certificate",
    "Infeasible",
    "Limits",
    "Offers",
    "Part",
    "Quota",
    "Way",
    "allocate",
    "allocate_certified",
    "allocate_often",
    "allocate_preselected",
    "certify",
    "hold",
    "in_population",
    "of_values",
    "reached_often",
    "regret",
    "ways",
]
