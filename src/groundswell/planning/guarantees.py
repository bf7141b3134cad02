"""What can be promised of a plan: three probabilities of meeting its goals, and what is offered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from groundswell.engine.arrays import Ints
from groundswell.engine.guarantee import plan, promise, running
from groundswell.engine.guarantee.plan import Conditions, Drawn, Lines
from groundswell.engine.guarantee.running import Progress, Reserve
from groundswell.planning import exposure, price_of_promise
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.planning.track_record import KindOfDeal
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import SETTLED_BY, Kpi, SettledBy

_CHOOSING, _REPORTING, _RANKING = 1, 2, 3  # fresh scenarios report what others chose
_SCENARIOS, _OF_RANKING = 2_000, 1_000
_SHORT = 0.02  # of the wanted probability: three standard errors of 2,000 scenarios
_LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_PUBLISHED = "answers, prices and no-shows as published, until programs of your own were run"
_LEARNT = "answers and no-shows of {} programs of your own beside what is published"
_NO_GOALS = "the brief has no goals for views, engagements or pieces"
_NOT_COUNTED = (
    "{} is modelled, not counted: it is forecast with its interval, and never promised as settled"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is promised when the plan is taken, or why nothing is.

    Attributes:
        goals: Level of each KPI; empty where the promise is withheld.
        hit: P(all of them met), before signing and with the bench.
        each: The same of each KPI alone.
        withheld: Why nothing is promised; None where something is.
        refused: KPIs of the brief that can't be promised, each with the reason.
        is_asked: Whether the levels are the brief's goals, or else what can be sold.
    """

    goals: Mapping[str, float]
    hit: Estimate
    each: Mapping[str, float]
    withheld: str | None
    refused: Mapping[str, str]
    is_asked: bool

    def as_json(self) -> dict[str, Any]:
        """As plans show it and promises keep it."""
        return {
            "goals": dict(self.goals),
            "hit_probability": self.hit.as_json(),
            "each": dict(self.each),
            "withheld": self.withheld,
            "refused": dict(self.refused),
            "levels_from": "brief" if self.is_asked else "sold",
        }


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What can be promised.

    Attributes:
        if_all_sign: P(all goals met) when every line is signed at its price.
        before_signing: The same with answers, prices and no-shows open.
        with_bench: The same with reserves while money lasts.
        probability: The certainty that the brief wants.
        sold: Goals that are met together with it, before signing and with the bench.
        offer: What is promised when the plan is taken.
        quantiles: Of each KPI with the bench, what it comes to at most with each probability.
        reserves: Places on the bench by the P(hit) that each restores per money, the best first.
        price: What the guarantee costs: over-provision against make-goods.
        kept: What the scenarios were drawn from.
    """

    if_all_sign: Estimate
    before_signing: Estimate
    with_bench: Estimate
    probability: float
    sold: Mapping[str, float]
    offer: Offer
    quantiles: Mapping[str, Mapping[str, float]]
    reserves: list[Reserve]
    price: dict[str, Any]
    kept: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The certificate and the promise that can be made."""
        return {
            "hit_probability": {
                name: getattr(self, name).as_json()
                for name in ("if_all_sign", "before_signing", "with_bench")
            },
            "promise": {
                "probability": self.probability,
                "goals": dict(self.sold),
                "offer": self.offer.as_json(),
                "quantiles": {kpi: dict(found) for kpi, found in self.quantiles.items()},
                "price": self.price,
            },
        }


@dataclass(frozen=True, slots=True)
class _Exposed:
    """The lines of a plan and its bench, and what they are exposed to."""

    lines: Lines
    conditions: Conditions
    budget: float
    seed: int

    def drawn(self, turn: int, scenarios: int = _SCENARIOS) -> Drawn:
        rng = np.random.default_rng([turn, self.seed])
        return plan.draw(self.lines, self.conditions, scenarios=scenarios, rng=rng)

    def sold(self, drawn: Drawn, kpis: list[str], probability: float) -> dict[str, float]:
        return plan.sold_with_bench(
            drawn, self.lines, self.conditions, self.budget, kpis=kpis, probability=probability
        )


def guaranteed(
    brief: Brief, evidence: Evidence, offers: Priced, chosen: Ints, bench: Ints, *, seed: int
) -> Guarantee:
    """What can be promised of some lines with their bench.

    Args:
        brief: Goals, budget and wanted certainty.
        evidence: Whose posts tell how heavy tails are, and whose programs how deals go.
        offers: All offers.
        chosen: Which of them the plan buys; shape (lines,).
        bench: Its reserves, in any order.
        seed: The same seed says the same.
    """
    kinds, tail = exposure.kinds_of(brief, evidence), exposure.tail_of(evidence)
    conditions = exposure.conditions(kinds, tail)
    budget = float(brief.to_distribute.minor)

    def with_reserves(order: Ints) -> _Exposed:
        rows = np.concatenate([chosen, order])
        lines = exposure.lines_of(brief, offers, rows, len(chosen))
        return _Exposed(lines, conditions, budget, seed)

    waiting = with_reserves(bench)
    first = waiting.lines.planned
    ranked = _ranked(brief, waiting)
    # Sharers are one line of the scenarios, and many of the plan.
    reserves = [replace(found, line=found.line - first + len(chosen)) for found in ranked]
    order = np.array([reserve.line - len(chosen) for reserve in reserves], np.int64)
    exposed = with_reserves(bench[order])
    kpis = _sellable(brief, exposed.lines)
    sold = {
        kpi: float(int(goal))
        for kpi, goal in exposed.sold(exposed.drawn(_CHOOSING), kpis, brief.promise).items()
    }
    return _reported(brief, exposed, sold, reserves, kinds, tail, evidence.track_record.programs)


