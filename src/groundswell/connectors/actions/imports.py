"""Bringing a file in: staged in a child process, then published in one transaction."""

import fcntl
import hashlib
import os
import shutil
import stat
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from groundswell.connectors.adapters import parsing
from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.connectors.adapters.maps import Map
from groundswell.connectors.adapters.parsing import Outcome
from groundswell.connectors.adapters.staging import chunks
from groundswell.connectors.choices import RunState
from groundswell.connectors.models import ImportRun
from groundswell.creators.actions import publishing
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.terms.progress import Progress
from groundswell.terms.tables import TABLES
from groundswell.workspaces import jobs, keys
from groundswell.workspaces.access import inside
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace

_BLOCK = 1 << 20
_NAME = 255
_GIVEN_UP_AFTER = timedelta(days=7)


class UnknownKind(Refusal):
    """No canonical table goes by that name."""

    code = "unknown_kind"

    def __init__(self, kind: str) -> None:
        super().__init__(f"nothing is imported as {kind!r}: use one of {', '.join(TABLES)}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        rows_read: Rows of the file; each was accepted or rejected.
        accepted: Rows that were taken.
        rejected: Rows that were not; the report says why.
        unchanged: Accepted rows that said nothing new.
        report: Table of the rejected rows: row, line, column, value, reason.
        guesses: What had to be guessed, in sentences.
        run: Under which it is recorded.
    """

    rows_read: int
    accepted: int
    rejected: int
    unchanged: int
    report: Path
    guesses: list[str]
    run: UUID


class Cancelled(Refusal):
    """Somebody stopped an import that was under way."""

    code = "import_cancelled"


def import_file(  # noqa: PLR0913 - what every action takes, and what a file is
    *,
    workspace: Workspace,
    kind: str,
    path: Path,
    mapping: Map | None,
    platform: Platform | None,
    by: str,
    now: datetime,
    progress: Progress,
    take_turn: Callable[[], object] = lambda: None,
    file_name: str | None = None,
) -> Imported:
    """Bring a file of creators' data in, all of it or nothing.

    Opens its own transactions. A run that was killed goes on where it stopped when the same file
    comes again, and ends as if it had never been killed; the same file once more changes nothing.

    Args:
        workspace: Where to.
        kind: What the file holds: the name of a canonical table. It may feed others too.
        path: The file.
        mapping: What its columns mean; None to guess.
        platform: Where accounts are when their row doesn't say.
        by: On whose behalf.
        now: This moment; stands in where the file doesn't say when it counted.
        progress: Told how many rows are read and tables published.
        take_turn: Called when the file is read, before any of it becomes visible: who brings
            several files at once puts them in order by it.
        file_name: What the file is called, where its path doesn't say.

    Raises:
        UnknownKind: When there is no such table.
        CannotRead: When the file is no table of rows.
        CannotMap: When its columns can't be told.
    """
    if kind not in TABLES:
        raise UnknownKind(kind)
    sha256 = _hash_of(path)
    file_name = clean(file_name or path.name)
    fingerprint = parsing.fingerprint(kind, mapping, platform, file_name)
    _sweep(workspace, now)
    run = _begin(workspace, kind, file_name, (sha256, fingerprint), by=by, now=now)
    with _alone(workspace, run):
        if run.state != RunState.BEGUN:
            # Another process brought the same file in while this one waited.
            run = _begin(workspace, kind, file_name, (sha256, fingerprint), by=by, now=now)
        job = parsing.Job(
            path=path,
            sha256=sha256,
            file_name=file_name,
            kind=kind,
            map=mapping,
            platform=platform,
            folder=_folder(workspace) / str(run.id),
            now=run.started_at,
            members_key=keys.key_for(workspace, "members"),
        )
        with _failing(workspace, run, Refusal, now=now):
            staged = parsing.staged(job, progress)
        take_turn()
        with _failing(workspace, run, Cancelled, now=now):
            imported = _publish(workspace, run, staged, now=now, progress=progress)
    shutil.rmtree(job.folder, ignore_errors=True)  # another import may be sweeping it
    return imported


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CannotRead(f"{path} is no regular file: give the path of a file")
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except OSError as error:
        raise CannotRead(f"{path} can't be opened: {error.strerror}") from error
    return found.hexdigest()


@contextmanager
def _failing(
    workspace: Workspace, run: ImportRun, of: type[Refusal], *, now: datetime
) -> Iterator[None]:
    """A refusal of that kind ends the run; it would say the same when it went on."""
    try:
        yield
    except of as refusal:
        _fail(workspace, run, refusal, now=now)
        raise


def clean(name: str) -> str:
    """A file's name as data: no control characters, and not longer than names are."""
    kept = (c for c in name if unicodedata.category(c)[0] != "C")
    return "".join(kept).encode(errors="replace")[:_NAME].decode(errors="ignore") or "unnamed"


def _folder(workspace: Workspace) -> Path:
    return Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id) / "imports"


