"""What a workspace itself writes and keeps about a creator: notes, tags, files.

Each row remembers in ``origin`` whom it was written about and in ``creator`` whose it is after all
merges, as accounts have it. What is removed keeps its row with ``removed_at``, so that it can be
put back.
"""

from django.db import models
from django.db.models.functions import Lower

from groundswell.workspaces import tenancy


class Note(tenancy.WorkspaceModel):
    """What a member wrote about a creator."""

    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    text = models.CharField(max_length=5000)
    author = models.UUIDField(null=True)  # the person; null when no member wrote it
    written_by = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("creator"),
        ]
        indexes = [models.Index(fields=["workspace", "creator"], name="note_by_creator")]

    def __str__(self) -> str:
        return f"{self.written_by} about {self.creator_id}"


class Tag(tenancy.WorkspaceModel):
    """A word of the workspace's own, by which creators are sorted."""

    name = models.CharField(max_length=50)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint("workspace", Lower("name"), name="tag_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TagUse(tenancy.WorkspaceModel):
    """A tag on a creator."""

    tag = models.ForeignKey("creators.Tag", models.CASCADE, related_name="+", db_constraint=False)
    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    tagged_by = models.CharField(max_length=200)
    tagged_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("tag"),
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("creator"),
            models.UniqueConstraint(
                fields=["workspace", "tag", "origin"], name="tag_once_on_a_creator"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "creator"], name="tag_use_by_creator")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.creator_id}"


class Attachment(tenancy.WorkspaceModel):
    """A file about a creator; its content lies in the workspace's folder under this row's id."""

    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    purpose = models.CharField(max_length=16)
    name = models.CharField(max_length=150)  # as its owner called it; never a path
    media_type = models.CharField(max_length=100)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("creator"),
        ]
        indexes = [models.Index(fields=["workspace", "creator"], name="attachment_by_creator")]

    def __str__(self) -> str:
        return self.name
