"""What of a database keeps workspaces apart and acknowledged data safe: found, and judged."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DataError, ProgrammingError

from groundswell.workspaces.models import Workspace
from groundswell.workspaces.tenancy import APP_ROLE, RowLevelSecurity

_OLDEST = 150_000  # PostgreSQL 15
_SKEW = 60.0  # seconds

_ROLES = """
    SELECT
        (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
        (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %(app)s),
        (SELECT rolcanlogin FROM pg_roles WHERE rolname = %(app)s),
        (SELECT pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %(app)s),
        (SELECT array_agg(relname::text ORDER BY relname) FROM pg_class
            WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
            AND pg_get_userbyid(relowner) = %(app)s)
"""
_SERVER = """
    SELECT
        current_user,
        current_setting('server_version_num')::int,
        current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
        current_setting('synchronous_commit') <> 'off',
        current_setting('server_encoding'),
        extract(epoch FROM clock_timestamp())::float
"""
_OPEN = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
        AND (relname = ANY(%(guarded)s) AND NOT relrowsecurity
            OR relname = ANY(%(forced)s) AND NOT relforcerowsecurity)
    ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a database is like.

    Attributes:
        user: Whom we connect as.
        version: Its server's version, such as 180004.
        user_sees_all: The user is held to no row-level security.
        app_sees_all: Neither is the application's role.
        app_can_login: Somebody could connect as the application's role.
        app_is_owner: The application's role may become the owner of the tables.
        app_owns: Tables that belong to the application's role.
        can_become_app: The user may take the application's role.
        open_tables: Tables of workspaces whose row-level security is off or not forced.
        has_tables: It was migrated before.
        has_workspaces: Somebody uses it.
        pending: Migrations that this release brings and the database lacks.
        unknown: Migrations that the database has and this release doesn't know.
        keeps_writes: The server writes to the disk what it says it has.
        awaits_commits: A commit is answered when it is on the disk.
        encoding: Of its texts.
        skew: Seconds that its clock is ahead of ours.
    """

    user: str
    version: int
    user_sees_all: bool
    app_sees_all: bool
    app_can_login: bool
    app_is_owner: bool
    app_owns: tuple[str, ...]
    can_become_app: bool
    open_tables: tuple[str, ...]
    has_tables: bool
    has_workspaces: bool
    pending: frozenset[tuple[str, str]]
    unknown: frozenset[tuple[str, str]]
    keeps_writes: bool
    awaits_commits: bool
    encoding: str
    skew: float


def found() -> Found:
    """Ask the connected database."""
    loader = MigrationExecutor(connection).loader
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    wanted = frozenset(loader.disk_migrations or ())
    ours = {app for app, _ in wanted}
    guarded, forced = _guarded_tables()
    with connection.cursor() as cursor:
        cursor.execute(_SERVER)
        user, version, keeps_writes, awaits_commits, encoding, now = cursor.fetchone()
        skew = now - time.time()
        cursor.execute(_ROLES, {"app": APP_ROLE})
        user_sees_all, app_sees_all, app_can_login, app_is_owner, app_owns = cursor.fetchone()
        cursor.execute(_OPEN, {"guarded": guarded, "forced": forced})
        open_tables = tuple(name for (name,) in cursor.fetchall())
        tables = connection.introspection.table_names(cursor)
    return Found(
        user=user,
        version=version,
        user_sees_all=user_sees_all,
        app_sees_all=bool(app_sees_all),
        app_can_login=bool(app_can_login),
        app_is_owner=bool(app_is_owner),
        app_owns=tuple(app_owns or ()),
        can_become_app=_can_become_app(),
        open_tables=open_tables,
        has_tables=bool(applied),
        has_workspaces=Workspace._meta.db_table in tables and Workspace.objects.exists(),
        pending=wanted - applied,
        unknown=frozenset(name for name in applied - wanted if name[0] in ours),
        keeps_writes=keeps_writes,
        awaits_commits=awaits_commits,
        encoding=encoding,
        skew=skew,
    )


def judged(found: Found) -> Iterator[str]:
    """What is wrong with it, and how to mend each; nothing when all is well."""
    yield from _judged_server(found)
    yield from _judged_user(found)
    if found.has_tables:
        yield from _judged_tables(found)


def _judged_server(found: Found) -> Iterator[str]:
    if found.version < _OLDEST:
        yield (
            f"the server is PostgreSQL {found.version // 10_000}: use {_OLDEST // 10_000} or newer"
        )
    if not found.keeps_writes:
        yield (
            "the server has fsync or full_page_writes off and would lose acknowledged data with "
            "its power: turn both on"
        )
    if not found.awaits_commits:
        yield (
            "synchronous_commit is off, so that acknowledged data may be lost: "
            f"`ALTER ROLE {found.user} RESET synchronous_commit`, or set it in postgresql.conf"
        )
    if found.encoding != "UTF8":
        yield (
            f"the database keeps texts in {found.encoding}: make one with "
            "`CREATE DATABASE groundswell ENCODING 'UTF8' TEMPLATE template0`"
        )
    if abs(found.skew) > _SKEW:
        yield (
            f"the clocks of the database server and of this machine are {abs(found.skew):.0f} "
            "seconds apart: set both by NTP"
        )


def _judged_user(found: Found) -> Iterator[str]:
    if found.user_sees_all:
        yield (
            f"the database's user {found.user} is a superuser or bypasses row-level security, "
            "which keeps workspaces apart: `CREATE ROLE groundswell LOGIN CREATEROLE PASSWORD "
            "'...'`, give it the database, and use it in DATABASE_URL"
        )
    if found.app_sees_all:
        yield (
            f"the role {APP_ROLE} is a superuser or bypasses row-level security: "
            f"`ALTER ROLE {APP_ROLE} NOSUPERUSER NOBYPASSRLS`"
        )
    if found.app_can_login:
        yield f"somebody could connect as {APP_ROLE}: `ALTER ROLE {APP_ROLE} NOLOGIN`"
    if found.app_is_owner:
        yield (
            f"the role {APP_ROLE} may become {found.user}, who owns the tables: "
            f"`REVOKE {found.user} FROM {APP_ROLE}`"
        )


def _judged_tables(found: Found) -> Iterator[str]:
    if found.unknown:
        app, name = min(found.unknown)
        yield (
            f"a newer release has migrated the database ({app}.{name} isn't known here): install "
            "that release, or restore the backup from before the upgrade"
        )
    if not found.can_become_app:
        yield (f"{found.user} can't take the role {APP_ROLE}: `GRANT {APP_ROLE} TO {found.user}`")
    if found.app_owns:
        yield (
            f"the role {APP_ROLE} owns {', '.join(found.app_owns)}, and an owner can switch "
            f"row-level security off: `ALTER TABLE ... OWNER TO {found.user}`"
        )
    if found.open_tables and not found.pending:
        yield (
            f"row-level security is off for {', '.join(found.open_tables)}: `ALTER TABLE ... "
            "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`, and ask who changed it"
        )


def _can_become_app() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
            cursor.execute("SET LOCAL ROLE NONE")
    except (DataError, ProgrammingError):  # there is none, or it isn't for us
        return False
    return True


def _guarded_tables() -> tuple[list[str], list[str]]:
    """Tables that bear row-level security, and those whose owner is held to it too."""
    rules = [(model._meta.db_table, rule) for model in apps.get_models() for rule in _rules(model)]
    return [table for table, _ in rules], [table for table, rule in rules if rule.force]


def _rules(model: type[models.Model]) -> list[RowLevelSecurity]:
    return [rule for rule in model._meta.constraints if isinstance(rule, RowLevelSecurity)]
