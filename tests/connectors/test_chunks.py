"""A run that stops anywhere and begins again ends as one that never stopped."""

import contextlib
import hashlib
from datetime import datetime
from pathlib import Path

import pytest

from groundswell.connectors.adapters.files.streams import FileChanged
from groundswell.connectors.adapters.guessing import Asked
from groundswell.connectors.adapters.readers import Settings
from groundswell.connectors.adapters.staging import chunks

ROWS = 70_000


class Stopped(Exception):
    """Stands for a kill."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "posts.csv"
    lines = "".join(
        f"x:a{n % 700},p{n},{n if n % 11 else -n - 1},2026-01-0{n % 9 + 1}\n" for n in range(ROWS)
    )
    path.write_text(f"account,post_id,likes,observed_at\n{lines}")
    return path


def run(path: Path, folder: Path, now: datetime, *, stop_after: int | None = None) -> int:
    """Stage the file, or stop after some chunks; returns how many were staged now."""
    done = []

    def watch(rows: int, total: int | None) -> None:
        done.append(rows)
        if len(done) == stop_after:
            raise Stopped

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    order = chunks.Order(path, digest, folder, "as ordered")
    settings = Settings(now, lambda member: member)
    with contextlib.suppress(Stopped):
        chunks.stage(order, Asked("posts", path.name), settings, watch)
    return len(done)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_a_stopped_run_goes_on_and_ends_the_same_to_the_byte(path, tmp_path, now):
    whole = run(path, tmp_path / "whole", now)

    assert run(path, tmp_path / "stopped", now, stop_after=1) == 1
    assert run(path, tmp_path / "stopped", now, stop_after=1) == 1
    assert run(path, tmp_path / "stopped", now) == whole - 2
    assert run(path, tmp_path / "stopped", now) == 0
    assert files(tmp_path / "stopped") == files(tmp_path / "whole")


def test_what_a_kill_left_half_written_is_written_again(path, tmp_path, now):
    run(path, tmp_path / "whole", now)
    run(path, tmp_path / "torn", now, stop_after=2)
    (tmp_path / "torn" / "posts-00003.parquet").write_bytes(b"PAR1 torn")
    with (tmp_path / "torn" / chunks.REJECTED).open("ab") as report:
        report.write(b"99999,1,half a li")

    run(path, tmp_path / "torn", now)

    assert files(tmp_path / "torn") == files(tmp_path / "whole")


def test_another_order_starts_over(path, tmp_path, now):
    run(path, tmp_path, now, stop_after=1)
    order = chunks.Order(
        path, hashlib.sha256(path.read_bytes()).hexdigest(), tmp_path, "another order"
    )

    found = chunks.stage(
        order, Asked("posts", path.name), Settings(now, str), lambda done, total: None
    )

    assert (found.rows_read, found.fingerprint) == (ROWS, "another order")


def test_a_file_that_changes_meanwhile_is_refused(path, tmp_path, now):
    order = chunks.Order(path, "another hash", tmp_path, "as ordered")

    with pytest.raises(FileChanged):
        chunks.stage(order, Asked("posts", path.name), Settings(now, str), lambda done, total: None)
