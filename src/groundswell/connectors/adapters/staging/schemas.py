"""Schemas of staged tables: canonical ones, with the source row and the account as it was named."""

from functools import cache

import pyarrow as pa

from groundswell.terms.shops import ALL_TABLES

_NAMED_BY = ("platform_id", "handle", "display_name")
_ACCOUNTS = ("account", "account_a", "account_b")


@cache
def staged(table: str) -> pa.Schema:
    """The schema in which rows of a table are staged.

    ``row`` is the number of the source's row. An account stands as three columns, of which at
    least one is filled: its id, handle and name. ``observed_at`` and ``valid_from`` are null where
    the source doesn't tell them.
    """
    fields = [pa.field("row", pa.int64(), nullable=False)]
    for field in ALL_TABLES[table].schema:
        if field.name in _ACCOUNTS:
            fields += [pa.field(f"{field.name}_{part}", pa.string()) for part in _NAMED_BY]
        else:
            fields.append(field.with_nullable(field.name not in {"platform", "post_id"}))
    if table == "accounts":
        fields.append(pa.field("observed_at", pa.timestamp("us", tz="UTC")))
    return pa.schema(fields)
