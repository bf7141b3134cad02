from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import loader
from django.test import RequestFactory

from groundswell.interfaces.console import styleguide


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def test_the_style_guide_shows_every_part_that_pages_include():
    request = RequestFactory().get("/")
    request.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    html = styleguide.styleguide(request).content.decode()

    for sign in (
        "how-panel", "cannot say", "chart-drawing", "state-title", 'role="alert"', "field-error",
        'class="pages"', "progress-part", 'class="tabs"', "data-bulk",
    ):  # fmt: skip
        assert sign in html, sign


def test_every_template_of_the_room_can_be_read():
    templates = Path(styleguide.__file__).parent / "templates"
    for path in templates.rglob("*.html"):
        loader.get_template(str(path.relative_to(templates)))
