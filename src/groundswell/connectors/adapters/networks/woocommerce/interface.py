"""How a shop of WooCommerce is read: its orders first, then its coupons."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed
from groundswell.connectors.adapters.networks.network import Ask, Authority, Interface, Way
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.woocommerce import parsing, replies
from groundswell.connectors.adapters.networks.woocommerce.addresses import shop_address
from groundswell.terms.exchange import Fetch, Request, Spend
from groundswell.terms.networks import Network

_BASE = "/wp-json/wc/v3"
_MOST = "100"  # entries of a page


def orders(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Orders that changed since, then coupons that changed since."""
    shop = shop_address(ask.server) + _BASE
    at: Mapping[str, Any] | None = cursor or {"step": "orders", "page": 1}
    while at is not None:
        page = (
            _orders(fetch, ask, shop, at)
            if at["step"] == "orders"
            else (_coupons(fetch, ask, shop, at))
        )
        at = page.cursor
        yield page


def _orders(fetch: Fetch, ask: Ask, shop: str, at: Mapping[str, Any]) -> Page:
    page = Page()
    found, is_last = _listing(
        fetch, ask, f"{shop}/orders", at, status="any", _fields=parsing.ORDER_FIELDS
    )
    for order in replies.listed(page, found):
        if not parsing.is_draft(order):
            parsing.take_order(page, order)
    page.cursor = {"step": "coupons", "page": 1} if is_last else {**at, "page": at["page"] + 1}
    return page


def _coupons(fetch: Fetch, ask: Ask, shop: str, at: Mapping[str, Any]) -> Page:
    page = Page()
    found, is_last = _listing(fetch, ask, f"{shop}/coupons", at, _fields=parsing.COUPON_FIELDS)
    currency = at.get("currency") or (_currency(fetch, ask, shop) if found else None)
    for coupon in replies.listed(page, found):
        parsing.take_coupon(page, coupon, currency)
    if not is_last:
        page.cursor = {**at, "page": at["page"] + 1, "currency": currency}
    return page


def _listing(
    fetch: Fetch, ask: Ask, url: str, at: Mapping[str, Any], **params: str
) -> tuple[list[Any], bool]:
    """One page of a list, and whether it is the last.

    Listed by id, the order in which nothing moves: what changes meanwhile keeps its place.
    """
    query = {"per_page": _MOST, "page": str(at["page"]), "orderby": "id", "order": "asc", **params}
    if ask.since is not None:
        query |= {"modified_after": f"{ask.since:%Y-%m-%dT%H:%M:%S}", "dates_are_gmt": "true"}
    reply = fetch(Request(url, query))
    found = replies.checked(reply, now=ask.now)
    if not isinstance(found, list):
        raise Changed(f"{replies.NAME} sent a {type(found).__name__} where a list was expected")
    pages = reply.headers.get("x-wp-totalpages", "").strip()
    if not (pages.isascii() and pages.isdigit() and len(pages) <= 7):
        raise Changed(
            f"{replies.NAME} did not say how many pages there are (X-WP-TotalPages): something "
            "between the shop and here takes its headers away"
        )
    return found, not found or at["page"] >= int(pages)


def _currency(fetch: Fetch, ask: Ask, shop: str) -> str | None:
    """The shop's currency, which its coupons don't name."""
    page = Page()
    found = replies.checked(fetch(Request(f"{shop}/data/currencies/current")), now=ask.now)
    for said in replies.listed(page, found)[:1]:
        with page.item("currency"):
            return said.currency("code")
    return None


def _signed(request: Request, secret: str) -> Request:
    """With consumer key and secret, ``ck_...:cs_...``, in the Authorization header."""
    packed = base64.b64encode(secret.strip().encode()).decode()
    return request.with_headers(authorization=f"Basic {packed}")


def _expected(ask: Ask) -> tuple[Spend, ...]:
    """Nothing is counted: it is the shop's own server."""
    del ask
    return ()


INTERFACE = Interface(
    Network.WOOCOMMERCE,
    "WooCommerce",
    Authority.KEY,
    {Way.ORDERS: orders},
    replies.read,
    server="",
    signed=_signed,
    expected=_expected,
    help="docs/how-to/connect-woocommerce.md",
    address=shop_address,
)
