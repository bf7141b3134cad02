import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    LoginExpired,
    NotFound,
    NotPermitted,
    NotUsed,
    QuotaSpent,
    Throttled,
    Unavailable,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.youtube.interface import INTERFACE
from groundswell.connectors.adapters.networks.youtube.refusals import CommentsOff
from groundswell.terms.exchange import ExchangeFailed, Reply, Request, Spend
from groundswell.terms.formats import Format
from groundswell.terms.sources import Source
from tests.connectors.networks.recorded import OWN
from tests.connectors.networks.stubs import told
from tests.connectors.networks.stubs.youtube import KEY, NOW, TOKEN, refused, stub
from tests.connectors.networks.walking import Wire, pages_of

ANYWHERE = Request("https://www.googleapis.com/youtube/v3/channels")


def recorded(name: str) -> Page:
    body = (OWN / "youtube" / name).read_bytes()
    return INTERFACE.read(Reply(200, {}, body, ANYWHERE.url), NOW)


def rows(page: Page, table: str) -> list[dict[str, Any]]:
    return [line.values for line in page.lines if line.table == table]


def all_rows(ask: Ask, table: str) -> list[dict[str, Any]]:
    return [row for page in pages_of(INTERFACE, stub(), ask) for row in rows(page, table)]


def asked(way: Way) -> Ask:
    return next(ask for ask in stub().asks if ask.way is way)


def read_video(**fields: Any) -> dict[str, Any]:
    video = {
        "kind": "youtube#video",
        "id": "aaaaaaaaaa1",
        "snippet": {"channelId": "UCa", "publishedAt": "2026-10-01T00:00:00Z", "title": "Mud"},
    } | fields
    return rows(INTERFACE.read(told(video, ANYWHERE), NOW), "posts")[0]


def test_a_channel_is_an_account_with_its_counts() -> None:
    page = recorded("channels.json")

    account = rows(page, "accounts")[0]
    assert account["handle"] == "mossandmud"
    assert account["country"] == "NZ"
    assert account["links"] == ["https://example.com/moss"]
    assert account["avatar_url"] == "https://pictures.example/800.jpg"
    assert account["categories"] == ["Lifestyle", "Sport", "ultra", "trail running", "mud"]
    counts = rows(page, "account_observations")[0]
    assert (counts["followers"], counts["posts"], counts["total_views"]) == (25300, 214, 1203400)
    assert counts["source"] is Source.API
    assert page.aside == {}


def test_hidden_subscribers_are_missing_not_zero() -> None:
    hidden = rows(recorded("channels.json"), "account_observations")[1]

    assert hidden["followers"] is None
    assert hidden["posts"] == 3


def test_a_video_is_a_post_with_its_counts() -> None:
    page = recorded("videos.json")

    video, upright, _ = rows(page, "posts")
    assert video["format"] is Format.VIDEO
    assert video["duration_s"] == 3723.0
    assert video["hashtags"] == ["ad", "TrailRunning"]
    assert video["mentions"] == ["summit.socks"]
    assert video["links"] == ["https://example.com/shoes?ref=moss"]
    assert video["categories"] == ["Sports", "Sport", "trail", "mud"]
    assert video["paid_partnership"] is True
    assert video["language"] == "en-NZ"
    assert upright["paid_partnership"] is None
    counts = rows(page, "post_observations")
    assert [counts[0][name] for name in ("views", "likes", "comments")] == [18234, 1021, 77]
    assert [counts[1][name] for name in ("views", "likes", "comments")] == [510, None, None]
    assert len(counts) == 2


@pytest.mark.parametrize(
    ("length", "player", "published", "kind"),
    [
        ("PT2M30S", {"embedWidth": "405", "embedHeight": "720"}, "2026-10-01", Format.SHORT),
        ("PT2M30S", {"embedWidth": "405", "embedHeight": "720"}, "2023-10-01", Format.VIDEO),
        ("PT2M30S", {"embedWidth": "720", "embedHeight": "405"}, "2026-10-01", Format.VIDEO),
        ("PT30S", {"embedWidth": "720", "embedHeight": "405"}, "2026-10-01", Format.VIDEO),
        ("PT3M1S", {"embedWidth": "405", "embedHeight": "720"}, "2026-10-01", Format.VIDEO),
        ("PT1M", {}, "2026-10-01", Format.SHORT),
        ("PT2M", {}, "2026-10-01", Format.VIDEO),
        ("P0D", {}, "2026-10-01", None),
    ],
)
def test_shorts_are_known_by_length_and_upright_picture(
    length: str, player: dict[str, str], published: str, kind: Format | None
) -> None:
    snippet = {"channelId": "UCa", "publishedAt": f"{published}T00:00:00Z", "title": "Mud"}
    post = read_video(snippet=snippet, contentDetails={"duration": length}, player=player)

    assert post["format"] is kind


