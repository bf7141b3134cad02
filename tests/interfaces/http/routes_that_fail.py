"""Addresses whose views go wrong with secrets in their hands."""

import errno

from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path
from psycopg.errors import DiskFull

from groundswell.interfaces.http import health, outages, routes

CANARY = "CanaryK3wq9ZpLm27"
SECRETS = (
    CANARY,
    f"{CANARY}@example.com",
    f"gsw_{CANARY}0123456789abcdefghijABCDEFGHIJklmnop",
    f"postgresql://user:{CANARY}@host/database",
)


@routes.public
def well(request, item):
    return HttpResponse(f"{item} is well")


@routes.public
def broken(request, item):
    password = SECRETS[0]
    raise ValueError(f"cannot take {password!r} of {SECRETS[1]} with {SECRETS[2]} for {item}")


@routes.public
def chained(request, item):
    try:
        int(SECRETS[3])
    except ValueError as error:
        raise RuntimeError(f"no number: {SECRETS[3]}") from error


@routes.public
def wrong_query(request, item):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::uuid", [SECRETS[1]])


@routes.public
def away(request, item):
    raise OperationalError(f"connection to {SECRETS[3]} failed")


@routes.public
def full(request, item):
    if item == "file":
        raise OSError(errno.ENOSPC, "No space left on device")
    raise OperationalError("could not extend file") from DiskFull()


urlpatterns = [
    path("well/<item>", well, name="well"),
    path("broken/<item>", broken, name="broken"),
    path("chained/<item>", chained, name="chained"),
    path("query/<item>", wrong_query, name="query"),
    path("away/<item>", away, name="away"),
    path("api/away/<item>", away, name="api_away"),
    path("full/<item>", full, name="full"),
    path("api/full/<item>", full, name="api_full"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]


def handler500(request):
    return outages.of_current_exception(request) or HttpResponse("broken", status=500)
