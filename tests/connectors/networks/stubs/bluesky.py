"""An AppView of Bluesky in memory: eight people, three entries to a page."""

from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.bluesky.xrpc import SERVER
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 3
_POST = "app.bsky.feed.post"
NAMES = ("anna", "ben", "cleo", "dan", "eva", "finn", "gus", "hana")
_DIDS = {name: f"did:plc:{name:a<24}" for name in NAMES}
_HIDDEN = "hana"  # asks not to be shown to whoever isn't logged in


def profile(name: str, *, detailed: bool = False) -> dict[str, Any]:
    """A profile as the interface writes it."""
    label = {"src": _DIDS[name], "uri": _DIDS[name], "val": "!no-unauthenticated"}
    basic = {
        "did": _DIDS[name],
        "handle": f"{name}.example.social",
        "displayName": name.title(),
        "avatar": f"https://cdn.example/avatar/{name}.jpg",
        "associated": {"chat": {"allowIncoming": "following"}},
        "viewer": {"muted": False, "blockedBy": False},
        "labels": [label] if name == _HIDDEN else [],
        "createdAt": "2024-02-06T17:00:00.000Z",
    }
    if not detailed:
        return basic
    number = NAMES.index(name)
    return basic | {
        "description": f"Trail running since 2012. https://{name}.example/shop.",
        "banner": f"https://cdn.example/banner/{name}.jpg",
        "followersCount": 1_000 + number,
        "followsCount": 200 + number,
        "postsCount": 40 + number,
        "indexedAt": "2026-11-01T09:00:00.000Z",
        "verification": {"verifications": [], "verifiedStatus": "valid"},
    }


def uri(name: str, key: str) -> str:
    """Where a post of somebody is."""
    return f"at://{_DIDS[name]}/{_POST}/{key}"


def view(name: str, number: int) -> dict[str, Any]:
    """A post as the interface shows it; its words have marks behind letters of several bytes."""
    text = f"Früh 🏃 {number} #Trail @ben.example.social"
    start = len(text.encode().partition(b"#")[0])
    facets = [
        _facet(start, start + 6, {"$type": "app.bsky.richtext.facet#tag", "tag": "Trail"}),
        _facet(
            start + 7,
            len(text.encode()),
            {"$type": "app.bsky.richtext.facet#mention", "did": _DIDS["ben"]},
        ),
    ]
    return {
        "uri": uri(name, f"3k{number}"),
        "cid": f"bafy{name}{number}",
        "author": profile(name),
        "record": {
            "$type": _POST,
            "text": text,
            "langs": ["de"],
            "facets": facets,
            "createdAt": f"2026-11-{20 - number:02}T08:00:00.000Z",
        },
        "embed": {
            "$type": "app.bsky.embed.images#view",
            "images": [{"thumb": f"https://cdn.example/{each}"} for each in range(number)],
        },
        "replyCount": 3,
        "repostCount": 2,
        "likeCount": 4,
        "quoteCount": 1,
        "bookmarkCount": 5,
        "indexedAt": f"2026-11-{20 - number:02}T08:00:01.000Z",
        "viewer": {"threadMuted": False},
        "labels": [],
    }


def _facet(start: int, end: int, feature: dict[str, Any]) -> dict[str, Any]:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _feed(name: str) -> list[dict[str, Any]]:
    """Own posts with a pinned one that comes again, and a repost of somebody else's."""
    others = NAMES[(NAMES.index(name) + 1) % len(NAMES)]
    repost = {
        "post": view(others, 1),
        "reason": {
            "$type": "app.bsky.feed.defs#reasonRepost",
            "by": profile(name),
            "indexedAt": "2026-11-20T10:00:00.000Z",
        },
    }
    pinned = {
        "post": view(name, 3),
        "reason": {"$type": "app.bsky.feed.defs#reasonPin"},
    }
    return [pinned, repost, *({"post": view(name, number)} for number in range(1, 6))]


