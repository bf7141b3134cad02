"""Likeness: what speaks for two creators being one.

Each kind of evidence has a weight, our judgement of how often two creators who share it are one;
the score of a pair is what remains when the kinds are taken as independent, 1 - product(1 -
weight). It puts proposals in order and is no calibrated probability.
A name proposes nobody, since strangers share names: it only confirms other evidence. What many
share says nothing either, so a picture, page or address that more than a few creators have is
passed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from uuid import UUID

from groundswell.creators import addresses
from groundswell.terms.platforms import AccountRef, Platform

FEW = 6  # what more creators than this share is common property
WEIGHTS = {
    "linked_both_ways": 0.9,
    "avatar": 0.7,
    "linked": 0.6,
    "site": 0.6,
    "contact": 0.6,
    "handle": 0.4,
    "name": 0.35,
}
# Enough by themselves; the others need company.
_ENOUGH = frozenset({"linked_both_ways", "linked", "contact"})


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """What one account shows of its creator."""

    creator: UUID
    platform: Platform
    platform_id: str | None
    handle: str | None
    display_name: str | None
    bio: str | None
    avatar_url: str | None
    links: Sequence[str]  # the account's own url is none of them

    def __str__(self) -> str:
        return f"{self.platform}:{self.handle or self.platform_id or self.display_name}"


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two creators who may be one, and why; ``reasons`` by kind."""

    first: UUID
    second: UUID
    reasons: Mapping[str, str]

    @property
    def score(self) -> float:
        """How much the evidence weighs together, in (0, 1)."""
        return 1 - prod(1 - WEIGHTS[kind] for kind in self.reasons)


class _Pairs:
    """Reasons collected for pairs of creators."""

    def __init__(self) -> None:
        self.reasons: dict[tuple[UUID, UUID], dict[str, str]] = defaultdict(dict)

    def note(self, one: UUID, other: UUID, kind: str, reason: str) -> None:
        if one != other:
            self.reasons[min(one, other), max(one, other)].setdefault(kind, reason)


def find(presences: Iterable[Presence], contacts: Iterable[tuple[UUID, bytes]]) -> list[Likeness]:
    """Pairs of creators who may be one.

    Args:
        presences: Every account of every creator.
        contacts: Creator and fingerprint of every direct contact; agents' are shared by nature.
    """
    accounts = list(presences)
    pairs = _Pairs()
    _note_handles(pairs, accounts)
    _note_pictures(pairs, accounts)
    _note_links(pairs, accounts)
    _note_contacts(pairs, contacts)
    _note_names(pairs, accounts)
    return [
        Likeness(first, second, reasons)
        for (first, second), reasons in sorted(pairs.reasons.items())
        if len(reasons) > 1 or _ENOUGH & reasons.keys()
    ]


def _note_handles(pairs: _Pairs, accounts: Iterable[Presence]) -> None:
    for one, other in _sharing((a.handle.casefold(), a) for a in accounts if a.handle):
        if one.platform != other.platform:
            reason = f"both go by {one.handle!r}, on {one.platform} and on {other.platform}"
            pairs.note(one.creator, other.creator, "handle", reason)


def _note_pictures(pairs: _Pairs, accounts: Iterable[Presence]) -> None:
    for one, other in _sharing((a.avatar_url, a) for a in accounts if a.avatar_url):
        reason = f"{one} and {other} show the same picture"
        pairs.note(one.creator, other.creator, "avatar", reason)


def _note_names(pairs: _Pairs, accounts: Iterable[Presence]) -> None:
    """Names confirm what something else suggests, however many bear them."""
    names: dict[UUID, dict[str, str]] = defaultdict(dict)
    for account in accounts:
        if account.display_name:
            spelled = " ".join(account.display_name.casefold().split())
            names[account.creator].setdefault(spelled, account.display_name)
    for (first, second), reasons in pairs.reasons.items():
        shared = names[first].keys() & names[second].keys()
        if shared:
            reasons["name"] = f"both are called {names[first][min(shared)]!r}"


def _note_links(pairs: _Pairs, accounts: Sequence[Presence]) -> None:
    pointing, sites = _pointers(accounts)
    for owner, pointers in pointing.items():
        is_famous = len({pointer.creator for pointer in pointers}) > FEW
        for account in pointers:
            if owner in pointing.get(account, ()):
                one, other = sorted((account, owner), key=str)
                reason = f"{one} and {other} point to each other"
                pairs.note(account.creator, owner.creator, "linked_both_ways", reason)
            elif not is_famous:
                reason = f"{account} points to {owner}"
                pairs.note(account.creator, owner.creator, "linked", reason)
    for one, other in _sharing(sites):
        reason = f"{one} and {other} link to the same page"
        pairs.note(one.creator, other.creator, "site", reason)


def _pointers(
    accounts: Sequence[Presence],
) -> tuple[dict[Presence, list[Presence]], list[tuple[str, Presence]]]:
    """Who points to each account from another platform, and each account's own pages."""
    owners: dict[AccountRef, Presence | None] = {}
    for account in accounts:
        for name in {n.casefold() for n in (account.platform_id, account.handle) if n}:
            ref = AccountRef(account.platform, name)
            owners[ref] = None if ref in owners else account  # a name of two points to neither
    pointing: dict[Presence, list[Presence]] = defaultdict(list)
    sites: list[tuple[str, Presence]] = []
    for account in accounts:
        targets, own_sites = _pointed_to(account)
        sites += ((site, account) for site in sorted(own_sites))
        for target in sorted(targets):
            owner = owners.get(AccountRef(target.platform, target.name.casefold()))
            if owner is not None and owner.platform != account.platform:
                pointing[owner].append(account)
    return pointing, sites


def _pointed_to(account: Presence) -> tuple[set[AccountRef], set[str]]:
    """Accounts and pages of one's own that links and bio point to."""
    bio = account.bio or ""
    links = [*account.links, *addresses.links_in(bio)]
    targets = set(addresses.mentions_in(bio))
    targets |= {target for target in map(addresses.account_at, links) if target is not None}
    return targets, {site for site in map(addresses.site_at, links) if site is not None}


def _note_contacts(pairs: _Pairs, contacts: Iterable[tuple[UUID, bytes]]) -> None:
    holders: dict[bytes, set[UUID]] = defaultdict(set)
    for creator, fingerprint in contacts:
        holders[fingerprint].add(creator)
    for creators in holders.values():
        if len(creators) <= FEW:
            for one, other in combinations(sorted(creators), 2):
                pairs.note(one, other, "contact", "both are reached at the same address")


def _sharing(keyed: Iterable[tuple[str, Presence]]) -> Iterator[tuple[Presence, Presence]]:
    """Pairs of accounts with the same key, where only a few creators have it."""
    groups: dict[str, list[Presence]] = defaultdict(list)
    for key, account in keyed:
        groups[key].append(account)
    for group in groups.values():
        if 1 < len({account.creator for account in group}) <= FEW:
            yield from combinations(sorted(group, key=str), 2)
