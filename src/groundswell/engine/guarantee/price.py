"""What a guarantee costs: buying more than the goal needs, against making good what is missing."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats


@dataclass(frozen=True, slots=True)
class Price:
    """One way to keep a promise.

    Attributes:
        probability: P(goal met).
        over_provision: Planned mean over the goal.
        bought: Cost of what is bought.
        made_good: Expected cost of making good what is missing.
    """

    probability: float
    over_provision: float
    bought: float
    made_good: float

    @property
    def total(self) -> float:
        """What the promise is expected to cost in all."""
        return self.bought + self.made_good


def prices(
    totals: Floats, goal: float, *, cost: float, make_good: float, probabilities: Floats
) -> list[Price]:
    """What it costs to promise a goal at each probability.

    The plan is scaled until the (1 - p) quantile of its total is the goal.

    Args:
        totals: What the plan comes to, above 0; shape (scenarios,).
        goal: What is promised.
        cost: Of one expected unit, bought in the plan.
        make_good: Of one missing unit, made good afterwards.
        probabilities: At which to promise, in (0, 1); shape (n,).
    """
    found = []
    for probability in probabilities:
        scale = goal / float(np.quantile(totals, 1 - probability))
        planned = scale * float(totals.mean())
        missing = float(np.maximum(goal - scale * totals, 0.0).mean())
        found.append(Price(float(probability), planned / goal, planned * cost, missing * make_good))
    return found


def worthwhile(make_good: float, over_delivery: float) -> float:
    """The probability at which a promise costs least (newsvendor's critical fractile).

    Args:
        make_good: Cost of one missing unit, not negative.
        over_delivery: Cost of one unit too many, above 0.

    Returns:
        make_good / (make_good + over_delivery), exact where what is bought moves the total by a
        constant; ``prices`` shows it for plans that are scaled.
    """
    return make_good / (make_good + over_delivery)
