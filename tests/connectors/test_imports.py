"""Bringing files into a workspace: what is kept, what is said, and what is undone."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from groundswell.connectors.actions import imports
from groundswell.connectors.actions.imports import Imported, UnknownKind
from groundswell.connectors.adapters.files.batches import CannotRead
from groundswell.connectors.choices import RunState
from groundswell.connectors.models import ImportRun
from groundswell.creators import queries
from groundswell.terms.platforms import Platform
from groundswell.terms.progress import silent
from groundswell.workspaces.access import inside
from groundswell.workspaces.models import JournalEntry

ACCOUNTS = "handle,followers,country\nanna,1200,US\nben,-5,DE\ncleo,300,FR\n"


@pytest.fixture
def bring(workspace, tmp_path, now):
    """Brings some content in, on Instagram."""

    def brought(
        content: str, kind: str = "accounts", name: str = "list.csv", days_later: int = 0
    ) -> Imported:
        (tmp_path / name).write_text(content)
        return imports.import_file(
            workspace=workspace,
            kind=kind,
            path=tmp_path / name,
            mapping=None,
            platform=Platform.INSTAGRAM,
            by="anna@example.org",
            now=now + timedelta(days=days_later),
            progress=silent,
        )

    return brought


def left_behind(home: Path) -> list[str]:
    """What the imports left on the disk besides reports."""
    files = (file for file in home.glob("workspaces/*/imports/**/*") if file.is_file())
    return [file.name for file in files if file.parent.name != "reports"]


def test_every_row_is_accepted_or_rejected_and_the_report_says_why(bring):
    found = bring(ACCOUNTS)

    assert (found.rows_read, found.accepted, found.rejected, found.unchanged) == (3, 2, 1, 0)
    with found.report.open(newline="") as file:
        [bad] = csv.DictReader(file)
    assert bad == {
        "row": "2", "line": "3", "column": "followers", "value": "'-5", "reason": "is negative",
    }  # fmt: skip


def test_accepted_rows_can_be_seen_and_nothing_else_is_left(bring, workspace, home):
    bring(ACCOUNTS)

    with inside(workspace):
        rows = queries.accounts_table().sort_by("handle").to_pylist()
    assert [(row["handle"], row["followers"], row["country"]) for row in rows] == [
        ("anna", 1_200, "US"), ("cleo", 300, "FR"),
    ]  # fmt: skip
    assert left_behind(home) == []


def test_the_same_file_again_changes_nothing(bring, workspace, now):
    bring(ACCOUNTS)
    with inside(workspace):
        before = queries.latest_revision()
        counts = queries.accounts_table().to_pylist()

    again = bring(ACCOUNTS)

    assert (again.accepted, again.unchanged) == (2, 2)
    with inside(workspace):
        assert [{**row, "revision": 0} for row in queries.accounts_table().to_pylist()] == [
            {**row, "revision": 0} for row in counts
        ]
        assert {row["revision"] for row in counts} == {before}


def test_a_run_keeps_what_was_guessed_and_the_journal_says_that_it_was(bring, workspace):
    found = bring(ACCOUNTS)

    with inside(workspace):
        run = ImportRun.objects.get()
        entry = JournalEntry.objects.get(event="import.published")
    assert (run.state, run.rows_read, run.guesses) == (RunState.PUBLISHED, 3, found.guesses)
    assert run.changed["accounts"] == 2
    assert (entry.by, entry.subject, entry.rows) == ("anna@example.org", "list.csv", 2)
    assert entry.details["rejected"] == 1


@pytest.mark.parametrize("content", ["", "one,two\n1,2\n", "PK\x03\x04"])
def test_a_file_that_cannot_be_read_changes_nothing(bring, workspace, home, content):
    with pytest.raises(CannotRead) as refusal:
        bring(content)

    with inside(workspace):
        run = ImportRun.objects.get()
        assert queries.accounts_table().num_rows == 0
        assert JournalEntry.objects.get(event="import.failed").details["code"]
    assert run.state == RunState.FAILED
    assert run.refusal == {"code": refusal.value.code, "message": str(refusal.value)}
    assert left_behind(home) == []


def test_what_is_no_file_or_no_kind_is_refused_before_anything_is_written(bring, workspace):
    with pytest.raises(UnknownKind, match="use one of accounts"):
        bring(ACCOUNTS, kind="selfies")
    with pytest.raises(CannotRead, match="can't be opened"):
        imports.import_file(
            workspace=workspace,
            kind="accounts",
            path=Path("/absent.csv"),
            mapping=None,
            platform=None,
            by="test",
            now=None,
            progress=silent,
        )

    with inside(workspace):
        assert not ImportRun.objects.exists()


def test_a_stopped_run_is_taken_up_by_the_same_file(bring, workspace, monkeypatch, home):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(imports.publishing, "publish", stopped)
        with pytest.raises(KeyboardInterrupt):
            bring(ACCOUNTS)
    with inside(workspace):
        begun = ImportRun.objects.get()
    assert begun.state == RunState.BEGUN
    assert left_behind(home)

    found = bring(ACCOUNTS)

    assert (found.accepted, found.unchanged) == (2, 0)
    with inside(workspace):
        assert ImportRun.objects.get().id == begun.id
    assert left_behind(home) == []


def test_what_an_ended_run_left_behind_is_swept(bring, workspace, home):
    bring(ACCOUNTS)
    stray = home / "workspaces" / str(workspace.id) / "imports" / "0190-left-over"
    stray.mkdir()
    (stray / "accounts-00001.parquet").write_bytes(b"left")

    bring("handle\ndora\n", name="other.csv")

    assert not stray.exists()


def test_contacts_and_prices_come_in_with_accounts(bring, workspace):
    bring("handle,email,Reel rate (USD)\nanna,anna@example.org,250.50\n")

    with inside(workspace):
        rates = queries.rate_cards().to_pylist()
    assert [(rate["format"], rate["price"], rate["currency"]) for rate in rates] == [
        ("reel", 25_050, "USD")
    ]


def test_counts_without_a_date_are_kept_once_however_often_they_come(bring, workspace, now):
    bring("handle,followers\nanna,5\n")
    again = bring("handle,followers\nanna,5\n", days_later=1)
    bring("handle,followers\nanna,6\n", days_later=2)

    with inside(workspace), queries.observations() as observations:
        found = observations.connection.execute(
            "SELECT followers, epoch(observed_at) FROM account_observations ORDER BY followers"
        ).fetchall()
    assert again.unchanged == 1
    assert found == [(5, now.timestamp()), (6, (now + timedelta(days=2)).timestamp())]


def test_another_workspace_sees_nothing_of_it(bring, stranger):
    bring(ACCOUNTS)

    with inside(stranger):
        assert not ImportRun.objects.exists()
        assert queries.accounts_table().num_rows == 0
