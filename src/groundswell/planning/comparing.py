"""The same budget side by side: one celebrity, one tier at a time, sharers only, and the best plan.

Every way is a whole plan by the same search, forecast by the same scenarios and held against the
same goals; what differs is from whom it may choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundswell.engine.allocation import Limits, Offers, alternatives
from groundswell.engine.allocation.alternatives import Part, Way
from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.guarantee import plan, promise
from groundswell.engine.guarantee.plan import PIECES, Drawn, Lines
from groundswell.engine.reach import Panel
from groundswell.planning import exposure, layers
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.forecasts import Forecast
from groundswell.planning.offers import FORMATS, Priced
from groundswell.planning.prices import TIERS
from groundswell.terms.estimate import Estimate
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.objectives import SETTLED_BY, Kpi, Objective, SettledBy
from groundswell.terms.tiers import Tier

WAYS = ("one_celebrity", "macro", "mid", "micro", "nano", "sharers")
_TURN = 5  # scenarios apart from those that other parts of a plan are drawn from
_SCENARIOS = 1_000
_LARGE = (Tier.MACRO, Tier.MEGA)
_PER = (Kpi.REACH, Kpi.VIEWS, Kpi.ENGAGEMENTS)
_BELOW = 0.5  # of what is expected before anybody has signed
_NOT_MEASURED = (
    "no comments on posts of these creators were read for this campaign: the share of negative "
    "reactions is measured once posts are out"
)
_NO_GOALS = "the brief has no goals that can be counted"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How sure a way is.

    Attributes:
        if_all_sign: P(all goals that can be counted are met) when every line signs at its price.
        before_signing: The same with answers, prices and no-shows open.
        with_bench: The same with reserves while money lasts.
        below_half: P(less than half of what is expected), of ``kpi``, both before signing.
        kpi: The objective, or views where the objective can't be counted.
        largest_line: Part of that which the largest line is expected to bring.
    """

    if_all_sign: Estimate
    before_signing: Estimate
    with_bench: Estimate
    below_half: Estimate
    kpi: str
    largest_line: float | None

    def hit_json(self) -> dict[str, Any]:
        """The three probabilities, as certificates have them."""
        return {
            name: getattr(self, name).as_json()
            for name in ("if_all_sign", "before_signing", "with_bench")
        }


def ways(problem: tuple[Offers, Panel, Limits], priced: Priced) -> tuple[Way, ...]:
    """The same budget from one celebrity, from each tier alone, and from sharers alone.

    Args:
        problem: Offers, panel and limits as the plan is chosen on.
        priced: The same offers with their formats, tiers and layers.
    """
    offers, panel, limits = problem
    return alternatives.ways(offers, panel, limits, _parts(priced))


def _parts(priced: Priced) -> list[Part]:
    paid = priced.layer == layers.CREATORS
    parts = [_celebrity(priced, paid)]
    for tier in (Tier.MACRO, Tier.MID, Tier.MICRO, Tier.NANO):
        mine = paid & (priced.tier == TIERS.index(tier))
        missing = f"no {tier} creators are among the candidates"
        parts.append(Part(str(tier), f"{tier} creators only", mine, missing))
    sharers = priced.layer == layers.SHARERS
    missing = "the brief names no sharers: add a section [sharers] to compare them"
    parts.append(Part("sharers", "people who share for a reward only", sharers, missing))
    return parts


def _celebrity(priced: Priced, paid: Bools) -> Part:
    large = paid & np.isin(priced.tier, [TIERS.index(tier) for tier in _LARGE])
    films = large & (priced.format == FORMATS.index(Format.VIDEO))
    missing = "no macro or mega creators are among the candidates"
    what = "video" if films.any() else "post"
    words = f"the best single {what} of a macro or mega creator"
    if large.any() and not films.any():
        words += ", as none of them offers a video"
    return Part("one_celebrity", words, films if films.any() else large, missing, is_single=True)


