"""Response: own results shrunk toward accounts like them."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine import response
from groundswell.engine.response import Accounts, Basis, Evidence, Published, ResponseModel

PUBLISHED = Published(rate=np.array([[0.3, np.nan]]), elasticity=-0.2)
NOBODY = Evidence.from_posts(np.array([], int), np.array([], int), np.array([]))


def people(*followers: float) -> Accounts:
    count = len(followers)
    return Accounts(np.zeros(count, int), np.array(followers, float), np.full(count, -1))


def model(posts: float, own_above_prior: float) -> ResponseModel:
    """One account with that many posts; the prior says 100 and nothing about it is uncertain."""
    published = Published(rate=np.array([[0.01]]), elasticity=0.0)
    evidence = Evidence(*(np.array([x]) for x in (0, 0, posts, 0.0, 0.0)))
    return ResponseModel(
        accounts=people(10_000),
        published=published,
        categories=0,
        coefficients=np.zeros(7),
        covariance=np.zeros((7, 7)),
        creator_variance=0.36,
        format_variance=0.09,
        platform_variance=np.array([0.64]),
        post_variance=np.array([0.64]),
        evidence=evidence,
        residual=np.array([own_above_prior]),
        noise=np.array([0.64 / posts]),
    )


def prior_location() -> float:
    empty = dataclasses.replace(
        model(4, 0.0), evidence=NOBODY, residual=np.array([]), noise=np.array([])
    )
    return float(empty.expected(np.array([0]), np.array([0])).location[0])


def test_four_posts_are_shrunk_as_worked_by_hand():
    # Variance of creators 0.36 + 0.09 = 0.45, of the mean of four posts 0.64 / 4 = 0.16:
    # weight 0.45 / 0.61 = 0.7377 of the own mean, posterior variance 0.45 x 0.16 / 0.61 = 0.1180.
    views = model(4, 1.0).expected(np.array([0]), np.array([0]))

    assert views.location[0] - prior_location() == pytest.approx(0.45 / 0.61)
    assert views.creator_sd[0] ** 2 == pytest.approx(0.45 * 0.16 / 0.61)
    assert views.mean[0] == pytest.approx(
        np.expm1(views.location[0] + (0.45 * 0.16 / 0.61 + 0.64) / 2)
    )
    assert (views.posts[0], views.basis[0]) == (4, Basis.OWN_POSTS)


@given(st.floats(1, 1e4), st.floats(-3, 3))
def test_the_expectation_lies_between_own_mean_and_prior(posts, own):
    moved = model(posts, own).expected(np.array([0]), np.array([0])).location[0] - prior_location()

    assert min(0.0, own) - 1e-9 <= moved <= max(0.0, own) + 1e-9


@given(st.floats(1, 1e3), st.floats(1.01, 10), st.floats(0.1, 3))
def test_more_posts_move_it_closer_to_the_own_mean_and_narrow_it(posts, times, own):
    few = model(posts, own).expected(np.array([0]), np.array([0]))
    many = model(posts * times, own).expected(np.array([0]), np.array([0]))

    assert many.location[0] > few.location[0]
    assert many.creator_sd[0] < few.creator_sd[0]


def test_without_any_data_the_published_rate_is_the_mean():
    fitted = response.fit(people(10_000), NOBODY, published=PUBLISHED)

    views = fitted.expected(np.array([0]), np.array([0]))

    assert views.mean[0] == pytest.approx(3_000, rel=0.01)
    assert views.basis[0] == Basis.SIZE


def test_an_average_counts_more_than_followers_and_less_than_posts():
    accounts = people(10_000, 10_000, 10_000)
    own = Evidence.from_posts(np.zeros(12, int), np.zeros(12, int), np.full(12, 9_000.0))
    reported = Evidence.from_averages(np.array([1]), np.array([9_000.0]))
    fitted = response.fit(accounts, own.joined(reported), published=PUBLISHED)

    views = fitted.expected(np.arange(3), np.zeros(3, int))

    assert list(views.basis) == [Basis.OWN_POSTS, Basis.AVERAGE, Basis.SIZE]
    assert views.creator_sd[0] < views.creator_sd[1] < views.creator_sd[2]


def test_posts_of_another_format_are_borrowed_from():
    evidence = Evidence.from_posts(np.zeros(10, int), np.ones(10, int), np.full(10, 50_000.0))
    fitted = response.fit(people(10_000, 10_000), evidence, published=PUBLISHED)

    views = fitted.expected(np.array([0, 1]), np.array([0, 0]))

    assert views.basis[0] == Basis.OTHER_FORMATS
    assert views.posts[0] == 10
    assert views.mean[0] > 2 * views.mean[1]


def test_nothing_known_means_cannot_say():
    fitted = response.fit(people(np.nan), NOBODY, published=PUBLISHED)

    estimate = fitted.expected(np.array([0]), np.array([0])).estimate(0)

    assert estimate.value is None
    assert "nor followers" in str(estimate.reason)


def test_own_posts_speak_even_without_followers():
    evidence = Evidence.from_posts(np.zeros(20, int), np.zeros(20, int), np.full(20, 700.0))
    fitted = response.fit(people(np.nan), evidence, published=PUBLISHED)

    views = fitted.expected(np.array([0]), np.array([0]))

    assert views.location[0] == pytest.approx(np.log(701), abs=0.05)


def test_unknown_counts_are_left_out_and_not_taken_as_zero():
    evidence = Evidence.from_posts(
        np.array([0, 0, 1]), np.array([0, 0, 0]), np.array([99.0, np.nan, np.nan])
    )

    assert list(evidence.account) == [0]
    assert list(evidence.posts) == [1.0]
    assert evidence.mean_log[0] == pytest.approx(np.log(100))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda: people(-5.0), "must not be negative, got -5.0"),
        (lambda: Evidence(*(np.array([x]) for x in (0, 0, 0, 1.0, 0.0))), "at least one post"),
        (lambda: Evidence(*(np.array([x]) for x in (0, 0, 1, np.nan, 0.0))), "must be finite"),
    ],
)
def test_nonsense_is_refused_by_name(broken, says):
    with pytest.raises(ValueError, match=says):
        broken()


class World:
    """Planted truth: 3,000 creators, geometric numbers of posts, 7 on average."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        count = 3_000
        self.size = rng.normal(10, 1.5, count)
        base = self.size - 1.5 - 0.3 * (self.size - 9.2)
        self.truth = base + rng.normal(0, 0.6, count)
        posts = rng.geometric(0.14, count)
        account = np.repeat(np.arange(count), posts)
        logs = self.truth[account] + rng.normal(0, 0.7, len(account))
        self.next_post = self.truth + rng.normal(0, 0.7, count)
        self.own = np.bincount(account, logs) / posts
        self.few = posts <= 3
        evidence = Evidence.from_posts(account, np.zeros(len(account), int), np.expm1(logs))
        accounts = people(*np.exp(self.size))
        fitted = response.fit(accounts, evidence, published=PUBLISHED)
        self.views = fitted.expected(np.arange(count), np.zeros(count, int))
        silent = response.fit(accounts, NOBODY, published=PUBLISHED)
        self.prior = silent.expected(np.arange(count), np.zeros(count, int)).location


@pytest.fixture(scope="module", params=[11, 12, 13])
def world(request):
    return World(request.param)


def rmse(found, truth):
    return float(np.sqrt(np.mean((found - truth) ** 2)))


def test_shrinkage_beats_the_raw_mean_and_the_prior(world):
    for chosen in (world.few, np.ones_like(world.few)):
        eb = rmse(world.views.location[chosen], world.truth[chosen])
        assert eb < 0.95 * rmse(world.own[chosen], world.truth[chosen])
        assert eb < 0.8 * rmse(world.prior[chosen], world.truth[chosen])


def test_eighty_percent_intervals_hold_eight_of_ten_next_posts(world):
    seen = np.expm1(world.next_post)
    inside = (world.views.low <= seen) & (seen <= world.views.high)

    assert np.mean(inside) == pytest.approx(0.80, abs=0.03)
    assert np.mean(inside[world.few]) == pytest.approx(0.80, abs=0.04)


def test_means_add_up_to_what_all_creators_get(world):
    assert np.expm1(world.next_post).sum() / world.views.mean.sum() == pytest.approx(1, abs=0.1)
