"""The main job from outside: creators' files and a brief go in, a plan comes out.

These shapes of the command line are kept: other programs rely on them.
"""

import csv
import datetime
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, running

ESTIMATE = {"value", "low", "high", "level", "method", "n", "reason"}
FACTORS = {"credibility", "life_moments", "audience", "quality", "branded", "growth"}
OTHER_WAYS = 6

BRIEF = """
name = "Trail shoe launch"
objective = "views"
budget = { amount = 20000, currency = "USD" }
start = 2027-03-01
end = 2027-04-11
goals = { views = 100000 }
promise = 0.90
handling_cost = 40

[creators]
count = { min = 3, max = 20 }
platforms = ["instagram"]
formats = ["reel"]
max_share_per_creator = 0.5
never = ["instagram:runner-0"]
"""


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def runners(count: int) -> list[dict[str, Any]]:
    return [
        {
            "platform": "instagram",
            "handle": f"runner-{number}",
            "display_name": f"Runner {number}",
            "bio": "Trail running in the hills" if number % 2 else "Baking bread at home",
            "country": ["US", "DE"][number % 2],
            "categories": ["running", "food"][1 - number % 2],
            "followers": 2_000 + 900 * number,
            "observed_at": "2026-10-01T00:00:00Z",
        }
        for number in range(count)
    ]


def reels(accounts: int, each: int) -> list[dict[str, Any]]:
    first = datetime.datetime(2026, 8, 1, tzinfo=datetime.UTC)
    return [
        {
            "platform": "instagram",
            "post_id": f"p-{number}-{turn}",
            "account": f"runner-{number}",
            "format": "reel",
            "published_at": (first + datetime.timedelta(days=5 * turn)).isoformat(),
            "text": f"Day {turn} on the trail, mile {number} #trailrunning",
            "views": 500 + 40 * number + 31 * turn,
            "likes": 40 + 2 * number + turn,
            "comments": 3 + turn,
            "observed_at": "2026-10-01T00:00:00Z",
        }
        for number in range(accounts)
        for turn in range(each)
    ]


@pytest.fixture(scope="module")
def filled(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, dict[str, Any]]]:
    """An installation with forty creators, and what the imports answered."""
    folder = tmp_path_factory.mktemp("files-to-plan")
    with running(migrated, folder / "home") as installation:
        yield installation, _answers(installation, folder)


def _answers(installation: Installation, folder: Path) -> dict[str, Any]:
    answers = {
        "accounts": installation.json(
            "import", "accounts", write(folder / "accounts.csv", runners(40))
        ),
        "posts": installation.json("import", "posts", write(folder / "posts.csv", reels(40, 10))),
    }
    answers["accounts again"] = installation.json(
        "import", "accounts", str(folder / "accounts.csv")
    )
    answers["vet"] = installation.json("vet")
    (folder / "brief.toml").write_text(BRIEF)
    answers["plan"] = installation.json("plan", str(folder / "brief.toml"))
    return answers


def assert_estimate(found: dict[str, Any]) -> None:
    assert set(found) >= ESTIMATE
    if found["value"] is None:
        assert found["reason"]
    else:
        assert math.isfinite(found["value"])
    if found["low"] is not None:
        assert found["low"] <= found["high"]
        assert 0 < found["level"] < 1


def test_every_row_of_a_file_is_accounted_for(filled):
    _, answers = filled
    for name, rows in (("accounts", 40), ("posts", 400)):
        [file] = answers[name]["files"]
        assert set(file) >= {
            "file", "rows_read", "accepted", "rejected", "unchanged", "report", "guesses",
        }  # fmt: skip
        assert (file["rows_read"], file["accepted"], file["rejected"]) == (rows, rows, 0)


def test_the_same_file_again_changes_nothing(filled):
    _, answers = filled
    [file] = answers["accounts again"]["files"]

    assert (file["accepted"], file["unchanged"]) == (40, 40)


def test_vetting_counts_what_it_scored(filled):
    _, answers = filled

    assert answers["vet"]["accounts"] == 40
    assert set(answers["vet"]) >= {"accounts", "scored", "cannot_say", "seconds"}


