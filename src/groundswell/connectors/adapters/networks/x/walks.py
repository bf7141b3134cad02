"""How X is asked, and what each question costs.

Requests always ask for an even number of posts: two cost a US cent, so that money is counted in
whole cents and never rounded. A request is charged here for all that it may bring; X charges for
what it did bring.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed, Misasked
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.x import replies
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values import addresses
from groundswell.terms.exchange import Fetch, Request, Spend
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

MONEY = "money"
_POSTS_A_CENT = 2
_CENTS_A_PERSON = 1
_PAGE = 100
_PEOPLE = 1000  # followers of a page
_LEAST_OF_TIMELINE, _LEAST_OF_SEARCH = 6, 10  # X gives 5 or more, and we ask for even numbers
_SEARCHED = timedelta(days=7)
_OWN = timedelta(days=30)  # for so long X tells owners more of a post
_HANDLE = re.compile(r"\w{1,15}", re.ASCII)
_USER = (
    "created_at,description,entities,profile_image_url,protected,public_metrics,url,verified,"
    "verified_type"
)
_POST = "attachments,author_id,created_at,entities,lang,public_metrics,referenced_tweets"
_Step = Callable[["_Asked", Mapping[str, Any]], Page]


@dataclass(frozen=True, slots=True)
class _Asked:
    fetch: Fetch
    ask: Ask

    def get(self, page: Page, path: str, cents: int, **params: str) -> Fields:
        spends = (Spend(MONEY, cents),)
        names = {name.replace("__", "."): value for name, value in params.items()}
        reply = self.fetch(Request(f"{self.ask.server}/2/{path}", names, spends=spends))
        return replies.checked(reply, page, now=self.ask.now)


def account(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """One person: profile, newest posts, and followers where they were asked for."""
    return _steps(_Asked(fetch, ask), cursor or {"step": "profile"})


def own(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """The connected account: as any other, with what X tells owners of the last 30 days."""
    return _steps(_Asked(fetch, ask), cursor or {"step": "profile"})


def search(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Posts of the last seven days with some words, and who wrote them."""
    return _steps(_Asked(fetch, ask), cursor or _first_search(ask))


