"""Choices of the connectors' models."""

from django.db import models


class RunState(models.TextChoices):
    """How far an import came."""

    BEGUN = "begun", "begun"  # goes on where it stopped when the same file comes again
    PUBLISHED = "published", "published"
    FAILED = "failed", "failed"  # nothing of it was kept
