"""One account, asked for by name at its own server: profile, posts, replies, followers, likers.

A cursor is the step at which the visit stands, with what the steps before it found.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    Misasked,
    NotFound,
    NotPermitted,
    Unavailable,
)
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.mastodon import accounts, statuses
from groundswell.connectors.adapters.networks.mastodon.accounts import Seen, host_of, is_domain
from groundswell.connectors.adapters.networks.mastodon.server import NAME, Listed, Server, within
from groundswell.connectors.adapters.networks.mastodon.statuses import Reading
from groundswell.connectors.adapters.networks.mastodon.wishes import Wishes
from groundswell.connectors.adapters.networks.network import Ask
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.connectors.adapters.values.texts import MAX_NAME
from groundswell.terms.exchange import Fetch
from groundswell.terms.platforms import Platform

At = Mapping[str, Any]

_MOST_POSTS = 40  # of a page, as the API says
_MOST_PEOPLE = 80
_HANDLE = re.compile(r"@?([\w.~+-]+)(?:@([^@/\s?#]+))?")
_HIDES = "{} hides whom they follow and who follows them: no followers were taken."
_LEFT_OUT = {
    "threads": "The replies to a post were left out: {}.",
    "followers": "Followers were left out: {}.",
    "likers": "Who likes a post was left out: {}.",
}
_UNREADABLE = (
    "{} does not want their posts to be found by words: what was counted of the posts is kept, "
    "their words are not."
)
_CLOSED = "{} {}: nothing of it is kept."
_MOVED = "{} has moved to {}: ask for that account instead."


def account(fetch: Fetch, ask: Ask, cursor: At | None) -> Iterator[Page]:
    """Everything public of one account, from its own server."""
    at: At | None = cursor or {"step": "profile", **named(ask)}
    while at is not None:
        page = stepped(fetch, ask, at)
        at = page.cursor
        yield page


def stepped(fetch: Fetch, ask: Ask, at: At) -> Page:
    """The page of one step.

    What hangs on a profile or a post may be gone or for members only: then the rest goes on.
    """
    server = Server(fetch, ask, at["base"])
    try:
        return _STEPS[at["step"]](server, ask, at)
    except (NotFound, NotPermitted) as error:
        if at["step"] in {"profile", "posts"} or (server.has_login and error.code != NotFound.code):
            raise
        return Page(notes=[_LEFT_OUT[at["step"]].format(error)], cursor=_after(ask, _behind(at)))


def named(ask: Ask) -> dict[str, str]:
    """Whom a question asks for, and at which server.

    Raises:
        Misasked: When it names nobody, or nobody's server.
    """
    user, domain = _parts(ask.text)
    domain = domain or host_of(ask.server).lower()
    return {"user": user, "domain": domain, "base": base_of(domain, ask)}


def written(text: str) -> str:
    """What somebody wrote for an account, when it is a name of one.

    Raises:
        Misasked: When it is none.
    """
    _parts(text)
    return text


def home(text: str) -> str:
    """Address of the server that an account is at home on; empty when its name doesn't say.

    Raises:
        Misasked: When it is no name of an account.
    """
    domain = _parts(text)[1]
    return f"https://{domain}" if domain else ""


def _parts(text: str) -> tuple[str, str]:
    """Name and domain of an account; the domain may be left out."""
    name = text.strip().removeprefix("acct:")
    if "://" in name:
        name = _handle(name)
    match = _HANDLE.fullmatch(name)
    domain = ((match and match[2]) or "").lower()
    if match is None or not (not domain or is_domain(domain)) or len(name) > MAX_NAME:
        raise Misasked(
            f"no account of {NAME} is called {text!r}: write it as @name@server, as in its profile"
        )
    return match[1], domain


def _handle(url: str) -> str:
    """The handle in a profile's address; empty when it can't be read."""
    try:
        path = urlsplit(url).path.strip("/").removeprefix("users/").removeprefix("@")
        return path if "@" in path or not path else f"{path}@{host_of(url)}"
    except ValueError:
        return ""


def base_of(domain: str, ask: Ask) -> str:
    """Address of a domain's server; the connection's own stays as it was given."""
    return ask.server if host_of(ask.server) == domain else f"https://{domain}"


def _profile(server: Server, ask: Ask, at: At) -> Page:
    page = Page()
    server, fields = _looked_up(server, page, ask, at)
    who, at = None, {**at, "base": server.base}
    with page.item("account"):
        who = accounts.seen(fields, at["domain"])
    if page.bad:  # without a name, nothing can be asked further
        bad = page.bad[0]
        raise Changed(
            f"{NAME} ({server.host}) sent a profile that can't be read: {bad.where} {bad.reason}"
        )
    if who.id.rpartition("@")[2] != at["domain"]:  # whoever runs a server speaks for it alone
        raise Changed(
            f"{NAME} ({server.host}) was asked for an account of {at['domain']} and sent "
            f"{who.handle}: it is not believed, and what is known of that account stays"
        )
    if who.wishes.closed:
        page.gone.append(("accounts", who.id))
        page.notes.append(_CLOSED.format(who.handle, who.wishes.closed))
        return page
    page.items = 0
    page.opt_outs[who.id] = who.wishes.opt_outs
    with page.item("account") as item:
        accounts.take(item, fields, who, ask.now)
    _say(page, ask, who)
    page.cursor = _after(ask, {**at, "step": "posts", **_kept(who), "taken": 0})
    return page


def _say(page: Page, ask: Ask, who: Seen) -> None:
    if ask.members and not who.wishes.shows_followers:
        page.notes.append(_HIDES.format(who.handle))
    if not who.wishes.is_readable:
        page.notes.append(_UNREADABLE.format(who.handle))
    if who.moved:
        page.notes.append(_MOVED.format(who.handle, who.moved))


def _looked_up(server: Server, page: Page, ask: Ask, at: At) -> tuple[Server, Fields]:
    """The profile; where the domain itself has none, from the server that speaks for it."""
    path, user = "/api/v1/accounts/lookup", at["user"]
    try:
        return server, server.object(path, page, acct=user)
    except (NotFound, Misasked, Unavailable):
        if server.is_own:
            raise
        other = _speaking_for(server, page, ask, at)
        if other is None:
            raise
    return other, other.object(path, page, acct=user)


def _speaking_for(server: Server, page: Page, ask: Ask, at: At) -> Server | None:
    """The server to which a domain's WebFinger points, when it is another."""
    resource = f"acct:{at['user']}@{at['domain']}"
    try:
        said = server.object("/.well-known/webfinger", page, resource=resource)
        links = said.objects("links")
        pages = {link.text("rel"): link.address("href") for link in links}
    except (NotFound, NotPermitted, Misasked, Unavailable, Changed, Unreadable):
        return None
    found = host_of(pages.get("self") or "")
    if not found or found == server.host:
        return None
    return Server(server.fetch, ask, base_of(found, ask))


