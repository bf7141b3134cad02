from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import Changed, Misasked, NotFound, Throttled
from groundswell.connectors.adapters.networks.instagram.interface import INTERFACE
from groundswell.connectors.adapters.networks.network import Ask, CannotAsk, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.terms.exchange import Reply, Request, Spend
from groundswell.terms.formats import Format
from groundswell.terms.sources import Source
from tests.connectors.networks.stubs import Stub, told
from tests.connectors.networks.stubs import instagram as network
from tests.connectors.networks.walking import Wire, pages_of

_ACCOUNT, _HASHTAG, _OWN = network.stub().asks


def _rows(pages: list[Page], table: str) -> list[dict[str, Any]]:
    return [line.values for page in pages for line in page.lines if line.table == table]


def _walked(ask: Ask, stub: Stub | None = None) -> tuple[list[Page], Wire]:
    wire = Wire(INTERFACE, stub or network.stub())
    return list(INTERFACE.walk(wire, ask, None)), wire


def _answering(answer: Any) -> Stub:
    return replace(network.stub(), answer=answer)


def test_another_account_is_discovered_with_its_newest_posts() -> None:
    pages, wire = _walked(_ACCOUNT)

    (profile,) = _rows(pages, "accounts")
    assert profile["handle"] == "anna.runs"
    assert profile["platform_id"] == network.ANNA
    assert profile["display_name"] == "Anna 🏃‍♀️"
    assert profile["links"] == ["https://anna.example/"]
    (counts,) = _rows(pages, "account_observations")
    assert (counts["followers"], counts["following"], counts["posts"]) == (12_345, None, 400)
    posts = _rows(pages, "posts")
    assert len({post["post_id"] for post in posts}) == 30
    first = posts[0]
    assert first["format"] is Format.REEL
    assert first["hashtags"] == ["TrailRunning"]
    assert first["mentions"] == ["oak.pine"]
    assert first["published_at"] == datetime(2026, 10, 27, 0, 30, tzinfo=UTC)
    assert first["paid_partnership"] is None
    assert len(wire.requests) == 2


def test_the_next_posts_are_asked_for_within_the_question() -> None:
    _, wire = _walked(_ACCOUNT)

    first, second = (str(request.params["fields"]) for request in wire.requests)
    assert first.startswith("business_discovery.username(anna.runs){id,username,")
    assert "media.limit(25){" in first
    assert second.startswith("business_discovery.username(anna.runs){media.limit(6).after(c25){")


@pytest.mark.parametrize(
    "text", ["@Anna.Runs", "https://www.instagram.com/anna.runs/?hl=en", "instagram.com/anna.runs"]
)
def test_a_handle_is_taken_as_people_write_it(text: str) -> None:
    pages, _ = _walked(replace(_ACCOUNT, text=text, posts=1))

    assert _rows(pages, "accounts")[0]["handle"] == "anna.runs"


@pytest.mark.parametrize(
    "text", ["", "anna}{id", "a b", "anna)", "x" * 31, "https://evil.example/a"]
)
def test_what_is_no_handle_is_not_put_into_a_question(text: str) -> None:
    wire = Wire(INTERFACE, network.stub())

    with pytest.raises(Misasked, match="is no handle of Instagram"):
        list(INTERFACE.walk(wire, replace(_ACCOUNT, text=text), None))
    assert wire.requests == []


def test_an_account_that_is_not_shown_is_not_found() -> None:
    with pytest.raises(NotFound, match="only professional accounts without an age limit"):
        _walked(replace(_ACCOUNT, text="personal.account"))


def test_a_cursor_that_is_no_cursor_is_not_put_into_a_question() -> None:
    def answer(request: Request) -> Reply:
        paging = {"cursors": {"after": "x){id},business_discovery.username(b"}}
        media = {"data": [{"id": "2"}], "paging": paging}
        return told({"business_discovery": {"id": "1", "media": media}}, request)

    with pytest.raises(Changed, match=r"cursors\.after is no cursor"):
        _walked(_ACCOUNT, _answering(answer))


