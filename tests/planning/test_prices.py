"""Prices: the creator's own, else a thousand-view price, never below the least fee."""

import numpy as np
import pytest

from groundswell.planning import published
from groundswell.planning.prices import TIERS, Exchange, quoted
from groundswell.terms.formats import Format
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform
from groundswell.terms.tiers import Tier

REEL = (Platform.INSTAGRAM, Format.REEL)
DOLLARS = Exchange("USD", {})


def one(offer=REEL, tier=Tier.MICRO, views=50_000.0, asked=None, exchange=DOLLARS):
    return quoted([offer], np.array([TIERS.index(tier)]), np.array([views]), [asked], exchange)


def test_a_reel_of_a_micro_creator_costs_eight_dollars_per_thousand_views():
    price = one()

    assert price.fee[0] == 8 * 50 * 100
    assert (price.low[0], price.high[0]) == (24_000, 56_000)
    assert price.source[0] == "cpm"


def test_the_same_views_cost_more_from_a_mega_creator():
    assert one(tier=Tier.MEGA).fee[0] == round(8 * 2.3 * 50 * 100)


def test_nobody_works_for_less_than_the_least_fee():
    price = one(views=100.0)

    assert price.fee[0] == round(published.LEAST_FEE * 100)
    assert price.source[0] == "floor"


def test_the_creators_own_price_goes_before_any_model():
    price = one(asked=Money.of(999, "USD"))

    assert (price.fee[0], price.low[0], price.high[0]) == (99_900, 99_900, 99_900)
    assert price.source[0] == "rate_card"


def test_a_stated_exchange_rate_converts_own_prices():
    price = one(asked=Money.of(100, "EUR"), exchange=Exchange("USD", {"EUR": 1.085}))

    assert price.fee[0] == 10_850


def test_without_an_exchange_rate_an_own_price_in_another_currency_is_no_price():
    price = one(asked=Money.of(100, "EUR"))

    assert price.fee[0] == -1
    assert price.source[0] == "price_in_other_currency"


def test_thousand_view_prices_are_dollars_and_need_a_rate_for_other_budgets():
    assert one(exchange=Exchange("EUR", {})).source[0] == "no_exchange_rate_for_usd"
    assert one(exchange=Exchange("EUR", {"USD": 0.5})).fee[0] == 8 * 50 * 100 // 2
    assert one(exchange=Exchange("JPY", {"USD": 150.0})).fee[0] == 8 * 50 * 150


@pytest.mark.parametrize(
    ("offer", "views"), [(REEL, np.nan), ((Platform.YOUTUBE, Format.STORY), 5_000.0)]
)
def test_without_views_or_a_figure_there_is_no_price(offer, views):
    price = one(offer=offer, views=views)

    assert (price.fee[0], price.source[0]) == (-1, "no_price")


def test_every_platform_has_a_format_with_a_price():
    assert {platform for platform, kinds in published.FORMATS.items() if not kinds} == set()
    assert all(cpm.source in published.SOURCES for cpm in published.CPM.values())


def test_an_absurd_price_stays_a_number():
    price = one(asked=Money(2**62, "USD"), exchange=Exchange("USD", {"EUR": 1e5}))

    assert price.fee[0] == 2**52
