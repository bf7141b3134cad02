"""Whatever happens to a writer, readers find the old index or the new one."""

import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest

from groundswell.retrieval import documents, indexing, searching, storage
from groundswell.retrieval.searching import Request
from groundswell.retrieval.storage import IndexBusy, NoIndex
from tests.retrieval.by_hand import row

MANY = 200


def batch(*rows):
    return pa.RecordBatch.from_pylist(list(rows), schema=documents.DOCUMENTS)


def build(folder, *rows, **marks):
    with indexing.writing(folder) as writer:
        writer.rebuild([batch(*rows)], marks=marks)


def change(folder, *rows, gone=(), **marks):
    with indexing.writing(folder) as writer:
        return writer.update([batch(*rows)], gone=gone, marks=marks)


def total(folder, text=""):
    return searching.search(folder, Request(text)).total


def test_a_rebuild_replaces_everything_and_leaves_one_generation(tmp_path):
    build(tmp_path, row("anna", bio="old"), row("ben", bio="old"), revision=1)
    build(tmp_path, row("anna", bio="new"), revision=2)
    assert (total(tmp_path), total(tmp_path, "old")) == (1, 0)
    assert storage.current(tmp_path).marks == {"revision": 2}
    assert len(list(tmp_path.glob("generation-*"))) == 1


def test_an_update_replaces_adds_and_forgets(tmp_path):
    build(tmp_path, row("anna", bio="old"), row("ben"), revision=1)
    rows = row("anna", bio="new"), row("carl")
    assert change(tmp_path, *rows, gone=["ben", "nobody"], revision=2) == 2
    assert indexing.accounts(tmp_path) == {"anna", "carl"}
    assert (total(tmp_path, "old"), total(tmp_path, "new")) == (0, 1)
    assert storage.current(tmp_path).marks == {"revision": 2}


def test_the_same_update_again_changes_nothing(tmp_path):
    build(tmp_path, row("anna"), revision=1)
    for _ in range(3):
        change(tmp_path, row("ben"))
    assert total(tmp_path) == 2


def test_an_index_of_nobody_answers(tmp_path):
    build(tmp_path)
    found = searching.search(tmp_path, Request("anybody"))
    assert (found.total, found.hits) == (0, ())
    assert indexing.accounts(tmp_path) == set()


def test_without_an_index_the_next_step_is_said(tmp_path):
    with pytest.raises(NoIndex, match="rebuild"):
        total(tmp_path)
    with pytest.raises(NoIndex):
        change(tmp_path)


def test_an_index_of_another_version_is_not_used(tmp_path, monkeypatch):
    build(tmp_path, row("anna"))
    monkeypatch.setattr(documents, "fingerprint", lambda: "another")
    with pytest.raises(NoIndex, match="version"):
        total(tmp_path)


def test_a_broken_index_says_so_and_can_be_rebuilt(tmp_path):
    build(tmp_path, row("anna"))
    (storage.current(tmp_path).path / "meta.json").write_text("{")
    with pytest.raises(NoIndex, match="rebuild"):
        total(tmp_path)
    build(tmp_path, row("anna"))
    assert total(tmp_path) == 1


def test_a_failing_build_leaves_the_old_index(tmp_path):
    build(tmp_path, row("anna"), revision=1)
    with pytest.raises(ZeroDivisionError), indexing.writing(tmp_path) as writer:
        writer.rebuild((1 / 0 for _ in "x"), marks={"revision": 2})
    assert (total(tmp_path), storage.current(tmp_path).marks) == (1, {"revision": 1})
    build(tmp_path, row("ben"), revision=3)
    assert len(list(tmp_path.glob("generation-*"))) == 1


def test_there_is_one_writer_at_a_time(tmp_path):
    second = indexing.writing(tmp_path, wait=False)
    with indexing.writing(tmp_path), pytest.raises(IndexBusy), second:
        pytest.fail("two writers at once")


def test_a_reader_keeps_its_answer_while_the_index_is_swapped(tmp_path):
    build(tmp_path, row("anna", bio="old"))
    searcher = storage.open_current(tmp_path).searcher
    build(tmp_path, row("anna", bio="new"), row("ben"))
    assert searcher.num_docs == 1
    assert total(tmp_path) == 2


def test_nobody_else_can_read_the_files(tmp_path):
    folder = tmp_path / "index"
    build(folder, row("anna"))
    change(folder, row("ben"))
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


WRITER = """
import sys, pathlib
from tests.retrieval.test_storage import MANY, build, change, row

folder, version = pathlib.Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    version += 1
    rows = [row(f"account-{place}", bio=f"version{version}") for place in range(MANY)]
    if version % 3:
        change(folder, *rows, at=version)
    else:
        build(folder, *rows, at=version)
"""


def test_a_writer_killed_at_any_moment_leaves_one_whole_version(tmp_path):
    build(tmp_path, *(row(f"account-{place}", bio="version0") for place in range(MANY)), at=0)
    rng = np.random.default_rng(7)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            time.sleep(rng.uniform(0.01, 0.3))
            writer.send_signal(signal.SIGKILL)
        facets = searching.search(tmp_path, Request("version*", limit=MANY))
        assert facets.total == MANY
        assert len({hit.values["bio"] for hit in facets.hits}) == 1
        with indexing.writing(tmp_path, wait=False):  # the lock died with its holder
            pass
    build(tmp_path, row("anna"), at=1)
    assert total(tmp_path) == 1
