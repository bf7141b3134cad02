"""What Instagram tells the owner of an account: insights, audience, stories, comments, tags."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.instagram import forms, posts, walks
from groundswell.connectors.adapters.networks.instagram.forms import OF
from groundswell.connectors.adapters.networks.instagram.insights import MEANINGS
from groundswell.connectors.adapters.networks.meta import graph, insights
from groundswell.connectors.adapters.networks.meta.contexts import Context
from groundswell.connectors.adapters.networks.meta.graph import Graph
from groundswell.connectors.adapters.networks.meta.metrics import Span
from groundswell.connectors.adapters.networks.meta.visits import Visit
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.exchange import Fetch
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

NEWER_SERVER = "https://graph.instagram.com"
ADS_SCOPE = "instagram_branded_content_ads_brand"
_INSIGHTS_SCOPES = frozenset({"instagram_manage_insights", "instagram_business_manage_insights"})
_COMMENTS_SCOPES = frozenset({"instagram_manage_comments", "instagram_business_manage_comments"})

_AT_ONCE = 10  # posts of a page, for each is asked for its insights
_COMMENTS_AT_ONCE = 50
_LONGEST_WALK = 1_000
_DAYS = timedelta(days=30)
_PROFILE = (
    "id,username,name,biography,website,profile_picture_url,followers_count,follows_count,"
    "media_count"
)
_POSTS = (
    "id,caption,media_type,media_product_type,comments_count,like_count,permalink,timestamp,"
    "username"
)
_COMMENTS = "id,text,timestamp,username,like_count,replies{id,text,timestamp,username,like_count}"
_OF_POSTS = "views,reach,saved,shares,reposts,likes,comments,total_interactions"
_OF_REELS = f"{_OF_POSTS},ig_reels_video_view_total_time,ig_reels_avg_watch_time"
_OF_STORIES = "views,reach,replies,navigation,shares,total_interactions"
_DIMENSIONS = ("age", "gender", "country", "city")


def own(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """The connected account, with what only its owner may see."""
    asked = walks.opened(fetch, ask)
    place = dict(cursor or {"step": "profile", "after": None, "taken": 0})
    missing: set[str] = set(place.get("missing", ()))
    for _ in range(_LONGEST_WALK):
        page = Page()
        with graph.documented(OF):
            me = place.get("me") or _me(asked, ask, page)
            known = Reference(Platform.INSTAGRAM, None if me == "me" else me, place.get("handle"))
            visit = Visit(asked, ask, page, known, me, missing)
            after, listed = _STEPS[place["step"]](visit, place)
        if after and after == place.get("after"):
            raise Changed(f"{OF} gave the same page of {place['step']} twice")
        page.cursor = _next(place, visit, after, listed)
        yield page
        if page.cursor is None:
            return
        place = page.cursor
        asked.go_on()
    raise Changed(f"{OF}'s lists of the account have no end")


def _me(asked: Graph, ask: Ask, page: Page) -> str:
    if ask.server == NEWER_SERVER:
        return "me"  # that server numbers accounts for each application
    return walks.asking_id(asked, ask, page)


def _next(
    place: Mapping[str, Any], visit: Visit, after: str | None, listed: int
) -> dict[str, Any] | None:
    taken = int(place["taken"]) + listed
    kept = {"me": visit.me, "handle": visit.account.handle, "missing": sorted(visit.missing)}
    if after and listed and taken < _most(place["step"], visit.ask):
        return {**kept, "step": place["step"], "after": after, "taken": taken}
    names = list(_STEPS)
    for step in names[names.index(place["step"]) + 1 :]:
        # Stories are posts too, and of them there may be no more than were asked for.
        already = taken if step == "media" else 0
        if already < _most(step, visit.ask):
            return {**kept, "step": step, "after": None, "taken": already}
    return None


def _most(step: str, ask: Ask) -> int:
    if step != "partners":
        return ask.posts
    # A token that somebody pasted doesn't say what it covers.
    return ask.accounts - 1 if not ask.granted or ADS_SCOPE in ask.granted else 0


def _profile(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    del place
    fields = _PROFILE + (",user_id,account_type" if visit.me == "me" else "")
    answer = visit.asked.get(visit.me, visit.page, fields=fields)
    context = Context(visit.ask.now, Source.CREATOR_AUTHORISED)
    account = posts.take_profile(answer, context)
    if account is None:
        raise Changed(f"{OF}'s profile of the connected account can't be read")
    visit.account = replace(visit.account, handle=account.handle)
    if visit.may(_INSIGHTS_SCOPES, "insights of the account"):
        for name in ("reach", "follower_count"):
            _lately(visit, name)
        _lately(visit, "views", metric_type="total_value")
        for dimension in _DIMENSIONS:
            _audience(visit, dimension)
    return None, 0


def _lately(visit: Visit, name: str, **params: str) -> None:
    """What the account counted in the last month: day by day, or in all where it is a total."""
    until = int(visit.ask.now.timestamp())
    answer = visit.tried(
        "insights of the account",
        f"{visit.me}/insights",
        metric=name,
        period="day",
        since=str(until - int(_DAYS.total_seconds())),
        until=str(until),
        **params,
    )
    if answer is not None:
        _take(visit, answer, _context(visit), Span("month" if params else "day", visit.ask.now))


def _audience(visit: Visit, dimension: str) -> None:
    """Shares of followers; where none are shown, of the people who engaged in the last month."""
    for name in ("follower_demographics", "engaged_audience_demographics"):
        answer = visit.tried(
            f"who the audience is ({name})",
            f"{visit.me}/insights",
            metric=name,
            period="lifetime",
            metric_type="total_value",
            breakdown=dimension,
            **({} if name == "follower_demographics" else {"timeframe": "this_month"}),
        )
        if answer is None:
            continue
        if _take(visit, answer, _context(visit)):
            if name != "follower_demographics":
                visit.page.notes.append(
                    f"shares by {dimension} are of people who engaged this month, for {OF} shows "
                    "none of the followers"
                )
            return


def _stories(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    del place
    answer = visit.tried("stories", f"{visit.me}/stories", fields=_POSTS)
    if answer is None:
        return None, 0
    listed = graph.distinct(answer.objects("data"))[: visit.ask.posts]
    for entry in listed:
        post_id = posts.take_media(entry, _context(visit))
        if post_id and visit.may(_INSIGHTS_SCOPES, "insights of stories"):
            _counted(visit, post_id, _OF_STORIES)
    if listed:
        visit.page.notes.append(
            f"{OF} shows a story and its counts for a day: read the account at least daily, so "
            "that none is missed"
        )
    return None, len(listed)


def _media(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    answer = visit.asked.get(f"{visit.me}/media", visit.page, **_page_of(place, visit, _POSTS))
    listed = _listed(answer, place, visit)
    for entry in listed:
        post_id = posts.take_media(entry, _context(visit))
        if post_id and visit.may(_INSIGHTS_SCOPES, "insights of posts"):
            is_reel = entry.values.get("media_product_type") == "REELS"
            _counted(visit, post_id, _OF_REELS if is_reel else _OF_POSTS)
        if post_id and visit.ask.comments and visit.may(_COMMENTS_SCOPES, "comments"):
            _comments(visit, post_id)
    after = None if walks.is_known(visit.page, visit.ask) else graph.cursor_after(answer)
    return after, len(listed)


def _tags(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    params = _page_of(place, visit, f"{_POSTS},owner")
    answer = visit.tried("posts that tag the account", f"{visit.me}/tags", **params)
    if answer is None:
        return None, 0
    listed = _listed(answer, place, visit)
    for entry in listed:
        posts.take_media(entry, Context(visit.ask.now))
    return graph.cursor_after(answer), len(listed)


def _partners(visit: Visit, place: Mapping[str, Any]) -> tuple[str | None, int]:
    params = _page_of(place, visit, "creator_username,creator_id,permission_status")
    what = "who allows partnership ads"
    answer = visit.tried(what, f"{visit.me}/branded_content_ad_permissions", **params)
    if answer is None:
        return None, 0
    listed = _listed(answer, place, visit)
    allowed = [forms.take_partner(entry, _context(visit)) for entry in listed]
    names = ", ".join(f"@{one.handle}" for one in allowed if one and one.handle)
    if names:
        visit.page.notes.append(f"these creators allow partnership ads: {names}")
    return graph.cursor_after(answer), len(listed)


def _page_of(place: Mapping[str, Any], visit: Visit, fields: str) -> dict[str, str]:
    params = {"fields": fields, "limit": str(max(1, min(_AT_ONCE, visit.ask.posts)))}
    if place.get("after"):
        params["after"] = place["after"]
    return params


def _listed(answer: Fields, place: Mapping[str, Any], visit: Visit) -> list[Fields]:
    most = _most(place["step"], visit.ask) - int(place["taken"])
    return graph.distinct(answer.objects("data"))[: max(most, 0)]


def _context(visit: Visit, post_id: str | None = None) -> Context:
    return Context(visit.ask.now, Source.CREATOR_AUTHORISED, visit.account, post_id)


def _counted(visit: Visit, post_id: str, metrics: str) -> None:
    """Insights of a post; one from before the account was professional has none."""
    answer = visit.tried("insights of some posts", f"{post_id}/insights", metric=metrics)
    if answer is not None:
        _take(visit, answer, _context(visit, post_id))


def _take(visit: Visit, answer: Fields, context: Context, span: Span | None = None) -> int:
    return insights.take(answer.objects("data"), visit.page, context, MEANINGS, span)


def _comments(visit: Visit, post_id: str) -> None:
    """Comments of a post and the answers to them, no more than were asked for."""
    context = _context(visit, post_id)
    seen: set[str] = set()
    after: str | None = None
    while len(seen) < visit.ask.comments:
        params = {"fields": _COMMENTS, "limit": str(min(_COMMENTS_AT_ONCE, visit.ask.comments))}
        if after:
            params["after"] = after
        answer = visit.tried("comments", f"{post_id}/comments", **params)
        if answer is None:
            return
        waiting, before = answer.objects("data"), len(seen)
        while waiting and len(seen) < visit.ask.comments:
            entry = waiting.pop(0)
            if entry.name("id") not in seen:
                waiting = posts.take_comment(entry, context) + waiting
                seen.add(entry.name("id") or entry.path)
                visit.met(entry, posts.writer_of(entry))
        after = graph.cursor_after(answer)
        if after is None or len(seen) == before:
            return


_STEPS: Mapping[str, Callable[[Visit, Mapping[str, Any]], tuple[str | None, int]]] = {
    "profile": _profile,
    "stories": _stories,
    "media": _media,
    "tags": _tags,
    "partners": _partners,
}
