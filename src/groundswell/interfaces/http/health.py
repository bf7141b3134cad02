"""What machines ask: is it alive, is it ready, and how is it doing."""

import hmac
import ipaddress
import os
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import REGISTRY, Collector

from groundswell.interfaces.http import routes
from groundswell.workspaces import queries

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


@routes.public
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The program runs; says nothing about what it needs."""
    del request
    return JsonResponse({"status": "live"})


@routes.public
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Pages can be answered: the database is there, and its tables fit this version.

    When a worker last gave a sign is told and doesn't count: pages work without one.
    """
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            missing = _wanted() - set(cursor.fetchall())
        worker = queries.seconds_since_worker() if not missing else None
    except DatabaseError:
        return _unready("database", "the database doesn't answer")
    if missing:
        return _unready("migrations", f"{len(missing)} migrations are to be done: restart")
    return JsonResponse({"status": "ready", "worker_seen_seconds_ago": worker})


@routes.public
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for this machine or for who has the token."""
    if not _may_measure(request):
        return HttpResponse(
            "metrics are told on this machine, or for GROUNDSWELL_METRICS_TOKEN as bearer token\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    text = generate_latest(_requests()) + generate_latest(_state())
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _unready(what: str, why: str) -> HttpResponse:
    response = JsonResponse({"status": "not ready", "missing": what, "why": why}, status=503)
    response.headers["Retry-After"] = "5"
    return response


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations that this version brings; reading them costs 100 ms, once."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    # What a proxy on this machine hands on is from elsewhere.
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _requests() -> CollectorRegistry:
    """The counts of all web processes, or of this one when it is alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _state() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_State())
    return registry


class _State(Collector):
    """What the database says at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Jobs by status, the worker's last sign, connections; only "up 0" in an outage."""
        up = GaugeMetricFamily("groundswell_database_up", "Whether the database answers")
        try:
            pulse = queries.pulse()
        except DatabaseError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        jobs = GaugeMetricFamily("groundswell_jobs", "Jobs that are not done", labels=["status"])
        for status, count in pulse.jobs.items():
            jobs.add_metric([status], count)
        yield jobs
        for name, help_text, value in (
            ("connections", "Connections to the database", pulse.connections),
            ("connections_allowed", "Connections that it allows", pulse.connections_allowed),
            ("worker_seen_seconds", "Seconds since a worker's last sign", pulse.worker_seconds),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"groundswell_{name}", help_text, value=value)
