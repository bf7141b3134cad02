"""How good a plan is beside the best there can be: a bound that no plan within the limits passes.

The portfolio problem is relaxed twice: shares of offers may be taken, and reach is replaced by a
concave function above it (``relaxation``). Steps after Frank and Wolfe (1956) walk towards the
maximum of that; at each step the tangent is a linear function above the reach of every portfolio,
and its maximum within the limits is a bound, however far the steps have come. So is the maximum of
any mean of tangents. The linear problem is bounded by its Lagrangian dual in the price of money,
where the limits of places and tiers are kept exactly. The least of all these bounds is reported.
Limits that are left out (minima, money per tier) only loosen it.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv

from groundswell.engine.allocation import problem, relaxation, search
from groundswell.engine.allocation.problem import Limits, Offers
from groundswell.engine.allocation.relaxation import Choice
from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import people_reached, poisson_interval

CONFIDENCE = 0.95
_WORK = 100_000_000  # panel entries that the steps may look at: less than a second
_STEPS = 100
_GOOD = 0.995  # a bound as near as this needs no further steps
_PATIENCE, _PROGRESS = 8, 0.001  # steps that have to bring the bound down by that part
_ROUNDING = 1e-9  # in the bound's favor: more than sums of 1e8 doubles lose
_HALVINGS = 30  # of the price of money
_GUESSES = (1.1, 0.9)  # beside the price that was best for the tangent before
_UNHEARD_OF = 1e18  # people per minor unit of money


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


@dataclass(slots=True)
class _Linear:
    """The linear problem: the most of a sum of slopes within the limits, bounded from above."""

    choice: Choice
    budget: float
    price: float = 0.0  # of money, where the bound was least the last time

    def most(self, slope: Floats) -> tuple[float, Floats]:
        """An upper bound, and shares within the limits that come next to it; (active,)."""
        low, high = 0.0, float(np.max(slope / self.choice.cost, initial=0.0))
        least, much, more = self._at(slope, low)
        if much <= self.budget:
            return least, more.astype(np.float64)
        bound, little, less = self._at(slope, high)
        while little > self.budget and high < _UNHEARD_OF:
            high = 2.0 * high + 1e-9
            bound, little, less = self._at(slope, high)
        least = min(least, bound)
        for step in range(_HALVINGS):
            guess = self.price * _GUESSES[step] if step < len(_GUESSES) else 0.0
            price = guess if low < guess < high else (low + high) / 2
            bound, spent, taken = self._at(slope, price)
            least = min(least, bound)
            if spent > self.budget:
                low, much, more = price, spent, taken
            else:
                high, little, less = price, spent, taken
        self.price = high
        part = (self.budget - little) / (much - little) if much > little else 0.0
        return least, np.asarray(min(max(part, 0.0), 1.0) * (more - less) + less, np.float64)

    def _at(self, slope: Floats, price: float) -> tuple[float, float, Codes]:
        """The bound that a price of money gives, what is spent there, and on what."""
        taken = np.zeros(len(slope), np.int32)
        over, spent = relaxation.priced(self.choice, slope, price, taken)
        return over + price * self.budget, spent, taken


def certify(
    offers: Offers, panel: Panel, limits: Limits, chosen: Ints, *, work: int = _WORK
) -> Certificate:
    """Bound what any plan within the limits can get, and hold a plan against it.

    Args:
        offers: What can be bought.
        panel: Audiences, as the plan was chosen on.
        limits: What the plan must keep.
        chosen: Offers of the plan; shape (lines,).
        work: Panel entries that may be looked at, roughly; more work brings the bound down.

    Returns:
        The certificate; the same for the same input.
    """
    market = problem.market(offers, panel, limits)
    reached = people_reached(panel, market.row[chosen], market.rate[chosen])
    value = float(np.sum(panel.weight * reached))
    least, shares, steps = _walk(market, limits, chosen, value, work)
    return Certificate(value, max(least * (1 + _ROUNDING), value), shares, steps)


def _walk(
    market: search.Market, limits: Limits, chosen: Ints, value: float, work: int
) -> tuple[float, Floats, int]:
    """Steps from a plan towards the relaxed maximum: the least bound, where they end, how many."""
    active = np.lexsort((market.cost, market.creator))
    active = active[market.cost[active] <= limits.budget.minor]
    linear = _Linear(_choice(market, limits, active), float(limits.budget.minor))
    most = relaxation.largest(market, np.union1d(active, chosen))
    shares, move = np.zeros(len(market.row)), np.zeros(len(market.row))
    shares[chosen] = 1.0
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
        bound, towards = linear.most(steep)
        of_mean, _ = linear.most(slope)
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


def _choice(market: search.Market, limits: Limits, active: Ints) -> Choice:
    who, starts = np.unique(market.creator[active], return_index=True)
    return Choice(
        market.cost[active].astype(np.float64),
        market.tier[active],
        np.append(starts, len(active)).astype(np.int64),
        np.isin(who, limits.must_have),
        np.array(limits.tier_max, np.int64),
        limits.count_max,
    )


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
