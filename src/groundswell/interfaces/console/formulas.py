"""Settings: how every score and rate is worked out."""

from typing import Any

from django.http import HttpResponse

from groundswell.interfaces.console import settings
from groundswell.interfaces.http import routes
from groundswell.people.policy import Action
from groundswell.vetting import formulas


@routes.needs(Action.SETTINGS_READ)
def page(request: Any) -> HttpResponse:
    """The formulas of factors and rates."""
    context = {"formulas": formulas.formulas(), "denominators": formulas.denominators()}
    return settings.page(request, "formulas", context)
