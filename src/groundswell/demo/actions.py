"""Filling the demo's workspace with a synthetic world."""

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from django.db import connection

from groundswell.connectors.actions import imports
from groundswell.demo import files
from groundswell.demo.files import Brought, Lane
from groundswell.discovery.actions import indexing
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes
from groundswell.terms.errors import Refusal
from groundswell.terms.progress import Progress, silent
from groundswell.vetting.actions import scorecards
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal, workspaces
from groundswell.workspaces.models import JournalEntry, Workspace

NAME = "Demo (synthetic)"
BEGUN, SEEDED = "demo.begun", "demo.seeded"

Stopwatch = Callable[[], float]


class NotSynthetic(Refusal):
    """The workspace holds somebody's data."""

    code = "workspace_not_synthetic"


class OtherWorld(Refusal):
    """The workspace holds another synthetic world."""

    code = "other_synthetic_world"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of one file.

    Attributes:
        kind: What it was brought as.
        file: Its name.
        rows_read: Its rows; each was accepted or rejected.
        accepted: Rows that were taken.
        rejected: Rows that were not.
        unchanged: Accepted rows that said nothing new.
        guesses: What had to be guessed, in sentences.
        report: Where the rejected rows are, with a reason each.
        seconds: How long it took.
    """

    kind: str
    file: str
    rows_read: int
    accepted: int
    rejected: int
    unchanged: int
    guesses: list[str]
    report: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Seeded:
    """How the workspace was filled.

    Attributes:
        seed: Seed of the world.
        creators: Creators of the world.
        seen_at: The moment at which the world is seen; nothing in it is later.
        files: What came in.
        accounts: Accounts that were vetted.
        scored: Of these, accounts of which at least one factor can be said.
        needs_review: Accounts with something that a person should look at.
        coverage: Share of accounts of which each factor can be said.
        indexed: Accounts that can be searched.
        seconds: How long each step took, by name.
        is_warm: Whether all of this was found done.
    """

    seed: int
    creators: int
    seen_at: datetime
    files: tuple[Arrived, ...]
    accounts: int
    scored: int
    needs_review: int
    coverage: dict[str, float | None]
    indexed: int
    seconds: dict[str, float]
    is_warm: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {**asdict(self), "seen_at": self.seen_at.isoformat()}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        """As the journal kept it."""
        arrived = tuple(Arrived(**file) for file in kept["files"])
        seen_at = datetime.fromisoformat(kept["seen_at"])
        return cls(**{**kept, "files": arrived, "seen_at": seen_at})


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
    sizes: Sizes,
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
        sizes: How large it is.
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
    asked = {"seed": seed, "creators": sizes.creators}
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
        return replace(Seeded.of_json(done.details), is_warm=True)
    found = _filled(_Arrival(workspace, by, begun.at, stopwatch, progress), seed, sizes)
    with access.inside(workspace):
        journal.record(
            SEEDED,
            workspace=workspace,
            by=by,
            now=now,
            rows=found.accounts,
            details=found.as_json(),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Arrival:
    """How files come in: where to, on whose behalf, and who watches."""

    workspace: Workspace
    by: str
    now: datetime
    stopwatch: Stopwatch
    progress: Progress

    def of(self, brought: Sequence[Brought]) -> list[Arrived]:
        """Import files one after the other."""
        return [self._one(file) for file in brought]

    def beside(self, brought: Sequence[Brought]) -> list[Arrived]:
        """The same in a thread, which has a database connection of its own."""
        try:
            return self.of(brought)
        finally:
            connection.close()

    def _one(self, file: Brought) -> Arrived:
        started = self.stopwatch()

        def report(step: str, done: int, total: int | None) -> None:
            self.progress(f"{file.path.name}: {step}", done, total)

        found = imports.import_file(
            workspace=self.workspace,
            kind=file.kind,
            path=file.path,
            mapping=None,
            platform=None,
            by=self.by,
            now=self.now,
            progress=report,
        )
        return Arrived(
            kind=file.kind,
            file=file.path.name,
            rows_read=found.rows_read,
            accepted=found.accepted,
            rejected=found.rejected,
            unchanged=found.unchanged,
            guesses=found.guesses,
            report=str(found.report),
            seconds=self.stopwatch() - started,
        )


def _filled(arrival: _Arrival, seed: int, sizes: Sizes) -> Seeded:
    """Create, import, vet and index.

    Reading a file happens in a process of its own, so two files at a time keep two cores busy:
    once the accounts are there, the large files go beside one another, and what no score stands on
    comes in while the accounts are vetted.
    """
    lap, seconds = arrival.stopwatch(), {}

    def timed(step: str) -> None:
        nonlocal lap
        seconds[step], lap = arrival.stopwatch() - lap, arrival.stopwatch()

    progress, now = arrival.progress, arrival.now
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-demo-") as folder,
        ThreadPoolExecutor(max_workers=1) as thread,
    ):
        brought = _world_files(seed, sizes, now, Path(folder), progress)
        timed("create")
        lanes = {lane: [file for file in brought if file.lane is lane] for lane in Lane}
        arrived = arrival.of(lanes[Lane.FIRST])
        beside = thread.submit(arrival.beside, lanes[Lane.AUDIENCE])
        arrived += arrival.of(lanes[Lane.ACTIVITY])
        arrived += beside.result()
        timed("import")
        rest = thread.submit(arrival.beside, lanes[Lane.LAST])
        vetted = scorecards.vet(
            workspace=arrival.workspace, by=arrival.by, now=now, progress=progress
        )
        timed("vet")
        with access.inside(arrival.workspace):
            indexed = indexing.rebuild(
                workspace=arrival.workspace, by=arrival.by, now=now, progress=progress
            )
        arrived += rest.result()
        timed("index")
    return Seeded(
        seed=seed,
        creators=sizes.creators,
        seen_at=now,
        files=tuple(arrived),
        accounts=vetted.accounts,
        scored=vetted.scored,
        needs_review=vetted.needs_review,
        coverage=vetted.coverage,
        indexed=indexed.accounts,
        seconds=seconds,
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
