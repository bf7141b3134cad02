"""`groundswell search`: what programs and people get."""

import json
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from tests.discovery.conftest import account


@pytest.fixture
def run(desk, capsys, monkeypatch):
    """Run a command in Anna's workspace of two runners and a baker."""
    desk.publish(
        accounts=[
            account("anna.runs", bio="Trail running", country="CH", categories=["Fitness & Gym"]),
            account("ben", bio="Trails and bread", country="DE", display_name="Ben <b>"),
            account(None, platform="youtube", platform_id="UC1", bio="Bread", country="DE"),
        ],
        account_observations=[
            {
                "platform": "instagram",
                "account_handle": "anna.runs",
                "source": "import",
                "followers": 12_000,
            }
        ],
    )

    monkeypatch.setenv("GROUNDSWELL_WORKSPACE", "anna")

    def call(*arguments, expect=0):
        status = app.run(arguments, open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == expect, err
        return out

    return call


def test_programs_get_one_document(run):
    answer = json.loads(run("search", "trail", "-f", "country=CH", "--facet", "tier", "--json"))
    (hit,) = answer["creators"]
    assert (answer["total"], answer["facets"]) == (1, {"tier": {"micro": 1}})
    assert hit["account"] == "instagram:anna.runs"
    assert hit["score"] > 0
    assert (hit["followers"], hit["tier"], hit["country"]) == (12_000, "micro", "CH")
    assert hit["categories"] == ["Fitness & Gym"]
    assert hit["growth"] is None
    *others, first, second, third, fourth, fifth = hit["reasons"]
    ranked = (first, second, third, fourth, fifth)
    assert sum(each["value"] for each in ranked) == pytest.approx(hit["score"], abs=1e-3)
    assert second["text"] == "credibility 0.07 (not known, taken as usual)"
    assert others == [
        {"kind": "words", "key": "bio", "asked": "trail", "value": None, "text": "trail in bio"},
        {
            "kind": "filter",
            "key": "country",
            "asked": "country=CH",
            "value": "CH",
            "text": "country: CH",
        },
    ]


def test_an_account_without_a_handle_goes_by_its_id(run):
    answer = json.loads(run("search", "--filter", "platform=youtube", "--json"))
    assert [hit["account"] for hit in answer["creators"]] == ["youtube:UC1"]


def test_without_text_filters_alone_decide(run):
    answer = json.loads(run("search", "-f", "country=DE", "-f", "country=CH", "--json"))
    assert answer["total"] == 3
    assert set(answer["facets"]) == {
        "platform", "country", "language", "category", "tier", "verified",
    }  # fmt: skip


def test_words_may_be_given_apart(run):
    assert json.loads(run("search", "trail", "running", "--json"))["total"] == 1
    assert json.loads(run("search", "--json", "--", "bread", "-trails"))["total"] == 1


def test_people_get_a_table_with_reasons(run):
    out = run("search", "trail*", "--facet", "country")
    assert "2 creators" in out
    assert "instagram:anna.runs" in out
    assert "Ben <b>" in out
    assert "trail* in bio" in out


def test_people_are_told_when_some_of_the_words_sufficed(run):
    assert json.loads(run("search", "trail recital", "--json"))["least"] == 1
    assert "Nobody has all of these words. These have 1 of them or more." in run(
        "search", "trail recital"
    )


def test_people_are_told_what_to_write_instead_of_signs(run):
    assert json.loads(run("search", "*", "--json"))["hint"].startswith("There is no word in '*'")
    assert "A quote is opened and not closed" in run("search", '"nobody here')
    assert json.loads(run("search", "trail", "--json"))["hint"] is None


def test_pages_say_where_they_are(run):
    assert "3 creators, 2 to 2" in run("search", "--limit", "1", "--offset", "1")


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--filter", "contry=DE", "unknown_key"),
        ("--filter", "followers>=many", "unreadable_value"),
        ("--sort", "fame", "unknown_key"),
        ("--facet", "shoe size", "unknown_key"),
    ],
)
def test_what_cannot_be_read_is_bad_input(run, option, value, code):
    refused = json.loads(run("search", option, value, "--json", expect=2))
    assert refused["error"]["code"] == code


def test_the_list_of_filters_needs_no_database(capsys):
    def refuse():
        pytest.fail("no database is needed")

    assert app.run(["search", "--filters", "--json"], open_database=refuse) == 0
    listed = json.loads(capsys.readouterr().out)["filters"]
    assert {"platform", "country", "language", "category", "tier", "followers", "last_post"} < {
        key["key"] for key in listed
    }


def test_the_index_is_rebuilt_by_one_command(run, desk):
    assert json.loads(run("index", "rebuild", "--json")) == {"accounts": 3}
    assert desk.search("bread").total == 2
