"""How connections stand: what they watch, how new it is, what goes on, what is left to spend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db.models import Count, F, Max, Min, Q, QuerySet

from groundswell.connectors.actions import spending
from groundswell.connectors.actions.spending import Standing
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import LIVE, OPEN, REFRESH
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.terms.networks import Network


@dataclass(frozen=True, slots=True)
class Overview:
    """How one connection stands.

    Attributes:
        connection: Which.
        title: The network's name.
        watches: How many questions it asks again and again.
        last_synced_at: When one of them was last answered to its end; None before the first.
        next_at: When the next one is asked; None when none is.
        quotas: What was spent of each.
        sync: The sync that goes on or waits; None when none does.
    """

    connection: Connection
    title: str
    watches: int
    last_synced_at: datetime | None
    next_at: datetime | None
    quotas: list[Standing]
    sync: Sync | None


def overviews(
    connections: Sequence[Connection] | QuerySet[Connection], *, now: datetime
) -> list[Overview]:
    """How connections stand, in their order; asks as often for one as for many."""
    rows = list(connections)
    ids = [row.id for row in rows]
    asked = Watch.objects.filter(connection__in=ids).exclude(way=LIVE).values("connection")
    live = Q(every__isnull=False) | Q(next_at__isnull=False) | Q(last_synced_at=None)
    counted = asked.annotate(
        watches=Count("id", filter=live & ~Q(way=REFRESH)),
        last=Max("last_synced_at"),
        next=Min("next_at"),
    )
    by_id: dict[UUID, dict[str, Any]] = {row["connection"]: dict(row) for row in counted}
    syncs = _open(ids)
    standings = spending.standings_of(rows, now=now)
    found = []
    for row in rows:
        known = by_id.get(row.id, {"watches": 0, "last": None, "next": None})
        interface = INTERFACES.get(Network(row.network))
        found.append(
            Overview(
                connection=row,
                title=interface.name if interface else row.network,
                watches=known["watches"],
                last_synced_at=known["last"],
                next_at=known["next"],
                quotas=standings.get(row.id, []),
                sync=syncs.get(row.id),
            )
        )
    return found


def _open(ids: list[UUID]) -> dict[UUID, Sync]:
    found = Sync.objects.filter(watch__connection__in=ids, state__in=OPEN)
    found = found.exclude(watch__way=LIVE)
    return {sync.watch.connection_id: sync for sync in found.select_related("watch")}


def accounts_of(run: Sync) -> QuerySet[Account]:
    """Accounts whose profile or counts a sync brought, those with most followers first."""
    brought = Brought.objects.filter(
        connection=run.watch.connection_id, last_at__gte=run.begun_at
    ).values("account")
    found = Account.objects.filter(id__in=brought, counts_observed_at__isnull=False)
    return found.order_by(F("followers").desc(nulls_last=True), "id")


def totals_of(run: Sync) -> dict[str, int]:
    """How many accounts a sync named, and what is known of them now."""
    brought = Brought.objects.filter(
        connection=run.watch.connection_id, last_at__gte=run.begun_at
    ).values_list("account", flat=True)
    wanted = pa.table({"account": pa.array(sorted(map(str, brought)), pa.string())})
    totals = {"accounts": wanted.num_rows}
    with creators.observations() as observations:
        observations.connection.register("wanted", wanted)
        for table in ("posts", "comments", "memberships"):
            [(count,)] = observations.connection.execute(
                f'SELECT count(*) FROM "{table}" SEMI JOIN wanted USING (account)'  # noqa: S608 - ours
            ).fetchall()
            totals[table] = int(count)
    return totals
