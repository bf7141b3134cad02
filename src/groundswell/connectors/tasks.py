"""Jobs of the connectors."""

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from procrastinate.contrib.django import app

from groundswell.connectors import queries, world
from groundswell.connectors.actions import (
    erasing,
    scheduling,
    settling,
    syncing,
    uploads,
)
from groundswell.connectors.actions.settling import NotRead, SyncUnderWay
from groundswell.connectors.choices import OPEN, SyncState
from groundswell.connectors.fetching import Circuit
from groundswell.connectors.models import Sync
from groundswell.connectors.queries import UnknownWatch
from groundswell.workspaces import access, clock, jobs
from groundswell.workspaces.models import Workspace
from groundswell.workspaces.telling import Telling

BY = "schedule"
_SLICE = timedelta(minutes=1)  # then other jobs get their turn
_log = structlog.get_logger("groundswell.connectors")
_circuits: dict[str, Circuit] = {}  # of this worker: which servers it leaves alone


@jobs.task("connectors.import_upload", transactional=False)
def import_upload(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Import a file that somebody handed in."""
    uploads.work(workspace=workspace, upload_id=UUID(arguments["upload"]), now=now)


@jobs.task("connectors.sync", transactional=False)
def sync(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Sync a watch for a minute; the rest is another job."""
    watch = UUID(arguments["watch"])

    def rows() -> Any:
        return Sync.objects.filter(watch=watch, state__in=OPEN)

    def stopped() -> settling.SyncStopped:
        return settling.SyncStopped("the sync was stopped: the connection is not read now")

    try:
        with access.inside(workspace):
            settling.opened(queries.watch(watch), by=BY, now=now)
        with (
            world.opened(
                clock=clock.now, sleep=time.sleep, rng=np.random.default_rng(), circuits=_circuits
            ) as outside,
            Telling(workspace, rows, stopped) as tell,
        ):
            run = syncing.sync(
                workspace=workspace,
                watch_id=watch,
                outside=outside,
                by=BY,
                progress=tell,
                at_most=_SLICE,
            )
    except (NotRead, SyncUnderWay, UnknownWatch):
        return  # the schedule comes back to it
    except Exception:
        with access.inside(workspace):
            if rows().exists():
                raise
        # It was written down as failed, and is tried again when its watch says so.
        _log.exception("a sync broke off", watch=str(watch))
        return
    if run.state == SyncState.QUEUED:
        with access.inside(workspace):
            jobs.defer("connectors.sync", workspace=workspace, watch=str(watch))


@jobs.task("connectors.erase")
def erase(workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
    """Erase what an ended connection alone brought."""
    erasing.erase(workspace=workspace, connection_id=UUID(arguments["connection"]), now=now)


@app.periodic(cron="* * * * *")
@app.task(name="connectors.schedule", queueing_lock="connectors.schedule")
def schedule(timestamp: int) -> None:
    """Have due syncs done, once a minute."""
    del timestamp
    scheduling.defer_due(now=clock.now())


@app.periodic(cron="23 * * * *")
@app.task(name="connectors.tidy", queueing_lock="connectors.tidy")
def tidy(timestamp: int) -> None:
    """Let go of what must not be kept any longer, once an hour."""
    del timestamp
    for workspace in Workspace.objects.order_by("slug"):
        scheduling.tidy(workspace, now=clock.now())