def test_a_broadcast_is_live_also_before_it_begins() -> None:
    post = read_video(
        contentDetails={"duration": "P0D"},
        liveStreamingDetails={"scheduledStartTime": "2026-12-01T18:00:00Z"},
    )

    assert post["format"] is Format.LIVE
    assert post["duration_s"] is None


def test_comments_have_authors_and_the_video_that_they_are_under() -> None:
    comment, answer = rows(recorded("comment_threads.json"), "comments")

    assert comment["author"] == "UCffffffffffffffffffffff"
    assert (comment["post_id"], comment["likes"], comment["text"]) == ("aaaaaaaaaa1", 4, "So good!")
    assert comment["account_platform_id"] == "UCaaaaaaaaaaaaaaaaaaaaaa"
    assert answer["comment_id"] == "Ug1.1"


def test_comments_that_name_no_video_are_not_used() -> None:
    with pytest.raises(NotUsed, match="under which video"):
        recorded("replies_alone.json")


@pytest.mark.parametrize(
    ("status", "reason", "kind", "is_retriable"),
    [
        (403, "quotaExceeded", QuotaSpent, True),
        (403, "rateLimitExceeded", Throttled, True),
        (400, "keyInvalid", LoginExpired, False),
        (401, "authError", LoginExpired, False),
        (403, "insufficientPermissions", NotPermitted, False),
        (403, "accessNotConfigured", NotPermitted, False),
        (403, "forbidden", NotPermitted, False),
        (403, "commentsDisabled", CommentsOff, False),
        (404, "playlistNotFound", NotFound, False),
        (503, "backendError", Unavailable, True),
    ],
)
def test_a_refusal_is_told_by_its_reason(
    status: int, reason: str, kind: type[ExchangeFailed], *, is_retriable: bool
) -> None:
    reply = refused(ANYWHERE, status, reason, 'See <a href="/quota">quota</a>.')

    with pytest.raises(kind, match=r"\(See quota\)") as refusal:
        INTERFACE.read(reply, NOW)
    assert type(refusal.value) is kind
    assert refusal.value.is_retriable is is_retriable


def test_spent_units_come_back_at_midnight_in_california() -> None:
    # On the day on which clocks go back there, the day has 25 hours.
    now = datetime(2026, 11, 1, 8, tzinfo=UTC)
    reply = refused(ANYWHERE, 403, "quotaExceeded", "Quota exceeded.")

    with pytest.raises(QuotaSpent) as refusal:
        INTERFACE.read(reply, now)
    assert refusal.value.after == timedelta(hours=24).total_seconds()


def test_a_key_and_a_token_go_into_headers_of_their_own() -> None:
    assert INTERFACE.signed(ANYWHERE, KEY).headers == {"x-goog-api-key": KEY}
    assert INTERFACE.signed(ANYWHERE, TOKEN).headers == {"authorization": f"Bearer {TOKEN}"}


def test_a_search_takes_as_many_units_as_was_said() -> None:
    wire = Wire(INTERFACE, stub())
    ask = asked(Way.SEARCH)

    list(INTERFACE.walk(wire, ask, None))

    # Two searches and lists of channels; 55 channels with a list of uploads, one of them missing.
    assert wire.spent() == {"youtube_units": 2 * 101 + 55 + 54}
    assert INTERFACE.expected(ask) == (Spend("youtube_units", 2 * 101 + 55 * 2),)


@pytest.mark.parametrize(
    ("text", "tried"),
    [
        ("@runner0", [{"forHandle": "@runner0"}]),
        ("runner0", [{"forHandle": "@runner0"}]),
        ("https://www.youtube.com/@runner0", [{"forHandle": "@runner0"}]),
        ("UC0000000000000000000000", [{"id": "UC0000000000000000000000"}]),
        (
            "https://www.youtube.com/channel/UC0000000000000000000000",
            [{"id": "UC0000000000000000000000"}],
        ),
    ],
)
def test_a_channel_is_found_by_handle_address_and_id(
    text: str, tried: list[dict[str, str]]
) -> None:
    wire = Wire(INTERFACE, stub())
    ask = replace(asked(Way.ACCOUNT), text=text, posts=0)

    pages = list(INTERFACE.walk(wire, ask, None))

    assert [{**r.params} for r in wire.requests] == [
        {**each, "part": wire.requests[0].params["part"]} for each in tried
    ]
    assert rows(pages[0], "accounts")[0]["platform_id"] == "UC0000000000000000000000"


