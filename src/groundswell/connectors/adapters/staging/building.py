"""Staged tables out of rows that were read."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.staging.rows import PLATFORM, Rows
from groundswell.connectors.adapters.staging.schemas import staged
from groundswell.connectors.adapters.targets import Target
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source
from groundswell.terms.tables import TABLES

Tables = dict[str, pa.Table]
Accounts = Sequence[Reference | None]
Columns = Mapping[str, Sequence[Any]]

OBSERVED_AT = Target("", "observed_at")
SOURCE = Target("", "source")
_IDENTITY = frozenset({"platform", "platform_id", "handle", "display_name"})
_COUNTS = {
    "account_observations": ("followers", "following", "posts", "total_views"),
    "post_observations": (
        *("views", "reach", "impressions", "likes", "comments", "shares", "saves"),
        *("interactions", "watch_time_s", "watch_average_s"),
    ),
    "account_averages": (
        *("engagement_average", "authentic_engagement_average", "views_average", "likes_average"),
        *("comments_average", "shares_average", "followers_gained", "views_gained"),
        "unique_viewers",
    ),
}
_ATTRIBUTES = tuple(c.name for c in TABLES["accounts"].columns if c.name not in _IDENTITY)


def need_account(rows: Rows, accounts: Accounts) -> None:
    for position, account in enumerate(accounts):
        if account is None:
            rows.refuse(position, "", None, "names no account")


def platforms_of(rows: Rows, accounts: Accounts) -> list[Platform | None]:
    """The platform of each row, by its account, else as it says; rows without one are bad."""
    found = [
        account.platform if account else said or rows.plan.platform
        for account, said in zip(accounts, rows.of(PLATFORM), strict=True)
    ]
    for position, platform in enumerate(found):
        if platform is None:
            rows.refuse(position, "", None, "nothing tells its platform")
    return found


def table_of(
    name: str,
    rows: Rows,
    positions: Sequence[int],
    accounts: Accounts | Mapping[str, Accounts],
    given: Columns,
) -> pa.Table:
    """One staged table of the rows at some positions.

    Args:
        name: Name of the table.
        rows: The rows that were read.
        positions: Which of them.
        accounts: The account of each row, or the accounts by the column that names them.
        given: Columns that are not read from the rows' own targets.
    """
    schema = staged(name)
    named = accounts if isinstance(accounts, Mapping) else {"account": accounts}
    arrays = []
    for field in schema:
        values = _column(field.name, name, rows, named, given)
        if len(positions) != rows.count:
            values = [values[position] for position in positions]
        arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(
    column: str,
    table: str,
    rows: Rows,
    named: Mapping[str, Accounts],
    given: Columns,
) -> Sequence[Any]:
    if column == "row":
        return rows.batch.rows
    if column in given:
        return given[column]
    if column == "source":
        return [source or Source.IMPORT for source in rows.of(SOURCE)]
    if column == "observed_at":
        return rows.of(OBSERVED_AT)
    for account, references in named.items():
        part = column.removeprefix(f"{account}_")
        if part != column and part in _IDENTITY:
            return [getattr(reference, part, None) for reference in references]
    return rows.of(Target(table, column))


def with_counts(rows: Rows, table: str) -> set[int]:
    """Positions of the rows that have any count of a table."""
    found: set[int] = set()
    for column in _COUNTS[table]:
        if rows.has(Target(table, column)):
            values = rows.of(Target(table, column))
            found.update(i for i, value in enumerate(values) if value is not None)
    return found


def facts_of_accounts(
    rows: Rows, good: Sequence[int], accounts: Accounts, *, always: bool
) -> Tables:
    """What the rows say of their accounts themselves, each fact once.

    Args:
        rows: The rows that were read.
        good: Positions of those that can be taken.
        accounts: The account of each row.
        always: Whether an account is staged also when the row says nothing more of it.
    """
    given: Columns = {
        "platform": [account and account.platform for account in accounts],
        "platform_id": [account and account.platform_id for account in accounts],
        "handle": [account and account.handle for account in accounts],
        "display_name": [account and account.display_name for account in accounts],
    }
    attributes = [column for column in _ATTRIBUTES if rows.has(Target("accounts", column))]
    tables: Tables = {}
    if always or attributes:
        values = [rows.of(Target("accounts", column)) for column in attributes]
        positions = [i for i in good if accounts[i] and (always or any(v[i] for v in values))]
        if not always:
            positions = _once(positions, accounts, values)
        tables["accounts"] = table_of("accounts", rows, positions, {}, given)
    for table in ("account_observations", "account_averages"):
        counted = with_counts(rows, table)
        positions = [i for i in good if i in counted and accounts[i]]
        observed = [rows.of(OBSERVED_AT), *(rows.of(Target(table, c)) for c in _COUNTS[table])]
        if not always:
            positions = _once(positions, accounts, observed)
        if positions:
            windows = rows.of(Target("account_averages", "window"))
            more: Columns = {
                "platform": given["platform"],
                "window": [w or "recent" for w in windows],
            }
            tables[table] = table_of(table, rows, positions, accounts, more)
    return tables


def _once(
    positions: Sequence[int],
    accounts: Accounts,
    values: Sequence[Sequence[Any]],
) -> list[int]:
    """Of rows that say the same of the same account, the first."""
    seen = set()
    kept = []
    for position in positions:
        said = (accounts[position], *(repr(column[position]) for column in values))
        if said not in seen:
            seen.add(said)
            kept.append(position)
    return kept
