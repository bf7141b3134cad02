"""Files that people hand in: whole or not at all, imported once, cancelled without a trace."""

import os
from datetime import timedelta

import pytest

from groundswell.connectors import landing, queries
from groundswell.connectors.actions import imports, uploads
from groundswell.connectors.actions.wishes import Wishes
from groundswell.connectors.choices import RunState, UploadState
from groundswell.connectors.landing import FileTooLarge, Landing
from groundswell.connectors.models import ImportRun, Upload
from groundswell.creators import queries as creators
from groundswell.workspaces import telling
from groundswell.workspaces.access import inside
from groundswell.workspaces.models import JournalEntry

ACCOUNTS = b"handle,followers\nanna,1200\nben,-5\n"
BY = "anna@example.org"
SAID = Wishes(kind="accounts", platform="instagram")


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    """The thread that tells how far it is would not see what the test has not committed."""
    monkeypatch.setattr(telling, "_EVERY_SECONDS", 3_600)


@pytest.fixture
def hand_in(workspace, now):
    """Hands a file in, as a browser does."""

    def handed(content=ACCOUNTS, name="list.csv"):
        landed = Landing(workspace, largest=10_000)
        landed.take(content)
        return uploads.receive(workspace=workspace, landed=landed, file_name=name, by=BY, now=now)

    return handed


@pytest.fixture
def begun(workspace, hand_in, now):
    """Hands a file in, looks at it and has it imported."""

    def asked(content=ACCOUNTS, said=SAID):
        upload = hand_in(content)
        uploads.look(workspace=workspace, upload_id=upload.id, asked=said, by=BY, now=now)
        with inside(workspace):
            return uploads.start(workspace=workspace, upload_id=upload.id, by=BY, now=now)

    return asked


def again(workspace, upload):
    with inside(workspace):
        return Upload.objects.get(id=upload.id)


def left(workspace):
    return sorted(path.name for path in landing.folder_of(workspace).iterdir())


def test_a_file_is_kept_under_a_name_of_the_servers_own(workspace, hand_in):
    upload = hand_in(name="../../etc/pass\x00wd.csv")

    assert upload.file_name == "../../etc/passwd.csv"
    assert left(workspace) == [str(upload.id)]


def test_a_file_that_is_too_large_or_cut_off_leaves_nothing(workspace):
    landed = Landing(workspace, largest=10)

    with pytest.raises(FileTooLarge, match="larger than 10 bytes"):
        landed.take(b"x" * 11)
    landed.discard()

    assert left(workspace) == []


def test_the_same_file_handed_in_twice_waits_once(workspace, hand_in):
    first, second = hand_in(), hand_in(name="again.csv")

    assert (first.id, first.file_name) == (second.id, second.file_name)
    assert left(workspace) == [str(first.id)]


def test_a_file_that_nobody_came_back_for_is_forgotten(workspace, hand_in, now):
    old = hand_in()
    with inside(workspace):
        Upload.objects.update(uploaded_at=now - timedelta(days=8))
    orphan = landing.folder_of(workspace) / "0.part"
    for path in (orphan, landing.path_of(workspace, old.id)):
        path.touch()
        os.utime(path, (0, 0))

    new = hand_in(b"handle\ncleo\n")

    assert left(workspace) == [str(new.id)]


def test_what_must_be_answered_first_holds_the_import_back(workspace, hand_in, now):
    upload = hand_in()
    uploads.look(
        workspace=workspace, upload_id=upload.id, asked=Wishes(kind="accounts"), by=BY, now=now
    )

    with inside(workspace), pytest.raises(uploads.NotReady):
        uploads.start(workspace=workspace, upload_id=upload.id, by=BY, now=now)

    assert again(workspace, upload).state == UploadState.WAITING


def test_a_worker_imports_the_file_and_nothing_of_it_stays(workspace, begun, now):
    upload = begun()

    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    done = again(workspace, upload)
    assert (done.state, done.run_id is not None) == (UploadState.DONE, True)
    with inside(workspace):
        run = queries.run(done.run_id)
        handles = creators.accounts_table()["handle"].to_pylist()
    assert (run.file_name, run.rows_read, run.accepted, run.rejected, run.by) == (
        "list.csv", 2, 1, 1, BY,
    )  # fmt: skip
    assert handles == ["anna"]
    assert left(workspace) == []


def test_asked_twice_and_worked_on_twice_it_is_imported_once(workspace, begun, now):
    upload = begun()
    with inside(workspace):
        uploads.start(workspace=workspace, upload_id=upload.id, by=BY, now=now)

    for _ in range(2):
        uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    with inside(workspace):
        assert ImportRun.objects.count() == 1


def test_a_worker_that_died_after_the_import_does_not_import_again(workspace, begun, now):
    upload = begun()
    with inside(workspace):
        Upload.objects.update(state=UploadState.IMPORTING, attempts=1)
    imports.import_file(
        workspace=workspace, kind="accounts", path=landing.path_of(workspace, upload.id),
        file_name="list.csv", mapping=None, platform=SAID.as_platform, by=BY, now=now,
        progress=lambda *_: None,
    )  # fmt: skip

    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    assert again(workspace, upload).state == UploadState.DONE
    with inside(workspace):
        assert ImportRun.objects.count() == 1


def test_a_cancelled_import_leaves_nothing_and_the_file_waits_again(
    workspace, begun, now, monkeypatch
):
    upload = begun()
    staged = imports.parsing.staged

    def cancelled_meanwhile(job, progress):
        found = staged(job, progress)
        with inside(workspace):
            uploads.cancel(workspace=workspace, upload_id=upload.id, by=BY, now=now)
        progress._tell()  # what its thread does once a second
        return found

    monkeypatch.setattr(imports.parsing, "staged", cancelled_meanwhile)
    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    waiting = again(workspace, upload)
    assert (waiting.state, waiting.refusal["code"]) == (UploadState.WAITING, "import_cancelled")
    with inside(workspace):
        assert creators.accounts_table().num_rows == 0
        assert ImportRun.objects.get().state == RunState.FAILED


def test_an_import_cancelled_before_it_began_waits_again(workspace, begun, now):
    upload = begun()
    with inside(workspace):
        uploads.cancel(workspace=workspace, upload_id=upload.id, by=BY, now=now)

    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    assert again(workspace, upload).state == UploadState.WAITING
    with inside(workspace):
        assert ImportRun.objects.count() == 0


def test_a_file_that_is_refused_waits_again_with_the_reason(workspace, begun, now):
    upload = begun(b"handle,followers\n" + b'anna,"1\n' * 3)
    landing.path_of(workspace, upload.id).write_bytes(b"PK\x03\x04")

    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    waiting = again(workspace, upload)
    assert (waiting.state, waiting.refusal["code"]) == (UploadState.WAITING, "cannot_read_file")


def test_an_import_that_breaks_again_and_again_is_given_up(workspace, begun, now):
    upload = begun()
    with inside(workspace):
        Upload.objects.update(state=UploadState.IMPORTING, attempts=4)

    uploads.work(workspace=workspace, upload_id=upload.id, now=now)

    assert again(workspace, upload).refusal["code"] == "import_broke"


def test_a_thrown_away_file_is_gone_and_the_journal_knows(workspace, hand_in, now):
    upload = hand_in()
    with inside(workspace):
        uploads.throw_away(workspace=workspace, upload_id=upload.id, by=BY, now=now)
        events = list(JournalEntry.objects.order_by("id").values_list("event", flat=True))

    assert left(workspace) == []
    assert events[-2:] == ["file.received", "file.thrown_away"]
