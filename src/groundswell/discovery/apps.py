"""The discovery app."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    """The search index of each workspace, and the searches that people keep."""

    name = "groundswell.discovery"
    label = "discovery"
