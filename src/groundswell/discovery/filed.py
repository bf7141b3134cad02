"""What a workspace keeps of creators itself, as search takes it: tags, lists, contacts, prices."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from groundswell.creators import copying
from groundswell.creators import queries as creators
from groundswell.retrieval.documents import DOCUMENTS
from groundswell.terms.money import Money

Columns: TypeAlias = Mapping[str, pa.Array | pa.ChunkedArray]

_KEPT = pa.schema(
    [
        ("account", pa.string()),
        *((name, DOCUMENTS.field(name).type) for name in ("tags", "lists")),
        ("excluded", pa.bool_()),
        ("last_contact_at", DOCUMENTS.field("last_contact_at").type),
    ]
)
_SELECT = f"""
    WITH mine AS (SELECT id, creator_id FROM creators_account WHERE id = ANY(%s::uuid[])),
    tagged AS (
        SELECT u.creator_id, array_agg(DISTINCT t.name ORDER BY t.name) AS names
        FROM creators_taguse u JOIN creators_tag t ON t.id = u.tag_id
        WHERE u.creator_id IN (SELECT creator_id FROM mine) GROUP BY 1
    ),
    listed AS (
        SELECT e.creator_id, array_agg(DISTINCT l.name ORDER BY l.name) AS names,
            bool_or(l.is_exclusion) AS excluded
        FROM creators_listentry e JOIN creators_creatorlist l ON l.id = e.list_id
        WHERE e.removed_at IS NULL AND l.deleted_at IS NULL
            AND e.creator_id IN (SELECT creator_id FROM mine) GROUP BY 1
    ),
    contacted AS (
        SELECT creator_id, max(day)::timestamp AT TIME ZONE 'UTC' AS last
        FROM creators_outreach
        WHERE removed_at IS NULL AND creator_id IN (SELECT creator_id FROM mine) GROUP BY 1
    )
    SELECT mine.id, {copying.joined("tagged.names")}, {copying.joined("listed.names")},
        coalesce(listed.excluded, false), {copying.moment("contacted.last")}
    FROM mine LEFT JOIN tagged USING (creator_id) LEFT JOIN listed USING (creator_id)
        LEFT JOIN contacted USING (creator_id)
"""  # noqa: S608 - the names are ours


def kept(accounts: pa.Table) -> Columns:
    """Columns of the documents for some accounts, in their order.

    Args:
        accounts: With a column ``account``.
    """
    found = copying.fetch(_SELECT, [accounts["account"].to_pylist()], _KEPT)
    rows = pc.index_in(accounts["account"], found["account"])
    columns: Columns = {name: found[name].take(rows) for name in _KEPT.names[1:]}
    return {**columns, **_prices(accounts["account"].to_pylist())}


def _prices(accounts: list[str]) -> Columns:
    """The cheapest piece of each account in major units: in the workspace's currency, in others."""
    currency = creators.here().currency
    cheapest: dict[str, dict[str, float]] = defaultdict(dict)
    cards = creators.rate_cards([UUID(each) for each in accounts])
    for account, _, price, code, *_ in copying.tuples(cards):
        amount = float(Money(price, code).major)
        mine = cheapest[account]
        mine[code] = min(amount, mine.get(code, amount))
    own = [cheapest[each].get(currency) if each in cheapest else None for each in accounts]
    others: list[Any] = [
        sorted(cheapest[each].items()) if each in cheapest else None for each in accounts
    ]
    return {
        "price": pa.array(own, pa.float64()),
        "prices": pa.array(others, DOCUMENTS.field("prices").type),
    }
