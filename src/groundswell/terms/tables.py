"""Canonical tables: what Groundswell knows of creators, their posts and their audiences.

The same tables serve twice. As *exchange* files, ``account`` holds what people write: a handle,
a platform id, or ``platform:handle``. As *stored* observations it holds the account's UUID.
Missing is never zero: every column but the key may be null.
"""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class Meaning(StrEnum):
    """What a column holds, which decides how a cell is read and checked."""

    TEXT = "text"
    NAME = "name"  # handle, id or other identifier on one line
    PLATFORM = "platform"
    FORMAT = "format"
    COUNT = "count"  # integer, zero or more
    CHANGE = "change"  # integer of either sign: what a count gained or lost
    SHARE = "share"  # number in [0, 1]
    AMOUNT = "amount"  # money in integer minor units
    CURRENCY = "currency"
    FLAG = "flag"
    MOMENT = "moment"  # UTC
    DAY = "day"
    SECONDS = "seconds"
    COUNTRY = "country"  # ISO 3166-1 alpha-2
    LANGUAGE = "language"  # BCP 47
    LIST = "list"  # several short texts
    SOURCE = "source"


_ARROW: dict[Meaning, pa.DataType] = {
    Meaning.COUNT: pa.int64(),
    Meaning.CHANGE: pa.int64(),
    Meaning.SHARE: pa.float64(),
    Meaning.AMOUNT: pa.int64(),
    Meaning.FLAG: pa.bool_(),
    Meaning.MOMENT: pa.timestamp("us", tz="UTC"),
    Meaning.DAY: pa.date32(),
    Meaning.SECONDS: pa.float64(),
    Meaning.LIST: pa.list_(pa.string()),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table."""

    name: str
    meaning: Meaning
    description: str

    @property
    def arrow_type(self) -> pa.DataType:
        """The Arrow type in which the column is kept."""
        return _ARROW.get(self.meaning, pa.string())


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table: its key, and its columns in order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str

    def __post_init__(self) -> None:
        unknown = set(self.key) - {column.name for column in self.columns}
        if unknown:
            raise ValueError(f"key of table {self.name!r} names unknown columns: {unknown}")

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema; the columns of the key are not nullable."""
        return pa.schema(
            [pa.field(c.name, c.arrow_type, nullable=c.name not in self.key) for c in self.columns]
        )

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: When the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name!r} has no column {name!r}")


def columns_of(lines: str) -> tuple[Column, ...]:
    """Columns from lines of name, meaning and description."""
    found = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, meaning, description = line.split(maxsplit=2)
        found.append(Column(name, Meaning(meaning), description))
    return tuple(found)


_OBSERVED = """
observed_at moment   when the source counted
source      source   where the number comes from
"""

