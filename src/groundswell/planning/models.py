"""Plans, as they were proposed, and briefs that are being planned."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from groundswell.creators.choices import FORMATS
from groundswell.terms.objectives import Layer, Objective
from groundswell.workspaces import tenancy


class Plan(tenancy.WorkspaceModel):
    """A proposal for a brief: what it says, and everything needed to make it again.

    Proposals are added, never changed: what was promised stays as it was promised. A revision is a
    further version of the same plan; which version is current, and which is approved, may change.
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
    # What lists show of the forecast; null where nothing can be said.
    reach = models.FloatField(null=True)
    reach_low = models.FloatField(null=True)
    reach_high = models.FloatField(null=True)

    version = models.PositiveIntegerField(default=1)
    first = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_constraint=False
    )  # null: this is the first version
    revises = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    change = models.JSONField(default=dict)  # accounts asked "out" and "wanted" by the revision
    is_current = models.BooleanField(default=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, default="")

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(
                grants=("SELECT", "INSERT", "UPDATE (is_current, approved_at, approved_by)")
            ),
            tenancy.SameWorkspace("first"),
            tenancy.SameWorkspace("revises"),
            models.UniqueConstraint(
                fields=["workspace", "first", "version"], name="plan_version_once"
            ),
            models.UniqueConstraint(
                "workspace",
                Coalesce("first", "id"),
                condition=Q(is_current=True),
                name="plan_current_once",
            ),
            models.UniqueConstraint(
                "workspace",
                Coalesce("first", "id"),
                condition=Q(approved_at__isnull=False),
                name="plan_approved_once",
            ),
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

    @property
    def series(self) -> UUID:
        """What all versions of the plan have in common."""
        return self.first_id or self.id


class DraftState(models.TextChoices):
    """How far a brief has come on its way to a plan."""

    QUEUED = "queued", "Waiting"
    PLANNING = "planning", "Planning"
    READY = "ready", "Ready"
    FAILED = "failed", "Not possible"
    CANCELLED = "cancelled", "Cancelled"


class Draft(tenancy.WorkspaceModel):
    """A brief that somebody handed in to be planned, and what has become of it."""

    key = models.CharField(max_length=64)  # of the form that was sent: sent twice, planned once
    name = models.CharField(max_length=200)
    objective = models.CharField(max_length=16)
    budget_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    brief_text = models.TextField()
    seed = models.BigIntegerField(default=1)
    revises = models.ForeignKey(
        Plan, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    change = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)

    state = models.CharField(max_length=16, choices=DraftState, default=DraftState.QUEUED)
    started_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(default=dict)  # code, message and constraint, when it failed
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="+", db_constraint=False)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("revises"),
            tenancy.SameWorkspace("plan"),
            models.UniqueConstraint(fields=["workspace", "key"], name="draft_once"),
            models.UniqueConstraint(
                fields=["workspace", "revises"],
                condition=Q(state__in=["queued", "planning"]),
                name="one_open_revision",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "asked_at"], name="draft_by_time")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class Study(tenancy.WorkspaceModel):
    """What more or less money would buy, and what each limit costs: worked out when asked for."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", db_constraint=False)
    state = models.CharField(max_length=16, choices=DraftState, default=DraftState.QUEUED)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    attempts = models.PositiveIntegerField(default=0)
    answer = models.JSONField(default=dict)  # frontier and constraints, when it is ready
    refusal = models.CharField(max_length=2_000, default="")  # why there is none

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("plan"),
            models.UniqueConstraint(fields=["workspace", "plan"], name="study_of_a_version"),
        ]

    def __str__(self) -> str:
        return f"study of {self.plan_id}: {self.state}"


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


class Promise(tenancy.WorkspaceModel):
    """What was promised of a version of a plan, before it began: added, never changed.

    The record is canonical JSON; its digest is part of the next promise's record, so none can be
    taken out or put in between unseen.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", db_constraint=False)
    place = models.PositiveIntegerField()  # in the workspace's chain, from 1
    record = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256 of the record
    name = models.CharField(max_length=200)
    probability = models.FloatField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
            tenancy.SameWorkspace("plan"),
            models.UniqueConstraint(fields=["workspace", "place"], name="promise_at_a_place"),
            models.UniqueConstraint(fields=["workspace", "plan"], name="promise_of_a_version"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="promise_is_probable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


class Outcome(models.TextChoices):
    """What became of a promise."""

    KEPT = "kept", "Kept"
    MISSED = "missed", "Missed"
    CALLED_OFF = "called_off", "Called off"


class Settlement(tenancy.WorkspaceModel):
    """What was counted in the end, held against a promise: once, and corrected by further rows."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="+", db_constraint=False)
    turn = models.PositiveIntegerField()  # from 1; the others are corrections
    outcome = models.CharField(max_length=16, choices=Outcome)
    record = models.TextField()  # canonical JSON: values, their source, and why it was corrected
    digest = models.CharField(max_length=64)
    settled_at = models.DateTimeField()
    settled_by = models.CharField(max_length=200)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
            tenancy.SameWorkspace("promise"),
            models.UniqueConstraint(
                fields=["workspace", "promise", "turn"], name="settlement_at_a_turn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}, {self.turn}: {self.outcome}"


class LineState(models.TextChoices):
    """What is known of a line of a running plan."""

    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    PUBLISHED = "published", "Published"
    DROPPED = "dropped", "Will not be published"


class LineNews(tenancy.WorkspaceModel):
    """What became known of one line of a running plan: added, the newest of a line counts."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+", db_constraint=False)
    position = models.PositiveIntegerField()  # of the line; those of the bench follow the lines
    state = models.CharField(max_length=16, choices=LineState)
    day = models.DateField()
    price_minor = models.PositiveBigIntegerField(null=True)  # signed at; null: as planned
    due = models.DateField(null=True)
    post_id = models.CharField(max_length=200, default="")
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=200)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(grants=("SELECT", "INSERT")),
            tenancy.SameWorkspace("plan"),
        ]
        indexes = [models.Index(fields=["workspace", "plan"], name="line_news_by_plan")]

    def __str__(self) -> str:
        return f"line {self.position} {self.state} on {self.day}"
