"""The ledger of quotas: what a connection took from each, and whether a request still fits."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from groundswell.connectors.adapters.networks.failures import QuotaSpent
from groundswell.connectors.adapters.networks.network import Interface, Quota
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import ConnectionState
from groundswell.connectors.costs import NotConfirmed
from groundswell.connectors.models import Connection, Spending, Watch
from groundswell.terms.exchange import Spend
from groundswell.terms.networks import Network
from groundswell.workspaces.models import Workspace

# A window that rolls is counted in so many parts; what was spent in a part counts until the
# window is behind the end of it, so never too little is counted.
_PARTS = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a connection stands within one quota.

    Attributes:
        quota: Which.
        used: Units in the window that ends now, or in the day.
        frees_at: When the first of them count no more; None when none are used.
    """

    quota: Quota
    used: int
    frees_at: datetime | None

    @property
    def left(self) -> int:
        """Units that can be spent at once."""
        return max(0, self.quota.units - self.used)


def spend(
    spends: Iterable[Spend],
    *,
    workspace: Workspace,
    connection_id: UUID,
    interface: Interface,
    now: datetime,
    watch_id: UUID | None = None,
) -> list[Spend]:
    """Take what a request spends from the quotas, before it is sent; all of it or nothing.

    Other requests of the connection wait for the caller's commit. Money for a watch is taken from
    what somebody confirmed for its sync as well.

    Returns:
        What was taken: less than asked where something is counted once.

    Raises:
        QuotaSpent: When any of it does not fit; says when it will.
        NotConfirmed: When it costs more than is left of what was confirmed.
    """
    quotas = {quota.name: quota for quota in interface.quotas}
    wanted = [one for one in spends if one.quota in quotas and one.units > 0]
    if not wanted:
        return []
    Connection.objects.select_for_update(of=("self",), no_key=True).get(id=connection_id)
    taken = []
    for one in wanted:
        quota = quotas[one.quota]
        rows = _rows(connection_id, quota, now)
        if one.key and rows.filter(key=one.key).exists():
            continue
        found = _standing(quota, rows)
        if found.used + one.units > quota.units:
            raise _spent(interface, found, one, now)
        key = _key(connection_id, quota, one, now)
        if not Spending.objects.filter(**key).update(units=F("units") + one.units):
            Spending.objects.create(workspace=workspace, units=one.units, **key)
        taken.append(one)
    if watch_id is not None and (cents := cents_of(taken, interface)):
        _pay(watch_id, cents, interface)
    return taken


def give_back(
    taken: Iterable[Spend],
    *,
    connection_id: UUID,
    interface: Interface,
    now: datetime,
    watch_id: UUID,
) -> dict[str, int]:
    """Put back the money that was taken at a moment for a request that was not answered.

    Returns:
        Cents by quota.
    """
    quotas = {quota.name: quota for quota in interface.quotas if quota.is_money}
    paid: Counter[str] = Counter()
    for one in taken:
        if one.quota in quotas:
            key = _key(connection_id, quotas[one.quota], one, now)
            Spending.objects.filter(**key).update(units=F("units") - one.units)
            paid[one.quota] += one.units
    Watch.objects.filter(id=watch_id).update(cents_left=F("cents_left") + paid.total())
    return paid


def standings(
    connection_id: UUID, quotas: Iterable[Quota], *, now: datetime
) -> Mapping[str, Standing]:
    """Where a connection stands within each quota."""
    return {quota.name: _standing(quota, _rows(connection_id, quota, now)) for quota in quotas}


def standings_of(connections: Iterable[Connection], *, now: datetime) -> dict[UUID, list[Standing]]:
    """Where each of several connections stands within the quotas of its network; one question."""
    found: dict[tuple[UUID, str], list[tuple[datetime, int]]] = {}
    rows = list(connections)
    spent = Spending.objects.filter(connection__in=[row.id for row in rows])
    for connection, name, began, units in spent.values_list(
        "connection_id", "quota", "began_at", "units"
    ):
        found.setdefault((connection, name), []).append((began, units))
    standings: dict[UUID, list[Standing]] = {}
    for row in rows:
        interface = INTERFACES.get(Network(row.network))
        for quota in interface.quotas if interface else ():
            counted = [
                each for each in found.get((row.id, quota.name), []) if _counts(quota, each[0], now)
            ]
            standings.setdefault(row.id, []).append(_summed(quota, counted))
    return standings


