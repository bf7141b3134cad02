"""What qualification reads: Arrow tables about some accounts, and when the data ends."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.qualification import grouped

_MOMENT = pa.timestamp("us", tz="UTC")
_WORDS = pa.list_(pa.string())

ACCOUNTS = pa.schema(
    [
        ("account", pa.string()),
        ("platform", pa.string()),
        ("language", pa.string()),
        ("categories", _WORDS),
        ("created_at", _MOMENT),
        ("followers", pa.int64()),
    ]
)
POSTS = pa.schema(
    [
        ("account", pa.string()),
        ("post_id", pa.string()),
        ("format", pa.string()),
        ("published_at", _MOMENT),
        ("text", pa.string()),
        ("language", pa.string()),
        ("hashtags", _WORDS),
        ("links", _WORDS),
        ("categories", _WORDS),
        ("paid_partnership", pa.bool_()),
        ("observed_at", _MOMENT),  # when the counts were taken
        ("views", pa.int64()),
        ("reach", pa.int64()),
        ("likes", pa.int64()),
        ("comments", pa.int64()),
        ("shares", pa.int64()),
        ("saves", pa.int64()),
        ("followers", pa.int64()),  # of the account, counted nearest to the publication
    ]
)
COMMENTS = pa.schema(
    [
        ("account", pa.string()),
        ("post_id", pa.string()),
        ("published_at", _MOMENT),
        ("text", pa.string()),
    ]
)
COUNTS = pa.schema(
    [
        ("account", pa.string()),
        ("observed_at", _MOMENT),
        ("followers", pa.int64()),
    ]
)
AVERAGES = pa.schema(
    [
        ("account", pa.string()),
        ("observed_at", _MOMENT),
        ("window", pa.string()),
        ("engagement_average", pa.int64()),
        ("authentic_engagement_average", pa.int64()),
        ("views_average", pa.int64()),
        ("likes_average", pa.int64()),
        ("comments_average", pa.int64()),
        ("shares_average", pa.int64()),
        ("followers_gained", pa.int64()),
        ("followers", pa.int64()),  # of the account, counted nearest to the observation
    ]
)
AUDIENCE_SHARES = pa.schema(
    [
        ("account", pa.string()),
        ("dimension", pa.string()),
        ("value", pa.string()),
        ("observed_at", _MOMENT),
        ("share", pa.float64()),
        ("sample_size", pa.int64()),
    ]
)


class Rows:
    """Rows of a table that belong to known accounts, sorted by account and time."""

    def __init__(self, table: pa.Table, accounts: pa.ChunkedArray, time: str) -> None:
        codes = grouped.codes_of(table["account"], accounts)
        at = grouped.moments(table[time])
        order = np.lexsort((at, codes))
        order = order[codes[order] >= 0]
        self.codes: Ints = codes[order]
        self.at: Ints = at[order]
        self.table: pa.Table = table.take(pa.array(order))

    def numbers(self, column: str) -> Floats:
        """A column of counts with nan for null."""
        return grouped.floats(self.table[column])

    def missing(self, column: str) -> Bools:
        """Where a column is null."""
        return np.asarray(self.table[column].is_null())

    @cached_property
    def ids(self) -> list[str]:
        """The post id of each row."""
        return list(self.table["post_id"].to_pylist())

    def __len__(self) -> int:
        return int(self.codes.size)


@dataclass(frozen=True)
class Batch:
    """Everything known about some accounts; row ``i`` of each answer is row ``i`` of ``accounts``.

    Attributes:
        accounts: Schema ``ACCOUNTS``; further columns are ignored.
        posts: Schema ``POSTS``, one row per post with its newest counts.
        comments: Schema ``COMMENTS``.
        counts: Schema ``COUNTS``, any number of moments per account.
        averages: Schema ``AVERAGES``.
        audience_shares: Schema ``AUDIENCE_SHARES``.
        ends_at: For each platform, the newest moment that the data reaches, in microseconds.
    """

    accounts: pa.Table
    posts: pa.Table
    comments: pa.Table
    counts: pa.Table
    averages: pa.Table
    audience_shares: pa.Table
    ends_at: dict[str, int]

    @classmethod
    def empty(cls, accounts: pa.Table) -> "Batch":
        """Accounts of which nothing else is known."""
        return cls(
            accounts,
            POSTS.empty_table(),
            COMMENTS.empty_table(),
            COUNTS.empty_table(),
            AVERAGES.empty_table(),
            AUDIENCE_SHARES.empty_table(),
            {},
        )

    @property
    def size(self) -> int:
        """Number of accounts."""
        return int(self.accounts.num_rows)

    @cached_property
    def post_rows(self) -> Rows:
        """The posts of these accounts, sorted by account and publication."""
        return Rows(self.posts, self.accounts["account"], "published_at")

    @cached_property
    def followers(self) -> Floats:
        """Latest followers of each account; nan where unknown."""
        return grouped.floats(self.accounts["followers"])

    @cached_property
    def data_end(self) -> Ints:
        """Newest moment of each account's platform in microseconds; NaT where unknown."""
        never = np.iinfo(np.int64).min
        platforms = self.accounts["platform"].to_pylist()
        return np.array([self.ends_at.get(name, never) for name in platforms], dtype=np.int64)