def _kept(who: Seen) -> dict[str, Any]:
    """What later steps must know of an account."""
    wishes = who.wishes
    return {
        "id": who.local_id,
        "handle": who.handle,
        "described": wishes.is_described,
        "readable": wishes.is_readable,
        "lists": wishes.shows_followers,
    }


def _who(at: At) -> Seen:
    wishes = Wishes(
        "",
        is_findable=True,  # it was asked for by name
        is_described=at["described"],
        is_readable=at["readable"],
        shows_followers=at["lists"],
    )
    return Seen(at["handle"].lower(), at["handle"], at["id"], is_home=True, wishes=wishes)


def _posts(server: Server, ask: Ask, at: At) -> Page:
    page, who = Page(), _who(at)
    query = {"exclude_reblogs": "true", "exclude_replies": "true"}
    query["limit"] = str(min(_MOST_POSTS, ask.posts - at["taken"]))
    if at.get("max_id"):
        query["max_id"] = at["max_id"]
    found = server.list(f"/api/v1/accounts/{who.local_id}/statuses", page, **query)
    taken, is_old = _taken(found, ask, at, who)
    at = {
        **at,
        "taken": at["taken"] + len(taken),
        "threads": [*at.get("threads", []), *([p.local_id, p.id] for p in taken if p.replies)],
        "liked": [*at.get("liked", []), *(p.local_id for p in taken if p.likes)],
    }
    if found.next_id and not is_old and at["taken"] < ask.posts:
        page.cursor = {**at, "max_id": found.next_id}
    else:
        page.cursor = _after(ask, {**at, "step": "threads", "taken": 0, "max_id": None})
    return page


