"""What every command keeps: exit statuses, one JSON document, help that a stranger can follow."""

import json
import subprocess
import time

import pytest

from groundswell.interfaces.cli import app, frame
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


def test_json_never_holds_a_number_that_json_does_not_know():
    with pytest.raises(ValueError, match="not JSON compliant"):
        frame.show({"value": float("nan")}, as_json=True, people=lambda: "")


def test_a_refusal_is_one_json_document_and_exit_status_2(installation: Installation):
    done = installation.run("journal", "--workspace", "nobody", "--json", expect=2)

    assert json.loads(done.stdout)["error"]["code"] == "unknown_workspace"
    assert "'nobody'" in done.stderr


def test_the_first_command_makes_the_home_and_one_workspace(installation: Installation):
    listed = installation.json("workspaces", "list")

    assert [row["slug"] for row in listed["workspaces"]] == ["default"]
    assert installation.home.is_dir()


def test_a_workspace_is_made_once(installation: Installation):
    assert installation.json("workspaces", "create", "acme")["slug"] == "acme"

    refused = installation.json("workspaces", "create", "acme", expect=2)

    assert refused["error"]["code"] == "workspace_exists"


def test_two_first_commands_at_once_agree_on_one_workspace(installation: Installation):
    started = [
        subprocess.Popen(
            installation.command("workspaces", "list", "--json"),
            env=installation.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [json.loads(process.communicate()[0])["workspaces"] for process in started]

    assert [[row["slug"] for row in answer] for answer in answers] == [["default"]] * 3


def test_a_terminated_command_stops_the_server_that_it_started(installation: Installation):
    process = subprocess.Popen(installation.command("jobs", "run"), env=installation.environment)
    pid_file = installation.home / "cluster" / "postmaster.pid"
    deadline = time.monotonic() + 60
    while not pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.0)

    process.terminate()
    process.wait(timeout=60)

    assert not pid_file.exists()
