"""X in memory: people who wrote of a trail, a few to a page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.x.interface import SERVER
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

TOKEN = "AAAAexample"
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 3


def user(number: int) -> dict[str, Any]:
    """A person as the interface writes them."""
    return {
        "id": str(2244994900 + number),
        "name": f"Anna {number}",
        "username": f"anna{number}",
        "created_at": "2013-12-14T04:35:55.000Z",
        "description": "Trails and tents",
        "entities": {
            "url": {
                "urls": [{"url": "https://t.co/a", "expanded_url": f"https://anna{number}.example"}]
            }
        },
        "profile_image_url": "https://pbs.twimg.example/anna.jpg",
        "protected": False,
        "public_metrics": {
            "followers_count": 100 * number,
            "following_count": 0,
            "tweet_count": 40,
            "listed_count": 1,
            "like_count": 2,
            "media_count": 3,
        },
        "verified": True,
        "verified_type": "blue",
    }


def post(number: int, author: int = 1, **more: Any) -> dict[str, Any]:
    """A post as the interface writes it."""
    return {
        "id": str(1_990_000_000_000_000_000 + number),
        "author_id": str(2244994900 + author),
        "created_at": f"2026-11-{20 - number % 10:02}T08:00:00.000Z",
        "edit_history_tweet_ids": [str(1_990_000_000_000_000_000 + number)],
        "text": f"Pack light {number} #trail with @ben https://t.co/x",
        "lang": "en",
        "entities": {
            "hashtags": [{"start": 13, "end": 19, "tag": "trail"}],
            "mentions": [{"start": 25, "end": 29, "username": "ben", "id": "9"}],
            "urls": [{"url": "https://t.co/x", "expanded_url": "https://shop.example/tents"}],
        },
        "attachments": {"media_keys": ["3_1"]},
        "public_metrics": {
            "retweet_count": 2,
            "quote_count": 1,
            "reply_count": 0,
            "like_count": 7,
            "bookmark_count": 4,
            "impression_count": 900 + number,
        },
    } | more


_SHARED = post(9, referenced_tweets=[{"type": "retweeted", "id": "5"}])
_POSTS = [*(post(number) for number in (1, 2, 2, 3, 4, 5)), _SHARED]
_FOUND = [post(10 + number, author) for number, author in enumerate((1, 2, 1, 1, 3, 4, 5))]
_FOLLOWERS = [{"id": str(each), "name": "B", "username": f"b{each}"} for each in (1, 2, 2, 3, 4)]


def stub() -> Stub:
    """People and posts."""
    wide = Ask(Way.SEARCH, "trail running", SERVER, _NOW, accounts=250, posts=250)
    return Stub(
        (
            replace(wide, way=Way.ACCOUNT, text="@anna1", members=2500),
            wide,
            replace(wide, way=Way.HASHTAG, text="#trail"),
            replace(wide, way=Way.OWN, text=""),
        ),
        TOKEN,
        _answer,
    )


def problem(request: Request, status: int, kind: str, title: str) -> Reply:
    """An error as X sends it."""
    body = {
        "type": f"https://api.x.com/2/problems/{kind}",
        "title": title,
        "detail": f"{title}.",
        "status": status,
    }
    return told(body, request, status)


def _answer(request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return problem(request, 401, "unauthorized", "Unauthorized")
    path = request.url.removeprefix(f"{SERVER}/2/").split("/")
    match path:
        case ["users", "me"] | ["users", "by", "username", "anna1"]:
            return told({"data": user(1)}, request)
        case ["users", "2244994901", "tweets"]:
            return _page(_POSTS, request, "pagination_token")
        case ["users", "2244994901", "followers"]:
            return _page(_FOLLOWERS, request, "pagination_token")
        case ["tweets", "search", "recent"]:
            users = [user(number) for number in (1, 2, 3, 4, 5)]
            return _page(_FOUND, request, "next_token", includes={"users": users})
    missing = {"type": "https://api.x.com/2/problems/resource-not-found", "title": "Not Found"}
    return told({"errors": [missing | {"detail": "Could not find it."}]}, request)


def _page(entries: list[dict[str, Any]], request: Request, mark: str, **more: Any) -> Reply:
    start = int(str(request.params.get(mark, "at0")).removeprefix("at"))
    found = entries[start : start + _PAGE]
    meta: dict[str, Any] = {"result_count": len(found)}
    if start + _PAGE < len(entries):
        meta["next_token"] = f"at{start + _PAGE}"
    return told({"data": found, "meta": meta} | more, request)
