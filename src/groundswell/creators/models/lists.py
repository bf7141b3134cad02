"""Lists of creators that people keep."""

from django.db import models
from django.db.models.functions import Lower

from groundswell.workspaces import tenancy


class CreatorList(tenancy.WorkspaceModel):
    """Creators that somebody put together under a name.

    A deleted list keeps its entries, so that deleting is undone by taking ``deleted_at`` away.
    """

    name = models.CharField(max_length=100)
    is_exclusion = models.BooleanField(default=False)  # who is on it is left out everywhere
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                condition=models.Q(deleted_at=None),
                name="list_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListEntry(tenancy.WorkspaceModel):
    """A creator on a list, with a note about why.

    ``origin`` is who was added and ``creator`` whose entry it is after all merges, as accounts have
    it. Those removed together bear the same ``removed_at``, by which they are put back together.
    """

    list = models.ForeignKey(
        "creators.CreatorList", models.CASCADE, related_name="+", db_constraint=False
    )
    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    note = models.CharField(max_length=500, blank=True, default="")
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("list"),
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("creator"),
            models.UniqueConstraint(
                fields=["workspace", "list", "origin"], name="creator_once_on_a_list"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "list", "creator"], name="entry_by_list"),
            models.Index(fields=["workspace", "creator"], name="entry_by_creator"),
        ]
        verbose_name_plural = "list entries"

    def __str__(self) -> str:
        return f"{self.creator_id} on {self.list_id}"
