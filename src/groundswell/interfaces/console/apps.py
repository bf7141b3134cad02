"""The app of the console: templates, static files and template tags; it owns no table."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console."""

    name = "groundswell.interfaces.console"
    label = "console"
