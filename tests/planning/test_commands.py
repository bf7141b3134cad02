"""The commands ``reach`` and ``plan``: what they print, and what they refuse."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from groundswell.interfaces.cli import app
from groundswell.workspaces import clock
from tests.planning.cast import toml


@pytest.fixture
def run(capsys):
    def call(*arguments, expect=0, open_database=None):
        def refuse():
            pytest.fail("this command must not need a database")

        status = app.run([str(each) for each in arguments], open_database=open_database or refuse)
        out, err = capsys.readouterr()
        assert status == expect, err
        return out

    return call


@pytest.fixture
def members(tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("account,member\nanna,m1\nanna,m2\nben,m2\nben,m3\n")
    return path


@pytest.fixture
def plan(market, run, tmp_path):
    def made(*options, expect=0, **changes):
        path = tmp_path / "brief.toml"
        path.write_text(toml(**changes))
        return run(
            "plan", path, "-w", market.slug, *options, expect=expect, open_database=nullcontext
        )

    return made


def test_reach_of_members_is_one_json_document_and_needs_no_server(run, members):
    found = json.loads(run("reach", "--memberships", members, "--creators", "anna,ben", "--json"))

    assert found["reach"] == {
        "value": 3, "low": None, "high": None, "level": None,
        "method": "exact count of distinct members", "n": 3, "reason": None,
    }  # fmt: skip
    assert (found["sum_of_audiences"], found["source"]) == (4, "memberships")


def test_reach_is_shown_beside_the_sum_that_it_is_not(run, members):
    shown = run("reach", "--memberships", members)

    assert "different people │ 3" in shown
    assert "sum of audiences │ 4" in shown


def test_reach_of_overlaps_shows_its_bounds(run, tmp_path):
    (tmp_path / "pairs.csv").write_text("account_a,account_b,shared\nanna,ben,150\n")
    (tmp_path / "sizes.csv").write_text("account,size\nanna,700\nben,400\ncleo,100\n")
    files = ("--overlaps", tmp_path / "pairs.csv", "--audiences", tmp_path / "sizes.csv")

    shown = run("reach", *files, "--creators", "anna,cleo")

    assert "at least         │ 700" in shown
    assert "at most          │ 800" in shown
    assert "1 of 1 pairs are not listed: unknown, not zero" in shown


@pytest.mark.parametrize(
    "options", [(), ("--memberships", "x.csv", "--overlaps", "y.csv"), ("--audiences", "x.csv")]
)
def test_reach_without_its_files_says_which_it_needs(run, options):
    refused = json.loads(run("reach", *options, "--json", expect=2))

    assert refused["error"]["code"] == "bad_options"
    assert "needs --memberships FILE" in refused["error"]["message"]


def test_an_unknown_creator_ends_with_status_2(run, members):
    refused = json.loads(
        run("reach", "--memberships", members, "--creators", "zoe", "--json", expect=2)
    )

    assert refused["error"]["code"] == "unknown_creators"


def test_a_plan_is_one_json_document(plan):
    made = json.loads(plan("--json", amount=500))

    assert made["plan"]
    assert made["spend"] + made["reserve"] == 500
    assert [line["account"][:10] for line in made["lines"]] == ["instagram:"] * len(made["lines"])


def test_a_plan_is_drawn_with_why_intervals_and_the_other_ways(plan):
    drawn = " ".join(plan(objective="reach", more="goals = { clicks = 5 }").split())

    for words in (
        "Trail shoe launch the most reach for 10,000 USD",
        "Whom to pay for what (USD)",
        "instagram:fay",
        "people nobody else here",
        "What to expect",
        "8 of 10 times between",
        "cannot say",
        "which is not reach",
        "The same budget, spent otherwise",
        "one celebrity",
        "micro only",
        "Prices:",
    ):
        assert words in drawn


def test_a_plan_of_a_program_that_is_over_is_drawn_with_a_note(plan, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 5, 1, tzinfo=UTC))

    drawn = " ".join(plan(amount=300).split())

    assert "The program was over on 2027-04-11, before it was planned on 2027-05-01" in drawn


def test_a_brief_with_several_mistakes_says_them_all(plan):
    refused = json.loads(plan("--json", amount=0, more="promisse = 2", expect=2))

    assert refused["error"]["code"] == "bad_brief"
    assert "2 things to mend" in refused["error"]["message"]


def test_an_impossible_brief_names_the_nearest_that_is_possible(plan):
    refused = json.loads(plan("--json", amount=60, creators="count = { min = 5 }", expect=2))

    assert refused["error"]["code"] == "infeasible_plan"
    assert "lower count.min to 2 or raise the budget to" in refused["error"]["message"]


def test_lines_are_explained_with_the_plan_when_asked(plan):
    found = json.loads(plan("--explain", "--json", amount=300))

    assert [line["account"] for line in found["standings"]] == [
        line["account"] for line in found["lines"]
    ]
    assert all(line["why"].startswith("adds ") for line in found["standings"])
