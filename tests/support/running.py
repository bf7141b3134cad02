"""``groundswell up`` as a person runs it: started, asked over HTTP, and killed in parts."""

import http.client
import json
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

import psutil
import psycopg

from groundswell.project import embedded
from tests.support.installation import Installation
from tests.support.postgres import lives


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition: Callable[[], Any], *, within: float = 30) -> Any:
    """The first true answer; fails when none comes in time."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, "it doesn't happen"
        time.sleep(0.05)
    return found


@dataclass
class Up:
    """A running installation."""

    installation: Installation
    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, *, timeout: float = 20) -> int | None:
        """The status of an answer; None when there was none."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            asked.request("GET", path, headers={"Host": "localhost"})
            response = asked.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            asked.close()
        return response.status

    def child(self, name: str) -> psutil.Process:
        """The web server's or the worker's first process."""
        (found,) = (
            child
            for child in psutil.Process(self.process.pid).children()
            if lives(child) and f"groundswell.project.{name}" in child.cmdline()
        )
        return found

    def successor(self, name: str, before: psutil.Process) -> bool:
        """Whether another process does what the one before did."""
        return any(
            lives(child) and child != before and f"groundswell.project.{name}" in child.cmdline()
            for child in psutil.Process(self.process.pid).children()
        )

    def family(self) -> list[psutil.Process]:
        """The supervisor's children and theirs; the database isn't one of them."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection as the database's superuser."""
        url = embedded.socket_url(self.installation.home, user="postgres")
        return psycopg.connect(url, autocommit=True)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=45)

    def log(self) -> list[dict[str, Any]]:
        """What it logged; only when it has ended."""
        assert self.process.stderr is not None
        self.process.stderr.seek(0)
        return [json.loads(line) for line in self.process.stderr if line.startswith("{")]


def _await(process: subprocess.Popen[str], log: TextIO) -> None:
    """Wait for the first line; fails with the log when it doesn't come."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], 60)[0]:
        log.seek(0)
        raise AssertionError(log.read())


@contextmanager
def up(installation: Installation, *options: str) -> Iterator[Up]:
    """A running installation whose first page can be answered; killed at the end if need be."""
    port = free_port()
    # To a file: nobody reads a pipe while the test is at work.
    installation.home.parent.mkdir(exist_ok=True)
    with (installation.home.parent / f"up-{port}.log").open("w+") as log:
        process = subprocess.Popen(
            installation.command("up", "--port", str(port), *options),
            env=installation.environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        running = Up(installation, port, process)
        family: list[psutil.Process] = []
        try:
            assert process.stdout is not None
            _await(process, log)
            said = process.stdout.readline()
            assert f"http://localhost:{port}" in said
            family = running.family()
            process.stderr = log
            yield running
        finally:
            if process.poll() is None:
                family += running.family()
                process.kill()
                process.wait()
            for left in family:
                if lives(left):
                    left.kill()
            process.stdout.close()
