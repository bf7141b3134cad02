"""From a brief and the evidence to a plan: pure, and the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundswell.engine.allocation import Allocation, Certificate
from groundswell.engine.allocation.alternatives import Way
from groundswell.planning import (
    boosting,
    choosing,
    comparing,
    curves,
    explanations,
    forecasts,
    guarantees,
    layers,
    market,
    optimality,
    pyramids,
)
from groundswell.planning.brief import Brief, Question
from groundswell.planning.candidates import Candidates
from groundswell.planning.choosing import Kept
from groundswell.planning.comparing import Alternative, Outlook
from groundswell.planning.evidence import Evidence
from groundswell.planning.forecasts import Forecast
from groundswell.planning.guarantees import Guarantee
from groundswell.planning.market import Market, Members
from groundswell.planning.offers import Priced
from groundswell.planning.optimality import Optimality
from groundswell.terms.progress import Progress
from groundswell.terms.tiers import TierSet

_REACH_EVERY = 10  # of the scenarios
_STEPS = len(comparing.WAYS) + 3


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
    on_sale = market.offered(brief, evidence, members, tiers=tiers, seed=seed)
    priced, people = on_sale.priced, on_sale.people
    progress("planning", 1, _STEPS)
    bought = on_sale.without(priced.layer == layers.BOOST) if brief.boost else on_sale
    ways = comparing.ways(bought.problem, priced)
    on_sale, plan, certificate = choosing.chosen(on_sale, ways)
    notes = _notes(brief, evidence, on_sale.found) + _answer(brief, on_sale.brief)
    brief = on_sale.brief
    if keep:
        plan, said = choosing.keeping(on_sale, keep, plan)
        notes += (said,)
    plan = choosing.by_layer(plan, priced)
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


def _near(
    on_sale: Market, priced: Priced, plan: Allocation, certificate: Certificate | str
) -> Optimality:
    if isinstance(certificate, str):
        return optimality.unbounded(certificate)
    held = plan, certificate.of(on_sale.value(plan.chosen))
    objective = on_sale.brief.objective
    return optimality.judged(objective, priced, on_sale.people, on_sale.problem, held)


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
