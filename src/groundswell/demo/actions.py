"""Filling the demo's workspace with a synthetic world."""

import itertools
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
from groundswell.connectors.actions.imports import Imported
from groundswell.demo import files
from groundswell.demo.files import Brought, Lane
from groundswell.discovery.actions import indexing
from groundswell.engine.synth import worlds
from groundswell.engine.synth.worlds import Sizes
from groundswell.terms.errors import Refusal
from groundswell.terms.factors import FactorName
from groundswell.terms.progress import Progress, silent
from groundswell.vetting.actions import scorecards
from groundswell.vetting.actions.scorecards import Vetted
from groundswell.workspaces import access
from groundswell.workspaces.actions import journal, workspaces
from groundswell.workspaces.models import JournalEntry, Workspace

NAME = "Demo (synthetic)"
CREATORS = Sizes().creators
STEPS = ("create", "import", "vet", "index")
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
    """What became of one file."""

    kind: str
    file: str
    outcome: Imported

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        """As the journal kept it."""
        outcome = {**kept["outcome"], "report": Path(kept["outcome"]["report"])}
        return cls(kept["kind"], kept["file"], Imported(**outcome))


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

    def as_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        kept = {**asdict(self), "seen_at": self.seen_at.isoformat()}
        for file in kept["files"]:
            file["outcome"]["report"] = str(file["outcome"]["report"])
        return kept

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        """As the journal kept it, which forgets the order of the factors."""
        coverage = kept["vetted"]["coverage"]
        ordered = {name: coverage[name] for name in ("at_least_four", *FactorName)}
        return cls(
            **{
                **kept,
                "seen_at": datetime.fromisoformat(kept["seen_at"]),
                "files": tuple(Arrived.of_json(file) for file in kept["files"]),
                "vetted": Vetted(**{**kept["vetted"], "coverage": ordered}),
            }
        )


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
        return replace(Seeded.of_json(done.details), is_warm=True)
    found = _filled(
        _Arrival(workspace, by, begun.at, stopwatch, progress), seed, Sizes.of(creators)
    )
    with access.inside(workspace):
        journal.record(
            SEEDED,
            workspace=workspace,
            by=by,
            now=now,
            rows=found.vetted.accounts,
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

        def report(step: str, done: int, total: int | None) -> None:
            self.progress(f"{file.path.name}: {step}", done, total)

        outcome = imports.import_file(
            workspace=self.workspace,
            kind=file.kind,
            path=file.path,
            mapping=None,
            platform=None,
            by=self.by,
            now=self.now,
            progress=report,
        )
        return Arrived(file.kind, file.path.name, outcome)


def _filled(arrival: _Arrival, seed: int, sizes: Sizes) -> Seeded:
    """Create, import, vet and index.

    Reading a file happens in a process of its own, so two files at a time keep two cores busy:
    once the accounts are there, the other files come in side by side.
    """
    workspace, by, now, progress = (
        arrival.workspace, arrival.by, arrival.now, arrival.progress
    )  # fmt: skip
    laps = [arrival.stopwatch()]
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-demo-") as folder,
        ThreadPoolExecutor(max_workers=1) as thread,
    ):
        brought = _world_files(seed, sizes, now, Path(folder), progress)
        laps.append(arrival.stopwatch())
        lanes = {lane: [file for file in brought if file.lane is lane] for lane in Lane}
        arrived = arrival.of(lanes[Lane.ACCOUNTS])
        beside = thread.submit(arrival.beside, lanes[Lane.AUDIENCE])
        arrived += arrival.of(lanes[Lane.ACTIVITY])
        arrived += beside.result()
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
        files=tuple(arrived),
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
