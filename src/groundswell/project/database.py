"""How Django reaches PostgreSQL."""

from typing import Any

from django.db import OperationalError, connection
from psycopg.conninfo import conninfo_to_dict

from groundswell.terms.errors import Refusal

_ENGINE = "django.db.backends.postgresql"


class BadDatabaseUrl(Refusal):
    """The address of the database can't be read."""

    code = "bad_database_url"


class DatabaseUnreachable(Refusal):
    """No database answers where one should be."""

    code = "database_unreachable"


def configured(url: str | None) -> dict[str, Any]:
    """Django's settings for a ``postgresql://`` address; without one, for a server to come.

    Raises:
        BadDatabaseUrl: When it is no address of a PostgreSQL database.
    """
    if url is None:
        return {"ENGINE": _ENGINE, "NAME": "groundswell"}
    try:
        parts = conninfo_to_dict(url)
    except Exception as error:
        raise BadDatabaseUrl(_advice(url)) from error
    name = parts.pop("dbname", None)
    if not url.startswith(("postgresql://", "postgres://")) or not name:
        raise BadDatabaseUrl(_advice(url))
    return {
        "ENGINE": _ENGINE,
        "NAME": name,
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def connect() -> None:
    """Open Django's connection now, before anything else depends on it.

    Raises:
        DatabaseUnreachable: When no server answers, or it turns us away.
    """
    try:
        connection.ensure_connection()
    except OperationalError as error:
        said = str(error).strip().splitlines()[0]
        raise DatabaseUnreachable(
            f"the database can't be reached: {said}; check DATABASE_URL, and that its server runs"
        ) from error


def _advice(url: str) -> str:
    shown = url if "@" not in url else "***@" + url.rpartition("@")[2]
    return (
        f"DATABASE_URL must look like postgresql://user:password@host:5432/database, got {shown!r}"
    )
