"""The program ``groundswell``: brings up what a command needs, and runs it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from groundswell.connectors.adapters import lean
from groundswell.project import database, embedded, home

# Any number that only we use; two programs that migrate at once would trip over each other.
_MIGRATION_LOCK = 7_234_981


def main() -> None:
    """Entry point of the command line."""
    lean.without_pandas()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundswell.project.settings")
    django.setup()
    # The commands import the apps' models, which stand only after setup.
    from groundswell.interfaces.cli import app  # noqa: PLC0415

    # Stopped politely, a command leaves its blocks: the last user of the server stops it.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(app.run(sys.argv[1:], open_database=open_database))


@contextmanager
def open_database() -> Iterator[None]:
    """A migrated database: the server of DATABASE_URL, else the embedded one."""
    home.prepare(settings.GROUNDSWELL_HOME)
    with _server() as url:
        connection.settings_dict.update(database.configured(url))
        try:
            database.connect()
            migrate()
            yield
        finally:
            connection.close()


def migrate() -> None:
    """Bring the tables to this version's shape; costs little when they are."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
    call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def _server() -> AbstractContextManager[str]:
    if settings.DATABASE_URL:
        return nullcontext(settings.DATABASE_URL)
    return embedded.server(settings.GROUNDSWELL_HOME)
