"""A small market for the tests of planning: creators whose numbers can be worked out by hand."""

from typing import Any

import pyarrow as pa

from groundswell.creators import queries
from groundswell.planning.brief import Brief, parsed
from groundswell.planning.evidence import Evidence

POSTS = pa.schema(
    [
        ("account", pa.string()),
        ("format", pa.string()),
        ("sponsored", pa.bool_()),
        ("views", pa.int64()),
        ("engagements", pa.int64()),
    ]
)
AVERAGES = pa.schema([("account", pa.string()), ("views", pa.int64()), ("engagements", pa.int64())])
SHARES = pa.schema(
    [
        ("account", pa.string()),
        ("dimension", pa.string()),
        ("value", pa.string()),
        ("share", pa.float64()),
    ]
)
OVERLAPS = pa.schema(
    [
        ("account_a", pa.string()),
        ("account_b", pa.string()),
        ("shared", pa.int64()),
        ("size_a", pa.int64()),
        ("size_b", pa.int64()),
        ("threshold", pa.int64()),
    ]
)
NOBODY = pa.table({"account": pa.array([], pa.int32()), "member": pa.array([], pa.int32())})

BRIEF = """
name = "Trail shoe launch"
objective = "{objective}"
budget = {{ amount = {amount}, currency = "{currency}" }}
start = 2027-03-01
end = 2027-04-11
{more}

[creators]
{creators}
"""


def toml(
    objective: str = "views",
    amount: float = 10_000,
    currency: str = "USD",
    more: str = "",
    creators: str = "",
) -> str:
    """A brief as it is written."""
    return BRIEF.format(
        objective=objective, amount=amount, currency=currency, more=more, creators=creators
    )


def brief(**changes: Any) -> Brief:
    """A brief, read."""
    return parsed(toml(**changes))


def account(name: str, **known: Any) -> dict[str, Any]:
    """One account: on Instagram with 10,000 followers unless told otherwise."""
    row = dict.fromkeys(queries.ACCOUNTS.names)
    return {
        **row,
        "account": name,
        "creator": name,
        "platform": "instagram",
        "handle": name,
        "followers": 10_000,
        "revision": 1,
        **known,
    }


def evidence(*accounts: dict[str, Any], **tables: Any) -> Evidence:
    """What is known, with empty tables where nothing is given."""

    def table(name: str, schema: pa.Schema) -> pa.Table:
        return pa.Table.from_pylist(tables.get(name, []), schema=schema)

    return Evidence(
        accounts=pa.Table.from_pylist(list(accounts), schema=queries.ACCOUNTS),
        posts=table("posts", POSTS),
        averages=table("averages", AVERAGES),
        rate_cards=table("rate_cards", queries.RATES),
        audience_shares=table("audience_shares", SHARES),
        overlaps=table("overlaps", OVERLAPS),
        competitors=frozenset(tables.get("competitors", ())),
        must_have=tuple(tables.get("must_have", ())),
        never=frozenset(tables.get("never", ())),
        unknown=tuple(tables.get("unknown", ())),
        excluded=frozenset(tables.get("excluded", ())),
        doubted=frozenset(tables.get("doubted", ())),
        revision=7,
    )


def reels(name: str, *views: int) -> list[dict[str, Any]]:
    """Reels of an account, with one engagement for twenty views."""
    return [
        {"account": name, "format": "reel", "views": each, "engagements": each // 20}
        for each in views
    ]
