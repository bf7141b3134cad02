"""Erasing what networks said of accounts: rows, files and all, as if it had never been brought."""

import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from groundswell.creators import folders, queries
from groundswell.creators.actions import revisions, segments
from groundswell.creators.models import (
    Account,
    Creator,
    DuplicateProposal,
    Filing,
    Segment,
)
from groundswell.warehouse import erasure, store
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace

# What is worked out from an account and goes with it; all else that names one is somebody's own.
_DERIVED_APPS = frozenset({"vetting", "connectors"})
_DERIVED = (Account, Creator, DuplicateProposal, Filing)
_SAID = (
    "display_name", "bio", "url", "avatar_url", "links", "country", "region", "city", "language",
    "categories", "verified", "private", "created_at", "described_at", "followers", "following",
    "posts", "counts_observed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of accounts.

    Attributes:
        removed: Accounts that are no more.
        emptied: Accounts that somebody's own notes, prices, lists, plans or files speak of: their
            name stays, and what networks said is gone.
        rows: Observations that went.
    """

    removed: int
    emptied: int
    rows: int


def erase(
    accounts: Collection[UUID],
    *,
    workspace: Workspace,
    now: datetime,
    posts: Collection[tuple[str, str]] = (),
) -> Erased:
    """Erase accounts with all that networks said of them, and posts with all that belongs to them.

    Runs inside the caller's transaction, and publishes of the workspace wait for its end. Files
    that readers still have open go an hour later. The journal is the caller's.

    Args:
        accounts: Which accounts; those merged into them go too.
        workspace: Whose; the caller is inside it.
        now: This moment.
        posts: Platform and the platform's id of each.
    """
    if not accounts and not posts:
        return Erased(0, 0, 0)
    revision = revisions.begin(workspace)
    everyone = set(
        Account.objects.filter(Q(id__in=accounts) | Q(merged_into__in=accounts)).values_list(
            "id", flat=True
        )
    )
    named = {str(account) for account in everyone}
    listed = [each.described() for each in queries.live_segments()]
    root = folders.warehouse_of(workspace)
    with tempfile.TemporaryDirectory(dir=folders.spill_of(workspace)) as spill:
        own = erasure.own_of(root, listed, accounts=named, spill=Path(spill)) if named else set()
        rows = 0
        for segment in listed:
            swap = erasure.erase(root, segment, accounts=named, posts=posts, spill=Path(spill))
            if swap is not None:
                rows += segment.rows - sum(each.rows for each in swap.written)
                _swap(segment, swap.written, workspace=workspace, now=now)
    kept = {UUID(account) for account in own} | _spoken_of(everyone)
    emptied = _empty(kept & everyone, revision)
    gone = everyone - kept
    creators = set(Account.objects.filter(id__in=gone).values_list("creator", flat=True))
    origins = set(Account.objects.filter(id__in=gone).values_list("origin", flat=True))
    _delete(Account, gone)
    _remove_creators(creators | origins)
    if rows:
        jobs.defer("creators.tidy_segments", workspace=workspace)
    return Erased(len(gone), emptied, rows)


def _swap(
    segment: store.Segment, written: Iterable[store.Segment], *, workspace: Workspace, now: datetime
) -> None:
    before = Segment.objects.get(path=segment.path)
    before.retired_at = now
    before.save(update_fields=["retired_at"])
    segments.enlist(written, workspace=workspace, publication=before.publication)


def _spoken_of(accounts: Collection[UUID]) -> set[UUID]:
    """Accounts that somebody's own rows name, or whose creator is named so."""
    found: set[UUID] = set()
    for model, name in _own_links(Account):
        found |= set(
            model._base_manager.filter(**{f"{name}__in": accounts}).values_list(name, flat=True)  # noqa: SLF001
        )
    of = dict(Account.objects.filter(id__in=accounts).values_list("id", "creator"))
    for model, name in _own_links(Creator):
        named = set(
            model._base_manager.filter(**{f"{name}__in": set(of.values())}).values_list(  # noqa: SLF001
                name, flat=True
            )
        )
        found |= {account for account, creator in of.items() if creator in named}
    return found


def _own_links(target: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    return [link for link in _all_links(target) if not _is_derived(link[0])]


def _derived_links(target: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Columns of derived tables that name rows of a table."""
    derived = [link for link in _all_links(target) if _is_derived(link[0])]
    return [link for link in derived if link[0] not in (Account, Creator)]


def _all_links(target: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    return [
        (link.related_model, link.field.name)
        for link in target._meta.get_fields(include_hidden=True)
        if isinstance(link, models.ManyToOneRel)
    ]


def _is_derived(model: type[models.Model]) -> bool:
    return model in _DERIVED or model._meta.app_label in _DERIVED_APPS


def _empty(accounts: Collection[UUID], revision: int) -> int:
    """Forget what networks said of accounts whose names stay."""
    rows = list(Account.objects.filter(id__in=accounts))
    for row in rows:
        for name in _SAID:
            if name != "display_name" or row.handle or row.platform_id:
                setattr(row, name, None)
        row.revision = revision
    Account.objects.bulk_update(rows, [*_SAID, "revision"])
    return len(rows)


def _remove_creators(creators: Collection[UUID]) -> None:
    """Remove creators who have no account any more, nor ever had one that is left."""
    left = Account.objects.filter(Q(creator__in=creators) | Q(origin__in=creators))
    used = {each for pair in left.values_list("creator", "origin") for each in pair}
    named: set[UUID] = set()
    for model, name in _own_links(Creator):
        named |= set(
            model._base_manager.filter(**{f"{name}__in": creators}).values_list(name, flat=True)  # noqa: SLF001
        )
    going = set(creators) - used - named
    while merged := set(
        Creator.objects.filter(merged_into__in=going)
        .exclude(id__in=going)
        .values_list("merged_into", flat=True)
    ):
        going -= merged
    _delete(Creator, going)


def _delete(target: type[Account | Creator], ids: Collection[UUID]) -> None:
    """Delete rows with all that is derived from them.

    Django's own cascade would try to delete from tables whose rows nobody may delete; that none of
    those names these rows was made sure of before, and the database checks it at the commit.
    """
    for model, name in _derived_links(target):
        model._base_manager.filter(**{f"{name}__in": ids}).delete()  # noqa: SLF001
    with connection.cursor() as cursor:
        table = target._meta.db_table
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608 - ours
