"""Records as people's own servers keep them, and what each says of accounts and audiences."""

from collections.abc import Callable
from datetime import datetime

from groundswell.connectors.adapters.networks.bluesky import audience, people, posts
from groundswell.connectors.adapters.networks.bluesky.posts import POST, Place
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Item
from groundswell.connectors.adapters.references import Reference
from groundswell.terms.platforms import Platform

LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
FOLLOW = "app.bsky.graph.follow"
PROFILE = "app.bsky.actor.profile"


def add(item: Item, record: Fields, at: Place, *, now: datetime) -> bool:
    """Add what a record says; tell whether it is of a kind that is kept here."""
    if at.kind not in _READERS or record.name("$type") not in {None, at.kind}:
        return False
    _READERS[at.kind](item, record, at, now)
    return True


def _add_post(item: Item, record: Fields, at: Place, now: datetime) -> None:
    said = posts.moment_of(record)
    posts.add_record(
        item,
        record,
        at,
        Reference(Platform.BLUESKY, at.did),
        min(said, now) if said else None,
    )


def add_comment(item: Item, record: Fields, at: Place, root: Place, *, now: datetime) -> None:
    """Add an answer to somebody's post, and who gave it to the audience of that."""
    said = posts.moment_of(record)
    item.add(
        "comments",
        platform=Platform.BLUESKY,
        comment_id=at.uri,
        post_id=root.uri,
        account=Reference(Platform.BLUESKY, root.did),
        author=at.did,
        published_at=min(said, now) if said else None,
        text=record.text("text"),
        language=posts.language_of(record),
    )
    _add_member(item, (at.did, root.did), audience.COMMENTED, min(said, now) if said else now)


def _add_like(item: Item, record: Fields, at: Place, now: datetime) -> None:
    subject = record.needed("subject", record.object("subject"))
    liked = posts.place_of(subject, "uri")
    if liked.kind == POST:
        _add_member(item, (at.did, liked.did), audience.LIKED, posts.moment_of(record) or now)


def _add_follow(item: Item, record: Fields, at: Place, now: datetime) -> None:
    followed = people.did(record, "subject")
    _add_member(item, (at.did, followed), audience.FOLLOWS, posts.moment_of(record) or now)


def _add_member(item: Item, pair: tuple[str, str], kind: str, at: datetime) -> None:
    member, account = pair
    if member != account:
        item.add(
            "memberships",
            platform=Platform.BLUESKY,
            account=Reference(Platform.BLUESKY, account),
            member=member,
            kind=kind,
            at=at,
        )


def _add_profile(item: Item, record: Fields, at: Place, now: datetime) -> None:
    del now
    shown, bio = record.text("displayName"), record.text("description")
    who = people.Person(at.did, None, people.cut(shown), _self_labels(record))
    if people.leave_out(item.page, who):
        return
    item.add(
        "accounts",
        platform=Platform.BLUESKY,
        platform_id=at.did,
        display_name=who.display_name,
        bio=bio,
        url=people.address_of(who),
        links=people.links_in(bio, record.address("website")),
    )


def _self_labels(record: Fields) -> frozenset[str]:
    said = record.object("labels")
    values = said.objects("values") if said else []
    return frozenset(filter(None, (value.name("val") for value in values)))


_READERS: dict[str, Callable[[Item, Fields, Place, datetime], None]] = {
    POST: _add_post,
    LIKE: _add_like,
    FOLLOW: _add_follow,
    PROFILE: _add_profile,
}
