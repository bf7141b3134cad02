"""Which source speaks for reach is said of every line and of the total."""

import numpy as np
import pyarrow as pa
import pytest

from groundswell.planning import document, proposal
from groundswell.terms.progress import silent
from groundswell.terms.tiers import ACTIVATE
from tests.planning.cast import NOBODY, account, brief, evidence, reels

CAST = [account(name, followers=10_000) for name in ("anna", "ben", "cleo")]


def planned(*audiences, **tables):
    posts = [post for row in CAST for post in reels(row["account"], *[2_000] * 8)]
    who = np.repeat(np.arange(len(audiences)), [len(each) for each in audiences])
    members = NOBODY
    if audiences:
        members = pa.table(
            {
                "account": pa.array(who, pa.int32()),
                "member": pa.array(np.concatenate(audiences), pa.int32()),
            }
        )
    found = proposal.propose(
        brief(objective="reach"),
        evidence(*CAST, posts=posts, **tables),
        lambda _: members,
        tiers=ACTIVATE,
        seed=1,
        progress=silent,
    )
    return document.document(found, seed=1)


def by_creator(plan):
    return {line["account"].partition(":")[2]: line["reach"] for line in plan["lines"]}


def test_each_line_says_by_which_source_its_overlaps_are_known():
    lines = by_creator(planned(np.arange(900), np.arange(400, 1_300)))

    assert {name: line["source"] for name, line in lines.items()} == {
        "anna": "panel",
        "ben": "panel",
        "cleo": "virtual people",
    }
    assert (lines["anna"]["sampled"], lines["cleo"]["sampled"]) == (900, None)


def test_below_65_sampled_people_a_creators_own_reach_is_pooled_and_not_said():
    lines = by_creator(planned(np.arange(65), np.arange(64)))

    assert (lines["anna"]["sampled"], lines["anna"]["pooled"]) == (65, False)
    assert lines["anna"]["reach"] > 0
    assert (lines["ben"]["sampled"], lines["ben"]["pooled"]) == (64, True)
    assert lines["ben"]["reach"] is None
    assert lines["cleo"]["reach"] is None


def test_the_total_says_how_much_each_source_speaks_for():
    plan = planned(np.arange(900), np.arange(400, 1_300))

    panel, virtual = plan["curves"]["sources"]["total"]
    assert (panel["source"], panel["lines"]) == ("panel", 2)
    assert (virtual["source"], virtual["lines"]) == ("virtual people", 1)
    assert panel["reach"] < sum(by_creator(plan)[name]["reach"] for name in ("anna", "ben"))
    together = plan["forecast"]["reach"]["value"]
    assert together == pytest.approx(panel["reach"] + virtual["reach"], rel=0.1)


def test_measured_pairs_speak_for_those_they_name():
    pair = {
        "account_a": "anna", "account_b": "ben", "shared": 5_000,
        "size_a": 10_000, "size_b": 10_000, "threshold": None,
    }  # fmt: skip

    lines = by_creator(planned(overlaps=[pair]))

    assert lines["anna"] == lines["ben"]
    assert (lines["anna"]["source"], lines["anna"]["pooled"]) == ("pairwise overlaps", False)


def test_how_often_people_are_reached_adds_up_to_the_reach():
    plan = planned(np.arange(900), np.arange(900), np.arange(900))

    often = [each["people"] for each in plan["curves"]["frequency"]]
    assert len(often) == 10
    assert sum(often) == pytest.approx(plan["forecast"]["reach"]["value"], abs=10)
    assert often[0] > often[1] > often[2] > 0
    assert often[3] == 0  # three posts, so nobody sees four
