"""Looks at a home's server from outside, as a person with `ps` and `kill` would."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def postmaster(home: Path) -> psutil.Process:
    """The process that the server's own note names."""
    note = (home / "cluster" / "postmaster.pid").read_text()
    return psutil.Process(int(note.split("\n")[0]))


def kill(home: Path, *, children: bool) -> None:
    """kill -9 of the server, with or without the processes that it started."""
    server = postmaster(home)
    victims = [server, *(server.children(recursive=True) if children else [])]
    for victim in victims:
        with contextlib.suppress(psutil.NoSuchProcess):  # it saw its server go, and went
            victim.kill()
    wait_until(lambda: not any(lives(victim) for victim in victims))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does; fails after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it doesn't happen"
        time.sleep(0.01)


def lives(process: psutil.Process) -> bool:
    """Whether it runs; one that ended and that nobody has collected doesn't."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ends(process: psutil.Process) -> bool:
    """Whether it ends now; what has let go of everything may still be listed for a moment."""
    deadline = time.monotonic() + 1
    while lives(process) and time.monotonic() < deadline:
        time.sleep(0.001)
    return not lives(process)
