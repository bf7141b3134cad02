"""Bringing a backup back: checked, restored beside, counted, and only then put in its place."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from groundswell.discovery.actions import indexing
from groundswell.project import (
    archives,
    backup,
    cluster,
    dumps,
    embedded,
    home,
    opening,
    programs,
)
from groundswell.project.archives import Manifest
from groundswell.terms.errors import Refusal
from groundswell.workspaces import access, keys
from groundswell.workspaces.models import Workspace

_CLUSTER = "cluster"
_PLACES = (backup.FILES, "keys", _CLUSTER)  # of a home, in the order of their exchange


class CannotRestore(Refusal):
    """A backup could not be brought back; what was there before is untouched."""

    code = "cannot_restore"


def bring_back(archive: Path, *, key: Path | None, replace: bool, now: datetime) -> dict[str, Any]:
    """Restore a backup into this installation.

    Args:
        archive: The backup.
        key: Its master key, if it isn't in place.
        replace: Whether it takes the place of what is there, which is set aside.
        now: This moment; names what is set aside.

    Raises:
        DamagedBackup: When the archive isn't what was written.
        CannotRestore: When something is in the way. Nothing has changed then.
    """
    manifest = archives.opened(archive)
    _check_release(manifest)
    root = Path(settings.GROUNDSWELL_HOME)
    home.prepare(root)
    master = _key_for(manifest, key)
    if any(_is_used(root / place) for place in (backup.FILES, _CLUSTER)) and not replace:
        raise CannotRestore(
            f"nothing was restored, because {root} isn't empty: set GROUNDSWELL_HOME to a new "
            "folder, or give --replace to put the backup in the place of what is there"
        )
    try:
        aside = _restore(archive, manifest, root, master, now=now)
    except (OSError, psycopg.Error, programs.ProgramFailed) as error:
        raise CannotRestore(
            f"nothing was restored, and what was there is as before: {error}"
        ) from error
    _follow_up()
    return {**manifest.summary(archive), "set_aside": str(aside) if aside else None}


def _check_release(manifest: Manifest) -> None:
    known = {".".join(name) for name in MigrationLoader(None).disk_migrations or ()}
    unknown = sorted(set(manifest.migrations) - known)
    if unknown:
        raise CannotRestore(
            f"nothing was restored, because a newer release ({manifest.release}) made the backup "
            f"({unknown[0]} isn't known here): install that release first"
        )


def _key_for(manifest: Manifest, given: Path | None) -> Path | None:
    """The file that holds the backup's master key."""
    if manifest.key is None:
        return None
    for file in [given] if given else [keys.path()]:
        if file.is_file() and keys.fingerprint(file) == manifest.key:
            return file
    where = f"{given} doesn't hold" if given else "there isn't"
    raise CannotRestore(
        f"nothing was restored, because {where} the backup's master key, and contacts couldn't be "
        "read without it: give the file that `groundswell backup --keys FILE` wrote with --keys"
    )


def _is_used(place: Path) -> bool:
    return place.is_dir() and any(place.iterdir())


def _restore(
    archive: Path, manifest: Manifest, root: Path, master: Path | None, *, now: datetime
) -> Path | None:
    """Restore beside what is there, then exchange the two; returns where the former is now."""
    fresh = Path(tempfile.mkdtemp(prefix=".restoring-", dir=root))
    try:
        home.prepare(fresh)
        archives.unpack(archive, manifest, fresh)
        if master is not None:
            shutil.copyfile(master, fresh / "keys" / "master.key")
            (fresh / "keys" / "master.key").chmod(0o600)
        dumped = fresh / archives.DUMP
        if settings.DATABASE_URL:
            _fill(settings.DATABASE_URL, dumped, manifest, owner=None)
            return _exchange(root, fresh, (backup.FILES, "keys"), now=now)
        with embedded.server(fresh):
            superuser = embedded.socket_url(fresh, user=cluster.SUPERUSER, database=cluster.OWNER)
            dumps.make_role(embedded.socket_url(fresh))
            _fill(superuser, dumped, manifest, owner=cluster.OWNER)
        with embedded.unused(root):
            return _exchange(root, fresh, _PLACES, now=now)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(url: str, dumped: Path, manifest: Manifest, *, owner: str | None) -> None:
    """Load a database, and compare it with what the manifest says before it is closed off."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
        if backup.counts_of(connection):
            raise CannotRestore(
                "nothing was restored, because the database of DATABASE_URL isn't empty: make a "
                "new one, and set DATABASE_URL to it"
            )
    if owner is None:
        dumps.make_role(url)
    dumps.load(url, dumped, owner=owner, major=major)
    with psycopg.connect(url) as connection:
        counted = backup.counts_of(connection)
        if counted != manifest.tables:
            wrong = sorted(set(counted.items()) ^ set(manifest.tables.items()))
            raise CannotRestore(f"nothing was restored, because tables differ: {wrong[:4]}")
        for segment in backup.segments_of(connection):
            stored = manifest.files.get(segment.name)
            if segment.is_live and (stored is None or stored.sha256 != segment.sha256):
                raise CannotRestore(
                    f"nothing was restored, because the backup lacks {segment.name}, "
                    "which its database lists"
                )
    dumps.finish(url, dumped, owner=owner, major=major)


def _exchange(root: Path, fresh: Path, places: tuple[str, ...], *, now: datetime) -> Path | None:
    """Put what was restored in its place; what was there is set aside, not removed."""
    aside = root / f"replaced-{now:%Y%m%dT%H%M%SZ}"
    with contextlib.ExitStack() as undo:
        for place in places:
            if _is_used(root / place):
                aside.mkdir(mode=0o700, exist_ok=True)
                _move(root / place, aside / place, undo)
            elif (root / place).is_dir():
                (root / place).rmdir()
            _move(fresh / place, root / place, undo)
        undo.pop_all()
    _sync(root)
    return aside if aside.exists() else None


def _move(source: Path, target: Path, undo: contextlib.ExitStack) -> None:
    source.rename(target)
    undo.callback(target.rename, source)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _follow_up() -> None:
    """Bring the tables to this release's shape, and build what is derived."""
    with opening.open_database():
        for workspace in _workspaces():
            with access.inside(workspace):
                indexing.catch_up(workspace=workspace)


def _workspaces() -> Iterator[Workspace]:
    yield from Workspace.objects.order_by("slug")
