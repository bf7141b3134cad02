"""Proposals: a brief and what is known become a plan that keeps the brief."""

import json

import numpy as np
import pytest

from groundswell.engine.allocation import Infeasible
from groundswell.planning import document, proposal
from groundswell.planning.cheapest import OutOfReach
from groundswell.planning.market import CannotTake
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

ESTIMATE = {"value", "low", "high", "level", "method", "n", "reason"}
MARKET = [account(f"c{n}", followers=1_000 * (n + 1) ** 2, country="US") for n in range(30)]
POSTS = [
    post
    for n, row in enumerate(MARKET)
    for post in reels(row["account"], *[200 * (n + 1), 300 * (n + 1)] * 5)
]


def planned(known=None, seed=1, **changes):
    found = evidence(*MARKET, posts=POSTS) if known is None else known
    return proposal.propose(
        brief(**changes), found, lambda _: NOBODY, tiers=ACTIVATE, seed=seed, progress=silent
    )


def said(**changes):
    return document.document(planned(**changes), seed=1)


@pytest.mark.parametrize(
    "objective", ["reach", "views", "engagements", "clicks", "conversions", "pieces"]
)
def test_every_objective_gets_a_plan_within_the_budget(objective):
    plan = said(objective=objective, amount=2_000, more="handling_cost = 40")

    fees = sum(line["price"] for line in plan["lines"])
    assert plan["spend"] == pytest.approx(fees + 40 * len(plan["lines"]))
    assert plan["spend"] + plan["reserve"] == pytest.approx(2_000)
    assert plan["spend"] <= 2_000


def test_the_document_has_every_key_that_programs_rely_on():
    plan = said()

    assert set(plan) >= {
        "lines", "spend", "reserve", "forecast", "certificates", "alternatives", "bench",
        "excluded", "price_sources", "notes", "provenance",
    }  # fmt: skip
    line = {"account", "layer", "format", "quantity", "price", "currency", "tier", "adds"}
    assert all(set(found) >= {*line, "why"} for found in plan["lines"])
    assert all(set(found) >= line for found in plan["bench"])
    for kpi in ("reach", "views", "engagements", "pieces", "clicks", "conversions"):
        assert set(plan["forecast"][kpi]) >= {*ESTIMATE, "settled_by"}
    json.dumps(plan, allow_nan=False)


def test_certificates_have_their_places_and_say_why_they_are_empty():
    certificates = said()["certificates"]

    assert 0.9 < certificates["optimality"]["panel"] <= 1
    assert certificates["optimality"]["population"] is None
    assert certificates["optimality"]["reason"].startswith("expected views are added up")
    for name in ("if_all_sign", "before_signing", "with_bench"):
        assert certificates["hit_probability"][name]["value"] is None
        assert certificates["hit_probability"][name]["reason"]
    assert certificates["evidence"]["reason"]


def test_the_same_seed_gives_the_same_document():
    assert said(seed=5) == said(seed=5)


def test_the_order_of_the_accounts_does_not_change_the_plan():
    order = np.random.default_rng(2).permutation(30)
    shuffled = evidence(*[MARKET[n] for n in order], posts=POSTS[::-1])

    ours, theirs = said(amount=1_500), said(known=shuffled, amount=1_500)

    assert [line["account"] for line in ours["lines"]] == [
        line["account"] for line in theirs["lines"]
    ]


def test_the_same_budget_is_spent_otherwise_each_way_with_its_forecast():
    plan = said(objective="reach", amount=1_000)

    assert [way["name"] for way in plan["alternatives"]] == [
        "one_celebrity",
        "macro",
        "mid",
        "micro",
        "nano",
        "sharers",
    ]
    best = plan["forecast"]["reach"]["value"]
    known = [way for way in plan["alternatives"] if way["forecast"] is not None]
    assert len(known) > 2
    for way in known:
        assert way["spend"] <= 1_000
        assert way["creators"] == len(way["lines"])
        assert way["forecast"]["reach"]["value"] <= best * 1.03


def test_what_is_left_of_the_budget_has_its_reason():
    few = said(amount=100_000, creators="count = { max = 2 }")
    rich = said(amount=1_000_000_000)

    assert few["unspent"] == "no more than 2 creators are allowed"
    assert rich["unspent"] == "all who fit are taken"
    several = [way for way in rich["alternatives"] if way["creators"] > 1]
    assert {way["unspent"] for way in several} == {"all who fit are taken"}
    assert said(amount=500)["unspent"] is None


def test_each_line_says_what_it_adds_and_costs():
    views, reach = said()["lines"][0]["why"], said(objective="reach")["lines"][0]["why"]

    assert " views at " in views
    assert " USD per 1,000 views" in views
    assert "people nobody else here reaches (" in reach


def test_more_money_never_gets_less():
    views = [said(amount=amount)["forecast"]["views"]["value"] for amount in (300, 600, 1_200)]

    assert views == sorted(views)


def test_limits_of_the_brief_are_kept():
    plan = said(
        amount=3_000,
        creators="count = { min = 3, max = 9 }\nmax_share_per_creator = 0.2\n"
        "tiers = { nano = { min = 1 }, macro = { max = 1 } }",
    )
    tiers = [line["tier"] for line in plan["lines"]]

    assert 3 <= len(tiers) <= 9
    assert tiers.count("nano") >= 1
    assert tiers.count("macro") <= 1
    assert max(line["price"] for line in plan["lines"]) <= 600


