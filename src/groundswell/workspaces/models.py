"""Workspaces and their journal."""

from django.db import models

from groundswell.terms import tiers
from groundswell.workspaces import tenancy


def default_tier_set() -> dict[str, object]:
    """The tier set of a new workspace: nano below 5,000 followers."""
    return {
        "name": tiers.ACTIVATE.name,
        "lower_bounds": {str(tier): low for tier, low in tiers.ACTIVATE.lower_bounds.items()},
    }


class Workspace(models.Model):
    """One tenant: a brand, an agency, or one client of an agency."""

    id = models.UUIDField(primary_key=True, default=tenancy.new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_synthetic = models.BooleanField(default=False)
    tier_set = models.JSONField(default=default_tier_set)
    created_at = models.DateTimeField()

    class Meta:
        # The owner is not held to the policy here: a workspace must be found before it is entered.
        constraints = [
            tenancy.RowLevelSecurity(column="id", grants=("SELECT", "UPDATE"), force=False)
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tiers(self) -> tiers.TierSet:
        """The tier set that this workspace chose."""
        bounds = self.tier_set["lower_bounds"]
        return tiers.TierSet(self.tier_set["name"], {tier: bounds[tier] for tier in tiers.Tier})


class JournalEntry(tenancy.WorkspaceModel):
    """What was done, by whom, and to how many rows. Rows are added, never changed."""

    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    event = models.CharField(max_length=100)  # dotted, past tense: "plan.proposed"
    subject = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=1)
    details = models.JSONField(default=dict)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
        ]
        indexes = [models.Index(fields=["workspace", "at"], name="journal_by_time")]
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.event} {self.subject}".rstrip()


class IdempotencyKey(tenancy.WorkspaceModel):
    """What a request was answered, under the key that its caller gave it.

    The row is written in the transaction of the request's effect: there are both or neither.
    """

    caller = models.CharField(max_length=64)  # the token, or the person without one
    key = models.CharField(max_length=255)
    operation = models.CharField(max_length=300)  # method and path
    request_hash = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()  # sealed: answers hold contacts, and secrets that are shown once
    made_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "caller", "key"], name="idempotency_key_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "made_at"], name="idempotency_key_by_time")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
