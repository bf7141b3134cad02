"""Saved searches."""

import pytest

from groundswell.discovery import queries
from groundswell.discovery.actions import searches
from groundswell.discovery.questions import Question, TextTooLong
from groundswell.workspaces.models import JournalEntry

RUNNERS = Question("trail running", ("country=US", "followers>=10K"), "followers:asc")


@pytest.fixture
def kept(inside, now):
    return searches.save(name="Runners", question=RUNNERS, workspace=inside, by="test", now=now)


def test_a_search_is_kept_as_it_was_asked(kept):
    found = queries.search_named("runners")

    assert (found.text, found.filters, found.sort) == (
        "trail running",
        ["country=US", "followers>=10K"],
        "followers:asc",
    )


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b"])
def test_bad_names_are_refused(inside, now, name):
    with pytest.raises(searches.BadSearchName):
        searches.save(name=name, question=RUNNERS, workspace=inside, by="test", now=now)


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        (Question(), searches.NothingToSave),
        (Question("a\0b"), searches.NothingToSave),
        (Question("x" * 401), TextTooLong),
    ],
)
def test_what_no_search_answers_is_not_kept(inside, now, question, refusal):
    with pytest.raises(refusal):
        searches.save(name="a", question=question, workspace=inside, by="test", now=now)

    assert queries.saved_searches().count() == 0


def test_a_name_stands_for_one_search(kept, inside, now):
    with pytest.raises(searches.SearchNameTaken):
        searches.save(name="RUNNERS", question=RUNNERS, workspace=inside, by="test", now=now)


def test_renamed_deleted_and_restored_with_a_line_in_the_journal_each(kept, now):
    searches.rename(search=kept, name="Trail", by="test", now=now)
    searches.delete(search=kept, by="test", now=now)
    gone = queries.saved_searches().count()
    searches.restore(search=queries.search_named("trail", is_deleted=True), by="test", now=now)

    assert (gone, queries.search_named("Trail").id) == (0, kept.id)
    assert list(JournalEntry.objects.order_by("id").values_list("event", flat=True))[-4:] == [
        "search.saved",
        "search.renamed",
        "search.deleted",
        "search.restored",
    ]


def test_an_unknown_name_says_where_to_look(inside):
    with pytest.raises(queries.UnknownSearch, match="groundswell searches list"):
        queries.search_named("nothing")
