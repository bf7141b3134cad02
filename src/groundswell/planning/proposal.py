"""From a brief and the evidence to a plan: pure, and the same for the same seed."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from groundswell.engine import allocation, reach
from groundswell.engine.allocation import Allocation, Certificate, Limits, Offers, Quota
from groundswell.engine.allocation.alternatives import Way
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.reach import Panel
from groundswell.planning import (
    audiences,
    boosting,
    candidates,
    cheapest,
    comparing,
    curves,
    explanations,
    forecasts,
    guarantees,
    layers,
    offers,
    optimality,
    pyramids,
    quotas,
)
from groundswell.planning.audiences import Audiences
from groundswell.planning.brief import Brief, Question
from groundswell.planning.candidates import Candidates
from groundswell.planning.comparing import Alternative, Outlook
from groundswell.planning.evidence import Evidence
from groundswell.planning.forecasts import Forecast
from groundswell.planning.guarantees import Guarantee
from groundswell.planning.offers import Priced
from groundswell.planning.optimality import Optimality
from groundswell.terms.errors import Refusal
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import SETTLED_BY, Objective, SettledBy
from groundswell.terms.progress import Progress
from groundswell.terms.tiers import TierSet

BENCH = 20
_MOST_WAITING = 5_000
_REACH_EVERY = 10  # of the scenarios
_STEPS = len(comparing.WAYS) + 3
_CHOOSING = 1_000_003  # added to the seed for scenarios that choose: fresh ones report

Kept = tuple[str, str, str]  # UUID of an account, format and layer of its line
Members = Callable[[pa.Table], pa.Table]  # memberships of some accounts, as integers


class CannotTake(Refusal):
    """A creator whom the brief wants can't be in any plan."""

    code = "cannot_take_must_have"


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

    def without(self, some: Bools) -> "Market":
        """The same with some offers that nobody can buy."""
        price = np.where(some, allocation.NO_LIMIT, self.offers.price_minor)
        return replace(self, offers=replace(self.offers, price_minor=price))

    def value(self, chosen: Ints) -> float:
        """What some offers get together, in the objective's unit, on the panel for choosing."""
        if self.brief.frequency > 1:
            often = self.brief.frequency
            return allocation.reached_often(self.offers, self.panel, chosen, often)
        rows, rates = self.offers.row[chosen], self.offers.rate[chosen]
        return float(np.sum(self.panel.weight * reach.people_reached(self.panel, rows, rates)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan before it is stored.

    Attributes:
        brief: What was asked for.
        evidence: What it stands on.
        on_sale: Everything that could have been bought, as it was chosen from.
        offers: The same offers with what was chosen for each.
        allocation: What was chosen of it.
        why: A sentence for each line.
        next_best: What the best creator who isn't in it would cost.
        forecast: Of the plan.
        optimality: How near to the best possible it is.
        guarantee: What can be promised of it.
        outlook: How sure it is, beside the ways.
        alternatives: The same budget, spent otherwise.
        curves: What charts of it draw.
        pyramid: All layers and a small tail, day by day.
        excluded: How many accounts each filter left out.
        notes: What a reader must know besides.
    """

    brief: Brief
    evidence: Evidence
    on_sale: Market
    offers: Priced
    allocation: Allocation
    why: tuple[str, ...]
    next_best: str
    forecast: Forecast
    optimality: Optimality
    guarantee: Guarantee
    outlook: Outlook
    alternatives: tuple[Alternative, ...]
    curves: dict[str, Any]
    pyramid: dict[str, Any]
    excluded: dict[str, int]
    notes: tuple[str, ...]

    @property
    def spend_minor(self) -> int:
        """Everything that the plan costs, the brand's own content too."""
        return self.allocation.spend_minor + self.brief.made.minor


def market(
    brief: Brief, evidence: Evidence, members: Members, *, tiers: TierSet, seed: int
) -> Market:
    """Everything that a brief could buy; arguments and refusals as ``propose``."""
    found = candidates.find(brief, evidence)
    priced, excluded = offers.price(brief, evidence, found, tiers)
    priced = _several(_with_must_haves(priced, evidence), brief.creators.deliverables_per_creator)
    on_offer = evidence.accounts.take(pa.array(np.unique(priced.place)))
    people = audiences.gather(evidence, priced, members(on_offer), salt=seed)
    if brief.boost:
        priced, people = boosting.offered(brief, evidence, priced, people)
    taken, panel = _for_objective(brief, priced, people)
    shares, groups = quotas.found(brief, evidence, priced)
    taken, limits = replace(taken, groups=groups), _limits(brief, priced, shares)
    return Market(brief, evidence, found, priced, excluded, people, taken, panel, limits, seed)


def under(on_sale: Market, brief: Brief) -> Market:
    """The same offers under the budget and the limits of another brief, alike in all else."""
    shares, groups = quotas.found(brief, on_sale.evidence, on_sale.priced)
    taken, limits = replace(on_sale.offers, groups=groups), _limits(brief, on_sale.priced, shares)
    return replace(on_sale, brief=brief, offers=taken, limits=limits)


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
    progress("planning", 0, _STEPS)
    on_sale = market(brief, evidence, members, tiers=tiers, seed=seed)
    priced, people = on_sale.priced, on_sale.people
    progress("planning", 1, _STEPS)
    bought = on_sale.without(priced.layer == layers.BOOST) if brief.boost else on_sale
    ways = comparing.ways(bought.problem, priced)
    on_sale, plan, certificate = _chosen(on_sale, ways)
    notes = _notes(brief, evidence, on_sale.found) + _answer(brief, on_sale.brief)
    brief = on_sale.brief
    if keep:
        posts = brief.creators.deliverables_per_creator
        plan, said = _keeping(on_sale, _held(priced, evidence, keep, posts=posts), plan)
        notes += (said.format(of=len(keep)),)
    plan = _by_layer(plan, priced)
    priced = boosting.assigned(evidence, priced, plan.chosen)
    nearness = _near(on_sale, priced, plan, certificate)
    progress("planning", 2, _STEPS)
    forecast = forecasts.forecast(priced, people, plan.chosen, every=_REACH_EVERY, seed=seed)
    guarantee = guarantees.guaranteed(brief, evidence, priced, plan.chosen, plan.bench, seed=seed)
    alternatives = []
    for done, way in enumerate(ways, 3):
        progress("planning", done, _STEPS)
        alternatives.append(_forecast(way, on_sale))
    progress("planning", _STEPS, _STEPS)
    currency = brief.budget.currency
    why = explanations.reasons(priced, plan, brief.objective, currency=currency)
    behind = explanations.next_best(priced, plan, brief.objective, currency=currency)
    return Proposal(
        brief=brief,
        evidence=evidence,
        on_sale=on_sale,
        offers=priced,
        allocation=plan,
        why=tuple(why),
        forecast=forecast,
        optimality=nearness,
        guarantee=guarantee,
        outlook=comparing.outlook(brief, evidence, priced, plan.chosen, plan.bench, seed=seed),
        alternatives=tuple(alternatives),
        curves=curves.curves(evidence, priced, people, plan, forecast, currency=currency),
        pyramid=pyramids.forecast(brief, evidence, priced, people, plan.chosen, seed=seed),
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


def _several(priced: Priced, posts: int) -> Priced:
    """Each post of a creator who is paid as often as it may be bought."""
    times = np.where(priced.layer == layers.CREATORS, posts, 1)
    return priced.only(np.repeat(np.arange(len(priced)), times)) if posts > 1 else priced


def _for_objective(brief: Brief, priced: Priced, people: Audiences) -> tuple[Offers, Panel]:
    if brief.objective is Objective.REACH:
        panel, row = people.choosing, people.row
        rate = people.rates(priced)
    else:
        panel, rate = allocation.of_values(_values(brief.objective, priced) * priced.delivery)
        row = np.arange(len(priced))
    price = priced.cost - _handled_alike(brief)
    return Offers(priced.creator, price, priced.tier, row, rate), panel


def _handled_alike(brief: Brief) -> int:
    """What handling each line costs, in minor units; 0 where that differs, and prices hold it."""
    return brief.handling.minor if brief.pays_only_creators else 0


def _values(objective: Objective, priced: Priced) -> Floats:
    expected = {
        Objective.VIEWS: priced.views,
        Objective.ENGAGEMENTS: priced.engagements,
        Objective.CLICKS: priced.clicks,
        Objective.CONVERSIONS: priced.conversions,
    }
    if objective in expected:
        return np.nan_to_num(expected[objective].mean)
    return (layers.is_content(priced.layer)).astype(np.float64)


def _limits(brief: Brief, priced: Priced, shares: tuple[Quota, ...]) -> Limits:
    asked, left = brief.creators, brief.to_distribute
    one_layer = brief.pays_only_creators
    most = asked.count.max if one_layer else None
    return Limits(
        budget=left,
        handling_minor=_handled_alike(brief),
        count_min=max(asked.count.min, 1) if one_layer else 1,
        count_max=allocation.NO_LIMIT if most is None else most,
        quotas=shares,
        max_share=min(asked.max_share_per_creator * brief.budget.money.minor / left.minor, 1.0),
        must_have=tuple(int(who) for who in np.unique(priced.creator[priced.must_have])),
        posts=asked.deliverables_per_creator,
    )


def _best(plan: Allocation, ways: Sequence[Way], on_sale: Market) -> Allocation:
    """The plan, or one of the ways that does the objective better within all limits."""
    best = plan
    for way in ways:
        found = way.allocation
        if found is None or not way.is_within_limits:
            continue
        if on_sale.value(found.chosen) > on_sale.value(best.chosen) * (1 + 1e-9):
            best = replace(found, bench=plan.bench, bench_gain=plan.bench_gain)
    return best


def _chosen(on_sale: Market, ways: Sequence[Way]) -> tuple[Market, Allocation, Certificate | str]:
    """The plan, whose boost goes to platforms on which it publishes, and its bound or why not.

    Whatever is bought for a platform on which the plan has nothing is taken off sale, and the plan
    is chosen anew; the first certificate's bound still holds, as it allowed for more.
    """
    on_sale, plan, certificate = _answered(on_sale, ways)
    while True:
        idle = boosting.on_empty_platforms(on_sale.evidence, on_sale.priced, plan.chosen)
        if not idle[plan.chosen].any():
            return on_sale, plan, certificate
        on_sale = on_sale.without(idle)
        plan = _best(_sought(on_sale), ways, on_sale)


def _answered(on_sale: Market, ways: Sequence[Way]) -> tuple[Market, Allocation, Certificate | str]:
    """The plan that answers the brief's question, and its bound or why it has none."""
    brief = on_sale.brief
    if brief.question is Question.CHEAPEST:
        needed = cheapest.found(brief, partial(_tried, on_sale), partial(_hit, on_sale))
        reason = (
            f"the cheapest of {needed.tried} plans that were held against the goals; no bound says "
            "how much cheaper another could be"
        )
        return under(on_sale, needed.brief), needed.plan, reason
    if brief.frequency > 1:
        reason = (
            f"people reached at least {brief.frequency} times don't grow less with each further "
            f"creator, so no bound is known: the best of {allocation.SEARCHES + len(ways)} searches"
        )
        return on_sale, _best(_sought(on_sale), ways, on_sale), reason
    plan, certificate = allocation.allocate_certified(*on_sale.problem, bench=_searched(brief))
    return on_sale, _best(plan, ways, on_sale), certificate


def _sought(on_sale: Market) -> Allocation:
    """The most of the objective within the limits, without a certificate."""
    often, bench = on_sale.brief.frequency, _searched(on_sale.brief)
    if often > 1:
        return allocation.allocate_often(*on_sale.problem, often, bench=bench)
    return allocation.allocate(*on_sale.problem, bench=bench)


def _tried(on_sale: Market, brief: Brief) -> list[Allocation]:
    """Plans at a budget: the most of the objective, and of all goals together, each by its goal."""
    market = under(on_sale, brief)
    priced, parts = market.priced, np.zeros(len(market.priced))
    for kpi, goal in brief.goals.set().items():
        if SETTLED_BY[kpi] is SettledBy.OBSERVED:
            parts += _values(Objective(kpi), priced) * priced.delivery / goal
    panel, rate = allocation.of_values(parts)
    together = replace(market.offers, row=np.arange(len(priced)), rate=rate)
    bench = _searched(brief)
    return [_sought(market), allocation.allocate(together, panel, market.limits, bench=bench)]


def _hit(on_sale: Market, brief: Brief, plan: Allocation) -> Estimate:
    """How likely all goals are met, by scenarios that report nothing."""
    seen = comparing.outlook(
        brief, on_sale.evidence, on_sale.priced, plan.chosen, _by_layer(plan, on_sale.priced).bench,
        seed=on_sale.seed + _CHOOSING,
    )  # fmt: skip
    return seen.with_bench


def _near(
    on_sale: Market, priced: Priced, plan: Allocation, certificate: Certificate | str
) -> Optimality:
    if isinstance(certificate, str):
        return optimality.unbounded(certificate)
    held = plan, certificate.of(on_sale.value(plan.chosen))
    objective = on_sale.brief.objective
    return optimality.judged(objective, priced, on_sale.people, on_sale.problem, held)


def _searched(brief: Brief) -> int:
    """Next best offers to look at, so that enough of them are content."""
    return BENCH if brief.pays_only_creators else _MOST_WAITING


def _by_layer(plan: Allocation, priced: Priced) -> Allocation:
    """The plan with its own content first, shares last, and only content among the reserves."""
    last = np.argsort(priced.layer[plan.chosen] == layers.SHARERS, kind="stable")
    waiting = np.flatnonzero(layers.is_content(priced.layer[plan.bench]))[:BENCH]
    return replace(
        plan,
        chosen=plan.chosen[last],
        marginal=plan.marginal[last],
        alone=plan.alone[last],
        bench=plan.bench[waiting],
        bench_gain=plan.bench_gain[waiting],
    )


def _held(priced: Priced, evidence: Evidence, keep: Sequence[Kept], *, posts: int) -> Ints:
    """Offers of the lines to keep, in their order; what is no longer on offer is left out."""
    names = evidence.accounts["account"].to_pylist()
    offered: dict[Kept, list[int]] = {}
    for offer, (place, kind, layer) in enumerate(
        zip(priced.place, priced.format, priced.layer, strict=True)
    ):
        if layer != layers.BOOST:  # bought anew, for whatever is published
            key = names[place], str(offers.FORMATS[kind]), str(layers.LAYERS[layer])
            offered.setdefault(key, []).append(offer)
    found, bought = [], Counter[int]()
    for line in keep:
        creator = int(priced.creator[offered[line][0]]) if offered.get(line) else None
        if creator is not None and bought[creator] < posts:
            found.append(offered[line].pop(0))
            bought[creator] += 1
    return np.array(found, np.int64)


def _keeping(on_sale: Market, held: Ints, anew: Allocation) -> tuple[Allocation, str]:
    """The plan that keeps lines, and what that costs against the plan that is free to choose."""
    plan, kept = allocation.hold(*on_sale.problem, held, bench=_searched(on_sale.brief))
    lost = 1 - on_sale.value(plan.chosen) / max(on_sale.value(anew.chosen), 1e-9)
    cost = f"gives up {lost:.1%} of" if lost >= 0.0005 else "gives up nothing of"
    return plan, (
        f"{kept:,} of {{of:,}} lines of the version before are kept, which {cost} what a plan "
        "chosen anew would get"
    )


def _forecast(way: Way, on_sale: Market) -> Alternative:
    if way.allocation is None:
        return Alternative(way)
    chosen, bench = way.allocation.chosen, way.allocation.bench
    priced, seed = on_sale.priced, on_sale.seed
    return Alternative(
        way,
        forecasts.forecast(priced, on_sale.people, chosen, every=_REACH_EVERY, seed=seed),
        comparing.outlook(on_sale.brief, on_sale.evidence, priced, chosen, bench, seed=seed),
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
    if brief.exchange_rates:
        day = f"of {brief.exchange_date}" if brief.exchange_date else "of a day that it doesn't say"
        notes.append(f"prices in other currencies are converted at the brief's rates, {day}")
    if evidence.unknown:
        names = ", ".join(str(ref) for ref in evidence.unknown)
        notes.append(f"never names accounts that are not in this workspace: {names}")
    return tuple(notes)


def _answer(asked: Brief, needed: Brief) -> tuple[str, ...]:
    """What the cheapest plan needs of the money that was offered."""
    if asked.question is Question.MOST:
        return ()
    needs = f"{needed.budget.money} were found to be needed, the reserve for make-goods included"
    return (f"of a budget of {asked.budget.money}, {needs}",)
