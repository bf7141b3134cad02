"""kill -9 of the indexer at ten points: the index opens, answers, and a rebuild equals it."""

import json

import pytest

from tests.discovery.dying import POINTS
from tests.support.installation import Installation

ACCOUNTS = 400
BIOS = ("swims", "bakes bread", "trail running", "trail and swims")
COUNTRIES = ("US", "GB", "")


def accounts() -> str:
    rows = [
        f"runner{number},{BIOS[number % 4]},{COUNTRIES[number % 3]},{number * 20}"
        for number in range(ACCOUNTS)
    ]
    lines = [f"instagram,{row},2026-10-01" for row in rows]
    return "\n".join(["platform,handle,bio,country,followers,observed_at", *lines])


@pytest.mark.slow
def test_an_indexer_killed_at_any_point_leaves_an_index_that_a_rebuild_equals(
    installation: Installation, tmp_path
):
    (tmp_path / "accounts.csv").write_text(accounts())
    installation.run("import", "accounts", str(tmp_path / "accounts.csv"))

    script = installation.start_script("from tests.discovery.dying import main\nmain()")
    told, _ = script.communicate()
    assert script.returncode == 0
    outcomes = json.loads(told)

    assert len(outcomes) == len(POINTS) == 10
    for point, outcome in zip(POINTS, outcomes, strict=True):
        assert outcome == outcome | {
            "is_before_or_after": True, "equals_a_rebuild": True, "is_news": True, "generations": 1,
        }, point  # fmt: skip
    kills = [outcome["was_killed"] for outcome in outcomes]
    by_call = [killed for killed, point in zip(kills, POINTS, strict=True) if point.call[0]]
    assert all(by_call)
    assert sum(kills) >= 8  # the others are seen from outside, perhaps too late
