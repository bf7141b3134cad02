"""The planning app."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Plans and their lines."""

    name = "groundswell.planning"
    label = "planning"
