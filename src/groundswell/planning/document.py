"""A plan as one JSON document: what every interface shows of it."""

import math
from typing import Any

import groundswell
from groundswell.engine.allocation import Allocation
from groundswell.planning import published
from groundswell.planning.brief import Brief
from groundswell.planning.forecasts import PROGRAM, Forecast, line_estimate
from groundswell.planning.offers import FORMATS, Priced
from groundswell.planning.prices import OWN, TIERS
from groundswell.planning.proposal import Alternative, Proposal
from groundswell.terms.money import Money
from groundswell.terms.objectives import Layer

_SOURCES = {
    **published.SOURCES,
    OWN: "the creator's own rate card",
    "floor": published.SOURCES["floor"],
}
_MUCH = 0.1  # part of the budget whose rest wants an explanation


def document(proposal: Proposal, *, seed: int) -> dict[str, Any]:
    """Everything that a plan says, amounts in major units of the brief's currency."""
    brief, allocation = proposal.brief, proposal.allocation
    lines = [
        {**_line(proposal, int(offer)), "why": why, **_gains(proposal, place)}
        for place, (offer, why) in enumerate(zip(allocation.chosen, proposal.why, strict=True))
    ]
    currency = brief.budget.currency
    return {
        "name": brief.name,
        "objective": str(brief.objective),
        "start": brief.start.isoformat(),
        "end": brief.end.isoformat(),
        "budget": _major(brief.budget.money.minor, currency),
        "currency": currency,
        "lines": lines,
        "spend": _major(allocation.spend_minor, currency),
        "fees": _major(allocation.spend_minor - len(lines) * brief.handling.minor, currency),
        "handling": _major(len(lines) * brief.handling.minor, currency),
        "reserve": _major(allocation.reserve_minor, currency),
        "unspent": _unspent(allocation, brief),
        "forecast": _with_goals(proposal.forecast, brief),
        "certificates": _certificates(proposal),
        "alternatives": [_alternative(proposal, found) for found in proposal.alternatives],
        "curves": proposal.curves,
        "bench": _bench(proposal),
        "next_best": proposal.next_best,
        "candidates": {
            "accounts": proposal.evidence.accounts.num_rows,
            "offers": len(proposal.offers),
        },
        "excluded": proposal.excluded,
        "price_sources": _price_sources(lines),
        "notes": list(proposal.notes),
        "exposure": proposal.guarantee.kept,
        "provenance": {
            "engine": groundswell.__version__,
            "seed": seed,
            "data_revision": proposal.evidence.revision,
        },
    }


def _bench(proposal: Proposal) -> list[dict[str, Any]]:
    """Reserves by the P(hit) that each restores per unit of money, the best first."""
    allocation, currency = proposal.allocation, proposal.brief.budget.currency
    one = Money.of(1, currency).minor
    found = []
    for reserve in proposal.guarantee.reserves:
        place = reserve.line - len(allocation.chosen)
        found.append(
            {
                **_line(proposal, int(allocation.bench[place])),
                "adds": float(allocation.bench_gain[place]),
                "restores": reserve.restored,
                "restores_per_money": reserve.per_money * one,
            }
        )
    return found


def _certificates(proposal: Proposal) -> dict[str, Any]:
    """The three certificates: what each says, or why it can't."""
    return {
        "optimality": proposal.optimality.as_json(),
        **proposal.guarantee.as_json(),
        "evidence": {"rung": None, "reason": "a plan claims no effect: nothing was measured yet"},
    }


def _line(proposal: Proposal, offer: int) -> dict[str, Any]:
    offers, currency = proposal.offers, proposal.brief.budget.currency
    tier = TIERS[offers.tier[offer]]
    followers = offers.followers[offer]
    return {
        "account": proposal.evidence.named(int(offers.place[offer])),
        "layer": str(Layer.CREATORS),
        "format": str(FORMATS[offers.format[offer]]),
        "quantity": 1,
        "price": _major(int(offers.price.fee[offer]), currency),
        "currency": currency,
        "price_low": _major(int(offers.price.low[offer]), currency),
        "price_high": _major(int(offers.price.high[offer]), currency),
        "price_source": str(offers.price.source[offer]),
        "tier": None if tier is None else str(tier),
        "followers": None if math.isnan(followers) else int(followers),
        "forecast": _line_forecast(offers, offer),
    }


def _line_forecast(offers: Priced, offer: int) -> dict[str, Any]:
    return {
        name: line_estimate(found, offer, PROGRAM.delivery_rate).as_json()
        for name, found in (("views", offers.views), ("engagements", offers.engagements))
    }


def _gains(proposal: Proposal, place: int) -> dict[str, Any]:
    """What the line adds to the others, and what it would get alone, in the objective's unit."""
    allocation = proposal.allocation
    return {
        "adds": float(allocation.marginal[place]),
        "alone": float(allocation.alone[place]),
    }


def _with_goals(forecast: Forecast, brief: Brief) -> dict[str, Any]:
    found = forecast.as_json()
    for kpi, goal in brief.goals.set().items():
        value = forecast.kpis[kpi].value
        found[str(kpi)] |= {"goal": goal, "expected_share": None if value is None else value / goal}
    return found


def _alternative(proposal: Proposal, found: Alternative) -> dict[str, Any]:
    way, currency = found.way, proposal.brief.budget.currency
    answer: dict[str, Any] = {
        "name": way.name,
        "description": way.description,
        "creators": 0,
        "lines": [],
        "spend": None,
        "reserve": None,
        "forecast": None,
        "keeps_minima": way.is_within_limits,
        "reason": way.reason,
        "unspent": None,
    }
    if way.allocation is None or found.forecast is None:
        return answer
    shown = ("account", "format", "tier", "price", "currency")
    lines = [_line(proposal, int(offer)) for offer in way.allocation.chosen]
    return answer | {
        "creators": len(lines),
        "lines": [{key: line[key] for key in shown} for line in lines],
        "spend": _major(way.allocation.spend_minor, currency),
        "reserve": _major(way.allocation.reserve_minor, currency),
        "unspent": _unspent(way.allocation, proposal.brief),
        "forecast": found.forecast.as_json(),
    }


def _unspent(allocation: Allocation, brief: Brief) -> str | None:
    """Why much of the budget is left, where that can be said."""
    if allocation.reserve_minor < _MUCH * brief.budget.money.minor:
        return None
    most = brief.creators.count.max
    if most is not None and len(allocation.chosen) >= most:
        return f"no more than {most:,} creators are allowed"
    return None if len(allocation.bench) else "all who fit are taken"


def _price_sources(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["price_source"]] = counts.get(line["price_source"], 0) + 1
    return [
        {"source": source, "lines": count, "from": _SOURCES[source]}
        for source, count in sorted(counts.items())
    ]


def _major(minor: int, currency: str) -> float:
    return float(Money(minor, currency).major)
