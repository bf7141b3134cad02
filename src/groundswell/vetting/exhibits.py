"""Exhibits: the posts, days, people or comments that a piece of evidence was seen on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification.sentences import TITLES
from groundswell.terms.errors import Refusal
from groundswell.vetting import portraits
from groundswell.vetting.portraits import SINCE, Part, Post, Remark

MOST = 40  # rows of one exhibit
_MOST_READ = 300  # posts of the year, among which those are looked for that are paid for
_TABLES = ("account_observations", "audience_shares", "memberships")


class Rows(StrEnum):
    """What an exhibit is made of."""

    POSTS = "posts"
    COUNTS = "counts"
    PARTS = "parts"
    PEOPLE = "people"
    COMMENTS = "comments"


# Measures that are seen on anything but posts; None where a single value was looked up.
_SEEN_ON: Mapping[str, Rows | None] = {
    "daily_growth": Rows.COUNTS,
    "growth_volatility": Rows.COUNTS,
    "followers_in_30_days": Rows.COUNTS,
    "growth_turn": Rows.COUNTS,
    "unexplained_jump": Rows.COUNTS,
    "country_concentration": Rows.PARTS,
    "interest_concentration": Rows.PEOPLE,
    "overlap_concentration": Rows.PEOPLE,
    "topical_comments": Rows.COMMENTS,
    "tenure_years": None,
    "life_moments": None,
    "reported_authentic_share": None,
}
_PAID_FOR = {"sponsored_share", "branded_ratio"}


class UnknownExhibit(Refusal, ValueError):
    """Nothing that is measured goes by that name, or it has no rows to show."""

    code = "unknown_exhibit"


@dataclass(frozen=True, slots=True)
class Step:
    """Followers when they were counted, and what changed since the count before.

    Attributes:
        is_largest: Whether more came a day than in any other step that is shown.
    """

    at: datetime
    followers: int | None
    source: str
    change: int | None
    a_day: float | None
    is_largest: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known to be in the audience, by the beginning of the hash that is kept."""

    member: str
    kinds: tuple[str, ...]
    seen_at: datetime | None
    also_in: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a measure was seen on; one of the lists is filled."""

    kind: str
    title: str
    rows: Rows
    posts: Sequence[Post] = ()
    counts: Sequence[Step] = ()
    parts: Sequence[Part] = ()
    people: Sequence[Person] = ()
    comments: Sequence[Remark] = ()

    @property
    def size(self) -> int:
        """How many rows there are."""
        return sum(map(len, (self.posts, self.counts, self.parts, self.people, self.comments)))

    def as_json(self) -> dict[str, Any]:
        """As every interface gives it to programs."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def seen_on(kind: str) -> Rows | None:
    """What a measure is seen on; None where there are no rows to show."""
    return _SEEN_ON.get(kind, Rows.POSTS)


def of(account: Account, kind: str, *, posts: Sequence[str] = (), now: datetime) -> Exhibit:
    """The rows behind a measure, the newest first.

    Args:
        account: Whose.
        kind: Which measure, as evidence calls it.
        posts: Ids of the posts to show; without them, those that the measure is taken from.
        now: The present.

    Raises:
        UnknownExhibit: When there is no such measure, or nothing to show of it.
    """
    rows = seen_on(kind)
    if kind not in TITLES or rows is None:
        known = ", ".join(name for name in TITLES if seen_on(name))
        raise UnknownExhibit(f"no rows are behind {kind[:60]!r}: use one of {known}")
    found: dict[str, Any] = {}
    if rows is Rows.POSTS:
        found["posts"] = _posts(account, kind, posts)
    elif rows is Rows.COMMENTS:
        found["comments"] = portraits.posts(account, size=1, page=1)[2]
    else:
        found[rows.value] = _observed(account, rows, now)
    return Exhibit(kind, TITLES[kind], rows, **found)


def _posts(account: Account, kind: str, wanted: Sequence[str]) -> list[Post]:
    if wanted:
        return portraits.named_posts(account, wanted[:MOST])
    read = _MOST_READ if kind in _PAID_FOR else MOST
    found, _, _ = portraits.posts(account, size=read, page=1)
    if kind in _PAID_FOR:
        found = [post for post in found if post.sign]
    return found[:MOST]


def _observed(account: Account, rows: Rows, now: datetime) -> list[Any]:
    one = str(account.id)
    with creators.observations(tables=_TABLES) as observations:
        if rows is Rows.COUNTS:
            return _steps(observations.ask("follower_series", accounts=[one]).to_pylist(), now)
        if rows is Rows.PARTS:
            return list(portraits.audiences(observations, [one]).get(one, {}).get("country", ()))
        found = observations.ask("people_of", account=one, most=MOST).to_pylist()
    return [
        Person(row["member"][:10], tuple(row["kinds"]), row["seen_at"], row["also_in"])
        for row in found
    ]


def _steps(rows: Sequence[Mapping[str, Any]], now: datetime) -> list[Step]:
    """Counts of the last two years as steps from each to the next, the newest first."""
    known = [row for row in rows if row["observed_at"] and row["observed_at"] > now - 2 * SINCE]
    steps = [_step(before, row) for before, row in zip([None, *known], known, strict=False)]
    shown = steps[-MOST:][::-1]
    largest = max((step.a_day for step in shown if step.a_day is not None), default=None)
    return [
        Step(s.at, s.followers, s.source, s.change, s.a_day, is_largest=True)
        if largest and s.a_day == largest
        else s
        for s in shown
    ]


def _step(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Step:
    at, followers = row["observed_at"], row["followers"]
    if before is None or before["followers"] is None or followers is None:
        return Step(at, followers, row["source"], None, None)
    change = followers - before["followers"]
    days = (at - before["observed_at"]) / timedelta(days=1)
    return Step(at, followers, row["source"], change, round(change / days, 2) if days > 0 else None)
