"""What surrounds every view: its moment, its number, and the answer when it says no."""

import ipaddress
from collections.abc import Callable
from typing import Any

from django.conf import settings
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
        request.META["REMOTE_ADDR"] = _network(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is an answer; everything else is for the log."""
        if isinstance(exception, Refusal):
            return problems.of_refusal(request, exception)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
            return problems.bad_request(request, exception)
        return None


def _network(request: HttpRequest) -> str:
    """Where a request comes from; limits would count a proxy's visitors as one otherwise.

    A proxy stands in front when browsers come by TLS. What it says is taken from near machines
    alone, and of several addresses the last, which the proxy itself has seen.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if settings.SECURE_PROXY_SSL_HEADER is None or not said:
        return peer
    try:
        near, visitor = ipaddress.ip_address(peer).is_private, ipaddress.ip_address(said)
    except ValueError:
        return peer
    return str(visitor) if near else peer
