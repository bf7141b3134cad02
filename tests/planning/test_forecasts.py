"""Forecasts: totals over joint scenarios, and what can't be said."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from groundswell.engine.response import Basis
from groundswell.planning import audiences, candidates, forecasts, offers
from groundswell.terms.objectives import Kpi
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels


@pytest.fixture(scope="module")
def market():
    cast = [account(f"c{n}", followers=5_000 + 500 * n) for n in range(12)]
    posts = [post for row in cast for post in reels(row["account"], *[1_500, 2_500] * 6)]
    known = evidence(*cast, posts=posts)
    priced, _ = offers.price(brief(), known, candidates.find(brief(), known), ACTIVATE)
    return priced, audiences.gather(known, priced, NOBODY, salt=1)


def forecast(market, lines=tuple(range(12)), seed=1):
    priced, people = market
    return forecasts.forecast(priced, people, np.array(lines), every=10, seed=seed)


def test_views_are_what_the_lines_get_less_the_no_shows(market):
    found = forecast(market).kpis[Kpi.VIEWS]

    assert found.value == pytest.approx(0.89 * market[0].views.mean.sum(), rel=0.03)
    assert found.low < found.value < found.high
    assert (found.level, found.n) == (0.8, 144)


def test_pieces_are_those_that_get_published(market):
    assert forecast(market).kpis[Kpi.PIECES].value == pytest.approx(12 * 0.89, rel=0.01)


def test_reach_is_below_views_and_below_the_sum_of_audiences(market):
    found = forecast(market)

    assert found.kpis[Kpi.REACH].value < found.kpis[Kpi.VIEWS].value
    assert found.kpis[Kpi.REACH].high < found.sum_of_audiences
    assert found.sum_of_audiences == sum(5_000 + 500 * n for n in range(12))
    assert "12 of 12 creators" in found.kpis[Kpi.REACH].reason


def test_more_lines_get_more(market):
    few, many = forecast(market, lines=range(4)), forecast(market)

    for kpi in (Kpi.REACH, Kpi.VIEWS, Kpi.ENGAGEMENTS, Kpi.PIECES):
        assert few.kpis[kpi].value < many.kpis[kpi].value


def test_the_same_seed_gives_the_same_forecast(market):
    assert forecast(market, seed=3) == forecast(market, seed=3)
    assert forecast(market, seed=3) != forecast(market, seed=4)


def test_clicks_and_orders_are_modelled_from_published_shares_and_wide(market):
    priced, _ = market
    found = forecast(market).as_json()
    clicks, orders = found["clicks"], found["conversions"]

    expected = 0.89 * priced.clicks.mean.sum()  # delivery rate
    assert clicks["value"] == pytest.approx(expected, rel=0.1)
    assert clicks["high"] > 4 * clicks["low"]
    assert clicks["method"] == "modelled: views x published share"
    assert orders["value"] == pytest.approx(0.014 * clicks["value"], rel=0.15)
    assert "none of these creators has counts of its own yet" in orders["reason"]
    assert (orders["settled_by"], found["reach"]["settled_by"]) == ("observed", "modelled")


def test_engagements_of_some_lines_only_are_said_to_be_so(market):
    priced, people = market
    basis = np.where(np.arange(12) < 2, Basis.NOTHING, priced.engagements.basis)
    location = np.where(np.arange(12) < 2, np.nan, priced.engagements.location)
    silent = dataclasses.replace(priced.engagements, basis=basis, location=location)
    partly = dataclasses.replace(priced, engagements=silent)

    found = forecast((partly, people)).kpis[Kpi.ENGAGEMENTS]

    assert found.reason == "2 of 12 lines have no known engagements"
    assert found.value < forecast(market).kpis[Kpi.ENGAGEMENTS].value


def test_a_lines_value_counts_its_no_show_and_its_interval_is_of_a_published_post(market):
    found = forecasts.line_estimate(market[0].views.estimate(0), 0.5)

    assert found.value == pytest.approx(market[0].views.mean[0] / 2)
    assert found.high == pytest.approx(market[0].views.high[0])
    assert "50% of agreed posts" in found.reason


def test_a_line_says_clicks_and_orders_where_they_are_wanted(market):
    priced, _ = market
    usual = forecasts.line_forecast(priced, 0, {"views"})
    wanted = forecasts.line_forecast(priced, 0, {"reach", "clicks"})

    assert list(usual) == ["views", "engagements"]
    assert list(wanted) == ["views", "engagements", "clicks", "conversions"]
    assert wanted["clicks"]["value"] == pytest.approx(
        priced.clicks.mean[0] * float(priced.delivery[0])
    )
    assert wanted["clicks"]["method"] == "modelled: views x published share"
    assert "of agreed posts are; 0.80% of views" in wanted["clicks"]["reason"]


def test_reach_from_few_sampled_people_says_that_audiences_are_pooled():
    cast = [account(f"c{n}") for n in range(4)]
    known = evidence(*cast, posts=[post for row in cast for post in reels(row["account"], 2_000)])
    priced, _ = offers.price(brief(), known, candidates.find(brief(), known), ACTIVATE)
    lines = np.arange(4)

    def reason(each: int) -> str | None:
        members = pa.table(
            {
                "account": pa.array(np.repeat(np.arange(4), each), pa.int32()),
                "member": pa.array(np.arange(4 * each) % (3 * each), pa.int32()),
            }
        )
        people = audiences.gather(known, priced, members, salt=1)
        return forecasts.forecast(priced, people, lines, every=10, seed=1).kpis[Kpi.REACH].reason

    assert "fewer than 65: each creator's own reach is pooled" in reason(60)
    assert reason(600) is None
