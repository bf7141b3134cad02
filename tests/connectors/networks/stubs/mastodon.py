"""Two Mastodon servers in memory: ``mastodon.example``, and ``other.example`` that it knows of.

Lists come in pages of two with Link headers, from new to old, each with the entry before it
repeated.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

HERE, THERE = "mastodon.example", "other.example"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = 2
TOKEN = "a-members-token"

Json = dict[str, Any]


def account(number: int, name: str, home: str = HERE, **more: Any) -> Json:
    return {
        "id": str(number),
        "username": name,
        "acct": name,
        "display_name": name.title(),
        "locked": False,
        "bot": False,
        "discoverable": True,
        "indexable": True,
        "group": False,
        "created_at": "2022-11-06T00:00:00.000Z",
        "note": f"<p>I am {name}.</p><p>Trail running &amp; tea</p>",
        "url": f"https://{home}/@{name}",
        "uri": f"https://{home}/users/{name}",
        "avatar": f"https://{home}/avatars/{name}.png",
        "followers_count": 1200 + number,
        "following_count": 80,
        "statuses_count": 5,
        "last_status_at": "2026-11-20",
        "hide_collections": False,
        "noindex": False,
        "emojis": [],
        "roles": [],
        "fields": [
            {
                "name": "Web",
                "value": f'<a href="https://{name}.example/" rel="me">{name}.example</a>',
                "verified_at": "2024-01-02T03:04:05.000+00:00",
            },
        ],
        **more,
    }


PEOPLE = {
    HERE: [
        account(1, "anna"),
        account(2, "carl", discoverable=False),
        account(3, "dora", indexable=False, hide_collections=True),
        account(4, "ezra", noindex=True),
        account(5, "fred", bot=True, locked=True),
        account(6, "gina", memorial=True),
    ],
    THERE: [account(71, "ben", THERE), account(72, "hugo", THERE)],
}


def status(number: int, who: Json, home: str, words: str, **more: Any) -> Json:
    name = who["username"]
    return {
        "id": str(1000 + number),
        "created_at": f"2026-11-{number:02}T10:00:00.000Z",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"https://{home}/users/{name}/statuses/{1000 + number}",
        "url": f"https://{home}/@{name}/{1000 + number}",
        "replies_count": 3 if number % 2 else 0,
        "reblogs_count": 4,
        "favourites_count": 10 + number,
        "quotes_count": 1,
        "edited_at": None,
        "content": f'<p>{words} <a href="https://{home}/tags/TrailRunning" class="mention hashtag"'
        ' rel="tag">#<span>TrailRunning</span></a></p>',
        "reblog": None,
        "account": who,
        "media_attachments": [],
        "mentions": [],
        "tags": [{"name": "trailrunning", "url": f"https://{home}/tags/trailrunning"}],
        "emojis": [],
        "card": None,
        "poll": None,
        **more,
    }


def _posts(home: str) -> list[Json]:
    found: list[Json] = []
    for place, who in enumerate(PEOPLE[home]):
        for number in (1, 6, 11, 16):
            found.append(status(number + place, who, home, f"Post {number} of {who['username']}"))
    return sorted(found, key=lambda each: str(each["id"]), reverse=True)


POSTS = {home: _posts(home) for home in PEOPLE}


def _abroad(who: Json, home: str) -> Json:
    """An account as another server shows it, under an id of its own."""
    return {**who, "id": f"9{who['id']}", "acct": f"{who['acct']}@{home}"}


def _parts(home: str, path: str, entries: list[Json], request: Request) -> Reply:
    """A page of a list, from new to old."""
    before = request.params.get("max_id")
    left = [each for each in entries if before is None or int(each["id"]) < int(str(before))]
    size = min(PAGE, int(str(request.params["limit"])))
    shown = left[:size]
    reply = told([*shown, *shown[:1]], request)
    if len(left) <= size:
        return reply
    older = f'<https://{home}{path}?max_id={shown[-1]["id"]}>; rel="next"'
    return replace(reply, headers={**reply.headers, "link": older})


def _here_or_there(home: str, entries: list[Json]) -> list[Json]:
    return [*entries, *(_abroad(who, THERE) for who in PEOPLE[THERE])] if home == HERE else entries


def _lookup(home: str, request: Request, parts: list[str]) -> Reply:
    del parts
    for who in PEOPLE[home]:
        if who["acct"] == request.params["acct"]:
            return told(who, request)
    return _nothing(request)


def _of_account(home: str, request: Request, parts: list[str]) -> Reply:
    path = urlsplit(request.url).path
    local_id, what = parts[0], parts[1]
    if what == "statuses":
        own = [each for each in POSTS[home] if each["account"]["id"] == local_id]
        return _parts(home, path, own, request)
    others = [who for who in _here_or_there(home, PEOPLE[home]) if who["id"] != local_id]
    others.sort(key=lambda who: int(who["id"]), reverse=True)
    return _parts(home, path, others, request)


def _of_status(home: str, request: Request, parts: list[str]) -> Reply:
    local_id, what = parts[0], parts[1]
    if what == "favourited_by":
        return _of_account(home, request, ["0", "followers"])
    post = next(each for each in POSTS[home] if each["id"] == local_id)
    others = [who for who in PEOPLE[home] if who["id"] != post["account"]["id"]][:3]
    replies = [
        status(int(local_id) - 1000 + 1, who, home, "Well run!", id=f"{local_id}{place}")
        | {"uri": f"{post['uri']}/{place}", "in_reply_to_id": local_id}
        for place, who in enumerate([*others, post["account"]])
    ]
    return told({"ancestors": [], "descendants": [*replies, *replies[:1]]}, request)


def _tag(home: str, request: Request, parts: list[str]) -> Reply:
    entries = POSTS[home] if parts == ["trailrunning"] else []
    if home == HERE:
        entries = [
            *entries,
            *(each | {"account": _abroad(each["account"], THERE)} for each in POSTS[THERE]),
        ]
        entries = [each | {"id": str(5000 - place)} for place, each in enumerate(entries)]
    return _parts(home, urlsplit(request.url).path, entries, request)


def _directory(home: str, request: Request, parts: list[str]) -> Reply:
    del parts
    offset = int(str(request.params["offset"]))
    return told(_here_or_there(home, PEOPLE[home])[offset:], request)


def _search(home: str, request: Request, parts: list[str]) -> Reply:
    del parts
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return told({"error": "The access token is invalid"}, request, 401)
    offset = int(str(request.params["offset"]))
    found = _here_or_there(home, PEOPLE[home])[offset:]
    return told({"accounts": [*found, *found[:1]], "statuses": [], "hashtags": []}, request)


def _instance(home: str, request: Request, parts: list[str]) -> Reply:
    del parts
    return told({"domain": home, "title": "An example", "version": "4.4.0"}, request)


def _nothing(request: Request) -> Reply:
    return told({"error": "Record not found"}, request, 404)


_PATHS: dict[str, Callable[[str, Request, list[str]], Reply]] = {
    "/api/v1/accounts/lookup": _lookup,
    "/api/v1/accounts": _of_account,
    "/api/v1/statuses": _of_status,
    "/api/v1/timelines/tag": _tag,
    "/api/v1/directory": _directory,
    "/api/v2/search": _search,
    "/api/v2/instance": _instance,
}


def answer(request: Request) -> Reply:
    """What the server of the address says."""
    parts = urlsplit(request.url)
    home = parts.hostname or ""
    if home in PEOPLE and request.method == "GET":
        for path, answered in _PATHS.items():
            if parts.path == path or parts.path.startswith(f"{path}/"):
                left = parts.path.removeprefix(path).strip("/")
                return answered(home, request, left.split("/") if left else [])
    return _nothing(request)


def stub() -> Stub:
    server = f"https://{HERE}"
    hugo = Ask(Way.ACCOUNT, "hugo@other.example", server, NOW, posts=4, comments=3, members=5)
    return Stub(
        (
            replace(hugo, text="@anna@mastodon.example"),
            hugo,
            Ask(Way.HASHTAG, "#trailrunning", server, NOW),
            Ask(Way.SEARCH, "trail running", server, NOW, posts=3),
            Ask(Way.SEARCH, "anna", server, NOW, posts=3, granted=frozenset({"read:search"})),
        ),
        TOKEN,
        answer,
    )
