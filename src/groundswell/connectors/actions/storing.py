"""A batch of pages becomes visible: rows, cursor and counts in one transaction, or nothing."""

import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from groundswell.connectors import costs, pace
from groundswell.connectors.actions import erasing, optouts, orders, settling
from groundswell.connectors.actions.settling import Counts, SyncStopped
from groundswell.connectors.adapters.networks.failures import NotFound
from groundswell.connectors.adapters.networks.network import Ask, Interface, Way
from groundswell.connectors.batches import Answered, Batch
from groundswell.connectors.choices import LIVE, REFRESH, ConnectionState, SyncState
from groundswell.connectors.models import Brought, Connection, Sync, Watch
from groundswell.creators.actions import publishing
from groundswell.creators.actions.profiles import over
from groundswell.creators.actions.publishing import Published
from groundswell.creators.models import Account
from groundswell.terms.progress import silent
from groundswell.workspaces import access, jobs

_REFRESHED = (Way.SEARCH, Way.HASHTAG, Way.ACCOUNT, REFRESH)
_NOTES = 100
_BAD = 500
_MOST_MISSES = 3  # so often in a row an account may not be found before nobody asks after it

# When followers were counted, and how many they were.
_Counted = dict[UUID, tuple[datetime | None, int | None]]


def store(run: Sync, batch: Batch, interface: Interface, counts: Counts) -> None:
    """Make a batch visible. Opens its own transaction.

    Raises:
        SyncStopped: When somebody paused or ended the connection meanwhile: nothing is changed.
    """
    connection = run.watch.connection
    folder = settling.folder_of(connection) / str(run.id)
    shutil.rmtree(folder, ignore_errors=True)
    batch.stage(folder)
    try:
        with access.inside(run.workspace):
            _refuse_stopped(run)
            before = _counts_of(_asked_after(batch))
            forgotten = optouts.forget(connection, batch.opt_outs, now=batch.now)
            published = publishing.publish(
                publishing.Staged(folder, batch.now),
                workspace=run.workspace,
                by=run.by,
                now=batch.now,
                progress=silent,
                remembers=True,
            )
            run.publications = _with(run.publications or [], published.publication)
            run.save(update_fields=["publications"])  # what is erased below may be of this batch
            changed = dict(published.changed) | orders.take(
                batch.shop,
                workspace=run.workspace,
                network=interface.network,
                shop=connection.server or interface.server,
                now=batch.now,
            )
            _note(run.watch, interface, published, now=batch.now)
            _plan(batch, interface, before)
            shown = None if run.watch.way == LIVE else batch.posts
            gone = erasing.take_out(connection, batch.gone, now=batch.now, shown=shown)
            left = optouts.leave(connection, batch.opt_outs, now=batch.now)
            run.gone += gone.removed + left.removed
            batch.notes += [*forgotten, *gone.notes, *left.notes]
            _sum_up(run, batch, changed, published.unchanged)
            settling.count(run, counts)
            run.save()
            if any([changed, forgotten, *(each.removed + each.rows for each in (gone, left))]):
                jobs.defer("discovery.refresh_index", workspace=run.workspace)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_stopped(run: Sync) -> None:
    state = Sync.objects.select_for_update(of=("self",)).get(id=run.id).state
    connection = Connection.objects.get(id=run.watch.connection_id)
    if state != SyncState.RUNNING or connection.state != ConnectionState.WORKING:
        raise SyncStopped(f"the sync of {connection} was stopped: the connection is not read now")


def _sum_up(run: Sync, batch: Batch, changed: dict[str, int], unchanged: int) -> None:
    run.pages += batch.pages
    run.items += batch.items
    run.taken += batch.taken
    run.bad += len(batch.bad)
    run.unchanged += batch.unchanged(unchanged)
    for name, rows in changed.items():
        run.changed[name] = run.changed.get(name, 0) + rows
    run.aside = batch.aside | run.aside
    run.notes = list(dict.fromkeys([*run.notes, *batch.notes]))[:_NOTES]
    said = [{"where": bad.where, "value": bad.value, "reason": bad.reason} for bad in batch.bad]
    run.bad_items = [*run.bad_items, *said][:_BAD]
    run.cursor = batch.cursor


