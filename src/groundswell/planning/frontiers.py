"""More or less money: what each budget buys, where the knee is, and what so much more would buy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from groundswell.engine import allocation
from groundswell.engine.allocation import Allocation, frontier
from groundswell.engine.allocation.frontier import Point
from groundswell.planning import comparing, forecasts, market
from groundswell.planning.brief import BadBrief, Brief, Problem
from groundswell.planning.market import Market
from groundswell.planning.offers import FORMATS
from groundswell.planning.showing import GAINED
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money
from groundswell.terms.objectives import Kpi

# Budgets as parts of the one that was asked for.
PARTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_KNEE = "the budget where the curve lies farthest above the straight line between its two ends"
_KEPT = 0.005  # of the value: what keeping the lines may give up against a plan chosen anew
_REACH_EVERY = 10
_KPIS = (Kpi.REACH, Kpi.VIEWS, Kpi.ENGAGEMENTS)
_LARGEST = 1e12  # as in briefs


class BadAmount(Refusal):
    """A change of the budget that is no amount of money."""

    code = "bad_amount"


def curve(on_sale: Market) -> dict[str, Any]:
    """The best plan found for each of some budgets around the one that was asked for.

    ``value`` and ``bound`` are in the objective's unit on the people that plans are chosen on;
    amounts are in major units.
    """
    markets = [_of_budget(on_sale, part * on_sale.brief.budget.amount) for part in PARTS]
    found = frontier.frontier(on_sale.offers, on_sale.panel, [each.limits for each in markets])
    rows: list[dict[str, Any]] = []
    for each, point in zip(markets, found, strict=True):
        rows.append(_row(each, point, rows[-1] if rows else None))
    return {
        "objective": str(on_sale.brief.objective),
        "unit": GAINED[str(on_sale.brief.objective)],
        "currency": on_sale.brief.budget.currency,
        "asked": on_sale.brief.budget.amount,
        "points": rows,
        "knee": _knee(rows),
    }


def _of_budget(on_sale: Market, amount: float) -> Market:
    brief = on_sale.brief
    money = Money.rounded(amount, brief.budget.currency)
    if money.minor <= 0:
        raise BadBrief([Problem("budget", f"must stay above 0, got {money}")])
    budget = brief.budget.model_copy(update={"amount": float(money.major)})
    return market.under(on_sale, brief.model_copy(update={"budget": budget}))


def _row(on_sale: Market, point: Point, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """One budget; what the money beyond the budget before buys, where both can be planned."""
    row: dict[str, Any] = {"budget": on_sale.brief.budget.amount, "reason": point.reason}
    if point.chosen is None or point.certificate is None:
        nothing = ("spend", "creators", "value", "bound", "share", "adds", "cost_of_one_more",
                   "hit_probability")  # fmt: skip
        return row | dict.fromkeys(nothing)
    value, currency = point.certificate.value, on_sale.brief.budget.currency
    adds = cost = None
    if before is not None and before["value"] is not None:
        adds = value - before["value"]
        cost = (row["budget"] - before["budget"]) / adds if adds > 0 else None
    return row | {
        "spend": float(Money(point.spend_minor, currency).major),
        "creators": len(np.unique(on_sale.offers.creator[point.chosen])),
        "value": value,
        "bound": point.certificate.bound,
        "share": point.certificate.share,
        "adds": adds,
        "cost_of_one_more": cost,
        "hit_probability": _hit(on_sale, point),
    }


def _hit(on_sale: Market, point: Point) -> dict[str, Any] | None:
    """P(all goals met) before signing, without a bench; None where the brief has no goals."""
    if not on_sale.brief.goals.set() or point.chosen is None:
        return None
    found = comparing.outlook(
        on_sale.brief, on_sale.evidence, on_sale.priced, point.chosen, seed=on_sale.seed
    )
    return found.before_signing.as_json()


def _knee(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    known = [row for row in rows if row["value"] is not None]
    budget, value = (np.array([row[key] for row in known], float) for key in ("budget", "value"))
    place = frontier.knee(budget, value)
    return None if place is None else {"budget": known[place]["budget"], "definition": _KNEE}


def more(on_sale: Market, extra: float) -> dict[str, Any]:
    """What so much more money buys: what it adds, at which cost, who comes in and who goes out.

    The lines stay unless a plan that is chosen anew gets more by half a percent.

    Raises:
        BadAmount: When it is no number, or too large for a budget.
        BadBrief: When nothing would be left of the budget.
    """
    if not abs(extra) < _LARGEST:
        raise BadAmount(
            f"the budget can't change by {extra:g}: write an amount of money such as 500 or -200, "
            f"smaller than {_LARGEST:,.0f}"
        )
    rich = _of_budget(on_sale, on_sale.brief.budget.amount + extra)
    before, _ = allocation.allocate_certified(*on_sale.problem)
    anew, certificate = allocation.allocate_certified(*rich.problem)
    kept = allocation.hold(*rich.problem, before.chosen)[0]
    after = kept
    if rich.value(anew.chosen) > rich.value(kept.chosen) * (1 + _KEPT):
        after = anew
    values = on_sale.value(before.chosen), rich.value(after.chosen)
    adds, spent = values[1] - values[0], _major(after.spend_minor - before.spend_minor, rich.brief)
    bound = certificate.of(values[1]).bound
    return {
        "objective": str(rich.brief.objective),
        "unit": GAINED[str(rich.brief.objective)],
        "currency": rich.brief.budget.currency,
        "more": extra,
        "before": _side(on_sale, before, values[0]),
        "after": _side(rich, after, values[1]),
        "adds": adds,
        "spends": spent,
        "cost_of_one_more": spent / adds if adds > 0 and spent > 0 else None,
        "adds_at_most": max(bound - values[0], 0.0),
        "comes_in": _lines(rich, after, before),
        "goes_out": _lines(on_sale, before, after),
        "kept": len(np.intersect1d(before.chosen, after.chosen)),
    }


def _side(on_sale: Market, plan: Allocation, value: float) -> dict[str, Any]:
    forecast = forecasts.forecast(
        on_sale.priced, on_sale.people, plan.chosen, every=_REACH_EVERY, seed=on_sale.seed
    )
    found = comparing.outlook(
        on_sale.brief, on_sale.evidence, on_sale.priced, plan.chosen, plan.bench, seed=on_sale.seed
    )
    return {
        "budget": on_sale.brief.budget.amount,
        "spend": _major(plan.spend_minor, on_sale.brief),
        "creators": len(np.unique(on_sale.offers.creator[plan.chosen])),
        "value": value,
        "forecast": {str(kpi): forecast.kpis[kpi].as_json() for kpi in _KPIS},
        "hit_probability": found.hit_json(),
    }


def _lines(on_sale: Market, plan: Allocation, other: Allocation) -> list[dict[str, Any]]:
    """Lines that one plan has and the other hasn't, those that add most for the money first."""
    only = ~np.isin(plan.chosen, other.chosen)
    return [
        {
            "account": on_sale.evidence.named(int(on_sale.priced.place[offer])),
            "format": str(FORMATS[on_sale.priced.format[offer]]),
            "price": _major(int(on_sale.priced.price.fee[offer]), on_sale.brief),
            "currency": on_sale.brief.budget.currency,
            "adds": float(adds),
        }
        for offer, adds in zip(plan.chosen[only], plan.marginal[only], strict=True)
    ]


def _major(minor: int, brief: Brief) -> float:
    return float(Money(minor, brief.budget.currency).major)
