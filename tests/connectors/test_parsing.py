"""The child process: what it hands back, and how it ends when a file is meant to harm."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundswell.connectors.adapters import parsing
from groundswell.connectors.adapters.parsing import Job, Outcome, ParserStopped, Refused
from groundswell.terms.progress import silent

KEY = b"k" * 32


def job(path: Path, kind: str = "accounts", **options) -> Job:
    settings = {
        "path": path,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "file_name": path.name,
        "kind": kind,
        "map": None,
        "platform": None,
        "folder": path.parent / "staged",
        "members_key": KEY,
    }
    return Job(**{**settings, **options})


def written(tmp_path: Path, content: str | bytes, name: str = "file.csv") -> Path:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return tmp_path / name


def test_a_file_is_staged_by_a_child(tmp_path, now):
    path = written(tmp_path, "account,followers\nx:anna,5\nx:ben,-1\n")
    seen = []

    outcome = parsing.staged(job(path, now=now), lambda *step: seen.append(step))

    assert outcome == Outcome(2, 1, 1, outcome.guesses)
    assert [step[:2] for step in seen] == [("reading", 2)]
    assert (tmp_path / "staged" / "accounts-00001.parquet").exists()


def test_members_become_keyed_hashes_that_only_the_same_key_makes_again(tmp_path, now):
    path = written(tmp_path, "account,member\nx:anna,@ben\nx:anna,ben\n")

    def member(key: bytes, folder: str) -> str:
        options = {"now": now, "members_key": key, "folder": tmp_path / folder}
        parsing.staged(job(path, "memberships", **options), silent)
        [file] = (tmp_path / folder).glob("memberships-*.parquet")
        return set(pq.read_table(file)["member"].to_pylist())

    first, again, other = member(KEY, "a"), member(KEY, "b"), member(b"x" * 32, "c")

    assert first == again != other
    assert len(first) == 1
    assert "ben" not in str(first)


def test_a_refusal_comes_back_with_its_code(tmp_path, now):
    with pytest.raises(Refused, match="nothing tells on which platform") as refusal:
        parsing.staged(job(written(tmp_path, "handle\nanna\n"), now=now), silent)

    assert refusal.value.code == "no_platform"


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path, now, monkeypatch):
    monkeypatch.setattr(parsing, "MEMORY", 512 << 20)
    huge = pa.table({"account": pa.array(["x:" + "a" * 100_000] * 20_000).dictionary_encode()})
    pq.write_table(huge, tmp_path / "bomb.parquet")

    with pytest.raises(ParserStopped, match="more memory"):
        parsing.staged(job(tmp_path / "bomb.parquet", now=now), silent)


def test_a_file_that_takes_too_long_is_refused(tmp_path, now, monkeypatch):
    monkeypatch.setattr(parsing, "_SECONDS", 1)
    monkeypatch.setattr(parsing, "_SECONDS_PER_MIB", 0)
    path = written(tmp_path, "account,followers\n" + "x:anna,5\n" * 500_000)

    with pytest.raises(ParserStopped, match="too long"):
        parsing.staged(job(path, now=now), silent)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
def test_a_full_disk_is_said_to_be_one(tmp_path, now):
    path = written(tmp_path, "account\nx:anna\n")
    asked = job(path, now=now)
    asked.folder.mkdir()
    (asked.folder / "progress.json.part").symlink_to("/dev/full")

    with pytest.raises(ParserStopped, match="the disk is full: make room"):
        parsing.staged(asked, silent)


def test_a_long_line_is_read_in_little_memory(tmp_path, now, monkeypatch):
    monkeypatch.setattr(parsing, "MEMORY", 512 << 20)
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"account,bio\nx:anna,")
        for _ in range(600):
            file.write(b"a" * (1 << 20))
        file.write(b"\nx:ben,hello\n")

    outcome = parsing.staged(job(path, now=now), silent)

    assert (outcome.rows_read, outcome.accepted, outcome.rejected) == (2, 1, 1)


def test_the_child_sees_no_address_and_no_key(tmp_path, now, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen: dict[str, object] = {}
    real = subprocess.Popen

    def spy(command, **options):
        seen.update(options["env"], command=command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    parsing.staged(job(written(tmp_path, "account\nx:anna\n"), now=now), silent)

    assert "secret" not in str(seen)
    assert KEY.hex() not in str(seen)


def test_the_child_ends_with_whoever_started_it(tmp_path):
    path = written(tmp_path, "account,followers\n" + "x:anna,5\n" * 2_000_000)
    script = f"""
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from groundswell.connectors.adapters import parsing
path = Path({str(path)!r})
parsing.staged(parsing.Job(path, "", path.name, "accounts", None, None, path.parent / "staged",
    datetime(2026, 1, 1, tzinfo=UTC), b"k" * 32), lambda *step: None)
"""
    parent = subprocess.Popen([sys.executable, "-c", script])
    [child] = _waited(lambda: psutil.Process(parent.pid).children())
    _waited(lambda: list((tmp_path / "staged").glob("accounts-*.parquet")))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()

    assert psutil.wait_procs([child], timeout=20)[0] == [child]


def _waited(look):
    for _ in range(400):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")
