"""Running plans: P(hit) now moves only with news, and reserves are ranked by what they restore."""

from dataclasses import replace

import numpy as np
import pytest

from groundswell.engine.guarantee import all_met, goals_at, plan, price, running
from groundswell.engine.guarantee.deals import contract
from groundswell.engine.guarantee.plan import Conditions, Lines
from groundswell.engine.guarantee.running import NO, YES, Progress
from groundswell.engine.guarantee.shock import Shock
from groundswell.engine.response import Basis, Response

BUDGET = 1_000.0


@pytest.fixture
def rng():
    return np.random.default_rng(15)


@pytest.fixture
def lines():
    location, ones = np.full(12, np.log(1_000.0)), np.ones(12)
    mean = np.full(12, 1_130.0)
    views = Response(
        location, 0.1 * ones, 0.5 * ones, mean, mean, mean, np.full(12, 5),
        np.full(12, int(Basis.OWN_POSTS)),
    )  # fmt: skip
    fee = np.full(12, 100.0)
    fee[11] = 50.0
    return Lines({"views": views}, np.zeros(12, int), np.zeros(12, int), fee, np.full(12, 10.0), 10)


CONDITIONS = Conditions([contract()], Shock(0.15, 8.0), Shock(0.05, 8.0))


def signed_up(lines, **changes):
    """All ten lines are signed as quoted; the end is five days after they were due."""
    first = np.arange(12) < 10
    before = Progress.before(lines)
    return replace(
        before,
        **{
            "accepts": np.where(first, YES, before.accepts),
            "price": np.where(first, 1.0, np.nan),
            "signed": first,
            "left": 10.5,
            **changes,
            "looked": changes.get("looked", np.full(12, changes.get("left", 10.5))),
        },
    )


def forecast(lines, progress, goal, rng):
    return running.forecast(
        lines, CONDITIONS, progress, budget=BUDGET, goals={"views": goal}, scenarios=2_000, rng=rng
    )


def results(lines, count, each):
    """Ten posts on time, of which so many were published and seen that often five days later."""
    done = np.arange(12) < count
    return {
        "published": np.where(done, YES, np.where(np.arange(12) < 10, NO, -1)),
        "late": np.where(done, 0.0, np.nan),
        "seen": {"views": np.where(done, each, np.nan)},
        "left": 5.0,
    }


def test_before_anybody_was_asked_it_is_the_chance_of_the_plan(lines, rng):
    drawn = plan.draw(lines, CONDITIONS, scenarios=8_000, rng=rng)
    signed = plan.signed(drawn, lines, CONDITIONS, BUDGET)
    sold = goals_at({"views": plan.totals(drawn, signed)["views"]}, 0.7)

    now = forecast(lines, Progress.before(lines), sold["views"], rng)

    assert now.hit.value == pytest.approx(0.7, abs=0.03)


def test_signatures_and_good_results_raise_it_and_no_shows_lower_it(lines, rng):
    goal = 8_000.0
    begun, agreed, good, gone = (
        forecast(lines, progress, goal, rng).hit.value
        for progress in (
            Progress.before(lines),
            signed_up(lines),
            signed_up(lines, **results(lines, 10, 1_500.0)),
            signed_up(lines, **results(lines, 5, 1_000.0)),
        )
    )

    assert begun < agreed < good
    assert good > 0.99
    assert gone < 0.01


def test_first_results_tell_what_the_others_will_get(lines, rng):
    seen = {"views": np.where(np.arange(12) < 5, 700.0, np.nan)}
    half = {
        **results(lines, 5, 700.0),
        "seen": seen,
        "published": np.where(np.arange(12) < 5, YES, -1),
    }
    late_due = replace(lines, days=np.where(np.arange(12) < 5, 10.0, 4.0))

    now = forecast(late_due, signed_up(late_due, **half), 7_000.0, rng)
    untold = forecast(late_due, signed_up(late_due), 7_000.0, rng)

    assert now.hit.value < untold.hit.value


def test_a_post_that_is_overdue_is_less_likely_to_come(lines, rng):
    due, overdue = (signed_up(lines, left=left) for left in (10.5, 4.0))

    pieces = [
        forecast(lines, progress, 1.0, rng).totals["pieces"].mean() for progress in (due, overdue)
    ]

    assert pieces[1] < 0.7 * pieces[0]


def test_results_that_no_scenario_explains_make_it_impossible_to_say(lines, rng):
    absurd = signed_up(lines, **results(lines, 10, 1e9))

    hit = forecast(lines, absurd, 8_000.0, rng).hit

    assert hit.value is None
    assert "what the plan assumed does not hold" in hit.reason


def test_the_cheaper_of_two_equal_reserves_restores_more_per_money(lines, rng):
    now = forecast(lines, signed_up(lines, left=10.5), 9_500.0, rng)

    first, second = running.ranked(now, lines, {"views": 9_500.0})

    assert (first.line, second.line) == (11, 10)
    assert first.restored > 0.03
    assert first.per_money == pytest.approx(first.restored / 50)


def test_it_has_no_predictable_drift(lines, rng):
    goal = {"views": 6_000.0}
    changes = []
    for _ in range(120):
        truth = plan.draw(lines, CONDITIONS, scenarios=1, rng=rng)
        signed = plan.signed(truth, lines, CONDITIONS, BUDGET)
        first = np.arange(12) < 10
        agreed = replace(
            Progress.before(lines),
            accepts=np.where(first, np.where(truth.accepts[0], YES, NO), -1),
            price=np.where(first, truth.price[0], np.nan),
            signed=signed[0],
        )
        hit = forecast(lines, agreed, goal["views"], rng).hit.value
        if hit is not None:
            changes.append(float(all_met(plan.totals(truth, signed), goal)[0]) - hit)

    assert len(changes) >= 115
    assert abs(np.mean(changes)) < 3 * np.std(changes) / np.sqrt(len(changes))
    assert np.std(changes) < 0.5


def test_what_is_promised_more_surely_costs_more_and_saves_make_goods(rng):
    totals = rng.lognormal(0, 0.3, 20_000)

    likely, sure = price.prices(
        totals, 100.0, cost=1.0, make_good=10.0, probabilities=np.array([0.5, 0.9])
    )

    assert sure.over_provision == pytest.approx(np.exp(0.045 + 1.2816 * 0.3), rel=0.02)
    assert sure.bought == pytest.approx(100 * sure.over_provision)
    assert sure.made_good < 0.2 * likely.made_good
    assert sure.total < likely.total


def test_the_worthwhile_promise_is_the_critical_fractile():
    assert price.worthwhile(9.0, 1.0) == 0.9
