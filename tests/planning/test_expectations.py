"""What a post is expected to bring, with intervals that held for everybody's newest post."""

import numpy as np
import pytest

from groundswell.engine.response import Basis
from groundswell.planning import expectations, published
from groundswell.planning.expectations import FORMATS
from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import account, evidence, reels

REEL = FORMATS.index(Format.REEL)
MANY = 400
LEVELS = np.random.default_rng(4).normal(8, 0.6, MANY)


def told(known, count):
    return expectations.expected(known, np.arange(count), np.full(count, REEL), ACTIVATE)


def workspace(*, newest_sd):
    """Many accounts with eight reels each, the newest of which scatters as asked."""
    rng = np.random.default_rng(5)
    logs = LEVELS[:, None] + rng.normal(0, [newest_sd, *[0.3] * 7], (MANY, 8))
    posts = [
        row
        for number, own in enumerate(np.exp(logs).astype(int))
        for row in reels(f"c{number}", *own.tolist())
    ]
    return evidence(*(account(f"c{number}") for number in range(MANY)), posts=posts)


def width(found):
    return float(np.median(np.log1p(found.views.high) - np.log1p(found.views.low)))


def test_where_the_newest_posts_surprised_intervals_are_wider():
    usual = told(workspace(newest_sd=0.3), MANY)
    surprised = told(workspace(newest_sd=1.2), MANY)

    assert width(usual) == pytest.approx(2 * 1.28 * 0.3 * 1.06, rel=0.15)
    assert width(surprised) > 2 * width(usual)


def test_an_interval_holds_for_the_next_post_as_often_as_it_says():
    # Eight posts scatter by .3 and the ninth, like the newest of the eight, by .9.
    known = workspace(newest_sd=0.9)
    found = told(known, MANY)
    got = np.exp(LEVELS + np.random.default_rng(6).normal(0, 0.9, MANY))

    assert 0.74 < np.mean((found.views.low <= got) & (got <= found.views.high)) < 0.87


def test_accounts_without_posts_get_intervals_that_held_for_accounts_by_size_alone():
    known = workspace(newest_sd=0.3)
    silent = evidence(
        *(account(f"c{number}") for number in range(MANY)), account("silent"),
        posts=known.posts.to_pylist(),
    )  # fmt: skip
    found = told(silent, MANY + 1)

    assert found.views.basis[-1] == Basis.SIZE
    spread = np.log1p(found.views.high[-1]) - np.log1p(found.views.low[-1])
    # Levels scatter by .6 around the size, and one post around its level by .3.
    assert spread == pytest.approx(2 * 1.28 * np.hypot(0.6, 0.3), rel=0.2)


def test_one_account_and_none_with_posts_are_forecast_as_well():
    alone = told(evidence(account("anna"), posts=reels("anna", 900)), 1)
    nobody = told(evidence(account("anna")), 1)

    assert alone.views.low[0] < alone.views.mean[0] < alone.views.high[0]
    assert nobody.views.basis[0] == Basis.SIZE
    assert nobody.views.low[0] < nobody.views.mean[0] < nobody.views.high[0]


def test_a_single_constant_series_has_an_interval_of_its_platforms_luck():
    found = told(evidence(account("anna"), posts=reels("anna", *[5_000] * 12)), 1)

    assert 1_000 < found.views.low[0] < 5_000 < found.views.high[0] < 25_000


def with_sponsored(accounts, *, times, declared=True):
    """Eight reels each, every other one sponsored, which multiplies what it gets."""
    rng = np.random.default_rng(8)
    posts = []
    for number in range(accounts):
        counts = np.exp(LEVELS[number] + rng.normal(0, 0.3, 8)) * np.where(
            np.arange(8) % 2, times, 1
        )
        posts += [
            row | {"sponsored": bool(place % 2) if declared else None}
            for place, row in enumerate(reels(f"c{number}", *counts.astype(int).tolist()))
        ]
    return evidence(*(account(f"c{number}") for number in range(accounts)), posts=posts)


@pytest.mark.parametrize("times", [0.5, 1.5])
def test_what_sponsorship_did_to_posts_is_expected_of_the_plans(times):
    found = told(with_sponsored(MANY, times=times), MANY)
    usual = np.median(found.views.location - LEVELS)

    assert usual == pytest.approx(np.log(times), abs=0.05)
    got = times * np.exp(LEVELS + np.random.default_rng(6).normal(0, 0.3, MANY))
    assert 0.74 < np.mean((found.views.low <= got) & (got <= found.views.high)) < 0.88


def test_where_no_post_is_declared_nothing_is_learnt_of_sponsorship():
    found = told(with_sponsored(MANY, times=0.5, declared=False), MANY)

    assert np.median(found.views.location - LEVELS) == pytest.approx(np.log(0.5) / 2, abs=0.05)


def test_clicks_and_orders_follow_from_views_by_published_shares():
    found = told(evidence(account("anna"), posts=reels("anna", *[100_000] * 12)), 1)
    share = published.CLICK_RATES[Platform.INSTAGRAM, Format.REEL]

    assert found.clicks.mean[0] == pytest.approx(found.views.mean[0] * share, rel=0.02)
    assert found.conversions.mean[0] == pytest.approx(
        found.clicks.mean[0] * published.ORDER_RATE, rel=0.02
    )


def test_every_share_of_clicks_is_a_share():
    shares = [*published.CLICK_RATES.values(), published.CLICKS_ASSUMED, published.ORDER_RATE]

    assert all(0.001 < share < 0.1 for share in shares)
    assert {"click_rates", "clicks_assumed", "order_rate"} <= set(published.SOURCES)
