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


class ReviewState(models.TextChoices):
    """Where an account stands in the review queue."""

    OPEN = "open", "open"
    ASKED = "asked", "creator asked"  # somebody decided to ask the creator; it stays in the queue
    DECIDED = "decided", "decided"
    OVER = "over", "over"  # the evidence went away before anybody decided


class Ruling(models.TextChoices):
    """What a person decided about an account that needs review."""

    CLEARED = "cleared", "cleared"
    CONFIRMED = "confirmed_concern", "confirmed concern"
    ASK = "ask_the_creator", "ask the creator"
