"""What is unsafe is refused before anything is served, with how to mend it."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from groundswell.project import guards, origin, reach, startup
from groundswell.project import home as homes
from groundswell.project.startup import Exposure, UnsafeSettings
from groundswell.workspaces import clock, keys

HERE = Exposure("127.0.0.1", {})
OUTSIDE = Exposure("0.0.0.0", {})


@pytest.fixture
def safe(settings, tmp_path: Path):
    """Settings of an installation that a team reaches by TLS."""
    settings.GROUNDSWELL_HOME = tmp_path / "home"
    homes.prepare(settings.GROUNDSWELL_HOME)
    keys.installation_key("anything")
    settings.DEBUG = False
    settings.ORIGIN = origin.parsed("https://groundswell.example.com")
    settings.ALLOWED_HOSTS = settings.ORIGIN.hosts
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.METRICS_TOKEN = "a-token-of-thirty-characters--"
    settings.DATABASE_URL = "postgresql://user@db.example.com/groundswell?sslmode=require"
    return settings


def refused(exposure: Exposure) -> list[str]:
    with pytest.raises(UnsafeSettings) as refusal:
        startup.check_settings(exposure)
    assert all(finding in str(refusal.value) for finding in refusal.value.findings)
    return refusal.value.findings


def test_a_teams_safe_settings_pass(safe):
    startup.check_settings(OUTSIDE)


def test_an_installation_for_oneself_needs_no_settings(settings, tmp_path):
    settings.GROUNDSWELL_HOME = tmp_path / "not-yet"
    startup.check_settings(HERE)


BREAKS = {
    "DEBUG is on": {"DEBUG": True},
    "GROUNDSWELL_ORIGIN isn't set": {"ORIGIN": origin.parsed(None)},
    "in the clear": {"ORIGIN": origin.parsed("http://groundswell.example.com")},
    "takes every name": {"ALLOWED_HOSTS": ["*"]},
    "SESSION_COOKIE_SECURE is off": {"SESSION_COOKIE_SECURE": False},
    "CSRF_COOKIE_SECURE is off": {"CSRF_COOKIE_SECURE": False},
    "METRICS_TOKEN has 5 characters": {"METRICS_TOKEN": "short"},
    "carry others within": {"REACH_NETWORKS": reach.parsed("64:ff9b::/96")},
    "USE_TZ is False": {"USE_TZ": False},
    "TIME_ZONE 'Europe/Berlin'": {"TIME_ZONE": "Europe/Berlin"},
    "whether to encrypt": {"DATABASE_URL": "postgresql://user@db.example.com/groundswell"},
}


@pytest.mark.parametrize("said", BREAKS)
def test_an_unsafe_setting_is_refused(safe, said):
    for name, value in BREAKS[said].items():
        setattr(safe, name, value)
    (finding,) = refused(OUTSIDE)
    assert said in finding


@pytest.mark.parametrize(
    "name",
    [
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "csp.middleware.CSPMiddleware",
    ],
)
def test_a_missing_defence_is_refused(safe, name):
    safe.MIDDLEWARE = [kept for kept in safe.MIDDLEWARE if kept != name]
    (finding,) = refused(OUTSIDE)
    assert name in finding


def test_everything_that_is_wrong_is_said_at_once(safe):
    safe.DEBUG = True
    safe.METRICS_TOKEN = "short"
    assert len(refused(OUTSIDE)) == 2


def test_a_clock_before_the_release_is_refused(safe, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    (finding,) = refused(OUTSIDE)
    assert "the clock of this machine says 1970-01-01" in finding


@pytest.mark.parametrize(
    ("place", "mode", "mend"),
    [
        ("keys/master.key", 0o644, "chmod 600"),
        ("keys", 0o755, "chmod 700"),
        ("workspaces", 0o750, "chmod 700"),
        (".", 0o770, "chmod go-w"),
    ],
)
def test_files_that_others_may_open_are_refused(safe, place, mode, mend):
    (Path(safe.GROUNDSWELL_HOME) / place).chmod(mode)
    (finding,) = refused(HERE)
    assert mend in finding


def test_a_damaged_master_key_is_refused(safe):
    keys.path().write_bytes(b"short")
    (finding,) = refused(HERE)
    assert "holds 5 bytes instead of 32" in finding


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_elses_master_key_is_refused(safe):
    os.chown(keys.path(), 12_345, -1)
    (finding,) = refused(HERE)
    assert "belongs to user id 12345" in finding


@pytest.mark.django_db
def test_a_database_as_we_make_it_passes(safe):
    assert list(guards.judged(guards.found())) == []


DATABASES = {
    "PostgreSQL 14": {"version": 140_012},
    "bypasses row-level security, which keeps": {"user_sees_all": True},
    "groundswell_app is a superuser": {"app_sees_all": True},
    "connect as groundswell_app": {"app_can_login": True},
    "may become": {"app_is_owner": True},
    "can't take the role": {"can_become_app": False},
    "owns plans, and an owner": {"app_owns": ("plans",)},
    "row-level security is off for plans": {"open_tables": ("plans",)},
    "a newer release": {"unknown": frozenset({("planning", "0099_future")})},
    "fsync": {"keeps_writes": False},
    "synchronous_commit is off": {"awaits_commits": False},
    "keeps texts in SQL_ASCII": {"encoding": "SQL_ASCII"},
    "3600 seconds apart": {"skew": -3600.0},
}


@pytest.mark.django_db
@pytest.mark.parametrize("said", DATABASES)
def test_an_unsafe_database_is_refused(safe, said):
    (finding,) = guards.judged(replace(guards.found(), **DATABASES[said]))
    assert said in finding


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SET LOCAL synchronous_commit = off", "synchronous_commit is off"),
        (
            "ALTER TABLE workspaces_journalentry NO FORCE ROW LEVEL SECURITY",
            "off for workspaces_journalentry",
        ),
        (
            "INSERT INTO django_migrations VALUES (0, 'workspaces', '0099_future', now())",
            "(workspaces.0099_future isn't known here)",
        ),
    ],
)
def test_what_somebody_changed_in_the_database_is_found(safe, statement, said):
    with connection.cursor() as cursor:
        cursor.execute(statement)
    (finding,) = guards.judged(guards.found())
    assert said in finding


@pytest.mark.django_db
def test_a_teams_database_is_not_migrated_unasked(safe):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'planning'")
    with pytest.raises(UnsafeSettings, match="groundswell up --migrate"):
        startup.check_database(may_migrate=False)
    startup.check_database(may_migrate=True)


def test_a_lost_master_key_is_found_when_somebody_has_data(safe, workspace):
    safe.GROUNDSWELL_HOME = Path(safe.GROUNDSWELL_HOME) / "elsewhere"
    with pytest.raises(UnsafeSettings, match="put it back"):
        startup.check_database(may_migrate=False)
