"""A scorecard as every interface gives it to programs."""

from typing import Any

from groundswell.creators.models import Account
from groundswell.engine.qualification import rates
from groundswell.engine.qualification.card import Evidence, Factor, Place, Rate, Safety
from groundswell.engine.qualification.overall import Overall
from groundswell.engine.qualification.rates import ALL_FORMATS
from groundswell.terms.estimate import Estimate
from groundswell.vetting import reviews, thresholds, weighing
from groundswell.vetting.models import Decision, Reply, Review
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
        "standing": answer.standing.value,
        "would_change": thresholds.would_change(answer),
        "review": answer.review and review_as_json(answer.review),
        "overall": overall_as_json(answer.overall),
        "vetted_at": answer.vetted_at.isoformat() if answer.vetted_at else None,
        "is_current": answer.is_current,
        "factors": {factor.name.value: _factor(factor) for factor in card.factors},
        "rates": {
            f"engagement_rate_by_{name}": _rates(name, card.rates) for name in rates.DENOMINATORS
        },
        "safety": _safety(card.safety),
        "evidence": [_evidence(item) for factor in card.factors for item in factor.evidence],
    }


def overall_as_json(found: Overall) -> dict[str, Any]:
    """The overall score, and which factors it is made of."""
    return {
        **found.score.as_json(),
        "coverage": found.coverage,
        "factors": [name.value for name in found.said],
        "of": found.of,
    }


def review_as_json(review: Review) -> dict[str, Any]:
    """Where an account stands in the review queue."""
    return {
        "account": str(review.account),
        "followers": review.account.followers,
        "state": review.state,
        "ruling": review.ruling or None,
        "decisions": review.decisions,
        "strength": review.strength,
        "evidence": [
            {**signal.as_json(), "would_change": signal.would_change}
            for signal in reviews.present(review)
        ],
        "reopened_because": review.reopened_because,
        "opened_at": review.opened_at.isoformat(),
        "changed_at": review.changed_at.isoformat(),
        "answered_at": review.answered_at and review.answered_at.isoformat(),
    }


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """One decision about an account."""
    return {
        "number": decision.number,
        "ruling": decision.ruling,
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "evidence": decision.evidence,
    }


def reply_as_json(reply: Reply) -> dict[str, Any]:
    """What a creator answered, and what the creator had been shown."""
    return {
        "text": reply.text,
        "replied_at": reply.replied_at.isoformat(),
        "evidence": reply.evidence,
    }


def judged_as_json(account: Account) -> dict[str, Any]:
    """What an account's review says, with the decisions on it and the creator's replies."""
    return {
        **review_as_json(reviews.review(account)),
        "history": [decision_as_json(each) for each in reviews.decisions(account)],
        "replies": [reply_as_json(each) for each in reviews.replies(account)],
    }


def weights_as_json() -> dict[str, Any]:
    """The workspace's weights of the factors, and what an overall score needs."""
    return {
        "weights": {name.value: weight for name, weight in weighing.weights().items()},
        "is_default": weighing.kept() is None,
        "fewest_factors": weighing.FEWEST,
        "needed_weight": weighing.NEEDED,
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


def _safety(found: Safety) -> dict[str, Any]:
    reason = None if found.posts_read else "no caption in a language whose words are known"
    return {
        "posts_read": found.posts_read,
        "posts_unread": found.posts_unread,
        "reason": reason,
        "concerns": [
            {
                "category": concern.category.value,
                "severity": concern.severity.name.lower(),
                "posts": concern.posts,
                "last_at": concern.newest_at and concern.newest_at.isoformat(),
                "terms": list(concern.terms),
                "references": list(concern.post_ids),
            }
            for concern in found.concerns
        ],
    }


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
