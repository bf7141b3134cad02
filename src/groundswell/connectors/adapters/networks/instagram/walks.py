"""What Instagram is asked of other people's accounts and of hashtags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.fields import Odd
from groundswell.connectors.adapters.networks.instagram import forms, posts
from groundswell.connectors.adapters.networks.instagram.forms import OF
from groundswell.connectors.adapters.networks.meta import graph
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.graph import Graph
from groundswell.connectors.adapters.networks.meta.handles import handle_in
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Fetch, Spend
from groundswell.terms.platforms import Platform

VERSION = "v25.0"
HASHTAGS, CALLS = "hashtags", "calls"

_AT_ONCE = 25
_LONGEST_WALK = 200  # pages; a list that never ends is none
_PROFILE_URL = re.compile(
    r"(?:https?://)?(?:www\.)?instagram\.com/([^/?#]+)/?(?:[?#].*)?", re.IGNORECASE
)
_TAG = re.compile(r"\w{1,150}")
_PROFILE = (
    "id,username,name,biography,website,profile_picture_url,followers_count,follows_count,"
    "media_count"
)
_POSTS = (
    "id,caption,media_type,media_product_type,comments_count,like_count,view_count,permalink,"
    "timestamp"
)
# Those that the lists of a hashtag may have; none says who wrote a post.
_TAGGED = "id,caption,media_type,comments_count,like_count,permalink,timestamp"
_EDGES = ("top_media", "recent_media")


def opened(fetch: Fetch, ask: Ask) -> Graph:
    """The server, as a question asks it."""
    return Graph(fetch, f"{ask.server}/{VERSION}", OF, ask.now)


def tag_of(text: str) -> str:
    """The hashtag that somebody wrote, without #, in lower case.

    Raises:
        Misasked: When it is none.
    """
    tag = text.strip().removeprefix("#").lower()
    if not _TAG.fullmatch(tag) or tag.isdecimal():
        raise Misasked(
            f"{text!r} is no hashtag that {OF} can be asked for: write one word of letters and "
            "digits, without emoji, such as trailrunning"
        )
    return tag


def asking_id(graph_: Graph, ask: Ask, page: Page) -> str:
    """Id of the professional account in whose name questions are asked.

    Raises:
        NotPermitted: When the login has none.
    """
    if ask.own_id:
        return ask.own_id
    fields = graph_.get("me/accounts", page, fields="name,instagram_business_account{id,username}")
    found = [one.object("instagram_business_account") for one in fields.objects("data")]
    names = list(dict.fromkeys(filter(None, (each.name("id") for each in found if each))))
    if not names:
        raise NotPermitted(
            "the login has no Facebook page with a professional Instagram account: link the "
            "account to a page, then connect again and choose both"
        )
    if len(names) > 1:
        page.notes.append(
            f"the login has {len(names)} professional accounts; {names[0]} is the one that asks"
        )
    return names[0]


def handle_of(text: str) -> str:
    """The handle that somebody wrote.

    Raises:
        Misasked: When it is none.
    """
    return handle_in(text, of=OF, address=_PROFILE_URL, example="natgeo")


def account(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Another professional account: its profile and its newest posts."""
    handle = handle_of(ask.text)
    asked = opened(fetch, ask)
    place = dict(cursor or {})
    while True:
        page = Page()
        with graph.documented(OF):
            listed, after = _discover(asked, ask, handle, place, page)
        taken = int(place.get("taken", 0)) + listed
        if after and after == place.get("after"):
            raise Changed(f"{OF} gave the same page of @{handle}'s posts twice")
        if after and listed and taken < ask.posts and not is_known(page, ask):
            page.cursor = {"by": place["by"], "after": after, "taken": taken}
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()


