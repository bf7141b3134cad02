"""YouTube in memory: sixty channels, of which the first has sixty videos and many comments."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = f"AIza{'k' * 35}"
TOKEN = "ya29.stub"
ANALYTICS = "https://www.googleapis.com/auth/yt-analytics.readonly"
_CHANNELS = [f"UC{number:022}" for number in range(60)]
_COMMENTS = {"v00-000": 110, "v00-001": 3}


def stub() -> Stub:
    wide = Ask(Way.SEARCH, "trail running", "", NOW, accounts=55, posts=1)
    own = Ask(
        *(Way.OWN, "", "", NOW, 1, 55, 2),
        granted=frozenset({"https://www.googleapis.com/auth/youtube.readonly", ANALYTICS}),
    )
    return Stub(
        asks=(
            wide,
            Ask(Way.ACCOUNT, "@runner0", "", NOW, accounts=1, posts=55, comments=105),
            Ask(Way.HASHTAG, "#TrailRunning", "", NOW, accounts=55, posts=2),
            own,
        ),
        secret=TOKEN,
        answer=answer,
    )


def answer(request: Request) -> Reply:
    headers = {name.lower(): value for name, value in request.headers.items()}
    is_owner = headers.get("authorization") == f"Bearer {TOKEN}"
    if not is_owner and headers.get("x-goog-api-key") != KEY:
        return refused(request, 400, "badRequest", "API key not valid.", detail="API_KEY_INVALID")
    asked = {name: str(value) for name, value in request.params.items()}
    what = request.url.rpartition("/")[2]
    if (what == "reports" or "mine" in asked) and not is_owner:
        return refused(request, 401, "authError", "Login required.")
    return _ANSWERS[what](request, asked)


def refused(request: Request, status: int, reason: str, message: str, *, detail: str = "") -> Reply:
    """An error as Google sends it."""
    error: dict[str, Any] = {
        "code": status,
        "message": message,
        "errors": [{"message": message, "domain": "youtube.test", "reason": reason}],
    }
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}]
    return told({"error": error}, request, status)


def _listed(
    request: Request, asked: dict[str, str], kind: str, entries: list[dict[str, Any]]
) -> Reply:
    """One page of a list; its second page repeats the last entry of the first."""
    size = min(int(asked.get("maxResults", "5")), 100 if kind == "commentThread" else 50)
    token = asked.get("pageToken", "P0")
    if not re.fullmatch(r"P\d{1,3}", token):
        return refused(request, 400, "invalidPageToken", "The page token is not valid.")
    start = int(token[1:])
    body: dict[str, Any] = {
        "kind": f"youtube#{kind}ListResponse",
        "etag": "e",
        "pageInfo": {"totalResults": len(entries), "resultsPerPage": size},
        "items": entries[max(start - 1, 0) : start + size],
    }
    if start + size < len(entries):
        body["nextPageToken"] = f"P{start + size}"
    return told(body, request)


def _search(request: Request, asked: dict[str, str]) -> Reply:
    if asked["type"] == "channel":
        ids = [{"kind": "youtube#channel", "channelId": each} for each in _CHANNELS]
    else:
        ids = [
            {"kind": "youtube#video", "videoId": f"v{number:02}-000"}
            for number in range(len(_CHANNELS))
        ]
    found = [{"kind": "youtube#searchResult", "etag": "e", "id": each} for each in ids]
    return _listed(request, asked, "search", found)


def _channels(request: Request, asked: dict[str, str]) -> Reply:
    if "mine" in asked:
        numbers = [0]
    elif "id" in asked:
        numbers = [_CHANNELS.index(each) for each in asked["id"].split(",") if each in _CHANNELS]
    else:
        handle = asked.get("forHandle", "")
        numbers = [0] if handle == "@runner0" else []
    return _listed(request, {"maxResults": "50"}, "channel", [_channel(each) for each in numbers])


def _channel(number: int) -> dict[str, Any]:
    own_id = _CHANNELS[number]
    return {
        "kind": "youtube#channel",
        "etag": "e",
        "id": own_id,
        "snippet": {
            "title": f"Runner {number}",
            "description": "Trails in the rain. https://example.com/shop",
            "customUrl": f"@runner{number}",
            "publishedAt": "2019-04-01T10:00:00Z",
            "thumbnails": {"default": {"url": "https://pictures.example/a.jpg"}},
            "country": "NZ",
            "defaultLanguage": "en",
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{own_id[2:]}"}},
        "statistics": {
            "viewCount": f"{1_000 + number}",
            "subscriberCount": "0" if number == 1 else f"{200 + number}",
            "hiddenSubscriberCount": number == 1,
            "videoCount": "60" if number == 0 else "1",
        },
        "topicDetails": {"topicCategories": ["https://en.wikipedia.org/wiki/Sport"]},
        "status": {"privacyStatus": "public", "madeForKids": number == 2},
        "brandingSettings": {"channel": {"keywords": 'ultra "trail running"'}},
    }


def _uploads(request: Request, asked: dict[str, str]) -> Reply:
    known = re.fullmatch(r"UU0{20}([0-5]\d)", asked["playlistId"])
    number = int(known[1]) if known else 3
    if number == 3:
        return refused(request, 404, "playlistNotFound", "The playlist cannot be found.")
    return _listed(
        request,
        asked,
        "playlistItem",
        [
            {
                "kind": "youtube#playlistItem",
                "etag": "e",
                "id": f"entry{each}",
                "contentDetails": {
                    "videoId": f"v{number:02}-{each:03}",
                    "videoPublishedAt": _published(each),
                },
            }
            for each in range(60 if number == 0 else 1)
        ],
    )


def _published(number: int) -> str:
    return f"{NOW - timedelta(days=1 + number):%Y-%m-%dT%H:%M:%SZ}"


def _videos(request: Request, asked: dict[str, str]) -> Reply:
    known = [
        each
        for each in asked["id"].split(",")
        if re.fullmatch(r"v[0-5]\d-\d{3}", each) and each != "v00-030"  # it was deleted
    ]
    return _listed(request, {"maxResults": "50"}, "video", [_video(each) for each in known])


def _video(own_id: str) -> dict[str, Any]:
    channel, _, number = own_id.removeprefix("v").partition("-")
    comments = _COMMENTS.get(own_id, 0)
    return {
        "kind": "youtube#video",
        "etag": "e",
        "id": own_id,
        "snippet": {
            "publishedAt": _published(int(number)),
            "channelId": _CHANNELS[int(channel)],
            "channelTitle": f"Runner {int(channel)}",
            "title": f"Run {number}",
            "description": "With @runner1 #TrailRunning #ad https://example.com/shoes",
            "tags": ["mud", "hills"],
            "categoryId": "17",
            "liveBroadcastContent": "none",
            "defaultAudioLanguage": "en",
        },
        "contentDetails": {"duration": "PT2M30S", "definition": "hd"},
        "status": {"privacyStatus": "public"},
        "statistics": {"viewCount": "1200", "likeCount": "34", "commentCount": f"{comments}"},
        "player": {"embedHtml": "<iframe/>", "embedWidth": "405", "embedHeight": "720"},
        "paidProductPlacementDetails": {"hasPaidProductPlacement": int(number) == 0},
    }


def _comments(request: Request, asked: dict[str, str]) -> Reply:
    video = asked["videoId"]
    if video == "v00-001":
        return refused(request, 403, "commentsDisabled", "The video has disabled comments.")
    threads = [_thread(video, each) for each in range(_COMMENTS.get(video, 0))]
    return _listed(request, asked, "commentThread", threads)


def _thread(video: str, number: int) -> dict[str, Any]:
    comment = {
        "kind": "youtube#comment",
        "etag": "e",
        "id": f"{video}-c{number}",
        "snippet": {
            "videoId": video,
            "textDisplay": f"Comment {number}",
            "textOriginal": f"Comment {number}",
            "authorDisplayName": "@somebody",
            "authorChannelId": {"value": f"UC-viewer-{number % 7}"},
            "likeCount": number,
            "publishedAt": "2026-11-20T08:00:00Z",
        },
    }
    return {
        "kind": "youtube#commentThread",
        "etag": "e",
        "id": comment["id"],
        "snippet": {"videoId": video, "topLevelComment": comment, "totalReplyCount": 0},
    }


def _report(request: Request, asked: dict[str, str]) -> Reply:
    names = [*filter(None, asked.get("dimensions", "").split(",")), *asked["metrics"].split(",")]
    rows: list[list[Any]] = {
        "ageGroup,gender": [
            ["age18-24", "female", 20.5],
            ["age18-24", "male", 30.0],
            ["age65-", "female", 49.5],
        ],
        "country": [["NZ", 300], ["AU", 100], ["ZZ", 50]],
        "video": [["v00-000", 900, 12, 45, 181.5], ["v00-002", 0, None, None, None]],
    }.get(asked.get("dimensions", ""), [[5_000, 900, 61, 40, 55]])
    return told(
        {
            "kind": "youtubeAnalytics#resultTable",
            "columnHeaders": [
                {"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in names
            ],
            "rows": rows,
        },
        request,
    )


_ANSWERS = {
    "search": _search,
    "channels": _channels,
    "playlistItems": _uploads,
    "videos": _videos,
    "commentThreads": _comments,
    "reports": _report,
}
