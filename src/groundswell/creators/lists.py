"""Reads of lists: which there are, who is on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from groundswell.creators.models import Account, CreatorList, ListEntry
from groundswell.terms.errors import Refusal

# By what a list can be sorted: its word, and the columns of ``entries``.
ORDERS = {
    "added": ("-added_at", "creator__name", "id"),
    "name": ("creator__name", "id"),
    "followers": (F("followers").desc(nulls_last=True), "id"),
}


class UnknownList(Refusal):
    """No list of the workspace goes by that name."""

    code = "unknown_list"


@dataclass(frozen=True, slots=True)
class Preview:
    """What adding some creators to a list would do.

    Attributes:
        kept: The list.
        adds: How many would be new on it.
        present: How many are on it already.
    """

    kept: CreatorList
    adds: int
    present: int


def lists() -> QuerySet[CreatorList]:
    """The lists, by name, each with its ``size``."""
    return _sized(CreatorList.objects.filter(deleted_at=None)).order_by("name", "id")


def deleted() -> QuerySet[CreatorList]:
    """Lists that could be brought back, the last deleted first, each with its ``size``."""
    return _sized(CreatorList.objects.exclude(deleted_at=None)).order_by("-deleted_at", "id")


def by_id(list_id: UUID, *, is_deleted: bool = False) -> CreatorList:
    """The list of that id.

    Raises:
        UnknownList: When there is none in the workspace.
    """
    kept = (deleted() if is_deleted else lists()).filter(id=list_id).first()
    if kept is None:
        raise UnknownList(f"there is no list {str(list_id)!r} here: it may have been deleted")
    return kept


def named(name: str, *, is_deleted: bool = False) -> CreatorList:
    """The list of that name, without regard to case; of deleted ones the last.

    Raises:
        UnknownList: When there is none.
    """
    kept = (deleted() if is_deleted else lists()).filter(name__iexact=name.strip()).first()
    if kept is None:
        raise UnknownList(
            f"there is no list {name!r}: `groundswell lists list` shows those that exist"
        )
    return kept


def exclusion_names() -> list[str]:
    """Names of the lists whose members are left out everywhere."""
    return list(lists().filter(is_exclusion=True).values_list("name", flat=True))


def excluded_accounts() -> set[UUID]:
    """Accounts of creators on an exclusion list."""
    left_out = ListEntry.objects.filter(
        removed_at=None, list__is_exclusion=True, list__deleted_at=None
    )
    found = Account.objects.filter(creator__in=left_out.values("creator"), merged_into=None)
    return set(found.values_list("id", flat=True))


def entries(kept: CreatorList, *, order: str = "added", text: str = "") -> QuerySet[Any]:
    """Who is on a list, each creator once, with their largest account and its followers.

    Args:
        kept: The list.
        order: A word of ``ORDERS``.
        text: A part of a creator's name, or of the note.
    """
    accounts = Account.objects.filter(creator=OuterRef("creator"), merged_into=None)
    largest = accounts.order_by(F("followers").desc(nulls_last=True), "id")
    found = _each_once(ListEntry.objects.filter(list=kept, removed_at=None))
    if text.strip():
        found = found.filter(
            Q(creator__name__icontains=text.strip()) | Q(note__icontains=text.strip())
        )
    return (
        found.select_related("creator")
        .annotate(
            account=Subquery(largest.values("id")[:1]),
            followers=Subquery(largest.values("followers")[:1]),
        )
        .order_by(*ORDERS[order])
    )


def previews(creators: Collection[UUID]) -> list[Preview]:
    """For each list what adding these creators would do."""
    here = Q(removed_at=None)
    counted = dict(
        ListEntry.objects.filter(here, creator__in=list(creators))
        .values_list("list")
        .annotate(Count("creator", distinct=True))
    )
    present = {kept: counted.get(kept.id, 0) for kept in lists()}
    return [Preview(kept, len(creators) - number, number) for kept, number in present.items()]


def owners(accounts: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whose accounts these are, after all merges; accounts that are gone are left out."""
    found = Account.objects.filter(id__in=accounts)
    pairs = found.values_list("id", "creator_id", "merged_into__creator_id")
    return {account: survivor or own for account, own, survivor in pairs}


def creators_of(accounts: Sequence[UUID]) -> list[UUID]:
    """The creators of some accounts, each once, in the order of the accounts."""
    known = owners(accounts)
    return list(dict.fromkeys(known[each] for each in accounts if each in known))


def _each_once(found: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
    """Creators who were merged since they were added are one now."""
    earlier = ListEntry.objects.filter(
        list=OuterRef("list"),
        creator=OuterRef("creator"),
        removed_at=None,
        id__lt=OuterRef("id"),
    )
    return found.exclude(Exists(earlier))


def _sized(found: QuerySet[CreatorList]) -> QuerySet[CreatorList]:
    on_it = ListEntry.objects.filter(list=OuterRef("id"), removed_at=None).order_by()
    size = on_it.values("list").annotate(size=Count("creator", distinct=True)).values("size")
    return found.annotate(size=Coalesce(Subquery(size), 0))
