"""Long work that tells pages how far it is, and stops when somebody cancels it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from django.db import OperationalError, connection, models
from django.db.models import Case, F, When
from django.db.models.functions import Now

from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.models import Workspace

_EVERY_SECONDS = 1.0
_SOONEST_SECONDS = 3.0  # before that, nobody can tell how long a step takes


class Told(models.Model):
    """What a row knows of the work that goes on for it."""

    step = models.CharField(max_length=100, blank=True, default="")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    step_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def seconds_left(self) -> float | None:
        """How long the step takes yet, at the pace so far; None when that can't be told."""
        if not self.total or not self.done or self.told_at is None or self.step_since is None:
            return None
        passed = (self.told_at - self.step_since).total_seconds()
        if passed < _SOONEST_SECONDS:
            return None
        return max(0.0, passed * (self.total - self.done) / self.done)

    def silent_seconds(self, now: datetime) -> float:
        """How long nothing was heard of it."""
        return (now - self.told_at).total_seconds() if self.told_at else 0.0


class Telling:
    """A ``Progress`` that a thread writes into a row once a second.

    The work may be in the middle of a transaction, in which nobody would see what it writes: the
    thread has a connection of its own. When the row no longer says that the work goes on, the
    work is stopped the next time that it tells how far it is.

    Args:
        workspace: Whose row.
        rows: The row, as long as the work is to go on; asked inside the workspace.
        stopped: What to say when it is not.
    """

    def __init__(
        self,
        workspace: Workspace,
        rows: Callable[[], models.QuerySet[Any]],
        stopped: Callable[[], Refusal],
    ) -> None:
        self._workspace, self._rows, self._stopped = workspace, rows, stopped
        self._latest: tuple[str, int, int | None] = ("", 0, None)
        self._is_stopped = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Say how far it is.

        Raises:
            Refusal: When somebody stopped it.
        """
        if self._is_stopped:
            raise self._stopped()
        self._latest = (step, done, total)

    def __enter__(self) -> Self:
        self._tell()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        try:
            while not self._over.wait(_EVERY_SECONDS):
                # Who can't be told now is told a second later; the work itself notices an outage.
                with suppress(OperationalError):
                    self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        step, done, total = self._latest
        known = When(step=step, step_since__isnull=False, then=F("step_since"))
        with access.inside(self._workspace):
            told = self._rows().update(
                step=step,
                done=done,
                total=None if total is None else max(total, done),
                step_since=Case(known, default=Now()),
                told_at=Now(),
            )
        self._is_stopped = not told


def nothing_told() -> dict[str, Any]:
    """The columns of work that has not begun."""
    return {"step": "", "done": 0, "total": None, "step_since": None, "told_at": None}