def test_a_scorecard_has_six_factors_with_evidence(filled):
    installation, _ = filled

    card = installation.json("scorecard", "instagram:runner-7")

    assert card["account"] == "instagram:runner-7"
    assert set(card["factors"]) == FACTORS
    for factor in card["factors"].values():
        assert_estimate(factor)
    assert card["factors"]["life_moments"]["value"] is None
    assert card["evidence"]


def test_a_scorecard_of_nobody_is_refused(filled):
    installation, _ = filled

    refused = installation.json("scorecard", "instagram:nobody", expect=2)

    assert "instagram:nobody" in refused["error"]["message"]


def test_search_finds_by_word_and_filter_with_exact_totals_and_reasons(filled):
    installation, _ = filled

    found = installation.json("search", "trail", "--filter", "country=DE", "--facet", "country")

    assert found["total"] == 20
    assert set(found["facets"]["country"]) == {"DE"} or found["facets"]["country"] == {"DE": 20}
    assert all(hit["reasons"] for hit in found["creators"])
    assert {hit["account"].split(":")[0] for hit in found["creators"]} == {"instagram"}


def test_search_means_or_within_a_key_and_and_between_keys(filled):
    installation, _ = filled
    both = ("--filter", "country=DE", "--filter", "country=US")

    assert installation.json("search", "", *both)["total"] == 40
    assert installation.json("search", "", *both, "--filter", "category=food")["total"] == 20
    assert installation.json("search", "", "--filter", "followers>=20000")["total"] == 20


def test_search_refuses_a_filter_that_it_does_not_know(filled):
    installation, _ = filled

    refused = installation.json("search", "", "--filter", "contry=DE", expect=2)

    assert "country" in refused["error"]["message"]


def test_a_plan_keeps_its_brief_and_forecasts_with_intervals(filled):
    _, answers = filled
    plan = answers["plan"]

    assert set(plan) >= {
        "lines", "spend", "reserve", "forecast", "certificates", "alternatives", "bench",
    }  # fmt: skip
    assert 3 <= len(plan["lines"]) <= 20
    assert all(
        set(line) >= {"account", "layer", "format", "quantity", "price", "currency"}
        for line in plan["lines"]
    )
    assert "instagram:runner-0" not in [line["account"] for line in plan["lines"]]
    fees = sum(line["price"] * line["quantity"] for line in plan["lines"])
    assert plan["spend"] == pytest.approx(fees + 40 * len(plan["lines"]))
    assert plan["spend"] + plan["reserve"] == pytest.approx(20_000)
    assert max(line["price"] for line in plan["lines"]) <= 0.5 * 20_000


def test_a_plans_forecast_never_sums_audiences(filled):
    _, answers = filled
    forecast = answers["plan"]["forecast"]

    for kpi in ("reach", "views", "engagements"):
        assert_estimate(forecast[kpi])
    assert forecast["reach"]["settled_by"] == "modelled"
    assert forecast["views"]["settled_by"] == "observed"
    assert forecast["reach"]["value"] < forecast["views"]["value"]


def test_certificates_have_their_keys_and_cannot_say_yet(filled):
    _, answers = filled
    certificates = answers["plan"]["certificates"]

    assert set(certificates) >= {"optimality", "hit_probability", "evidence"}
    assert set(certificates["hit_probability"]) == {
        "if_all_sign", "before_signing", "with_bench",
    }  # fmt: skip


def test_the_same_budget_is_shown_spent_otherwise(filled):
    _, answers = filled

    assert len(answers["plan"]["alternatives"]) == OTHER_WAYS


def test_reach_of_files_counts_each_member_once(nothing_yet: Installation, tmp_path: Path):
    members = [("instagram:anna", f"m{n}") for n in range(60)]
    members += [("instagram:ben", f"m{n}") for n in range(40, 100)]
    path = write(
        tmp_path / "memberships.csv",
        [{"account": account, "member": member} for account, member in members],
    )

    found = nothing_yet.json(
        "reach", "--memberships", path, "--creators", "instagram:anna,instagram:ben"
    )

    assert found["reach"]["value"] == 100
    assert found["sum_of_audiences"] == 120
    assert not nothing_yet.home.exists(), "a reach of files must start nothing"
