"""How far the changes of a workspace's accounts have come."""

from django.db import models

from groundswell.workspaces import tenancy


class RevisionCounter(tenancy.WorkspaceModel):
    """The newest revision of a workspace's accounts.

    Whoever changes accounts or segments raises it first, and so holds this row until the commit:
    writers queue up, and revisions become visible in the order of their numbers.
    """

    latest = models.PositiveBigIntegerField(default=0)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace"], name="one_counter_per_workspace"),
        ]

    def __str__(self) -> str:
        return str(self.latest)
