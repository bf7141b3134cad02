"""Scorecards: derived from the data, and rebuilt from it at any time."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from groundswell.vetting.choices import VERDICTS, ReviewState, Ruling, TurnState
from groundswell.workspaces import telling, tenancy


class _Scores(models.Model):
    """The verdict and the six scores, 0 to 100; null where it can't be said."""

    verdict = models.CharField(max_length=20, choices=VERDICTS)
    credibility = models.FloatField(null=True)
    life_moments = models.FloatField(null=True)
    audience = models.FloatField(null=True)
    quality = models.FloatField(null=True)
    branded = models.FloatField(null=True)
    growth = models.FloatField(null=True)

    class Meta:
        abstract = True


class Scorecard(_Scores, tenancy.WorkspaceModel):
    """What is said of an account now, with its evidence."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    said_since = models.DateTimeField()  # when a vetting first said this
    details = models.JSONField()  # factors, measures and rates: engine.qualification.card
    # What search takes out of the details: without it, each build would read all of them.
    saturation = models.FloatField(null=True)
    levels = ArrayField(models.CharField(max_length=40), null=True)  # as retrieval.safety has it
    # What posts say of the workspace's own words and competitors; null where nobody looked.
    watched = models.JSONField(null=True)  # engine.safety.concerns
    watched_levels = ArrayField(models.CharField(max_length=40), null=True)
    watched_since = models.DateTimeField(null=True)  # when a scan first said this
    competitor_at = models.DateTimeField(null=True)  # newest post with a competitor

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(fields=["workspace", "account"], name="scorecard_of_account"),
        ]
        indexes = [models.Index(fields=["workspace", "verdict"], name="scorecard_by_verdict")]

    def __str__(self) -> str:
        return f"{self.account}: {self.verdict}"


class PastScores(_Scores, tenancy.WorkspaceModel):
    """What a scorecard said until the verdict or a score changed by a point."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    said_since = models.DateTimeField()
    said_until = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [*tenancy.WorkspaceModel.Meta.constraints, tenancy.SameWorkspace("account")]
        indexes = [models.Index(fields=["workspace", "account"], name="past_scores_of_account")]
        verbose_name_plural = "past scores"

    def __str__(self) -> str:
        return f"{self.account} until {self.said_until:%Y-%m-%d}: {self.verdict}"


class VettingTurn(tenancy.WorkspaceModel, telling.Told):
    """A vetting of all accounts that somebody asked for; a workspace has one at a time."""

    state = models.CharField(max_length=10, choices=TurnState, default=TurnState.QUEUED)
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    refusal = models.JSONField(null=True)  # code and message, when it ended without scores

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace"], name="one_vetting_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"vetting asked by {self.asked_by}: {self.state}"


class Vetting(tenancy.WorkspaceModel):
    """One run over all accounts: on which data, and how much could be said."""

    vetted_at = models.DateTimeField()
    revision = models.PositiveBigIntegerField()  # of the workspace's accounts that it read
    accounts = models.PositiveBigIntegerField()
    scored = models.PositiveBigIntegerField()
    needs_review = models.PositiveBigIntegerField()
    coverage = models.JSONField()  # share of accounts by factor, and with at least four

    class Meta(tenancy.WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "vetted_at"], name="vetting_by_time")]

    def __str__(self) -> str:
        return f"{self.vetted_at:%Y-%m-%d %H:%M}: {self.scored} of {self.accounts} scored"


class Review(tenancy.WorkspaceModel):
    """An account whose verdict asked for a look: what was seen, and what was decided last."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    evidence = models.JSONField(default=list)  # as last vetted: vetting.evidence.signals
    kinds = models.JSONField(default=list)  # of that evidence
    strength = models.FloatField(default=0.0)  # of the strongest of it
    reopened_because = models.JSONField(default=list)  # sentences
    ruling = models.CharField(max_length=20, choices=Ruling, blank=True, default="")
    decisions = models.PositiveIntegerField(default=0)
    decided_on = models.JSONField(default=list)  # the evidence of the last decision
    answered_at = models.DateTimeField(null=True)  # by the creator, the last time

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(fields=["workspace", "account"], name="review_of_account"),
        ]
        indexes = [models.Index(fields=["workspace", "state", "strength"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.account}: {self.state}"


class Decision(tenancy.WorkspaceModel):
    """What somebody decided about an account, why, and on which evidence. Never changed."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_constraint=False)
    number = models.PositiveIntegerField()  # the first decision of a review is 1
    ruling = models.CharField(max_length=20, choices=Ruling)
    reason = models.TextField()
    evidence = models.JSONField(default=list)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("review"),
            models.UniqueConstraint(fields=["review", "number"], name="decision_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.ruling} by {self.decided_by}"


class ReplyLink(tenancy.WorkspaceModel):
    """Where a creator reads what is said of an account. The link holds the only secret."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    secret_hash = models.BinaryField(unique=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)  # the first time

    class Meta(tenancy.WorkspaceModel.Meta):
        # The tables' owner must find the link before it knows the workspace.
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(force=False),
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(
                fields=["workspace", "account"],
                condition=models.Q(revoked_at=None),
                name="one_reply_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, until {self.expires_at:%Y-%m-%d}"


class Reply(tenancy.WorkspaceModel):
    """What a creator answered, beside what the creator was shown. Never changed."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    link = models.ForeignKey(ReplyLink, models.CASCADE, related_name="+", db_constraint=False)
    text = models.TextField()
    evidence = models.JSONField(default=list)  # sentences with their dates, and the verdict
    replied_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("account"),
            tenancy.SameWorkspace("link"),
        ]
        indexes = [models.Index(fields=["workspace", "account"], name="reply_of_account")]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.account}, {self.replied_at:%Y-%m-%d}"


class FactorWeights(tenancy.WorkspaceModel):
    """How much each factor counts in the overall score; without a row all count the same."""

    weights = models.JSONField()  # by factor; they sum to 1
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace"], name="weights_once"),
        ]
        verbose_name_plural = "factor weights"

    def __str__(self) -> str:
        return f"weights set by {self.set_by}"


class WatchedTerm(tenancy.WorkspaceModel):
    """Words of the workspace's own, or a competitor with the forms in which posts name it."""

    subject = models.CharField(max_length=20)  # own_words or competitor
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=200)  # folded, by which it is found again
    forms = models.JSONField(default=list)  # further ones of a competitor: names, @handles, #tags
    severity = models.PositiveSmallIntegerField(null=True)  # of own words
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "subject", "name_key"], name="watched_term_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.name}"


class WatchScan(tenancy.WorkspaceModel):
    """How far the scan for watched terms has come; a workspace has one row."""

    changed_at = models.DateTimeField(null=True)  # of the terms
    scanned_at = models.DateTimeField(null=True)
    scanned_terms = models.DateTimeField(null=True)  # ``changed_at`` of the terms it looked for

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace"], name="one_watch_scan"),
        ]

    def __str__(self) -> str:
        return f"scanned {self.scanned_at}"
