"""Orders and coupons as WooCommerce writes them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.orders import campaign
from groundswell.connectors.adapters.networks.pages import Page

# What is asked for: of the buyer the address alone, which becomes a hash before it is kept.
ORDER_FIELDS = (
    "id,status,currency,date_created_gmt,date_modified_gmt,discount_total,shipping_total,total,"
    "total_tax,customer_id,created_via,billing.email,coupon_lines,refunds,line_items,meta_data"
)
COUPON_FIELDS = (
    "id,code,amount,discount_type,date_created_gmt,date_modified_gmt,date_expires_gmt,usage_count,"
    "usage_limit,usage_limit_per_user,free_shipping,description"
)
_DRAFTS = ("checkout-draft", "auto-draft", "trash")
_ATTRIBUTION = "_wc_order_attribution_"
_PRIVATE = (
    "parent_id number order_key version currency_symbol date_created date_modified discount_tax "
    "shipping_tax cart_tax prices_include_tax customer_ip_address customer_user_agent "
    "customer_note shipping payment_method payment_method_title transaction_id date_paid "
    "date_paid_gmt date_completed date_completed_gmt cart_hash tax_lines shipping_lines fee_lines "
    "set_paid is_editable needs_payment needs_processing payment_url _links meta_data billing "
    "line_items store_credit_used"
)
_OF_A_COUPON = (
    "date_created date_modified date_expires individual_use product_ids excluded_product_ids "
    "limit_usage_to_x_items product_categories excluded_product_categories exclude_sale_items "
    "minimum_amount maximum_amount email_restrictions used_by meta_data status _links"
)


def is_draft(order: Fields) -> bool:
    """Whether nobody has ordered yet, or the order was thrown away."""
    return order.values.get("status") in _DRAFTS


def take_order(page: Page, order: Fields) -> None:
    """Add an order."""
    with page.item(order.path) as item:
        currency = order.needed("currency", order.currency("currency"))
        status = order.text("status")
        updated_at = order.moment("date_modified_gmt")
        told = _attribution(order)
        landing_site = told.get("session_entry")
        item.add(
            "orders",
            order_id=order.needed("id", order.name("id")),
            placed_at=order.moment("date_created_gmt"),
            updated_at=updated_at,
            currency=currency,
            total=order.amount("total", currency),
            subtotal=_subtotal(order, currency),
            discount=order.amount("discount_total", currency),
            shipping=order.amount("shipping_total", currency),
            tax=order.amount("total_tax", currency),
            refunded=_refunded(order, currency),
            codes=_codes(order),
            landing_site=landing_site,
            referring_site=told.get("referrer"),
            source_name=told.get("source_type") or order.text("created_via"),
            **(_utm(told) or campaign(landing_site)),
            customer=_customer(order),
            status=status,
            # The shop notes no moment of its own for it.
            cancelled_at=updated_at if status == "cancelled" else None,
        )
        order.know("created_via", *_PRIVATE.split())
        order.rest(private=True)


def take_coupon(page: Page, coupon: Fields, currency: str | None) -> None:
    """Add a coupon: a rule with its only code."""
    with page.item(coupon.path) as item:
        rule_id = coupon.needed("id", coupon.name("id"))
        created_at = coupon.moment("date_created_gmt")
        kind, off = _off(coupon, currency)
        item.add(
            "discount_rules",
            rule_id=rule_id,
            title=coupon.text("description"),
            kind=kind,
            **off,
            starts_at=created_at,
            ends_at=coupon.moment("date_expires_gmt"),
            usage_limit=coupon.count("usage_limit"),
            once_each=_once_each(coupon),
        )
        item.add(
            "discount_codes",
            code=coupon.needed("code", coupon.name("code")),
            rule_id=rule_id,
            usage_count=coupon.count("usage_count"),
            created_at=created_at,
            updated_at=coupon.moment("date_modified_gmt"),
        )
        coupon.know("amount", *_OF_A_COUPON.split())
        coupon.rest(private=True)


def _subtotal(order: Fields, currency: str) -> int | None:
    """Price of the goods after discounts; lines have more decimals than the currency."""
    if order.raw("line_items") is None:
        return None
    total = Decimal(0)
    for line in _once(order.objects("line_items")):
        written = line.raw("total")
        try:
            total += Decimal(str(written))
        except InvalidOperation:
            raise Odd(line.where("total"), written, "is no amount of money") from None
    if not total.is_finite() or not 0 <= total < 10**15:
        raise Odd(order.where("line_items"), total, "add up to no amount of money")
    rounded = Fields({"total": f"{total.quantize(Decimal('0.01')):f}"}, order.page)
    try:
        return rounded.amount("total", currency)
    except Odd:
        return None  # a currency without cents, whose lines don't add up to whole units


def _refunded(order: Fields, currency: str) -> int | None:
    if order.raw("refunds") is None:
        return None
    refunds = [one.amount("total", currency, owed=True) for one in _once(order.objects("refunds"))]
    return sum(amount for amount in refunds if amount is not None)


def _codes(order: Fields) -> list[str] | None:
    found = [line.name("code") for line in order.objects("coupon_lines")]
    return list(dict.fromkeys(code for code in found if code)) or None


def _customer(order: Fields) -> str | None:
    """Who ordered: the e-mail address, also of guests; it is hashed before it is kept."""
    try:
        billing = order.object("billing")
        email = (billing.name("email") if billing else None) or ""
    except Odd:
        email = ""  # whatever stands there may be somebody's, and is shown nowhere
    number = order.name("customer_id")
    return email.strip().casefold() or (f"customer {number}" if number not in {None, "0"} else None)


def _attribution(order: Fields) -> dict[str, str]:
    """What the shop knows of where the customer came from."""
    found: dict[str, str] = {}
    for entry in order.objects("meta_data"):
        key, value = entry.values.get("key"), entry.values.get("value")
        if isinstance(key, str) and key.startswith(_ATTRIBUTION) and isinstance(value, str):
            text = value.strip().replace("\0", "").encode(errors="replace").decode()[:4096]
            if text and not text.startswith("("):  # (direct), (none)
                found[key.removeprefix(_ATTRIBUTION)] = text
    return found


def _utm(told: dict[str, str]) -> dict[str, str]:
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
    return {name: told[name] for name in names if name in told}


def _once_each(coupon: Fields) -> bool | None:
    limit = coupon.count("usage_limit_per_user")
    return limit == 1 if "usage_limit_per_user" in coupon.values else None


def _off(coupon: Fields, currency: str | None) -> tuple[str | None, dict[str, Any]]:
    word = coupon.text("discount_type") or ""
    amount = coupon.number("amount")
    if coupon.flag("free_shipping") and not amount:
        return "shipping", {}
    if word == "percent":
        if amount is None:
            return "percentage", {}
        share = Decimal(str(coupon.raw("amount"))) / 100
        if not 0 <= share <= 1:
            raise Odd(coupon.where("amount"), amount, "takes off more than all, or less than none")
        return "percentage", {"share_off": float(share)}
    if not word.startswith("fixed"):
        return None, {}
    minor = coupon.amount("amount", currency)
    return "fixed", {} if minor is None else {"amount_off": minor, "currency": currency}


def _once(entries: list[Fields]) -> list[Fields]:
    return list({str(entry.values.get("id", entry.path)): entry for entry in entries}.values())
