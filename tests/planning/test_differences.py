"""What is different between two plans."""

import pytest

from groundswell.planning import differences, document
from groundswell.planning.differences import Said
from tests.planning.cast import toml
from tests.planning.test_proposal import planned


def said(name, **changes):
    return Said(name, document.document(planned(**changes), seed=1), toml(**changes))


@pytest.fixture(scope="module")
def small():
    return said("small", amount=500)


@pytest.fixture(scope="module")
def large():
    return said("large", amount=900)


def priced(one, price, kind="reel"):
    line = one.document["lines"][0]
    lines = [{**line, "price": price, "format": kind}, *one.document["lines"][1:]]
    return Said("other", {**one.document, "lines": lines}, one.brief_text)


def test_a_plan_is_the_same_as_itself(small):
    found = differences.between(small, small)

    assert found["is_same"]
    assert found["lines"]["unchanged"] == len(small.document["lines"])
    empty = ("amounts", "kpis", "certificates", "brief", "provenance")
    assert all(found[key] == [] for key in empty)


def test_more_money_adds_lines_and_says_which_key_of_the_brief_moved(small, large):
    found = differences.between(small, large)

    names = [{line["account"] for line in each.document["lines"]} for each in (small, large)]
    assert {line["account"] for line in found["lines"]["added"]} == names[1] - names[0]
    assert {line["account"] for line in found["lines"]["removed"]} == names[0] - names[1]
    assert found["brief"] == [{"key": "budget.amount", "before": 500, "after": 900}]
    views = next(each for each in found["kpis"] if each["kpi"] == "views")
    assert views["change"] == pytest.approx(views["after"]["value"] / views["before"]["value"] - 1)
    assert views["change"] > 0


def test_the_other_way_round_what_was_added_is_removed(small, large):
    there, back = differences.between(small, large), differences.between(large, small)

    assert there["lines"]["added"] == back["lines"]["removed"]
    assert there["lines"]["removed"] == back["lines"]["added"]


def test_another_price_or_format_is_a_change_and_not_another_line(small):
    account = small.document["lines"][0]["account"]
    before = small.document["lines"][0]["price"]

    dearer = differences.between(small, priced(small, 77.0))["lines"]
    video = differences.between(small, priced(small, before, "video"))["lines"]

    assert dearer["added"] == dearer["removed"] == []
    assert dearer["changed"] == [
        {
            "account": account,
            "layer": "creators",
            "what": [{"key": "price", "before": before, "after": 77.0}],
        }
    ]
    assert video["changed"][0]["what"] == [{"key": "format", "before": "reel", "after": "video"}]


def test_two_posts_of_one_creator_are_held_against_each_other_by_format(small):
    line = small.document["lines"][0]
    more = [{**line, "format": "video"}, *small.document["lines"]]
    twice = Said("twice", {**small.document, "lines": more}, small.brief_text)

    found = differences.between(small, twice)["lines"]

    assert found["added"] == [{**line, "format": "video"}]
    assert found["removed"] == found["changed"] == []


def test_a_key_that_only_one_brief_has_is_named(small):
    other = Said("other", small.document, toml(amount=500, creators="count = { max = 3 }"))

    found = differences.between(small, other)["brief"]

    assert found == [{"key": "creators.count.max", "before": None, "after": 3}]


def test_documents_are_written_the_same_however_their_numbers_came_back():
    assert differences.canonical({"b": 1.0, "a": [2.5, 1e22]}) == differences.canonical(
        {"a": [2.5, 10**22], "b": 1}
    )
    assert differences.canonical({"a": 1.5}) != differences.canonical({"a": 1.25})
