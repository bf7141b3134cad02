"""The main job on real files, where a folder of them is at hand.

Set GROUNDSWELL_REAL_DATA to a folder that holds `youtube_daily_tracker` and
`influencer_rankings_2022`; without it these tests are skipped.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from babel import Locale

from tests.support.installation import Installation, running

pytestmark = pytest.mark.skipif(
    "GROUNDSWELL_REAL_DATA" not in os.environ, reason="needs a folder of real files"
)

BRIEF = """
name = "Real creators"
objective = "views"
budget = { amount = 50000, currency = "USD" }
start = 2026-03-01
end = 2026-04-11
goals = { views = 500000 }
promise = 0.90
handling_cost = 40

[creators]
count = { min = 5, max = 100 }
platforms = ["youtube"]
max_share_per_creator = 0.2
"""


def channels(folder: Path) -> list[tuple[str, str]]:
    tracker, rankings = folder / "youtube_daily_tracker", folder / "influencer_rankings_2022"
    return [
        ("accounts", str(tracker / "channels_reference.csv")),
        ("account_observations", str(tracker / "youtube_daily_snapshots.csv")),
        *(("posts", str(path)) for path in sorted(tracker.glob("videos_*.csv"))),
        ("accounts", str(rankings / "rankings.csv")),
    ]


@pytest.fixture(scope="module")
def real(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, list[Any], Path]]:
    """An installation with real creators, what the imports answered, and where they came from."""
    folder = Path(os.environ["GROUNDSWELL_REAL_DATA"])
    with running(migrated, tmp_path_factory.mktemp("real") / "home") as installation:
        answers = [installation.json("import", kind, path) for kind, path in channels(folder)]
        yield installation, answers, folder


def lines(path: str) -> int:
    return len(pd.read_csv(path, dtype=str))


def test_every_real_row_is_accepted(real):
    _, answers, folder = real
    for (_, path), answer in zip(channels(folder), answers, strict=True):
        [file] = answer["files"]
        assert (file["rows_read"], file["accepted"], file["rejected"]) == (
            lines(path), lines(path), 0,
        )  # fmt: skip


def test_real_files_again_change_nothing(real):
    installation, _, folder = real
    for kind, path in channels(folder):
        [file] = installation.json("import", kind, path)["files"]
        assert file["unchanged"] == file["accepted"]


@pytest.mark.parametrize("country", ["United States", "India", "Brazil"])
@pytest.mark.parametrize("category", ["Fashion", "Music", "Beauty"])
def test_search_by_category_and_country_finds_what_a_data_frame_finds(real, country, category):
    installation, _, folder = real
    frame = pd.read_csv(folder / "influencer_rankings_2022" / "rankings.csv", dtype=str)
    frame = frame[frame.platform == "instagram"].sort_values("month", kind="stable")
    frame = frame.set_index(frame.AccountName.str.lower())
    countries = frame.Country.groupby(level=0).last()  # the newest that is known
    topics = frame[["Category_1", "Category_2"]].dropna(how="all").groupby(level=0).tail(1)
    of_topic = topics.index[(topics == category).any(axis=1)]
    matches = set(countries.index[countries == country]) & set(of_topic)
    code = {name: code for code, name in Locale("en").territories.items()}[country]

    found = installation.json(
        "search", "", "--filter", "platform=instagram", "--filter", f"country={code}",
        "--filter", f"category={category}", "--limit", "1000",
    )  # fmt: skip

    handles = {hit["account"].removeprefix("instagram:").lower() for hit in found["creators"]}
    assert (found["total"], handles) == (len(matches), matches)


def test_real_creators_are_vetted_and_planned_within_the_budget(real, tmp_path):
    installation, _, _ = real
    brief = tmp_path / "brief.toml"
    brief.write_text(BRIEF)

    vetted = installation.json("vet")
    plan = installation.json("plan", str(brief))

    assert vetted["scored"] + vetted["cannot_say"] == vetted["accounts"]
    assert 5 <= len(plan["lines"]) <= 100
    assert plan["spend"] <= 50_000
    assert plan["forecast"]["views"]["low"] < plan["forecast"]["views"]["high"]
