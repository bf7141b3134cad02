"""Replies of WooCommerce: orders, coupons, and errors by WordPress's codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import (
    Changed,
    LoginExpired,
    NotFound,
    NotPermitted,
    NotUsed,
)
from groundswell.connectors.adapters.networks.fields import Fields, document, entries
from groundswell.connectors.adapters.networks.pages import Page, storable
from groundswell.connectors.adapters.networks.woocommerce import parsing
from groundswell.terms.exchange import ExchangeFailed, Reply

NAME = "WooCommerce"
_READ = "make a key with the permission Read under WooCommerce, Settings, Advanced, REST API"
# WordPress answers 401 to a key that is sound and may not, as to one that is wrong.
_CODES: dict[str, tuple[type[ExchangeFailed], str]] = {
    "woocommerce_rest_cannot_view": (NotPermitted, f"the key may not read: {_READ}"),
    "woocommerce_rest_authentication_error": (LoginExpired, f"the key is not taken: {_READ}"),
    "rest_no_route": (
        NotFound,
        "no WooCommerce is at this address: check it, and that Permalinks in Settings isn't Plain",
    ),
}


def checked(reply: Reply, *, now: datetime) -> Any:
    """The document that a reply holds.

    Raises:
        ExchangeFailed: When it says that something failed.
    """
    found = document(reply, of=NAME, now=now)
    if isinstance(found, Mapping) and "code" in found and "message" in found:
        code, words = _shown(found["code"]), _shown(found["message"])
        if code in _CODES:
            kind, remedy = _CODES[code]
            raise kind(f"{NAME} did not answer ({words}): {remedy}")
        failures.check(reply, of=NAME, now=now, said=words)
        raise failures.Misasked(f"{NAME} refused the request ({words})")
    failures.check(reply, of=NAME, now=now)
    return found


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says.

    Raises:
        ExchangeFailed: When it is an error, or holds nothing that is kept.
    """
    page = Page()
    for one in listed(page, checked(reply, now=now)):
        if "discount_type" in one.values:
            parsing.take_coupon(page, one, None)
        elif "status" in one.values and "currency" in one.values:
            if not parsing.is_draft(one):
                parsing.take_order(page, one)
        else:
            names = storable(", ".join(sorted(one.values))[:200]) or "nothing"
            raise NotUsed(f"{NAME} sent neither orders nor coupons, but {names}: none is kept")
    if any(
        line.values.get("kind") == "fixed" and line.values.get("amount_off") is None
        for line in page.lines
    ):
        page.notes.append("What fixed coupons take off is unknown: they don't say the currency")
    if not page.lines:
        page.notes.append("No order was placed yet in what the shop sent.")
    return page


def listed(page: Page, found: Any) -> list[Fields]:
    """The objects of a list, each once, or the only one.

    Raises:
        Changed: When it is neither.
    """
    if isinstance(found, dict):
        return [Fields(found, page)]
    if not isinstance(found, list):
        raise Changed(f"{NAME} sent a {type(found).__name__} where a list was expected")
    once: dict[str, Fields] = {}
    for one in entries(found, page, ""):
        once.setdefault(str(one.values.get("id", one.path))[:300], one)
    return list(once.values())


def _shown(word: Any) -> str:
    return "".join(letter for letter in str(word)[:200] if letter.isprintable())
