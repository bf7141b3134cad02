"""Filling the demo's workspace with a synthetic world."""

import itertools
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import connection

from groundswell.connectors.actions import imports
from groundswell.connectors.actions.imports import Imported
from groundswell.connectors.choices import RunState
from groundswell.connectors.models import ImportRun
from groundswell.demo import files
from groundswell.demo.files import Brought
from groundswell.discovery.actions import indexing
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes
from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import Progress, silent
from groundswell.terms.tables import TABLES
from groundswell.vetting import queries as vetting
from groundswell.vetting.actions import scorecards
from groundswell.vetting.actions.scorecards import Vetted
from groundswell.workspaces import access, jobs
from groundswell.workspaces.actions import journal, workspaces
from groundswell.workspaces.models import JournalEntry, Workspace

NAME = "Demo (synthetic)"
CREATORS = Sizes().creators
STEPS = ("create", "import", "vet", "index")
BEGUN, SEEDED = "demo.begun", "demo.seeded"
_FILES_AT_ONCE = 3  # one is published, two are read

Stopwatch = Callable[[], float]


class NotSynthetic(Refusal):
    """The workspace holds somebody's data."""

    code = "workspace_not_synthetic"


class OtherWorld(Refusal):
    """The workspace holds another synthetic world."""

    code = "other_synthetic_world"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of one file."""

    kind: str
    file: str
    outcome: Imported


@dataclass(frozen=True, slots=True)
class Seeded:
    """How the workspace was filled.

    Attributes:
        seed: Seed of the world.
        creators: Creators of the world.
        seen_at: The moment at which the world is seen; nothing in it is later.
        files: What came in.
        vetted: What vetting could say of its accounts.
        indexed: Accounts that can be searched.
        seconds: How long each step took, by name.
        is_warm: Whether all of this was found done.
    """

    seed: int
    creators: int
    seen_at: datetime
    files: tuple[Arrived, ...]
    vetted: Vetted
    indexed: int
    seconds: dict[str, float]
    is_warm: bool = False


def workspace_for(*, slug: str, by: str, now: datetime) -> Workspace:
    """The demo's workspace, made when it isn't there.

    Raises:
        NotSynthetic: When a workspace of that name holds somebody's data.
    """
    try:
        workspace = access.workspace_named(slug)
    except access.UnknownWorkspace:
        return workspaces.create(slug=slug, name=NAME, by=by, now=now, is_synthetic=True)
    if not workspace.is_synthetic:
        raise NotSynthetic(
            f"the workspace {slug!r} is not synthetic: name another one for the demo"
        )
    return workspace


def seed(
    *,
    workspace: Workspace,
    seed: int,
    creators: int,
    by: str,
    now: datetime,
    stopwatch: Stopwatch,
    progress: Progress = silent,
) -> Seeded:
    """Bring a synthetic world in as files, vet it and index it; once done, nothing is redone.

    Opens its own transactions. A run that was killed goes on: the world is the same again, and
    files that came in change nothing.

    Args:
        workspace: Where to; it must be labelled synthetic.
        seed: Seed of the world.
        creators: Creators of the world; everything else comes in proportion.
        by: On whose behalf.
        now: The moment at which the world is seen, unless a killed run chose one.
        stopwatch: Seconds from any start.
        progress: Told of every step.

    Raises:
        NotSynthetic: When the workspace may hold somebody's data.
        OtherWorld: When another world is in it.
    """
    if not workspace.is_synthetic:
        raise NotSynthetic(f"the workspace {workspace.slug!r} is not synthetic: nothing was done")
    asked = {"seed": seed, "creators": creators}
    with access.inside(workspace):
        done = JournalEntry.objects.filter(event=SEEDED).first()
        begun = JournalEntry.objects.filter(event=BEGUN).first() or journal.record(
            BEGUN, workspace=workspace, by=by, now=now, details=asked
        )
    if begun.details != asked:
        raise OtherWorld(
            f"the workspace {workspace.slug!r} holds the world of {begun.details}, "
            f"not of {asked}: use another workspace for another world"
        )
    if done is not None:
        return _found_done(workspace, begun, done)
    arrival = _Arrival(workspace, by, begun.at, stopwatch, progress)
    with jobs.gathered():
        found = _filled(arrival, seed, Sizes.of(creators))
    with access.inside(workspace):
        journal.record(
            SEEDED,
            workspace=workspace,
            by=by,
            now=now,
            rows=found.vetted.accounts,
            details={"indexed": found.indexed, "seconds": found.seconds},
        )
    return found


def _found_done(workspace: Workspace, begun: JournalEntry, done: JournalEntry) -> Seeded:
    """What a run before this one did, by what it left; the last import of each file counts."""
    with access.inside(workspace):
        runs = ImportRun.objects.filter(started_at=begun.at, state=RunState.PUBLISHED)
        last = {run.file_name: run for run in runs.order_by("id")}
        arrived = [
            Arrived(run.kind, run.file_name, _outcome(workspace, run)) for run in last.values()
        ]
        last_vetting = vetting.last_vetting()
    if last_vetting is None:
        raise RuntimeError(f"workspace {workspace.slug!r} was seeded and has no vetting")
    coverage = {name: last_vetting.coverage[name] for name in ("at_least_four", *FactorName)}
    return Seeded(
        **begun.details,
        seen_at=begun.at,
        files=_in_order(arrived),
        vetted=Vetted(
            last_vetting.accounts, last_vetting.scored, last_vetting.needs_review, coverage
        ),
        **done.details,
        is_warm=True,
    )


def _outcome(workspace: Workspace, run: ImportRun) -> Imported:
    report = imports.report_of(workspace, run.id)
    return Imported(
        run.rows_read, run.accepted, run.rejected, run.unchanged, report, run.guesses, run.id
    )


def _in_order(arrived: list[Arrived]) -> tuple[Arrived, ...]:
    return tuple(sorted(arrived, key=lambda file: (list(TABLES).index(file.kind), file.file)))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """How files come in: where to, on whose behalf, and who watches."""

    workspace: Workspace
    by: str
    now: datetime
    stopwatch: Stopwatch
    progress: Progress

    def of(self, brought: Sequence[Brought]) -> list[Arrived]:
        """Import files in their order; the next ones are read while one is published."""
        with ThreadPoolExecutor(max_workers=_FILES_AT_ONCE) as threads:
            coming: list[Future[Arrived]] = []
            for file in brought:
                before = coming[-1] if coming else None
                coming.append(threads.submit(copy_context().run, self._one, file, before))
            return [file.result() for file in coming]

    def _one(self, file: Brought, before: "Future[Arrived] | None") -> Arrived:
        """Import a file in a thread, which has a database connection of its own."""

        def report(step: str, done: int, total: int | None) -> None:
            self.progress(f"{file.path.name}: {step}", done, total)

        def take_turn() -> None:
            if before is not None:
                before.result()

        try:
            outcome = imports.import_file(
                workspace=self.workspace,
                kind=file.kind,
                path=file.path,
                mapping=None,
                platform=None,
                by=self.by,
                now=self.now,
                progress=report,
                take_turn=take_turn,
            )
        finally:
            connection.close()
        return Arrived(file.kind, file.path.name, outcome)


def _filled(arrival: _Arrival, seed: int, sizes: Sizes) -> Seeded:
    """Create, import, vet and index.

    Reading a file happens in a process of its own, so reading the next files while one is
    published keeps two cores busy.
    """
    workspace, by, now, progress = (
        arrival.workspace, arrival.by, arrival.now, arrival.progress
    )  # fmt: skip
    laps = [arrival.stopwatch()]
    with tempfile.TemporaryDirectory(prefix="groundswell-demo-") as folder:
        brought = _world_files(seed, sizes, now, Path(folder), progress)
        laps.append(arrival.stopwatch())
        arrived = arrival.of(brought)
    laps.append(arrival.stopwatch())
    vetted = scorecards.vet(workspace=workspace, by=by, now=now, progress=progress)
    laps.append(arrival.stopwatch())
    with access.inside(workspace):
        indexed = indexing.rebuild(workspace=workspace, by=by, now=now, progress=progress)
    laps.append(arrival.stopwatch())
    spent = [after - before for before, after in itertools.pairwise(laps)]
    return Seeded(
        seed=seed,
        creators=sizes.creators,
        seen_at=now,
        files=_in_order(arrived),
        vetted=vetted,
        indexed=indexed.accounts,
        seconds=dict(zip(STEPS, spent, strict=True)),
    )


def _world_files(
    seed: int, sizes: Sizes, now: datetime, folder: Path, progress: Progress
) -> list[Brought]:
    """The world as files; the truth about it is dropped here."""
    progress("create the synthetic world", 0, 1)
    world, _ = worlds.create(sizes, rng=np.random.default_rng(seed), now=now)
    brought = files.write(world, folder)
    progress("create the synthetic world", 1, 1)
    return brought
