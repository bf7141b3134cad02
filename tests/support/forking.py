"""Programs forked from a process that has loaded the libraries, most of a short one's work.

A command that was forked begins where one that was started has just loaded the libraries: nothing
of Groundswell is loaded, no settings are read and nothing is connected.
"""

import atexit
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile

_LIBRARIES = (
    "allauth", "babel", "cryptography.hazmat.primitives.ciphers.aead", "dateutil.parser",
    "django.contrib.postgres.fields", "django.core.management.commands.migrate", "django.core.mail",
    "django.db.backends.postgresql.base", "django.forms", "django.shortcuts", "django.template",
    "django.test.signals", "django.views.generic", "django_scopes", "duckdb", "feedparser",
    "httpx", "numba", "numpy", "oauthlib.oauth2", "PIL.Image", "procrastinate.contrib.django",
    "psutil", "psycopg_pool", "py3langid", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet",
    "pydantic", "reportlab.platypus", "rich.console", "rich.progress", "rich.table",
    "scipy.optimize", "scipy.sparse.csgraph", "scipy.special", "scipy.stats", "sqlparse",
    "ssrfguard.httpx", "tantivy", "typer.core", "typer.main", "websockets.sync.client", "yaml",
)  # fmt: skip


class Nursery:
    """The process of which others are forked."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.support.forking", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command,
                cwd=Path(__file__).parents[2],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._lock = threading.Lock()
        atexit.register(self.close)

    def close(self) -> None:
        """End it."""
        self._ours.close()
        self._process.wait()

    def run(
        self, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """``python -m`` with those arguments, to its end."""
        asked = json.dumps([arguments, environment, str(Path.cwd())]).encode()
        with self._lock, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            descriptors = [out.fileno(), err.fileno()]
            socket.send_fds(self._ours, [len(asked).to_bytes(8, "big")], descriptors)
            self._ours.sendall(asked)
            status = int.from_bytes(_exactly(self._ours, 2), "big", signed=True)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, status, out.read(), err.read())


@cache
def nursery() -> Nursery:
    """The one of this process; it ends when this process does."""
    return Nursery()


def _exactly(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = connection.recv(size - len(content))
        if not piece:
            raise EOFError
        content += piece
    return content


def _forked(connection: socket.socket) -> list[str]:
    """Fork for each question; returns in the processes that were forked, with their arguments."""
    while True:
        size, (out, err), _, _ = socket.recv_fds(connection, 8, 2)
        asked = _exactly(connection, int.from_bytes(size, "big"))
        child = os.fork()
        if not child:
            break
        os.close(out)
        os.close(err)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(status.to_bytes(2, "big", signed=True))
    connection.close()
    arguments, environment, folder = json.loads(asked)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    found: list[str] = arguments
    return found


def _serve() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    for name in _LIBRARIES:
        import_module(name)
    gc.freeze()
    try:
        module, *sys.argv[1:] = _forked(connection)
    except ValueError:  # whoever asks is gone
        return
    sys.path[0] = str(Path.cwd())
    _end(_status(module))


def _status(module: str) -> int:
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        print(end.code, file=sys.stderr)  # noqa: T201 - as Python itself does
        return 1
    return 0


def _end(status: int) -> None:
    """End as Python does, but for taking every object of every library apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve()
