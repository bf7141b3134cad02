"""Creators, contacts and proposals as every interface shows them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from groundswell.creators import queries
from groundswell.creators.models import Account, Creator, DuplicateProposal, Outreach
from groundswell.terms.money import Money


def creator(shown: Creator) -> dict[str, Any]:
    """A creator with all that belongs to it."""
    accounts = list(queries.accounts_of(shown))
    names = {str(account.id): str(account) for account in accounts}
    prices = queries.rate_cards([account.id for account in accounts]).to_pylist()
    return {
        "creator": str(shown.id),
        "name": shown.name,
        "accounts": [_account(account) for account in accounts],
        "rate_cards": [
            {
                "account": names[price["account"]],
                "format": price["format"],
                "price": str(Money(price["price"], price["currency"]).major),
                "currency": price["currency"],
                "valid_from": price["valid_from"].isoformat(),
                "source": price["source"],
            }
            for price in prices
        ],
        "contacts": len(queries.contacts_of(shown)),
        "merged": [
            {"creator": str(other.id), "name": other.name} for other in queries.absorbed_by(shown)
        ],
    }


def contacts(shown: Creator) -> list[dict[str, Any]]:
    """A creator's contacts with their addresses."""
    return [
        {
            "channel": contact.channel,
            "address": address,
            "city": contact.city,
            "preferred": contact.preferred,
            "source": contact.source,
            "consent": contact.consent,
            "last_verified": contact.last_verified and contact.last_verified.isoformat(),
        }
        for contact, address in queries.contacts_of(shown)
    ]


def outreach(kept: Outreach) -> dict[str, Any]:
    """One time that a creator was contacted."""
    return {
        "outreach": str(kept.id),
        "day": kept.day.isoformat(),
        "medium": kept.medium,
        "contacted_by": kept.contacted_by,
        "note": kept.note,
        "recorded_by": kept.recorded_by,
        "recorded_at": kept.recorded_at.isoformat(),
    }


def proposals(shown: Iterable[DuplicateProposal]) -> list[dict[str, Any]]:
    """Proposals with the accounts of both creators and the reasons in words."""
    listed = list(shown)
    pairs = [{proposal.first_id, proposal.second_id} for proposal in listed]
    names = _account_names(set().union(*pairs))
    return [
        {
            "first": names[proposal.first_id],
            "second": names[proposal.second_id],
            "score": round(proposal.score, 4),
            "reasons": [piece["reason"] for piece in proposal.evidence],
        }
        for proposal in listed
    ]


def _account(shown: Account) -> dict[str, Any]:
    return {
        "account": str(shown),
        "display_name": shown.display_name,
        "followers": shown.followers,
        "counts_observed_at": shown.counts_observed_at and shown.counts_observed_at.isoformat(),
    }


def _account_names(creators: set[UUID]) -> dict[UUID, list[str]]:
    names: dict[UUID, list[str]] = defaultdict(list)
    found = Account.objects.filter(creator__in=creators, merged_into=None)
    for account in found.order_by("platform", "handle", "id"):
        names[account.creator_id].append(str(account))
    return names


def list_as_json(kept: Any) -> dict[str, Any]:
    """A list as ``lists.lists`` gives it, with its size."""
    return {
        "name": kept.name,
        "creators": kept.size,
        "exclusion": kept.is_exclusion,
        "made_by": kept.made_by,
        "made_at": kept.made_at.isoformat(),
    }


def entries(shown: Iterable[Any]) -> list[dict[str, Any]]:
    """Who is on a list, as ``lists.entries`` gives them, each with their accounts."""
    listed = list(shown)
    names = _account_names({entry.creator_id for entry in listed})
    return [
        {
            "creator": entry.creator.name,
            "accounts": ", ".join(names[entry.creator_id]),
            "followers": entry.followers,
            "note": entry.note,
            "added_by": entry.added_by,
            "added_at": entry.added_at.isoformat(),
        }
        for entry in listed
    ]
