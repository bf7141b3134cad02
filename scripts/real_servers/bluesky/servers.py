"""PostgreSQL, Redis and the AT Protocol's servers, each in its own folder, ended by its id."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_PATIENCE = 300.0


@contextmanager
def running(folder: Path, modules: Path) -> Iterator["Network"]:
    """The servers, and what was made through them, until the block ends.

    Args:
        folder: For all that they write.
        modules: Where ``npm install`` has put ``node_modules``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(_postgres(folder / "postgres"))
        redis = stack.enter_context(_redis(folder / "redis"))
        yield stack.enter_context(_network(folder / "network", modules, database, redis))


class Network:
    """The AT Protocol's servers while they run.

    Attributes:
        server: Address of the AppView.
        stream: Address of its Jetstream.
        made: What was made through them.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log
        said = self.heard("server")
        self.server: str = said["server"]
        self.stream: str = said["stream"]
        self.made: dict[str, Any] = said["made"]

    def heard(self, name: str) -> dict[str, Any]:
        """The next thing that it says of that name."""
        for line in self._process.stdout or ():
            if line.startswith(b'{"%s"' % name.encode()):
                said: dict[str, Any] = json.loads(line)
                return said
        sys.exit(f"the network has ended: {self._log.read_text()[-3000:]}")

    def tell(self, words: str) -> dict[str, Any]:
        """Have news made; returns what they are."""
        if self._process.stdin is not None:
            self._process.stdin.write(f"{words}\n".encode())
            self._process.stdin.flush()
        return self.heard("news")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """A database of its own; PostgreSQL does not run as root, so root starts it as postgres."""
    if not _POSTGRES:
        sys.exit("no PostgreSQL in /usr/lib/postgresql: apt-get install postgresql")
    binaries, port = _POSTGRES[-1], free_port()
    folder.mkdir()
    as_owner: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    _run([*as_owner, str(binaries / "initdb"), "-A", "trust", "-U", "postgres", "-D", str(data)])
    options = [
        f"-p{port}",
        "-k",
        str(folder),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ]
    command = [*as_owner, str(binaries / "postgres"), "-D", str(data), *options]
    with _process(command, folder / "log"):
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _until(lambda: _succeeds([str(binaries / "pg_isready"), "-q", "-d", url]), "PostgreSQL")
        yield url


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    if shutil.which("redis-server") is None:
        sys.exit("no redis-server: apt-get install redis-server")
    folder.mkdir()
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with _process([*command, "--dir", str(folder)], folder / "log"):
        _until(lambda: _listens(port), "Redis")
        yield f"127.0.0.1:{port}"


@contextmanager
def _network(folder: Path, modules: Path, database: str, redis: str) -> Iterator[Network]:
    folder.mkdir()
    if modules != HERE:  # packages are looked for beside the script
        for script in ("network.mjs", "jetstream.mjs"):
            shutil.copy(HERE / script, modules)
    given = {"DB_POSTGRES_URL": database, "REDIS_HOST": redis, "TMPDIR": str(folder)}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            ["node", "network.mjs"],
            cwd=modules,
            env=os.environ | given | {"LOG_ENABLED": "false", "NODE_ENV": "test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        try:
            yield Network(process, folder / "log")
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) == 0


def _until(is_so: Any, what: str) -> None:
    ends = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > ends:
            sys.exit(f"{what} did not start")
        time.sleep(0.2)
