"""Accounts side by side: shares of audiences in a target, and people whom two audiences share."""

from datetime import timedelta

import pytest

from groundswell.creators.models import Account
from groundswell.terms.money import Money
from groundswell.vetting import comparing
from groundswell.vetting.portraits import Part
from groundswell.workspaces import access

HANDLES = ("anna", "ben", "cleo")


def follow(handle, people, platform="instagram"):
    return [
        {"platform": platform, "account_handle": handle, "member": f"m{n}", "kind": "follows"}
        for n in people
    ]


@pytest.fixture
def three(desk):
    """Anna and Ben share 20 of 40 and 50 known people; of Cleo's only 5 are known."""
    desk.publish(
        accounts=[{"platform": "instagram", "handle": name} for name in HANDLES],
        memberships=[
            *follow("anna", range(40)),
            *follow("ben", range(20, 70)),
            *follow("cleo", range(5)),
        ],
    )
    return desk


def seen(desk, *handles):
    with access.inside(desk.workspace):
        accounts = [Account.objects.get(handle=name) for name in handles]
        return comparing.seen(accounts, now=desk.now)


def shares(found):
    return {
        (each.one.handle, each.other.handle): (each.share.value, each.share.n)
        for each in found.overlaps
    }


def test_an_overlap_is_said_in_both_directions(three):
    found = seen(three, "anna", "ben")

    assert shares(found) == {("anna", "ben"): (0.5, 40), ("ben", "anna"): (0.4, 50)}
    # Wilson (1927) for 20 of 40 at 95 %.
    assert found.overlaps[0].share.low == pytest.approx(0.3520, abs=1e-4)


def test_few_people_are_no_overlap(three):
    found = seen(three, "anna", "cleo")

    assert shares(found) == {("anna", "cleo"): (0.125, 40), ("cleo", "anna"): (None, 5)}
    assert "only 5 people" in found.overlaps[1].share.reason


def test_without_known_people_a_measured_overlap_is_taken(desk):
    desk.publish(
        accounts=[{"platform": "instagram", "handle": name} for name in HANDLES],
        overlaps=[
            {
                "platform": "instagram",
                "account_a_handle": "anna",
                "account_b_handle": "ben",
                "kind": "follows",
                "observed_at": desk.now,
                "source": "api",
                "shared": 30,
                "size_a": 100,
                "size_b": 300,
            }
        ],
    )

    found = shares(seen(desk, *HANDLES))

    assert found["anna", "ben"] == (0.3, 100)
    assert found["ben", "anna"] == (0.1, 300)
    assert found["anna", "cleo"] == (None, 0)


def test_two_platforms_without_anybody_known_on_both_say_nothing(desk):
    desk.publish(
        accounts=[
            {"platform": "instagram", "handle": "anna"},
            {"platform": "tiktok", "handle": "ben"},
        ],
        memberships=[
            *follow("anna", range(40)),
            *follow("ben", range(50, 90), platform="tiktok"),
        ],
    )

    assert shares(seen(desk, "anna", "ben"))["anna", "ben"] == (None, 40)


def test_the_last_sponsored_post_is_the_newest_with_a_sign(three):
    texts = {1: "Up the ridge", 5: "#ad shoes", 9: "#ad socks"}
    three.publish(
        posts=[
            {
                "platform": "instagram",
                "account_handle": "anna",
                "post_id": f"p{days}",
                "published_at": three.now - timedelta(days),
                "text": text,
            }
            for days, text in texts.items()
        ]
    )

    found = seen(three, "anna", "ben")
    names = {str(three.account(name).id): name for name in HANDLES}

    assert {names[k]: at for k, at in found.sponsored_at.items()} == {
        "anna": three.now - timedelta(5),
        "ben": None,
    }
    assert {names[k]: n for k, n in found.posts.items()} == {"anna": 3, "ben": 0}


def part(value, share, now, sample=None):
    return Part(value, share, sample, "api", now)


def test_a_target_is_the_sum_of_its_parts(now):
    parts = [part("US", 0.3, now, 200), part("GB", 0.2, now, 200), part("DE", 0.5, now, 200)]

    found = comparing.in_target(parts, ["us", "GB"])

    assert (found.value, found.n, found.level) == (0.5, 200, 0.95)
    assert found.low == pytest.approx(0.4314, abs=1e-4)


def test_a_target_without_a_sample_size_has_no_interval(now):
    found = comparing.in_target([part("US", 0.3, now)], ["US"])

    assert (found.value, found.low) == (0.3, None)
    assert "no sample size" in found.reason


@pytest.mark.parametrize("values", [["FR"], []])
def test_a_part_that_nobody_measured_is_unknown_and_not_zero(now, values):
    assert comparing.in_target([part("US", 0.3, now)], values).value is None
    assert comparing.in_target([], values).value is None


def test_sides_come_in_their_order_with_prices_and_cards(crowd):
    price = {"platform": "instagram", "account_handle": "runner03", "source": "import"}
    crowd.publish(rate_cards=[{**price, "format": "reel", "price": 25_000, "currency": "EUR"}])
    crowd.vet()
    with access.inside(crowd.workspace):
        accounts = [Account.objects.get(handle=name) for name in ("runner09", "runner03")]
        one, other = comparing.sides(accounts)

    assert [one.account.handle, other.account.handle] == ["runner09", "runner03"]
    assert (one.prices, other.prices) == ({}, {"reel": Money(25_000, "EUR")})
    assert one.answer is not None
    assert one.growth.is_known
