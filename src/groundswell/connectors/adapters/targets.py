"""What a column of a file may feed, for each kind of import.

A target is written ``table.column``. Some stand for a row as a whole: ``platform``, ``account``
(any way to name one), ``observed_at`` and ``source``. Lists that spread one table over columns have
targets of their own: ``contacts.email`` (an address for that channel), ``rate_cards.reel`` (the
price of that format), ``audience_shares.country.US``, ``accounts.instagram`` (the account there)
and ``followers.instagram``.
"""

from dataclasses import dataclass

from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.tables import TABLES, Meaning

# Tables that a file of a kind may feed; a name without a table is the first's that has it.
_OF_ACCOUNTS = (
    "accounts account_observations account_averages contacts rate_cards audience_shares records"
)
FEEDS = {
    "accounts": _OF_ACCOUNTS,
    "account_observations": f"account_observations {_OF_ACCOUNTS}",
    "account_averages": f"account_averages {_OF_ACCOUNTS}",
    "audience_shares": f"audience_shares {_OF_ACCOUNTS}",
    "contacts": f"contacts {_OF_ACCOUNTS}",
    "rate_cards": f"rate_cards {_OF_ACCOUNTS}",
    "records": f"records {_OF_ACCOUNTS}",
    "posts": "posts post_observations accounts account_observations",
    "post_observations": "post_observations posts accounts account_observations",
    "comments": "comments accounts",
    "memberships": "memberships accounts",
    "overlaps": "overlaps",
}
ROW_WIDE = {
    "platform": Meaning.PLATFORM,
    "account": Meaning.NAME,
    "account_a": Meaning.NAME,
    "account_b": Meaning.NAME,
    "observed_at": Meaning.MOMENT,
    "source": Meaning.SOURCE,
    "post_id": Meaning.NAME,
    "first_name": Meaning.TEXT,
    "last_name": Meaning.TEXT,
    "currency": Meaning.CURRENCY,
    "price_minor": Meaning.AMOUNT,
}
CHANNELS = ("email", "phone", "agent", "manager", "postal", "other")
DIMENSIONS = ("country", "city", "language", "gender", "age", "interest")


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cells of a column go.

    Attributes:
        table: Name of a canonical table; empty for what concerns the whole row.
        column: Its column, or what the row-wide target is called.
        key: The part of the row's key that the column itself stands for; empty for most.
    """

    table: str
    column: str
    key: str = ""

    def __str__(self) -> str:
        table = _WRITTEN.get(self.table, self.table)
        return ".".join(part for part in (table, self.column, self.key) if part)

    @property
    def meaning(self) -> Meaning:
        """What the cells hold."""
        if not self.table:
            return ROW_WIDE[self.column]
        return _SPREAD.get(self.table) or TABLES[self.table].column(self.column).meaning


_WRITTEN = {
    "account_on": "accounts",
    "followers_on": "followers",
    "contact": "contacts",
    "price": "rate_cards",
    "audience": "audience_shares",
}
# Pseudo-tables of the targets that spread one table over columns.
_SPREAD = {
    "account_on": Meaning.NAME,
    "followers_on": Meaning.COUNT,
    "contact": Meaning.TEXT,
    "price": Meaning.AMOUNT,
    "audience": Meaning.SHARE,
}


def resolved(kind: str, name: str) -> Target | None:
    """The target that a canonical name means in an import of that kind; None when there is none."""
    name = name.strip()
    if spread := _spread(name):
        return spread
    table, dot, column = name.partition(".")
    if dot:
        column = column.strip()
        if table == "accounts" and column == "account":
            return Target("", "account")
        return _in_table(table, column) if table in FEEDS[kind].split() else None
    if name == "post_id" and kind == "comments":
        return Target("comments", "post_id")
    if name in ROW_WIDE and _row_wide_fits(kind, name):
        return Target("", name)
    for candidate in FEEDS[kind].split():
        if target := _in_table(candidate, name):
            return target
    return None


def is_own(kind: str, target: Target) -> bool:
    """Whether a target belongs to what the kind is about, not to what it feeds only besides."""
    own = 2 if kind in {"posts", "post_observations"} else 1
    about_accounts = FEEDS[kind].endswith(_OF_ACCOUNTS)
    return not target.table or about_accounts or target.table in FEEDS[kind].split()[:own]


def _row_wide_fits(kind: str, name: str) -> bool:
    if name in {"account_a", "account_b"}:
        return kind == "overlaps"
    if name == "account":
        return kind != "overlaps"
    if name == "post_id":
        return kind in {"posts", "post_observations"}
    if name in {"currency", "price_minor"}:
        return "rate_cards" in FEEDS[kind].split()
    return True


def _in_table(table: str, column: str) -> Target | None:
    if column in {"platform", "account", "account_a", "account_b", "observed_at", "source"}:
        return Target("", column)
    if table in {"posts", "post_observations"} and column == "post_id":
        return Target("", column)
    if table == "rate_cards" and column == "currency":
        return Target("", column)
    if any(known.name == column for known in TABLES[table].columns):
        return Target(table, column)
    return None


def _spread(name: str) -> Target | None:
    first, _, rest = name.partition(".")
    second, _, third = rest.partition(".")
    if first == "accounts" and second in list(Platform):
        return Target("account_on", second)
    if first == "followers" and second in list(Platform):
        return Target("followers_on", second)
    if first == "contacts" and second in CHANNELS:
        return Target("contact", second)
    if first == "rate_cards" and second in list(Format):
        return Target("price", second)
    if first == "audience_shares" and second in DIMENSIONS and third:
        return Target("audience", second, third)
    return None


def described(kind: str) -> list[tuple[str, str]]:
    """The columns that an import of a kind understands without a map, each with what it holds."""
    found: dict[str, str] = {}
    for table in FEEDS[kind].split():
        for column in TABLES[table].columns:
            name = column.name if resolved(kind, column.name) else ""
            qualified = _in_table(table, column.name)
            if name and resolved(kind, name) == qualified:
                found.setdefault(name, column.description)
            elif qualified and qualified.table:
                found.setdefault(str(qualified), column.description)
    return list(found.items())
