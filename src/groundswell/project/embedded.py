"""The embedded PostgreSQL server: started by its first user, stopped by its last.

Every user holds a shared lock on ``home/server.lock`` for as long as it lives; the system lets go
of a killed user's lock, so none is counted that isn't there. Whoever can take the lock for itself
alone is the last, and stops the server. ``home/start.lock`` keeps starting and stopping apart.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from groundswell.project import cluster, programs
from groundswell.project import home as homes
from groundswell.terms.errors import Refusal

_RECOVERY = 600  # seconds it may take after a crash in the middle of a big import
_SILENCE = 60.0  # seconds that a server which others started may not answer
_ORPHANS_END = 5.0  # seconds
_STOP = 60.0  # seconds that a server may take to write down what it knows
_PAUSE = 0.01


class CannotStart(Refusal):
    """The embedded server doesn't come up."""

    code = "cannot_start_server"


@contextlib.contextmanager
def server(home: Path) -> Iterator[str]:
    """The address of the home's running server, for as long as the block lasts."""
    user = Server(home)
    url = user.acquire()
    try:
        yield url
    finally:
        user.release()


class StillUsed(Refusal):
    """A home's database can't be exchanged while somebody uses it."""

    code = "still_used"


@contextlib.contextmanager
def unused(home: Path) -> Iterator[None]:
    """Nobody uses the home's server for as long as the block lasts, and it doesn't run.

    Raises:
        StillUsed: When somebody does.
    """
    with _alone(home):
        counted = _open_lock(home / "server.lock")
        try:
            fcntl.flock(counted, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Server(home).stop()
            yield
        except BlockingIOError as error:
            raise StillUsed(
                f"the database in {home} is in use: stop `groundswell up` and other commands, "
                "then try again"
            ) from error
        finally:
            os.close(counted)


def socket_url(home: Path, *, database: str = cluster.OWNER, user: str = cluster.OWNER) -> str:
    """The address of the home's server, running or not."""
    return (
        f"postgresql://{user}@/{database}?host={quote(str(cluster.socket_folder(home)), safe='')}"
    )


class Server:
    """One user of a home's server."""

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self._cluster = cluster.path_of(self._home)
        self._counted: int | None = None
        self._process = 0

    def acquire(self) -> str:
        """Have the server running, and be counted as its user; returns its address.

        Raises:
            UnusableHome, NoServerUser, WrongServerVersion, ForeignCluster: What has to be mended.
            CannotStart: With the server's last words.
        """
        homes.prepare(self._home)
        with _alone(self._home) as lock:
            counted = _open_lock(self._home / "server.lock")
            try:
                fcntl.flock(counted, fcntl.LOCK_SH)
                self._ensure_running(lock)
            except BaseException:
                os.close(counted)
                raise
        self._counted, self._process = counted, os.getpid()
        return socket_url(self._home)

    def revive(self) -> bool:
        """Start the server again if it was killed; whether it had to be.

        Raises:
            CannotStart: With the server's last words.
        """
        if self._postmaster() is not None:
            return False
        with _alone(self._home) as lock:
            self._ensure_running(lock)
        return True

    def release(self) -> None:
        """Be counted no more; the last user stops the server."""
        if self._counted is None:
            return
        counted, self._counted = self._counted, None
        if self._process != os.getpid():
            # A forked child shares its parent's lock, which lasts until both have closed it.
            os.close(counted)
            return
        with _alone(self._home):
            os.close(counted)
            last = _open_lock(self._home / "server.lock")
            try:
                fcntl.flock(last, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.stop()
            except BlockingIOError:
                pass  # others use it
            finally:
                os.close(last)

    def _ensure_running(self, lock: int) -> None:
        deadline = time.monotonic() + _SILENCE
        while (silence := self._silence()) is not None:
            if self._postmaster() is None:
                self._start(lock)
            elif time.monotonic() > deadline:
                raise self._cannot_start(f"it runs, but doesn't answer: {silence}")
            else:
                time.sleep(_PAUSE)  # whoever started or stopped it was killed; it goes on alone

    def _start(self, lock: int) -> None:
        if not cluster.check(self._cluster):
            self._make(lock)
        self._clear_crash()
        cluster.write_settings(self._cluster)
        folder = cluster.open_socket_folder(self._home)
        # The cluster is where the server stands, so its own folder needs no long path.
        where = "." if folder == self._cluster else str(folder)
        try:
            programs.run(
                "pg_ctl", "start", "--wait", f"--timeout={_RECOVERY}", "--log=log/start.log",
                f"--options=-c unix_socket_directories={where} -c port={cluster.PORT}",
                inside=self._cluster,
            )  # fmt: skip
        except programs.ProgramFailed as error:
            # Unless a starter was killed and its pg_ctl has been faster than ours.
            if self._postmaster() is None:
                raise self._cannot_start(str(error)) from error

    def _make(self, lock: int) -> None:
        try:
            cluster.make(self._cluster, lock=lock)
        except (programs.ProgramFailed, OSError) as error:
            raise CannotStart(f"no database can be made in {self._cluster}: {error}") from error

    def stop(self) -> None:
        """Stop the server, which nobody may be using."""
        postmaster = self._postmaster()
        if postmaster is None:
            return
        # Not by pg_ctl: if we are killed, it would stop the server under the next user's hands.
        postmaster.send_signal(signal.SIGINT)
        if not _gone(postmaster, self._cluster, within=_STOP):
            postmaster.send_signal(signal.SIGQUIT)  # it recovers at the next start
            _gone(postmaster, self._cluster, within=_STOP)
        cluster.close_socket_folder(self._home)

    def _silence(self) -> str | None:
        """Why the server doesn't answer; None when it does."""
        # As the superuser, who is let in also when all other places are taken.
        url = socket_url(self._home, database=cluster.SUPERUSER, user=cluster.SUPERUSER)
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            return str(error)
        return None

    def _postmaster(self) -> psutil.Process | None:
        """The running server; a process that merely has its old number isn't."""
        try:
            process = psutil.Process(_number(self._cluster / "postmaster.pid"))
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return process if _stands_in(process, self._cluster) else None

    def _clear_crash(self) -> None:
        """End what a killed server left, and what would keep the next one from starting."""
        socket = cluster.socket_folder(self._home) / f".s.PGSQL.{cluster.PORT}.lock"
        notes = [self._cluster / "postmaster.pid", socket]
        if not any(note.exists() for note in notes):
            return
        # Its children end by themselves when they see that it is gone; a new server beside them
        # would ruin the data.
        deadline = time.monotonic() + _ORPHANS_END
        while orphans := [p for p in psutil.process_iter() if _stands_in(p, self._cluster)]:
            if self._postmaster() is not None:
                return  # the pg_ctl of a killed starter has just done it
            if time.monotonic() > deadline + _ORPHANS_END:
                raise self._cannot_start(f"processes of a killed one don't end: {orphans}")
            if time.monotonic() > deadline:
                for orphan in orphans:
                    orphan.kill()
            time.sleep(_PAUSE)
        for note in notes:
            # The server sees to the note of a dead one, but not when another process has got the
            # dead one's number since.
            with contextlib.suppress(FileNotFoundError):
                if psutil.pid_exists(_number(note)):
                    note.unlink()

    def _cannot_start(self, reason: str) -> CannotStart:
        return CannotStart(
            f"the database server in {self._cluster} doesn't start: {reason}\n"
            f"{cluster.last_words(self._cluster)}"
        )


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[int]:
    lock = _open_lock(home / "start.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        # Not by closing alone: a child forked meanwhile would keep it.
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _number(note: Path) -> int:
    """The number of the process that left the note; our own where none can be read."""
    first = note.read_text(errors="replace").partition("\n")[0].strip()
    return int(first) if first.isdecimal() else os.getpid()


def _gone(process: psutil.Process, folder: Path, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while _stands_in(process, folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


def _stands_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()).samefile(folder)
    except (psutil.Error, OSError):
        return False
