"""An account as it can be looked at: followers, posts, engagement, audience, and its peers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from groundswell.creators import queries as creators
from groundswell.creators.models import Account
from groundswell.engine.qualification import batch, card, rates
from groundswell.engine.qualification.batch import Batch
from groundswell.engine.qualification.card import Rate
from groundswell.engine.qualification.intervals import LEVEL
from groundswell.engine.qualification.rates import ALL_FORMATS
from groundswell.engine.qualification.text import sponsorship
from groundswell.engine.qualification.text.sponsorship import Sign
from groundswell.terms.estimate import Estimate
from groundswell.vetting.models import Scorecard
from groundswell.warehouse.observations import Observations

SINCE = timedelta(days=365)
MOST_POSTS = 1_000  # of the year, read for charts
MOST_PEERS = 200
MOST_COMMENTS = 10
SIGNS = {
    Sign.FLAG: "labeled as paid by the platform",
    Sign.WORDS: "its words say that it is paid for",
    Sign.AFFILIATE: "has an affiliate link",
    Sign.CODE: "has a discount code",
}
_TABLES = ("account_observations", "posts", "post_observations", "audience_shares")
_KINDS = ("organic", "sponsored")


@dataclass(frozen=True, slots=True)
class Count:
    """Followers at a moment, as a source counted them."""

    at: datetime
    followers: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an audience, as a source measured it."""

    value: str
    share: float | None
    sample_size: int | None
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Portrait:
    """What an account did in the last year.

    Attributes:
        counts: Followers, the oldest first.
        weeks: Posts of each week from Monday on, from the first post that is known.
        engagement: For each denominator and kind (organic, sponsored) that is known, the rate.
        posts: How many posts that was worked out from.
        audience: Parts of the audience by dimension, the largest first.
    """

    counts: Sequence[Count]
    weeks: Sequence[tuple[date, int]]
    engagement: Mapping[tuple[str, str], Estimate]
    posts: int
    audience: Mapping[str, Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Post:
    """A post with its newest counts; what is unknown is None."""

    post_id: str
    format: str | None
    published_at: datetime | None
    url: str | None
    text: str | None
    views: int | None
    reach: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    saves: int | None
    interactions: int | None  # as the platform adds them up
    watch_time_s: float | None
    watch_average_s: float | None
    observed_at: datetime | None
    sign: str | None  # why it is taken for paid for, in words
    paid_partnership: bool | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of somebody under a post."""

    published_at: datetime | None
    text: str
    language: str | None
    likes: int | None


@dataclass(frozen=True, slots=True)
class Peer:
    """An account with its size and its engagement rate."""

    account: Account
    rate: float


@dataclass(frozen=True, slots=True)
class Peers:
    """An account among those nearest to it in size on the same platform.

    Attributes:
        rate: The account's own rate over all formats; None when none is known.
        nearest: Accounts whose rate counts the same, by followers.
    """

    rate: Rate | None
    nearest: Sequence[Peer]


def portrait(account: Account, *, now: datetime) -> Portrait:
    """The last year of an account."""
    one = [str(account.id)]
    with creators.observations(tables=_TABLES) as observations:
        counts = _counts(observations, one, now)
        since = (now - SINCE).isoformat()
        found = observations.ask("posts_since", accounts=one, since=since, most=MOST_POSTS)
        audience = audiences(observations, one).get(one[0], {})
    return Portrait(
        counts, _weeks(found, now), _engagement(found, account), found.num_rows, audience
    )


def posts(account: Account, *, size: int, page: int) -> tuple[list[Post], int, list[Remark]]:
    """A page of the account's posts, the newest first, how many there are, and what people write.

    Comments come with the first page.
    """
    remarks: list[Remark] = []
    one = str(account.id)
    with creators.observations(tables=("posts", "post_observations", "comments")) as observations:
        skipped = (page - 1) * size
        found = observations.ask("posts_page", account=one, only=[], most=size, skipped=skipped)
        if page == 1:
            said = observations.ask("comments_of", account=one, most=MOST_COMMENTS)
            remarks = [Remark(**row) for row in said.drop_columns(["post_id"]).to_pylist()]
    total = found["total"][0].as_py() if found.num_rows else 0
    return _signed(found), total, remarks


def comments(
    account: Account, *, post: str | None, most: int, skipped: int
) -> tuple[list[tuple[str, Remark]], int]:
    """What people write under an account's posts, or one of them, the newest first.

    Returns:
        Comments, each with the id of its post, and how many there are; none beyond the last.
    """
    asked = {"account": str(account.id), "only": [] if post is None else [post]}
    with creators.observations(tables=("comments",)) as observations:
        found = observations.ask("comments_page", **asked, most=most, skipped=skipped).to_pylist()
    said = [
        (row["post_id"], Remark(row["published_at"], row["text"], row["language"], row["likes"]))
        for row in found
    ]
    return said, found[0]["total"] if found else 0


def named_posts(account: Account, ids: Sequence[str]) -> list[Post]:
    """Those of an account's posts that have one of some ids, the newest first."""
    wanted = {"account": str(account.id), "only": list(ids), "most": len(ids), "skipped": 0}
    with creators.observations(tables=("posts", "post_observations")) as observations:
        return _signed(observations.ask("posts_page", **wanted)) if ids else []


def peers(account: Account, own: Iterable[Rate]) -> Peers:
    """The account among those nearest to it in followers.

    Args:
        account: Which.
        own: Its rates, as its scorecard has them; the first by all formats is compared.
    """
    mine = next((rate for rate in own if rate.format == ALL_FORMATS), None)
    if mine is None or not account.followers:
        return Peers(mine, ())
    nearest = _nearest(account, account.followers)
    found = Scorecard.objects.filter(account__in=list(nearest)).values_list(
        "account", "details__rates"
    )
    same = [
        Peer(nearest[id_], rate.estimate.value)
        for id_, kept in found
        for rate in card.opened_rates(kept)
        if (rate.denominator, rate.format, rate.counted)
        == (mine.denominator, mine.format, mine.counted)
        and rate.estimate.value is not None
    ]
    return Peers(mine, sorted(same, key=lambda peer: peer.account.followers or 0))


def audiences(observations: Observations, accounts: list[str]) -> dict[str, dict[str, list[Part]]]:
    """Parts of the audiences of accounts by account and dimension, as measured last."""
    rows = observations.ask("audience_of", accounts=accounts).to_pylist()
    found: dict[str, dict[str, list[Part]]] = defaultdict(dict)
    for (account, dimension), parts in groupby(rows, lambda r: (r["account"], r["dimension"])):
        found[account][dimension] = [
            Part(r["value"], r["share"], r["sample_size"], r["source"], r["observed_at"])
            for r in parts
        ]
    return found


def _nearest(account: Account, followers: int) -> dict[UUID, Account]:
    """Accounts of the platform that are next larger and next smaller."""
    others = Account.objects.filter(platform=account.platform, merged_into=None).exclude(
        id=account.id
    )
    others = others.only("platform", "handle", "platform_id", "display_name", "followers")
    larger = others.filter(followers__gte=followers).order_by("followers", "id")
    smaller = others.filter(followers__lt=followers, followers__gt=0).order_by("-followers", "id")
    both = [*larger[:MOST_PEERS], *smaller[:MOST_PEERS]]
    both.sort(key=lambda other: abs(np.log((other.followers or 1) / followers)))
    return {other.id: other for other in both[:MOST_PEERS]}


def _counts(observations: Observations, one: list[str], now: datetime) -> list[Count]:
    rows = observations.ask("follower_series", accounts=one).to_pylist()
    return [
        Count(row["observed_at"], row["followers"], row["source"])
        for row in rows
        if row["observed_at"] and row["observed_at"] > now - 2 * SINCE
    ]


def _weeks(found: pa.Table, now: datetime) -> list[tuple[date, int]]:
    days = [at.astimezone(UTC).date() for at in found["published_at"].to_pylist() if at <= now]
    if not days:
        return []
    posted = Counter(day - timedelta(days=day.weekday()) for day in days)
    seen = [at for at in found["observed_at"].to_pylist() if at is not None and at <= now]
    last = max([*days, *(at.astimezone(UTC).date() for at in seen)])
    first = min(posted)
    weeks = (last - first).days // 7 + 1
    mondays = [first + timedelta(days=7 * week) for week in range(weeks)]
    return [(monday, posted[monday]) for monday in mondays]


def _engagement(found: pa.Table, account: Account) -> dict[tuple[str, str], Estimate]:
    """Engagement rates of organic and of sponsored posts, pooled as on the scorecard."""
    signs = sponsorship.signs(found["text"], found["links"], found["paid_partnership"])
    kinds = pa.array([_KINDS[sign is not None] for sign in signs], pa.string())
    followers = pa.array(
        [account.followers if f is None else f for f in found["followers"].to_pylist()], pa.int64()
    )
    both = found.select(batch.POSTS.names)
    both = both.set_column(both.schema.get_field_index("account"), "account", kinds)
    both = both.set_column(both.schema.get_field_index("followers"), "followers", followers)
    named = [{"account": kind, "platform": account.platform} for kind in _KINDS]
    accounts = pa.Table.from_pylist(named, schema=batch.ACCOUNTS)
    empty = Batch.empty(accounts)
    pooled = rates.engagement_rates(
        Batch(
            accounts,
            both,
            empty.comments,
            empty.counts,
            empty.averages,
            empty.audience_shares,
            {},
        )
    )
    over_all = np.flatnonzero(pooled.format == 0).tolist()
    return {
        (rates.DENOMINATORS[pooled.denominator[row]], _KINDS[pooled.account[row]]): _estimate(
            pooled, row
        )
        for row in over_all
    }


def _estimate(pooled: rates.Rates, row: int) -> Estimate:
    value, low, high = (float(c[row]) for c in (pooled.value, pooled.low, pooled.high))
    n = int(pooled.n[row])
    if np.isnan(low):
        return Estimate.exact(
            value, method="pooled_over_posts", n=n, reason="no interval: it takes two posts"
        )
    return Estimate(value, low, high, LEVEL, "pooled_over_posts", n)


def _signed(found: pa.Table) -> list[Post]:
    signs = sponsorship.signs(found["text"], found["links"], found["paid_partnership"])
    rows = found.drop_columns(["links"]).to_pylist()
    return [_post(row, sign) for row, sign in zip(rows, signs, strict=True)]


def _post(row: Mapping[str, Any], sign: Sign | None) -> Post:
    kept = {name: row[name] for name in Post.__slots__ if name != "sign"}
    return Post(**kept, sign=SIGNS[sign] if sign else None)
