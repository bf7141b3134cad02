"""When somebody wrote to a creator, or spoke with them."""

from django.db import models

from groundswell.creators.choices import Medium
from groundswell.workspaces import tenancy


class Outreach(tenancy.WorkspaceModel):
    """One time that the workspace contacted a creator.

    ``origin`` is whom it was about and ``creator`` whose it is after all merges. What is removed
    keeps its row with ``removed_at``.
    """

    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    day = models.DateField()
    medium = models.CharField(max_length=16, choices=Medium)
    contacted_by = models.CharField(max_length=200)  # the person who did, a member or not
    note = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("creator"),
        ]
        indexes = [models.Index(fields=["workspace", "creator", "day"], name="outreach_by_creator")]
        verbose_name_plural = "outreach"

    def __str__(self) -> str:
        return f"{self.creator_id} on {self.day}"
