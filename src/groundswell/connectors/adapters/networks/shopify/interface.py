"""How a shop of Shopify is read: its orders first, then its discounts and their codes."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from groundswell.connectors.adapters.networks.failures import Changed, NotPermitted
from groundswell.connectors.adapters.networks.network import (
    Ask,
    Authority,
    Interface,
    OAuth,
    Scope,
    Way,
)
from groundswell.connectors.adapters.networks.pages import Page
from groundswell.connectors.adapters.networks.shopify import parsing, replies
from groundswell.connectors.adapters.networks.shopify.addresses import next_page, shop_address
from groundswell.terms.exchange import Fetch, Reply, Request, Spend
from groundswell.terms.networks import Network

VERSION = "2026-10"  # a quarter's version answers for a year; the next ones are checked with it
_MOST = "250"  # entries of a page
_NO_CODES = (
    "Discounts and their codes were left out: allow read_price_rules to have them. Orders name the "
    "codes that were used all the same."
)


def orders(fetch: Fetch, ask: Ask, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Orders that changed since, then discounts that changed since, with the codes of each."""
    shop = _Shop(fetch, ask)
    at: Mapping[str, Any] | None = cursor or {"step": "orders"}
    while at is not None:
        page = _STEPS[at["step"]](shop, at)
        at = page.cursor
        yield page


class _Shop:
    """One shop, asked within its own address."""

    def __init__(self, fetch: Fetch, ask: Ask) -> None:
        self.fetch = fetch
        self.ask = ask
        self.base = f"{shop_address(ask.server)}/admin/api/{VERSION}"

    def get(self, path: str, **params: str) -> tuple[dict[str, Any], Reply]:
        reply = self.fetch(Request(f"{self.base}/{path}.json", params))
        return replies.checked(reply, now=self.ask.now), reply

    def listing(
        self, name: str, path: str, mark: str | None, **params: str
    ) -> tuple[list[Any], Page, str | None]:
        """One page of a list: its entries, a page for their rows, and the mark of the next."""
        # Behind the first page, the mark alone says what is listed.
        query = {"page_info": mark} if mark else params
        found, reply = self.get(path, limit=_MOST, **query)
        if name not in found:
            raise Changed(f"{replies.NAME} sent no {name} where they were asked for")
        page = Page()
        following = next_page(reply.headers)
        if following is not None and following == mark:
            raise Changed(f"{replies.NAME} sends the same page of {name} again and again")
        return replies.listed(page, found[name], name), page, following

    def since(self) -> dict[str, str]:
        if self.ask.since is None:
            return {}
        return {"updated_at_min": self.ask.since.isoformat(timespec="seconds")}


def _orders(shop: _Shop, at: Mapping[str, Any]) -> Page:
    found, page, mark = shop.listing(
        "orders",
        "orders",
        at.get("mark"),
        status="any",
        fields=parsing.ORDER_FIELDS,
        **shop.since(),
    )
    for order in found:
        parsing.take_order(page, order)
    if mark:
        page.cursor = {"step": "orders", "mark": mark}
    elif _allows_discounts(shop.ask):
        page.cursor = {"step": "rules"}
    else:
        page.notes.append(_NO_CODES)
    return page


def _rules(shop: _Shop, at: Mapping[str, Any]) -> Page:
    try:
        found, page, mark = shop.listing(
            "price_rules", "price_rules", at.get("mark"), **shop.since()
        )
        currency = at.get("currency") or (_currency(shop) if found else None)
    except NotPermitted:  # a token made by hand says nothing of what it covers
        return Page(notes=[_NO_CODES])
    for rule in found:
        parsing.take_rule(page, rule, currency)
    page.cursor = _after_rules([line.values["rule_id"] for line in page.lines], mark, currency)
    return page


def _codes(shop: _Shop, at: Mapping[str, Any]) -> Page:
    rule, *left = at["left"]
    path = f"price_rules/{rule}/discount_codes"
    found, page, mark = shop.listing("discount_codes", path, at.get("mark"))
    for code in found:
        parsing.take_code(page, code, rule)
    if mark:
        page.cursor = {**at, "mark": mark}
    else:
        page.cursor = _after_rules(left, at.get("rules"), at.get("currency"))
    return page


_STEPS = {"orders": _orders, "rules": _rules, "codes": _codes}


def _after_rules(left: list[str], mark: str | None, currency: str | None) -> dict[str, Any] | None:
    """Where to go on: at the codes of the rules that are left, else at the next page of rules."""
    if left:
        return {"step": "codes", "left": left, "rules": mark, "currency": currency}
    return {"step": "rules", "mark": mark, "currency": currency} if mark else None


def _currency(shop: _Shop) -> str | None:
    page = Page()
    found, _ = shop.get("shop", fields="currency")
    for of_shop in replies.listed(page, found.get("shop", {}), "shop"):
        with page.item("shop"):
            return of_shop.currency("currency")
    return None


def _allows_discounts(ask: Ask) -> bool:
    """Whether discounts may be read, as far as that is known."""
    return not ask.granted or bool({"read_price_rules", "write_price_rules"} & ask.granted)


def _signed(request: Request, secret: str) -> Request:
    return request.with_headers(x_shopify_access_token=secret)


def _expected(ask: Ask) -> tuple[Spend, ...]:
    """Nothing is counted: a shop's bucket fills again by itself, and a full one says so."""
    del ask
    return ()


INTERFACE = Interface(
    Network.SHOPIFY,
    "Shopify",
    Authority.KEY,
    {Way.ORDERS: orders},
    replies.read,
    server="",
    signed=_signed,
    expected=_expected,
    oauth=OAuth(
        "{server}/admin/oauth/authorize",
        "{server}/admin/oauth/access_token",
        (
            Scope(
                "read_orders",
                "Orders of the last 60 days: amounts, discount codes, refunds, and the address "
                "from which the customer came. Nothing is ordered, changed or refunded.",
            ),
            Scope(
                "read_price_rules",
                "Discounts, their codes, and how often each was used.",
                is_needed=False,
            ),
            Scope(
                "read_customers",
                "Which orders are of the same customer, kept as a code that can't be read back.",
                is_needed=False,
            ),
        ),
        scope_mark=",",
    ),
    deletes_within=timedelta(days=2),  # shop/redact comes 48 hours after the app was removed
    help="docs/how-to/connect-shopify.md",
    address=shop_address,
)
