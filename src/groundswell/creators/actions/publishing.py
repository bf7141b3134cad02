"""Publishing: a staged import becomes visible, all of it in one commit or none."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from groundswell.creators import folders, queries
from groundswell.creators.actions import (
    contacts,
    identity,
    keeping,
    profiles,
    rates,
    revisions,
    segments,
)
from groundswell.creators.actions.profiles import Filled
from groundswell.creators.models import Account
from groundswell.terms import tables
from groundswell.terms.progress import Progress
from groundswell.terms.tables import Table
from groundswell.warehouse import intake, store
from groundswell.warehouse.staging import Staging
from groundswell.workspaces import jobs
from groundswell.workspaces.models import Workspace

# With one thread DuckDB keeps to this and spills the rest, whatever the size of the import.
_MEMORY = "192MB"


@dataclass(frozen=True, slots=True)
class Staged:
    """Checked rows of one source file.

    Attributes:
        folder: Holds ``TABLE-00001.parquet`` and so on; see ``warehouse.staging``.
        taken_at: Stands in where a row does not say when it was observed.
    """

    folder: Path
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What an import changed.

    Attributes:
        unchanged: Source rows of which no part changed anything.
        changed: Rows written, new or altered, by table; tables without any are absent.
        named: Accounts that any row speaks of.
        made: Those of them that nobody knew before.
        counted: Accounts whose own counts were among the rows.
        publication: Number of the revision under which all of it became visible.
        filled: Of accounts that were known, what their profiles said before and after; empty
            unless it was to be remembered.
    """

    unchanged: int
    changed: Mapping[str, int]
    named: frozenset[UUID]
    made: frozenset[UUID]
    counted: frozenset[UUID]
    publication: int
    filled: Mapping[UUID, Filled]


def publish(
    staged: Staged,
    *,
    workspace: Workspace,
    by: str,
    now: datetime,
    progress: Progress,
    remembers: bool = False,
) -> Published:
    """Make staged rows visible: accounts, contacts, prices and observations.

    Runs inside the caller's transaction, and other publishes of the workspace wait for its end.
    The same rows again change nothing. The journal is the caller's, who knows the file.

    Args:
        staged: The rows.
        workspace: Whose they become; the caller is inside it.
        by: On whose behalf; who tagged and contacted, where the rows say that somebody did.
        now: This moment.
        progress: Told the tables that are done.
        remembers: Whether to say what profiles said before, so that it can be taken back.
    """
    publication = revisions.begin(workspace)
    segments.sweep(workspace=workspace, now=now)
    with _opened(staged) as staging:
        references = staging.references()
    resolved = identity.resolve(references, revision=publication, now=now)
    stored = set(queries.live_segments().values_list("table", flat=True))
    written: list[store.Segment] = []
    with _opened(staged) as staging:
        staging.resolve(references.append_column("account", resolved.accounts["account"]))
        accounts, filled = _take_accounts(
            staging, resolved, revision=publication, remembers=remembers
        )
        changed = {tables.ACCOUNTS.name: accounts}
        for done, table in enumerate(staging.tables):
            progress("publish", done, len(staging.tables))
            if table in tables.OBSERVATIONS:
                found = intake.take(
                    staging,
                    table,
                    root=folders.warehouse_of(workspace),
                    publication=publication,
                    is_stored=table.name in stored,
                )
                written += found
                changed[table.name] = sum(segment.rows for segment in found)
            elif table is not tables.ACCOUNTS:
                changed[table.name] = _take_others(
                    staging, table, workspace=workspace, by=by, now=now
                )
        unchanged = staging.unchanged()
        observed = staging.accounts_in(tables.ACCOUNT_OBSERVATIONS)
    segments.enlist(written, workspace=workspace, publication=publication)
    _count({*observed, *map(str, resolved.altered)}, revision=publication)
    segments.ask_for_tidying(workspace)
    if changed[tables.ACCOUNTS.name]:
        jobs.defer("creators.find_duplicates", workspace=workspace)
    return Published(
        unchanged,
        {name: rows for name, rows in changed.items() if rows},
        frozenset(map(UUID, resolved.accounts["account"].to_pylist())),
        frozenset(resolved.created),
        frozenset(map(UUID, observed)),
        publication,
        filled,
    )


@contextmanager
def _opened(staged: Staged) -> Iterator[Staging]:
    with queries.observations(
        memory_limit=_MEMORY, threads=1, readable=[staged.folder]
    ) as observations:
        yield Staging(staged.folder, observations, taken_at=staged.taken_at)


def _take_accounts(
    staging: Staging, resolved: identity.Resolved, *, revision: int, remembers: bool
) -> tuple[int, dict[UUID, Filled]]:
    """Settle new accounts and describe them all.

    Returns:
        How many are new or changed; what those that were known said before and after.
    """
    described: dict[UUID, int] = {}
    filled: dict[UUID, Filled] = {}
    if staging.holds(tables.ACCOUNTS):
        identity.join_creators(staging.companions(), created=resolved.created)
        described, filled = profiles.describe(
            staging.profiles(), revision=revision, remembers=remembers
        )
    identity.make_creators()
    changed = {**resolved.created, **resolved.altered, **described}
    staging.mark_changed(pa.array(changed.values(), pa.int64()))
    for account in resolved.created:
        filled.pop(account, None)
    if remembers:
        names = Account.objects.filter(id__in=resolved.shown).values_list("id", "display_name")
        for account, name in names:
            filled.setdefault(account, {})["display_name"] = [None, name]
    return len(changed), filled


def _take_others(
    staging: Staging, table: Table, *, workspace: Workspace, by: str, now: datetime
) -> int:
    """Write the rows of a table that is kept in PostgreSQL; returns how many said something new."""
    rows = staging.rows(table)
    if table is tables.CONTACTS:
        changed = contacts.take(rows, workspace=workspace)
    elif table is tables.RECORDS:
        changed = keeping.take(rows, workspace=workspace, by=by, now=now)
    else:
        changed = rates.take(rows, workspace=workspace, taken_on=staging.taken_at.date(), now=now)
    staging.mark_changed(pa.array(changed, pa.int64()))
    return len(changed)


def _count(accounts: Collection[str], *, revision: int) -> None:
    """Bring the latest counts of accounts up to date with all that was ever observed."""
    if not accounts:
        return
    wanted = pa.table({"account": pa.array(sorted(accounts), pa.string())})
    with queries.observations(memory_limit=_MEMORY, threads=1) as observations:
        profiles.count(observations.ask("counts_of", wanted=wanted), revision=revision)