def test_a_list_that_turns_in_a_circle_ends() -> None:
    def answer(request: Request) -> Reply:
        media = {"data": [{"id": "2"}], "paging": {"cursors": {"after": "again"}}}
        return told({"business_discovery": {"id": "1", "media": media}}, request)

    with pytest.raises(Changed, match="gave the same page of"):
        _walked(_ACCOUNT, _answering(answer))


def test_posts_from_before_are_not_asked_for_again() -> None:
    pages, _ = _walked(replace(_ACCOUNT, since=datetime(2026, 10, 20, tzinfo=UTC)))

    assert len(pages) == 1


def test_a_hashtag_is_searched_once_and_counted_once() -> None:
    pages, wire = _walked(replace(_HASHTAG, own_id=network.BRAND))

    assert wire.requests[0].url.endswith("/ig_hashtag_search")
    assert wire.requests[0].params == {"user_id": network.BRAND, "q": "trailrunning"}
    edges = [request.url.rpartition("/")[2] for request in wire.requests[1:]]
    assert edges == ["top_media", "recent_media"]
    assert Spend("hashtags", key="trailrunning") in wire.requests[1].spends
    assert wire.spent() == {"hashtags": 1, "calls": 3}
    posts = _rows(pages, "posts")
    assert len(posts) == 30
    assert not any("account_handle" in post for post in posts)
    assert "does not say who wrote" in pages[0].notes[0]


@pytest.mark.parametrize("text", ["#two words", "😀", "#", "2026"])
def test_what_is_no_hashtag_spends_none(text: str) -> None:
    wire = Wire(INTERFACE, network.stub())

    with pytest.raises(Misasked, match="is no hashtag"):
        list(INTERFACE.walk(wire, replace(_HASHTAG, text=text), None))
    assert wire.requests == []


def test_words_are_not_searched_and_it_is_said_what_is() -> None:
    with pytest.raises(CannotAsk, match="it can be by hashtag, account, own"):
        INTERFACE.walk(network.stub().answer, replace(_OWN, way=Way.SEARCH), None)


def test_the_own_account_comes_with_insights_audience_stories_comments_and_tags() -> None:
    pages, _ = _walked(_OWN)

    posts = _rows(pages, "posts")
    assert {post["format"] for post in posts} == {
        Format.STORY,
        Format.REEL,
        Format.IMAGE,
        Format.CAROUSEL,
    }
    of_anna = [post for post in posts if post["account_handle"] == "anna.runs"]
    assert len(of_anna) == 13
    counted = [row for row in _rows(pages, "post_observations") if row.get("reach")]
    assert counted[0]["source"] is Source.CREATOR_AUTHORISED
    assert (counted[-1]["views"], counted[-1]["reach"], counted[-1]["saves"]) == (100, 101, 102)
    comments = _rows(pages, "comments")
    assert [comment["author"] for comment in comments[:3]] == ["runner1", "oak.pine", "runner2"]
    assert {row["member"] for row in _rows(pages, "memberships")} == {
        "runner0",
        "runner1",
        "runner2",
    }
    assert len(_rows(pages, "accounts")) == 4
    assert "these creators allow partnership ads: @creator1" in pages[-1].notes


def test_followers_gained_come_day_by_day() -> None:
    pages, _ = _walked(_OWN)

    gained = {
        row["observed_at"].day: row["followers_gained"]
        for row in _rows(pages, "account_averages")
        if row.get("followers_gained") is not None
    }
    assert gained == {19: 59, 20: 60, 21: 61}
    assert {row["window"] for row in _rows(pages, "account_averages")} == {"day", "month"}


def test_views_of_an_account_come_as_the_total_of_a_month() -> None:
    pages, wire = _walked(_OWN)

    (row,) = [row for row in _rows(pages, "account_averages") if row["window"] == "month"]
    assert (row["views_gained"], row["observed_at"]) == (9_000, network.NOW)
    (asked,) = [one.params for one in wire.requests if one.params.get("metric") == "views"]
    assert int(str(asked["until"])) - int(str(asked["since"])) == 30 * 86_400


