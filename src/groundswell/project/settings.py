"""Django's settings.

What an operator may choose comes from the environment:

GROUNDSWELL_HOME
    Folder of the embedded database, keys and files.
XDG_DATA_HOME
    Without GROUNDSWELL_HOME, and not as root: the folder that holds the home `groundswell`.
DATABASE_URL
    A PostgreSQL server (15 or newer) to use instead of the embedded one.
"""

import os
from pathlib import Path
from typing import Any

from groundswell.project import database, home

GROUNDSWELL_HOME: Path = home.locate(os.environ)
DATABASE_URL: str | None = os.environ.get("DATABASE_URL")

DATABASES: dict[str, dict[str, Any]] = {"default": database.configured(DATABASE_URL)}

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "groundswell.workspaces",
    "groundswell.creators",
    "groundswell.connectors",
    "groundswell.vetting",
    "groundswell.discovery",
    "groundswell.planning",
]
# Only a worker loads the tasks: a command that merely defers a job by name starts faster.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "groundswell.workspaces.tasks",
    "groundswell.creators.tasks",
    "groundswell.vetting.tasks",
    "groundswell.discovery.tasks",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Nothing is signed in this process yet; a web server will bring a key of its own.
SECRET_KEY = "unused"  # noqa: S105
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
