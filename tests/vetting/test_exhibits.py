"""Exhibits: the rows that a piece of evidence was seen on."""

import json
from datetime import timedelta

import pytest

from groundswell.engine.qualification.sentences import TITLES
from groundswell.vetting import exhibits
from groundswell.vetting.exhibits import Rows, UnknownExhibit
from groundswell.workspaces import access

ANNA = {"platform": "instagram", "account_handle": "anna"}


@pytest.fixture
def anna(desk):
    """Four counts of which one jumps, three posts of which one is paid for, and three people."""
    now = desk.now
    desk.publish(
        accounts=[{"platform": "instagram", "handle": name} for name in ("anna", "ben")],
        account_observations=[
            {**ANNA, "observed_at": now - timedelta(days), "source": "api", "followers": followers}
            for days, followers in ((40, 1_000), (30, 1_020), (20, 3_020), (10, 3_000))
        ],
        posts=[
            {
                **ANNA,
                "post_id": f"p{number}",
                "text": "#ad with a brand" if number == 2 else "A day out",
                "published_at": now - timedelta(number),
            }
            for number in (1, 2, 3)
        ],
        comments=[{**ANNA, "comment_id": "c1", "post_id": "p1", "text": "Nice ridge"}],
        memberships=[
            *({**ANNA, "member": f"m{n}-of-ten-signs", "kind": "follows"} for n in range(3)),
            {**ANNA, "member": "m0-of-ten-signs", "kind": "liked"},
            {**ANNA, "account_handle": "ben", "member": "m0-of-ten-signs", "kind": "follows"},
        ],
    )
    return desk.account("anna")


def exhibit(desk, account, kind, **more):
    with access.inside(desk.workspace):
        return exhibits.of(account, kind, now=desk.now, **more)


def test_growth_is_seen_on_counts_and_the_largest_step_is_marked(desk, anna):
    found = exhibit(desk, anna, "unexplained_jump")

    assert [(step.followers, step.change, step.a_day) for step in found.counts] == [
        (3_000, -20, -2.0),
        (3_020, 2_000, 200.0),
        (1_020, 20, 2.0),
        (1_000, None, None),
    ]
    assert [step.is_largest for step in found.counts] == [False, True, False, False]


def test_sponsored_posts_are_those_that_carry_a_sign(desk, anna):
    assert [post.post_id for post in exhibit(desk, anna, "sponsored_share").posts] == ["p2"]


def test_posts_that_are_named_are_shown_alone(desk, anna):
    found = exhibit(desk, anna, "originality", posts=["p3", "p1", "nobody"])

    assert [post.post_id for post in found.posts] == ["p1", "p3"]
    assert len(exhibit(desk, anna, "originality").posts) == 3


def test_people_are_told_by_the_beginning_of_a_hash_and_where_else_they_are(desk, anna):
    found = exhibit(desk, anna, "interest_concentration").people

    assert sorted((person.kinds, person.also_in) for person in found) == [
        (("follows",), 0),
        (("follows",), 0),
        (("follows", "liked"), 1),
    ]
    assert [person.member for person in found if person.also_in] == ["m0-of-ten-"]


def test_comments_are_shown_as_they_were_written(desk, anna):
    assert [said.text for said in exhibit(desk, anna, "topical_comments").comments] == [
        "Nice ridge"
    ]


@pytest.mark.parametrize("kind", [kind for kind in TITLES if exhibits.seen_on(kind)])
def test_every_measure_with_rows_can_be_asked_for_and_written_as_json(desk, anna, kind):
    found = exhibit(desk, anna, kind)

    json.dumps(found.as_json())
    assert found.rows in Rows
    assert found.title == TITLES[kind]


@pytest.mark.parametrize("kind", ["tenure_years", "", "no_such_thing", "x" * 300])
def test_what_has_no_rows_is_refused(desk, anna, kind):
    with pytest.raises(UnknownExhibit, match="no rows are behind"):
        exhibit(desk, anna, kind)
