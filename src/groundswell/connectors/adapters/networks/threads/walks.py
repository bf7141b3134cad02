"""What Threads is asked of other people: by words, by topic, by handle."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.meta import graph
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.graph import Graph
from groundswell.connectors.adapters.networks.meta.handles import HANDLE, handle_in
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.threads import posts
from groundswell.connectors.adapters.networks.threads.forms import OF
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Fetch, Spend
from groundswell.terms.platforms import Platform

VERSION = "v1.0"
SEARCHES, LOOKUPS = "searches", "profile lookups"

_AT_ONCE = 25
_LONGEST_WALK = 200
_LONGEST_QUERY = 200
_PROFILE_URL = re.compile(
    r"(?:https?://)?(?:www\.)?threads\.(?:com|net)/@([^/?#]+)/?(?:[?#].*)?", re.IGNORECASE
)
FIELDS = (
    "id,text,media_type,permalink,timestamp,username,is_quote_post,is_reply,topic_tag,"
    "link_attachment_url"
)


def opened(fetch: Fetch, ask: Ask) -> Graph:
    """The server, as a question asks it."""
    return Graph(fetch, f"{ask.server}/{VERSION}", OF, ask.now)


def handle_of(text: str) -> str:
    """The handle that somebody wrote.

    Raises:
        Misasked: When it is none.
    """
    return handle_in(text, of=OF, address=_PROFILE_URL, example="zuck")


def account(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """A public profile and its newest posts."""
    handle = handle_of(ask.text)
    asked = opened(fetch, ask)
    place = dict(cursor or {"after": None, "taken": 0})
    for _ in range(_LONGEST_WALK):
        page = Page()
        with graph.documented(OF):
            known = Reference(Platform.THREADS, handle=handle)
            if not place["after"]:
                _look_up(asked, ask, handle, page)
            after, listed = _posts_of(asked, ask, known, place, page)
        if after and after == place["after"]:
            raise Changed(f"{OF} gave the same page of @{handle}'s posts twice")
        taken = int(place["taken"]) + listed
        if after and listed and taken < ask.posts:
            page.cursor = {"after": after, "taken": taken}
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()
    raise Changed(f"{OF}'s list of @{handle}'s posts has no end")


def _look_up(asked: Graph, ask: Ask, handle: str, page: Page) -> None:
    answer = asked.get("profile_lookup", page, Spend(LOOKUPS), username=handle)
    known = Reference(Platform.THREADS, handle=handle)
    if posts.take_profile(answer, Context(ask.now, account=known)) is None:
        raise Changed(f"{OF}'s profile of @{handle} can't be read")


def _posts_of(
    asked: Graph, ask: Ask, account_: Reference, place: Mapping[str, Any], page: Page
) -> tuple[str | None, int]:
    wanted = ask.posts - int(place["taken"])
    if wanted <= 0:
        return None, 0
    params = {"username": account_.handle or "", "fields": FIELDS}
    params["limit"] = str(min(_AT_ONCE, wanted))
    if place["after"]:
        params["after"] = place["after"]
    answer = asked.get("profile_posts", page, Spend(LOOKUPS), **params)
    listed = graph.distinct(answer.objects("data"))[:wanted]
    for entry in listed:
        if not posts.is_repost(entry) and not entry.values.get("is_reply"):
            posts.take_post(entry, Context(ask.now, account=account_))
    return graph.cursor_after(answer), len(listed)


def search(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Public posts that hold some words or stand under a topic, and who wrote them."""
    words, asked = _query(ask), opened(fetch, ask)
    place = dict(cursor or {"after": None, "counts": {}, "pages": 0})
    while True:
        page = Page()
        with graph.documented(OF):
            params = {"q": words, "search_type": "TOP", "fields": FIELDS, "limit": str(_AT_ONCE)}
            if ask.way is Way.HASHTAG:
                params["search_mode"] = "TAG"
            if place["after"]:
                params["after"] = place["after"]
            answer = asked.get("keyword_search", page, Spend(SEARCHES), **params)
            counts = _take_found(asked, ask, answer, dict(place["counts"]), page)
            after = graph.cursor_after(answer)
        if after and after == place["after"]:
            raise Changed(f"{OF} gave the same page of posts about {words!r} twice")
        pages = int(place["pages"]) + 1
        has_more = after and answer.values.get("data") and len(counts) < ask.accounts
        if has_more and pages < ask.accounts:  # each page may be of authors who are known
            page.cursor = {"after": after, "counts": counts, "pages": pages}
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()


def _query(ask: Ask) -> str:
    words = " ".join(ask.text.split())
    if ask.way is Way.HASHTAG:
        words = words.removeprefix("#")
    if not words or len(words) > _LONGEST_QUERY:
        raise Misasked(
            f"{ask.text[:60]!r} is nothing that {OF} can be asked for: write one to "
            f"{_LONGEST_QUERY} letters"
        )
    return words


def _take_found(
    asked: Graph, ask: Ask, answer: Fields, counts: dict[str, int], page: Page
) -> dict[str, int]:
    """Rows of the posts that were found, and of those who wrote them, each looked up once.

    Returns:
        How many posts of each author were taken so far.
    """
    for entry in graph.distinct(answer.objects("data")):
        author = entry.values.get("username")
        if not isinstance(author, str) or posts.is_repost(entry) or entry.values.get("is_reply"):
            continue
        if author not in counts and len(counts) >= ask.accounts:
            continue
        if author not in counts and HANDLE.fullmatch(author):
            _try_look_up(asked, ask, author, page)
        if counts.setdefault(author, 0) < ask.posts and posts.take_post(entry, Context(ask.now)):
            counts[author] += 1
    return counts


def _try_look_up(asked: Graph, ask: Ask, handle: str, page: Page) -> None:
    try:
        _look_up(asked, ask, handle, page)
    except (NotFound, Misasked, NotPermitted) as error:
        page.notes.append(f"the profile of @{handle} is not shown: {error}")


def expected(ask: Ask) -> tuple[Spend, ...]:
    """What a question takes from the quotas at most."""
    if ask.way is Way.ACCOUNT:
        return (Spend(LOOKUPS, 2 + -(-ask.posts // _AT_ONCE)),)
    if ask.way is Way.OWN:
        return ()
    return Spend(SEARCHES, max(1, ask.accounts)), Spend(LOOKUPS, ask.accounts)
