"""Reads of what shops told."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from groundswell.connectors.models import DiscountCode, DiscountRule, Order
from groundswell.connectors.models.shops import folded


def orders(*, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Order]:
    """Orders of all shops, the last placed first; ``until`` is no more among them."""
    found = Order.objects.order_by("-placed_at", "-id")
    if since is not None:
        found = found.filter(placed_at__gte=since)
    return found if until is None else found.filter(placed_at__lt=until)


def orders_by_code(
    code: str, *, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Order]:
    """Orders in which a discount code was used, however the customer wrote it."""
    return orders(since=since, until=until).filter(codes_folded__contains=[folded(code)])


def codes() -> list[dict[str, Any]]:
    """Discount codes of all shops, each with what it takes off where that is known."""
    rules = {(rule.network, rule.shop, rule.rule_id): rule for rule in DiscountRule.objects.all()}
    return [
        _code_as_json(code, rules.get((code.network, code.shop, code.rule_id or "")))
        for code in DiscountCode.objects.order_by("shop", "code")
    ]


def order_as_json(order: Order) -> dict[str, Any]:
    """One order, for programs."""
    return {
        "network": order.network,
        "shop": order.shop,
        "order": order.order_id,
        "placed_at": _told(order.placed_at),
        "currency": order.currency,
        "total_minor": order.total_minor,
        "subtotal_minor": order.subtotal_minor,
        "discount_minor": order.discount_minor,
        "shipping_minor": order.shipping_minor,
        "tax_minor": order.tax_minor,
        "refunded_minor": order.refunded_minor,
        "codes": order.codes or [],
        "landing_site": order.landing_site,
        "referring_site": order.referring_site,
        "source_name": order.source_name,
        "utm_source": order.utm_source,
        "utm_medium": order.utm_medium,
        "utm_campaign": order.utm_campaign,
        "utm_content": order.utm_content,
        "customer": order.customer,
        "returning": order.returning,
        "status": order.status,
        "cancelled_at": _told(order.cancelled_at),
        "test": order.test,
    }


def _code_as_json(code: DiscountCode, rule: DiscountRule | None) -> dict[str, Any]:
    return {
        "network": code.network,
        "shop": code.shop,
        "code": code.code,
        "usage_count": code.usage_count,
        "title": rule and rule.title,
        "kind": rule and rule.kind,
        "share_off": rule and rule.share_off,
        "amount_off_minor": rule and rule.amount_off_minor,
        "currency": rule and rule.currency,
        "starts_at": rule and _told(rule.starts_at),
        "ends_at": rule and _told(rule.ends_at),
        "usage_limit": rule and rule.usage_limit,
    }


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
