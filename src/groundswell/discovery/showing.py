"""Answers in the one shape that every interface shows."""

from datetime import datetime
from typing import Any

from groundswell.discovery.models import SavedSearch
from groundswell.retrieval import keys
from groundswell.retrieval.answers import Found, Hit, Reason
from groundswell.retrieval.keys import Key, Kind
from groundswell.retrieval.suggesting import Suggestion
from groundswell.terms.platforms import AccountRef, Platform
from groundswell.terms.tiers import TierSet

_SHOWN = (
    "display_name",
    "bio",
    "country",
    "region",
    "city",
    "language",
    "categories",
    "verified",
    "followers",
    "following",
    "posts",
    "engagement_rate_by_followers",
    "engagement_rate_by_reach",
    "engagement_rate_by_views",
    "growth",
    "last_post_at",
    "overall",
    "verdict",
)


def found_as_json(found: Found, tiers: TierSet) -> dict[str, Any]:
    """A search's answer; what is not known of an account is null."""
    return {
        "total": found.total,
        "corrected": found.corrected or None,
        "least": found.least or None,
        "incomparable": found.incomparable,
        "hint": found.hint or None,
        "creators": [_hit(hit, tiers) for hit in found.hits],
        "facets": {key: dict(counts) for key, counts in found.facets.items()},
    }


def suggestion_as_json(suggestion: Suggestion) -> dict[str, Any]:
    """An account that may be meant."""
    name = suggestion.handle or suggestion.display_name or suggestion.account
    return {
        "account": str(AccountRef(Platform(suggestion.platform), name)),
        "handle": suggestion.handle,
        "display_name": suggestion.display_name,
        "followers": suggestion.followers,
    }


def key_as_json(key: Key) -> dict[str, Any]:
    """One key that creators can be filtered by."""
    return {
        "key": key.name,
        "kind": str(key.kind),
        "description": key.description,
        "signs": ["=", "!=", *((">=", "<=", ">", "<") if key.is_ordered else ())],
        "sortable": key.is_ordered,
        "facet": key.is_facet,
    }


def search_as_json(kept: SavedSearch, total: int) -> dict[str, Any]:
    """A saved search, how many accounts answer it now, and how many did at the last look."""
    return {
        "name": kept.name,
        "text": kept.text,
        "filters": kept.filters,
        "sort": kept.sort,
        "like": kept.like,
        "total": total,
        "looked_total": kept.looked_total,
        "looked_at": kept.looked_at and kept.looked_at.isoformat(),
        "saved_by": kept.saved_by,
        "saved_at": kept.saved_at.isoformat(),
    }


def in_words(reason: Reason) -> str:
    """A reason as a person reads it."""
    if reason.kind == "words":
        return f"{reason.asked} in {reason.key}"
    if reason.kind == "like":
        return alike_in_words(reason)
    key = reason.key.replace("_", " ")
    if reason.kind == "rank":
        return f"{key} {reason.value:.2f}" + (f" ({reason.asked})" if reason.asked else "")
    value = "unknown" if reason.value is None else _value_in_words(reason)
    return f"sorted by {key}: {value}" if reason.kind == "sort" else f"{key}: {value}"


def alike_in_words(reason: Reason) -> str:
    """What a lookalike has in common, as a person reads it."""
    value = reason.value
    if reason.key == "likeness":
        return f"likeness {value:.2f}"
    if reason.key == "words":
        return f"words in common: {', '.join(value)}"
    if reason.key == "audience":
        return f"audiences overlap {value:.0%} ({reason.asked})"
    if reason.key == "followers":
        return f"{value:,} followers, about as many as {reason.asked}"
    if reason.key == "categories":
        return f"topics in common: {', '.join(value)}"
    return f"same {reason.key}: {value}"


def _value_in_words(reason: Reason) -> str:
    value = reason.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        is_share = keys.filterable(reason.key).kind in {Kind.RATE, Kind.SHARE}
        return f"{value:.1%}" if is_share else f"{value:.3g}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _hit(hit: Hit, tiers: TierSet) -> dict[str, Any]:
    values = hit.values
    tier = tiers.tier_of(values.get("followers"))
    shown = {name: _plain(values.get(name)) for name in _SHOWN}
    name = values.get("handle") or values.get("platform_id") or values.get("display_name")
    return {
        "account": str(AccountRef(Platform(values["platform"]), str(name))),
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "reasons": [
            {
                "kind": reason.kind,
                "key": reason.key,
                "asked": reason.asked,
                "value": reason.value,
                "text": in_words(reason),
            }
            for reason in hit.reasons
        ],
        "tier": None if tier is None else str(tier),
        **shown,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
