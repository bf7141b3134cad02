"""How questions are answered by YouTube: a list of tasks, of which each page does the first."""

import re
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any

from groundswell.connectors.adapters.networks.failures import Misasked, NotFound, NotPermitted
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.network import Ask, Walk, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.youtube import channels, listings, reports, videos
from groundswell.connectors.adapters.networks.youtube.asking import (
    SEARCH_UNITS,
    UNITS,
    Door,
    following,
    paged,
)
from groundswell.connectors.adapters.networks.youtube.comments import take_threads
from groundswell.connectors.adapters.networks.youtube.refusals import NAME, CommentsOff, expecting
from groundswell.connectors.adapters.values import addresses
from groundswell.terms.exchange import Fetch, Spend
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

_MOST = 50  # entries of a page, and ids in one question
_MOST_COMMENTS = 100
_HANDLE = re.compile(r"[^\s@/?#&%:;,<>\"]{1,100}")  # of any script
_MOST_TRIES = 2  # a name may be a handle, or an old user name

# A task is JSON, for it stands in the cursor: what to do, and how far it is.
Task = dict[str, Any]


def expected(ask: Ask) -> tuple[Spend, ...]:
    """Units of the Data API that a question takes at most; Analytics takes none of them."""
    searches = ceil(ask.accounts / _MOST)
    comment_pages = ceil(ask.comments / _MOST_COMMENTS)
    uploads = 2 * ceil(ask.posts / _MOST) + ask.posts * comment_pages
    if ask.way is Way.SEARCH:
        units = searches * (SEARCH_UNITS + 1) + ask.accounts * uploads
    elif ask.way is Way.HASHTAG:
        found = min(searches * _MOST, ask.accounts * ask.posts)
        units = searches * (SEARCH_UNITS + 2) + found * comment_pages
    else:
        units = (_MOST_TRIES if ask.way is Way.ACCOUNT else 1) + uploads
    return (Spend(UNITS, units),)


