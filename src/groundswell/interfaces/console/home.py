"""Home: what needs you today, and one next step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from groundswell.interfaces.http import routes
from groundswell.people.policy import Action


@routes.needs(Action.CREATORS_READ)
def home(request: Any) -> HttpResponse:
    """What there is, what needs attention, what to do next."""
    return render(request, "console/home/page.html", {})