def test_reels_alone_are_asked_for_how_long_they_were_watched() -> None:
    pages, wire = _walked(_OWN)

    reels = {row["post_id"] for row in _rows(pages, "posts") if row["format"] is Format.REEL}
    own = {
        request.url.split("/")[-2]
        for request in wire.requests
        if "ig_reels_avg_watch_time" in str(request.params.get("metric"))
    }
    watched = [row for row in _rows(pages, "post_observations") if "watch_time_s" in row]
    assert own == {row["post_id"] for row in watched} == reels & own
    assert (watched[0]["watch_time_s"], watched[0]["watch_average_s"]) == (0.108, 0.109)


def test_shares_of_an_audience_are_pooled_over_counts() -> None:
    pages, _ = _walked(_OWN)

    shares = {(row["dimension"], row["value"]): row for row in _rows(pages, "audience_shares")}
    assert shares["age", "25-34"]["share"] == 0.6
    assert shares["age", "25-34"]["sample_size"] == 100
    assert shares["gender", "female"]["share"] == 0.6
    assert shares["country", "DE"]["sample_size"] == 90
    assert not any(dimension == "city" for dimension, _ in shares)


def test_what_was_not_granted_is_left_out_and_said_once() -> None:
    pages, wire = _walked(replace(_OWN, granted=frozenset({"instagram_basic"})))

    assert not any("insights" in request.url for request in wire.requests)
    assert not any("comments" in request.url for request in wire.requests)
    notes = [note for page in pages for note in page.notes]
    assert sum("insights of posts" in note for note in notes) == 1
    assert len(_rows(pages, "posts")) == 40


def test_a_post_without_insights_is_no_reason_to_stop() -> None:
    def answer(request: Request) -> Reply:
        if "/insights" in request.url and not request.url.startswith(
            f"{network.SERVER}/v25.0/{network.BRAND}/"
        ):
            return network.failed(request, 10, "(#10) Not enough viewers for the media")
        return network.stub().answer(request)

    pages, _ = _walked(_OWN, _answering(answer))

    assert len(_rows(pages, "posts")) == 40
    assert not any(row.get("reach") for row in _rows(pages, "post_observations"))
    assert any("did not show insights of some posts" in note for note in pages[1].notes)


def test_without_an_id_the_account_that_asks_is_looked_for() -> None:
    pages, wire = _walked(replace(_ACCOUNT, own_id=None, posts=1))

    assert wire.requests[0].url.endswith("/me/accounts")
    assert wire.requests[1].url.endswith(f"/{network.BRAND}")
    assert len(_rows(pages, "accounts")) == 1


def test_the_newer_server_is_asked_for_oneself() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        seen.append(request)
        body: dict[str, Any] = {"data": []}
        if request.url.endswith("/me"):
            body = {"id": "55", "user_id": network.BRAND, "username": "oak.pine"}
        return told(body, request)

    ask = Ask(Way.OWN, "", "https://graph.instagram.com", network.NOW, own_id="55")
    pages, _ = _walked(ask, _answering(answer))

    assert _rows(pages, "accounts")[0]["platform_id"] == network.BRAND
    assert all(request.url.startswith("https://graph.instagram.com/v25.0/me") for request in seen)


def test_a_walk_stops_before_the_limit_and_keeps_what_it_has() -> None:
    def answer(request: Request) -> Reply:
        reply = network.stub().answer(request)
        return replace(reply, headers={**reply.headers, "x-app-usage": '{"call_count": 97}'})

    walk = INTERFACE.walk(Wire(INTERFACE, _answering(answer)), _ACCOUNT, None)
    page = next(walk)

    assert len(_rows([page], "posts")) == 24
    with pytest.raises(Throttled) as caught:
        next(walk)
    assert caught.value.after == 600
    rest = pages_of(INTERFACE, network.stub(), _ACCOUNT, page.cursor)
    assert len(_rows(rest, "posts")) == 6


def test_tokens_go_to_the_servers_of_the_network_alone() -> None:
    assert INTERFACE.address("graph.instagram.com") == "https://graph.instagram.com"
    assert INTERFACE.address("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    for text in (
        "evil.example",
        "https://graph.facebook.com.evil.example",
        "http://a@graph.facebook.com",
    ):
        with pytest.raises(ValueError, match="the token would be given away"):
            INTERFACE.address(text)


def test_stories_are_asked_for_before_they_are_gone() -> None:
    assert INTERFACE.every[Way.OWN] < timedelta(days=1)
