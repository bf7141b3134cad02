"""The discovery app."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    """The search index of each workspace. It owns files, and no tables."""

    name = "groundswell.discovery"
    label = "discovery"
