"""Instagram in memory: a brand's own account, one that it discovers, and a hashtag."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.instagram.own import ADS_SCOPE
from groundswell.connectors.adapters.networks.instagram.walks import VERSION
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

SERVER = "https://graph.facebook.com"
TOKEN = "EAAB-long-lived"
BRAND, ANNA, TAG = "17841400000000001", "17841400000000002", "17843800000000003"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCOPES = frozenset(
    {
        "instagram_basic",
        "instagram_manage_insights",
        "instagram_manage_comments",
        ADS_SCOPE,
    }
)
_DISCOVERY = re.compile(
    r"business_discovery\.username\((?P<handle>[\w.]+)\)\{(?P<fields>.*?)"
    r"(?:media\.limit\((?P<limit>\d+)\)(?:\.after\((?P<after>\w+)\))?\{.*)?\}$"
)
_KINDS = (
    {"media_type": "IMAGE", "media_product_type": "FEED"},
    {"media_type": "VIDEO", "media_product_type": "REELS"},
    {"media_type": "CAROUSEL_ALBUM", "media_product_type": "FEED"},
)


def post(number: int, of: str, **more: Any) -> dict[str, Any]:
    """A post as the interface writes it."""
    day, hour = 28 - number % 28, number // 28
    return {
        "id": f"{of[-4:]}{900_000 + number}",
        "caption": f"Up the hill {number} #TrailRunning with @oak.pine",
        **_KINDS[number % 3],
        "comments_count": number,
        "like_count": number * 10,
        "permalink": f"https://www.instagram.com/p/C{of[-4:]}{number}/",
        "timestamp": f"2026-10-{day:02}T{hour:02}:30:00+0000",
    } | more


_PROFILES = {
    "anna.runs": {
        "id": ANNA,
        "username": "anna.runs",
        "name": "Anna 🏃‍♀️",
        "biography": "Hills and mud",
        "website": "https://anna.example/",
        "profile_picture_url": "https://cdn.example/anna.jpg",
        "followers_count": 12_345,
        "media_count": 400,
    },
    "oak.pine": {
        "id": BRAND,
        "username": "oak.pine",
        "name": "Oak & Pine",
        "followers_count": 5_000,
        "follows_count": 80,
        "media_count": 40,
    },
}
_ANNAS = [post(number, ANNA) for number in (1, 2, 2, *range(3, 40))]
_OWN = [post(number, BRAND, username="oak.pine") for number in (1, 1, *range(2, 26))]
_STORIES = [
    post(
        50 + number,
        BRAND,
        media_product_type="STORY",
        permalink=f"https://instagram.com/stories/oak.pine/{number}",
        timestamp="2026-11-22T08:00:00+0000",
    )
    for number in (1, 2)
]
_TAGS = [post(70 + number, ANNA, username="anna.runs", owner={"id": ANNA}) for number in range(13)]
_TAGGED = {
    edge: [
        {name: value for name, value in post(first + number, TAG).items() if "product" not in name}
        for number in range(20)
    ]
    for edge, first in (("top_media", 100), ("recent_media", 110))
}
_COMMENTS: list[dict[str, Any]] = [
    {
        "id": f"1785{number}",
        "text": f"So good {number}",
        "timestamp": f"2026-10-29T10:{number:02}:00+0000",
        "username": f"runner{number % 3}",
        "like_count": number,
    }
    for number in (1, 2, 2, 3, 4, 5)
]
_COMMENTS[0]["replies"] = {
    "data": [
        {
            "id": "178590",
            "text": "Thanks",
            "timestamp": "2026-10-29T11:00:00+0000",
            "username": "oak.pine",
        }
    ]
}
_PARTNERS = [
    {
        "creator_username": f"creator{number}",
        "creator_id": f"1784140000000010{number}",
        "permission_status": "APPROVED" if number % 2 else "PENDING",
    }
    for number in range(3)
]
_AUDIENCE = {
    "age": {"18-24": 30, "25-34": 60, "35-44": 10},
    "gender": {"F": 60, "M": 35, "U": 5},
    "country": {"DE": 70, "AT": 20},
    "city": {},
}


def stub() -> Stub:
    """The server."""
    asks = (
        Ask(Way.ACCOUNT, "@anna.runs", SERVER, NOW, own_id=BRAND),
        Ask(Way.HASHTAG, "#TrailRunning", SERVER, NOW),
        Ask(Way.OWN, "", SERVER, NOW, comments=4, members=3, granted=SCOPES, own_id=BRAND),
    )
    return Stub(asks, TOKEN, _answer)


def failed(request: Request, code: int, message: str, status: int = 400, **more: Any) -> Reply:
    """An error as the interface writes it."""
    error = {"message": message, "type": "OAuthException", "code": code, **more}
    return told({"error": {**error, "fbtrace_id": "AbC"}}, request, status)


def _answer(request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return failed(request, 190, "Invalid OAuth access token.", 401)
    params = {name: str(value) for name, value in request.params.items()}
    path = request.url.removeprefix(f"{SERVER}/{VERSION}/")
    if path == "me/accounts":
        page = {"id": "1", "instagram_business_account": {"id": BRAND, "username": "oak.pine"}}
        return told({"data": [{"id": "2", "name": "No Instagram"}, page]}, request)
    if path == "ig_hashtag_search":
        return told({"data": [{"id": TAG}]}, request)
    if path == BRAND:
        return _user(request, params)
    node, _, edge = path.partition("/")
    if edge == "insights":
        return told({"data": _insights(node, params)}, request)
    found = _list(node, edge)
    if found is None:
        return failed(request, 100, "Unsupported get request.", error_subcode=33)
    return told(_page(found, params, f"{SERVER}/{VERSION}/{path}"), request)


def _list(node: str, edge: str) -> list[dict[str, Any]] | None:
    if node == TAG:
        return _TAGGED.get(edge)
    if node == BRAND:
        return {
            "media": _OWN,
            "stories": _STORIES,
            "tags": _TAGS,
            "branded_content_ad_permissions": _PARTNERS,
        }.get(edge)
    return _COMMENTS if edge == "comments" else None


def _user(request: Request, params: Mapping[str, str]) -> Reply:
    fields = params["fields"]
    if not fields.startswith("business_discovery"):
        return told(_PROFILES["oak.pine"], request)
    asked = _DISCOVERY.fullmatch(fields)
    assert asked, fields
    if asked["handle"] not in _PROFILES:
        return failed(request, 110, "Invalid user id", error_subcode=2_207_013)
    profile = dict(_PROFILES[asked["handle"]]) if "username" in asked["fields"] else {}
    if asked["limit"]:
        wanted = {"limit": asked["limit"], "after": asked["after"] or ""}
        media = _page(_ANNAS, wanted, "")
        media["paging"].pop("next", None)
        profile["media"] = media
    return told({"business_discovery": {**profile, "id": ANNA}, "id": BRAND}, request)


def _page(found: list[dict[str, Any]], params: Mapping[str, str], url: str) -> dict[str, Any]:
    start = int((params.get("after") or "c0").removeprefix("c"))
    end = start + int(params.get("limit", "25"))
    cursors = {"before": f"c{start}"}
    paging: dict[str, Any] = {"cursors": cursors}
    if end < len(found):
        cursors["after"] = f"c{end}"
        paging["next"] = f"{url}?access_token={TOKEN}&after=c{end}"
    return {"data": found[start:end], "paging": paging}


def _insights(node: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
    names = params["metric"].split(",")
    if node != BRAND:
        return [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": 100 + number}],
                "title": name,
                "description": name,
                "id": f"{node}/insights/{name}/lifetime",
            }
            for number, name in enumerate(names)
        ]
    if "breakdown" in params:
        return _demographics(names[0], params["breakdown"])
    if params.get("metric_type") == "total_value":
        of = f"{node}/insights/{names[0]}/day"
        return [{"name": names[0], "period": "day", "total_value": {"value": 9_000}, "id": of}]
    return [
        {
            "name": name,
            "period": "day",
            "values": [
                {"value": 40 + day, "end_time": f"2026-11-{day:02}T08:00:00+0000"}
                for day in (19, 20, 21)
            ],
            "id": f"{node}/insights/{name}/day",
        }
        for name in names
    ]


def _demographics(name: str, dimension: str) -> list[dict[str, Any]]:
    counts = _AUDIENCE[dimension]
    if not counts:
        return []
    results = [{"dimension_values": [value], "value": n} for value, n in counts.items()]
    return [
        {
            "name": name,
            "period": "lifetime",
            "title": name,
            "description": name,
            "total_value": {"breakdowns": [{"dimension_keys": [dimension], "results": results}]},
            "id": f"{BRAND}/insights/{name}/lifetime",
        }
    ]
