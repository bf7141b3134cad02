"""TikTok: the connected account and its videos."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotPermitted,
    NotUsed,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.tiktok.interface import INTERFACE, SERVER
from groundswell.terms.exchange import Request
from tests.connectors.networks.stubs import tiktok, told
from tests.connectors.networks.walking import Wire

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASK = Ask(Way.OWN, "", SERVER, NOW)
OK = {"code": "ok", "message": "", "log_id": "1"}


def read(body: Any, status: int = 200) -> Page:
    return INTERFACE.read(told(body, Request(SERVER), status), NOW)


def walked(ask: Ask, cursor: Any = None) -> tuple[list[Page], list[Request]]:
    wire = Wire(INTERFACE, tiktok.stub())
    return list(INTERFACE.walk(wire, ask, cursor)), wire.requests


def test_the_own_account_comes_with_its_counts_and_then_its_videos() -> None:
    (profile, *videos), requests = walked(ASK)

    account, counts = (line.values for line in profile.lines)
    assert (account["platform_id"], account["handle"]) == (tiktok.USER["open_id"], "anna.outside")
    assert (counts["followers"], counts["following"], counts["posts"]) == (15300, 0, 25)
    assert counts["source"] == "creator_authorised"
    posts = [line.values for page in videos for line in page.lines if line.table == "posts"]
    assert len(posts) == 25
    assert posts[0]["account_handle"] == "anna.outside"
    assert (posts[0]["hashtags"], posts[0]["mentions"]) == (["trail", "tents"], ["ben"])
    assert posts[0]["duration_s"] == 21.0
    seen = videos[0].lines[1].values
    assert (seen["views"], seen["likes"], seen["comments"], seen["shares"]) == (1000, 100, 0, 1)
    assert [request.method for request in requests] == ["GET", "POST", "POST"]


def test_what_other_interfaces_of_tiktok_tell_of_a_video_is_read_too() -> None:
    more = {"favorites_count": "9", "reach": 700, "total_time_watched": 4_200.5}
    video = {"id": "7", "view_count": 800, **more, "average_time_watched": "5.25"}
    page = read({"data": {"videos": [video]}, "error": OK})

    counts = page.lines[1].values
    assert (counts["saves"], counts["reach"]) == (9, 700)
    assert (counts["watch_time_s"], counts["watch_average_s"]) == (4_200.5, 5.25)
    assert page.aside == {}


def test_a_reply_that_went_well_has_an_error_called_ok() -> None:
    user = {"open_id": "a1", "display_name": "Anna"}
    page = read({"data": {"user": user}, "error": OK})

    assert [line.table for line in page.lines] == ["accounts"]
    assert page.aside == {}


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (401, "access_token_invalid", LoginExpired),
        (401, "scope_not_authorized", NotPermitted),
        (200, "scope_permission_missed", NotPermitted),
        (429, "rate_limit_exceeded", Throttled),
        (500, "internal_error", Unavailable),
        (400, "invalid_params", Misasked),
        (503, "never_heard_of", Unavailable),
        (200, "never_heard_of", Misasked),
    ],
)
def test_failures_are_told_by_tiktoks_codes(
    status: int, code: str, failure: type[Exception]
) -> None:
    with pytest.raises(failure, match=code):
        read({"data": {}, "error": {"code": code, "message": "No."}}, status)


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ({"error": OK}, Changed),
        ({"data": [], "error": OK}, Changed),
        ({"data": {"publish_id": "1"}, "error": OK}, NotUsed),
        ({"data": {"videos": 5}, "error": OK}, Changed),
        ({"error": "invalid_grant", "error_description": "expired"}, LoginExpired),
        ({"error": 5}, Misasked),
    ],
)
def test_other_forms_are_refused(body: Any, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body)


def test_what_was_not_granted_is_left_out_and_said() -> None:
    ask = replace(ASK, granted=frozenset({"user.info.basic"}))
    (page,), requests = walked(ask)

    assert requests[0].params["fields"] == "open_id,union_id,avatar_url,display_name"
    assert [line.table for line in page.lines] == ["accounts"]
    assert [note.split(" was not")[0].split()[-1] for note in page.notes] == [
        "user.info.profile",
        "user.info.stats",
        "video.list",
    ]


def test_videos_that_are_known_well_enough_are_not_asked_for_again() -> None:
    since = datetime.fromtimestamp(1_790_000_000 - 1.5 * 86_400, tz=UTC)
    pages, _ = walked(replace(ASK, since=since))

    assert len(pages) == 2


def test_a_list_that_stands_still_ends_in_a_failure() -> None:
    stub = tiktok.stub()

    def fetch(request: Request) -> Any:
        if request.method == "GET":
            return stub.answer(INTERFACE.signed(request, tiktok.TOKEN))
        data = {"videos": [tiktok.video(1)], "cursor": 7, "has_more": True}
        return told({"data": data, "error": OK}, request)

    with pytest.raises(Changed, match="again and again"):
        list(INTERFACE.walk(fetch, ASK, None))


def test_a_video_alone_is_known_by_its_address() -> None:
    page = read({"data": {"videos": [tiktok.video(1)]}, "error": OK})

    assert page.lines[0].values["account_handle"] == "anna.outside"
