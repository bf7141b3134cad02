"""Orders and discounts of shops: kept as each shop last told them, and forgotten with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from groundswell.connectors.models import DiscountCode, DiscountRule, Order
from groundswell.connectors.models.shops import folded
from groundswell.terms.networks import Network
from groundswell.terms.shops import DISCOUNT_CODES, DISCOUNT_RULES, ORDERS
from groundswell.terms.tables import Meaning, Table
from groundswell.workspaces.models import Workspace

_KEPT: dict[str, tuple[Table, type[Order | DiscountRule | DiscountCode]]] = {
    ORDERS.name: (ORDERS, Order),
    DISCOUNT_RULES.name: (DISCOUNT_RULES, DiscountRule),
    DISCOUNT_CODES.name: (DISCOUNT_CODES, DiscountCode),
}
_AT_ONCE = 1000


def take(
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    workspace: Workspace,
    network: Network,
    shop: str,
    now: datetime,
) -> dict[str, int]:
    """Keep what a shop told, in the caller's transaction.

    A later state of an order or code replaces an earlier one, also when that comes in again; the
    same rows once more change nothing.

    Args:
        rows: By table of ``terms.shops``; customers are hashed.
        workspace: Whose; the caller is inside it.
        network: The shop's.
        shop: Its address, which sets its rows apart from those of another.
        now: This moment.

    Returns:
        How many rows were new or altered, by table; tables without any are absent.
    """
    of_shop = {"workspace": workspace, "network": network, "shop": shop}
    changed = {
        name: _take_table(*_KEPT[name], list(told), of_shop=of_shop, now=now)
        for name, told in rows.items()
    }
    return {name: count for name, count in changed.items() if count}


def count(*, network: Network, shop: str) -> int:
    """How many orders of a shop are known."""
    return Order.objects.filter(network=network, shop=shop).count()


def forget(*, network: Network, shop: str) -> int:
    """Erase all that a shop told; gives how many orders were among it. The caller journals it."""
    for _, model in _KEPT.values():
        if model is not Order:
            model.objects.filter(network=network, shop=shop).delete()
    return Order.objects.filter(network=network, shop=shop).delete()[0]


@transaction.atomic
def _take_table(
    table: Table,
    model: type[Order | DiscountRule | DiscountCode],
    told: list[Mapping[str, Any]],
    *,
    of_shop: dict[str, Any],
    now: datetime,
) -> int:
    key = table.key[0]
    fields = {column.name: _field(column.name, column.meaning) for column in table.columns}
    newest: dict[str, Mapping[str, Any]] = {}
    for row in told:
        if row[key] not in newest or _follows(row, newest[row[key]].get("updated_at")):
            newest[row[key]] = row
    known: dict[str, models.Model] = {}
    within = model.objects.filter(network=of_shop["network"], shop=of_shop["shop"])
    ids = list(newest)
    for start in range(0, len(ids), _AT_ONCE):
        few = within.filter(**{f"{key}__in": ids[start : start + _AT_ONCE]})
        known |= {getattr(each, key): each for each in few.select_for_update(of=("self",))}
    fresh, altered = [], []
    for name, row in newest.items():
        values = {field: row.get(column) for column, field in fields.items()}
        if model is Order:
            values["codes_folded"] = [folded(code) for code in row.get("codes") or ()]
        kept = known.get(name)
        if kept is None:
            fresh.append(model(**of_shop, read_at=now, **values))
        elif _follows(row, getattr(kept, "updated_at", None)) and _set(kept, values):
            kept.read_at = now  # type: ignore[attr-defined]
            altered.append(kept)
    model.objects.bulk_create(fresh, batch_size=_AT_ONCE)  # type: ignore[arg-type]
    written = ["read_at", *fields.values(), *(["codes_folded"] if model is Order else [])]
    model.objects.bulk_update(altered, written, batch_size=_AT_ONCE)  # type: ignore[arg-type]
    return len(fresh) + len(altered)


def _follows(row: Mapping[str, Any], known: datetime | None) -> bool:
    """Whether a row is no older than what is known; one that doesn't say gives way."""
    told = row.get("updated_at")
    return known is None or (told is not None and told >= known)


def _set(kept: models.Model, values: Mapping[str, Any]) -> bool:
    """Give a kept row its values; whether any of them was another."""
    if all(getattr(kept, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(kept, name, value)
    return True


def _field(column: str, meaning: Meaning) -> str:
    return f"{column}_minor" if meaning is Meaning.AMOUNT else column