def expected(ask: Ask) -> tuple[Spend, ...]:
    """What a question costs at most, in US cents."""
    if ask.way in {Way.SEARCH, Way.HASHTAG}:
        asked = _even(ask.accounts, _LEAST_OF_SEARCH)
        return (Spend(MONEY, asked // _POSTS_A_CENT + asked * _CENTS_A_PERSON),)
    posts = _even(ask.posts, _LEAST_OF_TIMELINE) if ask.posts > 0 else 0
    members = ask.members if ask.way is Way.ACCOUNT else 0
    return (Spend(MONEY, _CENTS_A_PERSON * (1 + members) + posts // _POSTS_A_CENT),)


def _steps(asked: _Asked, at: Mapping[str, Any] | None) -> Iterator[Page]:
    while at is not None:
        page = _STEPS[at["step"]](asked, at)
        if page.cursor is not None and page.cursor.get("mark") and page.cursor == dict(at):
            raise Changed(f"{replies.NAME} sends the same page again and again")
        at = page.cursor
        yield page


def _profile(asked: _Asked, at: Mapping[str, Any]) -> Page:
    del at
    ask, page = asked.ask, Page()
    is_own = ask.way is Way.OWN
    path = "users/me" if is_own else f"users/by/username/{handle_in(ask.text)}"
    fields = asked.get(page, path, _CENTS_A_PERSON, user__fields=_USER)
    found = replies.listed(fields)
    source = Source.CREATOR_AUTHORISED if is_own else Source.API
    for user in found:
        replies.take_user(page, user, ask.now, source)
    replies.finish(page, fields)
    whose = next((line.values for line in page.lines if line.table == "accounts"), None)
    if whose is None:
        raise Changed(f"{replies.NAME} sent no person where one was asked for")
    known = {"id": whose["platform_id"], "handle": whose["handle"]}
    if whose.get("private") and not is_own:
        page.notes.append(f"{whose['handle']} shows posts to approved followers alone.")
        return page
    if ask.comments > 0:
        page.notes.append("Replies under posts are not read from X.")
    page.cursor = _after_profile(ask, known)
    return page


def _after_profile(ask: Ask, known: Mapping[str, Any]) -> dict[str, Any] | None:
    if ask.posts > 0:
        left = _even(ask.posts, _LEAST_OF_TIMELINE)
        return {"step": "posts", **known, "left": left, "take": ask.posts}
    return _after_posts(ask, known)


def _after_posts(ask: Ask, known: Mapping[str, Any]) -> dict[str, Any] | None:
    if ask.members <= 0 or ask.way is not Way.ACCOUNT:
        return None
    return {"step": "members", "id": known["id"], "handle": known["handle"], "left": ask.members}


def _posts(asked: _Asked, at: Mapping[str, Any]) -> Page:
    ask, page = asked.ask, Page()
    is_own = ask.way is Way.OWN
    count = _share(at["left"], _LEAST_OF_TIMELINE)
    since = max(filter(None, (ask.since, ask.now - _OWN if is_own else None)), default=None)
    more = {"start_time": _moment(since)} if since else {}
    fields = asked.get(
        page,
        f"users/{at['id']}/tweets",
        count // _POSTS_A_CENT,
        max_results=str(count),
        exclude="retweets",
        tweet__fields=f"{_POST},non_public_metrics" if is_own else _POST,
        **more,
        **_marked(at),
    )
    who = Reference(Platform.X, at["id"], at["handle"])
    found = replies.listed(fields)[: at["take"]]
    for post in found:
        source = Source.CREATOR_AUTHORISED if is_own else Source.API
        replies.take_post(page, post, who, ask.now, source)
    replies.finish(page, fields)
    mark, left, take = replies.mark_of(fields), at["left"] - count, at["take"] - len(found)
    if mark and left >= _LEAST_OF_TIMELINE and take > 0:
        page.cursor = {**at, "left": left, "take": take, "mark": mark}
    else:
        page.cursor = _after_posts(ask, at)
    return page


def _members(asked: _Asked, at: Mapping[str, Any]) -> Page:
    ask, page = asked.ask, Page()
    count = min(_PEOPLE, at["left"])
    fields = asked.get(
        page,
        f"users/{at['id']}/followers",
        count * _CENTS_A_PERSON,
        max_results=str(count),
        **_marked(at, "pagination_token"),
    )
    for user in replies.listed(fields)[:count]:
        with page.item(user.path) as item:
            item.add(
                "memberships",
                platform=Platform.X,
                account=Reference(Platform.X, at["id"], at["handle"]),
                member=user.needed("id", user.name("id")),
                kind="follows",
                at=ask.now,
            )
    replies.finish(page, fields)
    mark, left = replies.mark_of(fields), at["left"] - count
    if mark and left > 0:
        page.cursor = {**at, "left": left, "mark": mark}
    return page


def _first_search(ask: Ask) -> dict[str, Any]:
    left = _even(ask.accounts, _LEAST_OF_SEARCH)
    return {"step": "search", "left": left, "people": {}}


def _search(asked: _Asked, at: Mapping[str, Any]) -> Page:
    ask, page = asked.ask, Page()
    count = _share(at["left"], _LEAST_OF_SEARCH)
    earliest = ask.now - _SEARCHED + timedelta(minutes=1)
    more = {"start_time": _moment(ask.since)} if ask.since and ask.since > earliest else {}
    fields = asked.get(
        page,
        "tweets/search/recent",
        count // _POSTS_A_CENT + count * _CENTS_A_PERSON,
        query=_query(ask),
        max_results=str(count),
        tweet__fields=_POST,
        expansions="author_id",
        user__fields=_USER,
        **more,
        **_marked(at, "next_token"),
    )
    authors, people = replies.included(fields), dict(at["people"])
    for post in replies.listed(fields):
        author_id = str(post.values.get("author_id"))
        author, posts = authors.get(author_id), people.get(author_id, 0)
        if author is None or posts >= ask.posts:
            continue
        if author_id not in people:
            if len(people) >= ask.accounts:
                continue
            replies.take_user(page, author, ask.now)
        people[author_id] = posts + 1
        replies.take_post(page, post, author, ask.now)
    replies.finish(page, fields)
    mark, left = replies.mark_of(fields), at["left"] - count
    if mark and left >= _LEAST_OF_SEARCH:
        page.cursor = {"step": "search", "left": left, "people": people, "mark": mark}
    return page


_STEPS: dict[str, _Step] = {
    "profile": _profile,
    "posts": _posts,
    "members": _members,
    "search": _search,
}


def handle_in(text: str) -> str:
    """The handle that somebody wrote: with @, or as the address of the profile.

    Raises:
        Misasked: When it is none.
    """
    name = text.strip()
    if addresses.looks_like_address(name):
        at = addresses.parsed(name)
        name = at.handle or "" if at.platform is Platform.X else ""
    name = name.removeprefix("@")
    if not _HANDLE.fullmatch(name):
        raise Misasked(f"{text[:100]!r} is no handle of X: write @anna")
    return name


def tag_in(text: str) -> str:
    """The hashtag that somebody wrote, without its sign.

    Raises:
        Misasked: When it is none.
    """
    tag = text.removeprefix("#")
    if not re.fullmatch(r"\w{1,100}", tag):
        raise Misasked(f"{text[:100]!r} is no hashtag of X: write #trailrunning")
    return tag


def _query(ask: Ask) -> str:
    words = " ".join(ask.text.split())[:400]
    if ask.way is Way.HASHTAG:
        words = f"#{tag_in(words)}"
    if not words:
        raise Misasked("X can't be searched for nothing: name some words")
    return f"({words}) -is:retweet"


def _even(number: int, least: int) -> int:
    return max(number + number % 2, least)


def _share(left: int, least: int) -> int:
    """How many posts to ask for now, so that what is left can be asked for too."""
    count = min(_PAGE, left)
    rest = left - count
    return count - (least - rest) if 0 < rest < least else count


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _marked(at: Mapping[str, Any], name: str = "pagination_token") -> dict[str, str]:
    return {name: at["mark"]} if at.get("mark") else {}
