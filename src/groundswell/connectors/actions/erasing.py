"""What a connection alone brought goes: disconnected, withdrawn, kept too long, or gone there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from groundswell.connectors.actions import connecting, orders
from groundswell.connectors.adapters.networks.network import Interface
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.models import Brought, Connection, Sync
from groundswell.creators.actions import erasing
from groundswell.creators.models import Account
from groundswell.terms.networks import Network
from groundswell.terms.platforms import Platform
from groundswell.workspaces import jobs
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

BY = "job"
_SHOWN = 5
_SUSPICIOUS = 20


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What was removed because a network says that it is no more.

    Attributes:
        removed: Accounts and posts.
        notes: What stays, and why.
    """

    removed: int
    notes: list[str]


def erase(*, workspace: Workspace, connection_id: UUID, now: datetime) -> int:
    """Erase what an ended connection alone brought, in the caller's transaction.

    What another connection brought as well stays and is that one's from now on; of what somebody's
    own rows speak, the name stays. Done again, it changes nothing.

    Returns:
        How many accounts were removed or emptied.
    """
    connection = Connection.objects.select_for_update(of=("self",)).filter(id=connection_id).first()
    if connection is None or connection.erase_at is None or connection.erase_at > now:
        return 0
    if connection.state != ConnectionState.ENDED:
        # A permission that was withdrawn, and not given again in time.
        connecting.end(connection, now=now)
        connection.save()
    erased = _erase(workspace, Brought.objects.filter(connection=connection), now)
    interface = INTERFACES.get(Network(connection.network))
    shop = connection.server or (interface.server if interface else "")
    others = Connection.objects.exclude(id=connection.id).exclude(state=ConnectionState.ENDED)
    bought = 0
    if not others.filter(network=connection.network, server=connection.server).exists():
        bought = orders.forget(network=Network(connection.network), shop=shop)
    Sync.objects.filter(watch__connection=connection).update(bad_items=[], aside={}, cursor=None)
    connection.erase_at = None
    connection.save(update_fields=["erase_at"])
    journal.record(
        "network.erased",
        workspace=workspace,
        by=BY,
        now=now,
        subject=str(connection),
        rows=erased.removed + erased.emptied,
        details={
            "accounts_removed": erased.removed,
            "accounts_emptied": erased.emptied,
            "observations": erased.rows,
            "orders": bought,
        },
    )
    jobs.defer("discovery.refresh_index", workspace=workspace)
    return erased.removed + erased.emptied


def let_go(connection: Connection, interface: Interface, *, now: datetime) -> int:
    """Erase what a network does not let be kept so long without reading it again."""
    if interface.keeps is None:
        return 0
    old = Brought.objects.filter(connection=connection, last_at__lt=now - interface.keeps)
    if not old.exists():
        return 0
    erased = _erase(connection.workspace, old, now)
    journal.record(
        "network.let_go",
        workspace=connection.workspace,
        by=BY,
        now=now,
        subject=str(connection),
        rows=erased.removed + erased.emptied,
        details={"days": interface.keeps.days, "observations": erased.rows},
    )
    jobs.defer("discovery.refresh_index", workspace=connection.workspace)
    return erased.removed + erased.emptied


def take_out(connection: Connection, gone: Iterable[tuple[str, str]], *, now: datetime) -> TakenOut:
    """Remove accounts and posts that the network says are deleted, suspended or opted out."""
    listed = set(gone)
    if not listed or connection.network not in set(Platform):
        return TakenOut(0, [])
    ids = [name for table, name in listed if table == "accounts"]
    posts = [(str(connection.network), name) for table, name in listed if table == "posts"]
    accounts = Account.objects.filter(platform=connection.network).filter(
        Q(platform_id__in=ids) | Q(platform_id=None, handle_key__in=[i.lower() for i in ids])
    )
    found = {account.id: str(account) for account in accounts}
    ours = set(
        Brought.objects.filter(account__in=found, is_new=True).values_list("account", flat=True)
    )
    everyone = Brought.objects.filter(connection=connection).count()
    if len(ours) >= _SUSPICIOUS and 2 * len(ours) > everyone:
        # More likely the network fails than that most of its people left on one day.
        said = f"{len(ours)} of {everyone} accounts are said to be gone at once, which nobody takes"
        return TakenOut(0, [f"{said} for true: they stay, and are asked after again"])
    Brought.objects.filter(account__in=found).update(next_at=None)
    erased = erasing.erase(ours, posts=posts, workspace=connection.workspace, now=now)
    notes = []
    if known := sorted(name for account, name in found.items() if account not in ours):
        named = ", ".join(known[:_SHOWN]) + (" and others" if len(known) > _SHOWN else "")
        notes.append(
            f"{len(known)} accounts that the network says are gone were known before it was "
            f"connected, and stay: {named}"
        )
    return TakenOut(erased.removed + erased.emptied + len(posts), notes)


def _erase(workspace: Workspace, brought: Iterable[Brought], now: datetime) -> erasing.Erased:
    """Erase the accounts that no other connection brought, and forget that these were brought."""
    rows = list(brought)
    mine = {row.account_id for row in rows if row.is_new}
    ids = [row.id for row in rows]
    others = (
        Brought.objects.exclude(id__in=ids)
        .exclude(connection__state=ConnectionState.ENDED, connection__erase_at__isnull=False)
        .filter(account__in=mine)
        .order_by("first_at")
    )
    heirs: dict[UUID, UUID] = {}
    for row in others:
        heirs.setdefault(row.account_id, row.id)
    Brought.objects.filter(id__in=heirs.values()).update(is_new=True)
    Brought.objects.filter(id__in=ids).delete()
    return erasing.erase(mine - heirs.keys(), workspace=workspace, now=now)
