"""How a sync begins, and how it ends: done, to be gone on with, or failed with the remedy."""

import fcntl
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db.models import Min

from groundswell.connectors import credentials, pace
from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    NotFound,
    NotPermitted,
    QuotaSpent,
)
from groundswell.connectors.adapters.networks.network import Authority
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.adapters.oauth import AppNotTaken
from groundswell.connectors.choices import LIVE, OPEN, REFRESH, ConnectionState, SyncState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed
from groundswell.terms.networks import Network
from groundswell.workspaces import access, telling
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_TAKEN_UP_AFTER = timedelta(minutes=15)  # when somebody goes on with a sync that was killed
_GIVEN_UP_AFTER = timedelta(days=7)
_LEFT_BEHIND = timedelta(days=1)
_ASKED_AGAIN = timedelta(days=1)  # whether what can't be read now can be then
_MOST_FAILURES = 5  # in a row; then the network is left alone for a while

_BUSY = {"syncing": "being synced", "listening": "listened to"}

Counts = tuple[int, dict[str, int]]


class NotRead(Refusal):
    """A network that is not read at the moment."""

    code = "connection_not_read"


class LeftAlone(NotRead):
    """A network that wants to be asked later."""

    code = "connection_left_alone"
    is_passing = True


class SyncUnderWay(Refusal):
    """Another process syncs the same connection."""

    code = "sync_under_way"


class SyncStopped(Refusal):
    """Somebody paused or ended the connection meanwhile."""

    code = "sync_stopped"


class BrokeOff(Refusal):
    """A sync that ended by an error that nobody foresaw."""

    code = "sync_broke_off"

    @classmethod
    def by(cls, error: Exception) -> Self:
        """What is said of the error, whose own words may hold what a network said."""
        return cls(
            f"the sync broke off by an error ({type(error).__name__}), and nothing half-done "
            "counts: see that the disk has room and the database runs, then sync it again; the "
            "log says more"
        )


def refuse_unread(connection: Connection, *, now: datetime, is_stream: bool = False) -> None:
    """Refuse what can't be read now.

    Args:
        connection: By which it would be read.
        now: This moment.
        is_stream: Whether it is listened to: another server tells that than the one to leave alone.

    Raises:
        NotRead: When the connection is paused, broken, ended, or is to be left alone.
    """
    if connection.state == ConnectionState.PAUSED:
        raise NotRead(
            f"{connection} is paused: resume it first with `groundswell connections resume`"
        )
    if connection.state == ConnectionState.ENDED:
        raise NotRead(f"{connection} has ended, for it was disconnected: connect it again")
    if connection.state == ConnectionState.BROKEN:
        why = (connection.refusal or {}).get("message", "it is broken")
        raise NotRead(f"{connection} can't be read: {why}")
    if not is_stream and connection.closed_until and connection.closed_until > now:
        raise LeftAlone(
            f"{connection} asked to be left alone, or failed too often: it is asked again by "
            f"itself after {connection.closed_until:%Y-%m-%d %H:%M} UTC"
        )


@contextmanager
def alone(connection: Connection, *, doing: str = "syncing") -> Iterator[None]:
    """Nobody else does that with the connection meanwhile; the lock goes with the process.

    Raises:
        SyncUnderWay: When somebody does.
    """
    path = folder_of(connection) / f"{connection.id}.{doing}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SyncUnderWay(
                f"{connection} is {_BUSY[doing]} already: `groundswell connections show "
                f"{connection.id}` says how far it is"
            ) from None
        yield


def folder_of(connection: Connection) -> Path:
    """Where syncs of a workspace keep their locks, and batches until they are published."""
    return _folder(connection.workspace_id)


def sweep(workspace: Workspace, *, now: datetime) -> None:
    """Remove batches that killed syncs left behind and nobody took up again."""
    folder = _folder(workspace.id)
    for left in list(folder.iterdir()) if folder.is_dir() else []:
        if left.is_dir() and now.timestamp() - left.stat().st_mtime > _LEFT_BEHIND.total_seconds():
            shutil.rmtree(left, ignore_errors=True)


def _folder(workspace_id: UUID) -> Path:
    return Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace_id) / "syncs"


def opened(watch: Watch, *, by: str, now: datetime, confirmed: int = 0) -> Sync:
    """The unfinished sync of a watch, or a new one that waits to be done.

    One that is not done after a week begins anew, but for questions that are asked once: these go
    on where they stopped, for they may cost money.

    Args:
        watch: Which.
        by: On whose behalf.
        now: This moment.
        confirmed: US cents that somebody lets it spend from now on; a new one has no others.

    Raises:
        NotRead: When its connection is not read at the moment.
    """
    refuse_unread(watch.connection, now=now, is_stream=watch.way == LIVE)
    unfinished = Sync.objects.filter(watch=watch, state__in=OPEN)
    if watch.every is not None:
        unfinished.filter(begun_at__lt=now - _GIVEN_UP_AFTER).update(
            state=SyncState.FAILED, finished_at=now, cursor=None
        )
    run, is_new = unfinished.get_or_create(
        defaults={"workspace": watch.workspace, "watch": watch, "by": by, "begun_at": now}
    )
    if confirmed or is_new:
        Watch.objects.filter(id=watch.id).update(cents_left=confirmed)
    return run


