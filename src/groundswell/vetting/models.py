"""Scorecards: derived from the data, and rebuilt from it at any time."""

from django.db import models

from groundswell.vetting.choices import VERDICTS, TurnState
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
