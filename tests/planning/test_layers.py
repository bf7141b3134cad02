"""Layers: shares and gifts beside paid creators, on one panel and out of one budget."""

import numpy as np
import pytest

from groundswell.engine.allocation import Infeasible
from groundswell.planning import document, layers, proposal
from groundswell.planning.boosting import NoBoost
from groundswell.planning.brief import BadBrief
from groundswell.planning.layers import TooFewSharers
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

LARGE = [account(f"c{n}", followers=20_000 + 1_000 * n, country="US") for n in range(12)]
SMALL = [account(f"s{n}", followers=400 + 10 * n, country="US") for n in range(60)]
POSTS = [post for row in LARGE for post in reels(row["account"], *[4_000, 6_000] * 5)]
SHARERS = "[sharers]\ncount = { min = 10, max = 40 }\nreward = 4\ndaily_budget = 50"
NO_NANO = "tiers = { nano = { max = 0 } }"  # of those who are paid a fee
SEEDING = "[seeding]\nunits = 7\nunit_cost = 20"


def planned(extra="", amount=2_000, creators="", known=None, seed=1, **changes):
    asked = brief(amount=amount, creators=f"{creators}\n{extra}", **changes)
    found = evidence(*LARGE, *SMALL, posts=POSTS) if known is None else known
    return proposal.propose(
        asked, found, lambda _: NOBODY, tiers=ACTIVATE, seed=seed, progress=silent
    )


def said(*arguments, **changes):
    return document.document(planned(*arguments, **changes), seed=1)


def of_layer(plan, layer):
    return [line for line in plan["lines"] if line["layer"] == layer]


def test_without_other_layers_every_line_is_of_a_paid_creator():
    assert {line["layer"] for line in said()["lines"]} == {"creators"}


def test_sharers_get_their_reward_within_their_count_and_their_daily_budget():
    plan = said(SHARERS, objective="reach")
    sharers = of_layer(plan, "sharers")

    assert 10 <= len(sharers) <= 40
    assert {line["price"] for line in sharers} == {4.0}
    assert {line["price_source"] for line in sharers} == {"reward"}
    assert {line["format"] for line in sharers} == {"story"}
    assert all(line["account"].startswith("instagram:s") for line in sharers)
    assert plan["spend"] == pytest.approx(sum(line["price"] for line in plan["lines"]))


def test_a_day_s_budget_bounds_what_sharers_get_in_the_whole_period():
    plan = said(SHARERS.replace("daily_budget = 50", "daily_budget = 4"))

    assert len(of_layer(plan, "sharers")) <= 42  # one reward a day for 42 days
    tight = said(
        "[sharers]\ncount = { max = 60 }\nreward = 4\ndaily_budget = 4",
        objective="reach",
        amount=50_000,
        creators=NO_NANO,
    )
    assert len(of_layer(tight, "sharers")) == 42


def test_gifts_go_to_small_creators_up_to_the_units():
    plan = said(SEEDING, objective="pieces", creators="count = { max = 3 }")
    gifts = of_layer(plan, "seeding")

    assert len(gifts) == 7
    assert {line["price"] for line in gifts} == {20.0}
    assert len(of_layer(plan, "creators")) == 3
    assert all(line["tier"] in ("nano", "micro") for line in gifts)


def test_nobody_is_in_two_layers():
    plan = said(f"{SHARERS}\n{SEEDING}", objective="reach", amount=5_000, creators=NO_NANO)
    accounts = [line["account"] for line in plan["lines"]]

    assert {line["layer"] for line in plan["lines"]} == {"creators", "sharers", "seeding"}
    assert len(accounts) == len(set(accounts))


def test_handling_counts_for_gifts_and_not_for_shares():
    plan = said(f"{SHARERS}\n{SEEDING}", objective="reach", more="handling_cost = 10")
    content = len(plan["lines"]) - len(of_layer(plan, "sharers"))

    assert plan["handling"] == pytest.approx(10 * content)
    assert plan["spend"] == pytest.approx(plan["fees"] + plan["handling"])
    assert plan["spend"] + plan["reserve"] == pytest.approx(2_000)


def test_a_brief_may_name_sharers_alone():
    found = proposal.propose(
        brief_of_sharers(), evidence(*SMALL), lambda _: NOBODY,
        tiers=ACTIVATE, seed=1, progress=silent,
    )  # fmt: skip

    assert set(found.offers.layer[found.allocation.chosen]) == {layers.SHARERS}
    assert len(found.allocation.chosen) == 25


def brief_of_sharers():
    return brief(amount=100, creators="count = { max = 0 }\n[sharers]\nreward = 4")


def test_accounts_that_need_a_review_neither_share_nor_get_gifts():
    doubted = [row["account"] for row in SMALL[:30]]
    known = evidence(*LARGE, *SMALL, posts=POSTS, doubted=doubted)
    plan = said(f"{SHARERS}\n{SEEDING}", known=known, objective="reach", amount=5_000)

    shared = {line["account"] for line in plan["lines"] if line["layer"] != "creators"}
    assert not shared & {f"instagram:{name}" for name in doubted}


def test_more_sharers_than_qualify_are_refused_with_the_number_that_does():
    with pytest.raises(TooFewSharers, match="wants 500 people, and 60 qualify"):
        planned("[sharers]\ncount = { min = 500 }\nreward = 4")


