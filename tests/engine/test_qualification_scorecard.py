"""The scorecard: six factors compared with peers, their evidence, and the planted truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from groundswell.engine.qualification import card, scorecard
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.factors import authenticity
from groundswell.engine.qualification.measures import NEVER, Measure, joined
from groundswell.engine.qualification.peers import Standing
from groundswell.engine.qualification.scorecard import Scorecards
from groundswell.engine.qualification.verdict import Verdict
from groundswell.terms.factors import FactorName
from tests.support.batches import account, ago, batch_of, post

BASE = {"instagram": (500, {"run": 50, "bread": 50}), "tiktok": (9, {"run": 3})}
TEXTS = ("Up the ridge before sunrise again", "New shoes after the long winter", "Rest day at home")


def crowd(count: int = 25, *, platform: str = "instagram", likes: float = 50) -> dict[str, list]:
    """Accounts of one size with six posts and four follower counts each, all a bit different."""
    rng = np.random.default_rng(12)
    names = [f"{platform[:2]}{i:02}" for i in range(count)]
    posts = [
        post(
            name,
            day * 7 + i / 10,
            likes=int(likes * rng.lognormal(0, 0.4)),
            comments=int(rng.poisson(4)),
            views=1_000,
            text=f"{TEXTS[day % 3]} {name} {day}",
            hashtags=["run"] if rng.random() < i / count else ["bread"],
            language="en",
            paid_partnership=bool(rng.random() < 0.2),
            observed_at=ago(0),
        )
        for i, name in enumerate(names)
        for day in range(1, 7)
    ]
    counts = [
        {"account": name, "observed_at": ago(10 * step), "followers": 1_000 + 10 * i - step * i}
        for i, name in enumerate(names)
        for step in range(4)
    ]
    accounts = [
        account(name, platform=platform, created_at=ago(100 * (i + 1)))
        for i, name in enumerate(names)
    ]
    return {"accounts": accounts, "posts": posts, "counts": counts}


def together(*crowds: dict[str, list]) -> Batch:
    return batch_of(**{key: [row for c in crowds for row in c[key]] for key in crowds[0]})


def scored(batch: Batch) -> Scorecards:
    platforms = batch.accounts["platform"].to_pylist()
    return scorecard.score(scorecard.measure(batch, BASE), platforms)


def opened(cards: Scorecards, row: int) -> card.Card:
    return card.opened(json.loads(json.dumps(card.compacted(cards, slice(row, row + 1))[0])))


def test_four_factors_can_be_said_of_accounts_with_posts_and_counts():
    cards = scored(together(crowd()))
    assert cards.factors_said.tolist() == [4] * 25
    assert cards.coverage(FactorName.GROWTH) == 1.0
    assert cards.coverage(FactorName.LIFE_MOMENTS) == cards.coverage(FactorName.AUDIENCE) == 0.0


def test_the_longest_on_the_platform_ranks_highest_in_tenure():
    found = opened(scored(together(crowd())), 24).factors[0]
    tenure = next(item for item in found.evidence if item.kind == "tenure_years")
    assert tenure.place is not None
    assert (tenure.place.percentile, tenure.place.peers) == (100.0, 24)
    assert tenure.sentence == "On the platform for 6.8 years."


def test_a_factor_is_the_mean_of_its_percentiles_with_recovered_variance():
    names = ("sponsored_share", "branded_ratio")
    known = {name: replace(Measure.unknown(name, 1, "x"), n=np.array([9])) for name in names}
    columns = [np.array([v]) for v in (30.0, 10.0, 60.0)]
    others = [np.array([v]) for v in (80.0, 60.0, 90.0)]
    blank = np.array([np.nan])
    placed = {
        "sponsored_share": Standing(*columns, np.array([50]), blank, blank),
        "branded_ratio": Standing(*others, np.array([50]), blank, blank),
    }
    found = scorecard.factor_score(FactorName.BRANDED, known, placed)
    assert found.value[0] == (70 + 80) / 2  # few sponsored posts are better
    assert found.low[0] == pytest.approx(75 - np.hypot(30, 20) / 2)
    assert found.high[0] == pytest.approx(75 + np.hypot(20, 10) / 2)
    assert found.n[0] == 9


def test_accounts_of_which_nothing_is_known_get_no_number_at_all():
    empty = Batch.empty(batch_of([account(f"a{i}", followers=None) for i in range(30)]).accounts)
    found = opened(scored(empty), 0)
    assert not any(factor.score.is_known for factor in found.factors)
    assert all(factor.score.reason for factor in found.factors)
    assert found.rates == ()
    assert found.verdict is Verdict.CANNOT_SAY


def test_too_few_peers_leave_the_evidence_without_a_score():
    found = opened(scored(together(crowd(10))), 0)
    growth = next(factor for factor in found.factors if factor.name is FactorName.GROWTH)
    assert growth.score.value is None
    assert growth.score.reason == (
        "fewer than 20 accounts of similar size to compare with on the platform"
    )
    assert growth.evidence[0].estimate.is_known


def test_accounts_of_another_platform_change_nothing():
    alone = card.compacted(scored(together(crowd())), slice(0, 25))
    both = scored(together(crowd(), crowd(platform="tiktok", likes=900)))
    assert card.compacted(both, slice(0, 25)) == alone


def test_batches_make_no_difference():
    whole = together(crowd())
    halves = []
    for rows in (slice(0, 13), slice(13, 25)):
        part = replace(whole, accounts=whole.accounts[rows])
        halves.append(scorecard.measure(part, BASE))
    platforms = ["instagram"] * 25
    apart = scorecard.score(scorecard.joined(halves), platforms)
    everyone = slice(0, 25)
    assert card.compacted(apart, everyone) == card.compacted(scored(whole), everyone)


def test_ten_times_the_followers_leave_every_percentile_as_it_is():
    small, large = crowd(), crowd()
    for rows in (large["accounts"], large["posts"], large["counts"]):
        for row in rows:
            row["followers"] *= 10
    one, ten = scored(together(small)), scored(together(large))
    for name in FactorName:
        np.testing.assert_allclose(one.factors[name].value, ten.factors[name].value)


def test_evidence_points_at_posts_and_days():
    found = opened(scored(together(crowd())), 3)
    branded = next(factor for factor in found.factors if factor.name is FactorName.BRANDED)
    share = branded.evidence[0]
    assert share.observed_at is not None
    assert share.observed_at.date() == ago(7.3).date()
    assert all(reference.startswith("in03-") for reference in share.references)


def test_parts_of_a_measure_are_joined_in_order():
    first = Measure.unknown("x", 2, "no posts").shown_by({1: ("p",)})
    second = Measure.of("x", np.array([4.0]), n=np.array([1]), seen_at=np.array([NEVER]))
    found = joined([first, second])
    assert found.estimate(2).value == 4.0
    assert (found.estimate(1).reason, found.references) == ("no posts", {1: ("p",)})


def test_a_value_withheld_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="withholds a value without saying why"):
        Measure.of("x", np.array([np.nan]), n=np.array([0]), seen_at=np.array([NEVER]))


def test_what_a_source_calls_authentic_is_pooled_over_its_reports():
    averages = [
        {
            "account": "anna",
            "observed_at": ago(30 * month),
            "engagement_average": 1_000,
            "authentic_engagement_average": share,
        }
        for month, share in enumerate([900, 700, None, 5_000])
    ]
    found = authenticity.reported(batch_of([account("anna")], averages=averages))
    assert (found.value[0], found.n[0]) == (0.8, 2)


def odd_one_out(**changes: int) -> list[Measure]:
    people = crowd(60)
    for row in people["posts"]:
        if row["account"] == "in07":
            row.update(changes)
    batch = together(people)
    measured = scorecard.measure(batch, BASE)
    return authenticity.measures(
        measured.engaged, measured.rates, measured.followers, np.zeros(60, dtype=np.int64)
    )


def test_a_crowd_without_anything_unusual_needs_no_review():
    assert not authenticity.needs_review(odd_one_out()).any()


def test_two_posts_are_too_few_to_call_engagement_low():
    people = crowd(60)
    people["posts"] = [
        row | {"likes": 1} if row["account"] == "in07" else row
        for row in people["posts"]
        if row["account"] != "in07" or row["published_at"] > ago(15)
    ]
    measured = scorecard.measure(together(people), BASE)
    found = authenticity.measures(
        measured.engaged, measured.rates, measured.followers, np.zeros(60, dtype=np.int64)
    )
    assert not found[0].known[7]
    assert found[0].estimate(7).reason == "too few posts with counted engagement"


def test_likes_that_never_vary_need_review():
    found = odd_one_out(likes=50)
    assert np.flatnonzero(authenticity.needs_review(found)).tolist() == [7]
    assert found[1].value[7] < -authenticity.REVIEW


def test_many_likes_without_comments_need_review():
    assert authenticity.needs_review(odd_one_out(comments=0))[7]
