"""People and their places in workspaces."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from groundswell.people.policy import Role
from groundswell.workspaces import tenancy

# Before a workspace is known, the tables' owner must be able to find who belongs where. The
# application's role is held to the policy like everywhere.
_FOUND_BEFORE_ENTERING = [
    tenancy.WorkspaceModel.Meta.constraints[0],
    tenancy.RowLevelSecurity(force=False),
]


class Person(AbstractBaseUser):
    """Somebody who signs in. A login belongs to the installation, not to one workspace."""

    id = models.UUIDField(primary_key=True, default=tenancy.new_id, editable=False)
    email = models.EmailField(unique=True)  # kept in lower case
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="email_in_lower_case",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def has_module_perms(self, app_label: str) -> bool:
        """Nobody has Django's own permissions: rights come from a role in a workspace."""
        del app_label
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Nobody has Django's own permissions: rights come from a role in a workspace."""
        del perm, obj
        return False


class Member(tenancy.WorkspaceModel):
    """A person in a workspace, with one role."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    joined_at = models.DateTimeField()

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *_FOUND_BEFORE_ENTERING,
            models.UniqueConstraint(fields=["workspace", "person"], name="member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"


class Invitation(tenancy.WorkspaceModel):
    """A place that waits for somebody. Its link holds the only copy of the secret."""

    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    secret_hash = models.BinaryField(unique=True)
    invited_by = models.CharField(max_length=200)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *_FOUND_BEFORE_ENTERING,
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class ApiToken(tenancy.WorkspaceModel):
    """What a program signs in with: shown once, kept as a hash, bound to one member's rights."""

    name = models.CharField(max_length=100)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    start = models.CharField(max_length=12)  # enough to tell tokens apart in a list
    secret_hash = models.BinaryField(unique=True)
    scopes = models.JSONField()  # actions
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *_FOUND_BEFORE_ENTERING,
            models.UniqueConstraint(
                fields=["workspace", "person", "name"],
                condition=models.Q(revoked_at=None),
                name="one_token_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}...)"


class RateCount(models.Model):
    """How often something was tried in the current window of time."""

    key = models.CharField(primary_key=True, max_length=64)  # a hash: it names no one
    window_ends_at = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.tries}"
