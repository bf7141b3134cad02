"""The same budget side by side: one celebrity, one tier at a time, sharers, and the best plan."""

import numpy as np
import pytest

from groundswell.planning import document, proposal
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

# Two stars who make videos, and forty creators of each smaller tier.
STARS = [account(f"star{n}", platform="youtube", followers=900_000 + n) for n in range(2)]
SIZES = {"mid": 50_000, "micro": 10_000, "nano": 2_000}
OTHERS = [
    account(f"{tier}{n}", followers=size + 13 * n)
    for tier, size in SIZES.items()
    for n in range(40)
]
FILMS = [
    {"account": row["account"], "format": "video", "views": 200_000, "engagements": 9_000}
    for row in STARS
    for _ in range(5)
]
REELS = [post for row in OTHERS for post in reels(row["account"], *[row["followers"] // 4] * 5)]
KEYS = {
    "name", "description", "creators", "lines", "spend", "reserve", "forecast", "unspent",
    "cost_per", "negative_share", "hit_probability", "risk", "keeps_minima", "reason",
}  # fmt: skip


def said(**changes):
    found = proposal.propose(
        brief(**{"amount": 20_000, **changes}), evidence(*STARS, *OTHERS, posts=FILMS + REELS),
        lambda _: NOBODY, tiers=ACTIVATE, seed=1, progress=silent,
    )  # fmt: skip
    return document.document(found, seed=1)


def ways(plan):
    return {way["name"]: way for way in plan["alternatives"]}


@pytest.fixture(scope="module")
def plan():
    return said(more="goals = { views = 200000 }")


def test_every_way_has_the_same_shape(plan):
    assert all(set(way) == KEYS for way in plan["alternatives"])
    own = {"spend", "reserve", "forecast", "cost_per", "negative_share", "risk"}
    assert own <= set(plan)


def test_the_celebrity_is_one_video_of_a_star(plan):
    way = ways(plan)["one_celebrity"]

    (line,) = way["lines"]
    assert line["account"].startswith("youtube:star")
    assert (line["format"], way["creators"]) == ("video", 1)
    assert way["description"] == "the best single video of a macro or mega creator"
    assert way["risk"]["largest_line"] == 1


def test_a_way_of_a_tier_has_creators_of_that_tier_only(plan):
    for name in SIZES:
        assert {line["tier"] for line in ways(plan)[name]["lines"]} == {name}


def test_nobody_can_share_where_the_brief_has_no_sharers(plan):
    way = ways(plan)["sharers"]

    assert (way["forecast"], way["lines"]) == (None, [])
    assert way["reason"] == "the brief names no sharers: add a section [sharers] to compare them"


def test_costs_are_what_is_spent_over_what_is_expected(plan):
    for way in [plan, *(way for way in plan["alternatives"] if way["forecast"])]:
        for kpi in ("reach", "views", "engagements"):
            expected = way["forecast"][kpi]["value"]
            assert way["cost_per"][kpi] == pytest.approx(way["spend"] / expected)


def test_the_share_of_negative_reactions_cannot_be_said(plan):
    for way in [plan, *plan["alternatives"]]:
        assert way["negative_share"]["value"] is None
        assert "measured once posts are out" in way["negative_share"]["reason"]


def test_one_line_is_riskier_than_many(plan):
    one, many = ways(plan)["one_celebrity"]["risk"], ways(plan)["nano"]["risk"]

    assert one["kpi"] == many["kpi"] == "views"
    assert one["below_half"]["value"] > 0.3  # declining alone is that likely
    assert many["below_half"]["value"] < 0.15
    assert many["largest_line"] < 0.2
    assert one["spread"] > many["spread"]


def test_goals_are_met_with_a_probability_that_is_said_for_each_way(plan):
    for way in (way for way in plan["alternatives"] if way["forecast"]):
        found = way["hit_probability"]
        values = [found[name]["value"] for name in ("if_all_sign", "before_signing", "with_bench")]
        assert all(0 <= value <= 1 for value in values)
        assert values[1] <= values[0] + 0.05
    goalless = ways(said())["nano"]["hit_probability"]["before_signing"]
    assert goalless["value"] is None
    assert goalless["reason"] == "the brief has no goals that can be counted"


def test_a_celebrity_who_breaks_the_limits_is_shown_and_says_so():
    way = ways(said(creators="max_share_per_creator = 0.05"))["one_celebrity"]

    assert way["creators"] == 1
    assert not way["keeps_minima"]
    assert way["reason"].startswith("one creator alone does not keep")


def test_without_videos_the_best_post_stands_in():
    way = ways(said(creators='formats = ["short"]'))["one_celebrity"]

    assert way["lines"][0]["format"] == "short"
    assert way["description"].endswith("as none of them offers a video")


def test_the_best_plan_is_never_beaten_by_a_way_that_keeps_the_limits(plan):
    best = plan["certificates"]["optimality"]["value"]
    for way in plan["alternatives"]:
        if way["keeps_minima"]:
            assert way["forecast"]["views"]["value"] <= best * 1.03
    assert np.isfinite(best)
