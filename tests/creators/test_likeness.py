"""Who may be one is said with reasons, and never for a name alone."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell.creators import likeness
from groundswell.creators.likeness import Presence
from groundswell.terms.platforms import Platform
from tests.support import worlds

SHOWN = ("platform", "platform_id", "handle", "display_name", "bio", "avatar_url")
ANNA, BEA = UUID(int=1), UUID(int=2)


def shows(creator, platform, **rest):
    known = {
        "platform_id": None,
        "handle": None,
        "display_name": None,
        "bio": None,
        "avatar_url": None,
        "links": (),
    }
    return Presence(creator=creator, platform=Platform(platform), **(known | rest))


def found(*presences, contacts=()):
    return [sorted(like.reasons) for like in likeness.find(presences, contacts)]


def test_a_name_alone_proposes_nobody():
    assert (
        found(
            shows(ANNA, "tiktok", display_name="Anna"), shows(BEA, "youtube", display_name="anna")
        )
        == []
    )


def test_a_handle_alone_proposes_nobody():
    assert found(shows(ANNA, "tiktok", handle="anna"), shows(BEA, "youtube", handle="Anna")) == []


def test_handle_and_name_on_two_platforms_propose():
    (like,) = likeness.find(
        [
            shows(ANNA, "tiktok", handle="anna", display_name="Anna K"),
            shows(BEA, "youtube", handle="anna", display_name="anna  k"),
        ],
        (),
    )

    assert (like.first, like.second) == (ANNA, BEA)
    assert like.reasons["handle"] == "both go by 'anna', on tiktok and on youtube"
    assert like.score == pytest.approx(1 - 0.6 * 0.65)


def test_handle_and_the_same_page_propose():
    assert found(
        shows(ANNA, "tiktok", handle="anna", links=["https://www.anna.example/shop/"]),
        shows(BEA, "youtube", handle="anna", bio="more at http://anna.example/shop."),
    ) == [["handle", "site"]]


def test_name_and_picture_propose():
    same = {"display_name": "Anna", "avatar_url": "https://cdn.example/a.jpg"}
    assert found(shows(ANNA, "tiktok", **same), shows(BEA, "youtube", **same)) == [
        ["avatar", "name"]
    ]


@pytest.mark.parametrize(
    "pointer",
    [
        {"links": ["https://www.tiktok.com/@Bea.Runs?lang=de"]},
        {"bio": "running | TikTok: @bea.runs"},
        {"bio": "Also here: Tiktok @bea.runs"},
        {"bio": "all videos: tiktok.com/@bea.runs!"},
    ],
)
def test_a_link_to_an_account_elsewhere_proposes(pointer):
    assert found(shows(ANNA, "instagram", **pointer), shows(BEA, "tiktok", handle="bea.runs")) == [
        ["linked"]
    ]


def test_links_in_both_directions_are_surer():
    (like,) = likeness.find(
        [
            shows(ANNA, "instagram", handle="anna", links=["https://youtube.com/channel/UC1"]),
            shows(BEA, "youtube", platform_id="UC1", links=["https://instagram.com/anna"]),
        ],
        (),
    )

    assert like.reasons == {
        "linked_both_ways": "instagram:anna and youtube:UC1 point to each other"
    }
    assert like.score == pytest.approx(0.9)


def test_a_link_on_the_same_platform_is_no_evidence():
    assert (
        found(
            shows(ANNA, "tiktok", links=["https://tiktok.com/@bea"]),
            shows(BEA, "tiktok", handle="bea"),
        )
        == []
    )


def test_an_account_that_many_point_to_is_not_everybodys():
    fans = [
        shows(UUID(int=n), "instagram", handle=f"fan{n}", links=["https://tiktok.com/@star"])
        for n in range(10, 17)
    ]
    assert found(shows(ANNA, "tiktok", handle="star"), *fans) == []


def test_a_page_that_many_link_to_is_common_property():
    fans = [
        shows(UUID(int=n), platform, handle="runner", links=["https://shop.example/sale"])
        for n, platform in enumerate(
            ["tiktok", "youtube", "x", "twitch", "facebook", "threads", "blog"]
        )
    ]
    assert found(*fans) == []


def test_the_same_address_proposes():
    assert found(
        shows(ANNA, "tiktok", handle="a"),
        shows(BEA, "tiktok", handle="b"),
        contacts=[(ANNA, b"hash"), (BEA, b"hash")],
    ) == [["contact"]]


def test_a_common_name_still_confirms_other_evidence():
    crowd = [shows(UUID(int=n), "x", display_name="Anna K.") for n in range(10, 30)]
    assert found(
        shows(ANNA, "tiktok", handle="anna", display_name="Anna K."),
        shows(BEA, "youtube", handle="anna", display_name="Anna K."),
        *crowd,
    ) == [["handle", "name"]]


@pytest.fixture(scope="module")
def proposed():
    """Pairs of a synthetic world that are proposed, those that were planted, and the reasons."""
    world, truth = worlds.world(3_000)
    rows = world.accounts.select([*SHOWN, "links"]).to_pylist()
    accounts = [
        shows(UUID(int=at), **{name: row[name] for name in SHOWN} | {"links": row["links"] or ()})
        for at, row in enumerate(rows)
    ]
    owner = {
        (row["platform"], row["platform_id"] or row["handle"]): UUID(int=at)
        for at, row in enumerate(rows)
    }
    contacts = [
        (owner[row["platform"], row["account"]], f"{row['channel']} {row['address']}".encode())
        for row in world.contacts.to_pylist()
        if row["channel"] != "manager"
    ]
    planted = {(UUID(int=int(one)), UUID(int=int(other))) for one, other in truth.duplicates}
    likes = likeness.find(accounts, contacts)
    return {(like.first, like.second): like for like in likes}, planted


def test_planted_duplicates_are_found_and_strangers_left_alone(proposed):
    likes, planted = proposed

    assert len(likes.keys() & planted) / len(likes) > 0.95
    assert len(likes.keys() & planted) / len(planted) > 0.9


def test_no_kind_of_evidence_points_to_strangers(proposed):
    likes, planted = proposed
    for kind in {kind for like in likes.values() for kind in like.reasons}:
        pairs = {pair for pair, like in likes.items() if kind in like.reasons}
        assert len(pairs & planted) / len(pairs) > 0.85, kind


def test_what_scores_above_eight_tenths_is_one_person(proposed):
    likes, planted = proposed
    sure = {pair for pair, like in likes.items() if like.score > 0.8}

    assert len(sure) > 200
    assert len(sure & planted) / len(sure) > 0.99


def test_accounts_of_one_creator_are_no_pair():
    same = {"handle": "anna", "display_name": "Anna"}
    assert found(shows(ANNA, "tiktok", **same), shows(ANNA, "youtube", **same)) == []


shown = st.builds(
    shows,
    st.integers(1, 4).map(lambda n: UUID(int=n)),
    st.sampled_from(["tiktok", "youtube", "instagram"]),
    handle=st.sampled_from([None, "anna", "bea"]),
    display_name=st.sampled_from([None, "Anna", "Bea"]),
    avatar_url=st.sampled_from([None, "https://cdn.example/1.jpg"]),
    links=st.sampled_from([(), ("https://tiktok.com/@anna",), ("https://anna.example/me",)]),
)


@given(st.lists(shown, max_size=8))
def test_pairs_are_in_order_once_and_scored_as_a_share(presences):
    likes = likeness.find(presences, ())

    pairs = [(like.first, like.second) for like in likes]
    assert all(first < second for first, second in pairs)
    assert len(set(pairs)) == len(pairs)
    assert all(0 < like.score < 1 and list(like.reasons) != ["name"] for like in likes)
    assert {(like.first, like.second) for like in likeness.find(presences[::-1], ())} == set(pairs)


@given(st.text(max_size=60))
def test_any_bio_can_be_read(bio):
    assert found(shows(ANNA, "tiktok", bio=bio, links=[bio])) == []