def _note(watch: Watch, interface: Interface, published: Published, *, now: datetime) -> None:
    """Write down which accounts the connection brought; they are asked after on their own."""
    connection = watch.connection
    mine = Brought.objects.filter(connection=connection)
    if watch.way not in {REFRESH, LIVE}:
        mine.filter(account__in=published.named).update(last_at=now)
    known = set(mine.filter(account__in=published.named).values_list("account_id", flat=True))
    is_refreshed = watch.way in _REFRESHED and _is_free(interface, now)
    soon = now + pace.every(posts_per_day=None, change_per_day=None, keeps=interface.keeps)
    Brought.objects.bulk_create(
        Brought(
            workspace_id=watch.workspace_id,
            connection=connection,
            watch=watch,
            account_id=account,
            is_new=account in published.made,
            first_at=now,
            last_at=now,
            next_at=soon if is_refreshed and account in published.counted else None,
            filled=published.filled.get(account),
        )
        for account in published.named - known
    )
    _remember(mine.filter(account__in=known & published.filled.keys()), published)
    if not is_refreshed or watch.way == REFRESH:
        return
    counted = mine.filter(account__in=published.counted & known)
    counted.filter(next_at=None).update(next_at=soon, failures=0)
    if watch.way == Way.ACCOUNT:  # somebody asked for this one, and said how deep to go
        counted.update(watch=watch)


def _with(ranges: list[list[int]], number: int) -> list[list[int]]:
    """Numbers as their first and last, with one more: a sync that goes on and on writes many."""
    if ranges and ranges[-1][1] == number - 1:
        return [*ranges[:-1], [ranges[-1][0], number]]
    return [*ranges, [number, number]]


def _remember(brought: Iterable[Brought], published: Published) -> None:
    """Write down what profiles said before the network, which is said again when it is erased."""
    rows = list(brought)
    for row in rows:
        row.filled = over(row.filled or {}, published.filled[row.account_id])
    Brought.objects.bulk_update(rows, ["filled"])


def _is_free(interface: Interface, now: datetime) -> bool:
    """Whether one account can be asked after without money, which nobody confirms each time."""
    ask = Ask(Way.ACCOUNT, "", interface.server, now, accounts=1)
    return Way.ACCOUNT in interface.walks and not costs.cents(interface, ask)


def _asked_after(batch: Batch) -> list[UUID]:
    return [one.brought for one in batch.asked if one.failure is None]


def _counts_of(brought: Iterable[UUID]) -> _Counted:
    rows = Account.objects.filter(id__in=Brought.objects.filter(id__in=brought).values("account"))
    return {
        account: (at, followers)
        for account, at, followers in rows.values_list("id", "counts_observed_at", "followers")
    }


def _plan(batch: Batch, interface: Interface, before: _Counted) -> None:
    """Say when each account that was asked after is asked after again."""
    if not batch.asked:
        return
    said = {one.brought: one for one in batch.asked}
    rows = list(Brought.objects.filter(id__in=said).select_related("account"))
    after = _counts_of(said)
    for row in rows:
        one = said[row.id]
        if one.failure is not None:
            _postpone(row, one, batch)
            continue
        change = _change_per_day(before.get(row.account_id), after.get(row.account_id))
        row.last_at, row.failures = batch.now, 0
        row.next_at = batch.now + pace.every(
            posts_per_day=one.posts_per_day, change_per_day=change, keeps=interface.keeps
        )
    Brought.objects.bulk_update(rows, ["last_at", "next_at", "failures"])


def _postpone(row: Brought, answered: Answered, batch: Batch) -> None:
    row.failures += 1
    failure = answered.failure
    if isinstance(failure, NotFound) and row.failures >= _MOST_MISSES:
        row.next_at = None
        batch.notes.append(
            f"{row.account} was not found {row.failures} times and is not asked after any more; "
            "what is known of it stays"
        )
        return
    wait = pace.again(row.failures)
    if failure is not None and not failure.is_retriable:
        wait = timedelta(days=1)
    row.next_at = batch.now + wait
    batch.notes.append(f"{row.account} could not be renewed: {failure}")


def _change_per_day(
    before: tuple[datetime | None, int | None] | None,
    after: tuple[datetime | None, int | None] | None,
) -> float | None:
    if before is None or after is None:
        return None
    (began, first), (ended, last) = before, after
    if began is None or ended is None or not first or last is None or ended <= began:
        return None
    days: float = (ended - began) / timedelta(days=1)
    return (last - first) / first / days
