"""Erasing what networks said of accounts: rows, files and all, as if it had never been brought."""

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection, models
from django.db.models import Q

from groundswell.creators import folders, queries
from groundswell.creators.actions import profiles, revisions, segments
from groundswell.creators.actions.profiles import Filled
from groundswell.creators.models import (
    Account,
    Creator,
    DuplicateProposal,
    Filing,
    Segment,
)
from groundswell.warehouse import erasure, store
from groundswell.warehouse.erasure import Going, Part
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace

# What is worked out from an account and goes with it; all else that names one is somebody's own.
_DERIVED_APPS = frozenset({"vetting", "connectors"})
_DERIVED = (Account, Creator, DuplicateProposal, Filing)
_COUNTS = ("followers", "following", "posts", "counts_observed_at")
_SAID = (
    "display_name", "bio", "url", "avatar_url", "links", "country", "region", "city", "language",
    "categories", "verified", "private", "created_at", "described_at", *_COUNTS,
)  # fmt: skip
_MEMORY = "192MB"


@dataclass(frozen=True, slots=True)
class Said:
    """What networks said, and has to go.

    Attributes:
        made: Accounts that nobody knew before a network spoke of them; those merged into them go
            too.
        known: Accounts that were known before, and what networks changed in their profiles.
        shared: Accounts of which another connection may go on to speak.
        publications: Under which numbers networks wrote; None when nobody wrote them down.
        permitted: Those of them that go of shared accounts as well: what only a permission showed.
        posts: Platform and the platform's id of posts that go with all that belongs to them.
    """

    made: Collection[UUID] = ()
    known: Mapping[UUID, Filled] = field(default_factory=dict)
    shared: Collection[UUID] = ()
    publications: Collection[int] | None = ()
    permitted: Collection[int] = ()
    posts: Collection[tuple[str, str]] = ()

    @property
    def holds_any(self) -> bool:
        """Whether anything can go at all."""
        return bool(self.made or self.known or self.posts or (self.shared and self.permitted))


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of accounts, or will.

    Attributes:
        removed: Accounts that are no more.
        emptied: Accounts that somebody's own notes, prices, lists, plans or files speak of: their
            name stays, and what networks said is gone.
        rows: Rows that went, by table of observations.
    """

    removed: int = 0
    emptied: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def accounts(self) -> int:
        """Accounts that are no more, or no longer what they were."""
        return self.removed + self.emptied


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whom it concerns.

    Attributes:
        made: With those merged into them.
        lent: Those merged ones that were known otherwise: they stay as they are.
        known: Known before, with those merged into them.
        kept: Those of the made ones whose name stays.
        going: Rows of observations that go.
        rows: How many they are, by table.
    """

    made: frozenset[UUID]
    lent: frozenset[UUID]
    known: frozenset[UUID]
    kept: frozenset[UUID]
    going: Going
    rows: Mapping[str, int]

    @property
    def erased(self) -> Erased:
        return Erased(len(self.made - self.kept), len(self.kept | self.known), self.rows)


def foresee(said: Said, *, workspace: Workspace) -> Erased:
    """What ``erase`` would do at this moment; nothing is changed."""
    if not said.holds_any:
        return Erased()
    with tempfile.TemporaryDirectory(dir=folders.spill_of(workspace)) as spill:
        return _scope(said, workspace, Path(spill)).erased


def erase(said: Said, *, workspace: Workspace, now: datetime) -> Erased:
    """Erase what networks said of accounts, and accounts of which nobody else says anything.

    Of accounts that were known before, profiles say again what they said before the networks did,
    unless somebody has changed them since. Latest counts are those of the rows that stay.

    Runs inside the caller's transaction, and publishes of the workspace wait for its end. Files
    that readers still have open go an hour later. The journal is the caller's.

    Args:
        said: What goes.
        workspace: Whose; the caller is inside it.
        now: This moment.
    """
    if not said.holds_any:
        return Erased()
    revision = revisions.begin(workspace)
    with tempfile.TemporaryDirectory(dir=folders.spill_of(workspace)) as spill:
        scope = _scope(said, workspace, Path(spill))
        root = folders.warehouse_of(workspace)
        swapped = False
        for segment in [each.described() for each in queries.live_segments()]:
            swap = erasure.erase(root, segment, scope.going, spill=Path(spill))
            if swap is not None:
                _swap(segment, swap.written, workspace=workspace, now=now)
                swapped = True
    _empty(scope.kept - scope.lent, revision)
    _take_over(scope.kept - scope.lent, scope.lent)
    _restore(said.known, revision)
    gone = scope.made - scope.kept
    creators = set(Account.objects.filter(id__in=gone).values_list("creator", flat=True))
    origins = set(Account.objects.filter(id__in=gone).values_list("origin", flat=True))
    _delete(Account, gone)
    _remove_creators(creators | origins)
    shared = frozenset(said.shared) if said.permitted else frozenset()
    _recount(scope.kept | scope.known | shared, revision)
    if swapped:
        jobs.defer("creators.tidy_segments", workspace=workspace)
    return scope.erased


