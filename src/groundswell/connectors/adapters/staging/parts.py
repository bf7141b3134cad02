"""The canonical tables that some rows feed."""

from collections.abc import Callable

from groundswell.connectors.adapters.staging import accounts, building, posts
from groundswell.connectors.adapters.staging.building import Columns, Tables
from groundswell.connectors.adapters.staging.rows import Rows
from groundswell.connectors.adapters.targets import Target


def tables_of(rows: Rows) -> Tables:
    """All tables that some rows feed; rows that lack what they need are marked as bad first."""
    tables = _BUILDERS.get(rows.plan.kind, accounts.tables)(rows)
    return {name: table for name, table in tables.items() if len(table)}


def _comment_tables(rows: Rows) -> Tables:
    named = rows.accounts()
    rows.need(Target("comments", "comment_id"), "comment_id")
    of = rows.of(Target("comments", "post_id"))
    for position, (post, account) in enumerate(zip(of, named, strict=True)):
        if post is None and account is None:
            rows.refuse(position, "", None, "names neither a post nor an account")
    row_wide: Columns = {"platform": building.platforms_of(rows, named)}
    return {"comments": building.table_of("comments", rows, rows.good(), named, row_wide)}


def _membership_tables(rows: Rows) -> Tables:
    named = rows.accounts()
    building.need_account(rows, named)
    rows.need(Target("memberships", "member"), "member")
    kinds = [kind or "follows" for kind in rows.of(Target("memberships", "kind"))]
    row_wide: Columns = {"platform": building.platforms_of(rows, named), "kind": kinds}
    return {"memberships": building.table_of("memberships", rows, rows.good(), named, row_wide)}


def _overlap_tables(rows: Rows) -> Tables:
    first = rows.named(Target("", "account_a"))
    second = rows.named(Target("", "account_b"))
    rows.need(Target("overlaps", "shared"), "shared")
    for position, pair in enumerate(zip(first, second, strict=True)):
        one, other = pair
        if one is None or other is None:
            rows.refuse(position, "", None, "does not name two accounts")
        elif one == other:
            rows.refuse(position, "", one.handle or one.platform_id, "names one account twice")
        elif one.platform is not other.platform:
            rows.refuse(position, "", f"{one.platform}, {other.platform}", "joins two platforms")
    kinds = [kind or "follows" for kind in rows.of(Target("overlaps", "kind"))]
    row_wide: Columns = {"platform": building.platforms_of(rows, first), "kind": kinds}
    pair_of = {"account_a": first, "account_b": second}
    return {"overlaps": building.table_of("overlaps", rows, rows.good(), pair_of, row_wide)}


_BUILDERS: dict[str, Callable[[Rows], Tables]] = {
    "posts": posts.tables,
    "post_observations": posts.tables,
    "comments": _comment_tables,
    "memberships": _membership_tables,
    "overlaps": _overlap_tables,
}
