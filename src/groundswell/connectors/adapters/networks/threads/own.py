"""What Threads tells the owner of an account: insights, audience, replies."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.meta import graph, insights
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.visits import Visit
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.threads import posts, walks
from groundswell.connectors.adapters.networks.threads.forms import OF
from groundswell.connectors.adapters.networks.threads.insights import MEANINGS
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Fetch
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

_INSIGHTS_SCOPE = frozenset({"threads_manage_insights"})
_REPLIES_SCOPE = frozenset({"threads_read_replies"})
_AT_ONCE = 10  # posts of a page, for each is asked for its insights
_REPLIES_AT_ONCE = 50
_LONGEST_WALK = 1_000
_DAYS = timedelta(days=30)
_FIRST_DAY = 1_712_991_600  # insights begin on 13 April 2024
_PROFILE = "id,username,name,threads_profile_picture_url,threads_biography,is_verified"
_REPLIES = "id,text,timestamp,username,media_type,root_post,is_reply"
_OF_POSTS = "views,likes,replies,reposts,quotes,shares"
_DIMENSIONS = ("age", "gender", "country", "city")


def own(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """The connected account, with what only its owner may see."""
    asked = walks.opened(fetch, ask)
    place = dict(cursor or {})
    for _ in range(_LONGEST_WALK):
        page = Page()
        with graph.documented(OF):
            me = Reference(Platform.THREADS, place.get("me"), place.get("handle"))
            visit = Visit(asked, ask, page, me, missing=set(place.get("missing", ())))
            after, listed = _posts(visit, place) if place else _profile(visit)
        if after and after == place.get("after"):
            raise Changed(f"{OF} gave the same page of posts twice")
        taken = int(place.get("taken", 0)) + listed
        if (after and listed and taken < ask.posts) or (not place and ask.posts > 0):
            page.cursor = {
                "me": visit.account.platform_id,
                "handle": visit.account.handle,
                "missing": sorted(visit.missing),
                "after": after,
                "taken": taken,
            }
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()
    raise Changed(f"{OF}'s list of the account's posts has no end")


def _profile(visit: Visit) -> tuple[str | None, int]:
    answer = visit.asked.get("me", visit.page, fields=_PROFILE)
    account = posts.take_profile(answer, Context(visit.ask.now, Source.CREATOR_AUTHORISED))
    if account is None:
        raise Changed(f"{OF}'s profile of the connected account can't be read")
    visit.account = account
    if visit.may(_INSIGHTS_SCOPE, "insights"):
        until = int(visit.ask.now.timestamp())
        since = max(until - int(_DAYS.total_seconds()), _FIRST_DAY)
        _insights(visit, "followers_count")
        _insights(visit, "views", since=str(since), until=str(until))
        for dimension in _DIMENSIONS:
            _insights(visit, "follower_demographics", breakdown=dimension)
    return None, 0


def _insights(visit: Visit, metric: str, **params: str) -> None:
    what = f"insights of the account ({metric})"
    answer = visit.tried(what, "me/threads_insights", metric=metric, **params)
    if answer is not None:
        insights.take(answer.objects("data"), visit.page, _context(visit), MEANINGS)


def _posts(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    wanted = visit.ask.posts - int(place["taken"])
    params = {"fields": walks.FIELDS, "limit": str(min(_AT_ONCE, wanted))}
    if place["after"]:
        params["after"] = place["after"]
    if visit.ask.since is not None:
        params["since"] = str(int(visit.ask.since.timestamp()))
    answer = visit.asked.get("me/threads", visit.page, **params)
    listed = graph.distinct(answer.objects("data"))[:wanted]
    for entry in listed:
        if posts.is_repost(entry):
            continue  # somebody else's post
        post_id = posts.take_post(entry, _context(visit))
        if post_id and visit.may(_INSIGHTS_SCOPE, "insights"):
            _counted(visit, post_id)
        if post_id and visit.ask.comments and visit.may(_REPLIES_SCOPE, "replies"):
            _replies(visit, post_id)
    return graph.cursor_after(answer), len(listed)


def _context(visit: Visit, post_id: str | None = None) -> Context:
    return Context(visit.ask.now, Source.CREATOR_AUTHORISED, visit.account, post_id)


def _counted(visit: Visit, post_id: str) -> None:
    answer = visit.tried("insights of posts", f"{post_id}/insights", metric=_OF_POSTS)
    if answer is not None:
        insights.take(answer.objects("data"), visit.page, _context(visit, post_id), MEANINGS)


def _replies(visit: Visit, post_id: str) -> None:
    """Replies of any depth under a post, no more than were asked for."""
    seen: set[str] = set()
    after: str | None = None
    while len(seen) < visit.ask.comments:
        params = {"fields": _REPLIES, "limit": str(min(_REPLIES_AT_ONCE, visit.ask.comments))}
        if after:
            params["after"] = after
        answer = visit.tried("replies", f"{post_id}/conversation", **params)
        if answer is None:
            return
        before = len(seen)
        for entry in graph.distinct(answer.objects("data")):
            named = entry.name("id") or entry.path
            if named not in seen and len(seen) < visit.ask.comments:
                seen.add(named)
                visit.met(entry, posts.take_reply(entry, _context(visit, post_id)))
        after = graph.cursor_after(answer)
        if after is None or len(seen) == before:
            return