def _scope(said: Said, workspace: Workspace, spill: Path) -> _Scope:
    known = _with_merged(said.known.keys())
    made = _with_merged(said.made) - known
    lent = made - set(said.made)
    network = said.publications
    parts = (
        Part({str(each) for each in made | known}, network),
        Part({str(each) for each in said.shared}, said.permitted),
    )
    going = Going([part for part in parts if part.accounts], said.posts)
    listed = [each.described() for each in queries.live_segments()]
    root = folders.warehouse_of(workspace)
    own = {UUID(each) for each in erasure.own_of(root, listed, going, spill=spill)}
    rows = erasure.counts(root, listed, going, spill=spill)
    survivors = Account.objects.filter(id__in=lent).values_list("merged_into", flat=True)
    kept = (own | _spoken_of(made) | lent | {each for each in survivors if each}) & made
    return _Scope(made, frozenset(lent), known, frozenset(kept), going, rows)


def _with_merged(accounts: Collection[UUID]) -> frozenset[UUID]:
    among = Q(id__in=list(accounts)) | Q(merged_into__in=list(accounts))
    return frozenset(Account.objects.filter(among).values_list("id", flat=True))


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


def _empty(accounts: Collection[UUID], revision: int) -> None:
    """Forget what networks said of accounts whose names stay."""
    rows = list(Account.objects.filter(id__in=accounts))
    for row in rows:
        for name in _SAID:
            if name != "display_name" or row.handle or row.platform_id:
                setattr(row, name, None)
        row.revision = revision
    Account.objects.bulk_update(rows, [*_SAID, "revision"])


def _take_over(survivors: Collection[UUID], lent: Collection[UUID]) -> None:
    """Let accounts say what those said that were merged into them and came from somewhere else."""
    rows = {row.id: row for row in Account.objects.filter(id__in=survivors)}
    for other in Account.objects.filter(id__in=lent, merged_into__in=rows).order_by("id"):
        if other.merged_into_id is None:
            continue
        row = rows[other.merged_into_id]
        for name in _SAID:
            if getattr(row, name) is None:
                setattr(row, name, getattr(other, name))
    Account.objects.bulk_update(rows.values(), _SAID)


def _restore(known: Mapping[UUID, Filled], revision: int) -> None:
    """Let profiles say again what they said before networks changed them.

    The handle stays, like the platform's id: by them somebody's own rows go on to mean the account.
    """
    rows = list(Account.objects.filter(id__in=known))
    for row in rows:
        for name, (before, after) in known[row.id].items():
            is_named = row.handle or row.platform_id or before
            if name not in _SAID or (name == "display_name" and not is_named):
                continue
            if getattr(row, name) == _value(name, after):
                setattr(row, name, _value(name, before))
        row.described_at = None
        row.revision = revision
    Account.objects.bulk_update(rows, [*_SAID, "revision"])


def _value(name: str, said: Any) -> Any:
    return datetime.fromisoformat(said) if name == "created_at" and said is not None else said


def _recount(accounts: Collection[UUID], revision: int) -> None:
    """Bring the latest counts of accounts to what the rows that stay say of them."""
    current = Account.objects.filter(id__in=accounts, merged_into=None)
    wanted = [str(each) for each in current.order_by("id").values_list("id", flat=True)]
    if not wanted:
        return
    current.update(**dict.fromkeys(_COUNTS), revision=revision)
    with queries.observations(memory_limit=_MEMORY, threads=1) as observations:
        said = observations.ask("counts_of", wanted=pa.table({"account": wanted}))
    profiles.count(said, revision=revision)


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
