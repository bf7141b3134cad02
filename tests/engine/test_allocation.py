"""Allocation: the most people for a budget, within limits."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from groundswell.engine import reach
from groundswell.engine.allocation import (
    NO_LIMIT,
    Allocation,
    Infeasible,
    Limits,
    Offers,
    Quota,
    allocate,
    of_values,
)
from groundswell.terms.money import Money

SLOW = settings(max_examples=60, deadline=None)


def dollars(amount: int) -> Money:
    return Money.of(amount, "USD")


class Market:
    """Creators with random audiences, one or two formats each."""

    def __init__(self, seed: int, creators: int, people: int = 30, formats: int = 2) -> None:
        rng = np.random.default_rng(seed)
        inside = rng.random((creators, people)) < rng.uniform(0.05, 0.5, (creators, 1))
        account, person = (found.astype(np.int32) for found in np.nonzero(inside))
        self.panel = reach.panel.of_members(account, person, accounts=creators, people=people)
        who = np.repeat(np.arange(creators), formats)
        count = creators * formats
        self.offers = Offers(
            creator=who,
            price_minor=rng.integers(500, 10_000, count),
            tier=np.repeat(rng.integers(0, 3, creators), formats),
            row=who,
            rate=rng.uniform(0, 1, count),
            groups=rng.random((count, 3)) < 0.5,
        )

    def reached(self, chosen) -> float:
        chosen = np.array(chosen, int)
        rows, rates = self.offers.row[chosen], self.offers.rate[chosen]
        return float((self.panel.weight * reach.people_reached(self.panel, rows, rates)).sum())

    def keeps(self, chosen, limits: Limits) -> bool:
        chosen = np.array(chosen, int)
        offers = self.offers.only(chosen)
        cost = offers.price_minor + limits.handling_minor
        fees = np.bincount(offers.creator, offers.price_minor)
        return bool(
            np.bincount(offers.creator, minlength=1).max(initial=0) <= limits.posts
            and limits.count_min <= len(set(offers.creator)) <= limits.count_max
            and np.all(fees <= limits.largest_fee_minor)
            and cost.sum() <= limits.budget.minor
            and set(limits.must_have) <= set(offers.creator)
            and all(
                quota.min <= len(set(offers.creator[mine])) <= quota.max
                and quota.least_minor <= cost[mine].sum() <= quota.most_minor
                for quota, mine in zip(limits.quotas, offers.groups.T, strict=True)
            )
        )

    def best(self, limits: Limits) -> float | None:
        every = range(len(self.offers.rate))
        portfolios = (
            chosen
            for size in range(len(every) + 1)
            for chosen in itertools.combinations(every, size)
        )
        return max((self.reached(c) for c in portfolios if self.keeps(c, limits)), default=None)


def test_three_creators_and_a_thousand_dollars_as_worked_by_hand():
    # Anna reaches 0, 1, 2 for 600; Ben 1, 2 for 300; Cleo 4 for 400. Anna and Cleo reach four.
    panel = reach.panel.of_members(
        np.array([0, 0, 0, 1, 1, 2], np.int32),
        np.array([0, 1, 2, 1, 2, 4], np.int32),
        accounts=3,
        people=5,
    )
    prices = np.array([60_000, 30_000, 40_000])
    offers = Offers(np.arange(3), prices, np.zeros(3, int), np.arange(3), np.ones(3))

    plan = allocate(offers, panel, Limits(dollars(1_000)))

    assert list(plan.chosen) == [0, 2]
    assert plan.marginal == pytest.approx([3, 1])
    assert (plan.spend_minor, plan.reserve_minor, plan.is_optimal) == (100_000, 0, True)
    assert list(plan.bench) == [1]


least_and_most = st.sampled_from([(0, NO_LIMIT), (0, 6_000), (3_000, NO_LIMIT), (2_000, 9_000)])
a_quota = st.builds(
    lambda least, more, money: Quota("some", least, least + more, *money),
    st.integers(0, 2),
    st.sampled_from([0, 1, NO_LIMIT]),
    least_and_most,
)
quotas_of = st.tuples(a_quota, a_quota, a_quota)
ANY = (Quota("any"),) * 3
limits_of = st.builds(
    Limits,
    st.integers(40, 400).map(dollars),
    handling_minor=st.integers(0, 1_000),
    count_min=st.integers(1, 3),
    count_max=st.integers(3, 5),
    quotas=quotas_of,
    max_share=st.sampled_from([1.0, 0.6]),
    must_have=st.sampled_from([(), (0,), (1,)]),
    posts=st.integers(1, 2),
)


@SLOW
@given(st.integers(0, 2**32), st.integers(2, 4), limits_of)
def test_small_instances_are_solved_exactly_or_refused_rightly(seed, creators, limits):
    market = Market(seed, creators)
    best = market.best(limits)
    try:
        plan = allocate(market.offers, market.panel, limits)
    except Infeasible:
        assert best is None
        return
    assert plan.is_optimal
    assert plan.reached == pytest.approx(best)


@SLOW
@given(st.integers(0, 2**32), st.integers(5, 60), limits_of)
def test_limits_hold_and_the_budget_is_never_exceeded(seed, creators, limits):
    market = Market(seed, creators, people=200)
    try:
        plan = allocate(market.offers, market.panel, limits)
    except Infeasible:
        assume(False)
    assert market.keeps(plan.chosen, limits)
    assert plan.spend_minor + plan.reserve_minor == limits.budget.minor
    assert plan.reached == pytest.approx(market.reached(plan.chosen))
    assert not set(market.offers.creator[plan.bench]) & set(market.offers.creator[plan.chosen])


@SLOW
@given(st.integers(0, 2**32), st.integers(2, 12), st.integers(40, 300), st.integers(1, 200))
def test_reach_does_not_fall_when_the_budget_grows(seed, creators, budget, more):
    market = Market(seed, creators)
    try:
        less = allocate(market.offers, market.panel, Limits(dollars(budget), quotas=ANY))
    except Infeasible:
        assume(False)
    plenty = allocate(market.offers, market.panel, Limits(dollars(budget + more), quotas=ANY))

    assert plenty.reached >= less.reached * (1 - 1e-9)


@SLOW
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_order_of_the_offers_does_not_matter(seed, order_seed):
    market = Market(seed, 40, people=300)
    order = np.random.default_rng(order_seed).permutation(len(market.offers.rate))
    limits = Limits(dollars(500), count_min=2, count_max=20, quotas=ANY)

    plan = allocate(market.offers, market.panel, limits)
    shuffled = allocate(market.offers.only(order), market.panel, limits)

    assert sorted(order[shuffled.chosen]) == sorted(plan.chosen)


@SLOW
@given(st.integers(0, 2**32))
def test_marginals_never_add_up_to_more_than_the_plan_reaches(seed):
    market = Market(seed, 8, people=100)

    plan = allocate(market.offers, market.panel, Limits(dollars(400), quotas=ANY))

    assert plan.marginal.sum() <= plan.reached + 1e-9
    assert np.all(plan.marginal <= plan.alone + 1e-9)
    assert plan.reached <= plan.alone.sum() + 1e-9


def greedy_without_laziness(market: Market, limits: Limits) -> float:
    chosen: list[int] = []
    while True:
        now = market.reached(chosen)
        cost = market.offers.price_minor + limits.handling_minor
        gains = [
            (market.reached([*chosen, offer]) - now) / cost[offer]
            if market.keeps([*chosen, offer], limits)
            else -1.0
            for offer in range(len(cost))
        ]
        if max(gains) <= 0:
            return now
        chosen.append(int(np.argmax(gains)))


@pytest.mark.parametrize("seed", range(5))
def test_it_reaches_at_least_what_plain_greedy_does(seed):
    market = Market(seed, 45, people=400)
    limits = Limits(dollars(600), handling_minor=100, count_min=0, quotas=ANY)

    plan = allocate(market.offers, market.panel, limits)

    assert plan.reached >= greedy_without_laziness(market, limits) * (1 - 1e-9)


def test_with_few_places_the_large_are_taken_although_the_small_are_cheaper_per_person():
    sizes = np.array([10] * 30 + [200] * 3)
    inside = np.zeros((33, sizes.sum()), bool)
    for row, (start, size) in enumerate(zip(np.cumsum(sizes) - sizes, sizes, strict=True)):
        inside[row, start : start + size] = True
    account, person = (found.astype(np.int32) for found in np.nonzero(inside))
    panel = reach.panel.of_members(account, person, accounts=33, people=inside.shape[1])
    prices = np.array([100] * 30 + [4_000] * 3)
    offers = Offers(np.arange(33), prices, np.zeros(33, int), np.arange(33), np.ones(33))

    plan = allocate(offers, panel, Limits(dollars(200), count_max=3))

    assert sorted(plan.chosen) == [30, 31, 32]


def test_values_that_do_not_overlap_are_a_plain_knapsack():
    value = np.array([60.0, 50.0, 50.0])
    panel, rates = of_values(value)
    offers = Offers(np.arange(3), np.array([600, 500, 500]), np.zeros(3, int), np.arange(3), rates)

    plan = allocate(offers, panel, Limits(dollars(10)))

    assert sorted(plan.chosen) == [1, 2]
    assert plan.reached == pytest.approx(100)


def test_an_allocation_holds_arrays_of_lines_of_equal_length():
    plan: Allocation = allocate(
        *(lambda m: (m.offers, m.panel))(Market(1, 9)), Limits(dollars(300), quotas=ANY)
    )

    assert len(plan.chosen) == len(plan.marginal) == len(plan.alone)
    assert len(plan.bench) == len(plan.bench_gain)
    ratios = plan.marginal / Market(1, 9).offers.price_minor[plan.chosen]
    assert np.all(np.diff(ratios) <= 1e-12)
