"""What a connection brought goes: disconnected, withdrawn, kept too long, or gone there."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from django.db.models import Q, QuerySet

from groundswell.connectors.actions import connecting, orders
from groundswell.connectors.adapters.networks.network import Interface, Way
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Brought, Connection, Sync
from groundswell.creators import queries
from groundswell.creators.actions import erasing
from groundswell.creators.actions.erasing import Erased, Said
from groundswell.creators.actions.profiles import Filled, over
from groundswell.creators.models import Account
from groundswell.terms.networks import Network
from groundswell.terms.platforms import Platform
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

BY = "job"
_SHOWN = 5
_SUSPICIOUS = 20
_MEMORY = "192MB"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What was removed because a network says that it is no more.

    Attributes:
        removed: Accounts and posts.
        notes: What stays, and why.
        rows: Observations that went.
    """

    removed: int
    notes: list[str]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """What went with a connection, or will.

    Attributes:
        erased: Of accounts and observations.
        orders: Orders of a shop.
    """

    erased: Erased = field(default_factory=Erased)
    orders: int = 0


def foresee(*, workspace: Workspace, connection: Connection) -> Gone:
    """What goes when a connection is ended with deletion at this moment; nothing is changed."""
    brought = _Claim.of(Brought.objects.filter(connection=connection), connection)
    erased = erasing.foresee(brought.said(), workspace=workspace)
    shop = _shop_of(connection)
    return Gone(erased, orders.count(network=Network(connection.network), shop=shop) if shop else 0)


def erase(*, workspace: Workspace, connection_id: UUID, now: datetime) -> Gone:
    """Erase what an ended connection brought, in the caller's transaction.

    What another connection brought as well stays and is that one's from now on, but for what only
    the permission showed. Of what somebody's own rows or files speak, the name stays, and what they
    say. Done again, it changes nothing.
    """
    connection = Connection.objects.select_for_update(of=("self",)).filter(id=connection_id).first()
    if connection is None or connection.erase_at is None or connection.erase_at > now:
        return Gone()
    if connection.state != ConnectionState.ENDED:
        # A permission that was withdrawn, and not given again in time.
        connecting.end(connection, now=now)
        connection.save()
    erased = _erase(connection, Brought.objects.filter(connection=connection), now)
    shop = _shop_of(connection)
    bought = orders.forget(network=Network(connection.network), shop=shop) if shop else 0
    Sync.objects.filter(watch__connection=connection).update(bad_items=[], aside={}, cursor=None)
    connection.erase_at = None
    connection.save(update_fields=["erase_at"])
    journal.record(
        "network.erased",
        workspace=workspace,
        by=BY,
        now=now,
        subject=str(connection),
        rows=erased.accounts,
        details={
            "accounts_removed": erased.removed,
            "accounts_emptied": erased.emptied,
            "observations": dict(erased.rows),
            "orders": bought,
        },
    )
    jobs.defer("discovery.refresh_index", workspace=workspace)
    return Gone(erased, bought)


def _shop_of(connection: Connection) -> str:
    """The shop whose orders go with a connection: empty where another one reads it too."""
    others = Connection.objects.exclude(id=connection.id).exclude(state=ConnectionState.ENDED)
    if others.filter(network=connection.network, server=connection.server).exists():
        return ""
    interface = INTERFACES.get(Network(connection.network))
    return connection.server or (interface.server if interface else "")


def let_go(connection: Connection, interface: Interface, *, now: datetime) -> int:
    """Erase what a network does not let be kept so long without reading it again.

    Of accounts that are read again and again, the posts go that were not among what was read.
    """
    if interface.keeps is None:
        return 0
    before = now - interface.keeps
    brought = Brought.objects.filter(connection=connection)
    erased = _erase(connection, brought.filter(last_at__lt=before), now)
    posts = _unread(brought, before)
    unread = erasing.erase(
        Said(publications=publications(), posts=posts), workspace=connection.workspace, now=now
    )
    if not erased.accounts and not posts:
        return 0
    rows = {table: Counter(erased.rows)[table] + count for table, count in unread.rows.items()}
    journal.record(
        "network.let_go",
        workspace=connection.workspace,
        by=BY,
        now=now,
        subject=str(connection),
        rows=erased.accounts,
        details={"days": interface.keeps.days, "observations": dict(erased.rows) | rows},
    )
    jobs.defer("discovery.refresh_index", workspace=connection.workspace)
    return erased.accounts


def _unread(brought: QuerySet[Brought], before: datetime) -> list[tuple[str, str]]:
    """Posts of accounts that were brought, which nobody has read since a moment."""
    accounts = [str(each) for each in brought.values_list("account", flat=True)]
    if not accounts:
        return []
    known, tables = publications(), ["posts", "post_observations"]
    with queries.observations(tables=tables, memory_limit=_MEMORY, threads=1) as observations:
        found = observations.ask(
            "unread_posts",
            wanted=pa.table({"account": accounts}),
            network=pa.table({"publication": pa.array(known or (), pa.int64())}),
            is_known=known is not None,
            before=before,
        )
    return [(row["platform"], row["post_id"]) for row in found.to_pylist()]


