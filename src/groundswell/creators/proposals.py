"""Reads of proposed duplicates: what speaks for each pair, and who the two are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from groundswell.creators.choices import ProposalState
from groundswell.creators.models import Account, Contact, Creator, DuplicateProposal

SURENESS = {"0.9": "very likely", "0.6": "likely", "": "all"}
_SHOWN_ACCOUNTS = 6


@dataclass(frozen=True, slots=True)
class Side:
    """One of two creators who may be one.

    Attributes:
        creator: Who.
        accounts: The largest accounts.
        more: How many accounts are not among these.
        contacts: How many ways to reach them are known.
    """

    creator: Creator
    accounts: list[Account]
    more: int
    contacts: int

    @property
    def followers(self) -> int:
        """Of all shown accounts together; what is unknown counts for nothing."""
        return sum(account.followers or 0 for account in self.accounts)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two creators who may be one.

    Attributes:
        proposal: What speaks for it, and what was decided.
        first: The one of the two with more followers.
        second: The other.
    """

    proposal: DuplicateProposal
    first: Side
    second: Side


def open_ones(*, at_least: float = 0.0, text: str = "") -> QuerySet[DuplicateProposal]:
    """Pairs that somebody should decide on, the surest first."""
    found = DuplicateProposal.objects.filter(
        state=ProposalState.PROPOSED,
        first__merged_into=None,
        second__merged_into=None,
        score__gte=at_least,
    )
    return _named(found, text).select_related("first", "second").order_by("-score", "id")


def decided(*, text: str = "") -> QuerySet[DuplicateProposal]:
    """Pairs that were decided on, the last one first."""
    found = DuplicateProposal.objects.exclude(state=ProposalState.PROPOSED)
    return _named(found, text).select_related("first", "second").order_by("-decided_at", "id")


def counts() -> dict[str, int]:
    """How many open pairs there are, by how sure they are, and how many were decided."""
    decided = DuplicateProposal.objects.exclude(state=ProposalState.PROPOSED).count()
    return {**open_counts(), "decided": decided}


def open_counts() -> dict[str, int]:
    """How many open pairs there are, by how sure they are."""
    # Few creators were merged: asking whether one was beats reading every creator of a pair.
    gone = Creator.objects.exclude(merged_into=None)
    counted: dict[str, int] = DuplicateProposal.objects.filter(
        ~Exists(gone.filter(id=OuterRef("first_id"))),
        ~Exists(gone.filter(id=OuterRef("second_id"))),
        state=ProposalState.PROPOSED,
    ).aggregate(
        all=Count("id"),
        very_likely=Count("id", filter=Q(score__gte=0.9)),
        likely=Count("id", filter=Q(score__gte=0.6)),
    )
    return counted


def pairs(of: Iterable[DuplicateProposal]) -> list[Pair]:
    """The proposals with what is known of both creators."""
    listed = list(of)
    creators = {c for p in listed for c in (p.first_id, p.second_id)}
    here = Account.objects.filter(merged_into=None).order_by("platform", "id")
    accounts = list(here.filter(Q(creator__in=creators) | Q(origin__in=creators)))
    known: dict[Any, int] = dict(
        Contact.objects.filter(creator__in=creators).values_list("creator").annotate(Count("id"))
    )

    def side_of(proposal: DuplicateProposal, creator: Creator) -> Side:
        # Two who were merged each show what they came with.
        of_whom = "origin_id" if proposal.state == ProposalState.MERGED else "creator_id"
        mine = [account for account in accounts if getattr(account, of_whom) == creator.id]
        mine.sort(key=lambda account: -(account.followers or 0))
        more = max(0, len(mine) - _SHOWN_ACCOUNTS)
        return Side(creator, mine[:_SHOWN_ACCOUNTS], more, known.get(creator.id, 0))

    found = []
    for proposal in listed:
        one, other = side_of(proposal, proposal.first), side_of(proposal, proposal.second)
        larger, smaller = (one, other) if one.followers >= other.followers else (other, one)
        found.append(Pair(proposal, larger, smaller))
    return found


def side(creator: Creator) -> Side:
    """A creator to be held beside another."""
    mine = list(
        Account.objects.filter(creator=creator, merged_into=None).order_by("platform", "id")
    )
    mine.sort(key=lambda account: -(account.followers or 0))
    contacts = Contact.objects.filter(creator=creator).count()
    more = max(0, len(mine) - _SHOWN_ACCOUNTS)
    return Side(creator, mine[:_SHOWN_ACCOUNTS], more, contacts)


def followers_of(creators: Collection[UUID]) -> dict[UUID, int]:
    """The followers of each creator's largest account, where they are known."""
    found = Account.objects.filter(creator__in=creators, merged_into=None, followers__isnull=False)
    return dict(found.values_list("creator").annotate(Max("followers")))


def _named(found: QuerySet[DuplicateProposal], text: str) -> QuerySet[DuplicateProposal]:
    if not text:
        return found
    return found.filter(Q(first__name__icontains=text) | Q(second__name__icontains=text))
