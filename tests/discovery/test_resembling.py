"""Whom others shall be like, and what becomes of a question with them."""

import json
from contextlib import nullcontext

import pytest

from groundswell.creators.models import Account
from groundswell.creators.queries import UnknownAccount
from groundswell.discovery import queries
from groundswell.discovery.actions import exporting, searches
from groundswell.discovery.exploring import explore
from groundswell.discovery.questions import Question, TooManyAccounts
from groundswell.interfaces.cli import app
from groundswell.retrieval.lookalikes import NothingToCompare
from groundswell.terms.platforms import UnreadableAccount
from groundswell.workspaces import access
from tests.discovery.conftest import account

RUNNING = {"bio": "Trail running in the alps", "categories": ["running"]}


@pytest.fixture
def four(desk):
    """Two runners, a cook, and one of whom nothing is known."""
    desk.publish(
        accounts=[
            account("anna", country="US", **RUNNING),
            account("ben", country="GB", **RUNNING),
            account("cleo", country="US", bio="Bread in the alps", categories=["food"]),
            account("dan", country="US"),
        ]
    )
    return desk


def ask(desk, *like, filters=(), **more):
    with access.inside(desk.workspace):
        return queries.answer(Question(filters=filters, like=like), **more)


def handles(found):
    return [hit.values["handle"] for hit in found.hits]


def test_accounts_are_named_as_everywhere(four):
    assert handles(ask(four, "ig:@ANNA")) == ["ben", "cleo"]
    assert handles(ask(four, "instagram:anna", filters=("country=US",))) == ["cleo"]
    assert ask(four, "instagram:anna").incomparable == 1


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("instagram:nobody", UnknownAccount),
        ("anna", UnreadableAccount),
        ("instagram:dan", NothingToCompare),
    ],
)
def test_an_account_that_nobody_can_be_like_is_refused(four, written, refusal):
    with pytest.raises(refusal):
        ask(four, written)


def test_nobody_is_a_lookalike_of_themselves_on_another_platform(four, now):
    with access.inside(four.workspace):
        anna, ben = (Account.objects.get(handle=handle) for handle in ("anna", "ben"))
        Account.objects.filter(id=ben.id).update(creator=anna.creator_id)

    assert handles(ask(four, "instagram:anna")) == ["cleo"]


def test_more_accounts_than_a_question_takes_are_refused():
    with pytest.raises(TooManyAccounts, match="21 accounts"):
        Question(like=("instagram:anna",) * 21).checked()
    with pytest.raises(TooManyAccounts):
        Question(like=("instagram:" + "a" * 300,)).checked()


def test_exploring_says_which_account_cannot_be_found_and_goes_on_without(four):
    with access.inside(four.workspace):
        seen = explore(Question(like=("instagram:nobody",)), limit=10)
        both = explore(
            Question(sort="followers", like=("instagram:nobody", "instagram:anna")), limit=10
        )

    (wrong,) = seen.like
    assert "no account instagram:nobody" in wrong.problem
    assert seen.found.total == 4
    assert handles(both.found) == ["ben", "cleo"]
    assert both.found.facets["country"] == {"GB": 1, "US": 1}


def test_exploring_says_why_nobody_can_be_compared(four):
    with access.inside(four.workspace):
        seen = explore(Question(like=("instagram:dan",)), limit=10)

    assert "nothing" not in seen.problems["q"]
    assert "neither its words nor its categories" in seen.problems["q"]
    assert seen.found.total == 0


def test_a_saved_search_keeps_whom_to_be_like(four, now):
    question = Question(filters=("country=GB",), like=("instagram:anna",))
    with access.inside(four.workspace):
        searches.save(
            name="Like Anna", question=question, workspace=four.workspace, by="test", now=now
        )
        kept = queries.search_named("Like Anna")

    assert kept.question == question


def test_a_file_has_the_lookalikes_in_their_order(four, now):
    with access.inside(four.workspace):
        table = exporting.search(
            question=Question(like=("instagram:anna",)),
            workspace=four.workspace,
            by="test",
            now=now,
        )

    at = table.columns.index("handle")
    assert [row[at] for row in table.rows] == ["ben", "cleo"]


def test_the_command_shows_lookalikes_and_what_they_have_in_common(four, capsys, monkeypatch):
    monkeypatch.setenv("GROUNDSWELL_WORKSPACE", "anna")

    def run(*arguments):
        status = app.run(["lookalikes", *arguments], open_database=nullcontext)
        return status, *capsys.readouterr()

    status, out, _ = run("instagram:anna", "--limit", "1", "--facet", "country", "--json")
    answer = json.loads(out)
    (hit,) = answer["creators"]
    assert (status, answer["total"], answer["incomparable"]) == (0, 2, 1)
    assert answer["facets"] == {"country": {"GB": 1, "US": 1}}
    assert hit["account"] == "instagram:ben"
    assert [reason["text"] for reason in hit["reasons"]] == [
        f"likeness {hit['score']:.2f}",
        "words in common: trail, running, the, alps",
        "topics in common: running",
    ]
    assert run("instagram:anna")[1].count("likeness") == 2

    status, out, err = run("instagram:nobody")
    assert (status, out) == (2, "")
    assert "there is no account instagram:nobody" in err
