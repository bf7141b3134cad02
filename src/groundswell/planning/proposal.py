"""From a brief and the evidence to a plan: pure, and the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Allocation, Limits, Offers, Quota, Way
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach import Panel
from groundswell.planning import (
    audiences,
    candidates,
    curves,
    explanations,
    forecasts,
    guarantees,
    offers,
    optimality,
    quotas,
)
from groundswell.planning.audiences import Audiences
from groundswell.planning.brief import Brief
from groundswell.planning.candidates import Candidates
from groundswell.planning.evidence import Evidence
from groundswell.planning.forecasts import PROGRAM, Forecast
from groundswell.planning.guarantees import Guarantee
from groundswell.planning.offers import Priced
from groundswell.planning.optimality import Optimality
from groundswell.terms.errors import Refusal
from groundswell.terms.objectives import Objective
from groundswell.terms.progress import Progress
from groundswell.terms.tiers import TierSet

BENCH = 20
_REACH_EVERY = 10  # of the scenarios

Kept = tuple[str, str]  # UUID of an account, and the format of its line
Members = Callable[[pa.Table], pa.Table]  # memberships of some accounts, as integers


class CannotTake(Refusal):
    """A creator whom the brief wants can't be in any plan."""

    code = "cannot_take_must_have"


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the four ways, with its forecast."""

    way: Way
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan before it is stored.

    Attributes:
        brief: What was asked for.
        evidence: What it stands on.
        offers: Everything that could have been bought.
        allocation: What was chosen of it.
        why: A sentence for each line.
        next_best: What the best creator who isn't in it would cost.
        forecast: Of the plan.
        optimality: How near to the best possible it is.
        guarantee: What can be promised of it.
        alternatives: The same budget, four ways.
        curves: What charts of it draw.
        excluded: How many accounts each filter left out.
        notes: What a reader must know besides.
    """

    brief: Brief
    evidence: Evidence
    offers: Priced
    allocation: Allocation
    why: tuple[str, ...]
    next_best: str
    forecast: Forecast
    optimality: Optimality
    guarantee: Guarantee
    alternatives: tuple[Alternative, ...]
    curves: dict[str, Any]
    excluded: dict[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """What a brief can buy: offers, whom they reach, and what limits the choice.

    Attributes:
        brief: What was asked for.
        evidence: What is known.
        found: Accounts that pass the filters.
        priced: What they offer.
        excluded: How many accounts each filter left out.
        people: Audiences of the offers' accounts.
        offers: The same offers as the engine takes them, for the brief's objective.
        panel: On which they are chosen; the people to choose on, or sums.
        limits: What a plan must keep.
        seed: Decides every draw.
    """

    brief: Brief
    evidence: Evidence
    found: Candidates
    priced: Priced
    excluded: dict[str, int]
    people: Audiences
    offers: Offers
    panel: Panel
    limits: Limits
    seed: int

    @property
    def problem(self) -> tuple[Offers, Panel, Limits]:
        """As the engine takes it."""
        return self.offers, self.panel, self.limits

    def value(self, chosen: Ints) -> float:
        """What some offers get together, in the objective's unit, on the panel for choosing."""
        rows, rates = self.offers.row[chosen], self.offers.rate[chosen]
        return float(np.sum(self.panel.weight * reach.people_reached(self.panel, rows, rates)))


def market(
    brief: Brief, evidence: Evidence, members: Members, *, tiers: TierSet, seed: int
) -> Market:
    """Everything that a brief could buy; arguments and refusals as ``propose``."""
    found = candidates.find(brief, evidence)
    priced, excluded = offers.price(brief, evidence, found, tiers)
    priced = _with_must_haves(priced, evidence)
    on_offer = evidence.accounts.take(pa.array(np.unique(priced.place)))
    people = audiences.gather(evidence, priced, members(on_offer), salt=seed)
    taken, panel = _for_objective(brief.objective, priced, people)
    shares, groups = quotas.found(brief, evidence, priced)
    taken, limits = replace(taken, groups=groups), _limits(brief, priced, shares)
    return Market(brief, evidence, found, priced, excluded, people, taken, panel, limits, seed)


def propose(
    brief: Brief,
    evidence: Evidence,
    members: Members,
    *,
    tiers: TierSet,
    seed: int,
    progress: Progress,
    keep: Sequence[Kept] = (),
) -> Proposal:
    """Plan a brief.

    Args:
        brief: What is wanted.
        evidence: What is known.
        members: Gives memberships of accounts, once they are known to be on offer.
        tiers: Of the workspace.
        seed: Decides every draw.
        progress: Told of the steps.
        keep: Lines of the version before, best first, that stay as long as the limits allow.

    Raises:
        NoCandidates: When the filters leave nobody.
        CannotTake: When a creator whom the brief wants can't be had.
        Infeasible: When no plan keeps the limits.
    """
    progress("planning", 0, 7)
    on_sale = market(brief, evidence, members, tiers=tiers, seed=seed)
    priced, people = on_sale.priced, on_sale.people
    progress("planning", 1, 7)
    ways = allocation.four_ways(
        *on_sale.problem, followers=priced.followers, engagements=priced.engagements.mean
    )
    plan, certificate = allocation.allocate_certified(*on_sale.problem, bench=BENCH)
    plan = _best(plan, ways, on_sale)
    notes = _notes(brief, evidence, on_sale.found)
    if keep:
        plan, said = _keeping(on_sale, _held(priced, evidence, keep), plan)
        notes += (said.format(of=len(keep)),)
    nearness = optimality.judged(
        brief.objective,
        priced,
        people,
        on_sale.problem,
        (plan, certificate.of(on_sale.value(plan.chosen))),
        delivery_rate=PROGRAM.delivery_rate,
    )
    progress("planning", 2, 7)
    forecast = forecasts.forecast(priced, people, plan.chosen, every=_REACH_EVERY, seed=seed)
    guarantee = guarantees.guaranteed(brief, evidence, priced, plan.chosen, plan.bench, seed=seed)
    alternatives = []
    for done, way in enumerate(ways, 3):
        progress("planning", done, 7)
        alternatives.append(_with_forecast(way, priced, people, seed))
    progress("planning", 7, 7)
    why = explanations.reasons(priced, plan, brief.objective, handling=brief.handling)
    behind = explanations.next_best(priced, plan, brief.objective, handling=brief.handling)
    return Proposal(
        brief=brief,
        evidence=evidence,
        offers=priced,
        allocation=plan,
        why=tuple(why),
        forecast=forecast,
        optimality=nearness,
        guarantee=guarantee,
        alternatives=tuple(alternatives),
        curves=curves.curves(evidence, priced, people, plan, forecast, handling=brief.handling),
        excluded=on_sale.excluded,
        next_best=behind,
        notes=notes,
    )


def _with_must_haves(priced: Priced, evidence: Evidence) -> Priced:
    """Offers without the other accounts of creators whom the brief wants by one account."""
    names = evidence.accounts["account"].to_pylist()
    there = {names[place] for place in np.unique(priced.place[priced.must_have])}
    for account in evidence.must_have:
        if account not in there:
            reason = (
                "never leaves out one of the creator's accounts"
                if account in evidence.never
                else "nothing is known of what its posts get, or no price can be said"
            )
            raise CannotTake(
                f"must_have {evidence.name(account)} can't be in the plan: {reason}; import its "
                "followers, posts or a rate card, or take it out of must_have"
            )
    wanted = np.unique(priced.creator[priced.must_have])
    return priced.only(priced.must_have | ~np.isin(priced.creator, wanted))


def _for_objective(objective: Objective, priced: Priced, people: Audiences) -> tuple[Offers, Panel]:
    delivery = PROGRAM.delivery_rate
    if objective is Objective.REACH:
        panel, row = people.choosing, people.row
        rate = people.rates(priced, delivery)
    else:
        panel, rate = allocation.of_values(_values(objective, priced) * delivery)
        row = np.arange(len(priced))
    return Offers(priced.creator, priced.price.fee, priced.tier, row, rate), panel


def _values(objective: Objective, priced: Priced) -> Floats:
    if objective is Objective.VIEWS:
        return priced.views.mean
    if objective is Objective.ENGAGEMENTS:
        return np.nan_to_num(priced.engagements.mean)
    return np.ones(len(priced))


def _limits(brief: Brief, priced: Priced, shares: tuple[Quota, ...]) -> Limits:
    asked = brief.creators
    return Limits(
        budget=brief.budget.money,
        handling_minor=brief.handling.minor,
        count_min=max(asked.count.min, 1),
        count_max=allocation.NO_LIMIT if asked.count.max is None else asked.count.max,
        quotas=shares,
        max_share=asked.max_share_per_creator,
        must_have=tuple(int(who) for who in np.unique(priced.creator[priced.must_have])),
        posts=asked.deliverables_per_creator,
    )


def _best(plan: Allocation, ways: Sequence[Way], on_sale: Market) -> Allocation:
    """The plan, or one of the ways that does the objective better within all limits."""
    best = plan
    for way in ways:
        found = way.allocation
        if found is None or not way.is_within_limits or way.name == "cheapest_engagement":
            continue
        if on_sale.value(found.chosen) > on_sale.value(best.chosen) * (1 + 1e-9):
            best = replace(found, bench=plan.bench, bench_gain=plan.bench_gain)
    return best


def _held(priced: Priced, evidence: Evidence, keep: Sequence[Kept]) -> Ints:
    """Offers of the lines to keep, in their order; what is no longer on offer is left out."""
    names = evidence.accounts["account"].to_pylist()
    offered = {
        (names[place], str(offers.FORMATS[kind])): offer
        for offer, (place, kind) in enumerate(zip(priced.place, priced.format, strict=True))
    }
    found = [offered[line] for line in keep if line in offered]
    _, first = np.unique(priced.creator[found], return_index=True)
    return np.array(found, np.int64)[np.sort(first)]


def _keeping(on_sale: Market, held: Ints, anew: Allocation) -> tuple[Allocation, str]:
    """The plan that keeps lines, and what that costs against the plan that is free to choose."""
    plan, kept = allocation.hold(*on_sale.problem, held, bench=BENCH)
    lost = 1 - on_sale.value(plan.chosen) / max(on_sale.value(anew.chosen), 1e-9)
    cost = f"gives up {lost:.1%} of" if lost >= 0.0005 else "gives up nothing of"
    return plan, (
        f"{kept:,} of {{of:,}} lines of the version before are kept, which {cost} what a plan "
        "chosen anew would get"
    )


def _with_forecast(way: Way, priced: Priced, people: Audiences, seed: int) -> Alternative:
    if way.allocation is None:
        return Alternative(way, None)
    chosen = way.allocation.chosen
    return Alternative(
        way, forecasts.forecast(priced, people, chosen, every=_REACH_EVERY, seed=seed)
    )


def _notes(brief: Brief, evidence: Evidence, found: Candidates) -> tuple[str, ...]:
    notes = []
    if found.unchecked:
        dimensions = " and ".join(found.unchecked)
        notes.append(f"no audience's {dimensions} is known, so nobody was left out by it")
    judged = int(found.by_origin.sum())
    if judged:
        notes.append(
            f"{judged:,} candidates were judged by their own place or language, as the "
            "composition of their audience is not known"
        )
    if brief.audience != type(brief.audience)():
        notes.append("forecasts count everybody who is reached, not only the audience asked for")
    if evidence.unknown:
        names = ", ".join(str(ref) for ref in evidence.unknown)
        notes.append(f"never names accounts that are not in this workspace: {names}")
    return tuple(notes)
