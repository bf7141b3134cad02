"""Audiences: who follows, who liked, and who answered with what words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from groundswell.connectors.adapters.networks.bluesky import people, posts
from groundswell.connectors.adapters.networks.fields import Fields
from groundswell.connectors.adapters.networks.pages import Item, Page
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values.texts import MAX_NAME
from groundswell.terms.platforms import Platform

FOLLOWS = "follows"
LIKED = "liked"
COMMENTED = "commented"


@dataclass(slots=True)
class Audience:
    """People of one account, each once per page and kind.

    Attributes:
        account: Whose audience.
        now: This moment.
        seen: Who was added already, and as what.
    """

    account: Reference
    now: datetime
    seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, item: Item, who: people.Person, kind: str, at: datetime | None = None) -> bool:
        """Add a person; tell whether a row was added.

        The account itself is none of its audience, and whoever opted out is left in peace.
        """
        told = (who.did, kind)
        if told in self.seen or who.did == self.account.platform_id or who.has_opted_out:
            return False
        self.seen.add(told)
        item.add(
            "memberships",
            platform=Platform.BLUESKY,
            account=self.account,
            member=who.did,
            kind=kind,
            at=at or self.now,
        )
        return True


def add_followers(page: Page, reply: Fields, audience: Audience, most: int) -> int:
    """Add followers from a list of profiles; tell how many rows were added."""
    added = 0
    for profile in reply.objects("followers"):
        if added >= most:
            break
        with page.item(profile.path) as item:
            added += audience.add(item, people.person(profile), FOLLOWS)
    return added


def add_likers(page: Page, reply: Fields, audience: Audience, most: int) -> int:
    """Add those who liked a post; tell how many rows were added."""
    added = 0
    for like in reply.objects("likes"):
        if added >= most:
            break
        with page.item(like.path) as item:
            actor = like.needed("actor", like.object("actor"))
            at = like.moment("createdAt") or like.moment("indexedAt")
            like.know("indexedAt")
            added += audience.add(item, people.person(actor), LIKED, at)
            like.rest()
    return added


@dataclass(slots=True)
class Limits:
    """How much of a thread may be taken yet.

    Attributes:
        comments: Comments.
        members: People who answered.
    """

    comments: int
    members: int


def add_replies(page: Page, thread: Fields, audience: Audience, limits: Limits) -> int:
    """Add the answers under a post, the newest branches as the server orders them.

    The author's own answers are posts, not comments.

    Returns:
        How many people were added to the audience.
    """
    post = thread.needed("post", thread.object("post"))
    root = posts.place_of(post, "uri")
    written: set[str] = set()
    added = 0
    for answer in _answers(thread):
        wants_comment = len(written) < limits.comments
        wants_member = added < limits.members
        if not (wants_comment or wants_member):
            break
        with page.item(answer.path) as item:
            who = people.person(answer.needed("author", answer.object("author")))
            at = posts.place_of(answer, "uri")
            is_other = who.did != audience.account.platform_id and not who.has_opted_out
            if is_other and wants_comment and at.uri not in written:
                _add_comment(item, answer, at, root.uri, (who, audience.account))
                written.add(at.uri)
            if is_other and wants_member:
                at_moment = answer.moment("indexedAt")
                added += audience.add(item, who, COMMENTED, at_moment)
    return added


def _add_comment(
    item: Item,
    answer: Fields,
    at: posts.Place,
    under: str,
    people_: tuple[people.Person, Reference],
) -> None:
    who, account = people_
    record = answer.needed("record", answer.object("record"))
    said, seen = posts.moment_of(record), answer.moment("indexedAt")
    item.add(
        "comments",
        platform=Platform.BLUESKY,
        comment_id=at.uri,
        post_id=under,
        account=account,
        author=who.did,
        published_at=min(said, seen) if said and seen else said or seen,
        text=record.text("text"),
        language=posts.language_of(record),
        likes=answer.count("likeCount"),
    )


def _answers(thread: Fields) -> Iterator[Fields]:
    """The posts below a thread's first, level by level; what is deleted or blocked has none."""
    level = [thread]
    while level:
        below = [answer for each in level for answer in each.objects("replies")]
        for answer in below:
            post = answer.raw("post")
            if isinstance(post, dict):
                yield Fields(post, answer.page, f"{answer.path[:MAX_NAME]}.post")
        level = below
