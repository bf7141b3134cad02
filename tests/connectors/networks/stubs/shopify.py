"""A shop of Shopify in memory: five orders and three discounts, two to a page."""

from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.connectors.adapters.networks.shopify.interface import VERSION
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

SERVER = "https://oak-and-pine.myshopify.com"
TOKEN = "shpat_0123456789abcdef"
_BASE = f"{SERVER}/admin/api/{VERSION}/"
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 2


def order(number: int, **more: Any) -> dict[str, Any]:
    """An order as the interface writes it."""
    return {
        "id": 7_000_000_000_000 + number,
        "created_at": f"2026-11-{number:02}T10:00:00+01:00",
        "processed_at": f"2026-11-{number:02}T10:00:00+01:00",
        "updated_at": f"2026-11-{number:02}T11:00:00+01:00",
        "currency": "EUR",
        "total_price": f"{number * 10}.95",
        "subtotal_price": f"{number * 10}.00",
        "total_discounts": "2.50",
        "total_shipping_price_set": {"shop_money": {"amount": "0.95", "currency_code": "EUR"}},
        "total_tax": "1.60",
        "refunds": [],
        "discount_codes": [{"code": "ANNA10", "amount": "2.50", "type": "percentage"}],
        "landing_site": "/tents?utm_source=instagram&utm_medium=creator&utm_campaign=autumn",
        "referring_site": "https://instagram.com/",
        "source_name": "web",
        "customer": {"id": 500 + number % 3, "email": "someone@customer.example"},
        "financial_status": "paid",
        "cancelled_at": None,
        "test": False,
    } | more


def rule(number: int) -> dict[str, Any]:
    """A discount as the interface writes it."""
    return {
        "id": 900 + number,
        "title": f"Autumn {number}",
        "target_type": "line_item",
        "value_type": "percentage" if number % 2 else "fixed_amount",
        "value": f"-{number * 5}.0",
        "once_per_customer": True,
        "usage_limit": None,
        "starts_at": "2026-10-01T00:00:00+02:00",
        "ends_at": None,
    }


_ORDERS = [order(number) for number in (1, 2, 3, 3, 4, 5)]
_RULES = [rule(number) for number in (1, 2, 2, 3)]
_CODES = {
    str(900 + number): [
        {"id": number * 10 + each, "code": f"{name}{number}", "usage_count": each}
        for each, name in enumerate(("ANNA", "BEN", "BEN", "CLEO"))
    ]
    for number in (1, 2, 3)
}


def stub() -> Stub:
    """The shop."""
    return Stub((Ask(Way.ORDERS, "", SERVER, _NOW),), TOKEN, _answer)


def _answer(request: Request) -> Reply:
    if request.headers.get("x-shopify-access-token") != TOKEN:
        return told({"errors": "[API] Invalid API key or access token"}, request, 401)
    path = request.url.removeprefix(_BASE).removesuffix(".json").split("/")
    match path:
        case ["shop"]:
            return told({"shop": {"currency": "EUR"}}, request)
        case ["orders"]:
            return _page("orders", _ORDERS, request)
        case ["price_rules"]:
            return _page("price_rules", _RULES, request)
        case ["price_rules", number, "discount_codes"] if number in _CODES:
            return _page("discount_codes", _CODES[number], request)
    return told({"errors": "Not Found"}, request, 404)


def _page(name: str, entries: list[dict[str, Any]], request: Request) -> Reply:
    mark = str(request.params.get("page_info", "at0"))
    if mark != "at0" and set(request.params) - {"page_info", "limit", "fields"}:
        return told({"errors": {"page_info": "Invalid value."}}, request, 400)
    start = int(mark.removeprefix("at"))
    found = {name: entries[start : start + _PAGE]}
    if start + _PAGE >= len(entries):
        return told(found, request)
    following = f"{request.url}?limit=250&page_info=at{start + _PAGE}"
    link = f'<{request.url}?page_info=at0>; rel="previous", <{following}>; rel="next"'
    return told(found, request, link=link)
