"""How good a plan is beside the best there can be: a bound that no plan within the limits passes.

The portfolio problem is relaxed twice: shares of offers may be taken, and reach is replaced by a
concave function above it (``relaxation``). Steps after Frank and Wolfe (1956) walk towards the
maximum of that; at each step the tangent is a linear function above the reach of every portfolio,
and its maximum within the limits is a bound, however far the steps have come. So is the maximum of
any mean of tangents. The linear problem is bounded by its Lagrangian dual in the price of money,
where the limit of places is kept exactly, and in the prices of quotas where there are any
(``linear``). The least of all these bounds is reported.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv

from groundswell.engine.allocation import linear, problem, relaxation, search
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import people_reached, poisson_interval

CONFIDENCE = 0.95
_WORK = 100_000_000  # panel entries that the steps may look at: less than a second
_STEPS = 100
_GOOD = 0.995  # a bound as near as this needs no further steps
_PATIENCE, _PROGRESS = 8, 0.001  # steps that have to bring the bound down by that part
_ROUNDING = 1e-9  # in the bound's favor: more than sums of 1e8 doubles lose


@dataclass(frozen=True, slots=True)
class Certificate:
    """A plan beside the best that its limits allow, on the panel it was chosen on.

    Attributes:
        value: What the plan gets there, in people, or in units of a plain sum.
        bound: No plan within the limits gets more there.
        shares: Of each offer, where the bound was sought: what the best plan is like; (offers,).
        steps: How many tangents were tried; 0 when an exhaustive search gave the bound.
    """

    value: float
    bound: float
    shares: Floats
    steps: int

    @property
    def share(self) -> float:
        """Value over bound, in [0, 1]: the plan gets at least this part of the best possible."""
        return min(self.value / self.bound, 1.0) if self.bound > 0 else 1.0

    def of(self, value: float) -> "Certificate":
        """The same bound, with another plan held against it; rounding never passes the bound."""
        is_it = self.steps == 0 and value >= self.bound * (1 - _ROUNDING)
        return replace(self, value=self.bound if is_it else min(value, self.bound))


def certify(
    offers: Offers,
    panel: Panel,
    limits: Limits,
    chosen: Ints,
    *,
    work: int = _WORK,
    start: Floats | None = None,
) -> Certificate:
    """Bound what any plan within the limits can get, and hold a plan against it.

    Args:
        offers: What can be bought.
        panel: Audiences, as the plan was chosen on.
        limits: What the plan must keep.
        chosen: Offers of the plan; shape (lines,).
        work: Panel entries that may be looked at, roughly; more work brings the bound down.
        start: Shares of offers where the first tangent is taken, else the plan; shape (offers,).

    Returns:
        The certificate; the same for the same input.
    """
    market = problem.market(offers, panel, limits)
    reached = people_reached(panel, market.row[chosen], market.rate[chosen])
    value = float(np.sum(panel.weight * reached))
    if start is None:
        start = np.bincount(chosen, minlength=len(market.row)).astype(np.float64)
    least, shares, steps = _walk(market, limits, chosen, start, value=value, work=work)
    return Certificate(value, max(least * (1 + _ROUNDING), value), shares, steps)


def _walk(
    market: search.Market, limits: Limits, chosen: Ints, start: Floats, *, value: float, work: int
) -> tuple[float, Floats, int]:
    """Steps from a start towards the relaxed maximum: the least bound, where they end, how many."""
    active = np.lexsort((market.cost, market.creator))
    active = active[market.cost[active] <= limits.budget.minor]
    highest = linear.problem_of(market, limits, active, np.isin(active, chosen))
    most = relaxation.largest(market, np.union1d(active, chosen))
    shares, move = start.copy(), np.zeros(len(market.row))
    exposed = relaxation.nobody(len(market.weight))
    relaxation.expose(market, shares, exposed)
    slopes = np.empty((len(market.weight), 2))
    constant, slope = 0.0, np.zeros(len(active))
    entries = int(np.diff(market.starts)[market.row[active]].sum()) + len(market.weight)
    least = [np.inf]
    for step in range(_STEPS):
        here = relaxation.tangents(market.weight, exposed, most, slopes)
        steep = relaxation.summed(market, active, slopes)
        part = 2.0 / (step + 3) if step else 1.0
        constant += part * (here - constant)
        slope += part * (steep - slope)
        bound, towards = highest.most(steep)
        of_mean, _ = highest.most(slope)
        least.append(min(least[-1], here + bound, constant + of_mean))
        work -= entries
        if value >= _GOOD * least[-1] or work < entries or _is_stuck(least):
            break
        part = 2.0 / (step + 6)
        move[active] = part * towards
        shares *= 1.0 - part
        shares += move
        exposed.power[:] *= 1.0 - part
        exposed.chance[:] *= 1.0 - part
        relaxation.expose(market, move, exposed)
    return least[-1], shares, len(least) - 1


def _is_stuck(least: list[float]) -> bool:
    return len(least) > _PATIENCE and least[-1] > least[-_PATIENCE] * (1 - _PROGRESS)


def in_population(
    certificate: Certificate,
    choosing: Panel,
    reached: Floats,
    *,
    confidence: float = CONFIDENCE,
) -> float:
    """What part of the best possible a plan gets in the population that a panel samples.

    Args:
        certificate: On the half that the plan was chosen on.
        choosing: That half; its people must stand for equally many each.
        reached: What each person of the *other* half contributes, weight x chance; (people,).
        confidence: With which the answer holds, in (0, 1).

    Returns:
        Lower limit of the plan's reach over an upper limit of the best plan's reach, in [0, 1],
        each at ``(1 + confidence) / 2``. The best plan of the population reaches no more than the
        bound on the half, but for what sampling took from it: as for a Poisson count (Garwood
        1936) of as many people as the bound is worth.
    """
    _, low, _ = poisson_interval(reached, level=confidence)
    each = float(choosing.weight.max(initial=0.0))
    if each == 0.0:
        return 0.0
    tail = (1.0 + confidence) / 2
    high = each * float(gammaincinv(certificate.bound / each + 1.0, tail))
    return min(low / high, 1.0)
