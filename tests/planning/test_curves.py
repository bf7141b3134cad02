"""What charts draw agrees with what the plan says in figures."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.planning import document, proposal
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

CAST = [account(name, followers=10_000) for name in ("anna", "ben", "cleo")]


def planned(members=NOBODY, **tables):
    posts = [post for row in CAST for post in reels(row["account"], *[2_000] * 8)]
    known = evidence(*CAST, posts=posts, **tables)
    found = proposal.propose(
        brief(objective="reach"),
        known,
        lambda _: members,
        tiers=ACTIVATE,
        seed=1,
        progress=silent,
    )
    return document.document(found, seed=1)


def memberships(*audiences):
    who = np.repeat(np.arange(len(audiences)), [len(each) for each in audiences])
    return pa.table(
        {
            "account": pa.array(who, pa.int32()),
            "member": pa.array(np.concatenate(audiences), pa.int32()),
        }
    )


def shared(plan):
    """Part of one audience that is in another's, by the two accounts' names."""
    overlaps = plan["curves"]["overlaps"]
    names = [name.partition(":")[2] for name in overlaps["accounts"]]
    return {
        (a, b): part
        for a, row in zip(names, overlaps["shared"], strict=True)
        for b, part in zip(names, row, strict=True)
    }


def test_the_chance_of_at_least_so_much_falls_and_agrees_with_the_forecast():
    plan = planned()

    chances = plan["curves"]["chances"]
    assert set(chances) == {"reach", "views", "engagements", "clicks", "conversions"}
    for kpi, points in chances.items():
        values = [point["at_least"] for point in points]
        assert values == sorted(values)
        by_chance = {point["chance"]: point["at_least"] for point in points}
        assert by_chance[0.9] == pytest.approx(plan["forecast"][kpi]["low"], rel=0.01, abs=1)
        assert by_chance[0.1] == pytest.approx(plan["forecast"][kpi]["high"], rel=0.01, abs=1)


def test_reach_along_the_money_ends_at_the_plans_spend_and_reach():
    plan = planned()

    curve = plan["curves"]["reach"]
    assert curve[0] == {"lines": 0, "spend": 0.0, "reach": 0}
    assert curve[-1]["lines"] == len(plan["lines"]) == 3
    assert curve[-1]["spend"] == pytest.approx(plan["spend"])
    assert curve[-1]["reach"] == pytest.approx(plan["forecast"]["reach"]["value"], abs=1)
    gains = np.diff([point["reach"] for point in curve])
    assert (np.diff(gains) <= 2).all()  # alike in size and price: each adds less


def test_shared_audiences_are_counted_where_members_were_sampled():
    everybody = np.arange(2_000)
    half = np.arange(1_000, 3_000)
    apart = np.arange(5_000, 7_000)

    parts = shared(planned(memberships(everybody, half, apart)))

    assert parts["anna", "anna"] == 1
    assert parts["anna", "ben"] == pytest.approx(0.5, abs=0.04)
    assert parts["anna", "cleo"] == parts["cleo", "ben"] == 0


def test_shared_audiences_are_not_said_of_few_members_nor_of_none():
    few = shared(planned(memberships(np.arange(60), np.arange(60), np.arange(2_000))))

    assert few["anna", "ben"] is None
    assert few["cleo", "anna"] is not None
    assert set(shared(planned()).values()) == {None}


def test_shared_audiences_are_taken_as_measured():
    pair = {"account_a": "anna", "account_b": "ben", "shared": 2_500, "threshold": 100}
    parts = shared(planned(overlaps=[{**pair, "size_a": 10_000, "size_b": 5_000}]))

    assert parts["anna", "ben"] == pytest.approx(0.25)
    assert parts["ben", "anna"] == pytest.approx(0.5)
