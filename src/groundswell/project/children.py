"""A supervisor's children: started, watched, started again when they die, and stopped."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from groundswell.terms.errors import Refusal

_BRIEF = 10.0  # seconds: who lived shorter died of its start
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0  # seconds before the next try
_TRIES = 5
_KILLED = {-signal.SIGKILL, -signal.SIGTERM}  # by somebody else: not of its own start

_log = structlog.get_logger("groundswell.supervisor")


class KeepsDying(Refusal):
    """A child ends again and again as soon as it has started."""

    code = "keeps_dying"


@dataclass
class Child:
    """One program that shall run.

    It leads a process group of its own: a Ctrl-C at the terminal reaches its supervisor alone, and
    what it leaves behind when it is killed can be ended with it.

    Attributes:
        name: What people call it.
        command: How it is started.
        is_to_blame: Asked when it died at once: False while what it needs is away, so that this
            death doesn't count.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    is_to_blame: Callable[[], bool]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started_at: float = field(default=0.0, init=False)
    _next_start: float = field(default=0.0, init=False)
    _deaths: int = field(default=0, init=False)

    def tend(self) -> bool:
        """Start it if it is time to; True when it was found dead just now.

        Raises:
            KeepsDying: When starting it again and again leads nowhere.
        """
        now = time.monotonic()
        if self._process is None:
            if now >= self._next_start:
                self._start(now)
            return False
        status = self._process.poll()
        if status is None:
            return False
        self._bury(status, now)
        return True

    def is_running(self) -> bool:
        """Whether it runs at this moment."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Have it finish what it has begun, and end."""
        if self.is_running() and self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now, with everything that it started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _start(self, now: float) -> None:
        self._process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started_at = now

    def _bury(self, status: int, now: float) -> None:
        lived = now - self._started_at
        self.kill()
        if lived >= _BRIEF:
            self._deaths = 0
        elif status not in _KILLED and self.is_to_blame():
            self._deaths += 1
        if self._deaths >= _TRIES:
            raise KeepsDying(
                f"the {self.name} ended {_TRIES} times within {_BRIEF:.0f} seconds of its start, "
                f"last with status {status}; the log above says why"
            )
        pause = min(_FIRST_PAUSE * 2**self._deaths, _LONGEST_PAUSE)
        self._next_start = now + pause
        _log.error(
            "child ended", child=self.name, exit_status=status, attempt=self._deaths, seconds=pause
        )


def stop(children: Sequence[Child], *, within: float, hurry: Callable[[], bool]) -> bool:
    """Stop all of them politely, and kill who hasn't ended in time or when in a ``hurry``.

    Returns:
        Whether all ended by themselves.
    """
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + within
    while any(child.is_running() for child in children):
        if hurry() or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    late = [child for child in children if child.is_running()]
    for child in children:
        child.kill()
    for child in late:
        _log.warning("child was killed", child=child.name, seconds=within)
    return not late
