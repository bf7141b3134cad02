"""The web server's way in."""

import os

from groundswell.connectors.adapters import lean

lean.without_pandas()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")

from django.conf import settings  # noqa: E402 - the settings' name must stand first
from django.core.wsgi import get_wsgi_application  # noqa: E402


def _application() -> object:
    application = get_wsgi_application()
    # The keys need the apps, and nothing is signed before the first request.
    from groundswell.workspaces import keys  # noqa: PLC0415

    settings.SECRET_KEY = keys.installation_key("django").hex()
    settings.DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return application


application = _application()
