"""Reach on a panel: each person once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from groundswell.engine import reach

MEMBERSHIPS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 25)))


def panel_of(inside: np.ndarray, **options: float) -> reach.Panel:
    account, person = np.nonzero(inside)
    return reach.panel.of_members(
        account.astype(np.int32),
        person.astype(np.int32),
        accounts=inside.shape[0],
        people=inside.shape[1],
        **options,
    )


# Anna reaches people 0, 1, 2; Ben 1, 2; Cleo 4.
CAST = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 0, 1]], bool)
ANNA, BEN, CLEO = 0, 1, 2


def test_three_creators_reach_what_was_worked_by_hand():
    # Halves of Anna and Ben: person 0 sees Anna's with 1/2, persons 1 and 2 either with 3/4.
    reached = reach.people_reached(panel_of(CAST), np.array([ANNA, BEN]), np.array([0.5, 0.5]))

    assert list(reached) == [0.5, 0.75, 0.75, 0.0, 0.0]


def test_counting_everybody_needs_no_interval():
    found = reach.counted(panel_of(CAST).rows(np.array([ANNA, BEN])))

    assert (found.value, found.low, found.n) == (3.0, None, 3)


def test_a_membership_listed_twice_counts_once():
    twice = reach.panel.of_members(
        np.array([0, 0, 0, 1], np.int32), np.array([3, 3, 1, 3], np.int32), accounts=3, people=4
    )

    assert list(twice.members) == [2, 1, 0]
    assert list(twice.audience()) == [2.0, 1.0, 0.0]


@settings(deadline=None)
@given(MEMBERSHIPS, st.data())
def test_reach_is_a_union_and_never_a_sum(inside, data):
    chosen = np.array(data.draw(st.lists(st.integers(0, len(inside) - 1), unique=True)), int)

    found = reach.on_panel(panel_of(inside), chosen, np.ones(len(chosen)))

    assert found.value == inside[chosen].any(axis=0).sum()
    assert found.value <= inside[chosen].sum()
    assert found.low <= found.value <= found.high


@settings(deadline=None)
@given(MEMBERSHIPS, st.floats(0, 1))
def test_one_more_post_never_lowers_reach_and_adds_at_most_its_own(inside, rate):
    panel, rows = panel_of(inside), np.arange(len(inside))
    rates = np.full(len(inside), rate)

    most = reach.people_reached(panel, rows, rates).sum()
    fewer = reach.people_reached(panel, rows[:-1], rates[:-1]).sum()

    assert fewer - 1e-9 <= most <= fewer + rate * inside[-1].sum() + 1e-9


def test_a_coordinated_sample_keeps_a_person_everywhere_or_nowhere():
    rng = np.random.default_rng(3)
    person = rng.integers(0, 5_000, 40_000)
    hashes = rng.integers(0, 2**64, 5_000, dtype=np.uint64)

    kept = reach.panel.sampled(hashes[person], rate=0.25)

    assert np.array_equal(kept, hashes[person] < 2**62)
    assert kept.mean() == pytest.approx(0.25, abs=0.02)


def test_halves_hold_each_person_once_and_stand_for_everybody():
    rng = np.random.default_rng(4)
    whole = panel_of(rng.random((30, 2_000)) < 0.1, people_per_member=7.0)

    first, second = reach.panel.halves(whole, salt=1)

    assert len(first.weight) + len(second.weight) == 2_000
    assert list(first.members + second.members) == list(whole.members)
    assert first.weight.sum() == pytest.approx(14_000)
    assert reach.panel.halves(whole, salt=1)[0].people.tolist() == first.people.tolist()
    assert reach.panel.halves(whole, salt=2)[0].people.tolist() != first.people.tolist()


def test_nine_of_ten_intervals_hold_the_reach_of_the_population():
    rng = np.random.default_rng(6)
    everybody = rng.random((5, 20_000)) < rng.uniform(0.005, 0.05, (5, 1))
    truth = everybody.any(axis=0).sum()
    held = 0
    for _ in range(200):
        sample = everybody[:, rng.random(20_000) < 0.05]
        panel = panel_of(sample, people_per_member=20.0)
        found = reach.on_panel(panel, np.arange(5), np.ones(5))
        held += found.low <= truth <= found.high

    assert held / 200 == pytest.approx(0.92, abs=0.05)


def test_reaching_nobody_in_the_sample_does_not_mean_nobody():
    nobody = np.array([], int)

    found = reach.on_panel(panel_of(CAST, people_per_member=50.0), nobody, np.array([]))

    assert (found.value, found.low, found.n) == (0.0, 0.0, 0)
    assert found.high == pytest.approx(50 * -np.log(0.05))


def test_a_post_with_as_many_views_as_members_reaches_two_of_three():
    rates = reach.reach_rate(np.array([0.0, 1_000.0, 1e9]), np.array([1_000.0, 1_000.0, 1_000.0]))

    assert rates == pytest.approx([0.0, 1 - np.exp(-1), 1.0])


def test_scenarios_repeat_the_union_where_nothing_is_uncertain(rng):
    panel = panel_of(CAST, people_per_member=100.0)
    rates = np.array([[0.5, 0.5], [0.0, 0.5]])

    drawn = reach.draws.on_panel(panel, np.array([ANNA, BEN]), rates, rng=rng)

    assert list(drawn.value) == [200.0, 100.0]


def test_two_groups_that_nobody_compared_lie_between_the_larger_and_the_sum():
    one, other = (reach.Draws(*(np.array([x]) for _ in range(3))) for x in (300.0, 200.0))

    joined = one.joined(other, population=1_000.0)

    assert (joined.value[0], joined.low[0], joined.high[0]) == (440.0, 300.0, 500.0)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda: panel_of(CAST, people_per_member=0.0), "above 0, got 0.0"),
        (lambda: reach.panel.sampled(np.array([1], np.uint64), rate=1.5), "got 1.5"),
        (
            lambda: reach.Panel(np.array([0, 1]), np.array([0], np.int32), np.ones(2), np.ones(1)),
            "got 2 for 1",
        ),
    ],
)
def test_nonsense_is_refused_by_name(broken, says):
    with pytest.raises(ValueError, match=says):
        broken()


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_the_order_of_memberships_changes_nothing_of_a_panel():
    rng = np.random.default_rng(4)
    account, person = rng.integers(0, 5, 400), rng.integers(0, 60, 400)
    order = rng.permutation(400)

    one, other = (
        reach.panel.of_members(
            account[rows].astype(np.int32), person[rows].astype(np.int32), accounts=5, people=60
        )
        for rows in (np.arange(400), order)
    )

    assert np.array_equal(one.starts, other.starts)
    assert np.array_equal(one.people, other.people)
    assert len(one.people) < 400  # some were listed twice