def test_quotas_across_platforms_countries_and_categories_are_kept():
    known = evidence(
        *(
            row
            | {"platform": ["instagram", "tiktok"][n % 2], "country": ["US", "GB", "DE"][n % 3]}
            | {"categories": ["Running"] if n % 5 else ["Food", "Trail running"]}
            for n, row in enumerate(MARKET)
        ),
        posts=POSTS,
    )
    market = {row["account"]: row for row in known.accounts.to_pylist()}

    plan = said(
        known=known,
        amount=600,
        creators="count = { max = 9 }\nmin_spend = 300\n[creators.quotas]\n"
        "platform = { tiktok = { min = 5 } }\ncountry = { GB = { min = 2, max = 2 } }\n"
        "category = { food = { min = 1, max_spend = 100 } }",
    )
    lines = [market[line["account"].partition(":")[2]] | line for line in plan["lines"]]

    assert len(lines) <= 9
    assert sum(line["price"] for line in lines) >= 300
    assert sum(line["platform"] == "tiktok" for line in lines) >= 5
    assert sum(line["country"] == "GB" for line in lines) == 2
    food = [line["price"] for line in lines if "Food" in line["categories"]]
    assert len(food) >= 1
    assert sum(food) <= 100


def test_a_creator_is_bought_as_often_as_the_brief_allows():
    creators = "count = { max = 3 }\ndeliverables_per_creator = 2"
    once = said(amount=20_000, creators="count = { max = 3 }")
    twice = said(amount=20_000, creators=creators)
    accounts = [line["account"] for line in twice["lines"]]

    assert len(once["lines"]) == 3
    assert sorted(accounts) == sorted([*set(accounts)] * 2)
    assert len(set(accounts)) == 3
    assert twice["forecast"]["views"]["value"] > 1.5 * once["forecast"]["views"]["value"]


def test_people_reached_several_times_have_no_bound():
    plan = said(objective="reach", amount=1_500, more="frequency = 2")
    found = plan["certificates"]["optimality"]

    assert (plan["frequency"], found["panel"], found["bound"]) == (2, None, None)
    assert "no bound is known: the best of" in found["reason"]
    assert plan["spend"] <= 1_500


def test_the_cheapest_plan_meets_its_goals_for_less_than_the_budget():
    more = 'question = "cheapest"\npromise = 0.8\ngoals = { views = 15000, engagements = 300 }'
    plan = said(amount=5_000, more=more)
    found = plan["certificates"]

    assert plan["spend"] <= plan["budget"] < 5_000
    assert found["hit_probability"]["with_bench"]["value"] >= 0.77
    assert found["optimality"]["panel"] is None
    assert "cheapest of" in found["optimality"]["reason"]
    assert any("were found to be needed" in note for note in plan["notes"])


def test_goals_out_of_reach_are_refused_with_how_far_the_budget_gets():
    more = 'question = "cheapest"\ngoals = { views = 90000 }'

    with pytest.raises(OutOfReach, match=r"lower the goals to \d+% of theirs \([\d,]+ views\)"):
        planned(amount=500, more=more)


def test_exchange_rates_are_shown_with_their_day():
    more = "exchange_rates = { EUR = 1.1 }\nexchange_date = 2027-02-01"

    assert any("rates, of 2027-02-01" in note for note in said(more=more)["notes"])


def test_a_minimum_that_the_budget_cannot_buy_names_the_nearest_that_it_can():
    with pytest.raises(Infeasible, match=r"lower count\.min to 4 or raise the budget to 2"):
        planned(amount=100, creators="count = { min = 10 }")


def test_a_wanted_creator_is_in_by_the_account_that_was_named():
    other = account("c9-tiktok", creator="c9", platform="tiktok", followers=10)
    known = evidence(*MARKET, other, posts=POSTS, must_have=["c9"])

    accounts = [line["account"] for line in said(known=known, amount=2_000)["lines"]]

    assert "instagram:c9" in accounts
    assert "tiktok:c9-tiktok" not in accounts


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (evidence(*MARKET, must_have=["c9"], never=["c9"]), "never leaves out"),
        (
            evidence(*MARKET, account("new", followers=None), must_have=["new"]),
            "nothing is known",
        ),
    ],
)
def test_a_wanted_creator_who_cannot_be_had_is_refused_by_name(known, reason):
    with pytest.raises(CannotTake, match=f"must_have instagram:.* can't be in the plan: {reason}"):
        planned(known=known)


def test_a_goal_stands_beside_its_forecast():
    forecast = said(more="goals = { views = 10000, clicks = 5 }")["forecast"]

    assert forecast["views"]["goal"] == 10_000
    assert forecast["views"]["expected_share"] == forecast["views"]["value"] / 10_000
    assert forecast["clicks"]["expected_share"] == forecast["clicks"]["value"] / 5


def test_where_prices_come_from_is_counted():
    card = {"account": "c0", "format": "reel", "price": 100, "currency": "USD"}
    plan = said(known=evidence(*MARKET, posts=POSTS, rate_cards=[card]), amount=10_000)

    sources = {source["source"]: source["lines"] for source in plan["price_sources"]}
    assert sources["rate_card"] == 1
    assert sum(sources.values()) == len(plan["lines"])


def test_progress_is_told_to_the_end():
    told = []

    proposal.propose(
        brief(),
        evidence(*MARKET, posts=POSTS),
        lambda _: NOBODY,
        tiers=ACTIVATE,
        seed=1,
        progress=lambda _, done, total: told.append((done, total)),
    )

    assert told[0] == (0, 9)
    assert told[-1] == (9, 9)
