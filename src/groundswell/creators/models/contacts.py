"""How to reach a creator."""

from django.db import models
from django.db.models import Q

from groundswell.creators.choices import SOURCES, Channel, Consent
from groundswell.workspaces import tenancy


class Contact(tenancy.WorkspaceModel):
    """One address of a creator, readable with the workspace's key only.

    ``address`` is sealed to this row; ``fingerprint`` is a keyed hash by which the same address is
    found again without opening any.
    """

    creator = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    origin = models.ForeignKey(
        "creators.Creator", models.CASCADE, related_name="+", db_constraint=False
    )
    channel = models.CharField(max_length=16, choices=Channel.choices)
    address = models.BinaryField()
    fingerprint = models.BinaryField(max_length=32)
    city = models.CharField(max_length=255, null=True)
    preferred = models.BooleanField(null=True)
    source = models.CharField(max_length=32, choices=SOURCES)
    consent = models.CharField(
        max_length=16, choices=Consent.choices, default=Consent.UNKNOWN.value
    )
    last_verified = models.DateField(null=True)

    class Meta(tenancy.WorkspaceModel.Meta):
        constraints = [
            *tenancy.WorkspaceModel.Meta.constraints,
            tenancy.SameWorkspace("creator"),
            tenancy.SameWorkspace("origin"),
            models.UniqueConstraint(
                fields=["workspace", "origin", "channel", "fingerprint"],
                name="contact_once_per_creator",
            ),
            models.CheckConstraint(
                condition=Q(consent__in=Consent.values), name="contact_consent_is_known_word"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "creator"], name="contact_by_creator")]

    def __str__(self) -> str:
        return f"{self.channel} of {self.creator_id}"
