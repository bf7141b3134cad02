"""Jobs: work that is done once its transaction has committed, also after a worker was killed.

A job is deferred by name inside the transaction that causes it, so that both happen or neither.
Tasks are idempotent: a job whose worker died is given back by the reaper and done again.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import procrastinate
from asgiref.sync import async_to_sync
from django.db import transaction
from procrastinate import tasks
from procrastinate.contrib.django import app
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from groundswell.workspaces import access, clock
from groundswell.workspaces.models import Workspace

MAX_ATTEMPTS = 5
SIGN_SECONDS = 3.0  # a worker gives a sign of life so often, also while it does a job
SILENT_SECONDS = 15.0  # one that gave none for so long is dead
KEPT_DONE = timedelta(days=1)
KEPT_FAILED = timedelta(days=30)  # somebody has to look at these


class Task(Protocol):
    """What an app's ``tasks.py`` defines: load, one call of an action, done."""

    def __call__(self, workspace: Workspace, *, now: datetime, **arguments: Any) -> None:
        """Do the job."""


def task(name: str, *, transactional: bool = True) -> Callable[[Task], Task]:
    """Register a task under a dotted name.

    Args:
        name: ``app.verb``, by which floors below may defer it.
        transactional: Run it in one transaction inside its workspace; False for work that opens
            its own transactions.
    """

    def register(work: Task) -> Task:
        def run(workspace_id: str, **arguments: Any) -> None:
            workspace = Workspace.objects.get(id=UUID(workspace_id))
            if not transactional:
                work(workspace, now=clock.now(), **arguments)
                return
            with access.inside(workspace):
                work(workspace, now=clock.now(), **arguments)

        retry = procrastinate.RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=4)
        app.task(name=name, retry=retry)(run)
        return work

    return register


_gathering: ContextVar[dict[str, Callable[[], None]] | None] = ContextVar("jobs", default=None)


@contextlib.contextmanager
def gathered() -> Iterator[None]:
    """Defer at the end what is deferred within: for long work that can be begun again.

    Otherwise a worker would do after each step what only the last one needs. Threads take part in
    a copy of the context.
    """
    kept: dict[str, Callable[[], None]] = {}
    token = _gathering.set(kept)
    try:
        yield
    finally:
        _gathering.reset(token)
        for each in kept.values():
            each()


def defer(name: str, *, workspace: Workspace, **arguments: Any) -> None:
    """Have a job done after the current transaction; the same job waiting already is enough."""
    lock = f"{name}:{workspace.id}:{sorted(arguments.items())}"
    kept = _gathering.get()
    if kept is not None:
        kept[lock] = lambda: defer(name, workspace=workspace, **arguments)
        return
    with (
        access.as_owner(),
        contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued),
        transaction.atomic(),
    ):
        # By name alone: the application would import what every task needs, for one that defers.
        deferred = tasks.configure_task(name=name, job_manager=app.job_manager, queueing_lock=lock)
        deferred.defer(workspace_id=str(workspace.id), **arguments)


@dataclass(frozen=True, slots=True)
class Reaped:
    """What the reaper did with the jobs of dead workers."""

    given_back: int
    parked: int


def reap(*, silent_seconds: float = SILENT_SECONDS) -> Reaped:
    """Give back the jobs of dead workers; those that were tried too often are parked as failed."""
    return async_to_sync(reap_with)(app.job_manager, silent_seconds=silent_seconds)


async def reap_with(manager: JobManager, *, silent_seconds: float = SILENT_SECONDS) -> Reaped:
    """What ``reap`` does, for a worker that has its own connection."""
    given_back = parked = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        if job.attempts >= MAX_ATTEMPTS:
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            parked += 1
            continue
        waiting = await manager.list_jobs_async(queueing_lock=job.queueing_lock, status="todo")
        if list(waiting):
            # The same job was deferred again meanwhile: that one does the work.
            await manager.finish_job(job, Status.ABORTED, delete_job=False)
        else:
            await manager.retry_job(job)
        given_back += 1
    return Reaped(given_back, parked)


async def forget_with(manager: JobManager) -> None:
    """Delete the jobs that ended long ago, with what was noted of each."""
    for kept, is_failed in ((KEPT_DONE, False), (KEPT_FAILED, True)):
        await manager.delete_old_jobs(
            nb_hours=int(kept.total_seconds() // 3600),
            include_cancelled=True,
            include_aborted=True,
            include_failed=is_failed,
        )


def work(*, until_empty: bool) -> None:
    """Do jobs: those that wait now, or all that come until SIGINT or SIGTERM."""
    connector: Any = app.connector
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            wait=not until_empty,
            listen_notify=not until_empty,
            install_signal_handlers=not until_empty,
            shutdown_graceful_timeout=30,
            update_heartbeat_interval=SIGN_SECONDS,
            stalled_worker_timeout=SILENT_SECONDS,
        )


def waiting() -> int:
    """How many jobs of workspaces are waiting to be done."""
    todo = app.job_manager.list_jobs(status=Status.TODO.value)
    return sum(1 for job in todo if "workspace_id" in job.task_kwargs)
