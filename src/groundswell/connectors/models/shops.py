"""What shops told: their orders, and the discounts that codes stand for.

Rows are known by the shop itself, its network and address: a shop that is disconnected and
connected again goes on where it was.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from groundswell.connectors.choices import NETWORKS
from groundswell.workspaces import tenancy


def folded(code: str) -> str:
    """A discount code as shops compare it: without regard to case."""
    return code.strip().casefold()


class _OfShop(tenancy.WorkspaceModel):
    network = models.CharField(max_length=20, choices=NETWORKS)
    shop = models.CharField(max_length=255)  # its address
    read_at = models.DateTimeField()  # when it was last read as it stands here

    class Meta(tenancy.WorkspaceModel.Meta):
        abstract = True


class Order(_OfShop):
    """One order, as its shop last told it; see ``terms.shops.ORDERS``. Amounts are minor units."""

    order_id = models.CharField(max_length=255)
    placed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3, null=True)
    total_minor = models.BigIntegerField(null=True)
    subtotal_minor = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(null=True)
    shipping_minor = models.BigIntegerField(null=True)
    tax_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField(null=True)
    codes = ArrayField(models.TextField(), null=True)  # as customers wrote them
    codes_folded = ArrayField(models.TextField(), default=list)  # as they are looked up
    landing_site = models.TextField(null=True)
    referring_site = models.TextField(null=True)
    source_name = models.TextField(null=True)
    utm_source = models.TextField(null=True)
    utm_medium = models.TextField(null=True)
    utm_campaign = models.TextField(null=True)
    utm_content = models.TextField(null=True)
    customer = models.CharField(max_length=64, null=True)  # a keyed hash
    returning = models.BooleanField(null=True)
    status = models.TextField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    test = models.BooleanField(null=True)

    class Meta(_OfShop.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "network", "shop", "order_id"], name="order_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "placed_at"], name="order_by_time")]

    def __str__(self) -> str:
        return f"{self.order_id} at {self.shop}"


class DiscountRule(_OfShop):
    """What a discount takes off; see ``terms.shops.DISCOUNT_RULES``."""

    rule_id = models.CharField(max_length=255)
    title = models.TextField(null=True)
    kind = models.CharField(max_length=20, null=True)
    share_off = models.FloatField(null=True)
    amount_off_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    usage_limit = models.BigIntegerField(null=True)
    once_each = models.BooleanField(null=True)

    class Meta(_OfShop.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "network", "shop", "rule_id"], name="discount_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.rule_id} at {self.shop}"


class DiscountCode(_OfShop):
    """A code of a discount; see ``terms.shops.DISCOUNT_CODES``."""

    code = models.CharField(max_length=255)
    rule_id = models.CharField(max_length=255, null=True)  # a rule of the same shop, if it was read
    usage_count = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    class Meta(_OfShop.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "network", "shop", "code"], name="discount_code_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} at {self.shop}"
