"""A backup: database and files as of one moment, taken while work goes on."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

import groundswell
from groundswell.project import archives, cluster, dumps, embedded, home, programs
from groundswell.project.archives import Manifest
from groundswell.terms.errors import Refusal
from groundswell.workspaces import keys

FILES = "workspaces"
_WAREHOUSE = "warehouse"
# Derived, or of the moment: built anew, or of no use elsewhere.
_LEFT_OUT = {_WAREHOUSE, "index", "spill"}
_IMPORTS, _REPORTS = "imports", "reports"
_DATED = "groundswell-%Y%m%dT%H%M%SZ.tar"


class CannotBackUp(Refusal):
    """No backup could be written."""

    code = "cannot_back_up"


@dataclass(frozen=True, slots=True)
class _Segment:
    workspace: str
    path: str
    sha256: str
    is_live: bool

    @property
    def name(self) -> str:
        """Where it lies in a home, and in an archive."""
        return f"{FILES}/{self.workspace}/{_WAREHOUSE}/{self.path}"


def take(to: Path, *, key_to: Path | None, keep: int | None, now: datetime) -> dict[str, Any]:
    """Write a backup.

    Args:
        to: The archive, or a folder that gets a dated one.
        key_to: Where to write the master key, too; None to leave it.
        keep: How many dated archives the folder keeps; None for all.
        now: This moment.

    Raises:
        CannotBackUp: When the database or the disk is in the way.
    """
    archive = to / now.strftime(_DATED) if to.is_dir() else to
    root = Path(settings.GROUNDSWELL_HOME)
    try:
        if key_to is not None:
            _copy_key(key_to)
        with (
            _reached(root) as url,
            tempfile.TemporaryDirectory(prefix=".backup-", dir=root) as near,
        ):
            manifest = _write(archive, url, root, Path(near), now=now)
    except (OSError, psycopg.Error, programs.ProgramFailed) as error:
        raise CannotBackUp(f"no backup could be written to {archive}: {error}") from error
    if keep is not None and to.is_dir():
        for old in sorted(to.glob("groundswell-*Z.tar"))[:-keep]:
            old.unlink()
    return manifest.summary(archive)


def segments_of(connection: psycopg.Connection[Any]) -> Iterator[_Segment]:
    """Every file of observations that the database lists."""
    rows = connection.execute(
        "SELECT workspace_id::text, path, sha256, retired_at IS NULL FROM creators_segment"
    )
    return (_Segment(*row) for row in rows)


def counts_of(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has."""
    names = connection.execute(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
        ).fetchone()
        counts[name] = row[0] if row else 0
    return counts


def _reached(root: Path) -> AbstractContextManager[str]:
    """The address of a user who sees every workspace."""
    url: str | None = settings.BACKUP_URL or settings.DATABASE_URL
    if url is not None:
        return contextlib.nullcontext(url)
    home.prepare(root)
    return _embedded(root)


@contextlib.contextmanager
def _embedded(root: Path) -> Iterator[str]:
    with embedded.server(root):
        yield embedded.socket_url(root, user=cluster.SUPERUSER)


def _write(archive: Path, url: str, root: Path, near: Path, *, now: datetime) -> Manifest:
    with psycopg.connect(url) as connection, archives.writing(archive) as writer:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _check_sight(connection)
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        # Held by a second name, a file stays though it is swept meanwhile. What the snapshot calls
        # live is swept an hour after its retirement at the earliest.
        names = _hold(list(segments_of(connection)), root, near)
        names += _copy_rest(root, near)
        major = connection.info.server_version // 10_000
        dumps.dump(url, near / archives.DUMP, snapshot=snapshot, major=major)
        for name in (archives.DUMP, *names):
            writer.add(name, near / name)
        manifest = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            release=groundswell.__version__,
            postgresql=connection.info.parameter_status("server_version") or "",
            key=keys.fingerprint(keys.path()) if keys.path().exists() else None,
            migrations=[
                name
                for (name,) in connection.execute(
                    "SELECT app || '.' || name FROM django_migrations ORDER BY id"
                )
            ],
            tables=counts_of(connection),
            files=writer.files,
        )
        writer.close(manifest, near / "manifest.json")
    return manifest


def _check_sight(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row and not row[0]:
        raise CannotBackUp(
            f"no backup could be written, because the database's user {row[1]} is held to one "
            "workspace at a time: as a superuser, `CREATE ROLE groundswell_backup LOGIN BYPASSRLS "
            "PASSWORD '...' IN ROLE pg_read_all_data`, and set GROUNDSWELL_BACKUP_URL to its "
            "address"
        )


def _hold(segments: list[_Segment], root: Path, near: Path) -> list[str]:
    held = []
    for segment in segments:
        target = near / segment.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(root / segment.name, target)
        except FileNotFoundError:
            if segment.is_live:
                raise CannotBackUp(
                    f"no backup could be written, because {root / segment.name} is missing: "
                    "`groundswell verify` lists all that is; bring it back from an earlier backup"
                ) from None
            continue  # retired long ago, and swept
        except OSError:  # a file system without second names
            shutil.copyfile(root / segment.name, target)
        held.append(segment.name)
    return held


def _copy_rest(root: Path, near: Path) -> list[str]:
    """Copy the other files that are kept: reports, uploads, what people attached."""
    copied = []
    for path in sorted((root / FILES).rglob("*")):
        name = path.relative_to(root).as_posix()
        if not _is_kept(path.relative_to(root / FILES).parts) or not path.is_file():
            continue
        target = near / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, target)
        except FileNotFoundError:
            continue  # removed since we looked
        copied.append(name)
    return copied


def _is_kept(parts: tuple[str, ...]) -> bool:
    _, *inside = parts
    if not inside or inside[0] in _LEFT_OUT:
        return False
    return inside[0] != _IMPORTS or inside[1:2] == [_REPORTS]


def _copy_key(to: Path) -> None:
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        keys.installation_key("fingerprint")  # makes one, if none was needed yet
        file.write(keys.path().read_bytes())
        file.flush()
        os.fsync(descriptor)
