"""A plan as one JSON document: what every interface shows of it."""

import math
from typing import Any

import numpy as np

import groundswell
from groundswell.engine.allocation import Allocation
from groundswell.planning import comparing, layers, published
from groundswell.planning.brief import Brief
from groundswell.planning.comparing import Alternative
from groundswell.planning.forecasts import Forecast, line_forecast
from groundswell.planning.offers import FORMATS
from groundswell.planning.prices import OWN, TIERS
from groundswell.planning.proposal import Proposal
from groundswell.terms.money import Money
from groundswell.terms.objectives import Layer

_SOURCES = {
    **published.SOURCES,
    **layers.SOURCES,
    OWN: "the creator's own rate card",
    "floor": published.SOURCES["floor"],
}
_MUCH = 0.1  # part of the budget whose rest wants an explanation


def document(proposal: Proposal, *, seed: int) -> dict[str, Any]:
    """Everything that a plan says, amounts in major units of the brief's currency."""
    brief, allocation = proposal.brief, proposal.allocation
    lines = [
        {
            **_line(proposal, int(offer)),
            "why": why,
            "reach": proposal.curves["sources"]["lines"][place],
            **_gains(proposal, place),
        }
        for place, (offer, why) in enumerate(zip(allocation.chosen, proposal.why, strict=True))
    ]
    currency = brief.budget.currency
    return {
        "name": brief.name,
        "objective": str(brief.objective),
        "frequency": brief.frequency,
        "question": str(brief.question),
        "start": brief.start.isoformat(),
        "end": brief.end.isoformat(),
        "budget": _major(brief.budget.money.minor, currency),
        "currency": currency,
        "lines": lines,
        "spend": _major(proposal.spend_minor, currency),
        "fees": _major(int(proposal.offers.price.fee[allocation.chosen].sum()), currency),
        "handling": _major(int(proposal.offers.handling[allocation.chosen].sum()), currency),
        "made": _major(brief.made.minor, currency),
        "layers": _layers(proposal),
        "reserve": _major(allocation.reserve_minor, currency),
        "unspent": _unspent(allocation, brief),
        "forecast": _with_goals(proposal.forecast, brief),
        "certificates": _certificates(proposal),
        **comparing.measures(
            proposal.forecast, proposal.outlook, _major(proposal.spend_minor, currency)
        ),
        "alternatives": [_alternative(proposal, found) for found in proposal.alternatives],
        "curves": proposal.curves,
        "pyramid": proposal.pyramid,
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


def _layers(proposal: Proposal) -> list[dict[str, Any]]:
    """What each layer that the brief names gets: publications, people, money."""
    brief, currency = proposal.brief, proposal.brief.budget.currency
    mine = proposal.offers.only(proposal.allocation.chosen)
    found = []
    if brief.brand_content:
        found.append(_layer(Layer.BRAND_CONTENT, brief.brand_content.pieces, None, brief.made))
    for code, layer in enumerate(layers.LAYERS):
        if layer not in brief.layers:
            continue
        inside = mine.only(mine.layer == code)
        people = None if layer is Layer.BOOST else len(np.unique(inside.creator))
        spend = Money(int(inside.cost.sum()), currency)
        delivery = float(layers.delivery_rates(np.array([code]))[0])
        found.append(_layer(layer, len(inside), people, spend, delivery))
    return found


def _layer(
    layer: Layer, publications: int, people: int | None, spend: Money, delivery: float = 1.0
) -> dict[str, Any]:
    return {
        "layer": str(layer),
        "publications": publications,
        "people": people,
        "spend": float(spend.major),
        "delivery": delivery,
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
        "layer": str(layers.LAYERS[offers.layer[offer]]),
        "format": str(FORMATS[offers.format[offer]]),
        "quantity": 1,
        "price": _major(int(offers.price.fee[offer]), currency),
        "currency": currency,
        "price_low": _major(int(offers.price.low[offer]), currency),
        "price_high": _major(int(offers.price.high[offer]), currency),
        "price_source": str(offers.price.source[offer]),
        "tier": None if tier is None else str(tier),
        "followers": None if math.isnan(followers) else int(followers),
        "handling": _major(int(offers.handling[offer]), currency),
        "forecast": line_forecast(offers, offer, _wanted(proposal.brief)),
    }


def _wanted(brief: Brief) -> set[str]:
    return {str(brief.objective), *map(str, brief.goals.set())}


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
    chosen = found.way.allocation
    lines = [] if chosen is None else chosen.chosen.tolist()
    names = [proposal.evidence.named(int(proposal.offers.place[offer])) for offer in lines]
    said = comparing.as_json(found, proposal.brief, proposal.offers, names)
    if chosen is None or found.way.part.is_single:
        return said | {"unspent": None}
    return said | {"unspent": _unspent(chosen, proposal.brief)}


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
