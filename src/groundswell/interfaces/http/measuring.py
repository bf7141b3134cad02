"""What every request is measured by: one line in the log, one count, one time.

Labels are route names: what stands in a path may be somebody's, and would grow without bound.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from groundswell.interfaces.http import logs, outages
from groundswell.workspaces.tenancy import new_id

REQUESTS = Counter(
    "groundswell_requests", "Requests that were answered", ["route", "method", "status"]
)
SECONDS = Histogram(
    "groundswell_request_seconds",
    "Time from a request's arrival to its answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2, 5, 10, 30),
)

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Asked every few seconds, or many at once; logged when they are not well.
_QUIET = {"health_live", "health_ready", "metrics", "static"}
_log = structlog.get_logger("groundswell.requests")


class Measured:
    """Numbers each request, measures it, and answers for a database that is away.

    Stands first in the list of middleware, so that it sees what all the others did.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_remember, dispatch_uid="measuring")

    def __call__(self, request: Any) -> HttpResponse:
        """Answer one request."""
        began = time.perf_counter()
        request.number = str(new_id())
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.number
        seconds = time.perf_counter() - began
        route = _route_of(request)
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(route).observe(seconds)
        if route not in _QUIET or response.status_code >= 500:
            _tell(request, response, route=route, method=method, seconds=seconds)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that is away or a disk that is full is no mistake of ours, and passes."""
        return outages.answer(request, exception) if outages.of(exception) else None


def _route_of(request: HttpRequest) -> str:
    found = request.resolver_match
    if found:
        return found.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "unmatched"


def _tell(request: Any, response: HttpResponse, *, route: str, method: str, seconds: float) -> None:
    desk = getattr(request, "desk", None)
    failure = getattr(request, "failure", None)
    _log.log(
        40 if response.status_code >= 500 else 20,
        "request",
        number=request.number,
        route=route,
        method=method,
        status=response.status_code,
        milliseconds=round(seconds * 1_000, 1),
        workspace=str(desk.workspace.id) if desk else None,
        member=str(desk.person.pk) if desk else None,
        **(logs.described(failure) if failure else {}),
    )


def _remember(sender: Any, request: Any = None, **_: Any) -> None:
    del sender
    if request is not None:
        request.failure = sys.exc_info()[1]
