"""A console as ``make demo`` starts it, with people in every role, for browsers to visit."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.installation import Installation
from tests.support.running import free_port

FULL, EMPTY, STUDIO = "demo-small", "default", "studio"
PASSWORD = "a long enough sentence"
_SEEDED_WITHIN = 300.0
_ROOT = Path(__file__).parents[2]


@dataclass
class Console:
    """A running installation whose demo world is there.

    Attributes:
        address: Such as http://localhost:8000.
        log: What `groundswell demo` wrote.
        ids: By workspace, the id that stands for each placeholder of a route.
    """

    installation: Installation
    address: str
    log: Path
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, module: str, *arguments: str) -> Any:
        """The JSON that a module of this folder prints, run inside the installation."""
        script = f"from tests.browser import {module}; {module}.main()"
        process = self.installation.start_script(script, *arguments)
        printed, _ = process.communicate(timeout=180)
        assert process.returncode == 0, f"{module}: see what it printed above"
        return json.loads(printed)


def email(role: str, workspace: str = FULL) -> str:
    """The address with which a member of that role signs in."""
    return f"{role}@{workspace}.example"


@contextmanager
def running(home: Path) -> Iterator[Console]:
    """`groundswell demo --small --up`, from a home that isn't there until the demo is seeded.

    GROUNDSWELL_CONSOLE=http://localhost:8000 names a running one instead, its home in
    GROUNDSWELL_HOME: for somebody at work on a page, who doesn't want to wait.
    """
    if address := os.environ.get("GROUNDSWELL_CONSOLE"):
        home = Path(os.environ["GROUNDSWELL_HOME"])
        yield _furnished(Console(Installation(home), address, home / "logs" / "up.log"))
        return
    installation, port, log = Installation(home), free_port(), home.parent / "demo.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            installation.command("demo", "--small", "--up", "--port", str(port)),
            cwd=_ROOT,
            env={
                **installation.environment,
                "PYTHONUNBUFFERED": "1",
                "GROUNDSWELL_REACH_NETWORKS": "127.0.0.1/32",
            },
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
        try:
            _await(process, log)
            yield _furnished(Console(installation, f"http://localhost:{port}", log))
        finally:
            _stop(process)


def _furnished(console: Console) -> Console:
    console.ids = console.run("furnishing", FULL, EMPTY, STUDIO)
    return console


def _await(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it says how to stop it, which it does when everything is there."""
    deadline = time.monotonic() + _SEEDED_WITHIN
    while "Stop it with Ctrl-C" not in log.read_text("utf-8"):
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, f"no demo in time:\n{log.read_text('utf-8')}"
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C does: the terminal tells all of them."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(45)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
