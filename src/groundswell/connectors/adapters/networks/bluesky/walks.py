"""Walks: what is asked of an AppView one after the other, and where each can go on.

A walk keeps a list of tasks. One task asks one question and gives one page; what it found adds
tasks. The list is the cursor: whatever ends a walk, it goes on behind the last page that was kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from groundswell.connectors.adapters.networks.bluesky import audience, people, posts
from groundswell.connectors.adapters.networks.bluesky.xrpc import (
    MOST_IN_A_PAGE,
    MOST_PROFILES,
    NAME,
    REQUESTS,
    Server,
)
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
)
from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values import addresses
from groundswell.terms.exchange import Fetch, Spend
from groundswell.terms.platforms import Platform

_DEPTH = "3"  # of answers to answers
_SPARE = 2  # pages of a list beyond those that full ones would need: some are thinned out
_FEWEST = 25  # posts of a page; a feed holds reposts too
# Posts, and answers of the author to own posts; what was said to others is no content.
_FILTER = "posts_and_author_threads"


@dataclass(frozen=True, slots=True)
class Task:
    """A question that is still to be asked.

    Attributes:
        kind: Which step asks it.
        subject: Words, hashtag, handle or DID.
        names: Further ids it is about: accounts to be read, posts whose audience is to be read.
        got: How many were brought by earlier pages of the same list.
        passed: Cursors of the list so far; the last is where it goes on.
    """

    kind: str
    subject: str
    names: tuple[str, ...] = ()
    got: int = 0
    passed: tuple[str, ...] = ()

    @property
    def after(self) -> str | None:
        """Where the list goes on."""
        return self.passed[-1] if self.passed else None


@dataclass(slots=True)
class Trail:
    """Where a walk stands.

    Attributes:
        tasks: What is to be asked; the last comes next.
        accounts: Accounts whose posts are to be read when no task is left.
        seen: Accounts that were found at all.
        brought: How many rows were brought: of the present account's audience by kind, of posts
            under a hashtag by author.
    """

    tasks: list[Task] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    brought: dict[str, int] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be asked."""
        return not (self.tasks or self.accounts)

    def kept(self) -> dict[str, Any]:
        """The trail as JSON."""
        return {
            "tasks": [_plain(task) for task in self.tasks],
            "accounts": [*self.accounts],
            "seen": [*self.seen],
            "brought": {**self.brought},
        }


def _plain(task: Task) -> dict[str, Any]:
    return asdict(task) | {"names": [*task.names], "passed": [*task.passed]}


def _trail(cursor: Mapping[str, Any]) -> Trail:
    tasks = [
        Task(**{**task, "names": tuple(task["names"]), "passed": tuple(task["passed"])})
        for task in cursor["tasks"]
    ]
    return Trail(tasks, [*cursor["accounts"]], [*cursor["seen"]], {**cursor["brought"]})


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a walk in the making.

    Attributes:
        server: Who is asked.
        ask: What was asked for.
        trail: Where the walk stands; the step adds to it.
        page: What the step fills.
    """

    server: Server
    ask: Ask
    trail: Trail
    page: Page

    def go_on(self, task: Task, after: str | None, *, got: int, most_pages: int) -> None:
        """Add the list's next page, if there is one worth asking for."""
        if after is None or len(task.passed) + 1 >= most_pages:
            return
        if after in task.passed:
            self.page.notes.append(
                f"{NAME} leads in a circle through a list; it was read once and left there."
            )
            return
        self.trail.tasks.append(replace(task, got=got, passed=(*task.passed, after)))


