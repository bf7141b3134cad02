"""Replies of Shopify's Admin interface, told apart by their first name."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from groundswell.connectors.adapters.networks import failures
from groundswell.connectors.adapters.networks.failures import Changed, Misasked, NotUsed
from groundswell.connectors.adapters.networks.fields import Fields, Odd, document, entries
from groundswell.connectors.adapters.networks.pages import Page, storable
from groundswell.connectors.adapters.networks.shopify import parsing
from groundswell.terms.exchange import ExchangeFailed, Reply

NAME = "Shopify"
_CLOSED = {402, 423}  # a shop that did not pay, or that Shopify locked
# What else a reply may hold, and why nothing of it is kept.
_ALONE = {
    "refund": "one refund does not say what was given back in all; orders bring their refunds",
    "checkout": "a checkout is no order; what comes of it is read with the orders",
    "customer": "people of a shop are not kept",
    "draft_order": "a draft is no order until the customer takes it",
    "transaction": "payments are read with the orders' refunds",
    "product": "products are not kept",
    "marketing_event": "marketing that others planned is not kept",
    "risk": "judgments of risk are not kept",
    "shop": "of the shop only the currency is used, when its discounts are read",
}


def checked(reply: Reply, *, now: datetime) -> dict[str, Any]:
    """The object that a reply holds.

    Raises:
        ExchangeFailed: When it says that something failed, or holds no object.
    """
    said = ""
    found: Any = None
    try:
        found = document(reply, of=NAME)
    except ExchangeFailed:
        if 200 <= reply.status < 300:
            raise
    if isinstance(found, dict) and found.get("errors"):
        said = _words(found["errors"])
    if reply.status in _CLOSED:
        raise failures.NotPermitted(
            f"{NAME} has closed the shop for now ({said or reply.status}): its owner must open it "
            "again, in its admin, before orders can be read"
        )
    failures.check(reply, of=NAME, now=now, said=said)
    if said:
        raise Misasked(f"{NAME} refused the request ({said})")
    if isinstance(found, list):
        raise NotUsed(f"{NAME} sent a bare list, of products or payments: orders have a name")
    if not isinstance(found, dict):
        raise Changed(f"{NAME} sent a {type(found).__name__} where an object was expected")
    return found


def read(reply: Reply, now: datetime) -> Page:
    """What a single reply says.

    Raises:
        ExchangeFailed: When it is an error, or holds nothing that is kept.
    """
    found = checked(reply, now=now)
    page = Page()
    takers: dict[str, Callable[[Page, Fields], object]] = {
        "order": parsing.take_order,
        "price_rule": lambda page, rule: parsing.take_rule(page, rule, None),
        "discount_code": parsing.take_code,
        "discount": parsing.take_old_discount,
    }
    for name, value in found.items():
        single = name.removesuffix("s")
        if single in takers:
            for one in listed(page, value, name):
                takers[single](page, one)
            if single == "price_rule" and any(
                line.values["kind"] == "fixed" for line in page.lines if "kind" in line.values
            ):
                page.notes.append(
                    "What fixed discounts take off is unknown: these rules don't say the currency"
                )
            return page
    for name in found:
        for known, reason in _ALONE.items():
            if known in name:
                raise NotUsed(f"{NAME} sent {storable(name[:80])}: {reason}")
    names = storable(", ".join(sorted(found))[:200]) or "nothing"
    raise NotUsed(f"{NAME} sent neither orders nor discounts, but {names}: nothing of it is kept")


def listed(page: Page, value: Any, name: str) -> list[Fields]:
    """The objects of a list, each once, or the only one.

    Raises:
        Changed: When it is neither.
    """
    if isinstance(value, dict):
        return [Fields(value, page, name)]
    if not isinstance(value, list):
        raise Changed(f"{NAME} sent a {type(value).__name__} as {name}, where a list was expected")
    once: dict[str, Fields] = {}
    for one in entries(value, page, name):
        try:
            mark = one.name("id") or one.path
        except Odd:
            mark = one.path  # noted as bad when it is taken
        once.setdefault(mark, one)
    return list(once.values())


def _words(errors: Any) -> str:
    """What Shopify says is wrong: a text, or texts by field."""
    if isinstance(errors, dict):
        errors = "; ".join(f"{name} {_words(value)}" for name, value in list(errors.items())[:5])
    if isinstance(errors, list):
        errors = ", ".join(_words(one) for one in errors[:5])
    text = str(errors)[:300]
    return "".join(c if c.isprintable() and not 0xD800 <= ord(c) < 0xE000 else " " for c in text)
