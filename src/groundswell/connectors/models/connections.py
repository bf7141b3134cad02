"""Connections to networks, what each watches, and what each sync of it did."""

from datetime import timedelta

from django.db import models

from groundswell.connectors.choices import (
    AUTHORITIES,
    NETWORKS,
    WAYS,
    ConnectionState,
    SyncState,
)
from groundswell.workspaces import telling, tenancy


class Connection(tenancy.WorkspaceModel):
    """A network that a workspace reads, with whose permission, and how it goes."""

    network = models.CharField(max_length=20, choices=NETWORKS)
    server = models.CharField(max_length=255, blank=True, default="")  # empty: the network's own
    name = models.CharField(max_length=255, blank=True, default="")  # whom it speaks for
    own_id = models.CharField(max_length=255, null=True)  # that account's id on the network
    authority = models.CharField(max_length=10, choices=AUTHORITIES)
    secret = models.BinaryField(null=True)  # sealed; see connectors.secrets
    scopes = models.JSONField(default=list)  # names of those that were granted
    expires_at = models.DateTimeField(null=True)  # of the access token
    creator = models.ForeignKey(  # who connected their own account by a link
        "creators.Creator", models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    connected_by = models.CharField(max_length=200)
    connected_at = models.DateTimeField()

    state = models.CharField(
        max_length=10, choices=ConnectionState, default=ConnectionState.WORKING
    )
    refusal = models.JSONField(null=True)  # code and message of what stands in the way
    failures = models.PositiveIntegerField(default=0)  # in a row
    closed_until = models.DateTimeField(null=True)  # the network is left alone until then
    stale_since = models.DateTimeField(null=True)  # when a sync first failed to renew the data
    ended_at = models.DateTimeField(null=True)
    erase_at = models.DateTimeField(null=True)  # when what it alone brought is erased

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("creator"),
            models.UniqueConstraint(
                fields=["workspace", "network", "server", "name"],
                condition=~models.Q(state=ConnectionState.ENDED),
                name="one_live_connection_for_a_name",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "network"], name="connection_by_network")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.network, self.name, self.server)))


class Watch(tenancy.WorkspaceModel):
    """One question that a connection asks again and again, and how deep it goes."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="+", db_constraint=False
    )
    way = models.CharField(max_length=10, choices=WAYS)
    text = models.CharField(max_length=255, blank=True, default="")
    accounts = models.PositiveIntegerField(default=100)
    posts = models.PositiveIntegerField(default=30)
    comments = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    every = models.DurationField(null=True, default=timedelta(days=1))  # null: only when asked
    next_at = models.DateTimeField(null=True)
    last_synced_at = models.DateTimeField(null=True)  # when a sync last went to its end
    stale_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    refusal = models.JSONField(null=True)
    cents_left = models.PositiveIntegerField(default=0)  # that somebody lets its sync spend

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("connection"),
            models.UniqueConstraint(
                fields=["workspace", "connection", "way", "text"], name="one_watch_of_a_question"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "next_at"], name="watch_by_next")]
        verbose_name_plural = "watches"

    def __str__(self) -> str:
        return f"{self.way} {self.text}".rstrip()


class Sync(tenancy.WorkspaceModel, telling.Told):
    """One walk through what a watch asks for, and what became of it.

    It goes on from ``cursor`` after a failure or a kill, until it is done or failed for good.
    """

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="+", db_constraint=False)
    state = models.CharField(max_length=10, choices=SyncState, default=SyncState.QUEUED)
    by = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.JSONField(null=True)  # behind the last page that was published
    pages = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)
    taken = models.PositiveBigIntegerField(default=0)
    bad = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    changed = models.JSONField(default=dict)  # rows written by table
    requests = models.PositiveBigIntegerField(default=0)
    spent = models.JSONField(default=dict)  # units by quota
    gone = models.PositiveBigIntegerField(default=0)  # accounts and posts that were removed
    aside = models.JSONField(default=dict)  # fields that nothing here knows, with a value each
    publications = models.JSONField(null=True, default=list)  # first and last; null: unknown
    notes = models.JSONField(default=list)
    bad_items = models.JSONField(default=list)  # the first of them: where, value, reason
    refusal = models.JSONField(null=True)  # code and message of the last failure

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("watch"),
            models.UniqueConstraint(
                fields=["workspace", "watch"],
                condition=~models.Q(state__in=[SyncState.DONE, SyncState.FAILED]),
                name="one_open_sync_of_a_watch",
            ),
            models.CheckConstraint(
                condition=models.Q(items=models.F("taken") + models.F("bad")),
                name="every_item_accounted_for",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "begun_at"], name="sync_by_start")]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}: {self.state}"


class Spending(tenancy.WorkspaceModel):
    """What a connection took from one of its network's quotas, in one part of its window."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="+", db_constraint=False
    )
    quota = models.CharField(max_length=100)
    key = models.CharField(max_length=255, blank=True, default="")  # what is counted once
    began_at = models.DateTimeField()  # of the window, or of a part of one that rolls
    units = models.PositiveBigIntegerField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("connection"),
            models.UniqueConstraint(
                fields=["workspace", "connection", "quota", "began_at", "key"],
                name="one_spending_of_a_window",
            ),
        ]
        verbose_name_plural = "spending"

    def __str__(self) -> str:
        return f"{self.units} of {self.quota}"


class Brought(tenancy.WorkspaceModel):
    """An account that a connection brought, and when it is asked after again."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="+", db_constraint=False
    )
    watch = models.ForeignKey(Watch, models.CASCADE, related_name="+", db_constraint=False)
    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    is_new = models.BooleanField()  # whether nobody knew the account before
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()  # when the network last spoke of it
    next_at = models.DateTimeField(null=True)  # null: not asked after on its own
    failures = models.PositiveIntegerField(default=0)
    filled = models.JSONField(null=True)  # what the profile said before and after, by column

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("connection"),
            tenancy.SameWorkspace("watch"),
            tenancy.SameWorkspace("account"),
            models.UniqueConstraint(
                fields=["workspace", "connection", "account"], name="brought_once"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "account"], name="brought_by_account"),
            models.Index(fields=["workspace", "connection", "next_at"], name="brought_by_next"),
        ]
        verbose_name_plural = "brought"

    def __str__(self) -> str:
        return f"{self.account_id} by {self.connection_id}"