def _taken(found: Listed, ask: Ask, at: At, who: Seen) -> tuple[list[statuses.Told], bool]:
    """The posts of a page that were taken, and whether the rest is older than asked for."""
    reading = Reading(ask.now, at["domain"])
    taken: dict[str, statuses.Told] = {}
    is_old = False
    for fields in found.entries("statuses"):
        with found.page.item(fields.path) as item:
            post = statuses.told(fields)
            if ask.since and post.published_at < ask.since:
                is_old = True
                break
            room = at["taken"] + len(taken) < ask.posts
            if post.id in taken or not room or post.is_repeated or not post.is_public:
                continue
            if statuses.author_of(fields, at["domain"])[1].id != who.id:
                continue
            post.must_be_of(host_of(at["base"]), at["domain"])
            statuses.take(item, fields, post, who, reading)
            taken[post.id] = post
    return list(taken.values()), is_old


def _threads(server: Server, ask: Ask, at: At) -> Page:
    local_id, post_id = at["threads"][0]
    page, who = Page(), _who(at)
    context = server.object(f"/api/v1/statuses/{local_id}/context", page)
    taken: set[str] = set()
    people: set[str] = set()
    for fields in within(context, "descendants"):
        if len(taken) >= ask.comments:
            break
        with page.item(fields.path) as item:
            reply = statuses.told(fields)
            author = statuses.author_of(fields, at["domain"])[1]
            if reply.id in taken or not reply.is_public or author.wishes.closed:
                continue
            if author.id == who.id:  # the creator's own words are no audience's
                continue
            statuses.take_reply(item, fields, reply, author, under=post_id, of=who.reference)
            taken.add(reply.id)
            if author.id not in people and at.get("commented", 0) + len(people) < ask.members:
                _take_member(item, who, author, "commented", reply.published_at)
                people.add(author.id)
    page.cursor = _after(ask, {**_behind(at), "commented": at.get("commented", 0) + len(people)})
    return page


def _followers(server: Server, ask: Ask, at: At) -> Page:
    path = f"/api/v1/accounts/{at['id']}/followers"
    page, taken, next_id = _people(server, ask, at, path, "follows")
    if next_id and taken < ask.members:
        page.cursor = {**at, "taken": taken, "max_id": next_id}
    else:
        page.cursor = _after(ask, _behind(at))
    return page


def _likers(server: Server, ask: Ask, at: At) -> Page:
    path = f"/api/v1/statuses/{at['liked'][0]}/favourited_by"
    page, taken, next_id = _people(server, ask, at, path, "liked")
    if next_id and taken < ask.members:
        page.cursor = {**at, "taken": taken, "max_id": next_id}
    else:
        page.cursor = _after(ask, _behind({**at, "taken": taken}))
    return page


def _people(server: Server, ask: Ask, at: At, path: str, kind: str) -> tuple[Page, int, str | None]:
    """One page of people, each a membership; how many there are by now, and the next page's id."""
    page, who = Page(), _who(at)
    query = {"limit": str(_MOST_PEOPLE)}
    if at.get("max_id"):
        query["max_id"] = at["max_id"]
    found = server.list(path, page, **query)
    taken: set[str] = set()
    for fields in found.entries(kind):
        if at["taken"] + len(taken) >= ask.members:
            break
        with page.item(fields.path) as item:
            person = accounts.seen(fields, at["domain"])
            if person.id in taken or person.wishes.closed:
                continue
            _take_member(item, who, person, kind, ask.now)
            taken.add(person.id)
    return page, at["taken"] + len(taken), found.next_id


def _take_member(item: Item, who: Seen, person: Seen, kind: str, moment: datetime) -> None:
    item.add(
        "memberships",
        platform=Platform.MASTODON,
        account=who.reference,
        member=person.id,
        kind=kind,
        at=moment,
    )


def _behind(at: At) -> At:
    """Where a visit stands when one thread, the followers or one post's likers are done."""
    if at["step"] == "threads":
        return {**at, "threads": at["threads"][1:]}
    if at["step"] == "likers":
        return {**at, "liked": at["liked"][1:], "max_id": None}
    return {**at, "step": "likers", "taken": 0, "max_id": None}


def _after(ask: Ask, at: At) -> dict[str, Any] | None:
    """The first step from one on that has something to do; None when none has."""
    has_work = {
        "posts": ask.posts > 0,
        "threads": ask.comments > 0 and bool(at.get("threads")),
        "followers": ask.members > 0 and at["lists"],
        "likers": ask.members > at["taken"] and bool(at.get("liked")),
    }
    steps = list(has_work)
    for step in steps[steps.index(at["step"]) :]:
        if has_work[step]:
            return {**at, "step": step}
    return None


_STEPS: dict[str, Callable[[Server, Ask, At], Page]] = {
    "profile": _profile,
    "posts": _posts,
    "threads": _threads,
    "followers": _followers,
    "likers": _likers,
}
