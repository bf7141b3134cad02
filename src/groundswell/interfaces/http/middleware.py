"""What surrounds every view: its moment, its number, and the answer when it says no."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse

from groundswell.interfaces.http import problems
from groundswell.terms.errors import Refusal
from groundswell.workspaces import clock


class Frame:
    """Sets ``request.now`` and ``request.htmx``, and turns a Refusal into an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer one request."""
        request.now = clock.now()
        request.htmx = request.headers.get("HX-Request") == "true"
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is an answer; everything else is for the log."""
        if isinstance(exception, Refusal):
            return problems.of_refusal(request, exception)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
            return problems.bad_request(request, exception)
        return None
