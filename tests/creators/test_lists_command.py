"""`groundswell lists` and `groundswell searches`: what programs and people get."""

import csv
import json
from contextlib import nullcontext

import pytest

from groundswell.interfaces.cli import app
from tests.creators.conftest import account, counted


@pytest.fixture
def run(desk, capsys, monkeypatch):
    """Run a command in a workspace of two runners."""
    desk.publish(
        accounts=[account("anna", bio="running"), account("ben", bio="running")],
        account_observations=[counted("anna", 12_000, desk.now), counted("ben", 900, desk.now)],
    )
    monkeypatch.setenv("GROUNDSWELL_WORKSPACE", "anna")

    def call(*arguments, expect=0):
        status = app.run(arguments, open_database=nullcontext)
        out, err = capsys.readouterr()
        assert status == expect, err
        return out

    return call


def answer(out):
    return json.loads(out)


def test_a_list_is_filled_shown_and_taken_along(run, tmp_path):
    file = tmp_path / "trail.csv"

    run("lists", "create", "Trail")
    added = answer(run("lists", "add", "trail", "instagram:anna", "instagram:ben", "--json"))
    again = answer(run("lists", "add", "Trail", "instagram:anna", "--json"))
    run("lists", "note", "Trail", "instagram:anna", "=fast")
    shown = answer(run("lists", "show", "Trail", "--json"))
    run("lists", "export", "Trail", str(file))

    assert (added, again) == ({"added": 2, "present": 0}, {"added": 0, "present": 1})
    assert {e["accounts"]: (e["followers"], e["note"]) for e in shown["entries"]} == {
        "instagram:anna": (12_000, "=fast"),
        "instagram:ben": (900, ""),
    }
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = {row["handle"]: row["note"] for row in csv.DictReader(opened)}
    assert rows == {"anna": "'=fast", "ben": ""}


def test_a_deleted_list_comes_back(run):
    run("lists", "create", "Trail")
    run("lists", "rename", "Trail", "Road")
    said = run("lists", "delete", "Road")
    gone = answer(run("lists", "list", "--json"))
    run("lists", "restore", "road")

    assert "groundswell lists restore 'Road'" in said
    assert gone == {"lists": []}
    assert [row["name"] for row in answer(run("lists", "list", "--json"))["lists"]] == ["Road"]


def test_an_unknown_list_is_bad_input(run):
    assert answer(run("lists", "show", "Nobody", "--json", expect=2))["error"]["code"] == (
        "unknown_list"
    )


def test_a_kind_of_file_that_nobody_writes_is_bad_input(run, tmp_path):
    run("lists", "create", "Trail")

    run("lists", "export", "Trail", str(tmp_path / "trail.pdf"), expect=2)
    run("lists", "export", "Trail", str(tmp_path / "none" / "trail.csv"), expect=2)

    assert list(tmp_path.glob("*.pdf")) == []


def test_a_search_is_saved_asked_again_and_compared_with_the_last_look(run, desk):
    run("searches", "save", "Runners", "running", "--filter", "followers>=1000")
    found = answer(run("searches", "run", "runners", "--json"))
    desk.publish(
        accounts=[account("cleo", bio="running")],
        account_observations=[counted("cleo", 5000, desk.now)],
    )
    [listed] = answer(run("searches", "list", "--json"))["searches"]

    assert [hit["account"] for hit in found["creators"]] == ["instagram:anna"]
    assert (listed["total"], listed["looked_total"]) == (2, 1)
    assert listed["filters"] == ["followers>=1000"]


def test_a_deleted_search_comes_back(run):
    run("searches", "save", "Runners", "running")
    run("searches", "rename", "Runners", "Trail")
    run("searches", "delete", "Trail")
    run("searches", "run", "Trail", expect=2)
    run("searches", "restore", "Trail")

    assert "Trail" in run("searches", "list")


def test_what_answers_a_search_is_written_to_a_file(run, tmp_path):
    run("searches", "save", "Runners", "running")

    said = answer(run("searches", "export", "Runners", str(tmp_path / "r.xlsx"), "--json"))

    assert (said["rows"], said["total"]) == (2, 2)
    assert (tmp_path / "r.xlsx").read_bytes()[:2] == b"PK"