def _discover(
    asked: Graph, ask: Ask, handle: str, place: dict[str, Any], page: Page
) -> tuple[int, str | None]:
    after = place.get("after")
    wanted = min(_AT_ONCE, max(ask.posts - int(place.get("taken", 0)), 0))
    place["by"] = place.get("by") or asking_id(asked, ask, page)
    fields = [] if after else [_PROFILE]
    if wanted:
        here = f".after({after})" if after else ""
        fields.append(f"media.limit({wanted}){here}{{{_POSTS}}}")
    question = f"business_discovery.username({handle}){{{','.join(fields)}}}"
    answer = asked.get(place["by"], page, Spend(CALLS), fields=question)
    answer.know("id")
    found = answer.object("business_discovery")
    answer.rest()
    if found is None:
        raise NotFound(
            f"{OF} shows no professional account @{handle}: check the name; personal accounts and "
            "those with an age limit are not shown"
        )
    known = Reference(Platform.INSTAGRAM, found.name("id"), handle)
    if not after and ask.comments:
        page.notes.append(
            f"{OF} shows comments only to whoever owns the posts: ask @{handle} to connect the "
            "account for those"
        )
    return forms.take_discovered(found, Context(ask.now, account=known), wanted)


def is_known(page: Page, ask: Ask) -> bool:
    """Whether the oldest post of a page is from before what was asked for."""
    if ask.since is None:
        return False
    dates = [line.values.get("published_at") for line in page.lines if line.table == "posts"]
    told = [at for at in dates if at is not None]
    return bool(told) and min(told) < ask.since


def hashtag(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Posts under a hashtag: the best, then those of the last day."""
    tag, asked = tag_of(ask.text), opened(fetch, ask)
    place = dict(cursor or {})
    for _ in range(_LONGEST_WALK):
        page = Page()
        with graph.documented(OF):
            if not place:
                place = _found(asked, ask, tag, page)
            edge = place["edge"]
            params = {
                "user_id": place["by"],
                "fields": _TAGGED,
                "limit": str(min(_AT_ONCE, ask.posts)),
            }
            if place.get("after"):
                params["after"] = place["after"]
            spends = (Spend(HASHTAGS, key=tag), Spend(CALLS))
            answer = asked.get(f"{place['id']}/{edge}", page, *spends, **params)
            taken = int(place["taken"])
            listed = graph.distinct(answer.objects("data"))[: max(_enough(place, ask) - taken, 0)]
            for entry in listed:
                posts.take_media(entry, Context(ask.now))
            after = graph.cursor_after(answer)
            answer.rest()
        page.cursor = _next(place, after, len(listed), ask)
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()
    raise Changed(f"{OF}'s list of #{tag} has no end")


def _found(asked: Graph, ask: Ask, tag: str, page: Page) -> dict[str, Any]:
    by = asking_id(asked, ask, page)
    spends = (Spend(HASHTAGS, key=tag), Spend(CALLS))
    answer = asked.get("ig_hashtag_search", page, *spends, user_id=by, q=tag)
    found = [one.name("id") for one in answer.objects("data")]
    if not found:
        raise NotFound(f"{OF} has no posts under #{tag}: check how it is written")
    if found[0] is None or not found[0].isdigit():
        raise Odd("data[0].id", found[0], "is no id of a hashtag")
    page.notes.append(
        f"{OF} does not say who wrote the posts under a hashtag: they come without their authors"
    )
    return {"by": by, "id": found[0], "edge": _EDGES[0], "after": None, "taken": 0}


def _next(
    place: Mapping[str, Any], after: str | None, listed: int, ask: Ask
) -> dict[str, Any] | None:
    """From where a walk under a hashtag goes on."""
    if after and after == place.get("after"):
        raise Changed(f"{OF} gave the same page of a hashtag's posts twice")
    taken = int(place["taken"]) + listed
    is_first = place["edge"] == _EDGES[0]
    if after and listed and taken < _enough(place, ask):
        return {**place, "after": after, "taken": taken}
    if is_first and taken < ask.posts:
        return {**place, "edge": _EDGES[1], "after": None, "taken": taken}
    return None


def _enough(place: Mapping[str, Any], ask: Ask) -> int:
    """How many posts there are by the end of a list: half are the best, the others new."""
    return -(-ask.posts // 2) if place["edge"] == _EDGES[0] else ask.posts


def expected(ask: Ask) -> tuple[Spend, ...]:
    """What a question takes from the quotas at most."""
    if ask.way is Way.HASHTAG:
        tag = ask.text.strip().removeprefix("#").lower()
        return Spend(HASHTAGS, key=tag), Spend(CALLS, 3 + -(-ask.posts // _AT_ONCE))
    if ask.way is Way.ACCOUNT:
        return (Spend(CALLS, 1 + -(-ask.posts // _AT_ONCE)),)
    return ()
