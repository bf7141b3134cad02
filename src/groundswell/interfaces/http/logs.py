"""Logs of the programs that keep running: one line of JSON each, and nobody's secrets in them.

Three sieves, because each one alone has holes. Only named fields get through. Of a message from
elsewhere its template is kept, never what was put into it; of an exception its type and where it
was raised, never its message, which quotes what was received. And what looks like a secret or an
address in what is left is struck out.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

_FIELDS = frozenset(
    {
        "event", "time", "level", "program", "logger",
        "number", "route", "method", "status", "milliseconds", "workspace", "member",
        "task", "job", "action", "result",
        "child", "exit_status", "attempt", "seconds", "address", "advice",
        "error", "code", "sqlstate", "raised_at",
    }
)  # fmt: skip
_STRUCK = "***"
_SECRETS = re.compile(
    r"""
      [^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+\.\w+        # an e-mail address
    | \bgsw\w*_\w+                                   # a token or an invitation of ours
    | (?<=://)[^\s/@]+(?=@)                          # user and password in a URL
    | (?<=\?)[^\s"'#]+                               # a query string
    | \b(?i:bearer|basic)\s+[\w.~+/=-]+
    | (?i:(?<=password=)|(?<=secret=)|(?<=token=)|(?<=sessionid=)|(?<=csrftoken=))[^\s;&]+
    | \b(?=\w*\d)(?=\w*[A-Za-z])[\w]{40,}\b          # a long random text
    """,
    re.VERBOSE,
)
_FRAMES = 8
_PACKAGES = Path(__file__).parents[3]  # above ours; installed packages are shown by their names

Event = MutableMapping[str, Any]


def take_over(program: str, *, as_json: bool) -> None:
    """Send every log of this process to stderr in our form, its last words included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(program, as_json=as_json))
    root = logging.getLogger()
    for old in [*root.handlers]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in list(logging.root.manager.loggerDict):
        known = logging.getLogger(name)
        known.handlers, known.propagate = [], True
    # These say per request what `measuring` says once, with the path in it.
    for name in ("django.request", "django.server"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.getLogger("procrastinate.periodic").setLevel(logging.WARNING)  # every minute
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    sys.excepthook = _log_end
    threading.excepthook = _log_end_of_thread


def wants_json(environ: Mapping[str, str]) -> bool:
    """Whether lines are for programs: as GROUNDSWELL_LOG says, else unless a person watches."""
    chosen = environ.get("GROUNDSWELL_LOG")
    return chosen == "json" if chosen else not sys.stderr.isatty()


def formatter(program: str, *, as_json: bool) -> logging.Formatter:
    """Writes our events, and other libraries' messages reduced to what is safe."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(pad_event_to=24, timestamp_key="time")
    )

    def sign(_: Any, __: str, event: Event) -> Event:
        event["program"] = program
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, _from_elsewhere],
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            sign,
            _allowed,
            renderer,
        ],
        use_get_message=False,
    )


def described(error: BaseException) -> dict[str, Any]:
    """What of an exception may be kept: its type, its codes, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    found: dict[str, Any] = {
        "error": type(error).__name__,
        "raised_at": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in reversed(frames)],
    }
    cause = error.__cause__ or error
    for name in ("code", "sqlstate"):
        value = getattr(error, name, None) or getattr(cause, name, None)
        if isinstance(value, str):
            found[name] = value
    return found


def scrubbed(value: Any) -> Any:
    """The value with all that looks like a secret or a personal address struck out."""
    if isinstance(value, str):
        return _SECRETS.sub(_STRUCK, value)
    if isinstance(value, list | tuple):
        return [scrubbed(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): scrubbed(item) for key, item in value.items()}
    return value if isinstance(value, int | float | None) else scrubbed(str(value))


def _allowed(_: Any, __: str, event: Event) -> Event:
    return {key: scrubbed(value) for key, value in event.items() if key in _FIELDS}


def _from_elsewhere(_: Any, __: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    event["logger"] = record.name
    action = getattr(record, "action", None)
    if record.name.startswith("procrastinate") and isinstance(action, str):
        # Its messages quote the arguments of jobs.
        job = getattr(record, "job", None) or {}
        event.update(event=action, task=job.get("task_name"), job=job.get("id"))
    elif record.name.startswith("django.security"):
        event["event"] = "refused request"  # its message quotes the request
    error = event.pop("exc_info", None)
    if isinstance(error, tuple) and error[1] is not None:
        event.update(described(error[1]))
    return event


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_PACKAGES):
        return path.relative_to(_PACKAGES).as_posix()
    _, found, installed = path.as_posix().rpartition("site-packages/")
    return installed if found else path.name


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    if not isinstance(error, KeyboardInterrupt):
        structlog.get_logger("groundswell").critical("program broke", **described(error))


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        structlog.get_logger("groundswell").error("thread broke", **described(ended.exc_value))
