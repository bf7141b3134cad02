import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    Throttled,
)
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.threads.interface import INTERFACE
from groundswell.terms.exchange import Reply, Request
from groundswell.terms.formats import Format
from tests.connectors.networks.stubs import Stub
from tests.connectors.networks.stubs import threads as network
from tests.connectors.networks.walking import Wire

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_SEARCH, _HASHTAG, _ACCOUNT, _OWN = network.stub().asks


def _rows(pages: list[Page], table: str) -> list[dict[str, Any]]:
    return [line.values for page in pages for line in page.lines if line.table == table]


def _walked(ask: Ask, stub: Stub | None = None) -> tuple[list[Page], Wire]:
    wire = Wire(INTERFACE, stub or network.stub())
    return list(INTERFACE.walk(wire, ask, None)), wire


def _read(body: Any) -> list[Page]:
    reply = Reply(200, {}, json.dumps(body).encode(), "https://recorded.example/")
    return [INTERFACE.read(reply, NOW)]


def _insight(name: str, value: Any, period: str = "lifetime") -> dict[str, Any]:
    of = f"1797/insights/{name}/{period}"
    return {"name": name, "period": period, "values": [{"value": value}], "id": of}


def test_a_public_profile_is_looked_up_with_its_newest_posts() -> None:
    pages, wire = _walked(_ACCOUNT)

    (profile,) = _rows(pages, "accounts")
    assert (profile["handle"], profile["verified"]) == ("anna.runs", False)
    assert profile["url"] == "https://www.threads.com/@anna.runs"
    assert _rows(pages, "account_observations")[0]["followers"] == 1_200
    (week,) = _rows(pages, "account_averages")
    assert (week["window"], week["views_gained"]) == ("week", 9_000)
    posts = _rows(pages, "posts")
    assert len({post["post_id"] for post in posts}) == 30
    assert posts[0]["format"] is Format.IMAGE
    assert posts[0]["hashtags"] == ["TrailRunning"]
    assert posts[0]["mentions"] == ["oak.pine"]
    assert wire.spent() == {"profile lookups": 3}


@pytest.mark.parametrize("text", ["@Anna.Runs", "https://www.threads.com/@anna.runs?x=1"])
def test_a_handle_is_taken_as_people_write_it(text: str) -> None:
    _, wire = _walked(replace(_ACCOUNT, text=text, posts=1))

    assert wire.requests[0].params == {"username": "anna.runs"}


def test_what_is_no_handle_or_no_words_is_not_asked_for() -> None:
    for ask in (
        replace(_ACCOUNT, text="a b"),
        replace(_SEARCH, text=" "),
        replace(_HASHTAG, text="#"),
    ):
        wire = Wire(INTERFACE, network.stub())
        with pytest.raises(Misasked):
            list(INTERFACE.walk(wire, ask, None))
        assert wire.requests == []


def test_a_profile_that_is_not_shown_is_not_found() -> None:
    with pytest.raises(NotFound, match="check the name"):
        _walked(replace(_ACCOUNT, text="nobody"))


def test_words_find_posts_and_those_who_wrote_them_each_looked_up_once() -> None:
    pages, wire = _walked(_SEARCH)

    handles = {row["handle"] for row in _rows(pages, "accounts")}
    authors = {row["account_handle"] for row in _rows(pages, "posts")}
    assert authors == {f"runner{number}" for number in range(6)}
    assert handles == authors
    assert wire.spent() == {"searches": 1, "profile lookups": 6}


def test_an_author_whose_profile_is_not_shown_is_said_and_kept_with_their_posts() -> None:
    pages, _ = _walked(replace(_SEARCH, accounts=7))

    assert "runner6" in {row["account_handle"] for row in _rows(pages, "posts")}
    assert "runner6" not in {row["handle"] for row in _rows(pages, "accounts")}
    notes = [note for page in pages for note in page.notes]
    assert len(notes) == 1
    assert notes[0].startswith("the profile of @runner6 is not shown")


