"""Syncs: a network is walked page by page, and what it says becomes visible batch by batch.

Each batch is published in one transaction with the cursor behind it, so that a sync that was
killed goes on there and ends as if it had never been. What fails changes nothing: the data stays
as it was, and the watch says since when it is stale, and why.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from groundswell.connectors import queries
from groundswell.connectors.actions import settling, storing
from groundswell.connectors.actions.refreshing import Refreshing
from groundswell.connectors.actions.wires import Outside, Wire
from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.network import Ask, Interface, Way
from groundswell.connectors.adapters.networks.registry import interface_of
from groundswell.connectors.batches import Batch, Portion
from groundswell.connectors.choices import OPEN, REFRESH, SyncState
from groundswell.connectors.models import Sync, Watch
from groundswell.terms.errors import Refusal
from groundswell.terms.networks import Network
from groundswell.terms.progress import Progress
from groundswell.terms.sources import Source
from groundswell.workspaces import access, jobs, keys, telling
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_MOST_ROWS = 20_000
_MOST_TIME = timedelta(seconds=10)  # what came is seen after so long, however slowly it comes
# Posts that are older than the last sync by so much are known well enough.
_KNOWN = {
    Way.HASHTAG: timedelta(days=2),
    Way.ACCOUNT: timedelta(days=14),
    Way.OWN: timedelta(days=30),
    Way.ORDERS: timedelta(days=2),
}


def start(
    *, workspace: Workspace, watch_id: UUID, by: str, now: datetime, confirmed: int = 0
) -> Sync:
    """Have a worker sync a watch; asked again while one is under way, it changes nothing else.

    Args:
        workspace: Whose; the caller is inside it.
        watch_id: Which.
        by: On whose behalf.
        now: This moment.
        confirmed: US cents that somebody lets it spend from now on.

    Raises:
        UnknownWatch: When there is none.
        NotRead: When its connection is paused, broken or ended.
    """
    watch = queries.watch(watch_id)
    is_new = not Sync.objects.filter(watch=watch, state__in=OPEN).exists()
    found = settling.opened(watch, by=by, now=now, confirmed=confirmed)
    if found.state == SyncState.WAITING:
        Sync.objects.filter(id=found.id).update(state=SyncState.QUEUED, **telling.nothing_told())
    jobs.defer("connectors.sync", workspace=workspace, watch=str(watch.id))
    if is_new:
        journal.record(
            "network.sync_asked",
            workspace=workspace,
            by=by,
            now=now,
            subject=str(watch.connection),
            details={"way": watch.way, "text": watch.text},
        )
    return found


def sync(
    *,
    workspace: Workspace,
    watch_id: UUID,
    outside: Outside,
    by: str,
    progress: Progress,
    at_most: timedelta | None = None,
    confirmed: int = 0,
) -> Sync:
    """Walk through what a watch asks for, from where an earlier sync stopped.

    Opens its own transactions. A failure of the network is no error here: the sync that is
    returned says what stands in the way, and when it goes on. Any other error is written down
    as well, before it goes up.

    Args:
        workspace: Whose.
        watch_id: What is asked.
        outside: What carries requests, tells the time, and renews a login.
        by: On whose behalf.
        progress: Told how many items are read; may raise to stop it.
        at_most: After so long, stop behind a page and leave the rest for another time.
        confirmed: US cents that somebody lets it spend from now on.

    Raises:
        UnknownWatch: When there is none.
        NotRead: When its connection is paused, broken or ended, or is to be left alone.
        SyncUnderWay: When the connection is being synced already.
    """
    with access.inside(workspace):
        watch = queries.watch(watch_id)
    with settling.alone(watch.connection):
        now = outside.clock()
        run = settling.begin(watch, by=by, now=now, confirmed=confirmed)
        work = _Work(run, watch, outside, progress, now + at_most if at_most else None)
        try:
            is_whole = work.walk()
        except Refusal as refusal:
            return settling.fail(
                run,
                refusal,
                work.wire_counts(),
                is_elsewhere=work.wire is not None and work.wire.is_elsewhere,
                now=outside.clock(),
            )
        except Exception as error:
            settling.break_off(run, error, work.wire_counts(), now=outside.clock())
            raise
        if not is_whole:
            return settling.rest(run, now=outside.clock())
        return settling.finish(run, work.wire_counts(), now=outside.clock())


def ask_of(watch: Watch, interface: Interface, *, now: datetime) -> Ask:
    """The question that a watch asks at this moment."""
    connection = watch.connection
    way = Way.ACCOUNT if watch.way == REFRESH else Way(watch.way)
    known = _KNOWN.get(way)
    since = watch.last_synced_at - known if known and watch.last_synced_at else None
    return Ask(
        way=way,
        text=watch.text,
        server=connection.server or interface.server,
        now=now,
        accounts=watch.accounts,
        posts=watch.posts,
        comments=watch.comments,
        members=watch.members,
        since=since,
        own_id=connection.own_id,
        granted=frozenset(connection.scopes),
    )


@dataclass(slots=True)
class _Work:
    """One attempt of a sync."""

    run: Sync
    watch: Watch
    outside: Outside
    progress: Progress
    until: datetime | None
    wire: Wire | None = None

    @property
    def interface(self) -> Interface:
        """How the network is read."""
        return interface_of(Network(self.watch.connection.network))

    def walk(self) -> bool:
        """Publish all that comes; returns whether that was everything."""
        with closing(self._portions()) as portions:
            return self._published(portions)

    def _published(self, portions: Iterator[Portion]) -> bool:
        connection = self.watch.connection
        is_own = self.watch.way == Way.OWN
        source = Source.CREATOR_AUTHORISED if is_own else Source.API
        members = keys.key_for(connection.workspace, "members")
        batch = Batch(self.outside.clock(), source, members)
        done = self.run.items
        failure: Exception | None = None
        while True:
            try:
                portion = next(portions, None)
            except Exception as error:  # noqa: BLE001 - raised below, behind what came before it
                portion, failure = None, error
            if portion is not None:
                batch.take(portion)
                self.progress("sync", done + batch.items, None)
            is_late = self.outside.clock() - batch.now >= _MOST_TIME
            if batch.holds_any and (portion is None or batch.rows >= _MOST_ROWS or is_late):
                done += batch.items
                storing.store(self.run, batch, self.interface, self.wire_counts())
                batch = Batch(self.outside.clock(), source, members)
                is_over = self.until is not None and self.outside.clock() >= self.until
                if is_over and not self.is_at_end and failure is None:
                    return False
            if failure is not None:
                raise failure
            if portion is None:
                return True

    @property
    def is_at_end(self) -> bool:
        """Whether the last page was published; accounts that are due say it themselves."""
        return self.watch.way != REFRESH and self.run.pages > 0 and self.run.cursor is None

    def wire_counts(self) -> tuple[int, dict[str, int]]:
        """Requests and units since the last time that somebody asked."""
        return self.wire.counted() if self.wire else (0, {})

    def _portions(self) -> Generator[Portion, None, None]:
        if self.is_at_end:  # killed between the last page and the end
            return
        self.wire = wire = Wire(self.watch.connection, self.interface, self.outside, self.watch.id)
        ask = ask_of(self.watch, self.interface, now=self.outside.clock())
        if self.watch.way == REFRESH:
            yield from Refreshing(self.watch, self.interface, wire, ask).portions()
            return
        seen = {hash(repr(self.run.cursor))}  # cursors may be long, and pages many
        for page in self.interface.walk(wire, ask, self.run.cursor):
            yield Portion([page])
            if page.cursor is None:
                return
            place = hash(repr(page.cursor))
            if place in seen:
                raise Changed(
                    f"{self.interface.name} sends the same page again and again; what came before "
                    "is kept, and the next sync begins anew"
                )
            seen.add(place)