def _ranked(brief: Brief, exposed: _Exposed) -> list[Reserve]:
    """The reserves by the P(hit) that each restores per unit of money."""
    lines = exposed.lines
    drawn = exposed.drawn(_RANKING, _OF_RANKING)
    goals = _goals(brief)
    if not goals or set(goals) - set(lines.kpis):
        goals = exposed.sold(drawn, _sellable(brief, lines), brief.promise)
    now = running.forecast(
        lines, exposed.conditions, Progress.before(lines), budget=exposed.budget, goals=goals,
        scenarios=_OF_RANKING, rng=np.random.default_rng([_RANKING, exposed.seed]),
    )  # fmt: skip
    return running.ranked(now, lines, goals)


def _reported(
    brief: Brief,
    exposed: _Exposed,
    sold: Mapping[str, float],
    reserves: list[Reserve],
    kinds: tuple[KindOfDeal, ...],
    tail: float,
    programs: int,
) -> Guarantee:
    """What fresh scenarios say of the goals that others have chosen."""
    lines, conditions, budget = exposed.lines, exposed.conditions, exposed.budget
    drawn = exposed.drawn(_REPORTING)
    assumed = _LEARNT.format(f"{programs:,}") if programs else _PUBLISHED
    asked = _asked(brief, lines, exposed, drawn)
    all_sign, before, bench = (
        replace(found, reason=assumed) if found.is_known else found for found in asked
    )
    offer, totals = _offered(brief, exposed, drawn, sold, bench)
    quantiles = {
        kpi: {f"{level:g}": float(np.quantile(total, level)) for level in _LEVELS}
        for kpi, total in totals.items()
    }
    return Guarantee(
        if_all_sign=all_sign,
        before_signing=before,
        with_bench=bench,
        probability=brief.promise,
        sold=sold,
        offer=offer,
        quantiles=quantiles,
        reserves=reserves,
        price=price_of_promise.of(
            drawn, lines, conditions, budget, offer.goals or sold,
            currency=brief.budget.currency, probability=brief.promise,
        ),
        kept=exposure.as_json(lines, kinds, tail),
    )  # fmt: skip


def _asked(
    brief: Brief, lines: Lines, exposed: _Exposed, drawn: Drawn
) -> tuple[Estimate, Estimate, Estimate]:
    """The three probabilities of the brief's goals, as far as they can be counted."""
    goals = _goals(brief)
    unknown = sorted(set(goals) - set(lines.kpis))
    if unknown or not goals:
        reason = f"no {unknown[0]} were observed for any creator yet" if unknown else _NO_GOALS
        nothing = Estimate.cannot_say(reason)
        return nothing, nothing, nothing
    found = plan.chances(drawn, lines, exposed.conditions, exposed.budget, goals)
    return found.if_all_sign, found.before_signing, found.with_bench


def _offered(
    brief: Brief, exposed: _Exposed, drawn: Drawn, sold: Mapping[str, float], asked: Estimate
) -> tuple[Offer, Mapping[str, Any]]:
    """What is promised, and the totals of its scenarios.

    The brief's goals where it has some that can be counted, else what can be sold.
    """
    refused = {
        str(kpi): _NOT_COUNTED.format(kpi)
        for kpi in brief.goals.set()
        if SETTLED_BY[kpi] == SettledBy.MODELLED
    }
    goals = _goals(brief)
    levels = goals or dict(sold)
    known = not set(levels) - set(exposed.lines.kpis)
    held = levels if known else dict(sold)
    totals = plan.with_bench(drawn, exposed.lines, exposed.conditions, exposed.budget, held)
    if goals and not known:
        return Offer({}, asked, {}, asked.reason, refused, is_asked=True), totals
    hit = asked if goals else promise.chance(promise.all_met(totals, levels), drawn.size)
    each = {kpi: float((totals[kpi] >= level).mean()) for kpi, level in levels.items()}
    withheld = _withheld(brief, hit, levels, sold)
    kept = {} if withheld else levels
    return Offer(kept, hit, each, withheld, refused, is_asked=bool(goals)), totals


def _withheld(
    brief: Brief, hit: Estimate, levels: Mapping[str, float], sold: Mapping[str, float]
) -> str | None:
    if not any(levels.values()):
        return "nothing can be promised: with this certainty the plan may get nothing at all"
    if hit.value is None or hit.value >= brief.promise - _SHORT:
        return None if hit.value is not None else hit.reason
    able = " and ".join(f"{goal:,.0f} {kpi}" for kpi, goal in sold.items())
    return (
        f"all goals are met with a probability of {hit.value:.1%}, below the {brief.promise:.0%} "
        f"that is wanted; at that, {able} could be promised"
    )


def _goals(brief: Brief) -> dict[str, float]:
    """Goals of the brief that can be counted; reach is a model, so its goal is no part of them."""
    return {
        str(kpi): float(goal)
        for kpi, goal in brief.goals.set().items()
        if SETTLED_BY[kpi] == SettledBy.OBSERVED
    }


def _sellable(brief: Brief, lines: Lines) -> list[str]:
    """KPIs with a goal that can be counted; else what the plan is for, and views for reach."""
    wanted = [str(kpi) for kpi in brief.goals.set() if str(kpi) in lines.kpis]
    if wanted:
        return wanted
    objective = str(brief.objective)
    return [objective if objective in lines.kpis else str(Kpi.VIEWS)]
