"""kill -9 in the middle of an import: the same command again ends as if nothing had happened."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.installation import Installation, copied

KILLS = 10
ROWS = 45_000

# What a workspace holds, without what differs between any two installations: ids and moments of
# writing. Accounts stand by their handles.
CONTENTS = """
import hashlib, json
from pathlib import Path
from django.conf import settings
from groundswell.connectors.models import ImportRun
from groundswell.creators import queries
from groundswell.creators.models import Account, Segment
from groundswell.project import opening
from groundswell.workspaces import clock
from groundswell.workspaces.access import inside
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import JournalEntry

def digest(rows):
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()

found = {}
with opening.open_database():
    workspace = workspaces.first(by="test", now=clock.now())
    home = Path(settings.GROUNDSWELL_HOME) / "workspaces" / str(workspace.id)
    with inside(workspace), queries.observations() as observations:
        handles = {str(a.id): a.handle for a in Account.objects.all()}
        found["accounts"] = digest(
            Account.objects.values_list("platform", "handle", "followers", "country")
        )
        for table, columns in {
            "posts": "account, post_id, epoch(published_at), text",
            "post_observations": "account, post_id, epoch(observed_at), likes",
            "account_observations": "account, epoch(observed_at), followers",
        }.items():
            rows = observations.connection.execute(f"SELECT {columns} FROM {table}").fetchall()
            found[table] = [len(rows), digest([(handles[r[0]], *r[1:]) for r in rows])]
        live = {s.path for s in Segment.objects.filter(retired_at=None)}
        found["segments"] = digest((s.table, s.month, s.rows) for s in Segment.objects.all())
        # A kill between the commit and the answer makes one more run, which changes nothing.
        runs = [r for r in ImportRun.objects.all() if r.changed]
        found["runs"] = digest(
            (r.file_name, r.state, r.rows_read, r.accepted, r.rejected, r.unchanged, str(r.changed))
            for r in runs
        )
        entries = JournalEntry.objects.filter(event="import.published")
        found["journal"] = sorted({e.subject for e in entries if e.details["changed"]})
        found["reports"] = digest(
            (home / "imports" / "reports" / f"{r.id}.csv").read_bytes() for r in runs
        )
    warehouse = home / "warehouse"
    files = {str(file.relative_to(warehouse)) for file in warehouse.rglob("*.parquet")}
    found["strays"] = sorted(files - live)
    found["lost"] = sorted(live - files)
    found["left"] = [
        f.name for f in (home / "imports").rglob("*") if f.is_file() and f.parent.name != "reports"
    ]
print(json.dumps(found))
"""


def contents(installation: Installation) -> dict[str, Any]:
    script = installation.start_script(CONTENTS)
    output, _ = script.communicate()
    assert script.returncode == 0
    found: dict[str, Any] = json.loads(output)
    return found


def written(folder: Path) -> list[Path]:
    """A file for each kill: posts of the same authors, with some rows that can't be taken."""
    paths = []
    for turn in range(KILLS):
        path = folder / f"posts-{turn}.csv"
        lines = "".join(
            f"x:author{n % 500},t{turn}p{n},2026-0{n % 9 + 1}-0{turn % 9 + 1},hello {n},"
            f"{n if n % 97 else -1 - n},{n % 500 + turn},2026-10-0{turn % 9 + 1}\n"
            for n in range(ROWS)
        )
        path.write_text(f"account,post_id,published_at,text,likes,followers,observed_at\n{lines}")
        paths.append(path)
    return paths


def killed(installation: Installation, path: Path, *, after: float) -> bool:
    """Start an import and kill it after some seconds; False when it was done by then."""
    process = subprocess.Popen(
        installation.command("import", "posts", str(path), "--json"),
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


@pytest.mark.slow
def test_an_import_killed_at_any_point_ends_as_if_it_had_not_been(migrated: Path, tmp_path: Path):
    paths = written(tmp_path)
    whole, broken = (copied(migrated, tmp_path / name) for name in ("whole", "broken"))
    usual = np.median(
        [_seconds(lambda path=path: whole.json("import", "posts", str(path))) for path in paths]
    )
    points = np.random.default_rng(5).permutation(np.linspace(0.25, 0.95, KILLS))

    kills = 0
    for path, point in zip(paths, points, strict=True):
        if killed(broken, path, after=point * usual):
            kills += 1
            [answer] = broken.json("import", "posts", str(path))["files"]
            assert answer["rows_read"] == answer["accepted"] + answer["rejected"] == ROWS

    assert kills >= KILLS // 3  # on a busy machine some imports end before their kill
    expected, found = contents(whole), contents(broken)
    assert found["strays"] == found["lost"] == found["left"] == []
    assert found == expected


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
