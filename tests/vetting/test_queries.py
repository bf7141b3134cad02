"""One account's scorecard, and the shape in which programs get it."""

from datetime import timedelta

import pytest

from groundswell.creators.queries import UnknownAccount
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import queries, showing
from groundswell.workspaces import access
from tests.vetting.conftest import counted

ESTIMATE = {"value", "low", "high", "level", "method", "n", "reason"}


def scorecard(desk, text):
    with access.inside(desk.workspace):
        return queries.scorecard(AccountRef.parse(text), now=desk.now)


def test_a_scorecard_shows_factors_rates_and_evidence(crowd):
    crowd.vet()
    found = showing.as_json(scorecard(crowd, "instagram:Runner07"))
    assert (found["account"], found["tier"], found["verdict"]) == (
        "instagram:runner07",
        "nano",
        "nothing_unusual",
    )
    assert list(found["factors"]) == [
        "credibility",
        "life_moments",
        "audience",
        "quality",
        "branded",
        "growth",
    ]
    assert all(set(factor) > ESTIMATE for factor in found["factors"].values())
    assert "not asked yet" in found["factors"]["life_moments"]["reason"]
    assert {item["factor"] for item in found["evidence"]} == set(found["factors"])


def test_rates_stand_among_accounts_of_the_same_size(crowd):
    crowd.vet()
    rates = showing.as_json(scorecard(crowd, "instagram:runner07"))["rates"]
    by_views = rates["engagement_rate_by_views"]
    assert ESTIMATE | {"percentile", "peers", "peers_followers"} < set(by_views)
    assert (by_views["n"], by_views["peers"], by_views["peers_followers"]) == (6, 24, [1000, 1240])
    assert by_views["counted"] == "likes + comments"
    assert by_views["by_format"]["image"]["value"] == by_views["value"]
    unknown = rates["engagement_rate_by_reach"]
    assert unknown["value"] is None
    assert unknown["reason"] == "no post with known engagement and known reach"


def test_an_account_that_was_never_vetted_is_worked_out_on_the_spot(crowd):
    at_once = scorecard(crowd, "instagram:runner07")
    crowd.vet()
    vetted = scorecard(crowd, "instagram:runner07")
    assert at_once.vetted_at is None
    assert vetted.vetted_at == crowd.now
    assert at_once.card == vetted.card


def test_a_scorecard_says_when_data_has_come_in_since(crowd):
    crowd.vet()
    assert scorecard(crowd, "instagram:runner07").is_current
    crowd.publish(account_observations=[counted("runner07", 1_500, crowd.now - timedelta(1))])
    assert not scorecard(crowd, "instagram:runner07").is_current


def test_an_account_alone_has_evidence_and_nobody_to_compare_with(desk):
    desk.publish(
        accounts=[{"platform": "tiktok", "handle": "alone"}],
        account_observations=[
            counted("alone", 500 + day, desk.now - timedelta(day)) | {"platform": "tiktok"}
            for day in range(10)
        ],
    )
    growth = showing.as_json(scorecard(desk, "tiktok:alone"))["factors"]["growth"]
    assert growth["value"] is None
    assert growth["reason"] == (
        "fewer than 20 accounts of similar size to compare with on the platform"
    )
    assert growth["reasons"][0].startswith("Followers change by -0.20% a day")


def test_an_unknown_account_is_refused(crowd):
    with pytest.raises(UnknownAccount, match="there is no account instagram:nobody"):
        scorecard(crowd, "instagram:nobody")


def test_another_workspace_does_not_see_it(crowd, stranger):
    crowd.vet()
    with access.inside(stranger), pytest.raises(UnknownAccount):
        queries.scorecard(AccountRef.parse("instagram:runner07"), now=crowd.now)
