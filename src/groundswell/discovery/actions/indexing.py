"""Keeping the search index: built anew, or brought up to date."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings

from groundswell.creators import folders
from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.discovery import documents
from groundswell.retrieval import indexing, storage
from groundswell.retrieval.indexing import Writer
from groundswell.retrieval.storage import IndexBusy, Marks, NoIndex
from groundswell.terms.progress import Progress, silent
from groundswell.vetting import queries as vetting
from groundswell.vetting import reviews as vetting_reviews
from groundswell.vetting import watching as vetting_watching
from groundswell.vetting import weighing
from groundswell.vetting.models import Scorecard
from groundswell.warehouse.observations import Observations
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

# What search takes from observations; imports of other tables change nothing that it shows.
_TABLES = (
    "posts",
    "post_observations",
    "account_observations",
    "account_averages",
    "audience_shares",
)
_RISING = ("revision", "filed")
_SETTINGS = ("currency", "weights")
_OF_EVERYBODY = ("recipe", *_SETTINGS)  # marks of what each document is made with


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was done to the index.

    Attributes:
        written: Accounts whose documents were written.
        accounts: Accounts in the index now.
    """

    written: int
    accounts: int


def folder_of(workspace: Workspace) -> Path:
    """Where a workspace's index lives."""
    return Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id) / "index"


def rebuild(
    *, workspace: Workspace, by: str, now: datetime, progress: Progress = silent
) -> Indexed:
    """Build the index anew; who searches meanwhile gets the old one."""
    with indexing.writing(folder_of(workspace)) as writer:
        done = _rebuild(writer, progress)
    journal.record("index.rebuilt", workspace=workspace, by=by, now=now, rows=done.written)
    return done


def catch_up(*, workspace: Workspace, progress: Progress = silent, wait: bool = True) -> int:
    """Bring the index up to date with records, observations and scorecards.

    Costs a few small reads when it is. Not journalled: the index says nothing that its sources
    don't.

    Returns:
        How many accounts were written.

    Raises:
        IndexBusy: When somebody else is doing it and ``wait`` is false; also when another weight
            or currency asks for each document anew, which is left to the job of who changed it.
    """
    folder = folder_of(workspace)
    known, reached = _marks(folder), _reached()
    if known == reached:
        return 0
    if not wait and known == _with_settings_of(known, reached):
        raise _all_anew()
    with indexing.writing(folder, wait=wait) as writer:
        before = _marks(folder)
        if before is None:
            return _rebuild(writer, progress).written
        after = _reached() if wait else _with_settings_of(before, _reached())
        # Else somebody else did it while we waited.
        written = _update(writer, before, after, progress) if before != after else 0
    if not wait and any(after[name] != reached[name] for name in _SETTINGS):
        raise _all_anew()
    return written


def _with_settings_of(before: Marks | None, after: Marks) -> Marks:
    """Marks for who can't wait until every document is written with the settings of now."""
    if before is None or before["recipe"] != after["recipe"]:
        return after
    return {**after, **{name: before[name] for name in _SETTINGS}}


def _all_anew() -> IndexBusy:
    return IndexBusy("every document is being written anew: the former ones answer meanwhile")


def _marks(folder: Path) -> Marks | None:
    try:
        return storage.current(folder).marks
    except NoIndex:
        return None


def _reached() -> Marks:
    """How far the sources have come; read before them, so that a mark never promises too much."""
    vetted = vetting.last_vetting()
    return {
        "recipe": documents.RECIPE,
        "revision": creators.latest_revision(),
        "vetted_at": vetted.vetted_at.isoformat() if vetted else "",
        "judged": vetting_reviews.mark(),
        "filed": creators.latest_filing(),
        "watched": vetting_watching.mark(),
        "currency": creators.here().currency,
        "weights": ",".join(f"{weight:.6f}" for weight in weighing.weights().values()),
    }


def _rebuild(writer: Writer, progress: Progress) -> Indexed:
    marks = _reached()
    with creators.observations() as observations:
        accounts = creators.accounts_table()
        batches = documents.batches(observations, accounts, progress=progress)
        written = writer.rebuild(batches, marks=marks)
    return Indexed(written, written)


def _update(writer: Writer, before: Marks, after: Marks, progress: Progress) -> int:
    # A database that was set back knows nothing of what the index has seen since.
    is_set_back = any(int(after[name]) < int(before.get(name, 0)) for name in _RISING)
    if is_set_back or any(before.get(name) != after[name] for name in _OF_EVERYBODY):
        return _rebuild(writer, progress).written
    changed = _changed(before, after)
    alive = Account.objects.filter(merged_into=None)
    if 2 * len(changed) > alive.count() or writer.is_worn():
        return _rebuild(writer, progress).written
    accounts = creators.accounts_table(sorted(changed))
    merged = creators.merged_accounts(changed_since=int(before["revision"]))
    with creators.observations() as observations:
        batches = documents.batches(observations, accounts, progress=progress)
        written = writer.update(batches, gone=map(str, merged), marks=after)
    if storage.size(writer.folder) != alive.count():
        # Accounts were deleted, which leaves nothing that has a revision.
        gone = indexing.accounts(writer.folder) - set(map(str, alive.values_list("id", flat=True)))
        writer.update([], gone=gone, marks=after)
    return written


def _changed(before: Marks, after: Marks) -> set[UUID]:
    """Accounts of which anything that search shows may have changed between two marks."""
    revision = int(before["revision"])
    described = Account.objects.filter(merged_into=None, revision__gt=revision)
    changed = set(described.values_list("id", flat=True)) | _observed(since=revision)
    if before["vetted_at"] != after["vetted_at"]:
        scored = Scorecard.objects.filter(account__merged_into=None)
        if before["vetted_at"]:
            vetted_at = datetime.fromisoformat(str(before["vetted_at"]))
            scored = scored.filter(said_since__gt=vetted_at)
        changed |= set(scored.values_list("account_id", flat=True))
    if before["judged"] != after["judged"]:
        changed |= vetting_reviews.changed_since(str(before["judged"]))
    if before["filed"] != after["filed"]:
        changed |= creators.filed_since(int(before["filed"]))
    if before["watched"] != after["watched"]:
        changed |= vetting_watching.changed_since(str(before["watched"]))
    return changed


def _observed(*, since: int) -> set[UUID]:
    """Accounts with observations that came after a revision."""
    workspace = creators.here()
    fresh = creators.live_segments().filter(publication__gt=since, table__in=_TABLES)
    segments = [segment.described() for segment in fresh]
    if not segments:
        return set()
    with (
        TemporaryDirectory(dir=folders.spill_of(workspace)) as spill,
        Observations(folders.warehouse_of(workspace), segments, spill=Path(spill)) as observations,
    ):
        found = observations.ask("discovery_accounts", since=since)
        return set(map(UUID, found["account"].to_pylist()))
