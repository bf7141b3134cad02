"""More or less money: what each budget buys, and what so much more would."""

import itertools

import pytest

from groundswell.planning import frontiers, market
from groundswell.planning.brief import BadBrief
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, brief, evidence
from tests.planning.test_proposal import MARKET, POSTS


def on_sale(**changes):
    known = evidence(*MARKET, posts=POSTS)
    return market.offered(brief(**changes), known, lambda _: NOBODY, tiers=ACTIVATE, seed=1)


def test_a_frontier_has_a_plan_its_bound_and_the_price_of_one_more_for_each_budget():
    found = frontiers.curve(on_sale(amount=1_000, more="goals = { views = 30000 }"))

    points = found["points"]
    assert [point["budget"] for point in points] == [1_000 * part for part in frontiers.PARTS]
    known = [point for point in points if point["value"] is not None]
    values = [point["value"] for point in known]
    assert values == sorted(values)
    assert all(point["value"] <= point["bound"] * (1 + 1e-9) for point in known)
    assert all(point["spend"] <= point["budget"] for point in known)
    for before, after in itertools.pairwise(known):
        assert after["adds"] == pytest.approx(after["value"] - before["value"])
        if after["adds"]:
            money = after["budget"] - before["budget"]
            assert after["cost_of_one_more"] == pytest.approx(money / after["adds"])
    chances = [point["hit_probability"]["value"] for point in known]
    assert chances[0] < 0.05
    assert chances[-1] > chances[0]
    assert (found["asked"], found["unit"], found["currency"]) == (1_000, "views", "USD")


def test_the_knee_is_one_of_the_budgets_and_is_defined():
    found = frontiers.curve(on_sale(objective="reach", amount=3_000))

    assert found["knee"]["budget"] in [point["budget"] for point in found["points"]]
    assert "farthest above the straight line" in found["knee"]["definition"]


def test_a_budget_that_buys_nobody_has_a_reason():
    found = frontiers.curve(on_sale(amount=200, creators="count = { min = 4 }"))

    first = found["points"][0]
    assert first["value"] is None
    assert "raise the budget to" in first["reason"]
    assert first["hit_probability"] is None


def test_more_money_adds_what_is_said_and_keeps_the_lines():
    found = frontiers.more(on_sale(amount=500), 200)

    assert found["adds"] == pytest.approx(found["after"]["value"] - found["before"]["value"])
    assert 0 < found["adds"] <= found["adds_at_most"] * (1 + 1e-9)
    spent = found["after"]["spend"] - found["before"]["spend"]
    assert found["cost_of_one_more"] == pytest.approx(spent / found["adds"])
    assert found["after"]["spend"] <= 700
    before = found["before"]["creators"]
    assert found["kept"] + len(found["goes_out"]) == before
    assert found["kept"] + len(found["comes_in"]) == found["after"]["creators"]
    assert {"account", "format", "price", "currency", "adds"} == set(found["comes_in"][0])
    assert (
        found["after"]["forecast"]["views"]["value"]
        > (found["before"]["forecast"]["views"]["value"])
    )


def test_money_that_nobody_is_left_for_buys_nothing():
    found = frontiers.more(on_sale(amount=1_000_000), 1_000)

    assert (found["adds"], found["cost_of_one_more"], found["comes_in"]) == (0, None, [])


def test_taking_more_than_the_budget_away_is_refused():
    with pytest.raises(BadBrief, match="must stay above 0"):
        frontiers.more(on_sale(amount=500), -500)


@pytest.mark.parametrize("extra", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_what_is_no_amount_of_money_is_refused(extra):
    with pytest.raises(frontiers.BadAmount, match="write an amount of money such as 500"):
        frontiers.more(on_sale(amount=500), extra)