def search(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Creators whose profile or posts speak of some words."""
    words = ask.text.strip()
    return _walk(fetch, ask, cursor, Task("find_posts", words), Task("find_actors", words))


def hashtag(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Posts under a hashtag, and who wrote them."""
    return _walk(fetch, ask, cursor, Task("find_tagged", ask.text.strip().removeprefix("#")))


def account(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """One account by its handle, its DID or the address of its page."""
    return _walk(fetch, ask, cursor, Task("find_one", named(ask.text)))


def written(text: str) -> str:
    """What somebody wrote for an account, when it is a name of one.

    Raises:
        Misasked: When it is none.
    """
    name = named(text)
    if not people.HANDLE.fullmatch(name) and not people.DID.fullmatch(name):
        raise Misasked(
            f"no account of {NAME} is called {text!r}: write its whole handle, such as "
            "anna.bsky.social, its DID, or the address of its page"
        )
    return text


def named(text: str) -> str:
    """The handle or DID that somebody means."""
    text = text.strip()
    if addresses.looks_like_address(text):
        found = addresses.parsed(text)
        text = found.platform_id or found.handle or text
    return text.removeprefix("at://").removeprefix("@")


def _walk(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None, *first: Task) -> Iterator[Page]:
    trail = Trail([*first]) if cursor is None else _trail(cursor)
    server = Server(fetch, ask.server, ask.now)
    while not trail.is_done:
        if not trail.tasks:
            _visit(ask, trail, trail.accounts.pop(0))
            continue
        page = Page()
        task = trail.tasks.pop()
        try:
            _STEPS[task.kind](Step(server, ask, trail, page), task)
        except Odd as error:
            raise Changed(
                f"{NAME} sent a reply of another form than it describes: {error.where} "
                f"({error.value}) {error}"
            ) from None
        _skip_idle(ask, trail)
        page.cursor = None if trail.is_done else trail.kept()
        yield page


def _skip_idle(ask: Ask, trail: Trail) -> None:
    """Let the next account begin, so that a walk's last page has no cursor."""
    while not trail.tasks and trail.accounts:
        _visit(ask, trail, trail.accounts.pop(0))


def _visit(ask: Ask, trail: Trail, did: str) -> None:
    """Read an account: its posts with what is under them, then its followers."""
    trail.brought = {}
    if ask.members:
        trail.tasks.append(Task("followers", did))
    if ask.posts:
        trail.tasks.append(Task("feed", did))


def _find_one(step: Step, task: Task) -> None:
    try:
        profile = step.server.get("app.bsky.actor.getProfile", step.page, actor=task.subject)
    except NotFound as error:
        if not task.subject.startswith("did:"):
            raise
        step.page.gone.append(("accounts", task.subject))
        step.page.notes.append(f"{error}.")
        return
    _take_profiles(step, [profile])


def _profiles(step: Step, task: Task) -> None:
    reply = step.server.get("app.bsky.actor.getProfiles", step.page, actors=task.names)
    found = _take_profiles(step, reply.objects("profiles"))
    missing = [did for did in task.names if did not in found]
    if missing and found and not step.page.bad:  # a reply without any more likely failed
        step.page.gone += [("accounts", did) for did in missing]
        step.page.notes.append(
            f"{len(missing)} accounts were deleted, deactivated or suspended: {', '.join(missing)}."
        )


def _take_profiles(step: Step, profiles: list[Fields]) -> set[str]:
    """Add accounts, and let their posts be read; returns who was there at all."""
    page, kept, there = step.page, [], set()
    for profile in profiles:
        with page.item(profile.path or "profile") as item:
            who = people.person(profile)
            if who.did in there:
                continue
            there.add(who.did)
            if people.leave_out(page, who):
                continue
            people.add_account(item, profile, who, now=step.ask.now)
            kept.append(who)
    people.note_labels(page, kept)
    if step.ask.way is not Way.HASHTAG:
        step.trail.accounts += [who.did for who in kept]
    return there


def _find_actors(step: Step, task: Task) -> None:
    reply = step.server.get(
        "app.bsky.actor.searchActors",
        step.page,
        q=task.subject,
        limit=str(min(MOST_IN_A_PAGE, step.ask.accounts)),
        cursor=task.after,
    )
    found = []
    for actor in reply.objects("actors"):
        with step.page.item(actor.path):
            found.append(people.person(actor))
    after = reply.name("cursor")
    _find(step, found)
    _search_on(step, task, after)


def _find(step: Step, several: list[people.Person]) -> set[str]:
    """Let the profiles of newly found people be read; returns those who may be taken."""
    taken, new = set(), []
    for who in several:
        if people.leave_out(step.page, who):
            continue
        if who.did not in step.trail.seen:
            if len(step.trail.seen) >= step.ask.accounts:
                continue
            step.trail.seen.append(who.did)
            new.append(who.did)
        taken.add(who.did)
    batches = range(0, len(new), MOST_PROFILES)
    step.trail.tasks += [
        Task("profiles", "", names=tuple(new[start : start + MOST_PROFILES]))
        for start in reversed(batches)
    ]
    return taken


def _search_on(step: Step, task: Task, after: str | None) -> None:
    """Search on below the profiles that were just found, or end all searches when it's enough."""
    tasks = step.trail.tasks
    if len(step.trail.seen) >= step.ask.accounts:
        tasks[:] = [each for each in tasks if each.kind == "profiles"]
        return
    profiles = [each for each in tasks if each.kind == "profiles"]
    tasks[:] = [each for each in tasks if each.kind != "profiles"]
    step.go_on(task, after, got=0, most_pages=_search_pages(step.ask))
    tasks += profiles


def _find_posts(step: Step, task: Task) -> None:
    try:
        reply = _searched(step, task, q=task.subject)
    except (NotPermitted, LoginExpired):
        _note_search(step, task)
        return
    _take_found(step, task, reply)


def _find_tagged(step: Step, task: Task) -> None:
    try:
        reply = _searched(step, task, q=f"#{task.subject}", tag=task.subject)
    except (NotPermitted, LoginExpired):
        if task.passed:
            _note_search(step, task)
            return
        raise NotPermitted(
            f"this server of {NAME} lets nobody search posts without a login, and hashtags can't "
            f"be had otherwise: search creators by the words {task.subject!r} instead, or name "
            "another AppView as the connection's server"
        ) from None
    _take_found(step, task, reply)


def _note_search(step: Step, task: Task) -> None:
    """Say what a server doesn't tell strangers: posts that are found, or more than the newest."""
    what = (
        f"more than the newest {MOST_IN_A_PAGE} posts of a search"
        if task.passed
        else "posts by their words; creators were found by their profiles only"
    )
    step.page.notes.append(f"Without a login, this server of {NAME} does not search {what}.")


def _searched(step: Step, task: Task, **words: str) -> Fields:
    return step.server.get(
        "app.bsky.feed.searchPosts",
        step.page,
        **words,
        sort="latest",
        limit=str(MOST_IN_A_PAGE),
        cursor=task.after,
    )


def _take_found(step: Step, task: Task, reply: Fields) -> None:
    """Add posts that a search found, and let their authors' profiles be read."""
    views = []
    for view in reply.objects("posts"):
        with step.page.item(view.path):
            views.append((view, people.person(view.needed("author", view.object("author")))))
    after = reply.name("cursor")
    taken = _find(step, [who for _, who in views])
    if step.ask.way is Way.HASHTAG:
        _take_tagged(step, [pair for pair in views if pair[1].did in taken])
    _search_on(step, task, after)


def _take_tagged(step: Step, views: list[tuple[Fields, people.Person]]) -> None:
    uris: set[str] = set()
    for view, who in views:
        brought = step.trail.brought.get(who.did, 0)
        with step.page.item(view.path) as item:
            if view.name("uri") in uris or brought >= step.ask.posts:
                continue
            uris.add(posts.add_post(item, view, who.reference, now=step.ask.now).uri)
            step.trail.brought[who.did] = brought + 1


def _feed(step: Step, task: Task) -> None:
    left = step.ask.posts - task.got
    try:
        reply = step.server.get(
            "app.bsky.feed.getAuthorFeed",
            step.page,
            actor=task.subject,
            filter=_FILTER,
            # Where a first page held too many reposts, the next ones are taken whole.
            limit=str(MOST_IN_A_PAGE if task.passed else _limit(left)),
            cursor=task.after,
        )
    except NotFound as error:
        step.page.notes.append(f"The posts of {task.subject} could not be read: {error}.")
        return
    entries = reply.objects("feed")
    after = reply.name("cursor")
    found, is_old = _take_feed(step, task.subject, entries, left)
    got = task.got + len(found)
    if got < step.ask.posts and not is_old:
        step.go_on(task, after, got=got, most_pages=_feed_pages(step.ask))
    _look_under(step, task.subject, found)


def _take_feed(
    step: Step, did: str, entries: list[Fields], left: int
) -> tuple[list[posts.Post], bool]:
    """Add the account's own posts of a feed.

    Returns:
        What was added, and whether the feed has reached what is known well enough.
    """
    author = Reference(Platform.BLUESKY, did)
    found: dict[str, posts.Post] = {}
    for entry in entries:
        if len(found) >= left:
            break
        with step.page.item(entry.path) as item:
            view = entry.needed("post", entry.object("post"))
            if _is_others(entry, view, did) or view.name("uri") in found:
                continue
            post = posts.add_post(item, view, author, now=step.ask.now)
            entry.know("feedContext", "reply", "reqId")
            entry.rest()
            if _is_known(step.ask, post):
                item.lines.clear()
                return [*found.values()], True
            found[post.uri] = post
    return [*found.values()], False


def _is_others(entry: Fields, view: Fields, did: str) -> bool:
    """Whether an entry of a feed is a repost, or pinned and comes again in its place."""
    author = view.object("author")
    return bool(entry.raw("reason")) or author is None or author.name("did") != did


def _is_known(ask: Ask, post: posts.Post) -> bool:
    return bool(ask.since and post.published_at and post.published_at < ask.since)


def _look_under(step: Step, did: str, found: list[posts.Post]) -> None:
    """Let the audience of posts be read, where there is one."""
    liked = tuple(post.uri for post in found if post.likes != 0)
    answered = tuple(post.uri for post in found if post.replies != 0)
    if step.ask.members and liked:
        step.trail.tasks.append(Task("likes", did, names=liked))
    if (step.ask.members or step.ask.comments) and answered:
        step.trail.tasks.append(Task("thread", did, names=answered))


def _thread(step: Step, task: Task) -> None:
    uri, brought = task.names[0], step.trail.brought.get(audience.COMMENTED, 0)
    limits = audience.Limits(step.ask.comments, step.ask.members - brought)
    _next_post(step, task, is_enough=not limits.comments and limits.members <= 0)
    if limits.comments <= 0 >= limits.members:
        return
    reply = _of_post(step, uri, "app.bsky.feed.getPostThread", depth=_DEPTH, parentHeight="0")
    thread = reply.object("thread") if reply else None
    if thread is None or not isinstance(thread.raw("post"), dict):
        return
    of = audience.Audience(Reference(Platform.BLUESKY, task.subject), step.ask.now)
    added = audience.add_replies(step.page, thread, of, limits)
    step.trail.brought[audience.COMMENTED] = brought + added


def _likes(step: Step, task: Task) -> None:
    uri, brought = task.names[0], step.trail.brought.get(audience.LIKED, 0)
    left = step.ask.members - brought
    _next_post(step, task, is_enough=left <= 0)
    if left <= 0:
        return
    reply = _of_post(step, uri, "app.bsky.feed.getLikes", limit=str(_limit(left)))
    if reply is None:
        return
    of = audience.Audience(Reference(Platform.BLUESKY, task.subject), step.ask.now)
    added = audience.add_likers(step.page, reply, of, left)
    step.trail.brought[audience.LIKED] = brought + added


def _of_post(step: Step, uri: str, method: str, **params: str) -> Fields | None:
    """What a method says of a post; None when the post went away meanwhile."""
    try:
        return step.server.get(method, step.page, uri=uri, **params)
    except NotFound:
        step.page.gone.append(("posts", uri))
        return None


def _next_post(step: Step, task: Task, *, is_enough: bool) -> None:
    if len(task.names) > 1 and not is_enough:
        step.trail.tasks.append(replace(task, names=task.names[1:]))


def _followers(step: Step, task: Task) -> None:
    left = step.ask.members - task.got
    try:
        reply = step.server.get(
            "app.bsky.graph.getFollowers",
            step.page,
            actor=task.subject,
            limit=str(_limit(left)),
            cursor=task.after,
        )
    except (NotFound, Misasked) as error:
        step.page.notes.append(f"The followers of {task.subject} could not be read: {error}.")
        return
    after = reply.name("cursor")
    of = audience.Audience(Reference(Platform.BLUESKY, task.subject), step.ask.now)
    got = task.got + audience.add_followers(step.page, reply, of, left)
    if got < step.ask.members:
        step.go_on(task, after, got=got, most_pages=_pages(step.ask.members))


_STEPS: dict[str, Callable[[Step, Task], None]] = {
    "find_one": _find_one,
    "find_actors": _find_actors,
    "find_posts": _find_posts,
    "find_tagged": _find_tagged,
    "profiles": _profiles,
    "feed": _feed,
    "thread": _thread,
    "likes": _likes,
    "followers": _followers,
}


def _pages(count: int) -> int:
    """Pages of a list that are read at most to bring so many."""
    return -(-count // MOST_IN_A_PAGE) + _SPARE if count else 0


def _limit(left: int) -> int:
    return min(MOST_IN_A_PAGE, max(_FEWEST, left))


def _feed_pages(ask: Ask) -> int:
    return _pages(ask.posts)


def _search_pages(ask: Ask) -> int:
    """A creator may have written several of the posts that a search finds."""
    return -(-ask.accounts // _FEWEST) + _SPARE


def expected(ask: Ask) -> tuple[Spend, ...]:
    """Requests that a question takes at most."""
    under = ask.posts * (bool(ask.members or ask.comments) + bool(ask.members))
    each = _feed_pages(ask) + under + _pages(ask.members)
    if ask.way is Way.ACCOUNT:
        return (Spend(REQUESTS, 1 + each),)
    searches = 2 if ask.way is Way.SEARCH else 1
    found = searches * _search_pages(ask)
    profiles = found + -(-ask.accounts // MOST_PROFILES)
    visits = ask.accounts * each if ask.way is Way.SEARCH else 0
    return (Spend(REQUESTS, found + profiles + visits),)
