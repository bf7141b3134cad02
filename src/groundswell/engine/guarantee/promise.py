"""Goals and the probability of meeting all of them at once, from joint draws."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from groundswell.engine.arrays import Bools, Floats
from groundswell.terms.estimate import Estimate

LEVEL = 0.80
METHOD = "joint scenarios"


def all_met(totals: Mapping[str, Floats], goals: Mapping[str, float]) -> Bools:
    """In which scenarios every goal is met; shape (scenarios,).

    Args:
        totals: What each KPI comes to; shape (scenarios,) each.
        goals: What was asked for, of KPIs in ``totals``; at least one.
    """
    return np.asarray(np.all([totals[kpi] >= goal for kpi, goal in goals.items()], axis=0))


def goals_at(totals: Mapping[str, Floats], probability: float) -> dict[str, float]:
    """The goals that can be sold: all of them are met with this probability.

    All KPIs are held to the same share of what is planned for them (their mean): the
    (1 - probability) quantile of the smallest share that any KPI reaches.

    Args:
        totals: What each KPI comes to; shape (scenarios,) each, means above 0.
        probability: Wanted probability that all are met, in (0, 1).
    """
    planned = {kpi: float(total.mean()) for kpi, total in totals.items()}
    worst = np.min([totals[kpi] / mean for kpi, mean in planned.items()], axis=0)
    share = float(np.quantile(worst, 1 - probability, method="lower"))
    return {kpi: share * mean for kpi, mean in planned.items()}


def chance(met: Bools, size: Floats | None = None, *, n: int = 0) -> Estimate:
    """Probability of meeting all goals.

    Args:
        met: In which scenarios all goals are met; shape (scenarios,).
        size: Size of the common shock in each scenario, as drawn; shape (scenarios,).
        n: Observations behind the expectations.

    Returns:
        The share of scenarios. With ``size`` the 80 % interval runs over what is not known of the
        shock: from the scenarios with the largest fifth of sizes to those with the smallest.
        Without, it is of the share itself, as the scenarios are a sample (Wilson).
    """
    value = float(met.mean())
    if size is None:
        ends = stats.binomtest(int(met.sum()), len(met)).proportion_ci(LEVEL, method="wilson")
        low, high = float(ends.low), float(ends.high)
    else:
        fifths = np.array_split(met[np.argsort(size, kind="stable")], 5)
        low, high = sorted((float(fifths[0].mean()), float(fifths[-1].mean())))
    return Estimate(value, min(low, value), max(high, value), LEVEL, METHOD, n)
