"""The synthetic world as the files that a team might bring: exports, a list, a price list."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from groundswell.engine.synth.worlds import World
from groundswell.terms.money import Money

_ROWS_AT_ONCE = 100_000
_COUNTED = ("observed_at", "followers", "following", "posts")
_AVERAGED = (
    "window", "engagement_average", "views_average", "likes_average", "comments_average"
)  # fmt: skip
_OBSERVED = (
    "observed_at", "views", "reach", "impressions", "likes", "comments", "shares", "saves"
)  # fmt: skip
# What a list that somebody kept by hand holds besides creators: platform, user, name, followers.
_BROKEN_ROWS = (
    ("MySpace", "oldtimer", "An Old Timer", "12.4K"),
    ("Instagram", "", "", "8,112"),
    ("Instagram", "minus.one", "Minus One", "-1"),
    ("TikTok", "soon.enough", "Soon Enough", "a great many"),
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A file, and what it is imported as."""

    kind: str
    path: Path


def write(world: World, folder: Path) -> list[Brought]:
    """Write the world's tables into files, in the order in which they are brought.

    Accounts with an id, and posts, come as Parquet with their latest counts and averages beside
    them, as exports do. Accounts known by handle alone come as a tool's spreadsheet with rounded
    counts and four rows that nobody could take. Contacts and prices come as CSV.
    """
    counted, counted_before = _latest(world.account_observations, "account")
    observed, observed_before = _latest(world.post_observations, "post_id")
    has_id = pc.is_valid(world.accounts["platform_id"])
    known = _beside(world.accounts, "platform_id", counted, "account", _COUNTED)
    known = _beside(known, "platform_id", world.account_averages, "account", _AVERAGED)
    by_handle = _beside(world.accounts, "handle", counted, "account", _COUNTED)
    posts = _beside(world.posts, "post_id", observed, "post_id", _OBSERVED)
    tables = {
        "account_observations": counted_before,
        "posts": posts,
        "post_observations": observed_before,
        "comments": world.comments,
        "memberships": world.memberships,
        "audience_shares": world.audience_shares,
    }
    return [
        Brought("accounts", _parquet("accounts", known.filter(has_id), folder)),
        Brought("accounts", _spreadsheet(by_handle.filter(pc.invert(has_id)), folder)),
        *(Brought(kind, _parquet(kind, table, folder)) for kind, table in tables.items()),
        Brought("contacts", _csv("contacts", world.contacts, folder)),
        Brought("rate_cards", _csv("rate_cards", _price_list(world.rate_cards), folder)),
    ]


def _parquet(name: str, table: pa.Table, folder: Path) -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, row_group_size=_ROWS_AT_ONCE)
    return path


def _csv(name: str, table: pa.Table, folder: Path) -> Path:
    path = folder / f"{name}.csv"
    pyarrow.csv.write_csv(table, path)
    return path


def _latest(observations: pa.Table, of: str) -> tuple[pa.Table, pa.Table]:
    """The newest observation of each account or post, and all others."""
    keys = _keys(observations, of)
    order = pc.sort_indices(observations, [("observed_at", "ascending")])
    rows = pa.table({"key": keys.take(order), "row": order})
    newest = rows.group_by("key", use_threads=False).aggregate([("row", "last")])["row_last"]
    others = np.ones(len(observations), bool)
    others[newest.to_numpy()] = False
    return observations.take(newest), observations.filter(pa.array(others))


def _beside(
    table: pa.Table, key: str, observations: pa.Table, of: str, columns: Sequence[str]
) -> pa.Table:
    """The table with columns of the observations beside it; null where nothing was observed."""
    found = pc.index_in(_keys(table, key), value_set=_keys(observations, of))
    counts = observations.select(list(columns)).take(found)
    for name in columns:
        table = table.append_column(name, counts[name])
    return table


def _keys(table: pa.Table, name: str) -> pa.Array:
    keys = pc.binary_join_element_wise(table["platform"], table[name], ":")
    return keys.combine_chunks()


def _spreadsheet(accounts: pa.Table, folder: Path) -> Path:
    """A tool's list: headers of its own, ``12.4K`` for followers, towns and countries as text."""
    broken = list(zip(*_BROKEN_ROWS, strict=True))
    rows = len(accounts)
    columns = {
        "Platform": [name.capitalize() for name in accounts["platform"].to_pylist()],
        "Username": accounts["handle"].to_pylist(),
        "Full Name": accounts["display_name"].to_pylist(),
        "Followers": [_shown(count) for count in accounts["followers"].to_pylist()],
    }
    head = {name: [*cells, *broken[i]] for i, (name, cells) in enumerate(columns.items())}
    rest = {
        "Bio": accounts["bio"],
        "Country": accounts["country"],
        "City": accounts["city"],
        "Niche": pc.binary_join(accounts["categories"], ", "),
        "Profile URL": accounts["url"],
        "As of": pc.strftime(accounts["observed_at"], format="%Y-%m-%d"),
    }
    padding = pa.nulls(len(_BROKEN_ROWS), pa.string())
    tail = {
        name: pa.concat_arrays([column.combine_chunks(), padding]) for name, column in rest.items()
    }
    day = pc.max(rest["As of"])
    tail["As of"] = pc.fill_null(tail["As of"], day if rows else "")
    return _csv("creators-from-a-tool", pa.table({**head, **tail}), folder)


def _shown(count: int | None) -> str:
    """Followers as tools show them."""
    if count is None:
        return ""
    for unit, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= unit:
            return f"{count / unit:.1f}{letter}"
    return str(count)


def _price_list(rate_cards: pa.Table) -> pa.Table:
    """Prices in whole units under the name that price lists give them."""
    money = zip(rate_cards["price"].to_pylist(), rate_cards["currency"].to_pylist(), strict=True)
    fees = [str(Money(minor, currency).major) for minor, currency in money]
    kept = rate_cards.select(["platform", "account", "format", "currency", "valid_from"])
    return kept.append_column("fee", pa.array(fees))
