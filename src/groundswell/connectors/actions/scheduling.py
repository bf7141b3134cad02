"""What is due: syncs whose time has come, and data that must go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q

from groundswell.connectors.actions import erasing, settling, spending
from groundswell.connectors.adapters.networks.registry import INTERFACES
from groundswell.connectors.choices import LIVE, ConnectionState
from groundswell.connectors.models import Connection, Watch
from groundswell.creators.actions import segments
from groundswell.terms.networks import Network
from groundswell.workspaces import access, jobs
from groundswell.workspaces.models import Workspace

_log = structlog.get_logger("groundswell.connectors")
_LONGEST = timedelta(days=62)  # nothing waits longer, but where a clock went wrong
_AT_ONCE = 4  # syncs that a workspace gets in a minute while others wait too


def defer_due(*, now: datetime) -> int:
    """Have workers do the syncs that are due; returns how many.

    One of each connection, the longest overdue first, and workspaces take turns: the second of one
    comes behind the first of all others.
    """
    due = {workspace: _due(workspace, now) for workspace in Workspace.objects.order_by("slug")}
    deferred = 0
    for turn in range(_AT_ONCE):
        for workspace, watches in due.items():
            if turn < len(watches):
                with access.inside(workspace):
                    jobs.defer("connectors.sync", workspace=workspace, watch=watches[turn])
                deferred += 1
    return deferred


def tidy(workspace: Workspace, *, now: datetime) -> None:
    """Let go of what must not be kept any longer; opens its own transactions.

    What fails is logged and tried again an hour later, and keeps nothing else from going.
    """
    with access.inside(workspace):
        rows = list(Connection.objects.select_related("workspace"))
    for connection in rows:
        with _guarded(workspace, f"what {connection} brought"):
            erasing.erase(workspace=workspace, connection_id=connection.id, now=now)
        with _guarded(workspace, f"what {connection} read long ago"):
            interface = INTERFACES.get(Network(connection.network))
            if interface is not None:
                erasing.let_go(connection, interface, now=now)
    with _guarded(workspace, "spent quotas"):
        spending.sweep(now=now)
    with _guarded(workspace, "batches of killed syncs"):
        settling.sweep(workspace, now=now)
    with _guarded(workspace, "segments that were held"):
        segments.sweep_held(workspace=workspace, now=now)


@contextmanager
def _guarded(workspace: Workspace, what: str) -> Iterator[None]:
    try:
        with access.inside(workspace):
            yield
    except Exception:  # noqa: BLE001 - whatever it is, the others' data must go in time
        _log.exception("can't let go", of=what, workspace=workspace.slug)


def _due(workspace: Workspace, now: datetime) -> list[str]:
    with access.inside(workspace):
        watches = (
            Watch.objects.filter(connection__state=ConnectionState.WORKING)
            .filter(Q(next_at__lte=now) | Q(next_at__gt=F("every") + (now + _LONGEST)))
            .filter(
                Q(connection__closed_until=None)
                | Q(connection__closed_until__lte=now)
                | Q(connection__closed_until__gt=now + _LONGEST)
            )
            .exclude(way=LIVE)
            .order_by("next_at", "id")
            .values_list("connection", "id")
        )
        first: dict[object, str] = {}
        for connection, watch in watches[:1000]:
            first.setdefault(connection, str(watch))
    return list(first.values())[:_AT_ONCE]
