"""What owners of accounts no longer want kept goes when the network tells that they changed it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import pyarrow as pa

from groundswell.connectors.actions import erasing
from groundswell.connectors.actions.erasing import TakenOut
from groundswell.connectors.adapters.networks.network import Way
from groundswell.connectors.adapters.networks.pages import OptOut
from groundswell.connectors.models import Brought, Connection
from groundswell.creators import queries
from groundswell.creators.actions.erasing import Said, erase
from groundswell.creators.actions.profiles import Filled, over
from groundswell.creators.models import Account
from groundswell.workspaces.actions import journal

_DESCRIPTION = ("bio", "links", "avatar_url", "verified")
_MEMORY = "192MB"
_SHOWN = 5

# What each account's owner does not want, by the platform's id.
Wishes = Mapping[str, Collection[OptOut]]


def forget(connection: Connection, wishes: Wishes, *, now: datetime) -> list[str]:
    """Erase what was read while owners still let it, in the caller's transaction.

    All that networks said of such an account goes; what they may still say comes with the batch
    that told of the wish, and is published after this. What files say stays.

    Returns:
        Notes of what went.
    """
    publications = erasing.publications()
    known = _known(connection, wishes, publications)
    if not known:
        return []
    Brought.objects.filter(account__in=known).update(filled=None)
    going = Said(known=known, publications=publications)
    erased = erase(going, workspace=connection.workspace, now=now)
    _journal(connection, len(known), sum(erased.rows.values()), now)
    names = sorted(map(str, Account.objects.filter(id__in=known)))
    named = ", ".join(names[:_SHOWN]) + (" and others" if len(names) > _SHOWN else "")
    note = f"{len(names)} accounts ask now that less is kept of them, and what was read before"
    return [f"{note} was erased: {named}"]


def _known(
    connection: Connection, wishes: Wishes, publications: Collection[int] | None
) -> dict[UUID, Filled]:
    """Accounts of which more is kept than their owners want, and what their profiles go back to."""
    asked = [name for name, kinds in wishes.items() if kinds]
    rows = Account.objects.filter(platform=connection.network, platform_id__in=asked)
    wanted = {row: wishes[str(row.platform_id)] for row in rows}
    wordless = {row.id for row, kinds in wanted.items() if OptOut.WORDS in kinds}
    known: dict[UUID, Filled] = {each: {} for each in _with_words(wordless, publications)}
    bare = {row.id: row for row, kinds in wanted.items() if OptOut.DESCRIPTION in kinds}
    brought = Brought.objects.filter(account__in=wanted).order_by("first_at")
    ours = set(brought.filter(is_new=True).values_list("account", flat=True))
    for account in ours & bare.keys():
        said = {name: getattr(bare[account], name) for name in _DESCRIPTION}
        if any(said.values()):
            known[account] = {name: [None, value] for name, value in said.items()}
    for row in brought.exclude(account__in=ours).exclude(filled=None):
        filled: Filled = row.filled or {}
        is_described = row.account_id in bare and not filled.keys().isdisjoint(_DESCRIPTION)
        if row.account_id in known or is_described:
            known[row.account_id] = over(known.get(row.account_id, {}), filled)
    return known


def leave(connection: Connection, wishes: Wishes, *, now: datetime) -> TakenOut:
    """Remove accounts whose owners don't want them to be kept, or to be found.

    Those that somebody asked for by name were not found.
    """
    unwanted = _unwanted(connection, wishes)
    gone = erasing.take_out(connection, unwanted, now=now, is_sure=True)
    if gone.removed or gone.rows:
        _journal(connection, len(unwanted), gone.rows, now)
    return gone


def _journal(connection: Connection, accounts: int, observations: int, now: datetime) -> None:
    journal.record(
        "network.opted_out",
        workspace=connection.workspace,
        by=erasing.BY,
        now=now,
        subject=str(connection),
        rows=accounts,
        details={"observations": observations},
    )


def _unwanted(connection: Connection, wishes: Wishes) -> list[tuple[str, str]]:
    unkept = {name for name, kinds in wishes.items() if OptOut.BEING_KEPT in kinds}
    unfound = {name for name, kinds in wishes.items() if OptOut.BEING_FOUND in kinds}
    brought = Brought.objects.filter(
        account__platform=connection.network, account__platform_id__in=unfound
    )
    named = brought.filter(watch__way=Way.ACCOUNT).values_list("account__platform_id", flat=True)
    found = set(brought.values_list("account__platform_id", flat=True)) - set(named)
    return [("accounts", str(each)) for each in unkept | found]


def _with_words(accounts: Collection[UUID], publications: Collection[int] | None) -> set[UUID]:
    """Those of whose posts networks brought words."""
    if not accounts:
        return set()
    with queries.observations(tables=["posts"], memory_limit=_MEMORY, threads=1) as observations:
        found = observations.ask(
            "with_words",
            wanted=pa.table({"account": [str(each) for each in accounts]}),
            network=pa.table({"publication": pa.array(publications or (), pa.int64())}),
            is_known=publications is not None,
        )
    return set(map(UUID, found["account"].to_pylist()))
