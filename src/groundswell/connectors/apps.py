"""The connectors app."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Runs of imports, and the files on their way in."""

    name = "groundswell.connectors"
    label = "connectors"
