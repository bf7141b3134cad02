"""The app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, members, invitations and tokens."""

    name = "groundswell.people"
