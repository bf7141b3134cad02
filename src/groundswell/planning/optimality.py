"""How near a plan is to the best there can be, for the panel and for the population."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Allocation, Certificate, Infeasible, Limits, Offers
from groundswell.engine.allocation.bound import CONFIDENCE
from groundswell.engine.arrays import Ints
from groundswell.engine.reach import Panel
from groundswell.planning.audiences import MEMBERSHIPS, Audiences
from groundswell.planning.offers import Priced
from groundswell.terms.objectives import Objective

MOVE = 0.3  # by which prices and rates are moved, up and down
_ENOUGH_SAMPLED = 0.5  # part of the lines; with fewer, a bound for the population says nothing
_MOST_OFFERS = 5_000  # the most people for the money, among whom plans at moved prices choose
_FOR_REGRET = 50_000  # people on whom plans at moved prices are compared


@dataclass(frozen=True, slots=True)
class Optimality:
    """The certificate of a plan.

    Attributes:
        certificate: On the panel or the sums that the plan was chosen on; None: no bound.
        people: Sampled people it was chosen on; None where nobody was sampled.
        population: At least this part of what the best plan gets in the population; None where it
            can't be said.
        reason: Why it can't be said for the population.
        regret: Most that is lost when all prices and rates move; None where it can't be said.
    """

    certificate: Certificate | None
    people: int | None
    population: float | None
    reason: str | None
    regret: float | None

    def as_json(self) -> dict[str, Any]:
        """Shares are rounded down, and what is lost is rounded up."""
        population, regret, found = self.population, self.regret, self.certificate
        return {
            "panel": found and _down(found.share),
            "population": None if population is None else _down(population),
            "reason": self.reason,
            "value": found and found.value,
            "bound": found and found.bound,
            "is_exact": found is not None and found.steps == 0,
            "steps": found and found.steps,
            "people": self.people,
            "confidence": None if population is None else CONFIDENCE,
            "regret": {
                "move": MOVE,
                "lost": None if regret is None else -_down(-regret),
                "reason": None if regret is not None else self._no_regret(),
            },
        }

    def _no_regret(self) -> str:
        if self.certificate is None:
            return "without a bound nothing says what a plan chosen anew would get"
        return "the limits can't be kept at such prices"


def unbounded(reason: str) -> Optimality:
    """Of a plan whose question has no bound."""
    return Optimality(None, None, None, reason, None)


def _down(share: float) -> float:
    return math.floor(share * 10_000) / 10_000


def judged(
    objective: Objective,
    priced: Priced,
    people: Audiences,
    market: tuple[Offers, Panel, Limits],
    found: tuple[Allocation, Certificate],
) -> Optimality:
    """Hold a plan against the bound, carry it over to the population, and move prices and rates.

    Args:
        objective: What was maximized.
        priced: All offers.
        people: Audiences of their accounts.
        market: Offers and panel as the plan was chosen on, and its limits.
        found: The plan, and the certificate with its value.
    """
    plan, certificate = found
    offers, panel, limits = market
    sampled, population = None, None
    reason: str | None = f"expected {objective} are added up, not counted on a sample of people"
    if objective is Objective.REACH:
        sampled = len(people.members.weight) or None
        reason = _why_not(people, plan)
        panel = _thinned(panel, len(people.members.weight))
    if reason is None:
        population = _in_population(priced, people, market, found)
    regret = _regret(offers, panel, limits, plan)
    return Optimality(certificate, sampled, population, reason, regret)


def _why_not(people: Audiences, plan: Allocation) -> str | None:
    """Why nothing can be said of the population."""
    is_sampled = people.source[people.row[plan.chosen]] == MEMBERSHIPS
    if is_sampled.mean() >= _ENOUGH_SAMPLED:
        return None
    return (
        f"the audiences of only {int(is_sampled.sum()):,} of {len(is_sampled):,} lines were "
        "sampled, and what the others share is modelled"
    )


def _in_population(
    priced: Priced,
    people: Audiences,
    market: tuple[Offers, Panel, Limits],
    found: tuple[Allocation, Certificate],
) -> float:
    """Sampled lines alone, against the best if audiences that were not sampled shared nobody."""
    plan, certificate = found
    offers, _, limits = market
    if not np.all(people.source == MEMBERSHIPS):
        panel, rates = people.apart(priced)
        certificate = allocation.certify(replace(offers, rate=rates), panel, limits, plan.chosen)
    seen = people.reported(priced, plan.chosen)
    return allocation.in_population(certificate, people.members, seen)


def _thinned(panel: Panel, sampled: int) -> Panel:
    """Some of the sampled people, who stand for all; what stands in for people stays."""
    if sampled <= _FOR_REGRET:
        return panel
    chance = np.random.default_rng(0).random(len(panel.weight))
    kept = (chance < _FOR_REGRET / sampled) | (np.arange(len(chance)) >= sampled)
    weight = panel.weight.copy()
    weight[:sampled] *= weight[:sampled].sum() / weight[:sampled][kept[:sampled]].sum()
    return replace(reach.panel.of_people(panel, kept), weight=weight[kept])


def _promising(offers: Offers, panel: Panel, limits: Limits, plan: Allocation) -> Ints:
    """Offers that a plan at moved prices could want: many, but not a hundred thousand."""
    count = len(offers.row)
    if count <= _MOST_OFFERS:
        return np.arange(count)
    alone = panel.audience()[offers.row] * offers.rate
    cost = np.maximum(offers.price_minor + limits.handling_minor, 1)
    kept = np.isin(offers.creator, limits.must_have)
    kept[plan.chosen] = True
    kept[np.argsort(-alone / cost, kind="stable")[:_MOST_OFFERS]] = True
    kept[np.argsort(-alone, kind="stable")[: _MOST_OFFERS // 5]] = True
    for tier in np.unique(offers.tier):
        mine = np.flatnonzero(offers.tier == tier)
        kept[mine[np.argsort(cost[mine], kind="stable")[: _MOST_OFFERS // 10]]] = True
    return np.flatnonzero(kept)


def _regret(offers: Offers, panel: Panel, limits: Limits, plan: Allocation) -> float | None:
    """The worst of the four ways in which all prices and all rates can move together."""
    places = _promising(offers, panel, limits, plan)
    few, chosen = offers.only(places), np.searchsorted(places, plan.chosen)
    every = np.ones(len(places))
    try:
        return max(
            allocation.regret(few, panel, limits, chosen, price=every * price, rate=every * rate)
            for price in (1 - MOVE, 1 + MOVE)
            for rate in (1 - MOVE, 1 + MOVE)
        )
    except Infeasible:
        return None