def outlook(
    brief: Brief,
    evidence: Evidence,
    priced: Priced,
    chosen: Ints,
    bench: Ints | None = None,
    *,
    seed: int,
) -> Outlook:
    """How sure it is that some lines meet the brief's goals, and how much hangs on one of them.

    Args:
        brief: Goals and budget.
        evidence: Whose posts tell how heavy tails are, and whose programs how deals go.
        priced: All offers.
        chosen: Which of them are bought; shape (lines,).
        bench: Reserves, the first to be used first; None: there are none.
        seed: The same seed says the same.
    """
    rows = chosen if bench is None else np.concatenate([chosen, bench])
    lines = exposure.lines_of(brief, priced, rows, len(chosen))
    kinds = exposure.kinds_of(brief, evidence)
    conditions = exposure.conditions(kinds, exposure.tail_of(evidence))
    rng = np.random.default_rng([_TURN, seed])
    drawn = plan.draw(lines, conditions, scenarios=_SCENARIOS, rng=rng)
    kpi = _counted(brief.objective, lines)
    budget = float(brief.budget.money.minor)
    chances = _chances(brief, lines, conditions, budget, drawn)
    got = plan.totals(drawn, plan.signed(drawn, lines, conditions, budget))[kpi]
    return Outlook(
        *chances,
        below_half=promise.chance(got < _BELOW * got.mean(), drawn.size),
        kpi=kpi,
        largest_line=_largest(priced, chosen, kpi),
    )


def _chances(
    brief: Brief, lines: Lines, conditions: plan.Conditions, budget: float, drawn: Drawn
) -> tuple[Estimate, Estimate, Estimate]:
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
    found = plan.chances(drawn, lines, conditions, budget, goals)
    return found.if_all_sign, found.before_signing, found.with_bench


def _counted(objective: Objective, lines: Lines) -> str:
    name = str(objective)
    return name if name in lines.kpis else str(Kpi.VIEWS)


def _largest(priced: Priced, chosen: Ints, kpi: str) -> float | None:
    """The part of the largest line, by what lines are expected to bring."""
    each: Floats = np.ones(len(chosen))
    if kpi != PIECES:
        response = priced.engagements if kpi == Kpi.ENGAGEMENTS else priced.views
        each = np.nan_to_num(response.mean[chosen])
    total = float(each.sum())
    return float(each.max()) / total if total > 0 else None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way with its forecast, and how sure it is; None where nothing was chosen."""

    way: Way
    forecast: Forecast | None = None
    outlook: Outlook | None = None


def as_json(
    found: Alternative, brief: Brief, priced: Priced, names: Sequence[str]
) -> dict[str, Any]:
    """One way as plans show it; amounts in major units of the brief's currency.

    Args:
        found: The way.
        brief: What was asked for.
        priced: All offers.
        names: The account of each of its lines as people write it.
    """
    way, chosen = found.way, found.way.allocation
    head = {
        "name": way.part.name,
        "description": way.part.description,
        "keeps_minima": way.is_within_limits,
        "reason": way.reason,
    }
    if chosen is None or found.forecast is None or found.outlook is None:
        nothing = ("spend", "reserve", "forecast", "cost_per", "hit_probability", "risk")
        empty = {"creators": 0, "lines": [], "negative_share": _negative()}
        return head | empty | dict.fromkeys(nothing)
    currency = brief.budget.currency
    spend = _major(chosen.spend_minor, currency)
    return head | {
        "creators": len(np.unique(priced.creator[chosen.chosen])),
        "lines": [
            _line(priced, int(offer), name, currency)
            for name, offer in zip(names, chosen.chosen, strict=True)
        ],
        "spend": spend,
        "reserve": _major(chosen.reserve_minor, currency),
        "forecast": found.forecast.as_json(),
        "hit_probability": found.outlook.hit_json(),
        **measures(found.forecast, found.outlook, spend),
    }


def _line(priced: Priced, offer: int, name: str, currency: str) -> dict[str, Any]:
    tier = TIERS[priced.tier[offer]]
    return {
        "account": name,
        "layer": str(layers.LAYERS[priced.layer[offer]]),
        "format": str(FORMATS[priced.format[offer]]),
        "tier": None if tier is None else str(tier),
        "price": _major(int(priced.price.fee[offer]), currency),
        "currency": currency,
    }


def measures(forecast: Forecast, found: Outlook, spend: float) -> dict[str, Any]:
    """What the best plan and every way are held against each other by, besides their forecasts."""
    objective = forecast.kpis[Kpi(found.kpi)]
    spread = None
    if objective.value and objective.low is not None and objective.high is not None:
        spread = (objective.high - objective.low) / objective.value
    return {
        "cost_per": {str(kpi): _each(spend, forecast.kpis[kpi]) for kpi in _PER},
        "negative_share": _negative(),
        "risk": {
            "kpi": found.kpi,
            "spread": spread,
            "below_half": found.below_half.as_json(),
            "largest_line": found.largest_line,
        },
    }


def _each(spend: float, expected: Estimate) -> float | None:
    return spend / expected.value if expected.value else None


def _negative() -> dict[str, Any]:
    return Estimate.cannot_say(_NOT_MEASURED).as_json()


def _major(minor: int, currency: str) -> float:
    return float(Money(minor, currency).major)
