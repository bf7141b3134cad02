"""Lists on the console: filled from a search, annotated, taken along, undone."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundswell.creators import lists
from groundswell.creators.actions import lists as actions
from groundswell.creators.models import Account, CreatorList
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.discovery.conftest import Desk, account, of


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


@pytest.fixture
def accounts(desk, workspace):
    """Accounts of four creators, by handle."""
    handles = ("anna", "ben", "cleo", "dora")
    desk.publish(
        accounts=[
            account(handle, display_name=handle.title(), bio="running") for handle in handles
        ],
        account_observations=[of(handle, followers=at) for at, handle in enumerate(handles, 1)],
    )
    with access.inside(workspace):
        return dict(Account.objects.values_list("handle", "id"))


@pytest.fixture
def kept(accounts, workspace, now):
    """A list with Anna on it."""
    with access.inside(workspace):
        made = actions.create(name="Trail", workspace=workspace, by="test", now=now)
        creators = lists.creators_of([accounts["anna"]])
        actions.add(kept=made, creators=creators, by="test", now=now)
        return made


def on(kept, workspace):
    with access.inside(workspace):
        return sorted(entry.creator.name for entry in lists.entries(kept))


def creator(accounts, workspace, handle):
    with access.inside(workspace):
        return lists.creators_of([accounts[handle]])[0]


def test_the_preview_says_what_would_be_added(cast, kept, accounts):
    picked = "&".join(f"account={accounts[handle]}" for handle in ("anna", "ben"))

    answer = cast.browser("editor").get(cast.path(f"lists/add?{picked}"))

    [preview] = answer.context["previews"]
    assert (preview.adds, preview.present) == (1, 1)
    assert b"adds 1, 1 is in it already" in answer.content


def test_those_who_were_picked_are_added_once_however_often(cast, kept, accounts, workspace):
    form = {"account": [accounts["anna"], accounts["ben"]], "list": kept.id}
    browser = cast.browser("editor")

    first = browser.post(cast.path("lists/add"), form)
    browser.post(cast.path("lists/add"), form)

    assert first["Location"] == cast.path(f"lists/{kept.id}")
    assert on(kept, workspace) == ["Anna", "Ben"]


def test_all_that_match_are_added_to_a_new_list(cast, accounts, workspace):
    form = {"all": "1", "q": "running", "f": "followers>=2", "list": "", "name": "Runners"}

    cast.browser("editor").post(cast.path("lists/add"), form)

    with access.inside(workspace):
        made = lists.named("Runners")
    assert on(made, workspace) == ["Ben", "Cleo", "Dora"]


def test_more_than_a_step_may_add_are_cut_with_a_word(cast, accounts, workspace, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)

    answer = cast.browser("editor").get(cast.path("lists/add?all=1&q=running"))

    assert (len(answer.context["picked"].creators), answer.context["picked"].matching) == (2, 4)
    assert b"4 accounts match. One step adds 2 at most" in answer.content


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b", "Trail"])
def test_a_new_list_that_cannot_be_changes_nothing(cast, kept, accounts, workspace, name):
    form = {"account": accounts["ben"], "list": "", "name": name}

    answer = cast.browser("editor").post(cast.path("lists/add"), form)

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    with access.inside(workspace):
        assert CreatorList.objects.count() == 1


@pytest.mark.parametrize("account_id", ["", "nonsense", "0198f000-0000-7000-8000-000000000000"])
def test_nobody_to_add_is_said(cast, kept, workspace, account_id):
    form = {"account": account_id, "list": kept.id}

    answer = cast.browser("editor").post(cast.path("lists/add"), form)

    assert (answer.status_code, b"Nobody to add" in answer.content) == (422, True)
    assert on(kept, workspace) == ["Anna"]


def test_the_page_shows_figures_and_escapes_what_people_wrote(cast, kept, accounts, workspace):
    anna = creator(accounts, workspace, "anna")
    browser = cast.browser("editor")

    browser.post(cast.path(f"lists/{kept.id}/note/{anna}"), {"note": "<script>x</script>"})
    answer = browser.get(cast.path(f"lists/{kept.id}"))

    [row] = answer.context["rows"]
    assert [cell.text for cell in row.cells if cell.column.name == "followers"] == [
        '<span title="1">1</span>'
    ]
    assert (row.name, row.entry.note) == ("Anna", "<script>x</script>")
    assert b"<script>x" not in answer.content


@pytest.mark.parametrize("note", ["x" * 501, "a\0b"])
def test_a_note_that_cannot_be_kept_is_shown_again(cast, kept, accounts, workspace, note):
    anna = creator(accounts, workspace, "anna")

    answer = cast.browser("editor").post(cast.path(f"lists/{kept.id}/note/{anna}"), {"note": note})

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    assert answer.context["rows"][0].entry.note == ""


def test_a_removal_is_undone_by_a_button(cast, kept, accounts, workspace):
    browser = cast.browser("editor")
    anna = creator(accounts, workspace, "anna")

    removed = browser.post(cast.path(f"lists/{kept.id}/remove"), {"creator": anna})
    gone = on(kept, workspace)
    offered = browser.get(removed["Location"]).context["removed"]
    browser.post(cast.path(f"lists/{kept.id}/put-back"), {"removed": offered.isoformat()})

    assert (gone, on(kept, workspace)) == ([], ["Anna"])


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-13-40T00:00:00Z"])
def test_an_undo_of_nothing_does_nothing(cast, kept, workspace, moment):
    browser = cast.browser("editor")

    answer = browser.post(cast.path(f"lists/{kept.id}/put-back"), {"removed": moment})

    assert (answer.status_code, on(kept, workspace)) == (302, ["Anna"])


def test_deleting_is_undone_by_a_button(cast, kept, workspace):
    browser = cast.browser("editor")

    deleted = browser.post(cast.path(f"lists/{kept.id}/delete"))
    offered = browser.get(deleted["Location"]).context["just_deleted"]
    missing = browser.get(cast.path(f"lists/{kept.id}")).status_code
    browser.post(cast.path(f"lists/{kept.id}/restore"))

    assert (offered.id, missing) == (kept.id, 404)
    assert on(kept, workspace) == ["Anna"]


def test_a_list_leaves_as_a_file_with_its_notes(cast, kept, accounts, workspace):
    anna = creator(accounts, workspace, "anna")
    browser = cast.browser("editor")
    browser.post(cast.path(f"lists/{kept.id}/note/{anna}"), {"note": "=1+1"})

    answer = browser.get(cast.path(f"lists/{kept.id}/export/csv"))

    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["handle"], row["followers"], row["note"]) == ("anna", "1", "'=1+1")


def test_viewers_look_and_change_nothing(cast, kept, accounts, workspace):
    viewer = cast.browser("viewer")

    assert viewer.get(cast.path("lists")).status_code == 200
    assert viewer.get(cast.path(f"lists/{kept.id}")).status_code == 200
    for path in ("delete", "rename", "remove", "put-back"):
        assert viewer.post(cast.path(f"lists/{kept.id}/{path}")).status_code == 403
    assert viewer.get(cast.path(f"lists/{kept.id}/export/csv")).status_code == 403
    assert on(kept, workspace) == ["Anna"]


def test_a_list_of_another_workspace_is_not_there(cast, accounts, stranger, now):
    with access.inside(stranger):
        theirs = actions.create(name="Theirs", workspace=stranger, by="test", now=now)
    browser = cast.browser("owner")

    assert browser.get(cast.path(f"lists/{theirs.id}")).status_code == 404
    for path in ("delete", "rename", "remove", "put-back", "restore"):
        assert browser.post(cast.path(f"lists/{theirs.id}/{path}")).status_code == 404
    form = {"account": accounts["anna"], "list": theirs.id}
    assert browser.post(cast.path("lists/add"), form).status_code == 404
    assert on(theirs, stranger) == []


def test_queries_do_not_grow_with_rows(cast, kept, accounts, workspace, now):
    browser = cast.browser("editor")
    path = cast.path(f"lists/{kept.id}")
    browser.get(cast.path("discover"))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    few = asked()
    with access.inside(workspace):
        everybody = lists.creators_of(list(accounts.values()))
        actions.add(kept=kept, creators=everybody, by="test", now=now)
    browser.get(cast.path("discover"))  # the index follows

    assert asked() == few <= 20


def test_an_exclusion_list_is_left_out_of_discover_until_it_is_one_no_more(
    cast, kept, accounts, workspace
):
    editor = cast.browser("editor")

    def found(query=""):
        hits = editor.get(cast.path(f"discover{query}")).context["seen"].found.hits
        return sorted(hit.values["handle"] for hit in hits)

    editor.post(cast.path(f"lists/{kept.id}/exclude"), {"exclusion": "yes"})

    assert b"An exclusion list" in editor.get(cast.path(f"lists/{kept.id}")).content
    assert b"excludes</span>" in editor.get(cast.path("lists")).content
    assert found() == ["ben", "cleo", "dora"]
    assert found("?f=excluded=yes") == ["anna"]
    editor.post(cast.path(f"lists/{kept.id}/exclude"), {"exclusion": "no"})
    assert found() == ["anna", "ben", "cleo", "dora"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_brand_safety_is_taken_out_of_a_list_and_a_search(cast, kept, workspace, kind):
    for path in (f"lists/{kept.id}/safety/{kind}", f"discover/safety/{kind}?q=running"):
        answer = cast.browser("finance").get(cast.path(path))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith(f'.{kind}"')
        assert cast.browser("viewer").get(cast.path(path)).status_code == 403
    with access.inside(workspace):
        assert JournalEntry.objects.filter(event="safety.exported").count() == 2
