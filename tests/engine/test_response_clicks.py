"""Clicks and orders: shares of what is seen, own and published."""

import textwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.response import Basis, Response, clicks
from groundswell.engine.response.clicks import History

ONE = np.array([0])
PUBLISHED = np.array([0.01, np.nan])


def seen(mean, creator_sd=0.0, post_sd=0.0, basis=Basis.OWN_POSTS):
    variance = creator_sd**2 + post_sd**2
    return Response.of_posterior(
        np.array([np.log1p(mean) - variance / 2]), np.array([creator_sd**2]),
        np.array([post_sd**2]), np.array([basis]), np.array([8]),
    )  # fmt: skip


def history(*rows):
    account, cell, done, of = (np.array(column) for column in zip(*rows, strict=True))
    return History(account, cell, done.astype(float), of.astype(float))


def test_the_example_in_the_docstring_says_what_it_says():
    names: dict[str, object] = {}
    exec(textwrap.dedent(clicks.__doc__.split("::\n", 1)[1].split("With ``views``")[0]), names)
    own, other = names["rates"].mean

    assert 0.018 < own < 0.0201
    assert 0.01 < other < own
    assert names["rates"].own_sd[1] > names["rates"].own_sd[0]


def test_without_history_the_share_is_the_published_one_and_wide():
    rates = clicks.learn(PUBLISHED, History.none()).of(ONE, ONE)

    assert rates.mean[0] == pytest.approx(0.01, rel=0.01)
    # A Gamma of shape 1.5 has a relative variance of 1 / 1.5, so log1p of that for its logarithm.
    assert rates.shared_sd[0] == pytest.approx(np.sqrt(np.log1p(1 / 1.5)), rel=0.01)
    assert rates.seen[0] == 0


def test_where_nothing_is_published_nothing_is_said():
    rates = clicks.learn(PUBLISHED, History.none()).of(ONE, np.array([1]))
    response = clicks.acting(seen(1_000.0), rates)

    assert response.basis[0] == Basis.NOTHING
    said = clicks.estimate(response, rates, 0, of="views")
    assert (said.value, said.reason) == (
        None,
        "neither own nor published shares of views are known",
    )


def test_much_own_history_is_believed_and_what_it_shares_with_others_is_gone():
    rates = clicks.learn(PUBLISHED, history((0, 0, 30_000, 1_000_000))).of(ONE, ONE)

    assert rates.mean[0] == pytest.approx(0.03, rel=0.001)
    assert rates.own_sd[0] == pytest.approx(1 / np.sqrt(30_000), rel=0.02)
    assert rates.shared_sd[0] < 0.001


def test_a_creator_without_history_learns_from_the_others_of_the_cell():
    others = history(*((who, 0, 300, 10_000) for who in range(1, 20)))
    rates = clicks.learn(PUBLISHED, others).of(ONE, ONE)

    assert 0.025 < rates.mean[0] < 0.03
    assert rates.shared_sd[0] < 0.2


def test_rows_of_one_account_and_cell_are_summed():
    whole = clicks.learn(PUBLISHED, history((0, 0, 9, 400)))
    parts = clicks.learn(PUBLISHED, history((0, 0, 4, 100), (0, 0, 5, 300)))

    assert parts.of(ONE, ONE).mean[0] == whole.of(ONE, ONE).mean[0]
    assert parts.of(ONE, ONE).seen[0] == 400


def test_views_of_which_nobody_clicked_pull_the_share_down():
    rates = clicks.learn(PUBLISHED, history((0, 0, 0, 5_000))).of(ONE, ONE)

    assert 0 < rates.mean[0] < 0.001


@given(st.integers(0, 200), st.integers(0, 200), st.integers(400, 50_000))
def test_more_clicks_from_as_many_views_never_mean_a_lower_share(few, more, views):
    low, high = (
        clicks.learn(PUBLISHED, history((0, 0, done, views))).of(ONE, ONE).mean[0]
        for done in sorted((few, few + more))
    )

    assert low <= high + 1e-12


