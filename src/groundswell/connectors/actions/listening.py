"""Live news: what a connection's accounts do, heard as they do it and published batch by batch.

The stream's moment is saved with each batch. Whoever stops, or is broken off, listens again from a
little before it; what comes twice changes nothing. Syncs of the same connection go on beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError

from groundswell.connectors import queries
from groundswell.connectors.actions import settling, storing
from groundswell.connectors.adapters.networks.bluesky import jetstream
from groundswell.connectors.adapters.networks.failures import Unavailable
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.batches import Batch
from groundswell.connectors.choices import LIVE, ConnectionState, SyncState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed
from groundswell.terms.networks import Network
from groundswell.terms.progress import Progress
from groundswell.terms.sources import Source
from groundswell.workspaces import access, keys
from groundswell.workspaces.models import Workspace

TOLD = timedelta(seconds=45)  # whoever listens says so more often than that
_MOST_MESSAGES = 2_000
_MOST_TIME = timedelta(seconds=30)  # then what was heard is published, be it little
_LOOK = timedelta(seconds=15)  # so often it is asked whether to go on
_SAME = timedelta(minutes=1)  # so long the same accounts are listened to, whoever else came
_LASTED = timedelta(minutes=1)  # a stream that held so long did not fail
_PAUSES = (1.0, 5.0, 20.0, 60.0)  # before listening again; then the stream is given up


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening needs of the world.

    Attributes:
        hear: Messages at an address, for so many seconds at most; None when none came for a second.
        clock: Tells the moment.
        sleep: Waits for seconds.
    """

    hear: Callable[[str, float], Iterator[bytes | None]]
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]


class NotHeard(Refusal):
    """A connection whose accounts can't be listened to."""

    code = "not_listened_to"


def listen(  # noqa: PLR0913 - what every action takes, and for how long
    *,
    workspace: Workspace,
    connection_id: UUID,
    ear: Ear,
    by: str,
    lasting: timedelta,
    progress: Progress,
    stream: str = "",
    wanted: Callable[[Watch], bool] = lambda _: True,
) -> Sync:
    """Listen to the accounts that a connection brought.

    Opens its own transactions. A failure of the stream is no error here: the sync that is returned
    says what stands in the way.

    Args:
        workspace: Whose.
        connection_id: The connection.
        ear: What it needs of the world.
        by: On whose behalf.
        lasting: For how long.
        progress: Told how many messages were heard.
        stream: Address of the server that tells; empty for the connection's, or the network's own.
        wanted: Asked now and then whether to go on.

    Raises:
        UnknownConnection: When there is none.
        NotHeard: When its network has no stream, or it has brought no accounts.
        NotRead: When it is paused, broken or ended.
        SyncUnderWay: When somebody listens already.
        TooManyAccounts: When it has brought more than one listener may name.
    """
    with access.inside(workspace):
        connection = queries.connection(connection_id)
        accounts = accounts_of(connection)
    with settling.alone(connection, doing="listening"):
        run = _begin(connection, by=by, now=ear.clock())
        server = stream or run.watch.text or jetstream.SERVER
        listening = _Listening(run, accounts, ear, progress, server, wanted)
        try:
            listening.go_on(until=ear.clock() + lasting)
        except Refusal as refusal:
            # The stream is another server than the one that syncs ask.
            settling.fail(run, refusal, (0, {}), is_elsewhere=True, now=ear.clock())
        except (OperationalError, InterfaceError):
            raise  # without the database nothing can be written down; another follows at once
        except Exception as error:
            settling.break_off(run, error, (0, {}), now=ear.clock())
            raise
        else:
            settling.finish(run, (0, {}), now=ear.clock())
        with access.inside(workspace):
            Watch.objects.filter(id=run.watch_id, every=None).update(next_at=None)
    return run


def accounts_of(connection: Connection) -> frozenset[str]:
    """Whom a connection can listen to, by their ids on the network.

    Raises:
        NotHeard: When its network has no stream, or it has brought no accounts.
        TooManyAccounts: When they are more than one listener may name.
    """
    if not has_stream(connection):
        raise NotHeard(
            f"{interface_of(Network(connection.network)).name} has no stream that can be listened "
            "to: its accounts are asked after by themselves"
        )
    brought = Brought.objects.filter(connection=connection, account__platform_id__isnull=False)
    found = frozenset(filter(None, brought.values_list("account__platform_id", flat=True)))
    if not found:
        raise NotHeard(
            f"{connection} has brought no accounts to listen to: ask for some first, such as "
            '`groundswell connect bluesky --search "trail running"`'
        )
    jetstream.check(found)
    return found


def has_stream(connection: Connection) -> bool:
    """Whether a connection's network tells what accounts do as they do it."""
    return connection.network == Network.BLUESKY


def watch_of(connection: Connection, *, by: str, now: datetime) -> Watch:
    """What stands for listening; it is done when it has a next time."""
    watch, _ = Watch.objects.get_or_create(
        workspace=connection.workspace,
        connection=connection,
        way=LIVE,
        defaults={"every": None, "made_by": by, "made_at": now},
    )
    return watch


