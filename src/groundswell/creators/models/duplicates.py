"""Two creators who may be one."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from groundswell.creators.choices import ProposalState
from groundswell.workspaces import tenancy


class DuplicateProposal(tenancy.WorkspaceModel):
    """Two creators who may be one, with the reasons in words, and what a member decided.

    ``evidence`` is a list of ``{"kind", "reason", "weight"}``, and ``score`` what it weighs
    together, by which proposals are sorted. A dismissed pair is not proposed again unless a new
    kind of evidence comes up.
    """

    first = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    second = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    score = models.FloatField(default=0.0)
    evidence = models.JSONField()
    state = models.CharField(
        max_length=16, choices=ProposalState.choices, default=ProposalState.PROPOSED.value
    )
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("first"),
            tenancy.SameWorkspace("second"),
            models.UniqueConstraint(
                F("workspace"),
                Least("first", "second"),
                Greatest("first", "second"),
                name="proposal_once_per_pair",
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="proposal_of_two"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="proposal_score_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} may be {self.second_id}"
