"""Choices of vetting's columns."""

from django.db import models

from groundswell.engine.qualification.verdict import Verdict

VERDICTS = [(verdict.value, verdict.value.replace("_", " ")) for verdict in Verdict]


class TurnState(models.TextChoices):
    """How far a vetting is that somebody asked for."""

    QUEUED = "queued", "queued"
    VETTING = "vetting", "vetting"
    STOPPING = "stopping", "stopping"  # somebody cancelled it
    ENDED = "ended", "ended"
