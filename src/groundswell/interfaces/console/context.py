"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest

from groundswell.people.policy import Action


def frame(request: HttpRequest) -> dict[str, Any]:
    """The desk, the person's other workspaces, and which actions to offer."""
    desk = getattr(request, "desk", None)
    if desk is None:
        return {"desk": None}
    return {
        "desk": desk,
        "may": {action.name.lower(): desk.may(action) for action in Action},
        "workspaces": desk.places,
    }
