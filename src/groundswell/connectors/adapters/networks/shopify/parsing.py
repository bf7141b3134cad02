"""Orders and discounts as Shopify's Admin interface writes them."""

from decimal import Decimal

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.orders import campaign
from groundswell.connectors.adapters.networks.pages import Page

# What is asked for of an order: nobody's name, address or payment.
_WANTED = (
    "id created_at processed_at updated_at currency total_price subtotal_price total_discounts "
    "total_shipping_price_set total_tax refunds discount_codes landing_site referring_site "
    "source_name customer financial_status cancelled_at test"
)
ORDER_FIELDS = _WANTED.replace(" ", ",")
_PRIVATE = (
    "admin_graphql_api_id app_id billing_address browser_ip buyer_accepts_marketing cancel_reason "
    "cart_token checkout_id checkout_token client_details closed_at company confirmation_number "
    "confirmed contact_email current_shipping_price_set current_subtotal_price "
    "current_subtotal_price_set current_total_additional_fees_set current_total_discounts "
    "current_total_discounts_set current_total_duties_set current_total_price "
    "current_total_price_set current_total_tax current_total_tax_set customer_locale device_id "
    "discount_applications duties_included email estimated_taxes fulfillment_status fulfillments "
    "gateway landing_site_ref line_items location_id merchant_business_entity_id "
    "merchant_of_record_app_id name note note_attributes number order_number order_status_url "
    "original_total_additional_fees_set original_total_duties_set payment_details "
    "payment_gateway_names payment_terms phone po_number presentment_currency processing_method "
    "reference returns shipping_address source source_identifier source_url subtotal_price_set "
    "tags tax_exempt tax_lines taxes_included token total_cash_rounding_payment_adjustment_set "
    "total_cash_rounding_refund_adjustment_set total_discounts_set total_line_items_price "
    "total_line_items_price_set total_outstanding total_price_set total_price_usd "
    "total_tax_set total_tip_received total_weight user_id"
)
_OF_A_RULE = (
    "admin_graphql_api_id allocation_limit allocation_method created_at customer_segment_"
    "prerequisite_ids customer_selection entitled_collection_ids entitled_country_ids "
    "entitled_product_ids entitled_variant_ids prerequisite_collection_ids "
    "prerequisite_customer_ids prerequisite_product_ids prerequisite_quantity_range "
    "prerequisite_saved_search_ids prerequisite_shipping_price_range "
    "prerequisite_subtotal_range prerequisite_to_entitlement_purchase "
    "prerequisite_to_entitlement_quantity_ratio prerequisite_variant_ids target_selection "
    "updated_at"
)


def take_order(page: Page, order: Fields) -> None:
    """Add an order."""
    with page.item(order.path) as item:
        currency = order.needed("currency", order.currency("currency"))
        landing_site = order.text("landing_site")
        customer = order.object("customer")
        order_id = order.needed("id", order.name("id"))
        created_at = order.moment("created_at")
        item.add(
            "orders",
            order_id=order_id,
            placed_at=order.moment("processed_at") or created_at,
            updated_at=order.moment("updated_at"),
            currency=currency,
            total=order.amount("total_price", currency),
            subtotal=order.amount("subtotal_price", currency),
            discount=order.amount("total_discounts", currency),
            shipping=_shipping(order, currency),
            tax=order.amount("total_tax", currency),
            refunded=_refunded(order, currency),
            codes=_codes(order),
            landing_site=landing_site,
            referring_site=order.text("referring_site"),
            source_name=order.text("source_name"),
            **campaign(landing_site),
            customer=customer.name("id") if customer else None,
            returning=_returning(customer, order_id) if customer else None,
            status=order.text("financial_status"),
            cancelled_at=order.moment("cancelled_at"),
            test=order.flag("test"),
        )
        order.know(*_PRIVATE.split())
        order.rest(private=True)


def take_rule(page: Page, rule: Fields, currency: str | None) -> None:
    """Add what a discount takes off."""
    with page.item(rule.path) as item:
        rule_id = rule.needed("id", rule.name("id"))
        kind = _kind(rule.text("value_type"), is_shipping=rule.text("target_type") != "line_item")
        item.add(
            "discount_rules",
            rule_id=rule_id,
            title=rule.text("title"),
            kind=kind,
            **_off(rule, kind, currency),
            starts_at=rule.moment("starts_at"),
            ends_at=rule.moment("ends_at"),
            usage_limit=rule.count("usage_limit"),
            once_each=rule.flag("once_per_customer"),
        )
        rule.know("value", *_OF_A_RULE.split())
        rule.rest()


