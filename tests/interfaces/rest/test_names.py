"""A schema is known by its name alone: two of one name would stand for each other."""

import importlib
import pkgutil
from enum import Enum

from pydantic import BaseModel

from groundswell.interfaces import rest
from groundswell.interfaces.rest import api


def test_every_schema_has_a_name_of_its_own():
    named: dict[str, set[type]] = {}
    for module in pkgutil.iter_modules(rest.__path__, f"{rest.__name__}."):
        for found in vars(importlib.import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, BaseModel | Enum):
                named.setdefault(found.__name__, set()).add(found)

    described = set(api.described()["components"]["schemas"])
    assert len(described & set(named)) > 50
    assert {name: named[name] for name in described & set(named) if len(named[name]) > 1} == {}
