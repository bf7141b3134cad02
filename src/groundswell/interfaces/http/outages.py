"""The answer while the database is away or the disk is full: come back in a moment.

It asks nobody anything: no session, no template's context, no query could be answered now.
"""

import errno
import sys
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg.errors import DiskFull

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - Groundswell</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>{title}</h1>
<p>{says}</p></main></body></html>
"""


@dataclass(frozen=True, slots=True)
class Outage:
    """What is missing, and what it means for who asked.

    Attributes:
        retry_after: Seconds.
        for_people: What the page says.
        for_programs: What the problem says.
    """

    status: int
    code: str
    retry_after: int
    title: str
    for_people: str
    for_programs: str


AWAY = Outage(
    503,
    "database_away",
    5,
    "Back in a moment",
    "The database doesn't answer, so nothing was read and nothing was changed by this request. "
    "Reload the page in a few seconds; what you saw confirmed before is kept.",
    "The database doesn't answer. Nothing was changed; send the request again.",
)
FULL = Outage(
    507,
    "no_room",
    60,
    "No room on the disk",
    "The server's disk is full, so nothing was changed by this request. Ask your operator to make "
    "room, then send it again; what you saw confirmed before is kept, and reading goes on.",
    "The server's disk is full. Nothing was changed; send the request again when there is room.",
)


def answer(request: Any, exception: BaseException) -> HttpResponse:
    """503 or 507 with ``Retry-After``, as RFC 9457 has it or as a page."""
    outage = of(exception) or AWAY
    request.failure = exception
    # A connection that was cut would be found broken by the next request only.
    connection.close_if_unusable_or_obsolete()
    made = _problem if request.path.startswith("/api/") else _page
    response = made(outage)
    response.headers["Retry-After"] = str(outage.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def of(error: BaseException | None) -> Outage | None:
    """The outage that an exception tells of; None for one that is somebody's mistake."""
    if isinstance(error, OperationalError | InterfaceError):
        return FULL if isinstance(error.__cause__, DiskFull) else AWAY
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FULL
    return None


def of_current_exception(request: HttpRequest) -> HttpResponse | None:
    """The answer, when what is being handled is an outage; for Django's ``handler500``."""
    error = sys.exc_info()[1]
    return answer(request, error) if error is not None and of(error) is not None else None


def _page(outage: Outage) -> HttpResponse:
    text = _PAGE.format(title=outage.title, says=outage.for_people)
    return HttpResponse(text, status=outage.status)


def _problem(outage: Outage) -> HttpResponse:
    problem = {
        "type": "about:blank",
        "title": outage.title,
        "status": outage.status,
        "code": outage.code,
        "detail": outage.for_programs,
    }
    return JsonResponse(problem, status=outage.status, content_type="application/problem+json")
