"""What past programs and posts say: prices, sponsorship, drift of platforms."""

import numpy as np
import pytest

from groundswell.engine.guarantee import lift, posts
from groundswell.engine.guarantee.deals import contract, gift, prices_seen, surprise
from groundswell.engine.guarantee.shock import Shock
from groundswell.engine.response import Basis, Response


@pytest.fixture
def rng():
    return np.random.default_rng(21)


def test_a_gift_is_published_less_often_than_a_contract():
    assert gift().delivery.expected < 0.65 < 0.85 < contract().delivery.expected


def test_doubled_prices_surprise_and_usual_ones_do_not():
    usual, doubled = np.full(8, 0.05), np.full(8, np.log(2))

    p = surprise(np.stack([usual, doubled]), Shock(0.1, 10.0), 0.15)

    assert p[0] > 0.5
    assert p[1] < 0.001


def test_prices_of_past_programs_tell_what_is_shared(rng):
    program = np.repeat(np.arange(40), 25)
    logs = rng.normal(0, 0.2, 40)[program] + rng.normal(0, 0.1, 1_000)

    common, own = prices_seen(logs, program, prior=Shock(0.1, 4.0))

    assert common.sd == pytest.approx(0.2, abs=0.05)
    assert own == pytest.approx(0.1, abs=0.01)


def test_sponsorship_is_learnt_per_creator_and_shrunk(rng):
    account = np.repeat(np.arange(400), 20)
    sponsored = np.tile(np.arange(20) < 8, 400)
    own = rng.normal(-0.3, 0.3, 400)
    logs = 9 + own[account] * sponsored + rng.normal(0, 0.5, 8_000)

    found = lift.learn(account, logs, sponsored, accounts=401, post_sd=0.5)

    with_, without = (
        np.bincount(account[kind], logs[kind]) / np.bincount(account[kind])
        for kind in (sponsored, ~sponsored)
    )
    raw = with_ - without
    assert np.mean((found.own[:400] - own) ** 2) < 0.8 * np.mean((raw - own) ** 2)
    assert found.own[400] == pytest.approx(-0.3, abs=0.05)
    assert found.own_sd[400] > found.own_sd[:400].max()


def test_a_sponsored_post_is_expected_to_get_less_and_surer_of_nothing():
    one = np.ones(1)
    organic = Response(
        9 * one, 0.1 * one, 0.5 * one, 10_000 * one, 5_000 * one, 20_000 * one,
        np.array([3]), np.array([Basis.OWN_POSTS]),
    )  # fmt: skip

    moved = lift.Lift(np.array([-0.2]), np.array([0.1]), 0.05).applied(organic, np.array([0]))

    assert moved.mean[0] == pytest.approx(10_000 * np.exp(-0.2 + 0.005))
    assert moved.creator_sd[0] == pytest.approx(np.hypot(0.1, 0.1))


def published(rng, walk):
    """300 accounts on two platforms, 12 posts each over 40 weeks."""
    account = np.repeat(np.arange(300), 12)
    week = rng.integers(0, 40, len(account))
    shift = np.cumsum(rng.normal(0, walk, (2, 40)), axis=1)
    logs = 8 + shift[account % 2, week] + rng.normal(0, 0.4, len(account))
    return account, account % 2, week, logs, shift


def test_platforms_that_wander_leave_more_to_chance_and_are_followed(rng):
    account, platform, week, logs, shift = published(rng, 0.15)
    wandering = posts.learn(account, platform, week, logs, ahead=6, post_sd=0.4)
    account, platform, week, logs, _ = published(rng, 0.0)
    still = posts.learn(account, platform, week, logs, ahead=6, post_sd=0.4)

    assert wandering.shock.sd > 1.5 * still.shock.sd
    stands = shift[:, -4:].mean(axis=1) - shift.mean(axis=1)
    assert np.all(np.abs(wandering.shift - stands) < np.abs(stands))
    assert np.abs(still.shift).max() < 0.05


def test_few_weeks_say_nothing_of_drift(rng):
    account = np.repeat(np.arange(30), 6)
    week = rng.integers(0, 8, 180)

    found = posts.learn(account, account * 0, week, rng.normal(8, 0.4, 180), ahead=6, post_sd=0.4)

    assert found.shift.tolist() == [0.0]
    assert found.shock == Shock(0.10, 4.0)
