"""What can be promised of a plan: the probability of its goals, and the goals that can be sold."""

import json

import numpy as np
import pytest

from groundswell.planning import candidates, exposure, guarantees, offers
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


def test_a_plan_that_is_sure_enough_of_its_goals_offers_them():
    promise = certificates("promise = 0.8\ngoals = { views = 9000, reach = 900000 }")["promise"]
    offer, hit = promise["offer"], promise["offer"]["hit_probability"]["value"]

    assert offer["goals"] == {"views": 9_000.0}
    assert (offer["withheld"], offer["levels_from"]) == (None, "brief")
    assert offer["each"]["views"] == hit > 0.78
    assert list(offer["refused"]) == ["reach"]
    assert promise["quantiles"]["views"]["0.05"] < promise["quantiles"]["views"]["0.95"]


def test_without_goals_it_offers_what_can_be_sold():
    promise = certificates("promise = 0.8")["promise"]

    assert promise["offer"]["goals"] == promise["goals"]
    assert promise["offer"]["levels_from"] == "sold"


def test_a_plan_that_is_not_sure_enough_withholds_and_says_what_it_could_promise():
    promise = certificates("promise = 0.9\ngoals = { views = 60000 }")["promise"]

    assert promise["offer"]["goals"] == {}
    assert (
        f"{promise['goals']['views']:,.0f} views could be promised" in promise["offer"]["withheld"]
    )


def test_certainty_is_dearer_to_buy_and_cheaper_to_make_good():
    price = certificates("promise = 0.8")["promise"]["price"]
    rows = price["probabilities"]

    bought, made_good = ([row[part] for row in rows] for part in ("bought", "made_good"))
    assert bought == sorted(bought)
    assert made_good == sorted(made_good, reverse=True)
    assert price["cheapest"] in {row["probability"] for row in rows}
    assert price["over_provision"] > 1
    goods = price["make_goods"]
    assert 0 < goods["expected_cost"] < goods["high_cost"] <= goods["reserve"]


def test_reserves_stand_by_the_chance_that_they_restore_for_their_money():
    asked = brief(more="goals = { views = 14000 }", amount=700)
    priced, _ = offers.price(asked, KNOWN, candidates.find(asked, KNOWN), ACTIVATE)
    found = guarantees.guaranteed(asked, KNOWN, priced, np.arange(20), np.arange(20, 40), seed=1)

    per_money = [reserve.per_money for reserve in found.reserves]
    assert per_money == sorted(per_money, reverse=True)
    assert per_money[0] > per_money[-1]
    assert {reserve.line for reserve in found.reserves} == set(range(20, 40))


def test_a_plan_keeps_what_its_scenarios_were_drawn_from():
    asked = brief(amount=700)
    priced, _ = offers.price(asked, KNOWN, candidates.find(asked, KNOWN), ACTIVATE)
    found = guarantees.guaranteed(asked, KNOWN, priced, np.arange(20), np.arange(20, 40), seed=1)
    document = {"name": "x", "lines": [{}] * 20, "bench": [{}] * 20, "exposure": found.kept}

    lines, conditions = exposure.read(json.loads(json.dumps(document)))

    assert (len(lines), lines.planned, len(conditions.deals)) == (40, 20, 2)
    first = priced.only(np.arange(20)).views.location
    assert lines.responses["views"].location[:20] == pytest.approx(first)


def test_a_plan_of_before_can_not_be_forecast():
    with pytest.raises(exposure.NotKept, match="plan its brief again"):
        exposure.read({"name": "x", "lines": [], "bench": []})