def begin(watch: Watch, *, by: str, now: datetime, confirmed: int = 0) -> Sync:
    """Go on with the unfinished sync of a watch, or begin a new one, as ``opened`` gives it.

    Raises:
        NotRead: When its connection is not read at the moment.
    """
    with access.inside(watch.workspace):
        watch.refresh_from_db()
        watch.connection.refresh_from_db()
        run = opened(watch, by=by, now=now, confirmed=confirmed)
        run.state = SyncState.RUNNING
        for name, value in telling.nothing_told().items():
            setattr(run, name, value)
        run.save()
        Watch.objects.filter(id=watch.id).update(next_at=now + _TAKEN_UP_AFTER)
    run.watch = watch
    return run


def finish(run: Sync, counts: Counts, *, now: datetime) -> Sync:
    """All that the watch asks for was brought."""
    with access.inside(run.workspace):
        if _held(run) is None:
            return run
        count(run, counts)
        run.state, run.finished_at, run.refusal = SyncState.DONE, now, None
        run.cursor = _kept(run)
        run.save()
        watch = run.watch
        Watch.objects.filter(id=watch.id).update(next_at=_due_next(watch, now))
        if watch.way != LIVE:  # whoever listens knows better since when all is well
            Watch.objects.filter(id=watch.id).update(last_synced_at=now)
            recover(watch)
            ask_after_accounts(watch.connection, now=now)
        _journal("network.synced", run, now)
    return run


def rest(run: Sync, *, now: datetime) -> Sync:
    """The time of this attempt is over; the next goes on at once."""
    with access.inside(run.workspace):
        if _held(run) is not None:
            Sync.objects.filter(id=run.id).update(state=SyncState.QUEUED)
            Watch.objects.filter(id=run.watch_id).update(next_at=now)
            run.refresh_from_db()
    return run


def fail(
    run: Sync, refusal: Refusal, counts: Counts, *, now: datetime, is_elsewhere: bool = False
) -> Sync:
    """No further page can be had now; the watch says why, and since when it is stale.

    Where a third party's server failed, only its own watch is put off.
    """
    with access.inside(run.workspace):
        connection = _held(run)
        if connection is None:
            return run
        refusal = _of_this_login(refusal, connection, run)
        count(run, counts)
        run.refusal = {"code": refusal.code, "message": str(refusal)}
        is_retriable = isinstance(refusal, SyncStopped) or (
            isinstance(refusal, ExchangeFailed) and refusal.is_retriable
        )
        if is_retriable:
            run.state = SyncState.WAITING
        else:
            run.state, run.finished_at, run.cursor = SyncState.FAILED, now, _kept(run)
        run.save()
        if not isinstance(refusal, SyncStopped):
            watch = Watch.objects.select_for_update(of=("self",)).get(id=run.watch_id)
            connection.stale_since = connection.stale_since or now
            if is_elsewhere:
                _put_off(watch, refusal, run.refusal, now)
            else:
                _hold_up(watch, connection, refusal, run.refusal, now)
            watch.save()
            connection.save()
            _journal("network.sync_failed", run, now)
    return run


def _of_this_login(refusal: Refusal, connection: Connection, run: Sync) -> Refusal:
    """The refusal, unless it speaks of a login that its owner replaced while the sync ran."""
    used = run.watch.connection
    if _is_locked_out(connection, refusal) and not credentials.is_same(connection, used):
        return SyncStopped(f"{connection} was connected anew: the sync goes on with its new login")
    return refusal


def break_off(run: Sync, error: Exception, counts: Counts, *, now: datetime) -> None:
    """An error that nobody foresaw ended the sync, and what it had in hand was never published."""
    with access.inside(run.workspace):
        kept = Sync.objects.select_related("watch__connection").get(id=run.id)
        fail(kept, BrokeOff.by(error), counts, now=now)


def recover(watch: Watch) -> None:
    """What a watch asks for can be had again; nothing is stale any more that only it made so."""
    Watch.objects.filter(id=watch.id).update(stale_since=None, failures=0, refusal=None)
    stale = Watch.objects.filter(connection=watch.connection, stale_since__isnull=False)
    since = stale.aggregate(since=Min("stale_since"))["since"]
    # That a stream is heard says nothing of the server that syncs ask.
    healed: dict[str, Any] = {}
    if watch.way != LIVE:
        healed = {"refusal": None, "failures": 0, "closed_until": None, "erase_at": None}
    Connection.objects.filter(id=watch.connection_id, state=ConnectionState.WORKING).update(
        stale_since=since, **healed
    )


def count(run: Sync, counts: Counts) -> None:
    """Add requests and units to a sync, which the caller saves."""
    requests, spent = counts
    run.requests += requests
    run.spent = dict(Counter(run.spent) + Counter(spent))


