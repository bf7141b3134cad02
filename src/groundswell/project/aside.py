"""``groundswell up`` as another program beside this one, its log in a file."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from groundswell.project import supervisor
from groundswell.terms.errors import Refusal

_HERE = "127.0.0.1"
_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 40.0  # what has begun may take 30 seconds to end


class DidNotStart(Refusal):
    """The console could not be brought up."""

    code = "console_did_not_start"


@dataclass(frozen=True, slots=True)
class Console:
    """A console that runs beside this program.

    Attributes:
        address: Where it is.
        log: Where it writes what happens.
    """

    address: str
    log: Path
    process: "subprocess.Popen[str]"

    def wait(self) -> None:
        """Until it is stopped: Ctrl-C reaches both of us."""
        try:
            self.process.wait()
        except KeyboardInterrupt:
            self.process.wait(_STOPS_WITHIN)


def serving(*, port: int) -> AbstractContextManager[Console]:
    """Run the console meanwhile; whoever leaves the block stops it.

    The port is tried at once, and the console starts when the block is entered.

    Raises:
        PortTaken: When another program listens there.
        DidNotStart: With the last lines of its log.
    """
    supervisor.check_port(_HERE, port)
    return _serving(port)


@contextmanager
def _serving(port: int) -> Iterator[Console]:
    log = Path(settings.GROUNDSWELL_HOME) / "logs" / "up.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("a") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "groundswell", "up", "--host", _HERE, "--port", str(port)],
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            yield Console(_address(process, log), log, process)
        finally:
            _stop(process)


def _address(process: "subprocess.Popen[str]", log: Path) -> str:
    """What it says first: where it is."""
    said: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, said), daemon=True).start()
    try:
        line = said.get(timeout=_STARTS_WITHIN)
    except queue.Empty:
        line = ""
    for word in line.split():
        if word.startswith(("http://", "https://")):
            return word
    last = "".join(f"\n  {line}" for line in log.read_text("utf-8").splitlines()[-5:])
    raise DidNotStart(f"the console did not start; the end of {log} says:{last}")


def _read(out: IO[str] | None, said: "queue.Queue[str]") -> None:
    """Pass on every line, an empty one at the end, so that nothing waits for a dead process."""
    for line in out or ():
        said.put(line)
    said.put("")


def _stop(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
