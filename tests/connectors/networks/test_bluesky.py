"""Bluesky: what its walks ask, and the rows that they bring."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.bluesky.interface import INTERFACE
from groundswell.connectors.adapters.networks.bluesky.xrpc import SERVER
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    NotFound,
    NotPermitted,
    Throttled,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import OptOut, Page
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.formats import Format
from tests.connectors.networks.stubs import bluesky, told

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASK = Ask(Way.ACCOUNT, "anna.example.social", SERVER, NOW, posts=10)
ANNA, BEN = "did:plc:annaaaaaaaaaaaaaaaaaaaaa", "did:plc:benaaaaaaaaaaaaaaaaaaaaa"

Answer = Callable[[Request], Reply]


def walked(answer: Answer, ask: Ask = ASK) -> list[Page]:
    return list(INTERFACE.walk(answer, ask, None))


def rows(pages: list[Page], table: str) -> list[dict[str, Any]]:
    return [line.values for page in pages for line in page.lines if line.table == table]


def notes(pages: list[Page]) -> list[str]:
    return [note for page in pages for note in page.notes]


def method(request: Request) -> str:
    return request.url.rpartition("/")[2]


def having(**methods: Any) -> Answer:
    """The stub with other replies to some methods, named by their last part."""

    def answer(request: Request) -> Reply:
        name = method(request).rpartition(".")[2]
        if name not in methods:
            return bluesky.stub().answer(request)
        given = methods[name]
        return given(request) if callable(given) else told(given, request)

    return answer


def feed_of(*posts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"feed": [{"post": post} for post in posts]} | more


def post(**more: Any) -> dict[str, Any]:
    found = bluesky.view("anna", 1)
    record = found["record"] | more.pop("record", {})
    return found | {"record": record} | more


def test_an_account_has_its_names_counts_and_links() -> None:
    pages = walked(bluesky.stub().answer, replace(ASK, posts=0))

    assert rows(pages, "accounts") == [
        {
            "platform": "bluesky",
            "platform_id": ANNA,
            "handle": "anna.example.social",
            "display_name": "Anna",
            "bio": "Trail running since 2012. https://anna.example/shop.",
            "url": "https://bsky.app/profile/anna.example.social",
            "avatar_url": "https://cdn.example/avatar/anna.jpg",
            "links": ["https://anna.example/shop"],
            "verified": True,
            "created_at": datetime(2024, 2, 6, 17, tzinfo=UTC),
        }
    ]
    [counts] = rows(pages, "account_observations")
    assert (counts["followers"], counts["following"], counts["posts"]) == (1_000, 200, 40)
    assert counts["observed_at"] == NOW


def test_a_post_has_its_marks_by_bytes_of_its_words_and_its_counts() -> None:
    pages = walked(having(getAuthorFeed=feed_of(post())))

    [row] = rows(pages, "posts")
    assert row["text"] == "Früh 🏃 1 #Trail @ben.example.social"
    assert row["hashtags"] == ["Trail"]
    assert row["mentions"] == ["ben.example.social"]
    assert row["language"] == "de"
    assert row["format"] is Format.IMAGE
    assert row["url"] == f"https://bsky.app/profile/{ANNA}/post/3k1"
    assert row["published_at"] == datetime(2026, 11, 19, 8, tzinfo=UTC)
    [counts] = rows(pages, "post_observations")
    assert {name: counts[name] for name in ("likes", "comments", "shares", "saves")} == {
        "likes": 4,
        "comments": 3,
        "shares": 3,
        "saves": 5,
    }
    assert "views" not in counts


def test_counts_that_are_missing_stay_missing() -> None:
    bare = post()
    for name in ("likeCount", "replyCount", "quoteCount", "bookmarkCount"):
        del bare[name]

    [counts] = rows(walked(having(getAuthorFeed=feed_of(bare))), "post_observations")

    assert (counts["likes"], counts["comments"], counts["saves"]) == (None, None, None)
    assert counts["shares"] == 2


@pytest.mark.parametrize(
    ("embed", "expected"),
    [
        (None, Format.TEXT),
        ({"$type": "app.bsky.embed.external#view", "external": {"uri": "https://x"}}, Format.TEXT),
        ({"$type": "app.bsky.embed.record#view", "record": {}}, Format.TEXT),
        ({"$type": "app.bsky.embed.video#view", "playlist": "https://x"}, Format.VIDEO),
        ({"$type": "app.bsky.embed.images#view", "images": [{"alt": "1"}]}, Format.IMAGE),
        (
            {"$type": "app.bsky.embed.images#view", "images": [{"alt": "1"}, {"alt": "2"}]},
            Format.CAROUSEL,
        ),
        (
            {
                "$type": "app.bsky.embed.recordWithMedia#view",
                "record": {},
                "media": {"$type": "app.bsky.embed.video#view"},
            },
            Format.VIDEO,
        ),
        ({"$type": "app.bsky.embed.hologram#view"}, None),
    ],
)
def test_what_is_attached_tells_the_kind_of_post(embed: Any, expected: Format | None) -> None:
    [row] = rows(walked(having(getAuthorFeed=feed_of(post(embed=embed)))), "posts")

    assert row["format"] is expected


def test_the_card_of_a_link_is_a_link_of_the_post() -> None:
    card = {"$type": "app.bsky.embed.external#view", "external": {"uri": "https://shop.example/1"}}

    [row] = rows(walked(having(getAuthorFeed=feed_of(post(embed=card)))), "posts")

    assert row["links"] == ["https://shop.example/1"]


def test_a_mark_that_makes_no_sense_costs_the_post_nothing() -> None:
    facets = [
        {"index": {"byteStart": 900, "byteEnd": 3}, "features": [{"$type": "mention"}]},
        {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": BEN}]},
        {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "javascript:alert(1)"}]},
        {"features": "none"},
        7,
    ]

    [row] = rows(walked(having(getAuthorFeed=feed_of(post(record={"facets": facets})))), "posts")

    assert (row["mentions"], row["links"], row["hashtags"]) == ([BEN], None, None)


def test_a_clock_that_is_wrong_counts_no_more_than_the_servers() -> None:
    early = post(record={"createdAt": "0001-01-01T00:00:00Z"})
    late = post(uri=bluesky.uri("anna", "3k2"), record={"createdAt": "2031-01-01T00:00:00Z"})

    found = rows(walked(having(getAuthorFeed=feed_of(early, late))), "posts")

    assert {row["published_at"] for row in found} == {datetime(2026, 11, 19, 8, 0, 1, tzinfo=UTC)}


def test_reposts_are_no_posts_of_the_account_and_a_pinned_one_comes_once() -> None:
    found = rows(walked(bluesky.stub().answer), "posts")

    assert sorted({row["post_id"] for row in found}) == [
        bluesky.uri("anna", f"3k{number}") for number in range(1, 6)
    ]


def test_posts_before_what_is_known_are_not_brought() -> None:
    since = datetime(2026, 11, 18, tzinfo=UTC)

    pages = walked(bluesky.stub().answer, replace(ASK, since=since))

    assert {row["post_id"][-1] for row in rows(pages, "posts")} == {"1", "2"}


def test_who_asks_not_to_be_shown_is_left_out_and_what_was_kept_goes() -> None:
    pages = walked(bluesky.stub().answer, replace(ASK, text="hana.example.social", members=9))

    assert not [line for page in pages for line in page.lines]
    assert pages[0].opt_outs == {"did:plc:hanaaaaaaaaaaaaaaaaaaaaa": {OptOut.BEING_KEPT}}
    assert "asks not to be shown" in pages[0].notes[0]


def test_audiences_hold_neither_the_account_nor_who_asks_not_to_be_shown() -> None:
    pages = walked(bluesky.stub().answer, replace(ASK, members=50, posts=1, comments=9))

    members = {(row["kind"], row["member"]) for row in rows(pages, "memberships")}
    assert {kind for kind, _ in members} == {"follows", "liked", "commented"}
    assert not {member for _, member in members} & {ANNA, "did:plc:hanaaaaaaaaaaaaaaaaaaaaa"}
    assert {row["text"] for row in rows(pages, "comments")} == {
        "Nice, says ben",
        "Nice, says cleo",
        "Nice, says dan",
    }
    assert {row["post_id"] for row in rows(pages, "comments")} == {bluesky.uri("anna", "3k1")}


def test_labels_are_told() -> None:
    profile = bluesky.profile("anna", detailed=True) | {
        "labels": [{"val": "spam"}, {"val": "porn", "neg": True}]
    }

    pages = walked(having(getProfile=profile), replace(ASK, posts=0))

    assert notes(pages) == ["Labels on accounts: anna.example.social (spam)."]
    assert len(rows(pages, "accounts")) == 1


def test_a_search_reads_the_profiles_of_who_is_found_in_batches_then_their_posts() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(method(request))
        return bluesky.stub().answer(request)

    pages = walked(answer, replace(ASK, way=Way.SEARCH, text="trail", accounts=6, posts=1))

    assert len(rows(pages, "accounts")) == 6
    assert {row["account_platform_id"] for row in rows(pages, "posts")} == {
        row["platform_id"] for row in rows(pages, "accounts")
    }
    first_feed = asked.index("app.bsky.feed.getAuthorFeed")
    assert set(asked[first_feed:]) == {"app.bsky.feed.getAuthorFeed"}


def test_a_server_that_hides_its_posts_search_is_searched_by_profiles() -> None:
    def forbidden(request: Request) -> Reply:
        return Reply(403, {"content-type": "text/html"}, b"<h1>Forbidden</h1>", request.url)

    pages = walked(having(searchPosts=forbidden), replace(ASK, way=Way.SEARCH, text="trail"))

    assert [row["handle"][:4] for row in rows(pages, "accounts")] == [
        "dan.",
        "eva.",
        "finn",
        "gus.",
    ]
    assert any("found by their profiles only" in note for note in notes(pages))


def test_hashtags_need_the_search_of_posts() -> None:
    def forbidden(request: Request) -> Reply:
        return told({"error": "AuthMissing", "message": "Log in"}, request, 401)

    with pytest.raises(NotPermitted, match="search creators by the words 'Trail'"):
        walked(having(searchPosts=forbidden), replace(ASK, way=Way.HASHTAG, text="#Trail"))


def test_a_server_that_shows_strangers_one_page_of_a_search_gives_that_page() -> None:
    def first_only(request: Request) -> Reply:
        if "cursor" in request.params:
            return Reply(403, {"content-type": "text/html"}, b"<h1>Forbidden</h1>", request.url)
        return bluesky.stub().answer(request)

    pages = walked(having(searchPosts=first_only), replace(ASK, way=Way.HASHTAG, text="#Trail"))

    assert len(rows(pages, "posts")) == 3
    assert any("newest 100 posts" in note for note in notes(pages))


def test_whoever_is_found_and_has_no_profile_any_more_is_gone() -> None:
    dana = "did:plc:danaaaaaaaaaaaaaaaaaaaaa"

    def without_dana(request: Request) -> Reply:
        found = json.loads(bluesky.stub().answer(request).body)
        kept = [each for each in found["profiles"] if each["did"] != dana]
        return told({"profiles": kept}, request)

    searched = replace(ASK, way=Way.SEARCH, text="trail", accounts=2)
    pages = walked(having(getProfiles=without_dana), searched)
    empty = walked(having(getProfiles={"profiles": []}), searched)

    assert [entry for page in pages for entry in page.gone] == [("accounts", dana)]
    assert [entry for page in empty for entry in page.gone] == []


def test_an_account_that_was_suspended_is_gone_when_asked_for_by_its_id() -> None:
    def suspended(request: Request) -> Reply:
        body = {"error": "AccountTakedown", "message": "Account has been suspended"}
        return told(body, request, 400)

    pages = walked(having(getProfile=suspended), replace(ASK, text=ANNA))

    assert pages[0].gone == [("accounts", ANNA)]
    assert pages[0].cursor is None
    with pytest.raises(NotFound, match="suspended"):
        walked(having(getProfile=suspended))


def test_a_post_that_goes_meanwhile_is_gone_and_the_walk_goes_on() -> None:
    def missing(request: Request) -> Reply:
        return told({"error": "NotFound", "message": "Post not found"}, request, 400)

    pages = walked(having(getPostThread=missing), replace(ASK, posts=1, comments=5, members=2))

    assert [entry for page in pages for entry in page.gone] == [
        ("posts", bluesky.uri("anna", "3k1"))
    ]
    assert {row["kind"] for row in rows(pages, "memberships")} == {"liked", "follows"}


def test_a_circle_of_cursors_ends() -> None:
    def circling(request: Request) -> Reply:
        after = request.params.get("cursor")
        return told(feed_of(post(), cursor="b" if after == "a" else "a"), request)

    pages = walked(having(getAuthorFeed=circling), replace(ASK, posts=500))

    assert notes(pages) == [
        "Bluesky leads in a circle through a list; it was read once and left there."
    ]
    assert len({row["post_id"] for row in rows(pages, "posts")}) == 1


def test_too_many_requests_say_until_when_to_wait() -> None:
    def throttled(request: Request) -> Reply:
        reset = str(int(NOW.timestamp()) + 90)
        body = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
        return told(body, request, 429, ratelimit_reset=reset, ratelimit_remaining="0")

    with pytest.raises(Throttled) as caught:
        walked(having(getProfile=throttled))

    assert caught.value.after == 90


def test_a_list_that_is_none_is_a_changed_interface() -> None:
    with pytest.raises(Changed, match="feed"):
        walked(having(getAuthorFeed={"feed": "soon"}))


@pytest.mark.parametrize(
    "text",
    [
        "anna.example.social",
        "@anna.example.social",
        "at://anna.example.social",
        "https://bsky.app/profile/anna.example.social",
        ANNA,
        f"https://bsky.app/profile/{ANNA}/post/3k1",
    ],
)
def test_an_account_may_be_named_in_many_ways(text: str) -> None:
    pages = walked(bluesky.stub().answer, replace(ASK, text=text, posts=0))

    assert [row["platform_id"] for row in rows(pages, "accounts")] == [ANNA]


def test_another_server_is_asked_when_one_is_named() -> None:
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(request.url)
        return told(bluesky.profile("anna", detailed=True), request)

    walked(answer, replace(ASK, server="http://127.0.0.1:2584", posts=0))

    assert asked == ["http://127.0.0.1:2584/xrpc/app.bsky.actor.getProfile"]


def test_a_recorded_error_is_a_failure_whatever_its_status() -> None:
    body = json.dumps({"error": "InvalidRequest", "message": "Profile not found"}).encode()

    with pytest.raises(NotFound):
        INTERFACE.read(Reply(200, {}, body, ""), NOW)
