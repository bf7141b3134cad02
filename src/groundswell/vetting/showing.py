"""A scorecard as every interface gives it to programs."""

from typing import Any

from groundswell.engine.qualification import rates
from groundswell.engine.qualification.card import Evidence, Factor, Place, Rate
from groundswell.engine.qualification.rates import ALL_FORMATS
from groundswell.terms.estimate import Estimate
from groundswell.vetting.queries import Answer


def as_json(answer: Answer) -> dict[str, Any]:
    """The scorecard with its factors, rates and evidence."""
    card = answer.card
    return {
        "account": str(answer.account),
        "followers": answer.account.followers,
        "tier": answer.tier,
        "verdict": card.verdict,
        "verdict_reasons": list(card.verdict_reasons),
        "vetted_at": answer.vetted_at.isoformat() if answer.vetted_at else None,
        "is_current": answer.is_current,
        "factors": {factor.name.value: _factor(factor) for factor in card.factors},
        "rates": {
            f"engagement_rate_by_{name}": _rates(name, card.rates) for name in rates.DENOMINATORS
        },
        "evidence": [_evidence(item) for factor in card.factors for item in factor.evidence],
    }


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        **factor.score.as_json(),
        "reasons": list(factor.reasons),
        "observed_at": factor.observed_at.isoformat() if factor.observed_at else None,
    }


def _rates(denominator: str, found: tuple[Rate, ...]) -> dict[str, Any]:
    """The rate over all formats, and by format; each with its place among its peers."""
    mine = {r.format: r for r in found if r.denominator == f"engagement_rate_by_{denominator}"}
    if ALL_FORMATS not in mine:
        nothing = Estimate.cannot_say(
            f"no post with known engagement and known {denominator}", method="pooled_over_posts"
        )
        return {**nothing.as_json(), **_place(None), "counted": None, "by_format": {}}
    return {
        **_rate(mine[ALL_FORMATS]),
        "by_format": {kind: _rate(rate) for kind, rate in mine.items() if kind != ALL_FORMATS},
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {**rate.estimate.as_json(), **_place(rate.place), "counted": rate.counted}


def _place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"percentile": None, "peers": 0, "peers_followers": None}
    band = None if place.smallest is None else [place.smallest, place.largest]
    return {"percentile": place.percentile, "peers": place.peers, "peers_followers": band}


def _evidence(item: Evidence) -> dict[str, Any]:
    found = item.estimate
    return {
        "factor": item.factor.value,
        "kind": item.kind,
        "sentence": item.sentence,
        **found.as_json(),
        **_place(item.place),
        "observed_at": item.observed_at.isoformat() if item.observed_at else None,
        "references": list(item.references),
    }
