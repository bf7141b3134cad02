"""Live news: what a connection's accounts do, heard as they do it and published batch by batch.

The stream's moment is saved with each batch. Whoever stops, or is broken off, listens again from a
little before it; what comes twice changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from groundswell.connectors import queries
from groundswell.connectors.actions import settling, storing
from groundswell.connectors.adapters.networks.bluesky import jetstream
from groundswell.connectors.adapters.networks.failures import Unavailable
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.batches import Batch
from groundswell.connectors.choices import REFRESH
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.terms.exchange import ExchangeFailed
from groundswell.terms.networks import Network
from groundswell.terms.progress import Progress
from groundswell.terms.sources import Source
from groundswell.workspaces import access, keys
from groundswell.workspaces.models import Workspace

TEXT = "live"  # accounts that a connection brought are asked after, or listened to
_MOST_MESSAGES = 2_000
_MOST_TIME = timedelta(seconds=10)
_AT_A_TIME = 60.0  # seconds; then what was heard is published, be it little
_PAUSES = (1.0, 5.0, 20.0, 60.0)  # before listening again; then the stream is given up


@dataclass(frozen=True, slots=True)
class Ear:
    """What listening needs of the world.

    Attributes:
        hear: Messages at an address, for so many seconds at most.
        clock: Tells the moment.
        sleep: Waits for seconds.
    """

    hear: Callable[[str, float], Iterator[bytes]]
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]


class NotHeard(Refusal):
    """A connection whose accounts can't be listened to."""

    code = "not_listened_to"


def listen(
    *,
    workspace: Workspace,
    connection_id: UUID,
    ear: Ear,
    by: str,
    lasting: timedelta,
    progress: Progress,
    stream: str = jetstream.SERVER,
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
        progress: Told how many messages were heard; may raise to stop it.
        stream: Address of the server that tells.

    Raises:
        UnknownConnection: When there is none.
        NotHeard: When its network has no stream, or it has brought no accounts.
        NotRead: When it is paused, broken or ended.
        SyncUnderWay: When somebody listens already.
        TooManyAccounts: When it has brought more than one listener may name.
    """
    with access.inside(workspace):
        connection = queries.connection(connection_id)
        accounts = _accounts_of(connection)
        jetstream.address(accounts, server=stream, cursor=None)
    with settling.alone(connection, doing="listening"):
        run = _begin(connection, by=by, now=ear.clock())
        listening = _Listening(run, frozenset(accounts), ear, progress, stream)
        try:
            listening.go_on(until=ear.clock() + lasting)
        except Refusal as refusal:
            settling.fail(run, refusal, (0, {}), now=ear.clock())
        else:
            settling.finish(run, (0, {}), now=ear.clock())
        with access.inside(workspace):  # nobody but a person begins it
            Watch.objects.filter(id=run.watch_id).update(next_at=None)
            if listening.cursor:
                Sync.objects.filter(id=run.id).update(cursor=listening.cursor)
    return run


def _accounts_of(connection: Connection) -> list[str]:
    if connection.network != Network.BLUESKY:
        raise NotHeard(
            f"{interface_of(Network(connection.network)).name} has no stream that can be listened "
            "to: its accounts are asked after by themselves"
        )
    brought = Brought.objects.filter(connection=connection, account__platform_id__isnull=False)
    found = [one for one in brought.values_list("account__platform_id", flat=True) if one]
    if not found:
        raise NotHeard(
            f"{connection} has brought no accounts to listen to: ask for some first, such as "
            '`groundswell connect bluesky --search "trail running"`'
        )
    return sorted(found)


def _begin(connection: Connection, *, by: str, now: datetime) -> Sync:
    """A sync that goes on where the last one stopped to listen."""
    with access.inside(connection.workspace):
        watch, _ = Watch.objects.get_or_create(
            workspace=connection.workspace,
            connection=connection,
            way=REFRESH,
            text=TEXT,
            defaults={"every": None, "made_by": by, "made_at": now},
        )
        earlier = Sync.objects.filter(watch=watch, cursor__isnull=False).order_by("-begun_at")
        last = earlier.first()
        run = settling.begin(watch, by=by, now=now)
        if run.cursor is None and last is not None:
            run.cursor = last.cursor
            run.save(update_fields=["cursor"])
        Watch.objects.filter(id=watch.id).update(next_at=None)
    return run


class _Listening:
    """One attempt to listen, over as many connections to the stream as it takes."""

    def __init__(
        self, run: Sync, accounts: frozenset[str], ear: Ear, progress: Progress, stream: str
    ) -> None:
        self.run, self.accounts, self.ear = run, accounts, ear
        self.progress, self.stream = progress, stream
        self.cursor = run.cursor
        self.heard = 0
        self._members = keys.key_for(run.workspace, "members")
        self._batch = self._empty()

    def go_on(self, *, until: datetime) -> None:
        """Listen until then, and again when the stream breaks off."""
        broken = 0
        while (left := (until - self.ear.clock()).total_seconds()) > 0:
            began, before, seconds = self.ear.clock(), self.heard, min(left, _AT_A_TIME)
            failure = self._hear(seconds)
            self._publish()
            lasted = (self.ear.clock() - began).total_seconds()
            if failure is None and lasted >= seconds - 1:
                broken = 0
                continue
            broken = 0 if self.heard > before else broken + 1
            if failure is None:
                failure = Unavailable(f"{self.stream} closes the stream as soon as it is opened")
            if not failure.is_retriable or broken >= len(_PAUSES):
                raise failure
            self.ear.sleep(max(failure.after or 0.0, _PAUSES[broken]))

    def _hear(self, seconds: float) -> ExchangeFailed | None:
        """Listen once; returns what ended it before its time."""
        try:
            self._take(seconds)
        except ExchangeFailed as failure:
            return failure
        return None

    def _take(self, seconds: float) -> None:
        address = jetstream.address(self.accounts, server=self.stream, cursor=self.cursor)
        for message in self.ear.hear(address, seconds):
            page = jetstream.read(message, self.accounts, now=self.ear.clock())
            self.cursor = page.cursor = page.cursor or self.cursor
            self._batch.add(page)
            self.heard += 1
            self.progress("listen", self.heard, None)
            is_late = self.ear.clock() - self._batch.now >= _MOST_TIME
            if is_late or self._batch.pages >= _MOST_MESSAGES:
                self._publish()

    def _publish(self) -> None:
        if self._batch.holds_any:
            storing.store(self.run, self._batch, interface_of(Network.BLUESKY), (0, {}))
        self._batch = self._empty()

    def _empty(self) -> Batch:
        return Batch(self.ear.clock(), Source.API, self._members)
