"""The embedded cluster on disk: where it is, how it is made, and how its server is set up."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
from pathlib import Path

from groundswell.project import programs
from groundswell.terms.errors import Refusal

PORT = 5432
OWNER = "groundswell"
SUPERUSER = "postgres"

_LONGEST_SOCKET = 103  # bytes: what every system allows (Linux 107)

_SETTINGS = """\
# Written at each start; what you set with ALTER SYSTEM comes after it and wins.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 50
password_encryption = scram-sha-256
createrole_self_grant = 'set, inherit'

# Two cores and a small machine.
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 1GB
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
jit = off

# What is acknowledged is on the disk.
fsync = on
full_page_writes = on
synchronous_commit = on

# A killed client's question doesn't run on.
client_connection_check_interval = 5s
idle_in_transaction_session_timeout = 1h

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'

# A week of logs. Clients are told their errors; the log would keep the personal data in them.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_autovacuum_min_duration = -1
"""

_FIRST_STATEMENTS = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE;
CREATE DATABASE {OWNER} OWNER {OWNER};
"""


class WrongServerVersion(Refusal):
    """Another major version of PostgreSQL made the cluster."""

    code = "wrong_server_version"


class ForeignCluster(Refusal):
    """What stands at the cluster's place isn't a cluster of ours."""

    code = "foreign_cluster"


def path_of(home: Path) -> Path:
    """Where the cluster of a home is."""
    return home / "cluster"


def socket_folder(home: Path) -> Path:
    """The folder of the server's socket: the cluster, unless its path is too long for a socket."""
    folder = path_of(home)
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET:
        return folder
    # Not the temporary folder of the environment: every process must come to the same answer.
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"groundswell-{digest}"  # noqa: S108 - checked in open_socket_folder


def open_socket_folder(home: Path) -> Path:
    """Make sure that the socket's folder is there and closed to others; returns it.

    Raises:
        ForeignCluster: When somebody else made a folder of that name.
    """
    folder = socket_folder(home)
    if folder == path_of(home):
        return folder
    user = programs.server_user()
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid or found.st_mode & 0o077:
            raise ForeignCluster(
                f"{folder}, the place of the server's socket, is not a closed folder of "
                f"{user.pw_name}; remove it, or choose a shorter GROUNDSWELL_HOME"
            ) from None
    return folder


def close_socket_folder(home: Path) -> None:
    """Remove the socket's folder, if it isn't the cluster."""
    folder = socket_folder(home)
    if folder != path_of(home):
        folder.rmdir()


def check(cluster: Path) -> bool:
    """Whether there is a cluster that this release can serve.

    Raises:
        WrongServerVersion: When another major version made it.
        ForeignCluster: When it belongs to somebody else or is something else.
    """
    if not cluster.exists() or not any(cluster.iterdir()):
        return False
    version = cluster / "PG_VERSION"
    if not version.is_file():
        raise ForeignCluster(
            f"{cluster} holds something other than a database; move it away, "
            "or set GROUNDSWELL_HOME to another folder"
        )
    major = version.read_text(encoding="ascii", errors="replace").strip()
    if major != programs.MAJOR:
        raise WrongServerVersion(
            f"PostgreSQL {major} made the database in {cluster}, and this release brings "
            f"{programs.MAJOR}; dump it (pg_dumpall) with the release that made it, "
            "move the folder away, start again, and restore the dump"
        )
    owner, user = cluster.stat().st_uid, programs.server_user()
    if owner != user.pw_uid:
        raise ForeignCluster(
            f"the database in {cluster} belongs to user id {owner}, and the server would run as "
            f"{user.pw_name} ({user.pw_uid}); run as its owner, or give it over with "
            f"`chown -R {user.pw_name} {cluster}`"
        )
    return True


def make(cluster: Path, *, lock: int) -> None:
    """Make the cluster beside its place, whole, and move it there; ``lock`` lets one do so.

    Raises:
        programs.ProgramFailed: When PostgreSQL couldn't.
    """
    for leftover in cluster.parent.glob(f"{cluster.name}.making-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    making = cluster.with_name(f"{cluster.name}.making-{secrets.token_hex(4)}")
    making.mkdir(mode=0o700)
    user = programs.server_user()
    os.chown(making, user.pw_uid, user.pw_gid)
    # The order of texts is the code points' on every machine; the index of an upgraded C library
    # that sorts otherwise can't be corrupt.
    programs.run(
        "initdb", f"--username={SUPERUSER}", "--auth=peer", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
        "--no-instructions", inside=making, lock=lock,
    )  # fmt: skip
    programs.run(
        "postgres", "--single", SUPERUSER, inside=making, typed=_FIRST_STATEMENTS, lock=lock
    )
    making.rename(cluster)
    _sync(cluster.parent)


def write_settings(cluster: Path) -> None:
    """Write what this release wants of the server; also into a cluster that an older one made."""
    # root may do anything on this machine, so it may as well look into its own users' databases.
    us = {pwd.getpwuid(os.geteuid()).pw_name, pwd.getpwuid(0).pw_name}
    _write(cluster / "postgresql.conf", _SETTINGS)
    _write(cluster / "pg_hba.conf", "local all all peer map=us\n")
    _write(cluster / "pg_ident.conf", "".join(f'us "{name}" all\n' for name in sorted(us)))
    log = cluster / "log"
    if not log.exists():
        log.mkdir(mode=0o700)
        os.chown(log, programs.server_user().pw_uid, programs.server_user().pw_gid)
    (log / "start.log").unlink(missing_ok=True)


def last_words(cluster: Path) -> str:
    """The end of the newest log: why the server didn't start."""
    logs = sorted(cluster.glob("log/*.log"), key=lambda log: log.stat().st_mtime)
    lines = [line for log in logs[-2:] for line in log.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-6:]) or "the server left no log"


def _write(path: Path, text: str) -> None:
    # Moved into place, so that neither a reader nor a link planted there is ever written through.
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchown(descriptor, programs.server_user().pw_uid, programs.server_user().pw_gid)
        fresh.rename(path)
    except OSError:  # such as a full disk, on which this is tried again and again
        fresh.unlink()
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
