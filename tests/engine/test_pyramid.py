"""The pyramid: small programs by hand, a tail in closed form, and what a first wave teaches."""

import numpy as np
import pytest

from groundswell.engine import pyramid, reach
from groundswell.engine.pyramid import BadWave, Beliefs, Level, Tail, Timing, Wave, tail, timing

SILENT = Tail(views=1e-9, views_cv=0.0, inside=(1.0, 1.0), days=1.0)
NEVER = (1.0, 1e15)  # reshares
AT_ONCE = Timing(0.0, 0.0, 0.0, 0.0)
SURE = np.array([[1e9, 1e-3], [1e9, 1e-3]])


def five_people():
    """A creator followed by 0, 1, 2 and two sharers followed by 2, 3 and by 4."""
    panel = reach.panel.of_members(
        account=np.array([0, 0, 0, 1, 1, 2], np.int32),
        person=np.array([0, 1, 2, 2, 3, 4], np.int32),
        accounts=3,
        people=5,
    )
    return pyramid.of_panel(
        panel, np.arange(3), np.full(3, 0.5), np.array([0, 1, 1]), levels=2, is_sample=False
    )


def level(name, *views, spread=0.0, timing=AT_ONCE, half_life=0.01, observed=None):
    views = np.array(views, float)
    count = len(views)
    return Level(
        name, views, np.full(count, spread), np.full(count, 0.1), np.full(count, half_life),
        timing, observed,
    )  # fmt: skip


def exact_forecast(levels=None, days=3, scenarios=4, reach_of=SILENT, reshares=NEVER):
    levels = levels or [level("creators", 2.0), level("sharers", 1.0, 1.0)]
    beliefs = Beliefs.prior(SURE, program_sd=0.0, level_sd=np.zeros(2), reshares=reshares)
    return pyramid.forecast(
        levels, five_people(), beliefs, reach_of,
        days=days, scenarios=scenarios, rng=np.random.default_rng(1),
    )  # fmt: skip


def test_one_creator_and_two_sharers_reach_four_halves_and_three_quarters():
    people = five_people()

    assert people.reached(np.array([1.0, 0.0])) == pytest.approx(1.5)
    assert people.reached(np.array([0.0, 1.0])) == pytest.approx(1.5)
    assert people.reached(np.array([1.0, 1.0])) == pytest.approx(4 * 0.5 + 0.75)


def test_a_level_that_does_twice_as_much_misses_the_square():
    assert five_people().reached(np.array([2.0, 0.0])) == pytest.approx(3 * (1 - 0.25))


def test_times_seen_are_poisson_and_add_up_to_the_reach():
    counts = five_people().frequency(np.array([[1.0, 1.0]]), most=4)

    mean, both = np.log(2), 2 * np.log(2)
    once = 4 * np.exp(-mean) * mean + np.exp(-both) * both
    assert counts[0] == pytest.approx(once)
    assert counts.sum() == pytest.approx(2.75)


def test_a_program_without_chance_reaches_what_the_panel_says_from_the_first_day_on():
    found = exact_forecast()

    assert found.reach == pytest.approx(np.full(4, 2.75), rel=1e-4)
    assert found.curve == pytest.approx(np.full((3, 3), 2.75), rel=1e-4)
    assert found.by_level == pytest.approx([1.5, 2.75, 2.75], rel=1e-4)
    assert found.alone == pytest.approx([1.5, 1.5, 0.0], rel=1e-4, abs=1e-6)
    assert found.engagements == pytest.approx(np.full(4, 0.4), rel=1e-4)
    assert found.views.mean(axis=0) == pytest.approx([2.0, 2.0, 0.0], rel=1e-4, abs=1e-6)


def test_what_appears_after_the_end_counts_for_nothing():
    late = [level("creators", 2.0), level("sharers", 1.0, 1.0, timing=Timing(5.0, 5.0, 0.0, 0.0))]

    assert exact_forecast(late).reach == pytest.approx(np.full(4, 1.5), rel=1e-4)


def test_settled_publications_are_taken_as_they_were():
    settled = [level("creators", 2.0, observed=np.array([0.0])), level("sharers", 1.0, 1.0)]

    assert exact_forecast(settled).reach == pytest.approx(np.full(4, 1.5), rel=1e-4)


def test_curves_never_fall_and_the_fan_is_in_order():
    beliefs = Beliefs.prior(
        np.array([[8.9, 1.1], [6.0, 4.0]]),
        program_sd=0.2,
        level_sd=np.array([0.2, 0.2]),
        reshares=(1.7, 480.0),
    )
    found = pyramid.forecast(
        [
            level("creators", 2.0, spread=0.5, timing=Timing(0.0, 5.0, 1.0, 1.0), half_life=1.0),
            level("sharers", 1.0, 1.0, spread=0.5, timing=Timing(1.0, 8.0, 1.0, 1.0)),
        ],
        five_people(), beliefs, Tail(45.0, 1.0, (5.0, 5.0), 1.0),
        days=14, scenarios=300, rng=np.random.default_rng(3),
    )  # fmt: skip

    assert np.all(np.diff(found.curve, axis=1) >= -1e-9)
    assert np.all(np.diff(found.curve, axis=0) >= 0)
    assert np.all(np.diff(found.by_level) >= 0)
    assert found.frequency.sum() == pytest.approx(found.reach.mean())


