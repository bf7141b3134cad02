"""`groundswell tags`, `outreach`, `safety` and exclusion lists: what programs and people get."""

import csv
import json
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from groundswell.vetting.actions import scorecards
from tests.discovery.conftest import account, of


@pytest.fixture
def run(desk, capsys, monkeypatch):
    """Run a command in a workspace of two runners, of whom one drinks."""
    desk.publish(
        accounts=[account("anna"), account("ben")],
        posts=[
            of(name, post_id=name, text=said, language="en", published_at=desk.now, url=f"u/{name}")
            for name, said in (("anna", "a run"), ("ben", "Whisky with Acme"))
        ],
    )
    scorecards.vet(workspace=desk.workspace, by="test", now=desk.now)
    monkeypatch.setenv("GROUNDSWELL_WORKSPACE", "anna")

    def call(*arguments, expect=0):
        status = app.run((*arguments, "--json"), open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == expect, err
        return json.loads(out)

    return call


def handles(run, *filters):
    flags = [part for each in filters for part in ("-f", each)]
    return [each["account"] for each in run("search", *flags)["creators"]]


def test_a_tag_is_put_on_found_and_taken_off(run):
    run("tags", "add", "Vegan", "instagram:anna", "instagram:ben")
    run("tags", "remove", "vegan", "instagram:ben")

    assert run("tags", "list") == {"tags": [{"tag": "Vegan", "creators": 1}]}
    assert run("tags", "list", "--account", "instagram:ben") == {"tags": []}
    assert handles(run, "tag=vegan") == ["instagram:anna"]


def test_who_was_contacted_is_left_out(run):
    noted = run("outreach", "add", "instagram:anna", "email", "--day", "2026-01-05", "--by", "Eva")
    assert (noted["day"], noted["contacted_by"]) == ("2026-01-05", "Eva")
    assert handles(run, "not_contacted_since=2026-01-01") == ["instagram:ben"]

    run("outreach", "remove", "instagram:anna", noted["outreach"])
    assert run("outreach", "list", "instagram:anna") == {"outreach": []}
    assert len(handles(run, "not_contacted_since=2026-01-01")) == 2


def test_an_excluded_creator_is_found_only_when_asked_for(run):
    run("lists", "create", "Never")
    run("lists", "add", "Never", "instagram:ben")
    run("lists", "exclude", "never")
    assert handles(run) == ["instagram:anna"]
    assert handles(run, "list=Never") == ["instagram:ben"]

    run("lists", "exclude", "never", "--off")
    assert len(handles(run)) == 2


def test_words_are_watched_and_found_and_forgotten(run):
    run("safety", "add-word", "a run", "--severity", "low")
    run("safety", "add-competitor", "Acme", "--form", "@acme")
    assert run("safety", "words")["is_current"] is False

    assert run("safety", "scan") == {"accounts": 2}

    assert run("safety", "words")["is_current"] is True
    assert handles(run, "brand_safety.own_words=low") == ["instagram:anna"]
    assert handles(run, "brand_safety.competitor=low") == ["instagram:ben"]
    run("safety", "remove-word", "A run")
    run("safety", "remove-competitor", "acme")
    refused = run("safety", "remove-word", "a run", expect=2)
    assert refused["error"]["code"] == "unknown_watched_term"


def test_brand_safety_is_written_to_files_with_the_posts(run, tmp_path):
    table, report = tmp_path / "of.csv", tmp_path / "all.json"

    done = run("safety", "export", str(table), "--account", "instagram:ben")
    run("safety", "export", str(report), "-f", "platform=instagram")

    both = run("safety", "export", str(table), "--account", "x:a", "--list", "l", expect=2)
    assert both["error"]["code"] == "bad_options"
    assert done == {"file": str(table), "accounts": 1, "total": 1}
    with table.open(encoding="utf-8-sig", newline="") as opened:
        [row] = csv.DictReader(opened)
    found = [row[name] for name in ("handle", "subject", "post_id", "post_url", "post_text")]
    assert found == ["ben", "alcohol", "ben", "u/ben", "Whisky with Acme"]
    accounts = json.loads(report.read_text())["accounts"]
    said = {each["account"]: each["brand_safety"] for each in accounts}
    assert said["instagram:anna"] == "clear"
    [concern] = next(each for each in accounts if each["concerns"])["concerns"]
    assert concern["evidence"][0]["text"] == "Whisky with Acme"
