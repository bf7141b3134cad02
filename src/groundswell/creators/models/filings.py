"""Whose place in the workspace's own order changed, so that search can follow."""

from django.db import models

from groundswell.workspaces import tenancy


class Filing(tenancy.WorkspaceModel):
    """When a creator's tags, lists, contacts or prices changed last, as a rising number.

    These change without new data about the creator, so the revision of accounts stays as it is.
    """

    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    number = models.PositiveBigIntegerField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("creator"),
            models.UniqueConstraint(fields=["workspace", "creator"], name="filing_of_creator"),
        ]
        indexes = [models.Index(fields=["workspace", "number"], name="filing_by_number")]

    def __str__(self) -> str:
        return f"{self.creator_id}: {self.number}"