def test_what_one_post_brings_is_views_times_share():
    rates = clicks.learn(PUBLISHED, history((0, 0, 20_000, 1_000_000))).of(ONE, ONE)
    response = clicks.acting(seen(50_000.0), rates)

    assert response.mean[0] == pytest.approx(1_000, rel=0.001)
    said = clicks.estimate(response, rates, 0, of="views")
    # Poisson noise of a thousand clicks: a standard deviation of 3.2 %, and .7 % of the share.
    assert said.low == pytest.approx(1_000 * (1 - 1.28 * 0.0324), rel=0.005)
    assert said.high == pytest.approx(1_000 * (1 + 1.28 * 0.0324), rel=0.005)
    assert said.method == "modelled: views x share from own and published counts"


# Of .6 expected clicks most scenarios have none or one: whole numbers can't be cut at a tenth.
@pytest.mark.parametrize(("views", "most"), [(30.0, 1.0), (1_000.0, 0.9), (200_000.0, 0.84)])
def test_the_mean_and_the_middle_of_the_scenarios_agree_with_what_one_post_brings(views, most):
    rates = clicks.learn(PUBLISHED, history((0, 0, 40, 2_000))).of(ONE, ONE)
    response = clicks.acting(seen(views, creator_sd=0.3, post_sd=0.6), rates)
    rng = np.random.default_rng(3)
    logs = rng.normal(np.log1p(views) - 0.225, np.sqrt(0.45), (40_000, 1))
    drawn = clicks.counts(np.expm1(logs), rates, rng=rng)

    assert drawn.mean() == pytest.approx(response.mean[0], rel=0.03, abs=0.02)
    inside = (response.low[0] <= drawn + 0.5) & (drawn - 0.5 <= response.high[0])
    assert 0.77 < inside.mean() < most


def test_what_a_cell_is_unsure_of_does_not_average_out_over_its_lines():
    rates = clicks.learn(PUBLISHED, History.none()).of(np.arange(200), np.zeros(200, int))
    rng = np.random.default_rng(5)
    totals = clicks.counts(np.full((4_000, 200), 10_000.0), rates, rng=rng).sum(axis=1)

    assert totals.mean() == pytest.approx(200 * 100, rel=0.05)
    assert np.std(np.log(totals)) == pytest.approx(rates.shared_sd[0], rel=0.05)


def test_orders_follow_from_clicks_by_the_same_step():
    rates = clicks.learn(np.array([0.02]), history((0, 0, 20_000, 1_000_000))).of(ONE, ONE)
    orders = clicks.acting(clicks.acting(seen(500_000.0), rates), rates)

    assert orders.mean[0] == pytest.approx(200, rel=0.002)


def test_a_creator_of_whom_no_views_are_known_brings_no_clicks_that_can_be_said():
    rates = clicks.learn(PUBLISHED, History.none()).of(ONE, ONE)
    unknown = seen(np.nan, basis=Basis.NOTHING)

    assert clicks.acting(unknown, rates).basis[0] == Basis.NOTHING
    assert clicks.counts(np.array([[np.nan]]), rates, rng=np.random.default_rng(1))[0, 0] == 0


def test_a_plan_without_lines_gets_no_clicks():
    rates = clicks.learn(PUBLISHED, History.none()).of(np.zeros(0, int), np.zeros(0, int))

    assert clicks.counts(np.zeros((5, 0)), rates, rng=np.random.default_rng(1)).shape == (5, 0)


@pytest.mark.parametrize(
    "row", [(0, 0, 2, 1), (0, 0, -1, 1), (0, 0, np.nan, 1), (0, 0, 1, np.inf), (0, 7, 1, 2)]
)
def test_counts_that_cannot_be_are_refused(row):
    with pytest.raises(ValueError, match=r"between 0 and of|finite|cells of a history"):
        clicks.learn(PUBLISHED, history(row))


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_published_shares_that_cannot_be_are_refused(share):
    with pytest.raises(ValueError, match="published shares"):
        clicks.learn(np.array([share]), History.none())
