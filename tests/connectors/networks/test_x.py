"""X: people and posts, and what each question costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    QuotaSpent,
    Throttled,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.x.interface import INTERFACE, SERVER
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import told, x
from tests.connectors.networks.walking import Wire

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCOUNT = Ask(Way.ACCOUNT, "@anna1", SERVER, NOW)


def read(body: Any, status: int = 200, **headers: str) -> Page:
    return INTERFACE.read(told(body, Request(SERVER), status, **headers), NOW)


def walked(ask: Ask) -> tuple[list[Page], Wire]:
    wire = Wire(INTERFACE, x.stub())
    return list(INTERFACE.walk(wire, ask, None)), wire


@pytest.mark.parametrize(
    ("ask", "cents"),
    [
        (ACCOUNT, 1 + 15),
        (replace(ACCOUNT, posts=0), 1),
        (replace(ACCOUNT, posts=1), 1 + 3),
        (replace(ACCOUNT, posts=101), 1 + 51),
        (replace(ACCOUNT, members=500), 1 + 15 + 500),
        (Ask(Way.SEARCH, "tents", SERVER, NOW, accounts=100), 50 + 100),
        (Ask(Way.HASHTAG, "#tents", SERVER, NOW, accounts=3), 5 + 10),
        (Ask(Way.OWN, "", SERVER, NOW, members=500), 1 + 15),
    ],
)
def test_what_a_question_costs_at_most_is_said_to_the_cent(ask: Ask, cents: int) -> None:
    assert [(spend.quota, spend.units) for spend in INTERFACE.expected(ask)] == [("money", cents)]


@pytest.mark.parametrize("posts", [1, 6, 30, 100, 101, 104, 250])
def test_requests_ask_for_even_numbers_and_no_more_than_was_said(posts: int) -> None:
    ask = replace(ACCOUNT, posts=posts)
    _, wire = walked(ask)

    asked = [int(str(r.params["max_results"])) for r in wire.requests if "tweets" in r.url]
    assert all(5 <= number <= 100 and number % 2 == 0 for number in asked)
    assert wire.spent()["money"] <= INTERFACE.expected(ask)[0].units


def test_followers_are_dear_and_stay_out_until_they_are_asked_for() -> None:
    pages, wire = walked(ACCOUNT)

    assert not any("followers" in request.url for request in wire.requests)
    pages, _ = walked(replace(ACCOUNT, members=3))
    members = [li.values for page in pages for li in page.lines if li.table == "memberships"]
    assert [(row["member"], row["kind"]) for row in members] == [("1", "follows"), ("2", "follows")]


def test_a_person_comes_with_counts_and_only_vouched_for_is_verified() -> None:
    page = read({"data": x.user(3)})

    account, counts = (line.values for line in page.lines)
    assert (account["platform_id"], account["handle"]) == ("2244994903", "anna3")
    assert account["verified"] is False
    assert account["links"] == ["https://anna3.example"]
    assert (counts["followers"], counts["following"], counts["posts"]) == (300, 0, 40)
    assert page.aside == {}


def test_a_post_comes_with_its_counts_and_entities() -> None:
    page = read({"data": [x.post(1)]})

    post, counts = (line.values for line in page.lines)
    assert (post["hashtags"], post["mentions"]) == (["trail"], ["ben"])
    assert post["links"] == ["https://shop.example/tents"]
    assert (post["format"], post["language"]) == ("image", "en")
    assert {name: counts[name] for name in ("views", "likes", "comments", "shares", "saves")} == {
        "views": 901,
        "likes": 7,
        "comments": 0,
        "shares": 3,
        "saves": 4,
    }


def test_posts_of_others_that_were_passed_on_are_left_out() -> None:
    shared = x.post(1, referenced_tweets=[{"type": "retweeted", "id": "5"}])
    quoting = x.post(2, referenced_tweets=[{"type": "quoted", "id": "5"}])

    page = read({"data": [shared, quoting]})

    posts = [line.values["post_id"] for line in page.lines if line.table == "posts"]
    assert posts == [quoting["id"]]
    assert page.items == 1


def test_errors_beside_data_are_noted_and_alone_they_refuse() -> None:
    missing = {
        "type": "https://api.x.com/2/problems/resource-not-found",
        "detail": "Could not find tweet 7.",
    }

    assert read({"data": [x.post(1)], "errors": [missing]}).notes == [
        "X left out 1 of what was asked for: Could not find tweet 7."
    ]
    with pytest.raises(NotFound, match="tweet 7"):
        read({"errors": [missing]})


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (401, {"title": "Unauthorized"}, LoginExpired),
        (402, {"title": "CreditsDepleted"}, NotPermitted),
        (403, {"title": "Forbidden"}, NotPermitted),
        (429, {"title": "UsageCapExceeded", "type": "/2/problems/usage-capped"}, QuotaSpent),
        (400, {"errors": [{"message": "max_results is wrong"}]}, Misasked),
        (200, {"errors": [{"message": "suspended"}]}, NotFound),
        (200, {"hello": 1}, NotUsed),
        (200, {"data": 5}, Changed),
        (200, {"data": [{"poll": 1}]}, Changed),
    ],
)
def test_what_fails_says_how(status: int, body: Any, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body, status)


def test_the_reset_of_a_limit_says_when_to_come_back() -> None:
    reset = str(int((NOW + timedelta(minutes=15)).timestamp()))
    with pytest.raises(Throttled) as caught:
        read({"title": "Too Many Requests"}, 429, x_rate_limit_reset=reset)

    assert caught.value.after == 900.0


def test_the_own_account_is_told_more_of_the_last_thirty_days() -> None:
    own = {"impression_count": 1200, "engagements": 5, "user_profile_clicks": 1}
    stub = x.stub()
    asked: list[Request] = []

    def fetch(request: Request) -> Reply:
        asked.append(request)
        if "tweets" in request.url:
            return told({"data": [x.post(1, non_public_metrics=own)], "meta": {}}, request)
        return stub.answer(INTERFACE.signed(request, x.TOKEN))

    pages = list(INTERFACE.walk(fetch, Ask(Way.OWN, "", SERVER, NOW), None))

    assert asked[1].params["start_time"] == "2026-10-23T12:00:00Z"
    assert "non_public_metrics" in asked[1].params["tweet.fields"]
    seen = pages[1].lines[1].values
    assert (seen["views"], seen["source"]) == (1200, "creator_authorised")
    assert seen["interactions"] == own["engagements"]


def test_a_protected_account_is_not_asked_for_posts() -> None:
    def fetch(request: Request) -> Reply:
        return told({"data": x.user(1) | {"protected": True}}, request)

    (page,) = INTERFACE.walk(fetch, ACCOUNT, None)

    assert page.lines[0].values["private"] is True
    assert page.notes == ["anna1 shows posts to approved followers alone."]


def test_a_search_brings_no_more_people_than_asked() -> None:
    ask = Ask(Way.SEARCH, "trail running", SERVER, NOW, accounts=2, posts=1)
    pages, wire = walked(ask)

    handles = [li.values["handle"] for page in pages for li in page.lines if li.table == "accounts"]
    assert handles == ["anna1", "anna2"]
    assert wire.requests[0].params["query"] == "(trail running) -is:retweet"


@pytest.mark.parametrize(
    ("way", "text"),
    [(Way.ACCOUNT, "anna/../me"), (Way.ACCOUNT, ""), (Way.HASHTAG, "#a OR b"), (Way.SEARCH, " ")],
)
def test_what_x_could_not_read_is_refused_before_it_costs(way: Way, text: str) -> None:
    with pytest.raises(Misasked):
        walked(Ask(way, text, SERVER, NOW))
