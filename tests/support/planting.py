"""Rows of any model, for probes that must cover every table there is."""

import itertools
from collections.abc import Callable
from typing import Any

from django.db import models

from groundswell.people.models import Person
from groundswell.workspaces import access, tenancy
from groundswell.workspaces.models import Workspace

# What a check of a table asks for beyond its columns that must be filled.
NEEDED: dict[str, Callable[[], dict[str, Any]]] = {
    "connectors.Connection": lambda: {"name": f"{MARK}-{next(_serial)}"},
    "creators.Account": lambda: {"handle": f"handle-{next(_serial)}"},
    "planning.Promise": lambda: {"place": next(_serial)},
}


def plant(model: type[models.Model], workspace: Workspace, **given: Any) -> Any:
    """A row of any model, with what the database asks for, checks of values aside."""
    if model is Person:
        email = f"{MARK}-{next(_serial)}@example.com"
        with access.as_owner():
            return Person.objects.create(email=email, name=MARK, created_at=MADE_AT)
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.name in given or field.primary_key or field.null:
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = workspace if field.related_model is Workspace else None
        elif not field.has_default() and not isinstance(field, models.GeneratedField):
            values[field.name] = sample(field)
    for name, value in list(values.items()):
        if value is None:
            target = model._meta.get_field(name).related_model
            values[name] = plant(target, workspace)
    values |= NEEDED.get(model._meta.label, dict)()
    row = model(**(values | given))
    row.save(force_insert=True)
    return row


MADE_AT = "2026-11-01T12:00:00Z"
# In every text that a planted row holds: seen where it must not be, it is a leak.
MARK = "canary"
_serial = itertools.count(1)


def sample(field: models.Field) -> Any:
    """A value that the field's column takes."""
    number = next(_serial)
    if field.choices:
        return field.choices[0][0]
    match field:
        case models.DateTimeField():
            return MADE_AT
        case models.DateField():
            return "2026-11-01"
        case models.BooleanField():
            return False
        case models.IntegerField() | models.FloatField():
            return 1
        case models.BinaryField():
            return bytes([number % 256]) * 64
        case models.UUIDField():
            return tenancy.new_id()
        case models.JSONField():
            return {}
        case models.CharField() if field.max_length == 3:
            return "USD"
        case _:
            return [] if field.get_internal_type() == "ArrayField" else f"{MARK}-{number}"
