"""The demo from outside: a small world comes in, the main job is walked, once."""

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from groundswell.demo import actions
from groundswell.engine.synth import lexicon
from groundswell.planning import brief as briefs
from groundswell.workspaces import access
from groundswell.workspaces.models import JournalEntry
from tests.support.installation import Installation, running

CREATORS = 500
FILES = 10


@pytest.fixture(scope="module")
def shown(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, list[dict[str, Any]]]]:
    """An installation, and what the demo answered the first and the second time."""
    with running(migrated, tmp_path_factory.mktemp("demo") / "home") as installation:
        yield installation, [installation.json("demo", "--small") for _ in range(2)]


def test_the_workspace_is_labelled_synthetic(shown):
    installation, (first, _) = shown
    assert (first["name"], first["synthetic"]) == ("Demo (synthetic)", True)
    listed = installation.json("workspaces", "list")["workspaces"]
    assert {(row["slug"], row["synthetic"]) for row in listed} == {
        ("default", False),
        ("demo-small", True),
    }


def test_every_row_that_came_in_is_accounted_for(shown):
    _, (first, _) = shown
    assert len(first["files"]) == FILES
    for file in first["files"]:
        assert file["rows_read"] == file["accepted"] + file["rejected"]
    assert {file["file"]: file["rejected"] for file in first["files"] if file["rejected"]} == {
        "creators-from-a-tool.csv": 4
    }


def test_every_account_is_vetted_and_can_be_searched(shown):
    installation, (first, _) = shown
    accounts = first["vet"]["accounts"]
    assert 1.05 * CREATORS < accounts < 1.2 * CREATORS
    assert first["indexed"] == accounts
    assert installation.json("search", "", "-w", "demo-small")["total"] == accounts


def test_the_walk_shows_a_search_a_scorecard_and_a_plan(shown):
    _, (first, _) = shown
    assert first["search"]["creators"][0]["account"] == first["scorecard"]["account"]
    assert first["search"]["creators"][0]["country"] == "US"
    assert first["scorecard"]["factors"]["quality"]["value"] is not None
    assert len(first["plan"]["lines"]) > 2
    assert len(first["plan"]["alternatives"]) == 6


def test_the_brief_knows_every_currency_in_which_creators_ask(shown):
    _, (first, _) = shown
    brief, _ = briefs.read(Path(first["brief"]))
    asked = set(lexicon.load().places.currencies)
    assert asked == {brief.budget.currency, *brief.exchange_rates}
    assert "price_in_other_currency" not in first["plan"]["excluded"]


def test_the_second_time_nothing_is_redone(shown):
    _, (first, second) = shown
    assert (first["warm"], second["warm"]) == (False, True)
    for key in ("files", "vet", "indexed", "search", "plan", "seen_at"):
        assert second[key] == first[key]


def test_the_second_time_nothing_is_written(shown):
    installation, _ = shown
    before = installation.json("journal", "-w", "demo-small", "--limit", "1000")
    installation.json("demo", "--small")
    assert installation.json("journal", "-w", "demo-small", "--limit", "1000") == before


def test_people_read_four_parts_and_what_to_type_next(shown):
    installation, _ = shown
    printed = installation.run("demo", "--small").stdout
    for heading in ("1  What came in: Demo (synthetic)", "2  A search", "3  One scorecard"):
        assert heading in printed
    assert "4  A plan" in printed
    assert "What to type next" in printed


def test_another_world_in_the_same_workspace_is_refused(shown):
    installation, _ = shown
    refused = installation.json("demo", "--small", "--seed", "2", expect=2)
    assert refused["error"]["code"] == "other_synthetic_world"


def test_a_workspace_with_somebodys_data_is_never_filled(shown):
    installation, _ = shown
    refused = installation.json("demo", "--small", "-w", "default", expect=2)
    assert refused["error"]["code"] == "workspace_not_synthetic"
    assert installation.json("search", "", "-w", "default")["total"] == 0


def test_nothing_is_done_to_a_workspace_that_is_not_synthetic(workspace):
    with pytest.raises(actions.NotSynthetic, match="'anna' is not synthetic"):
        actions.seed(
            workspace=workspace,
            seed=1,
            creators=CREATORS,
            by="test",
            now=datetime(2026, 11, 1, tzinfo=UTC),
            stopwatch=lambda: 0.0,
        )
    with access.inside(workspace):
        assert set(JournalEntry.objects.values_list("event", flat=True)) == {"workspace.created"}


def test_a_killed_demo_goes_on_and_ends_as_if_nothing_had_happened(shown, installation):
    _, (first, _) = shown
    killed = subprocess.Popen(
        installation.command("demo", "--small"),
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: list(installation.home.glob("workspaces/*/warehouse/posts/**/*.parquet")))
    killed.kill()
    killed.wait()

    after = installation.json("demo", "--small")

    assert after["warm"] is False
    assert after["vet"]["accounts"] == first["vet"]["accounts"]
    assert after["indexed"] == first["indexed"]
    kept = ("rows_read", "accepted", "rejected")
    assert [[file[key] for key in kept] for file in after["files"]] == [
        [file[key] for key in kept] for file in first["files"]
    ]
    assert sum(file["unchanged"] for file in after["files"]) > 0


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)
