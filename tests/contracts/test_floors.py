"""What the import linter can't see of the floors: names of models in strings, and migrations."""

import configparser
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Field

_ROOT = Path(__file__).parents[2]


def _floors() -> list[str]:
    """The rooms, from the ground up."""
    contracts = configparser.ConfigParser()
    contracts.read(_ROOT / ".importlinter")
    listed = contracts["importlinter:contract:floors"]["layers"].split("\n")
    return [name.strip("() ") for line in reversed(listed) for name in line.split("|") if name]


def _relations() -> list[Field]:
    return [
        field
        for model in apps.get_models()
        if model.__module__.startswith("groundswell.")
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation
    ]


def test_no_table_points_to_a_higher_floor() -> None:
    floors = _floors()
    upward = {
        str(field)
        for field in _relations()
        if floors.index(field.related_model._meta.app_label)
        > floors.index(field.model._meta.app_label)
    }
    assert len(_relations()) > 0
    assert upward == set()


def test_every_room_stands_on_a_floor() -> None:
    rooms = {path.parent.name for path in (_ROOT / "src/groundswell").glob("*/__init__.py")}
    assert rooms - set(_floors()) == set()


@pytest.mark.django_db
def test_the_migrations_make_the_tables_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