def inherit(connection: Connection) -> None:
    """What ended connections of the same name spent counts for the one that follows them."""
    ended = Connection.objects.filter(
        network=connection.network,
        server=connection.server,
        name=connection.name,
        state=ConnectionState.ENDED,
    )
    Spending.objects.filter(connection__in=ended).update(connection=connection)


def sweep(*, now: datetime, longest: timedelta = timedelta(days=100)) -> None:
    """Forget what was spent in windows that are long over."""
    Spending.objects.filter(began_at__lt=now - longest).delete()


def cents_of(spends: Iterable[Spend], interface: Interface) -> int:
    """Money among what is spent, in US cents."""
    money = {quota.name for quota in interface.quotas if quota.is_money}
    return sum(one.units for one in spends if one.quota in money)


def _pay(watch_id: UUID, cents: int, interface: Interface) -> None:
    affordable = Watch.objects.filter(id=watch_id, cents_left__gte=cents)
    if not affordable.update(cents_left=F("cents_left") - cents):
        left = Watch.objects.get(id=watch_id).cents_left
        raise NotConfirmed(
            f"{interface.name} charges up to {cents} US cents for the next request, and {left} are "
            "left of what was confirmed: what came is kept; ask again and confirm what that costs"
        )


def _key(connection_id: UUID, quota: Quota, one: Spend, now: datetime) -> dict[str, Any]:
    return {
        "connection_id": connection_id,
        "quota": quota.name,
        "began_at": now if one.key and not quota.zone else _part(quota, now),
        "key": one.key[:255],
    }


def _rows(connection_id: UUID, quota: Quota, now: datetime) -> Any:
    """What counts at this moment."""
    rows = Spending.objects.filter(connection_id=connection_id, quota=quota.name)
    if quota.zone:
        return rows.filter(began_at=_part(quota, now))
    return rows.filter(began_at__gt=now - quota.window - _width(quota))


def _counts(quota: Quota, began: datetime, now: datetime) -> bool:
    if quota.zone:
        return began == _part(quota, now)
    return began > now - quota.window - _width(quota)


def _standing(quota: Quota, rows: Any) -> Standing:
    # A handful: one a part of the window, or one a key.
    return _summed(quota, rows.values_list("began_at", "units"))


def _summed(quota: Quota, rows: Iterable[tuple[datetime, int]]) -> Standing:
    spent = sorted(rows)
    frees_at = _ends(quota, spent[0][0]) if spent else None
    return Standing(quota, sum(units for _, units in spent), frees_at)


def _spent(interface: Interface, found: Standing, wanted: Spend, now: datetime) -> QuotaSpent:
    quota = found.quota
    said = (
        f"{found.used:,} of {quota.units:,} {quota.unit} of {interface.name}'s quota "
        f"{quota.name!r} are spent, and {wanted.units:,} more don't fit"
    )
    if wanted.units > quota.units or found.frees_at is None:
        return QuotaSpent(f"{said}: ask for less at a time", after=None)
    after = max(1.0, (found.frees_at - now).total_seconds())
    when = f"{found.frees_at:%Y-%m-%d %H:%M} UTC"
    return QuotaSpent(f"{said}; the sync goes on by itself after {when}", after=after)


def _width(quota: Quota) -> timedelta:
    return max(quota.window / _PARTS, timedelta(seconds=1))


def _part(quota: Quota, now: datetime) -> datetime:
    """When the window began, or the part of a rolling one that is now."""
    if quota.zone:
        local = now.astimezone(ZoneInfo(quota.zone))
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    width = _width(quota).total_seconds()
    return datetime.fromtimestamp(now.timestamp() // width * width, tz=UTC)


def _ends(quota: Quota, began: datetime) -> datetime:
    if not quota.zone:
        return began + quota.window + _width(quota)
    # A day is not always 24 hours long where clocks are moved.
    local = began.astimezone(ZoneInfo(quota.zone)) + timedelta(days=1)
    return local.astimezone(UTC)
