"""The answer while the database is away: come back in a moment.

It asks nobody anything: no session, no template's context, no query could be answered now.
"""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

RETRY_AFTER = 5  # seconds
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Back in a moment - Groundswell</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Back in a moment</h1>
<p>The database doesn't answer, so nothing was read and nothing was changed by this request.
Reload the page in a few seconds; what you saw confirmed before is kept.</p></main></body></html>
"""


def answer(request: Any, exception: BaseException) -> HttpResponse:
    """503 with ``Retry-After``, as RFC 9457 has it or as a page."""
    request.failure = exception
    # A connection that was cut would be found broken by the next request only.
    connection.close_if_unusable_or_obsolete()
    response = _problem() if request.path.startswith("/api/") else HttpResponse(_PAGE, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_passing(error: BaseException | None) -> bool:
    """Whether an exception only says that the database is away."""
    return isinstance(error, OperationalError | InterfaceError)


def of_current_exception(request: HttpRequest) -> HttpResponse | None:
    """The answer, when what is being handled is an outage; for Django's ``handler500``."""
    error = sys.exc_info()[1]
    return answer(request, error) if error is not None and is_passing(error) else None


def _problem() -> HttpResponse:
    problem = {
        "type": "about:blank",
        "title": "Back in a moment",
        "status": 503,
        "code": "database_away",
        "detail": "The database doesn't answer. Nothing was changed; send the request again.",
    }
    return JsonResponse(problem, status=503, content_type="application/problem+json")
