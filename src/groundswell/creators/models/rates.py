"""What a creator asks for one piece."""

from django.db import models
from django.db.models import Q

from groundswell.creators.choices import FORMATS, SOURCES
from groundswell.workspaces import tenancy


class RateCard(tenancy.WorkspaceModel):
    """The price of one piece of a format from a day on, until a later price takes its place."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    format = models.CharField(max_length=16, choices=FORMATS)
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=32, choices=SOURCES)
    valid_from = models.DateField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(
                fields=["workspace", "account", "format", "valid_from"], name="one_price_a_day"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="rate_currency_is_iso_4217"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} of {self.account_id} from {self.valid_from}"
