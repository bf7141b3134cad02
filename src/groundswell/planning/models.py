"""Plans, as they were proposed."""

from django.db import models
from django.db.models import F, Q

from groundswell.creators.choices import FORMATS
from groundswell.terms.objectives import Layer, Objective
from groundswell.workspaces import tenancy


class Plan(tenancy.WorkspaceModel):
    """A proposal for a brief: what it says, and everything needed to make it again.

    Proposals are added, never changed: what was promised stays as it was promised.
    """

    name = models.CharField(max_length=200)
    objective = models.CharField(max_length=16, choices=[(o.value, o.value) for o in Objective])
    budget_minor = models.PositiveBigIntegerField()
    spend_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField()
    document = models.JSONField()
    brief_text = models.TextField()
    seed = models.BigIntegerField()
    engine_version = models.CharField(max_length=32)
    data_revision = models.PositiveBigIntegerField()
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
            models.CheckConstraint(
                condition=Q(spend_minor__lte=F("budget_minor")), name="plan_within_budget"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="plan_starts_before_it_ends"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "proposed_at"], name="plan_by_time")]

    def __str__(self) -> str:
        return self.name


class PlanLine(tenancy.WorkspaceModel):
    """One deal of a plan: creator x format x fee."""

    plan = models.ForeignKey("planning.Plan", models.CASCADE, related_name="+", db_constraint=False)
    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    position = models.PositiveIntegerField()
    layer = models.CharField(max_length=16, choices=[(la.value, la.value) for la in Layer])
    format = models.CharField(max_length=16, choices=FORMATS)
    quantity = models.PositiveIntegerField()
    price_minor = models.PositiveBigIntegerField()
    price_source = models.CharField(max_length=32)
    why = models.TextField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
            tenancy.SameWorkspace("plan"),
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(
                fields=["workspace", "plan", "position"], name="one_line_at_a_position"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "account"], name="plan_line_by_account")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.format} of {self.account_id}"
