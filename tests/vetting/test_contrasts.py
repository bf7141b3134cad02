"""Lines of a comparison: whose value is best, and when nobody can be called so."""

import json

import pytest

from groundswell.creators.models import Account
from groundswell.terms.estimate import Estimate
from groundswell.terms.money import Money
from groundswell.vetting import comparing, contrasts
from groundswell.vetting.contrasts import Best
from groundswell.workspaces import access


def estimate(value, low=None, high=None):
    return Estimate(value, low, high, None if low is None else 0.95, "test", 9)


UNKNOWN = Estimate.cannot_say("no posts")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([estimate(1, 0.5, 1.5), estimate(3, 2, 4)], Best(1, is_clear=True)),
        ([estimate(1, 0.5, 2.5), estimate(3, 2, 4)], Best(1, is_clear=False)),
        ([estimate(3), estimate(1)], Best(0, is_clear=False)),
        ([estimate(3, 2, 4), UNKNOWN], None),
        ([estimate(3, 2, 4), estimate(3, 2, 4), estimate(1)], None),
        ([], None),
    ],
)
def test_the_highest_is_best_and_clear_when_its_interval_meets_no_other(row, expected):
    assert contrasts.best(row) == expected


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([Money(500, "USD"), None, Money(300, "USD")], 2),
        ([Money(500, "USD"), Money(300, "EUR")], None),
        ([Money(500, "USD"), Money(500, "USD")], None),
        ([Money(500, "USD")], None),
    ],
)
def test_the_lowest_price_of_one_currency_is_cheapest(prices, expected):
    assert contrasts.cheapest(prices) == expected


def test_a_comparison_says_of_each_measure_who_leads(crowd):
    crowd.vet()
    with access.inside(crowd.workspace):
        accounts = list(Account.objects.order_by("handle")[:3])
        sides = comparing.sides(accounts)
        said = contrasts.as_json(sides, None)
        lines = {line.name: line for line in contrasts.lines(sides)}

    json.dumps(said)
    assert [side["account"] for side in said["sides"]] == [str(one) for one in accounts]
    assert list(lines)[:3] == [
        "growth_a_day",
        "engagement_rate_by_followers",
        "engagement_rate_by_reach",
    ]
    assert said["best"] == {
        name: {"account": str(accounts[line.best.place]), "is_clear": line.best.is_clear}
        for name, line in lines.items()
        if line.best
    }
    assert "life_moments" not in said["best"]  # nobody was asked yet


def test_rates_that_count_different_things_are_not_ranked(desk):
    post = {"platform": "instagram", "published_at": desk.now}
    seen = {"platform": "instagram", "observed_at": desk.now, "source": "import", "views": 1_000}
    handles = ("anna", "ben")
    desk.publish(
        accounts=[{"platform": "instagram", "handle": name} for name in handles],
        posts=[{**post, "post_id": name, "account_handle": name} for name in handles],
        post_observations=[
            {**seen, "post_id": "anna", "account_handle": "anna", "likes": 50},
            {**seen, "post_id": "ben", "account_handle": "ben", "likes": 40, "comments": 3},
        ],
    )
    desk.vet()
    with access.inside(desk.workspace):
        sides = comparing.sides(list(Account.objects.order_by("handle")))
        by_views = next(
            line for line in contrasts.lines(sides) if line.name == "engagement_rate_by_views"
        )

    assert [each.value for each in by_views.estimates] == [0.05, 0.043]
    assert by_views.best is None


def test_more_than_twenty_are_refused(crowd):
    with access.inside(crowd.workspace), pytest.raises(comparing.TooManyAccounts, match="25"):
        comparing.named([f"instagram:runner{number:02}" for number in range(25)])
