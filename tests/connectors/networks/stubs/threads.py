"""Threads in memory: an own account, profiles that are looked up, and posts that are searched."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.threads.walks import VERSION
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

SERVER = "https://graph.threads.net"
TOKEN = "THAA-long-lived"
OWN = "37602500000000001"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_KINDS = ("TEXT_POST", "IMAGE", "VIDEO", "CAROUSEL_ALBUM")


def post(number: int, by: str, **more: Any) -> dict[str, Any]:
    """A post as the interface writes it."""
    return {
        "id": f"1797{by[0]}{number}".replace("a", "1").replace("o", "2").replace("r", "3"),
        "text": f"Trail running {number} with @oak.pine",
        "media_type": _KINDS[number % 4],
        "permalink": f"https://www.threads.com/@{by}/post/D{number}",
        "timestamp": f"2026-10-{28 - number % 28:02}T{number // 28:02}:30:00+0000",
        "username": by,
        "is_quote_post": False,
        "is_reply": False,
        "topic_tag": "TrailRunning",
    } | more


_ANNAS = [post(number, "anna.runs") for number in (1, 2, 2, *range(3, 35))]
_OWN = [
    {"id": "17970", "media_type": "REPOST_FACADE", "timestamp": "2026-11-01T10:00:00+0000"},
    *(post(number, "oak.pine") for number in (1, 1, *range(2, 25))),
]
_FOUND = [post(100 + number, f"runner{number % 7}") for number in (1, *range(60))]
_REPLIES = [
    {
        "id": f"1801{number}",
        "text": f"Nice {number}",
        "timestamp": f"2026-10-29T10:{number:02}:00+0000",
        "username": f"runner{number % 3}",
        "media_type": "TEXT_POST",
        "is_reply": True,
    }
    for number in (1, 2, 2, 3, 4, 5)
]


def stub() -> Stub:
    """The server."""
    asks = (
        Ask(Way.SEARCH, "trail running", SERVER, NOW, accounts=6, posts=5),
        Ask(Way.HASHTAG, "#TrailRunning", SERVER, NOW, accounts=6, posts=5),
        Ask(Way.ACCOUNT, "@anna.runs", SERVER, NOW),
        Ask(Way.OWN, "", SERVER, NOW, comments=4, members=3),
    )
    return Stub(asks, TOKEN, _answer)


def failed(request: Request, code: int, message: str, status: int = 400, **more: Any) -> Reply:
    """An error as the interface writes it."""
    error = {"message": message, "type": "OAuthException", "code": code, **more}
    return told({"error": {**error, "fbtrace_id": "AbC"}}, request, status)


def _answer(request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return failed(request, 190, "Invalid OAuth 2.0 Access Token", 401)
    params = {name: str(value) for name, value in request.params.items()}
    path = request.url.removeprefix(f"{SERVER}/{VERSION}/")
    if path == "me":
        name = {"id": OWN, "username": "oak.pine", "name": "Oak & Pine", "is_verified": True}
        return told({**name, "threads_biography": "Tents"}, request)
    if path == "profile_lookup":
        return _looked_up(request, params["username"])
    if path.endswith("insights"):
        return told({"data": _insights(path.partition("/")[0], params)}, request)
    found = {
        "keyword_search": _FOUND,
        "profile_posts": _ANNAS if params.get("username") == "anna.runs" else [],
        "me/threads": _OWN,
    }.get(path, _REPLIES if path.endswith("/conversation") else None)
    if found is None:
        return failed(request, 100, "Unsupported get request.", error_subcode=33)
    return told(_page(found, params, request.url), request)


def _looked_up(request: Request, handle: str) -> Reply:
    if handle == "runner6":
        return failed(request, 24, "The requested resource does not exist", error_subcode=2_207_024)
    if not handle.startswith(("runner", "anna.runs")):
        return failed(request, 110, "Invalid user id", error_subcode=2_207_013)
    return told(
        {
            "username": handle,
            "name": handle.title(),
            "biography": "Hills and mud",
            "profile_picture_url": "https://cdn.example/p.jpg",
            "is_verified": False,
            "follower_count": 1_200,
            "likes_count": 40,
            "quotes_count": 1,
            "reposts_count": 2,
            "views_count": 9_000,
        },
        request,
    )


def _page(found: list[dict[str, Any]], params: Mapping[str, str], url: str) -> dict[str, Any]:
    start = int(params.get("after", "c0").removeprefix("c"))
    end = start + int(params.get("limit", "25"))
    cursors = {"before": f"c{start}"}
    paging: dict[str, Any] = {"cursors": cursors}
    if end < len(found):
        cursors["after"] = f"c{end}"
        paging["next"] = f"{url}?access_token={TOKEN}&after=c{end}"
    return {"data": found[start:end], "paging": paging}


def _insights(node: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
    if node != "me":
        return [
            _metric(name, "lifetime", node, values=[{"value": 10 + number}])
            for number, name in enumerate(params["metric"].split(","))
        ]
    if params["metric"] == "follower_demographics":
        if params["breakdown"] == "city":
            return []
        groups = {"age": "18-24", "gender": "F", "country": "DE"}
        results = [{"dimension_values": [groups[params["breakdown"]]], "value": 120}]
        told_of = {"dimension_keys": [params["breakdown"]], "results": results}
        return [_metric(params["metric"], "lifetime", OWN, total_value={"breakdowns": [told_of]})]
    if params["metric"] == "followers_count":
        return [_metric("followers_count", "day", OWN, total_value={"value": 1_234})]
    days = [{"value": 7, "end_time": f"2026-11-{day:02}T08:00:00+0000"} for day in (20, 21)]
    return [_metric("views", "day", OWN, values=days)]


def _metric(name: str, period: str, of: str, **values: Any) -> dict[str, Any]:
    known = {"title": name, "description": name, "id": f"{of}/insights/{name}/{period}"}
    return {"name": name, "period": period, **values, **known}
