"""The vetting app."""

from django.apps import AppConfig


class VettingConfig(AppConfig):
    """Scorecards, what they said before, and how much of a workspace they cover."""

    name = "groundswell.vetting"
    label = "vetting"