def test_a_topic_is_searched_as_a_tag() -> None:
    _, wire = _walked(_HASHTAG)

    assert wire.requests[0].params["search_mode"] == "TAG"
    assert wire.requests[0].params["q"] == "TrailRunning"


def test_the_own_account_comes_with_insights_audience_and_replies() -> None:
    pages, wire = _walked(_OWN)

    assert _rows(pages, "account_observations")[0]["followers"] == 1_234
    assert len({post["post_id"] for post in _rows(pages, "posts")}) == 24
    counted = _rows(pages, "post_observations")[0]
    assert (counted["views"], counted["likes"], counted["comments"]) == (10, 11, 12)
    assert counted["shares"] == 13 + 14 + 15
    shares = {(row["dimension"], row["value"]) for row in _rows(pages, "audience_shares")}
    assert shares == {("age", "18-24"), ("gender", "female"), ("country", "DE")}
    assert [row["comment_id"] for row in _rows(pages, "comments")[:4]] == [
        "18011",
        "18012",
        "18013",
        "18014",
    ]
    assert _rows(pages, "memberships")[0]["kind"] == "commented"
    assert not any("17970/" in request.url for request in wire.requests)


def test_what_was_not_granted_is_left_out_and_said_once() -> None:
    pages, wire = _walked(replace(_OWN, granted=frozenset({"threads_basic"})))

    assert not any("insights" in request.url for request in wire.requests)
    assert not any("conversation" in request.url for request in wire.requests)
    assert sorted(note for page in pages for note in page.notes) == [
        "Threads did not show insights: the permission for it was not given",
        "Threads did not show replies: the permission for it was not given",
    ]


@pytest.mark.parametrize(
    ("code", "kind"), [(190, LoginExpired), (10, NotPermitted), (4, Throttled)]
)
def test_a_refused_profile_ends_the_walk_with_its_reason(code: int, kind: type[Exception]) -> None:
    def answer(request: Request) -> Reply:
        return network.failed(request, code, "no")

    with pytest.raises(kind):
        _walked(_OWN, replace(network.stub(), answer=answer))


def test_three_ways_to_pass_a_post_on_are_its_shares() -> None:
    pages = _read({"data": [_insight("reposts", "2"), _insight("shares", 4), _insight("views", 0)]})

    (row,) = _rows(pages, "post_observations")
    assert (row["post_id"], row["shares"], row["views"]) == ("1797", 6, 0)
    assert "likes" not in row


def test_views_of_an_account_come_day_by_day() -> None:
    days = [{"value": 7, "end_time": "2026-11-20T08:00:00+0000"}]
    (row,) = _rows(
        _read({"data": [_insight("views", 0, "day") | {"values": days}]}), "account_averages"
    )

    assert (row["window"], row["views_gained"]) == ("day", 7)
    assert row["observed_at"] == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_reply_is_a_comment_of_the_post_at_the_top() -> None:
    reply = {"id": "8", "text": "Ho", "username": "ben", "is_reply": True}
    pages = _read({"data": [{**reply, "root_post": {"id": "7"}, "replied_to": {"id": "6"}}]})

    (row,) = _rows(pages, "comments")
    assert (row["post_id"], row["author"]) == ("7", "ben")
    assert _rows(pages, "posts") == []
    with pytest.raises(NotUsed, match="under which post"):
        _read(reply)


def test_somebody_elses_post_that_is_repeated_is_not_taken() -> None:
    with pytest.raises(NotUsed):
        _read({"data": [{"id": "1", "media_type": "REPOST_FACADE"}]})


def test_tokens_last_by_the_networks_own_exchange() -> None:
    oauth = INTERFACE.oauth
    assert oauth is not None
    assert oauth.longer is not None
    assert (oauth.longer.grant, oauth.longer.renew_grant) == (
        "th_exchange_token",
        "th_refresh_token",
    )
