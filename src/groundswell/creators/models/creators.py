"""A person or group who makes content."""

from django.db import models
from django.db.models import F, Q

from groundswell.workspaces import tenancy


class Creator(tenancy.WorkspaceModel):
    """A person or group who makes content, with accounts on one or more platforms.

    Merging keeps both rows: the absorbed one points to the other. Each account and contact
    remembers in ``origin`` which creator it came with, and in ``creator`` whose it is now: the end
    of the way from its origin. So a merge is undone by taking one pointer away.
    """

    name = models.CharField(max_length=255)
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_constraint=False
    )

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("merged_into"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="creator_not_merged_into_itself"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "merged_into"], name="creator_by_survivor")]

    def __str__(self) -> str:
        return self.name