def _walk(first: Callable[[Ask], Task]) -> Walk:
    def walk(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
        door = Door(fetch, ask)
        todo: list[Task] = list(cursor["todo"]) if cursor else [first(ask)]
        while todo:
            page = Page()
            task, *later = todo
            todo = [*_DOES[task["do"]](door, task, page), *later]
            page.cursor = {"todo": todo} if todo else None
            yield page

    return walk


search = _walk(lambda _: {"do": "search", "token": None, "pages": 0, "found": []})
hashtag = _walk(lambda _: {"do": "hashtag", "token": None, "pages": 0, "posts": {}})
account = _walk(lambda ask: {"do": "channel", "by": _names(ask.text)})
own = _walk(lambda _: {"do": "channel", "by": [{"mine": "true"}]})


def written(text: str) -> str:
    """What somebody wrote for a channel, when it names one.

    Raises:
        Misasked: When it names none.
    """
    if not _names(text):
        raise Misasked(
            f"no channel of {NAME} is called {text!r}: give its handle with @, its address, or its "
            "id that begins with UC"
        )
    return text


def _names(text: str) -> list[dict[str, str]]:
    """Ways to ask after a channel, the likeliest first."""
    name = text.strip()
    at = addresses.parsed(name) if addresses.looks_like_address(name) else None
    own_id = at.platform_id if at else name
    if own_id and addresses.YOUTUBE_CHANNEL.fullmatch(own_id):
        return [{"id": own_id}]
    handle = ((at.handle if at else name) or "").removeprefix("@")
    if not _HANDLE.fullmatch(handle) or (at and at.platform is not Platform.YOUTUBE):
        return []
    return [{"forHandle": f"@{handle}"}] + [{"forUsername": handle}] * (not name.startswith("@"))


def _search(door: Door, task: Task, page: Page) -> list[Task]:
    left = door.ask.accounts - len(task["found"])
    if left <= 0:
        return []
    found = door.get(
        "search",
        page,
        part="snippet",
        type="channel",
        q=door.ask.text,
        maxResults=str(min(_MOST, left)),
        **paged(task["token"]),
    )
    ids = listings.found_ids(page, found, "channelId")
    ids = [each for each in ids if each not in task["found"]][:left]
    taken = _channels(door, page, ids)
    token = following(found, task["token"])
    seen = {"found": [*task["found"], *ids], "token": token, "pages": task["pages"] + 1}
    return _uploads_of(door, taken) + _again(door, task, seen)


def _again(door: Door, task: Task, seen: Task) -> list[Task]:
    """The search's next page, where there is one and the plan has one more in it."""
    more = seen["token"] is not None and seen["pages"] < ceil(door.ask.accounts / _MOST)
    return [task | seen] if more else []


def _channels(door: Door, page: Page, ids: list[str]) -> list[channels.Channel]:
    if not ids:
        return []
    found = door.get("channels", page, part=channels.PARTS, id=",".join(ids), maxResults=str(_MOST))
    return channels.take_channels(page, _items(found), now=door.ask.now)


def _channel(door: Door, task: Task, page: Page) -> list[Task]:
    is_own = door.ask.way is Way.OWN
    source = Source.CREATOR_AUTHORISED if is_own else Source.API
    for by in task["by"]:
        found = _items(door.get("channels", page, part=channels.PARTS, **by))
        if found:
            taken = channels.take_channels(page, found[:1], now=door.ask.now, source=source)
            audience: list[Task] = [
                {"do": "audience", "channel": each.id} for each in taken if is_own
            ]
            return audience + _uploads_of(door, taken)
    if is_own:
        raise NotFound(
            f"the Google account that was connected has no channel on {NAME}: connect with the "
            "one that has"
        )
    raise NotFound(
        f"{NAME} has no channel called {door.ask.text[:200]!r}: give its handle with @, its "
        "address, or its id that begins with UC"
    )


def _uploads_of(door: Door, taken: list[channels.Channel]) -> list[Task]:
    if door.ask.posts <= 0:
        return []
    return [
        {"do": "uploads", "channel": each.id, "list": each.uploads, "token": None, "brought": 0,
         "pages": 0}
        for each in taken
        if each.uploads
    ]  # fmt: skip


def _uploads(door: Door, task: Task, page: Page) -> list[Task]:
    ask = door.ask
    left = ask.posts - task["brought"]
    try:
        found = door.get(
            "playlistItems",
            page,
            part="contentDetails",
            playlistId=task["list"],
            maxResults=str(min(_MOST, left)),
            **paged(task["token"]),
        )
    except NotFound:
        return []  # a channel that never published has no such list
    listed, is_older = _newest(door, listings.listed_videos(page, found)[:left])
    taken = _videos(door, page, listed)
    token = following(found, task["token"])
    seen = {
        "token": token,
        "brought": task["brought"] + len(listed),
        "pages": task["pages"] + 1,
    }
    more = token and not is_older and seen["brought"] < ask.posts
    more = more and seen["pages"] < ceil(ask.posts / _MOST)
    return _comments_of(door, taken) + ([task | seen] if more else [])


def _newest(door: Door, listed: list[tuple[str, Fields]]) -> tuple[list[str], bool]:
    """Ids up to the first that is known well enough, and whether there was such a one."""
    ids: list[str] = []
    for own_id, entry in listed:
        with expecting():
            published = entry.moment("videoPublishedAt")
        if door.ask.since and published and published < door.ask.since:
            return ids, True
        ids.append(own_id)
    return ids, False


def _videos(
    door: Door,
    page: Page,
    ids: list[str],
    wanted: Callable[[videos.Video], bool] | None = None,
) -> list[videos.Video]:
    if not ids:
        return []
    is_own = door.ask.way is Way.OWN
    found = door.get("videos", page, part=videos.PARTS, id=",".join(ids), **videos.BOX)
    shown = _items(found)
    told = {each.values.get("id") for each in shown if isinstance(each.values.get("id"), str)}
    if told:  # a reply without any more likely failed than that all of them were deleted
        page.gone += [("posts", each) for each in ids if each not in told]
    return videos.take_videos(
        page,
        shown,
        now=door.ask.now,
        source=Source.CREATOR_AUTHORISED if is_own else Source.API,
        reported=reports.counts_of(door, ids, page) if is_own else None,
        wanted=wanted,
    )


def _comments_of(door: Door, taken: list[videos.Video]) -> list[Task]:
    if door.ask.comments <= 0:
        return []
    return [
        {"do": "comments", "video": each.id, "channel": each.channel, "token": None, "brought": 0,
         "pages": 0}
        for each in taken
        if each.comments
    ]  # fmt: skip


def _comments(door: Door, task: Task, page: Page) -> list[Task]:
    ask = door.ask
    left = ask.comments - task["brought"]
    try:
        found = door.get(
            "commentThreads",
            page,
            part="snippet",
            videoId=task["video"],
            order="time",
            textFormat="plainText",
            maxResults=str(min(_MOST_COMMENTS, left)),
            **paged(task["token"]),
        )
    except CommentsOff:
        page.notes.append(f"Comments are switched off under {task['video']}.")
        return []
    except NotPermitted:
        page.notes.append(f"Comments under {task['video']} are shown to some people only.")
        return []
    except NotFound:
        page.gone.append(("posts", task["video"]))
        return []
    taken = take_threads(page, _items(found), channel=task["channel"], most=left)
    token = following(found, task["token"])
    seen = {
        "token": token,
        "brought": task["brought"] + len(taken),
        "pages": task["pages"] + 1,
    }
    more = token and seen["brought"] < ask.comments
    more = more and seen["pages"] < ceil(ask.comments / _MOST_COMMENTS)
    return [task | seen] if more else []


def _hashtag(door: Door, task: Task, page: Page) -> list[Task]:
    """Videos that a search for a hashtag finds and that hold it, with their channels."""
    ask = door.ask
    word = ask.text.strip().removeprefix("#").lower()
    found = door.get(
        "search",
        page,
        part="snippet",
        type="video",
        q=f"#{word}",
        maxResults=str(_MOST),
        **paged(task["token"]),
    )
    ids = listings.found_ids(page, found, "videoId")
    posts: dict[str, list[str]] = {name: [*each] for name, each in task["posts"].items()}
    taken = _tagged(door, page, ids, word, posts)
    new = [each for each in posts if each not in task["posts"]]
    _channels(door, page, new)
    seen = {"posts": posts, "token": following(found, task["token"]), "pages": task["pages"] + 1}
    return _comments_of(door, taken) + _again(door, task, seen)


def _tagged(
    door: Door, page: Page, ids: list[str], word: str, posts: dict[str, list[str]]
) -> list[videos.Video]:
    """Videos with the hashtag, within the limits of the question; keeps them by channel."""

    def wanted(video: videos.Video) -> bool:
        has_room = video.channel in posts or len(posts) < door.ask.accounts
        brought = posts.get(video.channel, [])
        is_new = video.id not in brought and len(brought) < door.ask.posts
        if word not in video.hashtags or not has_room or not is_new:
            return False
        posts[video.channel] = [*brought, video.id]
        return True

    return _videos(door, page, ids, wanted)


def _audience(door: Door, task: Task, page: Page) -> list[Task]:
    reports.audience(door, task["channel"], page)
    return []


def _items(found: Fields) -> list[Fields]:
    with expecting():
        return found.objects("items")


_DOES: dict[str, Callable[[Door, Task, Page], list[Task]]] = {
    "search": _search,
    "hashtag": _hashtag,
    "channel": _channel,
    "uploads": _uploads,
    "comments": _comments,
    "audience": _audience,
}
