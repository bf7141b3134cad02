"""The web server, as ``groundswell up`` starts it: ``python -m groundswell.project.web``."""

import argparse
import os
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from groundswell.interfaces.http import logs
from groundswell.project import lifeline

_PARENT = "GROUNDSWELL_WEB_SERVER"  # where its own children find its number
_BACKLOG = 1_024


def main() -> None:
    """Serve until told to stop; requests that have begun are answered first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    for name in ("port", "workers", "threads", "supervisor"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    lifeline.hang_on(asked.supervisor)
    os.environ[_PARENT] = str(os.getpid())
    Granian(
        "groundswell.project.web:application",
        factory=True,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        address=asked.host,
        port=asked.port,
        workers=asked.workers,
        blocking_threads=asked.threads,
        backlog=_BACKLOG,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        log_dictconfig=_logging(),
    ).serve()


def application() -> Any:
    """What each of the server's processes answers with."""
    lifeline.hang_on(int(os.environ[_PARENT]))
    # Django is loaded in the processes that use it.
    from groundswell.project import wsgi  # noqa: PLC0415

    logs.take_over("web", as_json=logs.wants_json(os.environ))
    return wsgi.application


def _logging() -> dict[str, Any]:
    """The server's own messages in the form of ours."""
    ours = "groundswell.interfaces.http.logs.formatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "generic": {"()": ours, "program": "web", "as_json": logs.wants_json(os.environ)}
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "generic",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {"_granian": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
    }


if __name__ == "__main__":
    main()
