"""Which Parquet files belong to a workspace."""

from django.db import models

from groundswell.terms import tables
from groundswell.warehouse import store
from groundswell.workspaces import tenancy


class Segment(tenancy.WorkspaceModel):
    """One file of observations; it exists for readers from the commit of this row on.

    A segment that compaction replaced is retired: new readers don't get it, and the file stays
    until those who began before have finished.
    """

    table = models.CharField(
        max_length=32, choices=[(table.name, table.name) for table in tables.OBSERVATIONS]
    )
    month = models.CharField(max_length=16)
    path = models.CharField(max_length=160)
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    revises = models.BooleanField()
    publication = (
        models.PositiveBigIntegerField()
    )  # the workspace's revision that brought its newest row
    retired_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "path"], name="segment_once"),
        ]

    def __str__(self) -> str:
        return self.path

    def described(self) -> store.Segment:
        """As the warehouse knows it."""
        return store.Segment(
            self.table, self.month, self.path, self.rows, self.bytes, self.sha256, self.revises
        )
