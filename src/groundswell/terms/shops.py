"""What shops tell: their orders, and the discounts that codes stand for.

Rows belong to one shop, which whoever stores them knows. They are no observations of creators:
they live in PostgreSQL, and no file is imported as one.
"""

from groundswell.terms.tables import TABLES, Table, columns_of

ORDERS = Table(
    "orders",
    ("order_id",),
    columns_of(
        """
        order_id       name     the shop's own id
        placed_at      moment   when the customer ordered
        updated_at     moment   when the shop last changed anything of it; a later state replaces it
        currency       currency ISO 4217, of all its amounts
        total          amount   what the customer paid or owes, with shipping and tax
        subtotal       amount   price of the goods after discounts
        discount       amount   what discounts took off
        shipping       amount   price of the delivery
        tax            amount   taxes in all
        refunded       amount   what was given back so far; zero when nothing was
        codes          list     discount codes that were used, as the customer wrote them
        landing_site   text     first address of the shop that the customer opened
        referring_site text     address from which the customer came
        source_name    text     where the shop says that the order came from, such as web or pos
        utm_source     text     campaign parameter, of the landing site
        utm_medium     text     campaign parameter, of the landing site
        utm_campaign   text     campaign parameter, of the landing site
        utm_content    text     campaign parameter, of the landing site
        customer       name     who ordered, as a keyed hash
        returning      flag     whether the customer had ordered there before
        status         text     the shop's word for the state of the payment
        cancelled_at   moment   when it was cancelled
        test           flag     whether it was placed to try the shop
        """
    ),
    "Orders of one shop.",
)
DISCOUNT_RULES = Table(
    "discount_rules",
    ("rule_id",),
    columns_of(
        """
        rule_id      name     the shop's own id
        title        text     how the shop calls it
        kind         text     percentage, fixed or shipping
        share_off    share    part of the price that it takes off
        amount_off   amount   money that it takes off
        currency     currency ISO 4217, of the amount
        starts_at    moment   from when it holds
        ends_at      moment   until when it holds; unknown or without end when missing
        usage_limit  count    how often it may be used; without limit when missing
        once_each    flag     whether a customer may use it only once
        """
    ),
    "What a shop's discounts take off.",
)
DISCOUNT_CODES = Table(
    "discount_codes",
    ("code",),
    columns_of(
        """
        code         name     what a customer writes
        rule_id      name     which discount it stands for
        usage_count  count    how often it was used, as the shop counts
        created_at   moment   when it was made
        updated_at   moment   when it was last changed
        """
    ),
    "Codes that stand for a shop's discounts.",
)

SHOP_TABLES = {table.name: table for table in (ORDERS, DISCOUNT_RULES, DISCOUNT_CODES)}
ALL_TABLES = TABLES | SHOP_TABLES