def take_out(
    connection: Connection,
    gone: Iterable[tuple[str, str]],
    *,
    now: datetime,
    shown: int | None = None,
    is_sure: bool = False,
) -> TakenOut:
    """Remove accounts and posts that the network says are deleted, suspended or opted out.

    Args:
        connection: Whose network says so.
        gone: Table and the platform's id of each.
        now: This moment.
        shown: How many posts came along: where more are gone, that is not believed. None where each
            was said to be deleted.
        is_sure: Whether each account was said to be gone; else most of them at once are not
            believed.
    """
    listed = set(gone)
    if not listed or connection.network not in set(Platform):
        return TakenOut(0, [])
    ids = [name for table, name in listed if table == "accounts"]
    posts = [(str(connection.network), name) for table, name in listed if table == "posts"]
    notes = []
    if shown is not None and len(posts) >= _SUSPICIOUS and len(posts) > shown:
        notes.append(
            f"{len(posts)} posts are said to be gone at once where {shown} are there, which nobody "
            "takes for true: they stay"
        )
        posts = []
    accounts = Account.objects.filter(platform=connection.network).filter(
        Q(platform_id__in=ids) | Q(platform_id=None, handle_key__in=[i.lower() for i in ids])
    )
    found = {account.id: str(account) for account in accounts}
    rows = list(Brought.objects.filter(account__in=found).order_by("first_at"))
    ours = {row.account_id for row in rows if row.is_new}
    everyone = Brought.objects.filter(connection=connection).count()
    said = {row.account_id for row in rows}
    if not is_sure and len(said) >= _SUSPICIOUS and 2 * len(said) > everyone:
        # More likely the network fails than that most of its people left on one day.
        note = f"{len(said)} of {everyone} accounts are said to be gone at once, which nobody takes"
        return TakenOut(0, [*notes, f"{note} for true: they stay, and are asked after again"])
    before: dict[UUID, Filled] = {}
    for row in rows:
        if row.account_id not in ours:
            before[row.account_id] = over(before.get(row.account_id, {}), row.filled or {})
    Brought.objects.filter(account__in=found).update(next_at=None, filled=None)
    erased = erasing.erase(
        Said(made=ours, known=before, publications=publications(), posts=posts),
        workspace=connection.workspace,
        now=now,
    )
    if known := sorted(name for account, name in found.items() if account not in ours):
        named = ", ".join(known[:_SHOWN]) + (" and others" if len(known) > _SHOWN else "")
        notes.append(
            f"{len(known)} accounts that the network says are gone were known before it was "
            f"connected, and stay with what your files say: {named}"
        )
    removed = erased.accounts - len(before) + len(posts)
    return TakenOut(removed, notes, sum(erased.rows.values()))


def _erase(connection: Connection, brought: Iterable[Brought], now: datetime) -> Erased:
    """Erase what no other connection brought, and forget that this one did."""
    claim = _Claim.of(brought, connection)
    said = claim.said()
    claim.pass_on()
    return erasing.erase(said, workspace=connection.workspace, now=now)


@dataclass(frozen=True, slots=True)
class _Claim:
    """Accounts that a connection brought, and who else did.

    Attributes:
        connection: Which.
        rows: What it brought.
        heirs: By account, who brought it as well and whose it is from now on.
    """

    connection: Connection
    rows: list[Brought]
    heirs: dict[UUID, Brought]

    @classmethod
    def of(cls, brought: Iterable[Brought], connection: Connection) -> "_Claim":
        rows = list(brought)
        others = (
            Brought.objects.exclude(id__in=[row.id for row in rows])
            .exclude(connection__state=ConnectionState.ENDED, connection__erase_at__isnull=False)
            .filter(account__in={row.account_id for row in rows})
            .order_by("first_at")
        )
        heirs: dict[UUID, Brought] = {}
        for row in others:
            heirs.setdefault(row.account_id, row)
        return cls(connection, rows, heirs)

    def said(self) -> Said:
        alone = [row for row in self.rows if row.account_id not in self.heirs]
        own = Sync.objects.filter(watch__connection=self.connection, watch__way=Way.OWN)
        permitted = [
            set(_numbers(said or ())) for said in own.values_list("publications", flat=True)
        ]
        return Said(
            made={row.account_id for row in alone if row.is_new},
            known={row.account_id: row.filled or {} for row in alone if not row.is_new},
            shared=self.heirs.keys(),
            publications=publications(),
            permitted=set[int]().union(*permitted),
        )

    def pass_on(self) -> None:
        """Give the heirs what is theirs from now on, and forget the rest."""
        for row in self.rows:
            if (heir := self.heirs.get(row.account_id)) is None:
                continue
            heir.is_new = heir.is_new or row.is_new
            if row.filled or heir.filled:
                first, last = sorted((row, heir), key=lambda each: each.first_at)
                heir.filled = over(first.filled or {}, last.filled or {})
        Brought.objects.bulk_update(self.heirs.values(), ["is_new", "filled"])
        Brought.objects.filter(id__in=[row.id for row in self.rows]).delete()


def publications() -> Collection[int] | None:
    """Under which numbers networks wrote in this workspace; None when a sync did not keep them."""
    syncs = Sync.objects.exclude(items=0, publications=None).values_list("publications", flat=True)
    found: set[int] = set()
    for said in syncs.iterator():
        if said is None:
            return None
        found.update(_numbers(said))
    return found


def _numbers(ranges: Iterable[tuple[int, int]]) -> Iterable[int]:
    return (number for first, last in ranges for number in range(first, last + 1))
