"""The linear problem: the most of a sum of slopes within the limits, bounded from above.

Without quotas the bound is the dual in the price of money. With quotas a linear program over the
offers that matter is solved, its prices of money, places and quotas are held against all offers,
and those that are worth more than their price join until none is: then the prices are the best.
Any prices give a bound, so it holds wherever that stops.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from groundswell.engine.allocation import relaxation, search
from groundswell.engine.allocation.problem import NO_LIMIT, Limits
from groundswell.engine.allocation.relaxation import Choice
from groundswell.engine.arrays import Bools, Codes, Floats, Ints

_HALVINGS = 30  # of the price of money
_GUESSES = (1.1, 0.9)  # beside the price that was best for the tangent before
_UNHEARD_OF = 1e18  # people per minor unit of money
_ROUNDS, _JOINING = 8, 1_000  # of the program with quotas: how often, and how many offers join
_CLOSE = 1e-4  # of the bound: nearer than that the rounds stop


def problem_of(
    market: search.Market, limits: Limits, active: Ints, chosen: Bools
) -> "Linear | Quoted":
    """The linear problem over some offers, sorted by creator, with a plan that keeps the limits."""
    who, starts = np.unique(market.creator[active], return_index=True)
    choice = Choice(
        market.cost[active].astype(np.float64),
        np.append(starts, len(active)).astype(np.int64),
        np.isin(who, limits.must_have),
        limits.count_max,
        limits.posts,
    )
    free = Linear(choice, float(limits.budget.minor))
    cells = market.cells[active]
    if limits.count_min <= 1 and not cells.size:
        return free
    rows, high = _limited(choice, cells, limits)
    return Quoted(free, rows, high, chosen)


def _limited(choice: Choice, cells: Ints, limits: Limits) -> tuple[csr_array, Floats]:
    """Money, places and quotas as ``rows @ shares <= most``; the first is the budget."""
    offer, column = np.nonzero(cells >= 0)
    counts = len(choice.cost)
    quotas = len(limits.quotas)
    is_in = csr_array((np.ones(len(offer)), (cells[offer, column], offer)), (quotas, counts))
    ranges = [
        (csr_array(choice.cost.reshape(1, -1)), [0], [limits.budget.minor]),
        (csr_array(np.ones((1, counts))), [limits.count_min], [limits.count_max * limits.posts]),
        (
            is_in,
            [quota.min for quota in limits.quotas],
            [quota.max * limits.posts for quota in limits.quotas],
        ),
        (
            csr_array(is_in.multiply(choice.cost)),
            [quota.least_minor for quota in limits.quotas],
            [quota.most_minor for quota in limits.quotas],
        ),
    ]
    parts, highest = [], []
    for rows, least, most in ranges:
        low, high = np.array(least, np.float64), np.array(most, np.float64)
        parts += [rows[high < NO_LIMIT], -rows[low > 0]]
        highest += [high[high < NO_LIMIT], -low[low > 0]]
    return csr_array(vstack(parts)), np.concatenate(highest)


@dataclass(slots=True)
class Linear:
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


@dataclass(slots=True)
class Quoted:
    """The same with quotas.

    Attributes:
        free: Without quotas.
        rows: Money, places and quotas; shape (limits, active).
        high: ``rows @ shares`` must not be above; shape (limits,).
        chosen: Offers of a plan that keeps the limits; shape (active,).
    """

    free: Linear
    rows: csr_array
    high: Floats
    chosen: Bools
    kept: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.kept = self.chosen.copy()

    def most(self, slope: Floats) -> tuple[float, Floats]:
        """An upper bound, and shares within the limits that come next to it; (active,)."""
        least, shares = self.free.most(slope)
        self.kept |= shares > 0
        taken = np.zeros(len(slope), np.int32)
        for _ in range(_ROUNDS):
            solved = self._solved(slope)
            if solved is None:
                break
            shares, prices = solved
            net = slope - prices @ self.rows
            over, _ = relaxation.priced(self.free.choice, net, 0.0, taken)
            least = min(least, over + float(prices @ self.high))
            joining = np.flatnonzero((taken > 0) & ~self.kept)
            if not len(joining) or float(slope @ shares) >= least * (1 - _CLOSE):
                break
            self.kept[joining[np.argsort(-net[joining], kind="stable")[:_JOINING]]] = True
        self.kept = self.chosen | (shares > 0) | (taken > 0)
        return least, shares

    def _solved(self, slope: Floats) -> tuple[Floats, Floats] | None:
        """Shares of the kept offers, and prices of the limits, 0 or more."""
        places = np.flatnonzero(self.kept)
        choice = self.free.choice
        who = np.searchsorted(choice.starts, places, side="right") - 1
        names, creator = np.unique(who, return_inverse=True)
        each = csr_array(
            (np.ones(len(places)), (creator, np.arange(len(places)))), (len(names), len(places))
        )
        several = np.diff(each.indptr) > choice.posts
        must = choice.required[names]
        scale = np.maximum(np.abs(self.high), 1.0)
        rows = self.rows[:, places] / scale[:, None]
        found = linprog(
            -slope[places] / max(float(slope[places].max(initial=0.0)), 1e-300),
            A_ub=vstack([rows, each[several], -each[must]]),
            b_ub=np.concatenate(
                [self.high / scale, np.full(several.sum(), choice.posts), -np.ones(must.sum())]
            ),
            bounds=(0, 1),
            method="highs",
        )
        if found.status != 0:
            return None
        shares = np.zeros(len(slope))
        shares[places] = found.x
        prices = np.maximum(-found.ineqlin.marginals[: len(scale)], 0.0) / scale
        return shares, prices * max(float(slope[places].max(initial=0.0)), 1e-300)
