"""The root command: names each command's module, and says no in one way."""

import importlib
import json
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from django.db import OperationalError
from rich.text import Text
from typer.core import TyperGroup

import groundswell
from groundswell.interfaces.cli import frame
from groundswell.terms.errors import Refusal

# A command's module is loaded when the command is called: a reach of two files should not wait
# for the search index. Each module holds a typer app called `app` with these commands.
MODULES = {
    "demo": "demo",
    "import": "imports",
    "imports": "imports",
    "connect": "connecting",
    "connections": "connecting",
    "listen": "listening",
    "orders": "orders",
    "vet": "vetting",
    "scorecard": "vetting",
    "tiers": "vetting",
    "compare": "comparing",
    "dossier": "comparing",
    "exhibit": "comparing",
    "lookalikes": "lookalikes",
    "followers": "followers",
    "review": "judging",
    "weights": "judging",
    "search": "discovery",
    "index": "discovery",
    "reach": "planning",
    "plan": "planning",
    "promise": "promising",
    "promises": "promising",
    "settle": "promising",
    "forecast": "promising",
    "news": "promising",
    "ways": "studies",
    "frontier": "studies",
    "constraints": "studies",
    "explain": "studies",
    "diff": "studies",
    "reproduce": "studies",
    "searches": "searches",
    "lists": "lists",
    "tags": "filing",
    "outreach": "filing",
    "safety": "safety",
    "creators": "creators",
    "contacts": "creators",
    "people": "people",
    "workspaces": "workspaces",
    "journal": "workspaces",
    "jobs": "workspaces",
    "up": "running",
    "backup": "running",
    "verify": "running",
    "restore": "running",
}


# What is left when somebody stops a command with Ctrl-C, and how it goes on.
_STOPPED = {
    "connect": "what was read is kept, and the same command goes on from there",
    "connections": "what was read is kept, and the same command goes on from there",
    "listen": "what was heard is kept, and the same command goes on from there",
    "import": "nothing of the file is to be seen yet; the same command goes on where it stopped",
}
_INTERRUPTED = 130
_OF_THE_MACHINE = (OSError, MemoryError, OperationalError, psycopg.OperationalError)
_LONGEST = 500  # characters of an error's own words


class NotText(Refusal):
    """An argument of the command line whose bytes are no text."""

    code = "not_text"


class _Modules(Mapping[str, Any]):
    """Every command by name; looking one up loads its module."""

    def __getitem__(self, name: str) -> Any:
        module = importlib.import_module(f"groundswell.interfaces.cli.{MODULES[name]}")
        group: Any = typer.main.get_group(module.app)
        return group.commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class _Commands(TyperGroup):
    """A group that takes its commands from their modules."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = _Modules()


root = typer.Typer(
    cls=_Commands,
    name="groundswell",
    no_args_is_help=True,
    rich_markup_mode=frame.MARKUP,
    pretty_exceptions_enable=False,
    help=(
        "Influencer marketing from creators' data and a brief to a plan whose forecast is honest. "
        "Start with `groundswell demo`, or `groundswell import accounts FILE`."
    ),
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"groundswell {groundswell.__version__}")
        raise typer.Exit


@root.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def run(
    arguments: Sequence[str],
    *,
    open_database: Callable[[], AbstractContextManager[None]],
    installation: frame.Installation | None = None,
) -> int:
    """Run one command.

    Args:
        arguments: What stood behind ``groundswell``.
        open_database: How a command brings the database up.
        installation: What it may do with the installation as a whole.

    Returns:
        Exit status: 0 on success, 2 on bad input, 1 on failure.
    """
    frame.open_database.set(open_database)
    if installation is not None:
        frame.installation.set(installation)
    frame.has_answered.set(False)
    as_json = "--json" in arguments
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file's name need not be text
    try:
        _check(arguments)
        with _noticing():
            typer.main.get_command(root)(args=list(arguments), prog_name="groundswell")
    except Refusal as refusal:
        return _say_refused(refusal, as_json=as_json)
    except Exception as error:  # noqa: BLE001 - a program waits for an answer, whatever happened
        return _say_failed(error, as_json=as_json)
    except KeyboardInterrupt:
        return _say_stopped(arguments, as_json=as_json)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        if status == _INTERRUPTED:
            return _say_stopped(arguments, as_json=as_json)
        if status == 2 and as_json and not frame.has_answered.get():
            _tell_program("bad_usage", "the command line can't be read; stderr says where")
        return status
    return 0


def _say_refused(refusal: Refusal, *, as_json: bool) -> int:
    # Built, not parsed: what was asked may hold brackets, and they are no styles.
    said = Text.assemble(("error:", "red"), f" {refusal}")
    frame.messages.print(said, highlight=False, soft_wrap=True)
    if as_json:
        _tell_program(refusal.code, str(refusal))
    return 1 if refusal.is_passing else 2


def _say_failed(error: Exception, *, as_json: bool) -> int:
    said = str(error).strip().partition("\n")[0][:_LONGEST] or type(error).__name__
    remedy = "see that the disk has room and the database runs, then try again"
    if not isinstance(error, _OF_THE_MACHINE):
        traceback.print_exception(error, file=sys.stderr)
        remedy = "this is a mistake of Groundswell; report it with what stands above"
    message = f"it stopped before its end: {said}; nothing half-done counts: {remedy}"
    drawn = Text.assemble(("failed:", "red"), f" {message}")
    frame.messages.print(drawn, highlight=False, soft_wrap=True)
    if as_json and not frame.has_answered.get():
        _tell_program("failed", message)
    return 1


@contextmanager
def _noticing() -> Iterator[None]:
    """Ctrl-C stays Ctrl-C, also where a library makes an error of its own of it, as DuckDB does."""
    came = []

    def notice(*_: object) -> None:
        came.append(True)
        raise KeyboardInterrupt

    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    is_ours = is_ours and threading.current_thread() is threading.main_thread()
    if is_ours:
        signal.signal(signal.SIGINT, notice)
    try:
        yield
    except Exception as error:
        if came:
            raise KeyboardInterrupt from error
        raise
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _say_stopped(arguments: Sequence[str], *, as_json: bool) -> int:
    if frame.has_answered.get():
        return _INTERRUPTED
    command = next((each for each in arguments if not each.startswith("-")), "")
    left = _STOPPED.get(command, "nothing half-done counts, and the same command begins anew")
    frame.messages.print(f"stopped: {left}", highlight=False, soft_wrap=True)
    if as_json:
        _tell_program("stopped", left)
    return _INTERRUPTED


def _check(arguments: Sequence[str]) -> None:
    """Refuse what is no text; a path may be any bytes."""
    for argument in arguments:
        text = argument.encode(errors="replace").decode()
        if text != argument and not Path(argument).exists():
            raise NotText(f"{text!r} on the command line is no valid UTF-8: write it as UTF-8")


def _tell_program(code: str, message: str) -> None:
    problem = {"error": {"code": code, "message": message}}
    sys.stdout.write(json.dumps(problem, ensure_ascii=False) + "\n")
