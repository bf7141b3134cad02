"""Choices of the connectors' models."""

from django.db import models


class RunState(models.TextChoices):
    """How far an import came."""

    BEGUN = "begun", "begun"  # goes on where it stopped when the same file comes again
    PUBLISHED = "published", "published"
    FAILED = "failed", "failed"  # nothing of it was kept


class UploadState(models.TextChoices):
    """How far a file has come that somebody handed in."""

    WAITING = "waiting", "waiting"  # for somebody to look at it and say how to read it
    QUEUED = "queued", "queued"
    IMPORTING = "importing", "importing"
    STOPPING = "stopping", "stopping"  # somebody cancelled it
    DONE = "done", "done"  # its run says what became of it
