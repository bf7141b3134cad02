"""The guarantee: with which probability a plan meets all its goals, and which goals can be sold.

Adding up intervals, or drawing each creator alone, promises too much: results of one market move
together, and by how much is itself only estimated. So what is sold is a quantile of joint draws.

A plan of creators goes through ``plan``: ``draw`` its scenarios from the responses of its lines,
the kinds of ``deals`` and what ``posts`` and ``lift`` learnt; ``sold_with_bench`` says which goals
can be sold, and ``chances`` of fresh scenarios the three probabilities of meeting them. Once it
runs, ``running.forecast`` says how it stands and ``running.ranked`` which reserve helps most.

A worked example, twelve channels of which a year of weeks is known, and the goal that their next
four weeks meet nine times in ten::

    import numpy as np
    from groundswell.engine import guarantee

    rng = np.random.default_rng(7)
    weeks = 10_000 * np.exp(rng.normal(0, 0.3, (12, 1)) + rng.normal(0, 0.25, (12, 52)))
    group = np.zeros(12, int)  # all on one platform
    market = guarantee.series.learn(weeks, group)
    sums = market.prospect(weeks[:, -12:], group).draws(2_000, rng=rng).sum(axis=1)
    sold = guarantee.goals_at({"views": sums}, 0.90)
    fresh = market.prospect(weeks[:, -12:], group).draws(2_000, rng=rng).sum(axis=1)
    hit = guarantee.chance(guarantee.all_met({"views": fresh}, sold))
    hit.value  # about .90, from draws that had no part in choosing the goal
"""

from groundswell.engine.guarantee import (
    deals,
    lift,
    plan,
    posts,
    price,
    running,
    scoring,
    series,
)
from groundswell.engine.guarantee.promise import all_met, chance, goals_at
from groundswell.engine.guarantee.shock import Shock

__all__ = [
    "Shock",
    "all_met",
    "chance",
    "deals",
    "goals_at",
    "lift",
    "plan",
    "posts",
    "price",
    "running",
    "scoring",
    "series",
]
