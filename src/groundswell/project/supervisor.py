"""``groundswell up``: database, web server and worker, kept running until told to stop."""

import contextlib
import errno
import http.client
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from groundswell.interfaces.http import logs
from groundswell.project import children, embedded, opening, origin, startup, statics
from groundswell.project.children import Child
from groundswell.terms.errors import Refusal
from groundswell.workspaces import jobs

DRAIN = 30.0  # seconds that requests and jobs that have begun may take to end
_GLANCE = 0.1
_PATIENCE = 30.0  # seconds that the first page may take
_REAP_AFTER = jobs.SILENT_SECONDS + 1  # a dead worker's job can be told from a slow one's then
_TRY_AGAIN = 5.0  # seconds until a database that can't start is tried again
_ROOM = 32 << 20  # bytes of disk below which nobody is to blame for not starting
_ANSWER = 2.0  # seconds that a health check may take
_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where one asks oneself

_log = structlog.get_logger("groundswell.supervisor")


class PortTaken(Refusal):
    """Something else listens where the web server would."""

    code = "port_taken"


class CannotListen(Refusal):
    """The web server can't listen there."""

    code = "cannot_listen"


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve.

    Attributes:
        host: Address to listen at.
        port: Port to listen at.
        web_workers: Processes of the web server.
        threads: Requests that each of them answers at the same time.
        migrate: Whether a team's database may be brought to this version's shape.
    """

    host: str
    port: int
    web_workers: int
    threads: int
    migrate: bool = False


def serve(serving: Serving, *, announce: Callable[[str], None]) -> None:
    """Keep everything running until SIGINT or SIGTERM; a second one doesn't wait for anything.

    Args:
        serving: How to serve.
        announce: Told the console's address when the first page can be answered.

    Raises:
        UnsafeSettings: What is wrong with the installation, and how to mend it.
        PortTaken, CannotListen: When the port can't be had.
        KeepsDying: When a child can't be kept running.
    """
    logs.take_over("up", as_json=logs.wants_json(os.environ))
    startup.check_settings(startup.Exposure(serving.host, dict(os.environ)))
    check_port(serving.host, serving.port)
    with _signals() as signals, _database() as (url, revive):
        with opening.connected(url):
            startup.check_database(may_migrate=serving.migrate)
            opening.migrate()
        statics.collect()
        with tempfile.TemporaryDirectory(prefix="groundswell-metrics-") as metrics:
            _run(serving, signals, revive, announce, _environment(url, metrics))


def check_port(host: str, port: int) -> None:
    """Make sure that the web server can listen there.

    Raises:
        PortTaken, CannotListen: When it can't.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"port {port} of {host} is taken by another program: stop that one, "
                    f"or choose another port, such as --port {port + 1}"
                ) from error
            raise CannotListen(
                f"the web server can't listen at {host} port {port} ({error.strerror}): give an "
                "address of this machine with --host and a port from 1024 on with --port"
            ) from error


class _Signals:
    """How often we were told to stop."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _: int, __: object) -> None:
        self.count += 1

    def are_urgent(self) -> bool:
        return self.count > 1


@contextlib.contextmanager
def _signals() -> Iterator[_Signals]:
    signals = _Signals()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signals) for number in numbers]
    try:
        yield signals
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def _database() -> Iterator[tuple[str, Callable[[], bool]]]:
    """The server's address, and how to have it running again."""
    if settings.DATABASE_URL:
        yield settings.DATABASE_URL, lambda: False
        return
    user = embedded.Server(settings.GROUNDSWELL_HOME)
    url = user.acquire()
    try:
        yield url, user.revive
    finally:
        user.release()


class _Database:
    """Has the database running again; when it can't start now, as on a full disk, then later."""

    def __init__(self, revive: Callable[[], bool]) -> None:
        self._revive = revive
        self._try_at = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._try_at:
            return
        try:
            if self._revive():
                _log.error("database was started again")
        except (embedded.CannotStart, OSError) as error:
            self._try_at = time.monotonic() + _TRY_AGAIN
            _log.error("database can't be started", reason=str(error), seconds=_TRY_AGAIN)


def _environment(url: str, metrics: str) -> dict[str, str]:
    form = "json" if logs.wants_json(os.environ) else "text"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "GROUNDSWELL_LOG": form,
        "PROMETHEUS_MULTIPROC_DIR": metrics,
        "PYTHONUNBUFFERED": "1",
    }


def _run(
    serving: Serving,
    signals: _Signals,
    revive: Callable[[], bool],
    announce: Callable[[str], None],
    environment: dict[str, str],
) -> None:
    web, worker = _children(serving, environment)
    database = _Database(revive)
    is_announced, reap_at, patience_ends = False, float("inf"), time.monotonic() + _PATIENCE
    try:
        while not signals.count:
            database()
            web.tend()
            if worker.tend():
                reap_at = time.monotonic() + _REAP_AFTER
            if time.monotonic() > reap_at:
                reap_at = _reap()
            if not is_announced:
                is_announced = _try_to_announce(serving, announce)
                if not is_announced and time.monotonic() > patience_ends:
                    patience_ends = float("inf")
                    _log.warning("not ready yet", seconds=_PATIENCE, advice="see /health/ready")
            time.sleep(_GLANCE)
        _log.info("stopping", seconds=DRAIN)
    finally:
        children.stop([web, worker], within=DRAIN, hurry=signals.are_urgent)
    _log.info("stopped")


def _children(serving: Serving, environment: dict[str, str]) -> tuple[Child, Child]:
    me = str(os.getpid())
    web = [
        sys.executable, "-m", "groundswell.project.web",
        "--host", serving.host, "--port", str(serving.port), "--supervisor", me,
        "--workers", str(serving.web_workers), "--threads", str(serving.threads),
    ]  # fmt: skip
    worker = [sys.executable, "-m", "groundswell.project.worker", "--supervisor", me]
    return (
        Child("web server", web, environment, _can_start),
        Child("worker", worker, environment, _can_start),
    )


def _can_start() -> bool:
    """Whether what a child needs is there: room on the disk, and a database that answers."""
    if shutil.disk_usage(settings.GROUNDSWELL_HOME).free < _ROOM:
        return False
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    finally:
        connection.close()
    return True


def _reap() -> float:
    """Give back the jobs of a dead worker; returns when to try again."""
    try:
        jobs.reap()
    except DatabaseError:
        return time.monotonic() + _REAP_AFTER
    finally:
        connection.close()
    return float("inf")


def _try_to_announce(serving: Serving, announce: Callable[[str], None]) -> bool:
    if not _is_ready(serving):
        return False
    address = _address(serving)
    origin.remember(settings.GROUNDSWELL_HOME, address)
    announce(address)
    _log.info("ready", address=address)
    return True


def _is_ready(serving: Serving) -> bool:
    host = _UNSPECIFIED.get(serving.host, serving.host)
    asked = http.client.HTTPConnection(host, serving.port, timeout=_ANSWER)
    try:
        asked.request("GET", "/health/ready", headers={"Host": "localhost"})
        return asked.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _address(serving: Serving) -> str:
    """Where people go; by name, because passkeys belong to names."""
    address: str | None = settings.ORIGIN.address
    return address or f"http://localhost:{serving.port}"
