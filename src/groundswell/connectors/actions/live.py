"""Listening by itself: switched on and off for a connection, and how it goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from groundswell.connectors import fetching, queries
from groundswell.connectors.actions import listening, settling
from groundswell.connectors.actions.connecting import Ended
from groundswell.connectors.choices import LIVE, OPEN, ConnectionState, SyncState
from groundswell.connectors.models import Connection, Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_AGAIN = timedelta(seconds=10)  # after whoever listened ended as it should
_NOT_BEGUN = timedelta(hours=1)  # until it is tried again where there is nobody to listen to
_LONGEST = 255

_State = Literal["off", "waiting", "listening", "stale"]


class BadStream(Refusal, ValueError):
    """No address of a stream."""

    code = "bad_stream"


@dataclass(frozen=True, slots=True)
class Live:
    """How listening to a connection's accounts goes.

    Attributes:
        state: ``waiting`` is on, and nobody listens yet or at this moment.
        since: When it was switched on.
        by: By whom.
        news_at: When news last came.
        stale_since: When the stream first failed; None while it is heard.
        next_at: When it is tried again after a failure.
        stream: Address of the server that tells; empty for the network's own.
        refusal: What stands in the way.
    """

    state: _State
    since: datetime | None = None
    by: str = ""
    news_at: datetime | None = None
    stale_since: datetime | None = None
    next_at: datetime | None = None
    stream: str = ""
    refusal: dict[str, str] | None = None


def switch_on(
    *, workspace: Workspace, connection_id: UUID, by: str, now: datetime, stream: str = ""
) -> Live:
    """Have the worker listen to what a connection's accounts do, until it is switched off.

    Switched on again, it is tried again at once.

    Args:
        workspace: Whose; the caller is inside it.
        connection_id: Which.
        by: On whose behalf.
        now: This moment.
        stream: ``wss://HOST`` of the server that tells; empty for the network's own.

    Raises:
        UnknownConnection: When there is none.
        Ended: When it was disconnected.
        NotHeard: When its network has no stream, or it has brought no accounts.
        TooManyAccounts: When it has brought more than one listener may name.
        BadStream: When that is no address of a stream.
        AddressRefused: When it may not be listened to.
    """
    del workspace  # the one that is entered
    connection = queries.connection(connection_id)
    if connection.state == ConnectionState.ENDED:
        raise Ended(f"{connection} was disconnected: connect it again")
    listening.accounts_of(connection)
    kept = _stream_of(stream)
    watch = listening.watch_of(connection, by=by, now=now)
    if not watch.every or watch.text != kept:
        watch.every, watch.made_by, watch.made_at, watch.text = _AGAIN, by, now, kept
        _journal("network.live_on", connection, by, now)
    watch.next_at, watch.failures = now, 0
    watch.save()
    return live_of(connection, now=now)


def switch_off(*, workspace: Workspace, connection_id: UUID, by: str, now: datetime) -> Live:
    """Listen no more; what was heard stays, and whoever listens stops within a minute.

    Raises:
        UnknownConnection: When there is none.
    """
    del workspace
    connection = queries.connection(connection_id)
    watch = Watch.objects.filter(connection=connection, way=LIVE, every__isnull=False).first()
    if watch is not None:
        # What goes on is over; its moment is kept, to go on there when it is switched on again.
        Sync.objects.filter(watch=watch, state__in=OPEN).update(
            state=SyncState.DONE, finished_at=now
        )
        watch.every = watch.next_at = None
        watch.save()
        settling.recover(watch)
        _journal("network.live_off", connection, by, now)
    return live_of(connection, now=now)


def live_of(connection: Connection, *, now: datetime) -> Live:
    """How listening to a connection's accounts goes."""
    watch = Watch.objects.filter(connection=connection, way=LIVE).first()
    if watch is None:
        return Live("off")
    news_at, stream = watch.last_synced_at, watch.text
    if watch.every is None:
        return Live("off", news_at=news_at, stream=stream)
    told = Sync.objects.filter(
        watch=watch, state=SyncState.RUNNING, told_at__gt=now - listening.TOLD
    )
    state: _State = "waiting"
    if watch.stale_since is not None:
        state = "stale"
    elif connection.state == ConnectionState.WORKING and told.exists():
        state = "listening"
    return Live(
        state,
        since=watch.made_at,
        by=watch.made_by,
        news_at=news_at,
        stale_since=watch.stale_since,
        next_at=watch.next_at if watch.stale_since else None,
        stream=stream,
        refusal=watch.refusal,
    )


def due(workspace: Workspace, *, now: datetime) -> list[Watch]:
    """What stands for listening that nobody does; opens its own transaction."""
    with access.inside(workspace):
        found = Watch.objects.filter(way=LIVE, every__isnull=False, next_at__lte=now)
        working = found.filter(connection__state=ConnectionState.WORKING)
        return list(working.select_related("workspace").order_by("next_at", "id"))


def put_off(watch: Watch, refusal: Refusal, *, now: datetime) -> None:
    """Write down why listening could not even begin; opens its own transaction."""
    with access.inside(watch.workspace):
        watch.stale_since = watch.stale_since or now
        watch.refusal = {"code": refusal.code, "message": str(refusal)}
        watch.next_at = now + _NOT_BEGUN
        watch.save(update_fields=["stale_since", "refusal", "next_at"])


def _stream_of(address: str) -> str:
    text = address.strip().rstrip("/")
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or len(text) > _LONGEST:
        raise BadStream(f"{address[:_LONGEST]!r} is no address of a stream: write wss://HOST")
    fetching.reaching().check(text)
    return text


def _journal(event: str, connection: Connection, by: str, now: datetime) -> None:
    journal.record(event, workspace=connection.workspace, by=by, now=now, subject=str(connection))
