"""Accounts, and what lists of them have besides: contacts, prices, audiences, own records."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from groundswell.connectors.adapters import readers
from groundswell.connectors.adapters.guessing import Bound
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.staging import building
from groundswell.connectors.adapters.staging.building import (
    OBSERVED_AT,
    SOURCE,
    Accounts,
    Columns,
    Tables,
)
from groundswell.connectors.adapters.staging.rows import Rows
from groundswell.connectors.adapters.staging.schemas import staged
from groundswell.connectors.adapters.targets import Target
from groundswell.connectors.adapters.values import amounts
from groundswell.connectors.adapters.values.missing import Unreadable
from groundswell.terms.lines import LONGEST_TAG, MOST_TAGS, is_line
from groundswell.terms.money import Money
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

CURRENCY = Target("", "currency")


def tables(rows: Rows) -> Tables:
    spread = {
        target: rows.named(target, Platform(target.column))
        for target in rows.values
        if target.table == "account_on"
    }
    accounts = _first_of(rows, spread)
    building.need_account(rows, accounts)
    parts = {
        "contacts": _contacts(rows, accounts),
        "rate_cards": _rate_cards(rows, accounts),
        "audience_shares": _audience_shares(rows, accounts),
        "records": _records(rows, accounts),
    }
    if rows.plan.kind in parts:
        fed = {line["row"] for line in parts[rows.plan.kind]}
        for position, row in enumerate(rows.batch.rows):
            if row not in fed:
                rows.refuse(position, "", None, f"has nothing for {rows.plan.kind}")
    good = rows.good()
    always = rows.plan.kind == "accounts"
    found = building.facts_of_accounts(rows, good, accounts, always=always)
    for target, elsewhere in spread.items():
        _add_elsewhere(found, rows, good, accounts, (target, elsewhere))
    taken = {rows.batch.rows[position] for position in good}
    for name, lines in parts.items():
        kept = [line for line in lines if line["row"] in taken]
        found[name] = pa.Table.from_pylist(kept, schema=staged(name))
    fed = {row for table in found.values() for row in table["row"].to_pylist()}
    bare = [position for position in good if rows.batch.rows[position] not in fed]
    if bare:
        # A row that only names an account still says that there is one.
        facts = building.facts_of_accounts(rows, bare, accounts, always=True)
        _append(found, "accounts", facts["accounts"])
    return found


def _first_of(rows: Rows, spread: Mapping[Target, Accounts]) -> list[Reference | None]:
    """The account that stands for each row: its own, else the first of those in columns."""
    if not spread:
        return rows.accounts()
    named = rows.has(Target("", "account")) or any(
        rows.has(Target("accounts", column)) for column in ("platform_id", "handle", "url")
    )
    own: Accounts = rows.accounts() if named else [None] * rows.count
    names = rows.of(Target("accounts", "display_name"))
    found = []
    for several in zip(own, names, *spread.values(), strict=True):
        account, name, *others = several
        first = account or next(filter(None, others), None)
        if first and first.display_name is None and name:
            first = Reference(first.platform, first.platform_id, first.handle, name)
        found.append(first)
    return found


def _add_elsewhere(
    tables: Tables,
    rows: Rows,
    good: Sequence[int],
    accounts: Accounts,
    spread: tuple[Target, Accounts],
) -> None:
    """Add the rows' accounts on one more platform, and their followers there."""
    target, elsewhere = spread
    names = rows.of(Target("accounts", "display_name"))
    there = [
        account and Reference(account.platform, account.platform_id, account.handle, name)
        for account, name in zip(elsewhere, names, strict=True)
    ]
    followers = rows.of(Target("followers_on", target.column))
    new = [i for i in good if there[i] and not _same(there[i], accounts[i])]
    given: Columns = {
        "platform": [account and account.platform for account in there],
        "platform_id": [account and account.platform_id for account in there],
        "handle": [account and account.handle for account in there],
        "display_name": names,
        "url": [None] * rows.count,
        "avatar_url": [None] * rows.count,
        "followers": followers,
        **{column: [None] * rows.count for column in ("following", "posts", "total_views")},
    }
    _append(tables, "accounts", building.table_of("accounts", rows, new, {}, given))
    counted = [i for i in good if there[i] and followers[i] is not None]
    counts = building.table_of("account_observations", rows, counted, there, given)
    _append(tables, "account_observations", counts)


def _same(one: Reference | None, other: Reference | None) -> bool:
    if one is None or other is None:
        return False
    return (one.platform, one.platform_id, one.handle) == (
        other.platform,
        other.platform_id,
        other.handle,
    )


def _append(tables: Tables, name: str, more: pa.Table) -> None:
    if name in tables:
        more = pa.concat_tables([tables[name], more])
    tables[name] = more.sort_by("row") if len(more) else more


def _named(account: Reference) -> dict[str, Any]:
    return {
        "platform": account.platform,
        "account_platform_id": account.platform_id,
        "account_handle": account.handle,
        "account_display_name": account.display_name,
    }


