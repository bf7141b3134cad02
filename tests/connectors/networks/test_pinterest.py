"""Pinterest: the connected account, its pins, and how they did."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.pinterest.interface import INTERFACE, SERVER
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import pinterest, told
from tests.connectors.networks.walking import Wire

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASK = Ask(Way.OWN, "", SERVER, NOW)


def read(body: Any, status: int = 200, url: str = SERVER) -> Page:
    return INTERFACE.read(told(body, Request(url), status), NOW)


def counts_of(pages: list[Page]) -> dict[str, tuple[Any, ...]]:
    names = ("views", "saves", "likes", "comments")
    return {
        line.values["post_id"][-1]: tuple(line.values.get(name) for name in names)
        for page in pages
        for line in page.lines
        if line.table == "post_observations"
    }


def test_the_own_account_comes_with_its_counts() -> None:
    page = read(pinterest.USER)

    account, counts, month = (line.values for line in page.lines)
    assert (account["platform_id"], account["handle"]) == ("549755885175", "annaoutside")
    assert account["links"] == ["https://anna.example"]
    assert (counts["followers"], counts["following"], counts["posts"]) == (930, 0, 7)
    assert counts["source"] == "creator_authorised"
    assert (month["window"], month["views_gained"]) == ("month", 4000)


@pytest.mark.parametrize("untold", [None, -1])
def test_an_account_without_views_of_the_month_has_none_and_not_zero(untold: int | None) -> None:
    page = read(pinterest.USER | {"monthly_views": untold})

    assert [line.table for line in page.lines] == ["accounts", "account_observations"]
    assert page.bad == []


def test_young_pins_are_counted_by_analytics_and_old_ones_over_their_life() -> None:
    wire = Wire(INTERFACE, pinterest.stub())
    pages = list(INTERFACE.walk(wire, ASK, None))

    assert counts_of(pages) == {
        "1": (200, 3, 1, 0),
        "2": (400, 3, 2, 0),
        "3": (600, 3, 3, 0),
        "4": (800, 3, 4, 0),
        "5": (500, None, 5, 0),
        "6": (600, None, 6, 0),
    }
    first = next(request for request in wire.requests if "analytics" in request.url)
    assert (first.params["start_date"], first.params["end_date"]) == ("2026-11-01", "2026-11-22")


def test_a_pin_of_somebody_else_is_left_out() -> None:
    pages = list(INTERFACE.walk(Wire(INTERFACE, pinterest.stub()), ASK, None))

    posts = [line.values for page in pages for line in page.lines if line.table == "posts"]
    assert sorted({post["post_id"][-1] for post in posts}) == ["1", "2", "3", "4", "5", "6"]
    assert posts[0]["text"] == "Tent 1\n\nPack light #trail"
    assert (posts[0]["format"], posts[0]["hashtags"]) == ("image", ["trail"])


def test_videos_alone_are_asked_for_how_long_they_were_watched() -> None:
    asked: list[Request] = []
    media = {"media_type": "video"}
    watched = {"VIDEO_V50_WATCH_TIME": 10_031, "VIDEO_AVG_WATCH_TIME": 2_507.75, "ENGAGEMENT": 8}
    counted = {"all": {"summary_metrics": {"IMPRESSION": 90, **watched}, "lifetime_metrics": {}}}

    def fetch(request: Request) -> Reply:
        asked.append(request)
        if request.url.endswith("user_account"):
            return told(pinterest.USER, request)
        if request.url.endswith("/pins"):
            pins = [pinterest.pin(1), pinterest.pin(2, media=media)]
            return told({"items": pins, "bookmark": None}, request)
        return told(counted if "2/" in request.url else pinterest.analytics(1), request)

    pages = list(INTERFACE.walk(fetch, ASK, None))

    image, video = (str(request.params["metric_types"]) for request in asked[2:])
    assert "WATCH_TIME" not in image
    assert video == f"{image},VIDEO_V50_WATCH_TIME,VIDEO_AVG_WATCH_TIME"
    row = pages[-1].lines[0].values
    assert (row["watch_time_s"], row["watch_average_s"], row["interactions"]) == (10.031, 2.508, 8)


def test_a_pin_that_went_meanwhile_does_not_stop_the_others() -> None:
    stub = pinterest.stub()

    def fetch(request: Request) -> Reply:
        if request.url.endswith("1/analytics"):
            return pinterest.failed(request, 404, 50, "Pin not found.")
        return stub.answer(INTERFACE.signed(request, pinterest.TOKEN))

    pages = list(INTERFACE.walk(fetch, ASK, None))

    assert "1" not in counts_of(pages)
    assert len(counts_of(pages)) == 5
    assert any("A pin went" in note for page in pages for note in page.notes)


def test_a_list_that_stands_still_ends_in_a_failure() -> None:
    def fetch(request: Request) -> Reply:
        if request.url.endswith("user_account"):
            return told(pinterest.USER, request)
        return told({"items": [pinterest.pin(5)], "bookmark": "same"}, request)

    with pytest.raises(Changed, match="again and again"):
        list(INTERFACE.walk(fetch, ASK, None))


def test_pins_are_left_out_where_they_were_not_granted() -> None:
    ask = replace(ASK, granted=frozenset({"user_accounts:read"}))
    (page,) = INTERFACE.walk(Wire(INTERFACE, pinterest.stub()), ask, None)

    assert page.notes == ["Pins were left out: pins:read was not allowed."]


def test_analytics_alone_know_their_pin_by_the_address() -> None:
    page = read(pinterest.analytics(1), url=f"{SERVER}/v5/pins/77/analytics")

    assert page.lines[0].values["post_id"] == "77"


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (401, {"code": 2, "message": "Authentication failed."}, LoginExpired),
        (403, {"code": 29, "message": "You are not permitted."}, NotPermitted),
        (429, {"code": 8, "message": "You have exceeded your rate limit."}, Throttled),
        (404, {"code": 50, "message": "Pin not found."}, NotFound),
        (400, {"code": 1, "message": "Bad page_size."}, Misasked),
        (500, {"code": 12, "message": "Something went wrong."}, Unavailable),
        (200, {"code": 1, "message": "odd"}, Misasked),
        (200, {"items": [{"id": "1", "name": "A board"}]}, NotUsed),
        (200, {"items": 5}, NotUsed),
        (200, [], Changed),
    ],
)
def test_what_fails_says_how(status: int, body: Any, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body, status)
