"""Engagement rates by followers, reach and views."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.engine.qualification import rates
from groundswell.engine.qualification.rates import AS_REPORTED, DENOMINATORS, FORMATS, Rates
from tests.support.batches import account, ago, batch_of, post


def rate(found: Rates, denominator: str, format_: str = "all", owner: int = 0) -> dict[str, float]:
    rows = np.flatnonzero(
        (found.account == owner)
        & (found.format == FORMATS.index(format_))
        & (found.denominator == DENOMINATORS.index(denominator))
    )
    names = ("value", "low", "high", "n", "parts")
    return {name: getattr(found, name)[rows[0]] for name in names} if rows.size else {}


def test_each_rate_divides_by_its_own_denominator():
    posts = [
        post("anna", 1, likes=40, comments=10, views=500, reach=400),
        post("anna", 2, likes=90, comments=10, views=1_500, reach=800),
    ]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    assert rate(found, "followers")["value"] == 150 / 2_000
    assert rate(found, "reach")["value"] == 150 / 1_200
    assert rate(found, "views")["value"] == 150 / 2_000
    assert rate(found, "views", "image") == rate(found, "views")


def test_posts_of_unknown_views_do_not_enter_the_rate_by_views():
    posts = [
        post("anna", 1, likes=10, views=100),
        post("anna", 2, likes=99, views=None),
        post("anna", 3, likes=None, views=5_000),
    ]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    assert (rate(found, "views")["value"], rate(found, "views")["n"]) == (0.1, 1)
    assert (rate(found, "followers")["value"], rate(found, "followers")["n"]) == (0.0545, 2)


def test_a_part_that_is_seldom_known_is_left_out_rather_than_taken_as_zero():
    posts = [post("anna", day, likes=10, shares=90 if day == 1 else None) for day in range(1, 6)]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    assert rate(found, "followers")["value"] == 10 / 1_000
    assert rates.parts_in_words(int(rate(found, "followers")["parts"])) == "likes"


def test_a_post_that_lacks_a_part_that_is_mostly_known_is_left_out():
    posts = [post("anna", day, likes=10, comments=None if day == 1 else 5) for day in range(1, 4)]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    assert (rate(found, "followers")["value"], rate(found, "followers")["n"]) == (0.015, 2)
    assert rates.parts_in_words(int(rate(found, "followers")["parts"])) == "likes + comments"


def test_followers_of_the_day_of_the_post_count():
    posts = [post("anna", 1, likes=30, followers=2_000), post("anna", 9, likes=30, followers=1_000)]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    assert rate(found, "followers")["value"] == 60 / 3_000


def test_reported_averages_stand_in_where_there_are_no_posts():
    averages = [
        {"account": "anna", "observed_at": ago(40), "engagement_average": 50, "followers": 1_000},
        {"account": "anna", "observed_at": ago(10), "engagement_average": 70, "followers": 2_000},
    ]
    found = rates.engagement_rates(batch_of([account("anna")], averages=averages))
    by_followers = rate(found, "followers")
    assert (by_followers["value"], by_followers["n"]) == (120 / 3_000, 2)
    assert by_followers["parts"] == AS_REPORTED
    assert rate(found, "views") == {}


def test_reported_parts_are_summed_where_the_source_gives_no_sum():
    averages = [
        {
            "account": "anna",
            "observed_at": ago(1),
            "likes_average": 80,
            "comments_average": 20,
            "views_average": 2_000,
        }
    ]
    found = rates.engagement_rates(batch_of([account("anna")], averages=averages))
    assert rate(found, "views")["value"] == 0.05
    words = rates.parts_in_words(int(rate(found, "views")["parts"]))
    assert words == "likes + comments as the source averages them"


def test_posts_outrank_reported_averages():
    averages = [{"account": "anna", "observed_at": ago(1), "engagement_average": 500}]
    posts = [post("anna", 1, likes=10)]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts, averages=averages))
    assert rate(found, "followers")["value"] == 0.01


def test_accounts_of_which_nothing_is_counted_have_no_rate():
    posts = [post("anna", 1, likes=10, followers=0), post("anna", 2, likes=None)]
    found = rates.engagement_rates(batch_of([account("anna"), account("ben")], posts=posts))
    assert found.value.size == 0


def test_standing_compares_only_rates_that_were_counted_alike():
    names = [f"a{i:02}" for i in range(42)]
    posts = [
        post(name, 1, likes=10 + i, comments=5 if i % 2 else None) for i, name in enumerate(names)
    ]
    found = rates.engagement_rates(batch_of(map(account, names), posts=posts))
    placed = found.standing(np.full(42, 1_000.0), np.zeros(42, dtype=np.int64))
    pooled = np.flatnonzero((found.format == 0) & (found.denominator == 0))
    assert placed.peers[pooled].tolist() == [20] * 42
    assert placed.value[pooled[0]] == 0.0
    assert placed.value[pooled[40]] == 100.0


counts = st.integers(0, 10**6) | st.none()


@given(st.lists(st.tuples(counts, counts, counts, counts), max_size=12))
def test_every_rate_is_the_ratio_of_sums_over_posts_that_know_both(
    rows: list[tuple[int | None, ...]],
):
    posts = [
        post("anna", day, likes=likes, comments=comments, views=views, followers=followers)
        for day, (likes, comments, views, followers) in enumerate(rows)
    ]
    found = rates.engagement_rates(batch_of([account("anna")], posts=posts))
    by_views = rate(found, "views")
    if not by_views:
        return
    used = [bit for bit in (0, 1) if int(by_views["parts"]) >> bit & 1]
    whole = [r for r in rows if r[2] and all(r[bit] is not None for bit in used)]
    assert by_views["n"] == len(whole)
    engaged = sum(r[bit] or 0 for r in whole for bit in used)
    assert by_views["value"] == pytest.approx(engaged / sum(r[2] or 0 for r in whole))
