"""An AppView of Bluesky with as many accounts as wanted, in the documented form, for benchmarks.

    python benchmarks/appview.py --accounts 1000 --posts 30 --latency 0.05

serves it on loopback and prints its address. Everybody's numbers follow from their place, so that
the same question always has the same answer.
"""

import argparse
import json
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
POSTS_OF_EACH = 100
_PAGE = 100
_SAID = (
    "Long run through the hills this morning, 24 km and the whole valley in fog below. "
    "Shoes are drying, coffee is on. #trailrunning"
)


def did(number: int) -> str:
    """The DID of an account."""
    return f"did:plc:{number:024d}"


def _number(named: str) -> int | None:
    word = named.removeprefix("did:plc:").removeprefix("runner").partition(".")[0]
    return int(word) if word.isdigit() else None


def _basic(number: int) -> dict[str, Any]:
    return {
        "did": did(number),
        "handle": f"runner{number}.example.social",
        "displayName": f"Runner {number}",
        "avatar": f"https://cdn.example/avatar/{number}.jpg",
        "associated": {"chat": {"allowIncoming": "following"}},
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [],
        "createdAt": "2024-02-06T17:00:00.000Z",
    }


def profile(number: int) -> dict[str, Any]:
    """A detailed profile."""
    return _basic(number) | {
        "description": "Trail running since 2012. Mail to runner@example.social",
        "banner": f"https://cdn.example/banner/{number}.jpg",
        "followersCount": 1_000 + number,
        "followsCount": 200,
        "postsCount": 400,
        "indexedAt": "2026-11-01T09:00:00.000Z",
    }


def _view(number: int, place: int) -> dict[str, Any]:
    published = (NEWEST - timedelta(hours=9 * place)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    tag = _SAID.index("#")
    return {
        "uri": f"at://{did(number)}/app.bsky.feed.post/3k{place:05d}",
        "cid": f"bafyreib{number:020d}{place:020d}",
        "author": _basic(number),
        "record": {
            "$type": "app.bsky.feed.post",
            "text": _SAID,
            "langs": ["en"],
            "facets": [
                {
                    "index": {"byteStart": tag, "byteEnd": len(_SAID)},
                    "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "trailrunning"}],
                }
            ],
            "createdAt": published,
        },
        "embed": {
            "$type": "app.bsky.embed.images#view",
            "images": [
                {
                    "thumb": f"https://cdn.example/{number}/{place}.jpg",
                    "fullsize": f"https://cdn.example/{number}/{place}-full.jpg",
                    "alt": "A path in the fog",
                    "aspectRatio": {"height": 1500, "width": 2000},
                }
            ],
        },
        "replyCount": place % 5,
        "repostCount": place % 7,
        "likeCount": 10 + place % 50,
        "quoteCount": place % 3,
        "indexedAt": published,
        "viewer": {"threadMuted": False, "embeddingDisabled": False},
        "labels": [],
    }


class AppView:
    """Answers questions.

    Args:
        accounts: How many there are.
        posts: How many each has.
    """

    def __init__(self, accounts: int, posts: int) -> None:
        self.accounts, self.posts = accounts, posts

    def answer(self, method: str, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        after = int(str(asked.get("cursor", 0)))
        limit = min(int(str(asked.get("limit", _PAGE))), _PAGE)
        if method == "app.bsky.actor.searchActors":
            found = [_basic(each) for each in range(after, min(after + limit, self.accounts))]
            return 200, {"actors": found} | self._on(after + limit, self.accounts)
        if method == "app.bsky.feed.searchPosts":
            return 200, {"posts": []}
        if method == "app.bsky.actor.getProfiles":
            named = asked["actors"]
            several = [named] if isinstance(named, str) else named
            numbers = [number for name in several if (number := _number(name)) is not None]
            return 200, {"profiles": [profile(number) for number in numbers]}
        number = _number(str(asked.get("actor", "")))
        if number is None or number >= self.accounts:
            return 400, {"error": "InvalidRequest", "message": "Profile not found"}
        if method == "app.bsky.actor.getProfile":
            return 200, profile(number)
        if method == "app.bsky.feed.getAuthorFeed":
            places = range(after, min(after + limit, self.posts))
            feed = [{"post": _view(number, place)} for place in places]
            return 200, {"feed": feed} | self._on(after + limit, self.posts)
        return 501, {"error": "MethodNotImplemented", "message": "Not Implemented"}

    def _on(self, after: int, most: int) -> dict[str, str]:
        return {"cursor": str(after)} if after < most else {}


def serve(view: AppView, latency: float) -> ThreadingHTTPServer:
    """The AppView on a port of loopback, each answer late."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {k: v if len(v) > 1 else v[0] for k, v in parse_qs(parts.query).items()}
            status, body = view.answer(parts.path.removeprefix("/xrpc/"), asked)
            sent = json.dumps(body).encode()
            time.sleep(latency)
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--posts", type=int, default=30)
    parser.add_argument("--latency", type=float, default=0.0)
    given = parser.parse_args()
    server = serve(AppView(given.accounts, given.posts), given.latency)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    input()  # until whoever started it closes the pipe


if __name__ == "__main__":
    main()
