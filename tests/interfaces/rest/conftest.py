"""One scene for all tests of a module: each test leaves it as it was."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.test import override_settings

from groundswell.workspaces import telling
from groundswell.workspaces.actions import workspaces
from tests.support import scene as scenes
from tests.support.cast import Cast
from tests.support.worlds import SEEN_AT


@pytest.fixture(scope="module")
def standing_scene(django_db_setup, django_db_blocker, tmp_path_factory, static_root):
    """The scene itself, in a transaction that is never committed."""
    home = tmp_path_factory.mktemp("scene")
    with (
        django_db_blocker.unblock(),
        override_settings(GROUNDSWELL_HOME=home / "home", STATIC_ROOT=static_root),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        # The thread that tells how far it is would not see what is not committed.
        patch.setattr(telling, "_EVERY_SECONDS", 3_600)
        workspace = workspaces.create(slug="anna", name="Anna", by="test", now=SEEN_AT)
        yield scenes.build(Cast(workspace, SEEN_AT), home / "staged", now=SEEN_AT)
        transaction.set_rollback(True)


@pytest.fixture
def scene(standing_scene, db):
    """The scene; what the test does to it is undone."""
    return replace(standing_scene, names=dict(standing_scene.names))
