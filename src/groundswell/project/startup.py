"""What must be right before anything is served, and how to mend what isn't."""

import ipaddress
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from groundswell.egress.reaching import Reaching
from groundswell.project import guards
from groundswell.terms.errors import Refusal
from groundswell.workspaces import clock, keys

_RELEASED = datetime(2026, 1, 1, tzinfo=UTC)
_SHORTEST_TOKEN = 20
_NEEDED = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "csp.middleware.CSPMiddleware",
)


class UnsafeSettings(Refusal):
    """The installation is set up in a way that would lose or give away data."""

    code = "unsafe_settings"

    def __init__(self, findings: list[str]) -> None:
        self.findings = findings
        listed = "".join(f"\n- {finding}" for finding in findings)
        super().__init__(
            f"nothing was started, because {len(findings)} settings are unsafe:{listed}"
        )


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who could reach what is about to be started.

    Attributes:
        host: The address that the web server would listen at.
        environ: The environment that it would be started in.
    """

    host: str
    environ: Mapping[str, str]

    @property
    def is_local(self) -> bool:
        """Whether only this machine's own programs could come."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def check_settings(exposure: Exposure) -> None:
    """Refuse unsafe settings, environment and files.

    Raises:
        UnsafeSettings: With everything that is wrong, and how to mend each.
    """
    checks: tuple[Callable[[Exposure], Iterator[str]], ...] = (
        _debugging,
        _origin,
        _web_defences,
        _metrics,
        _clock,
        _database_address,
        _networks,
    )
    findings = [finding for check in checks for finding in check(exposure)]
    findings += _files(Path(settings.GROUNDSWELL_HOME))
    if findings:
        raise UnsafeSettings(findings)


def check_database(*, may_migrate: bool) -> None:
    """Refuse a database that can't keep workspaces apart or acknowledged data safe.

    Args:
        may_migrate: Whether a team's tables may be brought to this version's shape.

    Raises:
        UnsafeSettings: With everything that is wrong, and how to mend each.
    """
    found = guards.found()
    findings = list(guards.judged(found))
    if found.has_tables and settings.DATABASE_URL and found.pending and not may_migrate:
        findings.append(
            f"{len(found.pending)} migrations of this release are still to be done in a database "
            "that others may be using: make a backup, stop the older release everywhere, and start "
            "once with `groundswell up --migrate`"
        )
    if found.has_workspaces and not keys.path().exists():
        findings.append(
            f"the master key {keys.path()} is missing, and what was encrypted with it can't be "
            "read: put it back from where you keep it (`groundswell backup --keys` wrote it)"
        )
    if findings:
        raise UnsafeSettings(findings)


def _debugging(exposure: Exposure) -> Iterator[str]:
    if settings.DEBUG and not exposure.is_local:
        yield (
            f"DEBUG is on, and {exposure.host} can be reached from elsewhere: error pages would "
            "show code and secrets; set DEBUG to False"
        )


def _origin(exposure: Exposure) -> Iterator[str]:
    origin = settings.ORIGIN
    if not exposure.is_local and origin.address is None:
        yield (
            f"the address {exposure.host} can be reached from elsewhere, and GROUNDSWELL_ORIGIN "
            "isn't set: set it to where people will come, such as https://groundswell.example.com, "
            "or listen at --host 127.0.0.1"
        )
    if origin.address is not None and not origin.is_secure and not _is_here(origin.hosts[0]):
        yield (
            f"GROUNDSWELL_ORIGIN is {origin.address}: passwords and data would cross the network "
            "in the clear; put a proxy with TLS in front and set it to https://..."
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield (
            "ALLOWED_HOSTS takes every name ('*'), so links in mails could be made to point "
            "elsewhere; name the hosts, or leave it to GROUNDSWELL_ORIGIN"
        )


def _is_here(host: str) -> bool:
    return Exposure(host, {}).is_local


def _web_defences(_: Exposure) -> Iterator[str]:
    for name in _NEEDED:
        if name not in settings.MIDDLEWARE:
            yield f"MIDDLEWARE lacks {name}, without which forms and sessions aren't safe; add it"
    if settings.ORIGIN.is_secure:
        for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
            if not getattr(settings, name):
                yield f"{name} is off, and the origin has TLS: set it to True"


def _metrics(_: Exposure) -> Iterator[str]:
    token = settings.METRICS_TOKEN
    if token is not None and len(token) < _SHORTEST_TOKEN:
        yield (
            f"GROUNDSWELL_METRICS_TOKEN has {len(token)} characters and could be guessed: use "
            f"{_SHORTEST_TOKEN} or more, or none"
        )


def _clock(_: Exposure) -> Iterator[str]:
    if not settings.USE_TZ or settings.TIME_ZONE != "UTC":
        yield (
            f"times must be kept in UTC, and USE_TZ is {settings.USE_TZ} with TIME_ZONE "
            f"{settings.TIME_ZONE!r}: set them to True and 'UTC'; people see their workspace's zone"
        )
    if (now := clock.now()) < _RELEASED:
        yield (
            f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, before this release was "
            "made: set it, or sessions and forecasts will be wrong"
        )


def _database_address(exposure: Exposure) -> Iterator[str]:
    url = settings.DATABASE_URL
    parts: dict[str, Any] = conninfo_to_dict(url) if url else {}
    host = str(parts.get("host") or "")
    is_near = not host or host.startswith("/") or _is_here(host)
    if not is_near and not (parts.get("sslmode") or exposure.environ.get("PGSSLMODE")):
        yield (
            f"DATABASE_URL reaches {host} over the network and doesn't say whether to encrypt: "
            "append ?sslmode=verify-full (or require), or ?sslmode=disable when only these two "
            "machines share that network"
        )


def _networks(exposure: Exposure) -> Iterator[str]:
    del exposure
    try:
        Reaching(settings.REACH_NETWORKS)
    except ValueError:
        yield (
            "GROUNDSWELL_REACH_NETWORKS has a network whose addresses carry others within, which "
            "would pass unread: name the networks that they lead to, such as 10.1.0.0/16"
        )


def _files(home: Path) -> Iterator[str]:
    if not home.exists():
        return
    if home.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield f"others may write into the home folder {home}: `chmod go-w {home}`"
    for folder in (home / "keys", home / "workspaces", home / "mail"):
        if folder.exists() and folder.stat().st_mode & 0o077:
            yield f"others may look into {folder}: `chmod 700 {folder}`"
    key = keys.path()
    if not key.exists():
        return
    found = key.stat()
    if found.st_mode & 0o077:
        yield f"others may read the master key: `chmod 600 {key}`, and think of it as known to them"
    if found.st_uid != os.geteuid():
        yield f"the master key {key} belongs to user id {found.st_uid}, not to us ({os.geteuid()})"
    if found.st_size != keys.BYTES:
        yield (
            f"the master key {key} holds {found.st_size} bytes instead of {keys.BYTES}: put it "
            "back from where you keep it"
        )