ACCOUNTS = Table(
    "accounts",
    ("platform",),
    columns_of(
        """
        platform     platform  where the account is
        platform_id  name      the platform's own id; unique where known
        handle       name      the name in the account's address, without @
        display_name text      the name shown
        bio          text      how the account describes itself
        url          text      address of the account's page
        avatar_url   text      address of the account's picture
        links        list      other addresses that the account points to
        country      country   where the creator is
        region       text      state or province
        city         text      town
        language     language  language of the content
        categories   list      topics
        verified     flag      whether the platform vouches for the identity
        private      flag      whether only approved followers see the posts
        created_at   moment    when the account was opened
        """
    ),
    "One creator's presence on one platform, known by platform_id, else by handle.",
)
ACCOUNT_OBSERVATIONS = Table(
    "account_observations",
    ("platform", "account", "observed_at"),
    columns_of(
        """
        platform    platform where the account is
        account     name     whose counts
        """
        + _OBSERVED
        + """
        followers   count    followers or subscribers
        following   count    accounts that it follows
        posts       count    posts ever published
        total_views count    views of all posts together
        """
    ),
    "Counts of an account at a moment.",
)
ACCOUNT_AVERAGES = Table(
    "account_averages",
    ("platform", "account", "observed_at", "window"),
    columns_of(
        """
        platform    platform where the account is
        account     name     whose averages
        """
        + _OBSERVED
        + """
        window              text  what the source averaged over, such as month or week
        engagement_average  count engagements of an average post
        authentic_engagement_average count the same, as the source cleaned it
        views_average       count views of an average post
        likes_average       count likes of an average post
        comments_average    count comments of an average post
        shares_average      count shares of an average post
        followers_gained    change followers gained in the window; negative when lost
        views_gained        change views gained in the window; negative when taken back
        unique_viewers      count different people who watched in the window
        """
    ),
    "Averages as a source reports them when it gives no posts.",
)
POSTS = Table(
    "posts",
    ("platform", "post_id"),
    columns_of(
        """
        platform         platform where it was published
        post_id          name     the platform's id of the post
        account          name     who published it
        format           format   kind of post
        published_at     moment   when it was published
        url              text     address of the post
        text             text     title, caption or words
        language         language language of the text
        hashtags         list     hashtags, without #
        mentions         list     accounts mentioned, without @
        links            list     addresses in the text
        categories       list     topics as the platform names them
        paid_partnership flag     declared as paid on the platform; null when unknown
        duration_s       seconds  length of a video in seconds
        """
    ),
    "Content items.",
)
POST_OBSERVATIONS = Table(
    "post_observations",
    ("platform", "post_id", "observed_at"),
    columns_of(
        """
        platform    platform where it was published
        post_id     name     which post
        account     name     who published it
        """
        + _OBSERVED
        + """
        views       count    times it was seen
        reach       count    different people who saw it
        impressions count    times it was shown
        likes       count    likes
        comments    count    comments
        shares      count    shares
        saves       count    saves
        interactions    count   what people did with it, as the platform itself adds it up
        watch_time_s    seconds for how long it was watched, by all viewers together
        watch_average_s seconds how long a view lasted on average; averages are never added up
        """
    ),
    "Counts of a post at a moment.",
)
COMMENTS = Table(
    "comments",
    ("platform", "comment_id"),
    columns_of(
        """
        platform     platform where it was written
        comment_id   name     the platform's id of the comment
        post_id      name     under which post
        account      name     whose post it is
        author       name     who wrote it, as a keyed hash
        published_at moment   when it was written
        text         text     what it says
        language     language language of the text
        likes        count    likes of the comment
        """
    ),
    "Comments under posts.",
)
MEMBERSHIPS = Table(
    "memberships",
    ("platform", "account", "member", "kind"),
    columns_of(
        """
        platform    platform where the account is
        account     name     whose audience
        member      name     one person of it, as a keyed hash
        kind        text     follows, liked, commented or viewed
        at          moment   when the person was seen there
        """
    ),
    "People in an account's audience, one row each.",
)
OVERLAPS = Table(
    "overlaps",
    ("platform", "account_a", "account_b", "kind", "observed_at"),
    columns_of(
        """
        platform    platform where both accounts are
        account_a   name     first account, the smaller by order
        account_b   name     second account
        kind        text     follows, liked, commented or viewed
        """
        + _OBSERVED
        + """
        shared      count    people in both audiences
        size_a      count    people in the first audience
        size_b      count    people in the second audience
        threshold   count    pairs that share fewer people are not listed
        """
    ),
    "Measured overlap of two audiences.",
)
AUDIENCE_SHARES = Table(
    "audience_shares",
    ("platform", "account", "dimension", "value", "observed_at"),
    columns_of(
        """
        platform    platform where the account is
        account     name     whose audience
        dimension   text     country, city, language, gender, age or interest
        value       text     which country, language, gender, age band or interest
        """
        + _OBSERVED
        + """
        share       share    part of the audience
        sample_size count    people that the share was measured on
        """
    ),
    "Composition of an account's audience.",
)
CONTACTS = Table(
    "contacts",
    ("platform", "account", "channel", "address"),
    columns_of(
        """
        platform      platform where the creator's account is
        account       name     whose contact
        channel       text     email, phone, agent, manager, postal or other
        address       text     e-mail address, number or name; kept encrypted
        city          text     where the creator lives
        preferred     flag     whether the creator prefers this channel
        source        source   where it comes from
        consent       text     granted, refused or unknown
        last_verified day      when it last worked
        """
    ),
    "How to reach a creator; private to the workspace.",
)
RATE_CARDS = Table(
    "rate_cards",
    ("platform", "account", "format", "valid_from"),
    columns_of(
        """
        platform    platform where the account is
        account     name     whose price
        format      format   what is paid for
        price       amount   price of one piece, in minor units
        currency    currency ISO 4217
        source      source   where it comes from
        valid_from  day      first day of this price
        """
    ),
    "What a creator asks for one piece.",
)
RECORDS = Table(
    "records",
    ("platform", "account"),
    columns_of(
        """
        platform     platform where the creator's account is
        account      name     whose record
        tags         list     words of your own to sort creators by; they come besides those known
        last_contact day      when you last wrote to the creator, or spoke with them
        """
    ),
    "What you keep of a creator yourself; private to the workspace.",
)

TABLES = {
    table.name: table
    for table in (
        ACCOUNTS,
        CONTACTS,
        ACCOUNT_OBSERVATIONS,
        ACCOUNT_AVERAGES,
        POSTS,
        POST_OBSERVATIONS,
        COMMENTS,
        MEMBERSHIPS,
        OVERLAPS,
        AUDIENCE_SHARES,
        RATE_CARDS,
        RECORDS,
    )
}

# Tables kept as Parquet; the others live in PostgreSQL.
OBSERVATIONS = tuple(
    TABLES[name]
    for name in (
        "account_observations",
        "account_averages",
        "posts",
        "post_observations",
        "comments",
        "memberships",
        "overlaps",
        "audience_shares",
    )
)


def empty(table: Table) -> pa.Table:
    """A table of that schema without rows."""
    return table.schema.empty_table()