def test_a_name_that_nobody_has_is_said_so() -> None:
    ask = replace(asked(Way.ACCOUNT), text="nobody")

    with pytest.raises(NotFound, match="no channel called 'nobody'"):
        pages_of(INTERFACE, stub(), ask)


def test_uploads_stop_at_what_is_known_well_enough() -> None:
    ask = replace(asked(Way.ACCOUNT), since=NOW - timedelta(days=3, hours=1), comments=0)

    assert [row["post_id"] for row in all_rows(ask, "posts")] == ["v00-000", "v00-001", "v00-002"]


def test_a_listed_video_that_is_not_shown_is_gone() -> None:
    pages = pages_of(INTERFACE, stub(), asked(Way.ACCOUNT))

    assert [gone for page in pages for gone in page.gone] == [("posts", "v00-030")]


def test_a_reply_without_any_videos_says_of_none_that_it_is_gone() -> None:
    def nothing(request: Request) -> Reply:
        if request.url.endswith("/videos"):
            return told({"items": []}, request)
        return stub().answer(INTERFACE.signed(request, KEY))

    found = list(INTERFACE.walk(nothing, asked(Way.ACCOUNT), None))
    assert len(found) > 1
    assert not any(page.gone for page in found)


def test_switched_off_comments_are_noted_and_the_walk_goes_on() -> None:
    pages = pages_of(INTERFACE, stub(), asked(Way.ACCOUNT))

    notes = [note for page in pages for note in page.notes]
    assert notes == ["Comments are switched off under v00-001."]
    assert len([1 for page in pages for _ in rows(page, "comments")]) == 105


def test_a_channel_for_children_is_noted() -> None:
    page = pages_of(INTERFACE, stub(), asked(Way.SEARCH))[0]

    assert [note.split(":")[0] for note in page.notes] == ["Runner 2 is made for kids"]


def test_only_posts_that_hold_the_hashtag_are_brought() -> None:
    ask = replace(asked(Way.HASHTAG), text="road")

    assert all_rows(ask, "posts") == []
    assert len(all_rows(asked(Way.HASHTAG), "posts")) == 55


def test_an_owner_has_shares_of_ages_genders_and_countries() -> None:
    found = all_rows(asked(Way.OWN), "audience_shares")

    assert {(row["dimension"], row["value"]): round(row["share"], 6) for row in found} == {
        ("age", "18-24"): 0.505,
        ("age", "65+"): 0.495,
        ("gender", "female"): 0.7,
        ("gender", "male"): 0.3,
        ("country", "NZ"): 0.75,
        ("country", "AU"): 0.25,
    }
    assert {row["source"] for row in found} == {Source.CREATOR_AUTHORISED}


def test_an_owner_has_gains_and_what_reports_alone_tell_of_videos() -> None:
    gained = all_rows(asked(Way.OWN), "account_averages")
    counts = {row["post_id"]: row for row in all_rows(asked(Way.OWN), "post_observations")}

    assert [(row["window"], row["followers_gained"], row["views_gained"]) for row in gained] == [
        ("28 days", -15, 5000)
    ]
    reported = ("shares", "watch_time_s", "watch_average_s")
    assert [counts["v00-000"][name] for name in reported] == [12, 2_700.0, 181.5]
    for untold in ("v00-001", "v00-002"):
        assert not counts[untold].keys() & set(reported)


def test_without_the_scope_the_audience_is_left_out_and_that_is_said() -> None:
    ask = replace(asked(Way.OWN), granted=frozenset({"youtube.readonly"}))
    pages = pages_of(INTERFACE, stub(), ask)

    assert [row for page in pages for row in rows(page, "audience_shares")] == []
    notes = [note for page in pages for note in page.notes]
    assert [note.partition(":")[0] for note in notes if "Analytics" in note] == [
        "Ages, genders and countries of the audience were left out"
    ]


def test_a_page_that_leads_to_itself_ends_the_walk_with_what_was_brought() -> None:
    def circling(request: Request) -> Reply:
        reply = stub().answer(request)
        body = json.loads(reply.body)
        if body["kind"] == "youtube#playlistItemListResponse":
            body["nextPageToken"] = "P50"
        return replace(reply, body=json.dumps(body).encode())

    ask = replace(asked(Way.ACCOUNT), posts=200, comments=0)
    brought: list[Page] = []
    with pytest.raises(ExchangeFailed, match="again and again"):
        brought += INTERFACE.walk(Wire(INTERFACE, replace(stub(), answer=circling)), ask, None)
    assert [len(rows(page, "posts")) for page in brought] == [0, 49]
