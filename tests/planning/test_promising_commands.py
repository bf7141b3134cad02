"""The commands of promises: made, told of, forecast, settled, scored and verified."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from groundswell.interfaces.cli import app
from groundswell.workspaces import clock
from tests.planning.cast import toml


@pytest.fixture
def at(monkeypatch):
    def moved(year, month, day):
        monkeypatch.setattr(clock, "now", lambda: datetime(year, month, day, 12, tzinfo=UTC))

    moved(2026, 11, 1)
    return moved


@pytest.fixture
def run(capsys, market, at):
    def call(*arguments, expect=0):
        asked = [*map(str, arguments), "-w", market.slug]
        status = app.run(asked, open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == expect, err
        return json.loads(out) if "--json" in asked else out

    return call


@pytest.fixture
def plan(run, tmp_path):
    def made(more="promise = 0.8"):
        path = tmp_path / "brief.toml"
        path.write_text(toml(amount=300, more=more))
        return run("plan", path, "--json")["plan"]

    return made


def test_a_promise_is_made_settled_and_verified(run, plan, at):
    taken = plan()
    made = run("promise", taken, "--json")
    at(2027, 4, 12)
    level = made["kpis"]["views"]["level"]
    settled = run("settle", taken, "--observed", f"views={level}", "--note", "tracker", "--json")
    listed = run("promises", "--json")
    verified = run("promises", "--verify", "--json")

    assert (made["status"], made["place"], made["before"]) == ("open", 1, "0" * 64)
    assert (settled["outcome"], settled["note"]) == ("kept", "tracker")
    assert listed["promises"][0]["digest"] == made["digest"]
    assert listed["score"]["counts"]["kept"] == 1
    assert verified == {
        "ok": True, "promises": 1, "settlements": 1, "head": made["digest"], "broken": [],
    }  # fmt: skip


def test_people_read_the_same(run, plan, at):
    taken = plan()
    shown = run("promise", taken)
    at(2027, 4, 12)
    run("settle", taken, "--observed", "views=1")

    assert "Promised of 'Trail shoe launch':" in shown
    table = run("promises")
    assert "missed" in table
    assert "cannot say, because 1 promises were settled" in table
    assert "are as they were made" in run("promises", "--verify")


def test_a_plan_shows_what_it_would_promise_and_why_it_would_not(run, tmp_path):
    path = tmp_path / "brief.toml"
    path.write_text(toml(amount=300, more="promise = 0.8"))
    offered = run("plan", path)
    path.write_text(toml(amount=300, more="goals = { views = 900000, reach = 10 }"))
    withheld = run("plan", path)

    assert "Promised when it is taken:" in offered
    assert "Make-goods are expected to cost" in offered
    assert "No promise: all goals are met with a probability of 0.0%" in withheld
    assert "Reach is modelled, not counted" in withheld


def test_a_promise_that_is_withheld_takes_nothing(run, plan):
    refused = run("promise", plan("goals = { views = 900000 }"), "--json", expect=2)

    assert refused["error"]["code"] == "promise_withheld"
    assert run("promises", "--json")["promises"] == []


def test_news_of_lines_move_the_forecast(run, plan, tmp_path, at):
    taken = plan()
    at(2027, 3, 1)
    before = run("forecast", taken, "--as-of", "2027-03-01", "--json")
    news = tmp_path / "news.csv"
    rows = [f"{place},signed,2027-03-01" for place in range(1, len(before["unknown"]) + 1)]
    news.write_text("\n".join(["line,state,day", *rows]))

    told = run("news", taken, news, "--json")
    after = run("forecast", taken, "--as-of", "2027-03-01", "--json")

    assert told == {"told": len(rows)}
    assert after["unknown"] == []
    assert after["hit_probability"]["value"] > before["hit_probability"]["value"]
    assert "all goals met with" in run("forecast", taken, "--as-of", "2027-03-01")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), "bad_count"),
        (("--observed", "views"), "bad_count"),
        (("--observed", "views=nan"), "bad_count"),
        (("--observed", "=5"), "bad_count"),
        (("--observed", "views=5", "--observed", "views=6"), "bad_count"),
        (("--from-posts", "--call-off"), "bad_count"),
        (("--observed", "views=5"), "unknown_promise"),
    ],
)
def test_what_can_not_be_settled_is_refused(run, plan, options, code):
    assert run("settle", plan(), *options, "--json", expect=2)["error"]["code"] == code


def test_what_was_called_off_is_neither_called_off_nor_counted_again(run, plan):
    taken = plan()
    run("promise", taken)
    run("settle", taken, "--call-off", "--note", "no stock")
    again = [("--call-off", "--note", "rain"), ("--observed", "views=5"),
             ("--correct", "--observed", "views=5", "--note", "wrong")]  # fmt: skip

    for options in again:
        refused = run("settle", taken, *options, "--json", expect=2)["error"]["message"]
        assert "was called off on 2026-11-01 by" in refused


def test_posts_that_are_not_known_do_not_settle_a_promise(run, plan, at):
    taken = plan()
    run("promise", taken)
    at(2027, 4, 12)

    refused = run("settle", taken, "--from-posts", "--json", expect=2)

    assert refused["error"]["code"] == "uncounted"
    assert "have no post that is known" in refused["error"]["message"]


def test_news_that_can_not_be_read_name_their_row(run, plan, tmp_path):
    news = tmp_path / "news.csv"
    news.write_text("line,state,day\n1,signed,2027-03-01\n2,gone,2027-03-01\n")

    refused = run("news", plan(), news, "--json", expect=2)

    assert refused["error"]["message"].startswith("row 2 can't be read")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("line,state,day\n1,gone,2027-03-01", "one of signed, declined, published, dropped, got"),
        ("line,state\n1,signed", "has no column day"),
        ("line,state,day\n1,signed,soon", "day must be a day such as 2027-03-01, got 'soon'"),
        ("line,state,day,price\n1,signed,2027-03-01,much", "a plain number such as 99.90"),
        ("line,line,state,day\n1,2,signed,2027-03-01", "two columns called line"),
        ("line,state,day\n1,signed,2027-03-01,9", "row 1 can't be read: it has more cells"),
        ("line,state,day\n1_0,signed,2027-03-01", "line must be a line's number, from 1"),
        (None, "can't be opened"),
    ],
)
def test_news_that_can_not_be_read_say_what_to_write(run, plan, tmp_path, text, says):
    news = tmp_path / "news.csv"
    if text is not None:
        news.write_text(text)

    refused = run("news", plan(), news, "--json", expect=2)

    assert says in refused["error"]["message"]


def test_a_plan_that_was_called_off_or_not_yet_made_has_no_forecast(run, plan):
    taken = plan()
    early = run("forecast", taken, "--as-of", "2026-10-31", "--json", expect=2)
    run("promise", taken)
    run("settle", taken, "--call-off", "--note", "no stock")
    off = run("forecast", taken, "--json", expect=2)

    assert "was made on 2026-11-01" in early["error"]["message"]
    assert "was called off" in off["error"]["message"]
