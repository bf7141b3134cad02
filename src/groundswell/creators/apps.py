"""The creators app."""

from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    """Creators, their accounts, contacts and prices, and the list of segments."""

    name = "groundswell.creators"
    label = "creators"
