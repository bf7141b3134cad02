"""An indexer that dies: run inside an installation by `test_killed_indexer.py`.

Each step is a process of its own, forked from one that has everything imported and nothing open.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groundswell.creators import queries as creators
from groundswell.creators.models import Account, RevisionCounter
from groundswell.discovery import documents
from groundswell.discovery.actions import indexing
from groundswell.project import opening
from groundswell.retrieval import indexing as retrieval
from groundswell.retrieval import searching, storage
from groundswell.retrieval.searching import Request
from groundswell.terms.progress import silent
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHANGED = 100
ROUNDS = 20  # of updates one after the other, each of other accounts, so that segments are merged
QUERIES = [
    Request(facets=("platform", "country", "tier")),
    Request("trail"),
    Request("version*"),
    Request('"trail version"'),
    Request("trail -swims"),
    Request("swims bakes"),
    Request("", ["country=US", "followers>=2K"]),
    Request("trail", ["country!=US", "country!=none"]),
]


@dataclass(frozen=True)
class Point:
    """What is being done, and when it dies.

    Attributes:
        act: Which of ``ACTS``.
        call: A call to the system and what is in its first argument: dies before it is made.
        files: Dies as soon as so many new files are there.
        segments: Dies as soon as there are so many segments, most of which are to be merged.
    """

    act: str
    call: tuple[str, str] = ("", "")
    files: int = 10**9
    segments: int = 10**9


POINTS = [
    Point("rebuild", files=4),
    Point("rebuild", files=8),
    Point("rebuild", call=("os.rename", "mark.json")),
    Point("rebuild", call=("os.rename", "CURRENT")),
    Point("rebuild", call=("shutil.rmtree", "generation-")),
    Point("update", files=1),
    Point("update", files=5),
    Point("update", call=("os.rename", "mark.json")),
    Point("updates", segments=7),
    Point("updates", segments=8),
]


def main() -> None:
    """Go through all points; prints what came of each."""
    folder, before = apart(first)
    told = []
    for number, point in enumerate(POINTS, 1):
        status = killed(point, number, Path(folder))
        left, caught_up, rebuilt = apart(recovered)
        told.append(
            {
                "was_killed": os.WIFSIGNALED(status),
                "is_before_or_after": left in (before, rebuilt),
                "equals_a_rebuild": caught_up == rebuilt,
                "is_news": before != rebuilt,
                "generations": len(list(Path(folder).glob("generation-*"))),
            }
        )
        before = rebuilt
    json.dump(told, sys.stdout)


def first() -> tuple[str, list[Any]]:
    """Where the index is, and what it answers at first."""
    with opening.reach_database(), inside() as workspace:
        rebuild(workspace)
        folder = indexing.folder_of(workspace)
        return str(folder), answers(folder)


def recovered() -> list[list[Any]]:
    """What the index answers as it was left, what the next search does, and what a rebuild."""
    with opening.reach_database(), inside() as workspace:
        folder = indexing.folder_of(workspace)
        left = answers(folder)
        indexing.catch_up(workspace=workspace)
        caught_up = answers(folder)
        rebuild(workspace)
        return [left, caught_up, answers(folder)]


def killed(point: Point, number: int, folder: Path) -> int:
    """Let an indexer begin on news, and kill it when its moment has come; how it ended."""
    seen = files(folder)
    pid = os.fork()
    if pid == 0:
        with opening.reach_database():
            with inside():
                change(number)
            with inside() as workspace:
                sys.addaudithook(lambda event, given: dies(point, event, given))
                ACTS[point.act](workspace=workspace)
        os._exit(0)
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        now = files(folder)
        if len(now - seen) >= point.files or segments(now) >= point.segments:
            os.kill(pid, signal.SIGKILL)
            return os.waitpid(pid, 0)[1]
        time.sleep(0.0005)


def dies(point: Point, event: str, given: tuple[Any, ...]) -> None:
    name, part = point.call
    if event == name and part in str(given[0]):
        os.kill(os.getpid(), signal.SIGKILL)


def files(folder: Path) -> set[str]:
    """Files of the library's, without those that say who holds or awaits something."""
    return {str(path) for path in folder.rglob("*.*") if path.suffix not in {".lock", ".new"}}


def segments(paths: set[str]) -> int:
    return sum(path.endswith(".store") for path in paths)


@contextmanager
def inside() -> Iterator[Workspace]:
    """A transaction inside the first workspace."""
    workspace = workspaces.first(by="test", now=NOW)
    with access.inside(workspace):
        yield workspace


def apart(act: Callable[[], Any]) -> Any:
    """What an act returns that a process of its own does."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as told:
            json.dump(act(), told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = told.read()
    assert os.waitpid(pid, 0)[1] == 0
    return json.loads(found)


def change(number: int) -> None:
    """Some accounts are described anew, and the revision says so."""
    latest = creators.latest_revision() + 1
    changed = Account.objects.order_by("handle").values_list("id", flat=True)
    some = list(changed[number * 7 : number * 7 + CHANGED])
    Account.objects.filter(id__in=some).update(bio=f"trail version{number}", revision=latest)
    RevisionCounter.objects.update(latest=latest)


def rebuild(workspace: Workspace) -> None:
    indexing.rebuild(workspace=workspace, by="test", now=NOW)


def update_again_and_again(workspace: Workspace) -> None:
    """All that is news, and then every part of it once more, which changes no answer."""
    folder = indexing.folder_of(workspace)
    changed = Account.objects.filter(revision=creators.latest_revision())
    accounts = creators.accounts_table(sorted(changed.values_list("id", flat=True)))
    marks = storage.current(folder).marks
    size = CHANGED // ROUNDS
    parts = [accounts, *(accounts.slice(at * size, size) for at in range(ROUNDS))]
    for part in parts:
        with creators.observations() as observations, retrieval.writing(folder) as writer:
            batches = documents.batches(observations, part, progress=silent)
            writer.update(batches, gone=(), marks=marks)


def answers(folder: Path) -> list[Any]:
    """Of each query the total, the accounts and the facets, from the index as it lies there."""
    found = [searching.search(folder, replace(query, limit=10_000)) for query in QUERIES]
    return [
        [each.total, sorted(hit.account for hit in each.hits), dict(each.facets)] for each in found
    ]


ACTS: dict[str, Callable[..., Any]] = {
    "rebuild": rebuild,
    "update": indexing.catch_up,
    "updates": update_again_and_again,
}
