"""Shopify: orders and discounts of a shop."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    NotPermitted,
    NotUsed,
    Throttled,
    Unavailable,
    is_spent,
    wait_of,
)
from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.shopify.addresses import (
    NoShop,
    next_page,
    shop_address,
)
from groundswell.connectors.adapters.networks.shopify.interface import INTERFACE
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import shopify, told
from tests.connectors.networks.stubs.shopify import SERVER, TOKEN, order

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNED = {"x-shopify-access-token": TOKEN}


def read(body: Any, status: int = 200, **headers: str) -> Page:
    return INTERFACE.read(told(body, Request(SERVER), status, **headers), NOW)


def the_order(**more: Any) -> dict[str, Any]:
    page = read({"order": order(3, **more)})
    assert page.bad == []
    return page.lines[0].values


def walked(ask: Ask, cursor: Any = None) -> tuple[list[Page], list[Request]]:
    requests: list[Request] = []
    stub = shopify.stub()

    def fetch(request: Request) -> Reply:
        requests.append(request)
        return stub.answer(INTERFACE.signed(request, TOKEN))

    return list(INTERFACE.walk(fetch, ask, cursor)), requests


def test_an_order_keeps_its_money_to_the_cent_and_nothing_of_the_person() -> None:
    assert the_order(total_price="409.94") == {
        "order_id": "7000000000003",
        "placed_at": datetime(2026, 11, 3, 9, tzinfo=UTC),
        "updated_at": datetime(2026, 11, 3, 10, tzinfo=UTC),
        "currency": "EUR",
        "total": 40994,
        "subtotal": 3000,
        "discount": 250,
        "shipping": 95,
        "tax": 160,
        "refunded": 0,
        "codes": ["ANNA10"],
        "landing_site": "/tents?utm_source=instagram&utm_medium=creator&utm_campaign=autumn",
        "referring_site": "https://instagram.com/",
        "source_name": "web",
        "utm_source": "instagram",
        "utm_medium": "creator",
        "utm_campaign": "autumn",
        "customer": "500",
        "returning": None,
        "status": "paid",
        "cancelled_at": None,
        "test": False,
    }


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [
        ("EUR", "409.94", 40994),
        ("JPY", "1200", 1200),
        ("JPY", "1200.00", 1200),
        ("KWD", "1.5", 1500),
    ],
)
def test_amounts_follow_the_decimals_of_their_currency(
    currency: str, written: str, minor: int
) -> None:
    bare = {"id": 1, "currency": currency, "total_price": written}
    assert read({"order": bare}).lines[0].values["total"] == minor


@pytest.mark.parametrize("written", ["12.345", "1e3", "-5.00", "NaN", True, [5]])
def test_an_amount_that_is_none_refuses_its_order_alone(written: Any) -> None:
    page = read({"orders": [order(1, total_price=written), order(2)]})

    assert [line.values["order_id"] for line in page.lines] == ["7000000000002"]
    assert [bad.where for bad in page.bad] == ["orders[0].total_price"]


def test_only_refunds_that_went_through_count_and_each_once() -> None:
    def one(number: int, **more: str) -> dict[str, Any]:
        gave_back = {"kind": "refund", "status": "success", "amount": "4.50", "currency": "EUR"}
        return {"id": number} | gave_back | more

    refunds = [
        {"id": 1, "transactions": [one(1), one(1), one(2, status="failure")]},
        {"id": 2, "transactions": [one(3), one(4, kind="void")]},
    ]

    assert the_order(refunds=refunds)["refunded"] == 900
    assert the_order(refunds=None)["refunded"] is None
    foreign = [{"id": 1, "transactions": [one(1, currency="USD")]}]
    assert the_order(refunds=foreign)["refunded"] is None


@pytest.mark.parametrize(
    ("customer", "returning"),
    [
        ({"orders_count": 1}, False),
        ({"orders_count": 4, "last_order_id": 7000000000003}, True),
        ({"orders_count": 4, "last_order_id": 9}, None),
        ({}, None),
    ],
)
def test_who_comes_back_is_said_only_where_the_shop_can_say(
    customer: dict[str, int], returning: bool | None
) -> None:
    assert the_order(customer={"id": 5} | customer)["returning"] is returning


def test_unknown_fields_of_an_order_are_named_without_what_they_hold() -> None:
    page = read({"order": order(1, second_email="someone@customer.example")})

    assert page.aside == {"order.second_email": "not shown"}


def test_rules_say_what_they_take_off() -> None:
    page = read(
        {
            "price_rules": [
                shopify.rule(1),
                shopify.rule(2),
                shopify.rule(3) | {"target_type": "shipping_line"},
            ]
        }
    )

    found = [
        (line.values["kind"], line.values.get("share_off"), line.values.get("amount_off"))
        for line in page.lines
    ]
    assert found == [("percentage", 0.05, None), ("fixed", None, None), ("shipping", 0.15, None)]
    assert page.notes == [
        "What fixed discounts take off is unknown: these rules don't say the currency"
    ]


def test_a_walk_brings_orders_then_rules_in_the_shops_currency_then_their_codes() -> None:
    pages, _ = walked(Ask(Way.ORDERS, "", SERVER, NOW))

    tables = [sorted({line.table for line in page.lines}) for page in pages]
    assert (
        tables
        == [["orders"]] * 3
        + ([["discount_rules"]] + [["discount_codes"]] * 4 + [["discount_rules"]])
        + [["discount_codes"]] * 4
    )
    rules = {
        line.values["rule_id"]: line.values
        for page in pages
        for line in page.lines
        if line.table == "discount_rules"
    }
    assert (rules["902"]["amount_off"], rules["902"]["currency"]) == (1000, "EUR")
    codes = {
        (line.values["code"], line.values["rule_id"], line.values["usage_count"])
        for page in pages
        for line in page.lines
        if line.table == "discount_codes"
    }
    assert ("CLEO2", "902", 3) in codes
    assert len(codes) == 12


def test_a_later_sync_asks_for_what_changed_since() -> None:
    since = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    _, requests = walked(Ask(Way.ORDERS, "", SERVER, NOW, since=since))

    assert requests[0].params["updated_at_min"] == "2026-11-20T08:30:00+00:00"
    assert requests[0].params["status"] == "any"
    assert "email" not in requests[0].params["fields"]
    assert requests[1].params == {"limit": "250", "page_info": "at2"}


def test_discounts_are_left_out_where_they_were_not_granted() -> None:
    ask = Ask(Way.ORDERS, "", SERVER, NOW, granted=frozenset({"read_orders"}))
    pages, requests = walked(ask)

    assert all(request.url.endswith("/orders.json") for request in requests)
    assert "read_price_rules" in pages[-1].notes[0]


def test_a_token_that_does_not_cover_discounts_still_brings_orders() -> None:
    stub = shopify.stub()

    def fetch(request: Request) -> Reply:
        if "price_rules" in request.url:
            return told({"errors": "[API] This action requires merchant approval"}, request, 403)
        return stub.answer(INTERFACE.signed(request, TOKEN))

    ask = Ask(Way.ORDERS, "", SERVER, NOW)
    pages = list(INTERFACE.walk(fetch, ask, None))

    assert [len(page.lines) for page in pages] == [2, 1, 2, 0]
    assert "read_price_rules" in pages[-1].notes[0]


def test_a_list_that_points_at_itself_ends_in_a_failure() -> None:
    def fetch(request: Request) -> Reply:
        link = f'<{request.url}?page_info=at2>; rel="next"'
        return told({"orders": []}, request, link=link)

    with pytest.raises(Changed, match="again and again"):
        list(INTERFACE.walk(fetch, Ask(Way.ORDERS, "", SERVER, NOW), None))


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (401, {"errors": "[API] Invalid API key or access token"}, LoginExpired),
        (402, {"errors": "This shop is currently frozen"}, NotPermitted),
        (403, {"errors": "[API] This action requires merchant approval"}, NotPermitted),
        (423, {}, NotPermitted),
        (503, "busy", Unavailable),
        (200, [], NotUsed),
        (200, {"gift_card": {"id": 1}}, NotUsed),
        (200, {"orders": 5}, Changed),
        (200, 5, Changed),
    ],
)
def test_what_fails_says_how(status: int, body: Any, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        read(body, status)


def test_a_full_bucket_is_asked_again_when_it_has_room() -> None:
    with pytest.raises(Throttled) as caught:
        read({"errors": "Exceeded 2 calls per second"}, 429, retry_after="2.0")

    assert caught.value.after == 2.0


@pytest.mark.parametrize(
    ("used", "seconds"), [("39/40", None), ("40/40", 1.0), ("80/80", 1.0), ("full", None)]
)
def test_a_bucket_that_is_full_is_left_to_run_out(used: str, seconds: float | None) -> None:
    reply = told({"orders": []}, Request(SERVER), x_shopify_shop_api_call_limit=used)

    assert (is_spent(reply), wait_of(reply, now=NOW)) == (seconds is not None, seconds)


@pytest.mark.parametrize(
    "written",
    [
        "oak-and-pine",
        "Oak-And-Pine.myshopify.com",
        " https://oak-and-pine.myshopify.com/admin/orders ",
        "http://oak-and-pine.myshopify.com",
    ],
)
def test_a_shops_address_is_told_from_what_people_write(written: str) -> None:
    assert shop_address(written) == SERVER


@pytest.mark.parametrize(
    "written",
    [
        "",
        "https://oak-and-pine.example",
        "https://oak-and-pine.myshopify.com.example",
        "https://user@oak-and-pine.myshopify.com",
        "https://oak-and-pine.myshopify.com:8443",
        "https://a.b.myshopify.com",
        "https://[::1",
        "https://8.8.8.8",
    ],
)
def test_no_token_goes_to_another_address(written: str) -> None:
    with pytest.raises(NoShop):
        shop_address(written)


def test_an_inner_address_is_left_to_whoever_opens_connections() -> None:
    assert shop_address("http://127.0.0.1:8099/") == "http://127.0.0.1:8099"


@pytest.mark.parametrize(
    ("link", "mark"),
    [
        ('<https://a/b.json?limit=2&page_info=eyJ9>; rel="next"', "eyJ9"),
        ('<https://a/b.json?page_info=old>; rel="previous"', None),
        ('<https://a/b.json?page_info=x%0d>; rel="next"', None),
        ('<https://[/b.json?page_info=x>; rel="next"', None),
        ("", None),
    ],
)
def test_the_next_page_is_told_by_its_mark_alone(link: str, mark: str | None) -> None:
    assert next_page({"link": link}) == mark


def test_credentials_go_into_shopifys_own_header() -> None:
    assert INTERFACE.signed(Request(SERVER), TOKEN).headers == SIGNED
    assert TOKEN not in json.dumps(dict(INTERFACE.signed(Request(SERVER), TOKEN).params))
