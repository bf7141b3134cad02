"""Looking around: counts of other choices, what stands in the way, what can't be read."""

import pytest

from groundswell.discovery.actions import indexing
from groundswell.discovery.exploring import Explored, explore
from groundswell.discovery.questions import Question
from groundswell.retrieval import indexing as writing
from groundswell.retrieval import storage
from groundswell.terms.factors import FactorName
from groundswell.vetting.actions import weights
from groundswell.workspaces import access
from tests.discovery.conftest import account


@pytest.fixture
def three(desk):
    """Two runners in the US and Britain, a cook in the US."""
    desk.publish(
        accounts=[
            account("anna", country="US", categories=["running"], followers=1000),
            account("ben", country="GB", categories=["running"], followers=2000),
            account("cleo", country="US", categories=["food"], followers=3000),
        ]
    )
    return desk


def look(desk, text="", *filters, sort="", limit=10) -> Explored:
    with access.inside(desk.workspace):
        return explore(Question(text, filters, sort), limit=limit)


def test_a_facet_counts_what_another_choice_of_it_would_bring(three):
    seen = look(three, "", "country=US", "category=running")

    assert seen.found.total == 1
    assert seen.found.facets["country"] == {"GB": 1, "US": 1}
    assert seen.found.facets["category"] == {"food": 1, "running": 1}
    assert seen.found.facets["platform"] == {"instagram": 1}


def test_chosen_values_are_known_however_they_were_written(three):
    seen = look(three, "", "country=United States", "category=RUNNING")

    assert seen.has_chosen("country", "US")
    assert seen.has_chosen("category", "running")
    assert not seen.has_chosen("country", "GB")
    assert not seen.has_chosen("language", "en")


def test_when_nothing_is_found_each_way_out_is_counted(three):
    seen = look(three, "running", "country=GB", "followers>=3K")

    assert seen.found.total == 0
    assert seen.without == {"country": 0, "followers": 1, "q": 0}


def test_what_cannot_be_read_takes_no_part_and_says_why(three):
    seen = look(three, "", "country=US", "coutry=GB", "followers>=many", sort="fame")

    assert seen.found.total == 2
    assert {each.expression: each.problem for each in seen.written} == {
        "country=US": "",
        "coutry=GB": "no filter is called 'coutry'; did you mean country?",
        "followers>=many": "followers can't be compared with 'many': "
        "write a plain number such as 0.5, 3% or 10K",
    }
    assert seen.problems["sort"].startswith("no sort key is called 'fame'")


def test_a_text_of_ten_thousand_characters_is_refused_beside_the_field(three):
    seen = look(three, "x" * 10_000)

    assert seen.problems == {
        "q": "This search has 10,000 characters, and at most 400 are read. Shorten it."
    }
    assert (seen.found.total, seen.accounts) == (0, 3)


def test_more_filters_than_a_search_takes_are_refused(three):
    seen = look(three, "", *(f"followers!={number}" for number in range(70)))

    assert seen.problems["q"].startswith("This search has 70 filters")
    assert seen.found.total == 0


def test_while_somebody_writes_the_index_the_old_one_answers(three):
    look(three)
    three.publish(accounts=[account("dora")])

    with writing.writing(indexing.folder_of(three.workspace)):
        behind = look(three)
    current = look(three)

    assert (behind.is_behind, behind.found.total) == (True, 3)
    assert (current.is_behind, current.found.total) == (False, 4)


def test_before_the_first_index_is_there_nobody_is_kept_waiting(three):
    with writing.writing(indexing.folder_of(three.workspace)):
        seen = look(three)

    assert (seen.is_behind, seen.accounts) == (True, 0)


def test_a_word_that_is_being_typed_finds_those_that_begin_with_it(three):
    seen = look(three, "runn")

    assert (seen.found.total, seen.widened) == (2, "runn*")
    assert (look(three, "running").widened, look(three, "runx").widened) == ("", "")


def test_nobody_who_looks_around_waits_until_every_score_has_other_weights(three):
    hand = {"by": "test", "now": three.now}
    assert look(three).is_behind is False
    folder = indexing.folder_of(three.workspace)
    before = storage.current(folder)
    with access.inside(three.workspace):
        given = {name.value: 1.0 for name in FactorName} | {"growth": 5.0}
        weights.set_weights(workspace=three.workspace, weights=given, **hand)

    seen = look(three)
    assert (seen.is_behind, seen.found.total) == (True, 3)
    assert storage.current(folder) == before

    three.publish(accounts=[account("dora")])
    seen = look(three)
    assert (seen.is_behind, seen.found.total) == (True, 4)

    with access.inside(three.workspace):
        indexing.catch_up(workspace=three.workspace)
    assert look(three).is_behind is False
    assert storage.current(folder).path != before.path
