"""Asking a network's users for permission: as which application, by which link, and until when."""

from django.db import models

from groundswell.connectors.choices import NETWORKS
from groundswell.connectors.models.connections import Connection
from groundswell.workspaces import tenancy


class NetworkApp(tenancy.WorkspaceModel):
    """The application as which a workspace asks a network."""

    network = models.CharField(max_length=20, choices=NETWORKS)
    server = models.CharField(max_length=255, blank=True, default="")
    app_id = models.CharField(max_length=255)
    secret = models.BinaryField(null=True)  # sealed
    by = models.CharField(max_length=200)
    kept_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "network", "server"], name="one_app_of_a_network"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.network, self.server)))


class CreatorLink(tenancy.WorkspaceModel):
    """Where a creator connects an account of their own. The link holds the only secret."""

    account = models.ForeignKey(
        "creators.Account", models.CASCADE, related_name="+", db_constraint=False
    )
    secret_hash = models.BinaryField(unique=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # a connected account can be disconnected after it too
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)  # the first time
    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, related_name="+", db_constraint=False
    )

    class Meta(tenancy.WorkspaceModel.Meta):
        # The tables' owner must find the link before it knows the workspace.
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(force=False),
            tenancy.SameWorkspace("account"),
            tenancy.SameWorkspace("connection"),
            models.UniqueConstraint(
                fields=["workspace", "account"],
                condition=models.Q(revoked_at=None),
                name="one_creator_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, until {self.expires_at:%Y-%m-%d}"


class Departure(tenancy.WorkspaceModel):
    """Somebody who left for a network's page, and must come back as the same one, once."""

    state_hash = models.BinaryField(unique=True)
    browser_hash = models.BinaryField()
    network = models.CharField(max_length=20, choices=NETWORKS)
    server = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=255, blank=True, default="")  # of the connection to be
    connection = models.ForeignKey(  # that gets the new permission; null: one is made
        Connection, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    scopes = models.JSONField(default=list)
    verifier = models.BinaryField()  # sealed
    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+")
    link = models.ForeignKey(
        CreatorLink, models.CASCADE, null=True, related_name="+", db_constraint=False
    )
    returns_to = models.BinaryField(null=True)  # sealed: the link's own address holds its secret
    left_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        # The tables' owner must find who comes back before it knows the workspace.
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(force=False),
            tenancy.SameWorkspace("link"),
            tenancy.SameWorkspace("connection"),
        ]
        indexes = [models.Index(fields=["workspace", "expires_at"], name="departure_by_end")]

    def __str__(self) -> str:
        return f"{self.network}, {self.left_at:%Y-%m-%d %H:%M}"


class Withdrawal(tenancy.WorkspaceModel):
    """A network's word that somebody took a permission back, and what became of the data."""

    code = models.CharField(max_length=64, unique=True)  # by which that person asks
    network = models.CharField(max_length=20, choices=NETWORKS)
    connections = models.JSONField(default=list)  # ids of those that it ended
    told_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        # Who asks what became of it is nobody's member.
        constraints = [
            tenancy.WorkspaceModel.Meta.constraints[0],
            tenancy.RowLevelSecurity(force=False),
        ]

    def __str__(self) -> str:
        return f"{self.network}, {self.told_at:%Y-%m-%d}"