def test_a_minimum_of_sharers_beyond_the_budget_is_refused():
    with pytest.raises(Infeasible):
        planned("[sharers]\ncount = { min = 50 }\nreward = 4", amount=150)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("[seeding]\nunits = 0\nunit_cost = 9", "seeding.units: must be greater than or equal to"),
        ("[seeding]\nunits = 5\nunit_cost = 0", "seeding.unit_cost: must be greater than 0"),
        ("[sharers]\nreward = 0", "sharers.reward: must be greater than 0"),
        ("[sharers]\nreward = 9\ndaily_budget = 5", "daily_budget must pay one reward at least"),
        ("[sharers]\nreward = 0.001", "USD has no such fraction: got '0.001'"),
        ("[sharers]\nreward = 4\ncount = { max = 0 }", "count.max is 0"),
        (
            "[sharers]\nreward = 4\ndaily_budget = 4\ncount = { min = 43 }",
            "lower count.min to 42",
        ),
        ("[sharers]\nrewards = 4", "did you mean reward?"),
    ],
)
def test_layers_that_cannot_be_are_refused_by_their_key(section, says):
    with pytest.raises(BadBrief, match=says.replace("?", r"\?")):
        brief(creators=section)


def test_no_shows_of_shares_and_gifts_go_into_the_forecast():
    plan = planned(f"{SHARERS}\n{SEEDING}", objective="pieces", amount=5_000)
    layer = plan.offers.layer[plan.allocation.chosen]
    expected = np.sum(layer == layers.CREATORS) * 0.89 + np.sum(layer == layers.SEEDING) * 0.55

    pieces = plan.forecast.kpis["pieces"]
    assert pieces.value == pytest.approx(expected, rel=0.02)  # a share is no piece of content


def test_shares_count_toward_the_probability_of_goals():
    goal = "goals = { views = 60000 }"
    without, with_ = said(more=goal, amount=500), said(SHARERS, more=goal, amount=500)

    def hit(plan):
        return plan["certificates"]["hit_probability"]["before_signing"]["value"]

    assert hit(with_) is not None
    assert with_["forecast"]["views"]["value"] >= 0.9 * without["forecast"]["views"]["value"]


BOOST = "[boost]\nmax_share_of_budget = 0.2"


def test_brand_content_comes_off_the_budget_before_anything_is_chosen():
    plan = said("[brand_content]\npieces = 2\ncost = 600", objective="reach", amount=1_000)

    assert plan["made"] == 600
    assert sum(line["price"] for line in plan["lines"]) <= 400
    assert plan["spend"] + plan["reserve"] == pytest.approx(1_000)
    assert plan["layers"][0] == {
        "layer": "brand_content", "publications": 2, "people": None, "spend": 600.0, "delivery": 1.0
    }  # fmt: skip


def test_brand_content_that_eats_the_budget_is_refused():
    with pytest.raises(BadBrief, match="leaves nothing to distribute it with"):
        brief(amount=500, creators="[brand_content]\npieces = 1\ncost = 500")


def test_boost_goes_to_publications_of_the_plan_within_its_share():
    plan = said(BOOST, objective="reach", amount=3_000)
    boosted = of_layer(plan, "boost")
    published = {
        (line["account"], line["format"]) for line in plan["lines"] if line["layer"] != "boost"
    }

    assert boosted
    assert sum(line["price"] for line in boosted) <= 600
    assert {(line["account"], line["format"]) for line in boosted} <= published


def test_bought_views_are_the_money_over_the_price_of_a_thousand():
    [line, *_] = of_layer(said(BOOST, objective="reach", amount=3_000), "boost")

    assert line["price"] == 60.0  # a tenth of what may be spent
    assert line["forecast"]["views"]["value"] == pytest.approx(1_000 * 60 / 8, rel=1e-3)
    assert line["forecast"]["engagements"]["value"] is None


def test_boost_reaches_people_beyond_the_audiences_of_the_plan():
    with_, without = (
        said(BOOST, objective="reach", amount=9_000),
        said(objective="reach", amount=9_000),
    )

    assert with_["forecast"]["reach"]["value"] > without["forecast"]["reach"]["value"]
    assert with_["forecast"]["reach"]["sum_of_audiences"] < 10_000_000  # not everybody online


def test_boost_where_no_price_is_known_is_refused():
    known = evidence(*[{**row, "platform": "mastodon"} for row in LARGE])

    with pytest.raises(NoBoost, match="price of bought views is known"):
        planned(BOOST, known=known)


def test_boost_in_another_currency_needs_a_rate():
    known = evidence(
        *LARGE,
        posts=POSTS,
        rate_cards=[
            {"account": row["account"], "format": "reel", "price": 5_000, "currency": "EUR"}
            for row in LARGE
        ],
    )

    with pytest.raises(NoBoost, match="say in exchange_rates what one is worth in EUR"):
        planned(BOOST, known=known, currency="EUR")


def test_every_layer_together_keeps_the_budget_and_has_one_certificate():
    plan = said(
        f"[brand_content]\npieces = 1\ncost = 500\n{SHARERS}\n{SEEDING}\n{BOOST}",
        objective="reach", amount=4_000, creators=NO_NANO,
    )  # fmt: skip
    spend = {found["layer"]: found["spend"] for found in plan["layers"]}

    assert set(spend) == {"brand_content", "creators", "sharers", "seeding", "boost"}
    assert sum(spend.values()) == pytest.approx(plan["spend"])
    assert plan["spend"] <= 4_000
    assert 0.9 <= plan["certificates"]["optimality"]["panel"] <= 1


def test_a_plan_with_all_layers_can_be_made_again():
    layers_ = f"{SHARERS}\n{SEEDING}\n{BOOST}"

    assert said(layers_, objective="reach") == said(layers_, objective="reach")
