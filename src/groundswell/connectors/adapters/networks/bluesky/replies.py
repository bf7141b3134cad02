"""Any single reply, told by its form: for recorded ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import fields
from groundswell.connectors.adapters.networks.bluesky import (
    audience,
    people,
    posts,
    records,
    xrpc,
)
from groundswell.connectors.adapters.networks.bluesky.xrpc import NAME
from groundswell.connectors.adapters.networks.failures import Changed, NotUsed
from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.terms.exchange import Reply
from groundswell.terms.platforms import Platform

_ALL = 10_000


def read(reply: Reply, now: datetime) -> Page:
    """What one reply says.

    Raises:
        ExchangeFailed: When it is an error, of no known form, or has nothing that is kept.
    """
    xrpc.check(reply, now=now)
    page = Page()
    found = fields.root(reply, page, of=NAME)
    if isinstance(found.values.get("error"), str):
        xrpc.failed(found.values)
    try:
        _read(found, now)
    except Odd as error:
        raise Changed(
            f"{NAME} sent a reply of another form than it describes: {error.where} "
            f"({error.value}) {error}"
        ) from None
    return page


def _read(found: Fields, now: datetime) -> None:
    for name, reader in _READERS.items():
        if isinstance(found.values.get(name), list | dict):
            reader(found, now)
            found.know("cid", "cursor", "hitsTotal", "uri", "subject", "threadgate")
            found.rest()
            return
    if "did" in found.values and "handle" in found.values:
        _take_profile(found, now)
        return
    raise NotUsed(
        f"{NAME} sent a reply with nothing in it that is kept: it has "
        f"{_shown(found.values) or 'no fields at all'}"
    )


def _shown(values: dict[str, Any]) -> str:
    names = ", ".join(sorted(values)[:10])
    return "".join(letter if letter.isprintable() else "?" for letter in names[:200])


def _take_profile(profile: Fields, now: datetime) -> None:
    with profile.page.item(profile.path or "profile") as item:
        who = people.person(profile)
        if not people.leave_out(profile.page, who):
            people.add_account(item, profile, who, now=now)
            people.note_labels(profile.page, [who])


def _profiles(name: str) -> Callable[[Fields, datetime], None]:
    def taken(found: Fields, now: datetime) -> None:
        for profile in found.objects(name):
            _take_profile(profile, now)

    return taken


def _feed(found: Fields, now: datetime) -> None:
    told: set[str] = set()
    for entry in found.objects("feed"):
        view = entry.raw("post")
        if isinstance(view, dict):
            _take_post(Fields(view, found.page, entry.where("post")), told, now)
        else:
            found.page.refuse(entry.where("post"), view, "is no object")


def _posts(found: Fields, now: datetime) -> None:
    told: set[str] = set()
    for view in found.objects("posts"):
        _take_post(view, told, now)


def _take_post(view: Fields, told: set[str], now: datetime) -> people.Person | None:
    """Add a post and its author, each once; None when there is nobody to be shown."""
    shown: people.Person | None = None
    with view.page.item(view.path) as item:
        author = view.needed("author", view.object("author"))
        who = people.person(author)
        if people.leave_out(view.page, who):
            return None
        shown = who
        if who.did not in told:
            told.add(who.did)
            people.add_account(item, author, who, now=now)
        if view.name("uri") not in told:
            told.add(posts.add_post(item, view, who.reference, now=now).uri)
    return shown


def _thread(found: Fields, now: datetime) -> None:
    thread = found.needed("thread", found.object("thread"))
    view = thread.raw("post")
    if not isinstance(view, dict):
        raise NotUsed(f"{NAME} does not show this thread: it was deleted, or somebody blocks")
    who = _take_post(Fields(view, found.page, thread.where("post")), set(), now)
    if who is not None:
        of = audience.Audience(who.reference, now)
        audience.add_replies(found.page, thread, of, audience.Limits(_ALL, _ALL))


def _followers(found: Fields, now: datetime) -> None:
    subject = found.needed("subject", found.object("subject"))
    _take_profile(subject, now)
    of = audience.Audience(people.person(subject).reference, now)
    audience.add_followers(found.page, found, of, _ALL)


def _follows(found: Fields, now: datetime) -> None:
    """Whom an account follows: it is a member of each one's audience."""
    subject = found.needed("subject", found.object("subject"))
    fan = people.person(subject)
    _take_profile(subject, now)
    for profile in found.objects("follows"):
        _take_profile(profile, now)
        with found.page.item(profile.path) as item:
            followed = people.person(profile)
            if not followed.has_opted_out:
                audience.Audience(followed.reference, now).add(item, fan, audience.FOLLOWS)


def _likes(found: Fields, now: datetime) -> None:
    post = posts.place_of(found, "uri")
    of = audience.Audience(people.Person(post.did, None, None, frozenset()).reference, now)
    audience.add_likers(found.page, found, of, _ALL)


def _record(found: Fields, now: datetime) -> None:
    _take_record(found, now)
    if not (found.page.lines or found.page.bad or found.page.gone):
        raise NotUsed(f"{NAME} sent a record with nothing in it that is kept here")


def _records(found: Fields, now: datetime) -> None:
    for entry in found.objects("records"):
        _take_record(entry, now)


def _take_record(found: Fields, now: datetime) -> None:
    with found.page.item(found.path or "record") as item:
        at = posts.place_of(found, "uri")
        records.add(item, found.needed("value", found.object("value")), at, now=now)
        found.know("cid")


def _document(found: Fields, now: datetime) -> None:
    """An account's DID document, as it is or with what its server says of it."""
    del now
    inner = found.object("didDoc") or found
    with found.page.item("didDoc") as item:
        who = people.Person(people.did(inner, "id"), _handle(found, inner), None, frozenset())
        _add_named(item, who)
    inner.know("@context", "id", "service", "verificationMethod")
    inner.rest()
    found.know("collections", "did", "handle", "handleIsCorrect")


def _handle(found: Fields, inner: Fields) -> str | None:
    """The handle that leads back to its account, as far as the reply tells."""
    names = inner.texts("alsoKnownAs") or []
    known = [name.removeprefix("at://") for name in names if name.startswith("at://")]
    said = found.name("handle") or next(iter(known), None)
    return said if found.flag("handleIsCorrect") is not False and said in known else None


def _add_named(item: Item, who: people.Person) -> None:
    item.add(
        "accounts",
        platform=Platform.BLUESKY,
        platform_id=who.did,
        handle=who.handle,
        url=people.address_of(who),
    )


_READERS: dict[str, Callable[[Fields, datetime], None]] = {
    "thread": _thread,
    "feed": _feed,
    "posts": _posts,
    "followers": _followers,
    "follows": _follows,
    "likes": _likes,
    "actors": _profiles("actors"),
    "profiles": _profiles("profiles"),
    "repostedBy": _profiles("repostedBy"),
    "records": _records,
    "value": _record,
    "didDoc": _document,
    "alsoKnownAs": _document,
}
