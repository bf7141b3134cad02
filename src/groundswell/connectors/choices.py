"""Choices of the connectors' models."""

from django.db import models

from groundswell.connectors.adapters.networks.network import Authority, Way
from groundswell.terms.networks import Network


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


class ConnectionState(models.TextChoices):
    """Whether a network is read."""

    WORKING = "working", "working"
    PAUSED = "paused", "paused"  # somebody stopped it for a while
    BROKEN = "broken", "broken"  # somebody has to mend it: the refusal says what
    ENDED = "ended", "ended"  # its secrets are destroyed


class SyncState(models.TextChoices):
    """How far a sync has come."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    WAITING = "waiting", "waiting"  # it failed, and goes on by itself
    DONE = "done", "done"
    FAILED = "failed", "failed"  # what it brought before stays


REFRESH = "refresh"  # accounts that a connection brought, each when its time has come
LIVE = "live"  # what accounts that a connection brought do, as they do it
NETWORKS = [(network.value, network.value) for network in Network]
AUTHORITIES = [(authority.value, authority.value) for authority in Authority]
WAYS = [*((way.value, way.value) for way in Way), (REFRESH, REFRESH), (LIVE, LIVE)]
OPEN = (SyncState.QUEUED, SyncState.RUNNING, SyncState.WAITING)
