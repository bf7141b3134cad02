"""Who listens by itself: a thread for each connection that is switched on, beside a worker's jobs.

Jobs wait for none of them, and they for no job. A thread that died, or whose process was killed,
is followed by another, which goes on at the moment that was kept with the last batch.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from groundswell.connectors.actions import listening, live
from groundswell.connectors.actions.listening import Ear, NotHeard
from groundswell.connectors.actions.settling import NotRead, SyncUnderWay
from groundswell.connectors.adapters.networks.bluesky.jetstream import TooManyAccounts
from groundswell.connectors.models import Watch
from groundswell.connectors.queries import UnknownConnection
from groundswell.terms.progress import silent
from groundswell.workspaces.models import Workspace

BY = "schedule"
_AT_MOST = timedelta(hours=6)  # then it is one sync that is done, and another begins
_ENDING = 5.0  # seconds in which those who listen publish what they heard

_log = structlog.get_logger("groundswell.listeners")


@contextmanager
def running(ear: Ear, *, glance: float = 5.0) -> Iterator[None]:
    """Listen, within, to what is switched on.

    Args:
        ear: What listening needs of the world; it sleeps by itself.
        glance: Seconds after which it is looked for more to listen to.
    """
    over = threading.Event()
    listeners = _Listeners(ear, over)
    keeper = threading.Thread(target=listeners.keep, args=[glance], name="listeners", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(2 * _ENDING)


class _Listeners:
    def __init__(self, ear: Ear, over: threading.Event) -> None:
        self._over, self._clock = over, ear.clock
        self._ear = replace(ear, hear=_until(over, ear.hear), sleep=over.wait)
        self._threads: dict[UUID, threading.Thread] = {}

    def keep(self, glance: float) -> None:
        """Have everybody listened to who should be, until it is over."""
        while not self._over.wait(glance):
            try:
                self._look()
            except DatabaseError as error:
                _log.warning("can't see whom to listen to", reason=str(error))
            finally:
                connection.close()
        for thread in self._threads.values():
            thread.join(_ENDING)

    def _look(self) -> None:
        self._threads = {key: thread for key, thread in self._threads.items() if thread.is_alive()}
        for workspace in Workspace.objects.order_by("slug"):
            for watch in live.due(workspace, now=self._clock()):
                if watch.id not in self._threads:
                    thread = threading.Thread(target=self._listen, args=[watch], daemon=True)
                    self._threads[watch.id] = thread
                    thread.start()

    def _listen(self, watch: Watch) -> None:
        try:
            listening.listen(
                workspace=watch.workspace,
                connection_id=watch.connection_id,
                ear=self._ear,
                by=BY,
                lasting=_AT_MOST,
                progress=silent,
                wanted=lambda found: found.every is not None and not self._over.is_set(),
            )
        except (NotHeard, TooManyAccounts) as refusal:
            live.put_off(watch, refusal, now=self._clock())
        except (NotRead, SyncUnderWay, UnknownConnection):
            pass  # it is looked at again
        except DatabaseError as error:
            _log.warning("can't keep what was heard", reason=str(error))
        except Exception:  # noqa: BLE001 - the watch says so, and is tried again
            _log.exception("listening broke off", connection=str(watch.connection_id))
        finally:
            connection.close()


def _until(
    over: threading.Event, hear: Callable[[str, float], Iterator[bytes | None]]
) -> Callable[[str, float], Iterator[bytes | None]]:
    """Hear until it is over; while nothing comes, no connection to the database is held."""

    def heard(address: str, seconds: float) -> Iterator[bytes | None]:
        for message in hear(address, seconds):
            yield message
            if over.is_set():
                return
            connection.close()

    return heard