def _begin(connection: Connection, *, by: str, now: datetime) -> Sync:
    """A sync that goes on where the last one stopped to listen."""
    with access.inside(connection.workspace):
        watch = watch_of(connection, by=by, now=now)
        earlier = Sync.objects.filter(watch=watch, cursor__isnull=False).order_by("-begun_at")
        last = earlier.first()
        run = settling.begin(watch, by=by, now=now)
        if run.cursor is None and last is not None:
            run.cursor = last.cursor
            run.save(update_fields=["cursor"])
        # Whoever was killed is followed at once.
        Watch.objects.filter(id=watch.id).update(next_at=now if watch.every else None)
    return run


class _Listening:
    """One attempt to listen, over as many connections to the stream as it takes."""

    def __init__(
        self,
        run: Sync,
        accounts: frozenset[str],
        ear: Ear,
        progress: Progress,
        stream: str,
        wanted: Callable[[Watch], bool],
    ) -> None:
        self.run, self.accounts, self.ear = run, accounts, ear
        self.progress, self.stream, self.wanted = progress, stream, wanted
        self.place = jetstream.Heard(run.cursor)
        self.heard = 0
        self.is_over = False
        self._published: datetime | None = None
        self._members = keys.key_for(run.workspace, "members")
        self._batch = self._empty()

    def go_on(self, *, until: datetime) -> None:
        """Listen until then, and again when the stream breaks off."""
        broken = 0
        while not self.is_over and (left := (until - self.ear.clock()).total_seconds()) > 0:
            began, before = self.ear.clock(), self.heard
            failure: ExchangeFailed | None = None
            try:
                is_enough = self._take(left)
            except ExchangeFailed as error:
                is_enough, failure = False, error
            self._publish()
            self.run.cursor = self.place.cursor
            if is_enough:
                broken = 0
                continue
            lasted = self.ear.clock() - began
            broken = 0 if self.heard > before or lasted >= _LASTED else broken + 1
            if failure is None:
                failure = Unavailable(f"{self.stream} closes the stream as soon as it is opened")
            if not failure.is_retriable or broken >= len(_PAUSES):
                raise failure
            self.ear.sleep(max(failure.after or 0.0, _PAUSES[broken]))
            self._look(is_open=False)

    def _take(self, seconds: float) -> bool:
        """Listen once; returns whether that was for as long as anybody wanted."""
        opened: datetime = self.ear.clock()
        looked: datetime | None = None
        cursor = self.place.cursor
        address = jetstream.address(self.accounts, server=self.stream, cursor=cursor)
        self.place.open(at=opened)
        for message in self.ear.hear(address, seconds):
            now = self.ear.clock()
            self._hear(message, now)
            if _is_past(self._published, now, _MOST_TIME) or self._batch.pages >= _MOST_MESSAGES:
                self._publish()
            if _is_past(looked, now, _LOOK):
                looked, accounts = now, self._look(is_open=True)
                if self.is_over:
                    return True
                if accounts != self.accounts and now - opened >= _SAME:
                    self.accounts = accounts
                    return True
        return (self.ear.clock() - opened).total_seconds() >= seconds - 1

    def _hear(self, message: bytes | None, now: datetime) -> None:
        if message is None:
            self.place.wait()
        else:
            page = jetstream.read(message, self.accounts, now=now)
            self.place.reach(page.cursor)
            page.cursor = self.place.cursor
            if not self._batch.pages:
                self._batch = self._empty()
            self._batch.add(page)
            self.heard += 1
        self.progress("listen", self.heard, None)

    def _look(self, *, is_open: bool) -> frozenset[str]:
        """Say that somebody listens, and see whether to go on, and to whom."""
        now = self.ear.clock()
        with access.inside(self.run.workspace):
            watch = queries.watch(self.run.watch_id)
            mine = Sync.objects.filter(id=self.run.id, state=SyncState.RUNNING)
            is_read = watch.connection.state == ConnectionState.WORKING
            self.is_over = not (is_read and mine.exists() and self.wanted(watch))
            if self.is_over:
                return self.accounts
            if not self._batch.pages:
                self.run.cursor = self.place.cursor
            if is_open:
                self.run.step, self.run.done, self.run.told_at = "listen", self.heard, now
            told = ("cursor", "step", "done", "told_at")
            mine.update(**{name: getattr(self.run, name) for name in told})
            if is_open and watch.stale_since:
                settling.recover(watch)
            return accounts_of(watch.connection)

    def _publish(self) -> None:
        if not self._batch.pages:
            return
        storing.store(self.run, self._batch, interface_of(Network.BLUESKY), (0, {}))
        if self._batch.rows or self._batch.gone:
            with access.inside(self.run.workspace):
                Watch.objects.filter(id=self.run.watch_id).update(last_synced_at=self._batch.now)
        self._published = self.ear.clock()
        self._batch = self._empty()

    def _empty(self) -> Batch:
        return Batch(self.ear.clock(), Source.API, self._members)


def _is_past(since: datetime | None, now: datetime, time: timedelta) -> bool:
    """Whether so much time is over, or the clock was set back by as much."""
    return since is None or abs(now - since) >= time