def take_code(page: Page, code: Fields, rule_id: str | None = None) -> None:
    """Add a code of a discount."""
    with page.item(code.path) as item:
        item.add(
            "discount_codes",
            code=code.needed("code", code.name("code")),
            rule_id=code.name("price_rule_id") or rule_id,
            usage_count=code.count("usage_count"),
            created_at=code.moment("created_at"),
            updated_at=code.moment("updated_at"),
        )
        code.know("id", "errors")
        code.rest()


def take_old_discount(page: Page, discount: Fields) -> None:
    """Add a discount of the older interface, which is a rule with its only code."""
    with page.item(discount.path) as item:
        rule_id = discount.needed("id", discount.name("id"))
        word = discount.text("discount_type")
        kind = _kind(word, is_shipping=word == "shipping")
        item.add(
            "discount_rules",
            rule_id=rule_id,
            kind=kind,
            **_off(discount, kind, None),
            starts_at=discount.moment("starts_at"),
            ends_at=discount.moment("ends_at"),
            usage_limit=discount.count("usage_limit"),
        )
        item.add(
            "discount_codes",
            code=discount.needed("code", discount.name("code")),
            rule_id=rule_id,
            usage_count=discount.count("times_used"),
        )
        discount.know("value", "status", "minimum_order_amount", "applies_to_id", "applies_once")
        discount.know("applies_to_resource")
        discount.rest()


def _shipping(order: Fields, currency: str) -> int | None:
    both = order.object("total_shipping_price_set")
    of_shop = both.object("shop_money") if both else None
    if of_shop is not None:
        return of_shop.amount("amount", currency)
    if order.raw("shipping_lines") is None:
        return None
    lines = {
        line.name("id") or str(line.values): line.amount("price", currency)
        for line in order.objects("shipping_lines")
    }
    return sum(price for price in lines.values() if price is not None)


def _refunded(order: Fields, currency: str) -> int | None:
    """What was given back so far; None when that isn't said, or was in another currency."""
    if order.raw("refunds") is None:
        return None
    paid: dict[str, int | None] = {}
    for refund in order.objects("refunds"):
        for one in refund.objects("transactions"):
            if one.text("kind") != "refund" or one.text("status") != "success":
                continue
            if (one.currency("currency") or currency) != currency:
                return None
            paid[one.needed("id", one.name("id"))] = one.amount("amount", currency)
    if None in paid.values():
        return None
    return sum(amount for amount in paid.values() if amount is not None)


def _codes(order: Fields) -> list[str] | None:
    found = [code.name("code") for code in order.objects("discount_codes")]
    return list(dict.fromkeys(code for code in found if code)) or None


def _returning(customer: Fields, order_id: str) -> bool | None:
    """Whether the customer came back: known for the only order of somebody, and for the last.

    The count is of the moment of reading, so an early order of a faithful customer can't say.
    """
    orders = customer.count("orders_count")
    if orders == 1:
        return False
    if orders and customer.name("last_order_id") == order_id:
        return True
    return None


def _kind(word: str | None, *, is_shipping: bool) -> str | None:
    if is_shipping:
        return "shipping"
    return {"percentage": "percentage", "fixed_amount": "fixed"}.get(word or "")


def _off(rule: Fields, kind: str | None, currency: str | None) -> dict[str, float | int | str]:
    """What is taken off; a fixed amount stays unknown while the shop's currency is."""
    value = rule.number("value")
    if value is None:
        return {}
    if rule.values.get("value_type", rule.values.get("discount_type")) == "percentage":
        share = abs(Decimal(str(rule.raw("value")))) / 100
        if share > 1:
            raise Odd(rule.where("value"), value, "takes off more than all")
        return {"share_off": float(share)}
    off = rule.amount("value", currency, owed=True) if kind == "fixed" else None
    return {} if off is None or currency is None else {"amount_off": off, "currency": currency}
