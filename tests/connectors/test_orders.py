"""Orders and discounts of shops, kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from groundswell.connectors import orders as reads
from groundswell.connectors.actions import orders
from groundswell.connectors.models import DiscountCode, Order
from groundswell.terms.networks import Network
from groundswell.workspaces.models import Workspace

OAK = "https://oak-and-pine.myshopify.com"
pytestmark = pytest.mark.django_db


def an_order(number: int, now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "order_id": str(number),
        "placed_at": now - timedelta(days=number),
        "updated_at": now,
        "currency": "EUR",
        "total": 40994,
        "codes": ["Anna10"],
        "customer": "5f0c",
        "refunded": 0,
    } | more


@pytest.fixture
def take(inside: Workspace, now: datetime) -> Any:
    def taken(*rows: dict[str, Any], shop: str = OAK, table: str = "orders") -> dict[str, int]:
        return orders.take(
            {table: rows}, workspace=inside, network=Network.SHOPIFY, shop=shop, now=now
        )

    return taken


def test_the_same_orders_once_more_change_nothing(take: Any, now: datetime) -> None:
    assert take(an_order(1, now), an_order(2, now)) == {"orders": 2}
    assert take(an_order(1, now), an_order(2, now)) == {}
    assert Order.objects.count() == 2


def test_a_later_state_replaces_an_earlier_one_and_never_the_other_way(
    take: Any, now: datetime
) -> None:
    hour = timedelta(hours=1)
    refunded = an_order(1, now, updated_at=now + hour, refunded=40994, cancelled_at=now)
    take(an_order(1, now))

    assert take(refunded) == {"orders": 1}
    assert take(an_order(1, now)) == {}
    assert take(an_order(1, now, updated_at=None)) == {}
    kept = Order.objects.get()
    assert (kept.total_minor, kept.refunded_minor, kept.cancelled_at) == (40994, 40994, now)


def test_of_an_order_that_comes_twice_the_later_state_is_kept(take: Any, now: datetime) -> None:
    later = an_order(1, now, updated_at=now + timedelta(minutes=1), status="paid")
    take(later, an_order(1, now, status="pending"))

    assert Order.objects.get().status == "paid"


def test_shops_with_the_same_numbers_stay_apart(take: Any, now: datetime) -> None:
    take(an_order(1, now))
    take(an_order(1, now), shop="https://elm.myshopify.com")

    assert Order.objects.count() == 2
    assert orders.forget(network=Network.SHOPIFY, shop=OAK) == 1
    assert Order.objects.get().shop == "https://elm.myshopify.com"


def test_orders_are_found_by_code_however_it_was_written(take: Any, now: datetime) -> None:
    take(an_order(1, now), an_order(2, now, codes=["ANNA10", "X"]), an_order(3, now, codes=None))

    assert [order.order_id for order in reads.orders_by_code(" anna10 ")] == ["1", "2"]
    assert [
        o.order_id for o in reads.orders_by_code("anna10", until=now - timedelta(days=1.5))
    ] == ["2"]
    assert [order.order_id for order in reads.orders()] == ["1", "2", "3"]


def test_codes_say_what_their_rule_takes_off(take: Any, now: datetime) -> None:
    take(
        {"rule_id": "9", "title": "Autumn", "kind": "percentage", "share_off": 0.1},
        table="discount_rules",
    )
    take(
        {"code": "ANNA10", "rule_id": "9", "usage_count": 3},
        {"code": "OLD"},
        table="discount_codes",
    )
    take({"code": "ANNA10", "rule_id": "9", "usage_count": 4}, table="discount_codes")

    found = {code["code"]: (code["usage_count"], code["share_off"]) for code in reads.codes()}
    assert found == {"ANNA10": (4, 0.1), "OLD": (None, None)}
    assert DiscountCode.objects.count() == 2
