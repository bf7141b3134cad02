"""Home: what waits for you, one next step."""

from datetime import timedelta

import pytest

from groundswell.connectors.models import ImportRun
from groundswell.creators.models import Account, Creator, RevisionCounter
from groundswell.vetting.models import Vetting
from groundswell.workspaces.access import inside
from groundswell.workspaces.actions import journal
from groundswell.workspaces.models import Workspace


@pytest.fixture
def recently(monkeypatch, now):
    """Requests come at the moment at which tests happen."""
    monkeypatch.setattr("groundswell.interfaces.http.middleware.clock.now", lambda: now)


@pytest.fixture
def anna(workspace):
    """A creator with an account."""
    with inside(workspace):
        creator = Creator.objects.create(workspace=workspace, name="Anna")
        Account.objects.create(
            workspace=workspace, creator=creator, origin=creator, platform="tiktok",
            handle="anna", revision=1,
        )  # fmt: skip
        RevisionCounter.objects.create(workspace=workspace, latest=1)


def run(workspace, now, **more):
    with inside(workspace):
        said = {"file_name": "list.csv", "state": "published"} | more
        return ImportRun.objects.create(
            workspace=workspace, kind="accounts", sha256="x", fingerprint="", by="anna",
            started_at=now, **said,
        )  # fmt: skip


def vetted(workspace, now, revision=1):
    with inside(workspace):
        Vetting.objects.create(
            workspace=workspace, vetted_at=now, revision=revision, accounts=1, scored=1,
            needs_review=0, coverage={},
        )  # fmt: skip


def step(cast, role="owner"):
    found = cast.browser(role).get(cast.path()).context["next_step"]
    return None if found is None else found.title


def test_an_empty_workspace_offers_to_import_or_to_open_the_demo(cast):
    page = cast.browser("editor").get(cast.path()).content.decode()

    assert "Bring your creators in" in page
    assert "groundswell demo" in page
    assert "Nothing waits" not in page


def test_data_without_scores_asks_to_be_vetted(cast, anna):
    assert step(cast) == "No account has a score yet"


def test_data_newer_than_the_scores_asks_for_a_vetting(cast, anna, workspace, now):
    vetted(workspace, now, revision=0)

    assert step(cast) == "The scores are older than the data"


def test_with_everything_done_the_next_step_is_a_brief(cast, anna, workspace, now):
    vetted(workspace, now)

    assert step(cast) == "Write the first brief"
    assert step(cast, "viewer") is None


def test_what_failed_comes_before_what_waits(cast, anna, workspace, now, recently):
    run(workspace, now, file_name="gaps.csv", rows_read=10, accepted=9, rejected=1)
    run(workspace, now, state="failed", refusal={"code": "x", "message": "<b>no table</b>"})

    page = cast.browser("owner").get(cast.path())

    assert page.context["next_step"].title == "list.csv could not be imported"
    assert page.context["needs"][0].title == "gaps.csv came in with gaps"
    assert "&lt;b&gt;no table" in page.content.decode()


def test_a_file_that_came_in_later_is_no_failure_any_more(cast, anna, workspace, now, recently):
    earlier = now - timedelta(hours=1)
    run(workspace, earlier, state="failed", refusal={"code": "x", "message": "no"})
    run(workspace, now)
    vetted(workspace, now)

    assert step(cast) == "Write the first brief"


def test_the_journal_is_shown_to_who_may_read_it(cast, anna):
    assert cast.browser("finance").get(cast.path()).context["entries"] is not None
    assert cast.browser("editor").get(cast.path()).context["entries"] is None


def test_a_demo_on_its_way_shows_how_far_it_is(cast, workspace, now, recently):
    Workspace.objects.filter(id=workspace.id).update(is_synthetic=True)
    with inside(workspace):
        journal.record(
            "demo.begun", workspace=workspace, by="o", now=now, details={"seed": 1, "creators": 75}
        )
    run(workspace, now, rows_read=1_200, accepted=1_200)
    browser, hx = cast.browser("viewer"), {"HX-Request": "true"}

    assert "1 of 10 files, 1,200 rows so far" in browser.get(cast.path()).content.decode()
    part = browser.get(cast.path(), headers=hx)
    assert b"<html" not in part.content
    with inside(workspace):
        journal.record("demo.seeded", workspace=workspace, by="o", now=now)

    assert browser.get(cast.path(), headers=hx).headers["HX-Refresh"] == "true"


def test_queries_do_not_grow_with_what_waits(
    cast, anna, workspace, now, recently, django_assert_num_queries
):
    browser = cast.browser("owner")
    browser.get(cast.path())
    with django_assert_num_queries(24):
        browser.get(cast.path())
    for number in range(9):
        run(workspace, now, file_name=f"{number}.csv", rows_read=2, accepted=1, rejected=1)

    with django_assert_num_queries(24):
        browser.get(cast.path())