def _thread(name: str, key: str) -> dict[str, Any]:
    number = int(key.removeprefix("3k"))
    deeper = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri("gus", "x"), "notFound": True}
    answers = [
        {"post": _answer_of(each, f"{key}r"), "replies": [deeper]}
        for each in ("ben", "cleo", "cleo", name)
    ]
    answers[0]["replies"] = [{"post": _answer_of("dan", f"{key}rr"), "replies": []}]
    return {"thread": {"post": view(name, number), "replies": answers}, "threadgate": None}


def _answer_of(name: str, key: str) -> dict[str, Any]:
    record = {"$type": _POST, "text": f"Nice, says {name}", "createdAt": "2026-11-21T07:00:00Z"}
    return {
        "uri": uri(name, key),
        "author": profile(name),
        "record": record | {"reply": {"root": {}, "parent": {}}, "langs": ["en"]},
        "likeCount": 1,
        "indexedAt": "2026-11-21T07:00:02.000Z",
    }


def stub() -> Stub:
    """The AppView."""
    asks = tuple(
        Ask(way, text, SERVER, _NOW, accounts=6, posts=4, comments=3, members=4)
        for way, text in (
            (Way.SEARCH, "trail running"),
            (Way.HASHTAG, "#Trail"),
            (Way.ACCOUNT, "@anna.example.social"),
        )
    )
    return Stub(asks, "", _answer)


def _answer(request: Request) -> Reply:
    method = request.url.removeprefix(f"{SERVER}/xrpc/")
    asked = request.params
    match method:
        case "app.bsky.actor.searchActors":
            return _paged(request, "actors", [profile(name) for name in NAMES[3:]])
        case "app.bsky.feed.searchPosts":
            found = [view(name, number) for name in NAMES[:5] for number in (1, 2)]
            return _paged(request, "posts", found)
        case "app.bsky.actor.getProfiles":
            known = [name for did in asked["actors"] if (name := _name_of(did))]
            return told({"profiles": [profile(name, detailed=True) for name in known]}, request)
    name = _name_of(asked.get("actor") or str(asked.get("uri", "")))
    if name is None:
        error = {"error": "InvalidRequest", "message": "Profile not found"}
        return told(error, request, 400)
    key = str(asked.get("uri", "")).rpartition("/")[2]
    match method:
        case "app.bsky.actor.getProfile":
            return told(profile(name, detailed=True), request)
        case "app.bsky.feed.getAuthorFeed":
            return _paged(request, "feed", _feed(name))
        case "app.bsky.feed.getPostThread":
            return told(_thread(name, key), request)
        case "app.bsky.feed.getLikes":
            return _paged(request, "likes", [_like(each) for each in NAMES], uri=asked["uri"])
        case "app.bsky.graph.getFollowers":
            people = [profile(each) for each in NAMES if each != name]
            return _paged(request, "followers", people, subject=profile(name))
    return told({"error": "MethodNotImplemented", "message": "Not Implemented"}, request, 501)


def _like(name: str) -> dict[str, Any]:
    moment = "2026-11-20T18:00:00.000Z"
    return {"createdAt": moment, "indexedAt": moment, "actor": profile(name)}


def _name_of(named: Any) -> str | None:
    """Who goes by a DID or handle, or wrote what is at an address."""
    word = str(named).removeprefix("at://").partition("/")[0]
    for name, did in _DIDS.items():
        if word in {did, f"{name}.example.social"}:
            return name
    return None


def _paged(request: Request, name: str, entries: list[Any], **more: Any) -> Reply:
    start = int(str(request.params.get("cursor", 0)))
    end = start + min(_PAGE, int(str(request.params["limit"])))
    # The first entry of a page repeats the last one of the page before.
    listed = entries[max(start - 1, 0) : end]
    body = {name: listed} | more
    if end < len(entries):
        body["cursor"] = str(end)
    return told(body, request, ratelimit_remaining="2999")
