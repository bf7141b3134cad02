"""TikTok in memory: one account with 25 videos, twenty to a page."""

import json
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.tiktok.interface import SERVER
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

TOKEN = "act.example"
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 20
_OK = {"code": "ok", "message": "", "log_id": "20261122120000ABCDEF"}
USER = {
    "open_id": "723f24d7-e717-40f8-a2b6-cb8464cd23b4",
    "union_id": "c9c60f44-a68e-4f5d-84dd-ce22faeb0ba1",
    "avatar_url": "https://p16.tiktokcdn.example/anna.jpeg",
    "display_name": "Anna outside",
    "username": "anna.outside",
    "bio_description": "Trails and tents",
    "profile_deep_link": "https://vm.tiktok.com/ZMexample/",
    "is_verified": False,
    "follower_count": 15300,
    "following_count": 0,
    "likes_count": 90210,
    "video_count": 25,
}


def video(number: int) -> dict[str, Any]:
    """A video as the interface writes it."""
    return {
        "id": f"70802167604804032{number:02}",
        "create_time": 1_790_000_000 - number * 86_400,
        "share_url": f"https://www.tiktok.com/@anna.outside/video/70802167604804032{number:02}?u=1",
        "title": "Pack light",
        "video_description": f"Pack light {number} #trail #tents with @ben",
        "duration": 20 + number,
        "view_count": 1000 * number,
        "like_count": 100 * number,
        "comment_count": 0,
        "share_count": number,
    }


_VIDEOS = [video(number) for number in (1, 2, 2, *range(3, 26))]


def stub() -> Stub:
    """The account."""
    return Stub((Ask(Way.OWN, "", SERVER, _NOW),), TOKEN, _answer)


def failed(request: Request, status: int, code: str) -> Reply:
    """An error as TikTok sends it."""
    error = {"code": code, "message": "It did not work.", "log_id": "20261122120000ABCDEF"}
    return told({"data": {}, "error": error}, request, status)


def _answer(request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return failed(request, 401, "access_token_invalid")
    names = set(str(request.params.get("fields")).split(","))
    if request.url == f"{SERVER}/v2/user/info/" and request.method == "GET":
        user = {name: value for name, value in USER.items() if name in names}
        return told({"data": {"user": user}, "error": _OK}, request)
    if request.url == f"{SERVER}/v2/video/list/" and request.method == "POST":
        asked = json.loads(request.body or b"{}")
        start = asked.get("cursor", 0)
        end = start + min(_PAGE, asked["max_count"])
        found = [{name: each[name] for name in each if name in names} for each in _VIDEOS]
        data = {"videos": found[start:end], "cursor": end, "has_more": end < len(found)}
        return told({"data": data, "error": _OK}, request)
    return failed(request, 404, "invalid_params")