def report_of(workspace: Workspace, run: UUID) -> Path:
    """Where the report on a run's rejected rows is kept."""
    return _folder(workspace) / "reports" / f"{run}.csv"


def _begin(
    workspace: Workspace,
    kind: str,
    file_name: str,
    identity: tuple[str, str],
    *,
    by: str,
    now: datetime,
) -> ImportRun:
    """The unfinished run of the same file, or a new one."""
    sha256, fingerprint = identity
    with inside(workspace):
        run, _ = ImportRun.objects.get_or_create(
            workspace=workspace,
            kind=kind,
            sha256=sha256,
            fingerprint=fingerprint,
            state=RunState.BEGUN,
            defaults={"file_name": file_name, "by": by, "started_at": now},
        )
    return run


@contextmanager
def _alone(workspace: Workspace, run: ImportRun) -> Iterator[None]:
    """Nobody else works on the run meanwhile; its state is read again once that is so."""
    path = _folder(workspace) / "locks" / str(run.id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path):
        with inside(workspace):
            run.refresh_from_db()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    while True:
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Whoever held it before has removed the file: the lock to take is the next one's.
            if path.exists() and path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                yield
                return


def _publish(
    workspace: Workspace, run: ImportRun, staged: Outcome, *, now: datetime, progress: Progress
) -> Imported:
    folder = _folder(workspace) / str(run.id)
    report = report_of(workspace, run.id)
    report.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    chunks.write(report, (folder / chunks.REJECTED).read_bytes())
    with inside(workspace):
        published = publishing.publish(
            publishing.Staged(folder, run.started_at),
            workspace=workspace,
            by=run.by,
            now=now,
            progress=progress,
        )
        run.state = RunState.PUBLISHED
        run.rows_read, run.accepted, run.rejected = (
            staged.rows_read,
            staged.accepted,
            staged.rejected,
        )
        run.unchanged = published.unchanged
        run.changed = dict(published.changed)
        run.guesses = staged.guesses
        run.finished_at = now
        run.save()
        journal.record(
            "import.published",
            workspace=workspace,
            by=run.by,
            now=now,
            subject=run.file_name,
            rows=staged.accepted,
            details={"kind": run.kind, "rejected": staged.rejected, "changed": run.changed},
        )
        jobs.defer("discovery.refresh_index", workspace=workspace)
    return Imported(
        staged.rows_read,
        staged.accepted,
        staged.rejected,
        published.unchanged,
        report,
        staged.guesses,
        run.id,
    )


def _fail(workspace: Workspace, run: ImportRun, refusal: Refusal, *, now: datetime) -> None:
    reason = {"code": refusal.code, "message": str(refusal)}
    with inside(workspace):
        run.state = RunState.FAILED
        run.refusal = reason
        run.finished_at = now
        run.save()
        journal.record(
            "import.failed",
            workspace=workspace,
            by=run.by,
            now=now,
            subject=run.file_name,
            rows=0,
            details={"kind": run.kind, **reason},
        )
    shutil.rmtree(_folder(workspace) / str(run.id), ignore_errors=True)


def _sweep(workspace: Workspace, now: datetime) -> None:
    """Remove what runs left behind that ended after their commit, or that nobody took up again."""
    folder = _folder(workspace)
    # Listed first: what another import makes from now on has a run that the query may not see.
    there = list(folder.iterdir()) if folder.is_dir() else []
    with inside(workspace):
        begun = ImportRun.objects.filter(state=RunState.BEGUN)
        begun.filter(started_at__lt=now - _GIVEN_UP_AFTER).update(
            state=RunState.FAILED,
            finished_at=now,
            refusal={"code": "given_up", "message": "nobody went on with the killed import"},
        )
        unfinished = {str(run) for run in begun.values_list("id", flat=True)}
    for left in there:
        if left.name not in {*unfinished, "reports", "locks"}:
            shutil.rmtree(left, ignore_errors=True)
