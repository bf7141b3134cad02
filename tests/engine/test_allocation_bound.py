"""The bound: no portfolio within the limits gets more, and good plans come near to it."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.allocation import (
    Certificate,
    Infeasible,
    Limits,
    Offers,
    Quota,
    allocate,
    allocate_certified,
    certify,
    in_population,
    of_values,
    regret,
)
from groundswell.engine.reach import Panel
from groundswell.terms.money import Money

SLOW = settings(max_examples=80, deadline=None)
NOBODY = np.array([], np.int64)


def dollars(amount: int) -> Money:
    return Money.of(amount, "USD")


def world(seed: int, creators: int, people: int, *, formats: int = 1, segments: bool = False):
    """Creators with random audiences, chances of 1 among them, of people or parts of segments."""
    rng = np.random.default_rng(seed)
    inside = rng.random((creators, people)) < rng.uniform(0.05, 0.6, (creators, 1))
    account, person = (found.astype(np.int32) for found in np.nonzero(inside))
    panel = reach.panel.of_members(account, person, accounts=creators, people=people)
    if segments:
        part = np.where(rng.random(len(panel.people)) < 0.3, 1.0, rng.random(len(panel.people)))
        panel = Panel(panel.starts, panel.people, part, rng.uniform(1, 9, people))
    who = np.repeat(np.arange(creators), formats)
    rate = rng.uniform(0, 1, len(who)) ** 0.5
    rate[rng.random(len(who)) < 0.2] = 1.0
    price = rng.integers(500, 10_000, len(who))
    tier = np.repeat(rng.integers(0, 3, creators), formats)
    return Offers(who, price, tier, who, rate, rng.random((len(who), 2)) < 0.5), panel


ANY = (Quota("any"),) * 2
a_quota = st.sampled_from(
    [
        Quota("free"),
        Quota("some", 1, 2),
        Quota("few", 0, 1),
        Quota("two", 2),
        Quota("poor", most_minor=6_000),
        Quota("rich", least_minor=5_000),
    ]
)
limits_of = st.builds(
    Limits,
    st.integers(40, 300).map(dollars),
    handling_minor=st.integers(0, 1_000),
    count_min=st.integers(1, 3),
    count_max=st.integers(3, 5),
    quotas=st.tuples(a_quota, a_quota),
    max_share=st.sampled_from([1.0, 0.6]),
    must_have=st.sampled_from([(), (0,), (0, 1)]),
    posts=st.integers(1, 2),
)


@SLOW
@given(st.integers(0, 2**32), st.integers(2, 5), limits_of, st.booleans())
def test_no_portfolio_within_the_limits_gets_more_than_the_bound(seed, creators, limits, segments):
    offers, panel = world(seed, creators, 20, formats=2, segments=segments)
    try:
        best = allocate(offers, panel, limits)
    except Infeasible:
        assume(False)
    assert best.is_optimal
    for start in (best.chosen, NOBODY, np.array([0])):
        assert certify(offers, panel, limits, start).bound >= best.reached * (1 - 1e-12) - 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_plans_with_quotas_across_are_near_their_bound(seed):
    offers, panel = world(seed, 150, 2_000)
    quotas = Quota("half", 5, 10), Quota("poor", most_minor=20_000)
    limits = Limits(Money(int(offers.price_minor.sum()) // 20, "USD"), quotas=quotas)

    _, found = allocate_certified(offers, panel, limits)

    assert 0.93 <= found.share <= 1


@SLOW
@given(st.integers(0, 2**32), st.integers(5, 11), st.integers(1, 50_000_000))
def test_the_bound_holds_after_however_many_steps(seed, creators, work):
    offers, panel = world(seed, creators, 40)
    limits = Limits(
        Money(int(offers.price_minor.sum() * 0.4) + 500, "USD"), handling_minor=500, quotas=ANY
    )
    portfolios = itertools.product([False, True], repeat=creators)
    cost = offers.price_minor + 500
    rows = np.arange(creators)
    most = max(
        float(reach.people_reached(panel, rows[taken], offers.rate[taken]).sum())
        for taken in map(np.array, portfolios)
        if cost[taken].sum() <= limits.budget.minor
    )

    assert certify(offers, panel, limits, NOBODY, work=work).bound >= most * (1 - 1e-12)


def test_plain_sums_are_bounded_by_the_knapsack_whose_last_offer_is_taken_in_part():
    panel, rates = of_values(np.array([60.0, 50.0, 50.0]))
    price = np.array([600, 1_000, 1_000])
    offers = Offers(np.arange(3), price, np.zeros(3, int), np.arange(3), rates)

    found = certify(offers, panel, Limits(Money(1_100, "USD")), np.array([0]))

    assert found.bound == pytest.approx(60 + 50 / 2, rel=1e-6)
    assert found.share == pytest.approx(60 / 85, rel=1e-6)


def test_places_and_quotas_bind_in_the_bound_as_in_the_plan():
    panel, rates = of_values(np.array([60.0, 50.0, 40.0, 30.0]))
    groups = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 0], [0, 1, 1]], bool)
    offers = Offers(np.arange(4), np.full(4, 100), np.zeros(4, int), np.arange(4), rates, groups)

    def bound(*quotas: Quota, **changes) -> float:
        every = (*quotas, *[Quota("free")] * (3 - len(quotas)))
        limits = Limits(dollars(1_000), quotas=every, **changes)
        return certify(offers, panel, limits, NOBODY).bound

    one = Quota("one", max=1)
    assert bound() == pytest.approx(180)
    assert bound(count_max=2) == pytest.approx(110)
    assert bound(one, one) == pytest.approx(100)
    assert bound(one, count_max=2) == pytest.approx(100)
    assert bound(count_max=2, must_have=(3,)) == pytest.approx(90)


def test_minima_money_and_quotas_that_overlap_bind_in_the_bound():
    panel, rates = of_values(np.array([60.0, 50.0, 40.0, 30.0]))
    groups = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 0], [0, 1, 1]], bool)
    offers = Offers(np.arange(4), np.full(4, 100), np.zeros(4, int), np.arange(4), rates, groups)
    free = Quota("free")

    def bound(*quotas: Quota, **changes) -> float:
        limits = Limits(Money(400, "USD"), quotas=quotas, **changes)
        plan = allocate(offers, panel, limits).chosen
        return certify(offers, panel, limits, plan).bound

    assert bound(free, Quota("both", 2), free, count_max=2) == pytest.approx(70)
    assert bound(Quota("cheap", most_minor=100), free, free) == pytest.approx(130)
    assert bound(free, Quota("paid", least_minor=200), free, count_max=3) == pytest.approx(130)
    assert bound(free, free, Quota("one of three", max=1)) == pytest.approx(100)


def test_an_offer_that_is_taken_in_part_is_worth_its_part_and_no_more():
    # One creator whom everybody follows, each surely reached, at twice the budget of the other.
    panel = reach.panel.of_members(
        np.zeros(10, np.int32), np.arange(10, dtype=np.int32), accounts=2, people=10
    )
    offers = Offers(np.arange(2), np.array([100, 50]), np.zeros(2, int), np.arange(2), np.ones(2))

    found = certify(offers, panel, Limits(Money(100, "USD")), np.array([0]))

    assert (found.value, found.bound) == (pytest.approx(10), pytest.approx(10))


@pytest.mark.parametrize("seed", range(3))
def test_plans_of_a_hundred_creators_are_near_their_bound(seed):
    offers, panel = world(seed, 150, 2_000)
    limits = Limits(Money(int(offers.price_minor.sum()) // 20, "USD"), quotas=ANY)

    plan, found = allocate_certified(offers, panel, limits)

    assert 0.95 <= found.share <= 1
    assert found.value == pytest.approx(plan.reached)
    assert plan.reached >= allocate(offers, panel, limits).reached


def test_what_an_exhaustive_search_found_is_its_own_bound():
    offers, panel = world(1, 6, 30)

    plan, found = allocate_certified(offers, panel, Limits(dollars(150), quotas=ANY))

    assert plan.is_optimal
    assert (found.share, found.steps) == (1.0, 0)


def test_a_plan_that_gets_nothing_where_nothing_can_be_had_is_the_best():
    assert Certificate(0.0, 0.0, np.zeros(1), 1).share == 1.0


def test_in_the_population_sampling_is_taken_off_the_share():
    half = Panel(np.zeros(1, np.int64), np.zeros(0, np.int32), np.empty(0), np.full(1_000, 2.0))
    found = Certificate(180.0, 200.0, np.zeros(1), 1)
    reached = np.full(90, 2.0)

    share = in_population(found, half, reached, confidence=0.95)

    # 90 people: at least 72.4; 100 people: at most 121.6 (Garwood's limits).
    assert share == pytest.approx(72.37 / 121.63, rel=1e-3)
    assert in_population(found, half, np.zeros(9)) == 0.0


def test_the_regret_is_what_keeping_the_lines_loses_beside_planning_anew():
    panel, rates = of_values(np.array([100.0, 90.0, 80.0]))
    offers = Offers(np.arange(3), np.full(3, 100), np.zeros(3, int), np.arange(3), rates)
    limits = Limits(Money(200, "USD"))
    same = np.ones(3)

    def lost(price, rate) -> float:
        moved = np.array(price), np.array(rate)
        return regret(offers, panel, limits, np.array([0, 1]), price=moved[0], rate=moved[1])

    assert lost(same, same) == 0.0
    # The second line falls to 9: 109 where 180 could have been had.
    assert lost(same, [1, 0.1, 1]) == pytest.approx(1 - 109 / 180)
    # Both cost too much together, so the second goes and the third comes.
    assert lost([1, 1.5, 1], same) == pytest.approx(0.0)
