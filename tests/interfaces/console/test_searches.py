"""Saved searches on the console."""

import pytest

from groundswell.discovery.actions import searches
from groundswell.discovery.models import SavedSearch
from groundswell.discovery.questions import Question
from groundswell.workspaces import access
from tests.discovery.conftest import Desk, account

RUNNERS = {"name": "Runners", "q": "running", "f": ["country=US", "followers>=10"], "sort": ""}


@pytest.fixture
def desk(workspace, tmp_path, now):
    return Desk(workspace, tmp_path, now)


@pytest.fixture
def kept(workspace, now):
    question = Question("running", ("country=US",))
    with access.inside(workspace):
        return searches.save(
            name="Runners", question=question, workspace=workspace, by="test", now=now
        )


def names(workspace):
    with access.inside(workspace):
        found = SavedSearch.objects.filter(deleted_at=None)
        return list(found.order_by("name").values_list("name", flat=True))


def test_a_search_is_saved_and_opened_as_it_was_asked(cast, workspace):
    browser = cast.browser("viewer")

    saved = browser.post(cast.path("searches/save"), RUNNERS)
    opened = browser.get(saved["Location"])

    assert names(workspace) == ["Runners"]
    assert opened["Location"] == cast.path("discover?q=running&f=country=US&f=followers%3E=10")


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 101}, {"name": "a\0"}, {"q": "", "f": []}, {"q": "x" * 401}],
)
def test_what_cannot_be_saved_comes_back_with_the_reason(cast, workspace, wrong):
    answer = cast.browser("viewer").post(cast.path("searches/save"), RUNNERS | wrong)

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    assert names(workspace) == []


def test_saved_twice_says_so(cast, kept, workspace):
    answer = cast.browser("viewer").post(cast.path("searches/save"), RUNNERS)

    assert (answer.status_code, b"already" in answer.content) == (422, True)
    assert names(workspace) == ["Runners"]


def test_it_says_how_many_are_new_since_the_last_look(cast, kept, desk):
    browser = cast.browser("viewer")
    desk.publish(accounts=[account("anna", country="US", bio="running")])
    browser.get(cast.path(f"searches/{kept.id}"))
    desk.publish(accounts=[account("ben", country="US", bio="running")])

    [search] = browser.get(cast.path("searches")).context["searches"]

    assert (search["total"], search["more"]) == (2, 1)


def test_deleting_is_undone_by_a_button(cast, kept, workspace):
    browser = cast.browser("viewer")

    deleted = browser.post(cast.path(f"searches/{kept.id}/delete"))
    gone = names(workspace)
    offered = browser.get(deleted["Location"])
    browser.post(cast.path(f"searches/{kept.id}/restore"))

    assert (gone, names(workspace)) == ([], ["Runners"])
    assert offered.context["just_deleted"].id == kept.id


def test_renaming_to_nothing_says_so_beside_the_field(cast, kept, workspace):
    browser = cast.browser("viewer")

    answer = browser.post(cast.path(f"searches/{kept.id}/rename"), {"name": " "})

    assert (answer.status_code, b"field-error" in answer.content) == (422, True)
    assert (
        browser.post(cast.path(f"searches/{kept.id}/rename"), {"name": "Trail"}).status_code == 302
    )
    assert names(workspace) == ["Trail"]


@pytest.mark.parametrize("act", ["", "/rename", "/delete", "/restore"])
def test_another_workspaces_search_is_not_there(cast, stranger, now, act):
    with access.inside(stranger):
        theirs = searches.save(
            name="Theirs", question=Question("a"), workspace=stranger, by="test", now=now
        )
    browser = cast.browser("owner")
    path = cast.path(f"searches/{theirs.id}{act}")

    answer = browser.post(path, {"name": "Mine"}) if act else browser.get(path)

    assert answer.status_code == 404
    assert names(stranger) == ["Theirs"]
