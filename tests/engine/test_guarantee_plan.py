"""Scenarios of a plan: signing, money, no-shows, the bench, and three probabilities."""

from dataclasses import replace

import numpy as np
import pytest

from groundswell.engine import guarantee
from groundswell.engine.guarantee import plan
from groundswell.engine.guarantee.deals import Rate, contract
from groundswell.engine.guarantee.plan import Conditions, Drawn, Lines
from groundswell.engine.guarantee.shock import Shock
from groundswell.engine.response import Basis, Response


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def response(count, *, sd=0.4):
    ones = np.ones(count)
    location = np.full(count, np.log(1_000.0))
    mean = np.expm1(location + (0.01 + sd**2) / 2)
    posts = np.full(count, 5)
    return Response(
        location, 0.1 * ones, sd * ones, mean, ones, mean, posts, Basis.OWN_POSTS * posts
    )


def lines(planned, bench=0, *, kpis=("views",), sd=0.4):
    count = planned + bench
    return Lines(
        responses={kpi: response(count, sd=sd) for kpi in kpis},
        cell=np.zeros(count, int),
        deal=np.zeros(count, int),
        fee=np.full(count, 100.0),
        days=np.full(count, 60.0),
        planned=planned,
    )


def conditions(**changes):
    quiet = Shock(1e-6, 1e6)
    return replace(Conditions(deals=[contract()], common=quiet, grouped=quiet), **changes)


def happened(accepts, price, published, results):
    """Scenarios by hand; arrays of (scenarios, lines)."""
    results = {"views": np.array(results, float)}
    return Drawn(
        np.array(accepts, bool), np.array(price, float), np.array(published, bool),
        np.ones((len(accepts), len(price[0]))), results, np.zeros(len(accepts)),
    )  # fmt: skip


def test_lines_are_signed_in_their_order_while_money_lasts():
    drawn = happened([[1, 1, 0, 1]], [[1.2, 1.0, 1.0, 0.8]], [[1] * 4], [[10] * 4])

    bought = plan.signed(drawn, lines(4), conditions(), 205.0)

    assert bought.tolist() == [[True, False, False, True]]


def test_nothing_is_signed_far_above_its_quoted_price():
    drawn = happened([[1, 1]], [[1.25, 1.26]], [[1, 1]], [[10, 10]])

    assert plan.signed(drawn, lines(2), conditions(), 1_000.0).tolist() == [[True, False]]


def test_a_reserve_replaces_a_no_show_with_the_money_that_was_not_paid():
    drawn = happened([[1, 1, 1]], [[1, 1, 1]], [[1, 0, 1]], [[10, 10, 10]])
    of = lines(2, bench=1)

    without = plan.totals(drawn, plan.signed(drawn, of, conditions(), 200.0))
    with_bench = plan.with_bench(drawn, of, conditions(), 200.0, {"views": 20})

    assert without["views"].tolist() == [10]
    assert with_bench["views"].tolist() == [20]


def test_reserves_stay_unused_when_the_goal_is_met_or_the_money_is_gone():
    drawn = happened([[1, 1, 1], [1, 1, 1]], np.ones((2, 3)), np.ones((2, 3)), [[9] * 3, [10] * 3])
    of = lines(2, bench=1)

    got = plan.with_bench(drawn, of, conditions(), 300.0, {"views": 20})
    poor = plan.with_bench(drawn, of, conditions(), 200.0, {"views": 20})

    assert got["views"].tolist() == [27, 20]
    assert poor["views"].tolist() == [18, 20]


def test_pieces_are_the_posts_that_are_published(rng):
    drawn = plan.draw(lines(50), conditions(), scenarios=2_000, rng=rng)

    pieces = plan.if_all_sign(drawn, lines(50))["pieces"]

    assert pieces.mean() == pytest.approx(50 * contract().delivery.expected, rel=0.01)
    assert np.all(pieces == np.round(pieces))


def test_late_posts_have_less_time_to_be_seen(rng):
    on_time, at_the_end = lines(20), replace(lines(20), days=np.full(20, 1.5))

    early, late = (
        plan.if_all_sign(plan.draw(each, conditions(), scenarios=500, rng=rng), each)
        for each in (on_time, at_the_end)
    )

    assert late["views"].mean() < 0.65 * early["views"].mean()


def test_kpis_of_one_post_move_together(rng):
    of = lines(1, kpis=("views", "engagements"))
    drawn = plan.draw(of, conditions(alike=0.8), scenarios=20_000, rng=rng)

    logs = [np.log(each[:, 0]) for each in (drawn.results[k] for k in of.responses)]

    assert np.corrcoef(*logs)[0, 1] == pytest.approx(0.64, abs=0.03)


def test_the_bench_restores_what_signing_costs(rng):
    of = lines(20, bench=15)
    drawn = plan.draw(of, conditions(), scenarios=2_000, rng=rng)
    goals = {"views": 19_000.0}

    chances = plan.chances(drawn, of, conditions(), 2_300.0, goals)

    assert chances.before_signing.value < 0.1
    assert chances.before_signing.value + 0.3 < chances.with_bench.value
    assert chances.with_bench.value <= chances.if_all_sign.value + 0.1


def test_goals_sold_with_the_bench_are_met_by_fresh_scenarios(rng):
    of = lines(20, bench=8, kpis=("views", "engagements"))
    exposed = conditions(common=Shock(0.15, 8.0), tail=4.0)
    first, fresh = (plan.draw(of, exposed, scenarios=2_000, rng=rng) for _ in range(2))

    goals = plan.sold_with_bench(
        first, of, exposed, 2_200.0, kpis=("views", "engagements"), probability=0.9
    )
    said = plan.chances(fresh, of, exposed, 2_200.0, goals)

    assert said.with_bench.value == pytest.approx(0.9, abs=0.03)
    assert said.with_bench.low < said.with_bench.high


def test_independent_draws_promise_too_much(rng):
    of = lines(100, sd=0.3)
    exposed = conditions(common=Shock(0.3, 8.0))
    alone, together = (
        plan.if_all_sign(plan.draw(of, each, scenarios=2_000, rng=rng), of)
        for each in (conditions(), exposed)
    )

    sold = guarantee.goals_at({"views": alone["views"]}, 0.9)

    assert guarantee.all_met(together, sold).mean() < 0.75


def test_past_programs_tell_the_rate_and_how_programs_differ():
    prior = Rate.prior(0.89, 10.0)
    of = np.full(12, 25.0)

    alike = prior.seen(np.full(12, 20.0), of)
    apart = prior.seen(np.tile([24.0, 16.0], 6), of)

    assert alike.expected == pytest.approx(0.80, abs=0.02)
    assert apart.expected == pytest.approx(0.83, abs=0.03)
    rng = np.random.default_rng(1)
    assert apart.draws(4_000, rng).std() > 1.3 * alike.draws(4_000, rng).std()


def test_a_rate_refuses_a_mean_of_one():
    with pytest.raises(ValueError, match="got 1"):
        Rate.prior(1.0, 10.0)
