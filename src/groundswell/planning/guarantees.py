"""What can be promised of a plan: three probabilities of meeting its goals, and goals to sell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow.compute as pc

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.guarantee import Shock, deals, plan, posts
from groundswell.engine.guarantee.plan import Conditions, Drawn, Lines
from groundswell.engine.response import Basis
from groundswell.planning import prices
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.planning.published import SHOCK_SD
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import SETTLED_BY, Kpi, SettledBy

_CHOOSING, _REPORTING = 1, 2  # fresh scenarios report what others chose
_SCENARIOS = 2_000
# sqrt(.15 ** 2 + .20 ** 2) is SHOCK_SD: what a program shares, and what sponsorship does to all.
_PROGRAM_SD = 0.15
_SPONSORED_SD = float(np.sqrt(SHOCK_SD**2 - _PROGRAM_SD**2))
_PLATFORM = Shock(0.07, 4.0)  # as real weekly series of channels move beyond their market
_POSTS_FOR_TAIL = 20_000
_ASSUMED = "answers, prices and no-shows as published, until programs of your own were run"
_ALL_SIGN = "no-shows as published, until programs of your own were run"
_NO_GOALS = "the brief has no goals for views, engagements or pieces"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What can be promised.

    Attributes:
        if_all_sign: P(all goals met) when every line is signed at its price.
        before_signing: The same with answers, prices and no-shows open.
        with_bench: The same with reserves while money lasts.
        probability: The certainty that the brief wants.
        sold: Goals that are met together with it, before signing and with the bench.
    """

    if_all_sign: Estimate
    before_signing: Estimate
    with_bench: Estimate
    probability: float
    sold: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """The certificate and the promise that can be made."""
        return {
            "hit_probability": {
                name: getattr(self, name).as_json()
                for name in ("if_all_sign", "before_signing", "with_bench")
            },
            "promise": {"probability": self.probability, "goals": dict(self.sold)},
        }


def guaranteed(
    brief: Brief, evidence: Evidence, offers: Priced, chosen: Ints, bench: Ints, *, seed: int
) -> Guarantee:
    """What can be promised of some lines with their bench.

    Args:
        brief: Goals, budget and wanted certainty.
        evidence: Whose posts tell how heavy tails are.
        offers: All offers.
        chosen: Which of them the plan buys; shape (lines,).
        bench: Its reserves, the first to be used first.
        seed: The same seed says the same.
    """
    lines = _lines(brief, offers, np.concatenate([chosen, bench]), len(chosen))
    conditions = _conditions(evidence)
    budget = float(brief.budget.money.minor)
    choosing = _drawn(lines, conditions, _CHOOSING, seed)
    sold = plan.sold_with_bench(
        choosing, lines, conditions, budget, kpis=_sellable(brief, lines),
        probability=brief.promise,
    )  # fmt: skip
    if_all_sign, before_signing, with_bench = _chances(brief, lines, conditions, seed)
    return Guarantee(
        if_all_sign=if_all_sign,
        before_signing=before_signing,
        with_bench=with_bench,
        probability=brief.promise,
        sold={kpi: float(int(goal)) for kpi, goal in sold.items()},
    )


def _drawn(lines: Lines, conditions: Conditions, turn: int, seed: int) -> Drawn:
    rng = np.random.default_rng([turn, seed])
    return plan.draw(lines, conditions, scenarios=_SCENARIOS, rng=rng)


def _chances(
    brief: Brief, lines: Lines, conditions: Conditions, seed: int
) -> tuple[Estimate, Estimate, Estimate]:
    """The three probabilities; reach is a model, so its goal is no part of them."""
    goals = {
        str(kpi): float(goal)
        for kpi, goal in brief.goals.set().items()
        if SETTLED_BY[kpi] == SettledBy.OBSERVED
    }
    unknown = sorted(set(goals) - set(lines.kpis))
    if unknown or not goals:
        reason = f"no {unknown[0]} were observed for any creator yet" if unknown else _NO_GOALS
        nothing = Estimate.cannot_say(reason)
        return nothing, nothing, nothing
    budget = float(brief.budget.money.minor)
    drawn = _drawn(lines, conditions, _REPORTING, seed)
    found = plan.chances(drawn, lines, conditions, budget, goals)
    return (
        replace(found.if_all_sign, reason=_ALL_SIGN),
        replace(found.before_signing, reason=_ASSUMED),
        replace(found.with_bench, reason=_ASSUMED),
    )


def _sellable(brief: Brief, lines: Lines) -> list[str]:
    """KPIs with a goal that can be counted; else what the plan is for, and views for reach."""
    wanted = [str(kpi) for kpi in brief.goals.set() if str(kpi) in lines.kpis]
    if wanted:
        return wanted
    objective = str(brief.objective)
    return [objective if objective in lines.kpis else str(Kpi.VIEWS)]


def _lines(brief: Brief, offers: Priced, rows: Ints, planned: int) -> Lines:
    mine = offers.only(rows)
    responses = {str(Kpi.VIEWS): mine.views}
    if np.any(mine.engagements.basis != Basis.NOTHING):
        responses[str(Kpi.ENGAGEMENTS)] = mine.engagements
    guessed = mine.price.source != prices.OWN
    days = (brief.end - brief.start).days / 2
    return Lines(
        responses=responses,
        cell=np.zeros(len(rows), np.int64),
        deal=guessed.astype(np.int64),
        fee=np.asarray(mine.price.fee + brief.handling.minor, np.float64),
        days=np.full(len(rows), max(days, 1.0)),
        planned=planned,
    )


def _conditions(evidence: Evidence) -> Conditions:
    """Deals at a price that the creator named, and at one that is guessed."""
    named = deals.contract()
    guessed = replace(named, price=Shock(0.2, 4.0), price_sd=0.3, most=1.4)
    return Conditions(
        deals=[named, guessed],
        common=Shock(_PROGRAM_SD, 8.0),
        grouped=_PLATFORM,
        drift_sd=_SPONSORED_SD,
        tail=_tail(evidence),
    )


def _tail(evidence: Evidence) -> float:
    newest = evidence.posts.slice(0, _POSTS_FOR_TAIL)
    counts = np.asarray(newest["views"].cast("float64").to_numpy(), np.float64)
    codes = pc.rank(newest["account"], tiebreaker="dense").to_numpy().astype(np.int64)
    known = np.isfinite(counts)
    logs: Floats = np.log1p(counts[known])
    return posts.tail_of_posts(codes[known], logs)
