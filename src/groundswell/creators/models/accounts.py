"""A creator's presence on one platform."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from groundswell.creators.choices import PLATFORMS
from groundswell.workspaces import tenancy


class Account(tenancy.WorkspaceModel):
    """A creator's presence on one platform, known by platform_id, else by handle, else by name.

    What is unknown is null. An account that turned out to be another one points to it by
    ``merged_into`` and is otherwise left alone, so that plans and prices that name it stay whole;
    queries show the survivor only.
    """

    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    platform = models.CharField(max_length=16, choices=PLATFORMS)
    platform_id = models.CharField(max_length=255, null=True)
    handle = models.CharField(max_length=255, null=True)
    # Comparing stored text is leakproof and calling lower() is not: under row-level security an
    # index on lower(handle) would never be used.
    handle_key = models.GeneratedField(
        expression=Lower("handle"),
        output_field=models.CharField(max_length=255, null=True),
        db_persist=True,
    )
    display_name = models.CharField(max_length=255, null=True)
    bio = models.TextField(null=True)
    url = models.TextField(null=True)
    avatar_url = models.TextField(null=True)
    links = ArrayField(models.TextField(), null=True)
    country = models.CharField(max_length=2, null=True)
    region = models.CharField(max_length=255, null=True)
    city = models.CharField(max_length=255, null=True)
    language = models.CharField(max_length=35, null=True)
    categories = ArrayField(models.TextField(), null=True)
    verified = models.BooleanField(null=True)
    private = models.BooleanField(null=True)
    created_at = models.DateTimeField(null=True)  # on the platform
    described_at = models.DateTimeField(null=True)  # what stands above is not older than this
    followers = models.PositiveBigIntegerField(null=True)
    following = models.PositiveBigIntegerField(null=True)
    posts = models.PositiveBigIntegerField(null=True)
    counts_observed_at = models.DateTimeField(null=True)
    revision = models.PositiveBigIntegerField()  # of the workspace, when this row last changed

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("creator"),
            tenancy.SameWorkspace("origin"),
            tenancy.SameWorkspace("merged_into"),
            models.UniqueConstraint(
                fields=["workspace", "platform", "platform_id"],
                condition=Q(platform_id__isnull=False),
                name="account_by_platform_id",
            ),
            models.UniqueConstraint(
                fields=["workspace", "platform", "handle_key"],
                condition=Q(platform_id=None, handle__isnull=False, merged_into=None),
                name="account_by_handle",
            ),
            models.UniqueConstraint(
                fields=["workspace", "platform", "display_name"],
                condition=Q(platform_id=None, handle=None, merged_into=None),
                name="account_by_display_name",
            ),
            models.CheckConstraint(
                condition=Q(platform_id__isnull=False)
                | Q(handle__isnull=False)
                | Q(display_name__isnull=False),
                name="account_is_known_by_something",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="account_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "platform", "handle_key"], name="account_by_handle_key"
            ),
            models.Index(fields=["workspace", "creator"], name="account_by_creator"),
            models.Index(fields=["workspace", "origin"], name="account_by_origin"),
            models.Index(fields=["workspace", "revision"], name="account_by_revision"),
            models.Index(
                fields=["workspace", "platform", "followers"], name="account_by_followers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}:{self.handle or self.platform_id or self.display_name}"
