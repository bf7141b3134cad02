"""WooCommerce: orders and coupons of a shop on WordPress."""

from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    Misasked,
    NotFound,
    NotPermitted,
    NotUsed,
    Unavailable,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.woocommerce.addresses import (
    NoSecureShop,
    shop_address,
)
from groundswell.connectors.adapters.networks.woocommerce.interface import INTERFACE
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import told, woocommerce
from tests.connectors.networks.stubs.woocommerce import KEY, SERVER, coupon, order
from tests.connectors.networks.walking import Wire

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASK = Ask(Way.ORDERS, "", SERVER, NOW)


def read(body: Any, status: int = 200) -> Page:
    return INTERFACE.read(told(body, Request(SERVER), status), NOW)


def the_order(**more: Any) -> dict[str, Any]:
    page = read([order(3, **more)])
    assert page.bad == []
    return page.lines[0].values


def test_an_order_keeps_its_money_to_the_cent_and_where_it_came_from() -> None:
    assert the_order(total="409.94") == {
        "order_id": "703",
        "placed_at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "updated_at": datetime(2026, 11, 3, 10, tzinfo=UTC),
        "currency": "EUR",
        "total": 40994,
        "subtotal": 3000,
        "discount": 250,
        "shipping": 95,
        "tax": 160,
        "refunded": 0,
        "codes": ["anna10"],
        "landing_site": "https://tents.example/tents",
        "referring_site": "https://instagram.com/",
        "source_name": "utm",
        "utm_source": "instagram",
        "utm_campaign": "autumn",
        "customer": "buyer3@customer.example",
        "status": "completed",
        "cancelled_at": None,
    }


def test_guests_and_accounts_are_told_apart_by_address_then_by_number() -> None:
    assert the_order(billing={}, customer_id=26)["customer"] == "customer 26"
    assert the_order(billing=None, customer_id=0)["customer"] is None
    assert the_order(billing={"email": "a\n@customer.example"})["customer"] is None


def test_refunds_add_up_each_once_and_stay_unknown_where_nothing_is_said() -> None:
    refunds = [{"id": 1, "total": "-4.50"}, {"id": 1, "total": "-4.50"}, {"id": 2, "total": "-1"}]

    assert the_order(refunds=refunds)["refunded"] == 550
    assert the_order(refunds=None)["refunded"] is None


def test_drafts_are_no_orders() -> None:
    page = read([order(1, status="checkout-draft")])

    assert (page.lines, page.items) == ([], 0)


@pytest.mark.parametrize(
    ("more", "told_off"),
    [
        ({"discount_type": "percent", "amount": "12.50"}, ("percentage", 0.125)),
        ({"discount_type": "fixed_product", "amount": "5.00"}, ("fixed", None)),
        ({"free_shipping": True, "amount": "0.00"}, ("shipping", None)),
        ({"discount_type": "store_credit"}, (None, None)),
    ],
)
def test_coupons_say_what_they_take_off(more: dict[str, Any], told_off: Any) -> None:
    rule, code = (line.values for line in read([coupon(1, **more)]).lines)

    assert (rule["kind"], rule.get("share_off")) == told_off
    assert (code["code"], code["usage_count"], code["rule_id"]) == ("anna1", 1, "901")


def test_unknown_fields_of_an_order_are_named_without_what_they_hold() -> None:
    assert read([order(1, second_email="a@customer.example")]).aside == {
        "[].second_email": "not shown"
    }


def test_a_walk_brings_orders_then_coupons_in_the_shops_currency() -> None:
    wire = Wire(INTERFACE, woocommerce.stub())
    pages = list(INTERFACE.walk(wire, ASK, None))

    lines = [line for page in pages for line in page.lines]
    assert len({li.values["order_id"] for li in lines if li.table == "orders"}) == 5
    rules = {li.values["rule_id"]: li.values for li in lines if li.table == "discount_rules"}
    assert (rules["902"]["amount_off"], rules["902"]["currency"]) == (1000, "EUR")
    assert (rules["903"]["share_off"], rules["903"]["once_each"]) == (0.15, True)
    assert [request.params.get("page") for request in wire.requests] == [
        *["1", "2", "3"],
        *["1", None, "2"],
    ]


def test_a_later_sync_asks_for_what_changed_since() -> None:
    since = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    wire = Wire(INTERFACE, woocommerce.stub())
    next(INTERFACE.walk(wire, Ask(Way.ORDERS, "", SERVER, NOW, since=since), None))

    asked = wire.requests[0].params
    assert (asked["modified_after"], asked["dates_are_gmt"]) == ("2026-11-20T08:30:00", "true")
    assert "billing.email" in str(asked["_fields"])


def test_a_list_without_its_number_of_pages_is_not_taken_for_whole() -> None:
    def fetch(request: Request) -> Reply:
        return told([order(1)], request)

    with pytest.raises(Changed, match="X-WP-TotalPages"):
        list(INTERFACE.walk(fetch, ASK, None))


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (401, {"code": "woocommerce_rest_cannot_view", "message": "Sorry."}, NotPermitted),
        (401, {"code": "woocommerce_rest_authentication_error", "message": "Bad."}, LoginExpired),
        (404, {"code": "rest_no_route", "message": "No route."}, NotFound),
        (400, {"code": "rest_invalid_param", "message": "page"}, Misasked),
        (200, {"code": "odd", "message": "odd"}, Misasked),
        (503, "closed", Unavailable),
        (200, [{"id": 1, "sku": "x"}], NotUsed),
        (200, 5, Changed),
    ],
)
def test_what_fails_says_how(status: int, body: Any, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body, status)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("tents.example", SERVER),
        ("https://Tents.example/", SERVER),
        ("https://tents.example:8443", "https://tents.example:8443"),
        ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
    ],
)
def test_a_shops_address_is_told_from_what_people_write(written: str, address: str) -> None:
    assert shop_address(written) == address


@pytest.mark.parametrize(
    "written",
    ["", "http://tents.example", "https://tents.example/shop", "https://a@tents.example", "a b"],
)
def test_no_key_goes_where_it_could_be_read(written: str) -> None:
    with pytest.raises(NoSecureShop):
        shop_address(written)


def test_the_key_goes_into_the_header_alone() -> None:
    request = INTERFACE.signed(Request(SERVER), KEY)

    assert request.headers == {"authorization": "Basic Y2tfMDEyMzQ1Njc4OTpjc185ODc2NTQzMjEw"}
    assert request.params == {}
