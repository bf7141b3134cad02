"""What every command keeps: exit statuses, one JSON document, help that a stranger can follow."""

import json
import re
import subprocess
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.db import OperationalError
from rich.console import Console

from groundswell.interfaces.cli import app, discovery, frame, imports
from groundswell.terms.errors import Refusal
from tests.support.installation import Installation


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        def refuse() -> None:
            pytest.fail("this command must not need a database")

        status = app.run(arguments, open_database=refuse)
        return status, *capsys.readouterr()

    return call


def test_help_names_every_command(run):
    status, out, _ = run("--help")

    assert status == 0
    assert [name for name in app.MODULES if name not in out] == []


@pytest.mark.parametrize("command", sorted(app.MODULES))
def test_every_command_explains_itself(run, command):
    status, out, _ = run(command, "--help")

    assert status == 0
    assert f"groundswell {command}" in out


def test_an_unknown_command_is_bad_input_and_names_a_near_one(run):
    status, _, err = run("serch")

    assert status == 2
    assert "serch" in err
    assert "search" in err


def test_the_version_is_printed(run):
    assert run("--version")[:2] == (0, "groundswell 0.1.0\n")


def test_a_refusal_keeps_brackets_of_what_was_asked(run):
    status, _, err = run("import", "[red]posts", "x.csv")

    assert status == 2
    assert "'[red]posts'" in err


def test_an_answer_keeps_brackets_and_colons_of_names(capsys):
    frame.show({}, as_json=False, people=lambda: "instagram:a:b [red]x[/nope]")

    assert capsys.readouterr().out == "instagram:a:b [red]x[/nope]\n"


def test_progress_of_a_file_keeps_the_brackets_of_its_name(monkeypatch):
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=100, markup=False)
    monkeypatch.setattr(frame, "messages", console)
    monkeypatch.setattr(frame.sys.stderr, "isatty", lambda: True)

    with frame.progress() as progress:
        progress("[red]list[/nope].csv: reading", 1, 2)

    assert "[red]list[/nope].csv: reading" in screen.getvalue()


def test_an_argument_that_is_no_text_is_refused_unless_it_is_a_path(run, tmp_path):
    status, out, _ = run("creators", "show", "x:\udcff", "--json")
    (path := tmp_path / "members\udcff.csv").write_text("account,member\nx:anna,m1\n")

    assert (status, json.loads(out)["error"]["code"]) == (2, "not_text")
    assert run("reach", "--memberships", str(path), "--json")[0] == 0


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), MemoryError(), OperationalError("no server")]
)
def test_a_machine_that_fails_is_one_sentence_and_status_1(capsys, error):
    @contextmanager
    def fail():
        raise error
        yield

    status = app.run(["journal", "--json"], open_database=fail)

    out, err = capsys.readouterr()
    assert (status, json.loads(out)["error"]["code"]) == (1, "failed")
    assert "failed: it stopped before its end" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["search", "--bogus"], ["serch"], ["plan"]])
def test_bad_usage_is_one_json_document_for_programs(run, arguments):
    status, out, err = run(*arguments, "--json")

    assert status == 2
    assert json.loads(out)["error"]["code"] == "bad_usage"
    assert "Usage: groundswell" in err


def test_paragraphs_of_help_are_filled_to_the_width(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    filled = re.sub(" +", " ", run("demo", "--help")[1])

    assert "through the \n same imports as anybody's. Then" in filled


def test_cells_are_written_for_people():
    row = {"name": "Anna", "posts": 12_000, "verified": False, "seen_at": "2026-11-21T20:19:52.7Z"}

    drawn = in_text(frame.table("Accounts", [row, dict.fromkeys(row)]), width=80)

    assert drawn.splitlines()[0] == "Accounts"
    assert "│ Anna │ 12,000 │ no       │ 2026-11-21 20:19 │" in drawn
    assert "│      │        │          │                  │" in drawn
    assert "None" not in drawn


def test_a_file_that_was_not_imported_is_named_once():
    outcome = Refusal("/data/list.csv can't be opened")

    drawn = in_text(imports.drawn([(Path("/data/list.csv"), outcome)]), width=80)

    assert "list.csv: can't be opened" in drawn


def test_reasons_of_a_hit_stay_whole_at_100_columns():
    words = [{"kind": "words", "key": key, "asked": "trail"} for key in ("bio", "captions")]
    shares = [
        {"kind": "filter", "key": f"audience.{key}", "text": f"audience.{key}: 70.6%"}
        for key in ("gender.female", "age.25-34")
    ]
    hit = {
        "account": "youtube:singletracktheo2", "display_name": "Theo Q.", "followers": 1_000_000,
        "tier": "mega", "country": "US", "categories": ["running"], "rank": 1,
        "reasons": words + shares,
    }  # fmt: skip
    answer = {"total": 1, "creators": [hit], "facets": {}, "corrected": None, "least": None}
    answer["hint"] = None

    drawn = in_text(discovery.drawn(answer, has_facets=False), width=100)

    assert "trail in bio, captions" in drawn
    assert "audience female 70.6%, 25-34 70.6%" in drawn


def in_text(drawn, *, width):
    console = Console(width=width, file=StringIO())
    console.print(drawn, crop=False)
    return console.file.getvalue()


def test_json_never_holds_a_number_that_json_does_not_know():
    with pytest.raises(ValueError, match="not JSON compliant"):
        frame.show({"value": float("nan")}, as_json=True, people=lambda: "")


def test_a_refusal_is_one_json_document_and_exit_status_2(installation: Installation):
    done = installation.run("journal", "--workspace", "nobody", "--json", expect=2)

    assert json.loads(done.stdout)["error"]["code"] == "unknown_workspace"
    assert "'nobody'" in done.stderr


def test_the_first_command_makes_the_home_and_one_workspace(nothing_yet: Installation):
    listed = nothing_yet.json("workspaces", "list")

    assert [row["slug"] for row in listed["workspaces"]] == ["default"]
    assert nothing_yet.home.is_dir()


def test_a_workspace_is_made_once(installation: Installation):
    assert installation.json("workspaces", "create", "acme")["slug"] == "acme"

    refused = installation.json("workspaces", "create", "acme", expect=2)

    assert refused["error"]["code"] == "workspace_exists"


def test_two_first_commands_at_once_agree_on_one_workspace(nothing_yet: Installation):
    started = [
        subprocess.Popen(
            nothing_yet.command("workspaces", "list", "--json"),
            env=nothing_yet.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [json.loads(process.communicate()[0])["workspaces"] for process in started]

    assert [[row["slug"] for row in answer] for answer in answers] == [["default"]] * 3


def test_a_terminated_command_stops_the_server_that_it_started(nothing_yet: Installation):
    process = subprocess.Popen(nothing_yet.command("jobs", "run"), env=nothing_yet.environment)
    pid_file = nothing_yet.home / "cluster" / "postmaster.pid"
    deadline = time.monotonic() + 60
    while not pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)

    process.terminate()
    process.wait(timeout=60)

    assert not pid_file.exists()