def _contacts(rows: Rows, accounts: Accounts) -> list[dict[str, Any]]:
    facts = ("city", "preferred", "consent", "last_verified")
    said = {fact: rows.of(Target("contacts", fact)) for fact in facts}
    sources = rows.of(SOURCE)
    cells = _spread_cells(rows, "contact")
    long_form = zip(
        rows.of(Target("contacts", "channel")), rows.of(Target("contacts", "address")), strict=True
    )
    cells += [
        (position, "", channel or _channel_of(address), address)
        for position, (channel, address) in enumerate(long_form)
        if address is not None
    ]
    lines = []
    for position, header, channel, cell in sorted(cells, key=lambda cell: cell[0]):
        account = accounts[position]
        if account is None:
            continue
        try:
            found = readers.read_contact(channel, cell)
        except Unreadable as error:
            rows.refuse(position, header or _address_header(rows), cell, str(error))
            continue
        about = {fact: values[position] for fact, values in said.items()}
        for address in found:
            lines.append(
                {"row": rows.batch.rows[position], **_named(account), **about}
                | {"channel": channel, "address": address}
                | {"source": sources[position] or Source.IMPORT}
            )
    return lines


def _address_header(rows: Rows) -> str:
    return rows.header_of(Target("contacts", "address"))


def _channel_of(address: str | None) -> str:
    if address and "@" in address:
        return "email"
    return "phone" if address and sum(map(str.isdigit, address)) >= 6 else "other"


def _spread_cells(rows: Rows, table: str) -> list[tuple[int, str, str, Any]]:
    """Position, header, what the column stands for and value of cells spread over columns."""
    return [
        (position, bound.header, bound.target.key or bound.target.column, value)
        for bound in rows.plan.bound
        if bound.target.table == table
        for position, value in enumerate(rows.values.get(bound.target, ()))
        if value is not None
    ]


def _rate_cards(rows: Rows, accounts: Accounts) -> list[dict[str, Any]]:
    formats = rows.of(Target("rate_cards", "format"))
    currencies, starts, sources = (
        rows.of(target) for target in (CURRENCY, Target("rate_cards", "valid_from"), SOURCE)
    )
    lines = []
    for bound in rows.plan.bound:
        if bound.price is None or bound.target not in rows.values:
            continue
        for position, cell in enumerate(rows.values[bound.target]):
            account = accounts[position]
            price = _price(rows, bound, position, cell, currencies[position])
            if account is None or price is None:
                continue
            kind = bound.target.column if bound.target.table == "price" else formats[position]
            if kind is None:
                rows.refuse(position, bound.header, cell, "is the price of no format")
                continue
            lines.append(
                {"row": rows.batch.rows[position], **_named(account), "format": str(kind)}
                | {"price": price.minor, "currency": price.currency}
                | {"source": sources[position] or Source.IMPORT, "valid_from": starts[position]}
            )
    return sorted(lines, key=lambda line: line["row"])


def _price(
    rows: Rows, bound: Bound, position: int, cell: str | None, currency: str | None
) -> Money | None:
    tag = bound.price
    if cell is None or tag is None:
        return None
    try:
        price = amounts.read_money(cell, tag.marks, currency or tag.currency)
        if price is None or not tag.is_minor:
            return price
        return Money(int(cell), price.currency)
    except Unreadable as error:
        rows.refuse(position, bound.header, cell, str(error))
        return None


def _records(rows: Rows, accounts: Accounts) -> list[dict[str, Any]]:
    tags, days = (rows.of(Target("records", column)) for column in ("tags", "last_contact"))
    lines = []
    for position, (account, words, day) in enumerate(zip(accounts, tags, days, strict=True)):
        if account is None or (words is None and day is None):
            continue
        plain = [" ".join(word.split()) for word in words or ()]
        if reason := _unfit(plain):
            rows.refuse(
                position, rows.header_of(Target("records", "tags")), ", ".join(plain), reason
            )
            continue
        lines.append(
            {"row": rows.batch.rows[position], **_named(account)}
            | {"tags": plain or None, "last_contact": day}
        )
    return lines


def _unfit(words: Sequence[str]) -> str:
    """Why some words can't be the tags of a creator; empty when they can."""
    if len(words) > MOST_TAGS:
        return f"has more than {MOST_TAGS} tags"
    if any(len(word) > LONGEST_TAG or not is_line(word) for word in words):
        return f"has a tag that is not 1 to {LONGEST_TAG} plain characters"
    return ""


def _audience_shares(rows: Rows, accounts: Accounts) -> list[dict[str, Any]]:
    observed, sources = rows.of(OBSERVED_AT), rows.of(SOURCE)
    sizes = rows.of(Target("audience_shares", "sample_size"))
    cells = [
        (position, bound.header, bound.target.column, bound.target.key, share)
        for bound in rows.plan.bound
        if bound.target.table == "audience"
        for position, share in enumerate(rows.values.get(bound.target, ()))
    ]
    columns = (rows.of(Target("audience_shares", c)) for c in ("dimension", "value", "share"))
    header = rows.header_of(Target("audience_shares", "value"))
    cells += [(i, header, *said) for i, said in enumerate(zip(*columns, strict=True))]
    lines = []
    for position, column, dimension, written, share in cells:
        account = accounts[position]
        if account is None or dimension is None or written is None or share is None:
            continue
        try:
            value = readers.read_audience_value(dimension, written)
        except Unreadable as error:
            rows.refuse(position, column, written, str(error))
            continue
        lines.append(
            {"row": rows.batch.rows[position], **_named(account), "dimension": dimension}
            | {"value": value, "share": share, "sample_size": sizes[position]}
            | {"observed_at": observed[position], "source": sources[position] or Source.IMPORT}
        )
    return sorted(lines, key=lambda line: line["row"])
