"""The database: reached, and its tables brought to this version's shape."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from groundswell.project import database, embedded, home

# Any number that only we use; two programs that migrate at once would trip over each other.
_MIGRATION_LOCK = 7_234_981


@contextmanager
def open_database() -> Iterator[None]:
    """A migrated database: the server of DATABASE_URL, else the embedded one."""
    with reach_database():
        migrate()
        yield


@contextmanager
def reach_database() -> Iterator[None]:
    """The same database with its tables as they are."""
    home.prepare(settings.GROUNDSWELL_HOME)
    with _server() as url, connected(url):
        yield


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Django speaks with the server at that address."""
    connection.settings_dict.update(database.configured(url))
    try:
        database.connect()
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
