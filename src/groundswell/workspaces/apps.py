"""The workspaces app."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """Tenants, journal, keys and jobs."""

    name = "groundswell.workspaces"
    label = "workspaces"