def ask_after_accounts(connection: Connection, *, now: datetime) -> None:
    """Have the accounts that a connection brought asked after when their time comes."""
    brought = Brought.objects.filter(connection=connection, next_at__isnull=False)
    soonest = brought.aggregate(soonest=Min("next_at"))["soonest"]
    if soonest is None:
        return
    watch, _ = Watch.objects.get_or_create(
        workspace_id=connection.workspace_id,
        connection=connection,
        way=REFRESH,
        text="",
        defaults={"every": None, "made_by": connection.connected_by, "made_at": now},
    )
    unfinished = Sync.objects.filter(watch=watch, state__in=OPEN)
    if not unfinished.exists():
        Watch.objects.filter(id=watch.id).update(next_at=soonest)


def _held(run: Sync) -> Connection | None:
    """The sync's connection, nobody else changing it; None when somebody stopped the sync."""
    # First the connection, as whoever ends it does: two that wait for each other wait for ever.
    connection = Connection.objects.select_for_update(of=("self",)).get(id=run.watch.connection_id)
    found = Sync.objects.select_for_update(of=("self",)).get(id=run.id)
    if found.state != SyncState.RUNNING:
        run.state, run.refusal = found.state, found.refusal
        return None
    return connection


def _due_next(watch: Watch, now: datetime) -> datetime | None:
    if watch.way == REFRESH:
        brought = Brought.objects.filter(connection=watch.connection, next_at__isnull=False)
        found: datetime | None = brought.aggregate(soonest=Min("next_at"))["soonest"]
        return found
    return now + watch.every if watch.every else None


def _kept(run: Sync) -> dict[str, Any] | None:
    """A stream goes on where it was heard last; a walk that is over begins anew."""
    return run.cursor if run.watch.way == LIVE else None


def _hold_up(
    watch: Watch, connection: Connection, refusal: Refusal, said: dict[str, str], now: datetime
) -> None:
    """Write down since when a watch is stale, why, and when it is tried again."""
    _put_off(watch, refusal, said, now)
    if isinstance(refusal, QuotaSpent):
        return
    if isinstance(refusal, ExchangeFailed) and refusal.is_retriable:
        connection.failures += 1
        if refusal.after is not None:
            connection.closed_until = now + timedelta(seconds=refusal.after)
        elif connection.failures >= _MOST_FAILURES:
            connection.closed_until = now + pace.again(connection.failures)
    elif watch.way == REFRESH and isinstance(refusal, NotPermitted):
        return  # that some accounts are not for us says nothing of the login
    elif _is_locked_out(connection, refusal):
        connection.state, connection.refusal = ConnectionState.BROKEN, said
        connection.erase_at = connection.erase_at or _erase_at(connection, refusal, now)
        watch.next_at = None


def _put_off(watch: Watch, refusal: Refusal, said: dict[str, str], now: datetime) -> None:
    watch.stale_since = watch.stale_since or now
    watch.refusal = said
    after = getattr(refusal, "after", None)
    if isinstance(refusal, QuotaSpent):
        # Nothing failed: the rest comes when there is room again.
        watch.next_at = None if after is None else now + timedelta(seconds=after)
        return
    watch.failures += 1
    if isinstance(refusal, ExchangeFailed) and refusal.is_retriable:
        watch.next_at = now + max(pace.again(watch.failures), timedelta(seconds=after or 0))
    elif watch.way == REFRESH:
        watch.next_at = now + _ASKED_AGAIN  # it asks after many accounts, whatever one of them says
    elif watch.every is None or isinstance(refusal, NotFound | NotPermitted):
        # Until somebody asks for it. A question that is asked once may cost money.
        watch.next_at = None
    elif isinstance(refusal, BrokeOff):
        watch.next_at = now + pace.again(watch.failures)
    else:
        watch.next_at = now + max(watch.every, _ASKED_AGAIN)


def _is_locked_out(connection: Connection, refusal: Refusal) -> bool:
    if connection.authority == Authority.NONE:
        return False
    return isinstance(refusal, LoginExpired | NotPermitted | AppNotTaken)


def _erase_at(connection: Connection, refusal: Refusal, now: datetime) -> datetime | None:
    """When the data of a withdrawn permission goes, unless somebody connects it again before.

    Halfway to the network's limit, so that a machine that was off for a while keeps it.
    """
    if connection.authority != Authority.OAUTH or not isinstance(refusal, LoginExpired):
        return None
    return now + interface_of(Network(connection.network)).deletes_within / 2


def _journal(event: str, run: Sync, now: datetime) -> None:
    details: dict[str, Any] = {
        "way": run.watch.way,
        "text": run.watch.text,
        "changed": run.changed,
        "gone": run.gone,
        "spent": run.spent,
    }
    journal.record(
        event,
        workspace=run.workspace,
        by=run.by,
        now=now,
        subject=str(run.watch.connection),
        rows=run.taken,
        details=details | ({"refusal": run.refusal} if run.refusal else {}),
    )
