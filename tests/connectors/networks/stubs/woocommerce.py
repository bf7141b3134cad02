"""A shop of WooCommerce in memory: five orders and three coupons, two to a page."""

import base64
from datetime import UTC, datetime
from typing import Any

from groundswell.connectors.adapters.networks.network import Ask, Way
from groundswell.terms.exchange import Reply, Request
from tests.connectors.networks.stubs import Stub, told

SERVER = "https://tents.example"
KEY = "ck_0123456789:cs_9876543210"
_BASE = f"{SERVER}/wp-json/wc/v3/"
_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_PAGE = 2


def order(number: int, **more: Any) -> dict[str, Any]:
    """An order as the interface writes it."""
    return {
        "id": 700 + number,
        "status": "completed",
        "currency": "EUR",
        "date_created_gmt": f"2026-11-{number:02}T09:00:00",
        "date_modified_gmt": f"2026-11-{number:02}T10:00:00",
        "discount_total": "2.50",
        "shipping_total": "0.95",
        "total": f"{number * 10}.95",
        "total_tax": "1.60",
        "customer_id": 0,
        "created_via": "checkout",
        "billing": {"email": f"Buyer{number}@customer.example"},
        "coupon_lines": [{"id": 1, "code": "anna10", "discount": "2.5"}],
        "refunds": [],
        "line_items": [
            {"id": 1, "name": "Tent", "total": "20.003000"},
            {"id": 2, "name": "Rope", "total": "9.997000"},
        ],
        "meta_data": [
            {"id": 1, "key": "_wc_order_attribution_source_type", "value": "utm"},
            {"id": 2, "key": "_wc_order_attribution_utm_source", "value": "instagram"},
            {"id": 3, "key": "_wc_order_attribution_utm_campaign", "value": "autumn"},
            {"id": 4, "key": "_wc_order_attribution_session_entry", "value": f"{SERVER}/tents"},
            {"id": 5, "key": "_wc_order_attribution_referrer", "value": "https://instagram.com/"},
        ],
    } | more


def coupon(number: int, **more: Any) -> dict[str, Any]:
    """A coupon as the interface writes it."""
    return {
        "id": 900 + number,
        "code": f"anna{number}",
        "amount": f"{number * 5}.00",
        "discount_type": "percent" if number % 2 else "fixed_cart",
        "date_created_gmt": "2026-10-01T00:00:00",
        "date_modified_gmt": "2026-10-02T00:00:00",
        "date_expires_gmt": None,
        "usage_count": number,
        "usage_limit": None,
        "usage_limit_per_user": 1,
        "free_shipping": False,
        "description": "",
    } | more


_ORDERS = [order(number) for number in (1, 2, 3, 3, 4, 5)]
_COUPONS = [coupon(number) for number in (1, 2, 2, 3)]


def stub() -> Stub:
    """The shop."""
    return Stub((Ask(Way.ORDERS, "", SERVER, _NOW),), KEY, _answer)


def failed(request: Request, status: int, code: str, message: str) -> Reply:
    """An error as WordPress sends it."""
    return told({"code": code, "message": message, "data": {"status": status}}, request, status)


def _answer(request: Request) -> Reply:
    basic = base64.b64encode(KEY.encode()).decode()
    if request.headers.get("authorization") != f"Basic {basic}":
        code = "woocommerce_rest_authentication_error"
        return failed(request, 401, code, "Consumer key is invalid.")
    match request.url.removeprefix(_BASE):
        case "orders":
            return _page(_ORDERS, request)
        case "coupons":
            return _page(_COUPONS, request)
        case "data/currencies/current":
            return told({"code": "EUR", "name": "Euro", "symbol": "&euro;"}, request)
    return failed(request, 404, "rest_no_route", "No route was found.")


def _page(entries: list[dict[str, Any]], request: Request) -> Reply:
    start = (int(str(request.params["page"])) - 1) * _PAGE
    pages = str(-(-len(entries) // _PAGE))
    return told(entries[start : start + _PAGE], request, x_wp_totalpages=pages)
