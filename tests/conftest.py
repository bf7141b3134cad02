"""Fixtures of every test that needs a database."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import settings as hypothesis
from pytest_django import Settings

from groundswell.project import database, embedded
from groundswell.workspaces import access
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace
from tests.support.cast import Cast
from tests.support.installation import Installation, migrate, running

pytest_plugins = ["tests.support.skips"]

# How long an example takes says what else the machine does, not whether the code is right.
hypothesis.register_profile("patient", hypothesis(), deadline=None)
hypothesis.load_profile("patient")

# Tables are as wide in every test, whatever terminal it runs in.
os.environ["COLUMNS"] = "120"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make torture` asks of the tests that kill processes by chance."""
    parser.addoption("--cycles", type=int, default=6, help="how many processes are killed")
    parser.addoption("--seed", type=int, help="the chance of an earlier run; a fresh one without")


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for this run, or the one that DATABASE_URL names."""
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
        return
    with embedded.server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(server_url: str) -> None:
    """Point Django at that server before the test database is made."""
    test = connection.settings_dict["TEST"]
    connection.settings_dict.update(database.configured(server_url))
    connection.settings_dict["TEST"] = test


@pytest.fixture
def now() -> datetime:
    """The moment at which tests happen."""
    return datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    """A home folder of the test's own."""
    settings.GROUNDSWELL_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture
def workspace(db: None, home: Path, now: datetime) -> Workspace:
    """Anna's workspace."""
    return workspaces.create(slug="anna", name="Anna", by="test", now=now)


@pytest.fixture
def stranger(db: None, home: Path, now: datetime) -> Workspace:
    """A workspace that Anna must never see."""
    return workspaces.create(slug="stranger", name="Stranger", by="test", now=now)


@pytest.fixture
def inside(workspace: Workspace) -> Iterator[Workspace]:
    """The test runs inside Anna's workspace."""
    with access.inside(workspace):
        yield workspace


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where collected files would be."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Settings, static_root: Path) -> None:
    """Pages name static files as they are: nobody has collected them for a test."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.STATIC_ROOT = static_root
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(workspace: Workspace, now: datetime) -> Cast:
    """People by their roles, and browsers that are signed in as they are."""
    return Cast(workspace, now)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with all tables and no rows, of which installations are copies."""
    home = tmp_path_factory.mktemp("migrated") / "home"
    migrate(home)
    return home


@pytest.fixture
def installation(migrated: Path, tmp_path: Path) -> Iterator[Installation]:
    """An installation of the test's own, for what only whole processes can show; its server runs.

    It has tables and nothing else: the first command still makes the workspace.
    """
    with running(migrated, tmp_path / "installation") as running_one:
        yield running_one


@pytest.fixture
def nothing_yet(tmp_path: Path) -> Installation:
    """An installation on which no command has run: not even its folder is there."""
    return Installation(tmp_path / "installation")