def test_half_the_views_are_in_after_a_half_life():
    views = timing.by_day(
        np.array([[8.0]]), np.array([[1]]), np.array([0.5]), days=3
    )  # it appears in the middle of day 1

    assert views[0] == pytest.approx([0.0, 4.0, 8 * (1 - 0.5**3)])


def test_the_tail_has_the_moments_of_a_branching_process():
    passed_on = Tail(views=40.0, views_cv=1.0, inside=(1.0, 1.0), days=1.0)
    mean, variance = tail.moments(np.array([1000.0]), np.array([0.005]), passed_on)

    reproduction = 0.005 * 40
    assert mean[0] == pytest.approx(1000 * reproduction / (1 - reproduction))
    spread = 0.005 * 40**2 * 2 - reproduction**2
    assert variance[0] == pytest.approx(1000 * spread / (1 - reproduction) ** 3)


def test_the_closed_form_is_what_passing_on_by_chance_comes_to():
    rng, totals = np.random.default_rng(5), []
    for _ in range(4_000):
        generation, total = 1_000, 0
        while generation:
            times = rng.binomial(generation, 0.005)
            generation = int(rng.poisson(rng.gamma(1.0, 40.0, times)).sum()) if times else 0
            total += generation
        totals.append(total)
    # Poisson views around their mean add 1 / 40 to the square of their variation.
    passed_on = Tail(views=40.0, views_cv=np.sqrt(1 + 1 / 40), inside=(1.0, 1.0), days=1.0)
    mean, variance = tail.moments(np.array([1000.0]), np.array([0.005]), passed_on)

    assert np.mean(totals) == pytest.approx(mean[0], rel=0.03)
    assert np.std(totals) == pytest.approx(np.sqrt(variance[0]), rel=0.06)


def test_a_tail_never_grows_without_end():
    mean, variance = tail.moments(np.array([100.0]), np.array([0.9]), Tail(45.0, 1.0, (1, 1), 1.0))

    assert mean[0] == pytest.approx(100.0)  # half of each generation, and so on
    assert np.isfinite(variance[0])


def test_an_even_exposure_reaches_as_many_as_luck_and_no_shows():
    rate, spread, delivery = np.array([0.6]), np.array([0.8]), np.array([0.7])
    even = pyramid.evened(rate, spread, delivery)[0]

    luck = np.exp(0.8 * np.random.default_rng(1).standard_normal(400_000) - 0.32)
    truth = 0.7 * np.mean(1 - (1 - 0.6) ** luck)
    assert 1 - (1 - even) ** 0.7 == pytest.approx(truth, rel=0.005)
    assert pyramid.evened(rate, np.zeros(1), np.ones(1))[0] == pytest.approx(0.6)


def first_wave(published=(4.0, 0.0), views=1_000.0, reshares=5.0):
    return Wave(
        asked=np.array([5.0, 10.0]),
        published=np.array(published),
        log_ratio=np.array([0.5, 0.0]),
        spread=np.array([0.6, 0.8]),
        views=views,
        reshares=reshares,
    )


def test_a_first_wave_moves_beliefs_as_by_hand():
    prior = Beliefs(
        np.zeros(2), np.array([[0.05, 0.02], [0.02, 0.05]]), np.array([[9.0, 1.0], [6.0, 4.0]]),
        (2.0, 500.0),
    )  # fmt: skip
    learnt = pyramid.refit(prior, first_wave())

    gain = 0.05 / (0.05 + 0.36 / 4)
    assert learnt.shift[0] == pytest.approx(gain * 0.5)
    assert learnt.shift[1] == pytest.approx(0.02 / 0.14 * 0.5)  # by what the program shares
    assert learnt.covariance[0, 0] == pytest.approx(0.05 * (1 - gain))
    assert learnt.delivery.tolist() == [[13.0, 2.0], [6.0, 14.0]]
    assert learnt.reshares == (7.0, 1500.0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"published": (6.0, 0.0)}, "no more publications can have appeared than were due"),
        ({"published": (-1.0, 0.0)}, "none less than 0"),
        ({"reshares": 2_000.0}, "reshares must lie between 0 and the views, got 2000 of 1000"),
    ],
)
def test_impossible_counts_of_a_wave_are_refused(wrong, says):
    with pytest.raises(BadWave, match=says):
        first_wave(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Timing(5.0, 4.0, 1.0, 1.0),
        lambda: Tail(0.0, 1.0, (1.0, 1.0), 1.0),
        lambda: Beliefs.prior(
            np.array([[0.0, 1.0]]), program_sd=0.1, level_sd=np.ones(1), reshares=(1.0, 1.0)
        ),
        lambda: Beliefs.prior(SURE, program_sd=0.1, level_sd=np.ones(2), reshares=(0.0, 1.0)),
    ],
)
def test_what_no_program_can_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"above 0|negative"):
        wrong()
