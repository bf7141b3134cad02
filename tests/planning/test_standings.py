"""Why each line stands in a plan."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.engine import allocation
from groundswell.planning import market, standings
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels
from tests.planning.test_proposal import MARKET, POSTS

# a and b have the same people, c has others.
FRIENDS = [account(name, followers=1_000) for name in "abc"]
PEOPLE = {"a": range(100), "b": range(100), "c": range(100, 200)}
CARDS = [
    {"account": name, "format": "reel", "price": 100_00, "currency": "USD", "source": "import"}
    for name in "abc"
]


def members(accounts):
    rows = [
        (place, person)
        for place, name in enumerate(accounts["account"].to_pylist())
        for person in PEOPLE[name]
    ]
    account_, person = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    return pa.table({"account": account_, "member": person})


def explained(amount):
    views = {"a": 900, "b": 800, "c": 700}
    posts = [post for name, each in views.items() for post in reels(name, *[each] * 10)]
    known = evidence(*FRIENDS, posts=posts, rate_cards=CARDS)
    wanted = brief(objective="reach", amount=amount)
    on_sale = market.offered(wanted, known, members, tiers=ACTIVATE, seed=1)
    plan = allocation.allocate(*on_sale.problem)
    found = standings.standings(on_sale, plan)
    return {line["account"]: line for line in found["lines"]}, on_sale, plan


def test_a_line_beat_the_one_whose_people_it_has_already():
    lines, _, plan = explained(200)

    assert set(lines) == {"instagram:a", "instagram:c"}
    for place, line in enumerate(lines.values()):
        assert line["adds"] == plan.marginal[place]
        assert line["cost"] == 100
        assert line["adds_per_money"] == pytest.approx(line["adds"] / 100)
        assert line["instead"]["account"] == "instagram:b"
        assert line["instead"]["adds"] < line["adds"]
        assert "instagram:b (reel), the next best for the same money, would add" in line["why"]
        assert line["overlaps_with"] == []


def test_lines_with_the_same_people_share_them():
    lines, on_sale, plan = explained(300)

    (shared,) = lines["instagram:a"]["overlaps_with"]
    assert (shared["account"], shared["how"]) == ("instagram:b", "counted on sampled members")
    rows = on_sale.people.row[plan.chosen]
    rates = on_sale.people.rates(on_sale.priced)[plan.chosen]
    audience = on_sale.people.choosing.audience()[rows]
    names = list(lines)
    a, b = names.index("instagram:a"), names.index("instagram:b")
    assert shared["shared"] == pytest.approx(audience[a] * rates[a] * rates[b])
    assert lines["instagram:b"]["overlaps_with"][0]["shared"] == pytest.approx(shared["shared"])
    assert lines["instagram:c"]["overlaps_with"] == []
    assert all(line["instead"] is None for line in lines.values())
    assert lines["instagram:c"]["why"].endswith("nobody else can be had for the same money")


def test_without_known_audiences_overlaps_are_modelled():
    known = evidence(*MARKET, posts=POSTS)
    wanted = brief(objective="views", amount=1_000)
    on_sale = market.offered(wanted, known, lambda _: NOBODY, tiers=ACTIVATE, seed=1)
    plan = allocation.allocate(*on_sale.problem)

    lines = standings.standings(on_sale, plan)["lines"]

    for line in lines:
        assert len(line["overlaps_with"]) == min(3, len(lines) - 1)
        assert {each["how"] for each in line["overlaps_with"]} == {
            "modelled: independent within countries"
        }
        shared = [each["shared"] for each in line["overlaps_with"]]
        assert shared == sorted(shared, reverse=True)
