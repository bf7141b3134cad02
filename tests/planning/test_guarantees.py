"""What can be promised of a plan: the probability of its goals, and the goals that can be sold."""

import numpy as np
import pytest

from groundswell.planning import candidates, guarantees, offers
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import account, brief, evidence, reels

MARKET = [account(f"c{n}", followers=4_000 + 211 * n, country="US") for n in range(40)]
POSTS = [
    post
    for n, row in enumerate(MARKET)
    for post in reels(row["account"], *[800 + 30 * n, 1_000 + 41 * n, 1_400 + 23 * n, 600] * 3)
]
KNOWN = evidence(*MARKET, posts=POSTS)


def certificates(more=""):
    """Of a plan of the first twenty creators with the others as its bench."""
    asked = brief(more=more, amount=700)
    priced, _ = offers.price(asked, KNOWN, candidates.find(asked, KNOWN), ACTIVATE)
    found = guarantees.guaranteed(asked, KNOWN, priced, np.arange(20), np.arange(20, 40), seed=1)
    return found.as_json()


def hits(more):
    return {name: each["value"] for name, each in certificates(more)["hit_probability"].items()}


def test_goals_are_met_more_surely_once_all_have_signed_and_with_reserves():
    found = hits("goals = { views = 14000 }")

    assert found["before_signing"] < found["if_all_sign"]
    assert found["before_signing"] + 0.1 < found["with_bench"]
    assert all(0 < value < 1 for value in found.values())


def test_a_second_goal_makes_meeting_all_less_likely():
    one, both = hits("goals = { views = 12000 }"), hits("goals = { views = 12000, pieces = 17 }")

    assert both["if_all_sign"] < one["if_all_sign"]


def test_what_it_stands_on_is_said():
    said = certificates("goals = { views = 12000 }")["hit_probability"]["before_signing"]

    assert said["reason"].startswith("answers, prices and no-shows as published")
    assert said["low"] <= said["value"] <= said["high"]
    assert said["method"] == "joint scenarios"


def test_the_more_surely_it_is_promised_the_less_is_promised():
    eighty, ninety_five = (
        certificates(f"promise = {probability}")["promise"] for probability in (0.8, 0.95)
    )

    assert eighty["probability"] == 0.8
    assert 0 < ninety_five["goals"]["views"] < eighty["goals"]["views"]


def test_the_goal_that_is_sold_is_met_as_often_by_fresh_scenarios():
    sold = certificates("promise = 0.8")["promise"]["goals"]["views"]

    assert hits(f"goals = {{ views = {sold} }}")["with_bench"] == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize(
    ("goals", "reason"),
    [
        ("reach = 9000", "the brief has no goals for views, engagements or pieces"),
        ("views = 10, clicks = 5", "no clicks were observed for any creator yet"),
    ],
)
def test_what_cannot_be_observed_is_not_promised(goals, reason):
    found = certificates(f"goals = {{ {goals} }}")

    assert found["hit_probability"]["with_bench"]["value"] is None
    assert found["hit_probability"]["with_bench"]["reason"] == reason
    assert set(found["promise"]["goals"]) == {"views"}
