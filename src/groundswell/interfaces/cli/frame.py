"""What every command shares: options, the session, output and progress.

A command is a plain function. It opens a ``session`` when it reads or writes state, makes one call
of an app, and hands the answer to ``show``. Progress and messages go to stderr, so that stdout
holds the answer alone.
"""

import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

import typer
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from groundswell.terms.errors import Refusal
from groundswell.terms.progress import Progress
from groundswell.workspaces import access, clock
from groundswell.workspaces.actions import workspaces
from groundswell.workspaces.models import Workspace

OPERATOR = "operator"
# So that paragraphs of a help text are filled to the terminal's width.
MARKUP: Literal["markdown"] = "markdown"

WorkspaceOption = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="GROUNDSWELL_WORKSPACE",
        help="Workspace to work in; without it, the workspace `default`.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, for programs.")
]

# Names, bios and paths may hold brackets and colons: they are no styles and no pictures.
messages = Console(stderr=True, markup=False, emoji=False)
# Piped output is not cut at 80 columns: a program or a pager will read it.
answers = Console(
    width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120,
    markup=False,
    emoji=False,
)

# Set by the program that starts the command line: it knows how to bring the database up.
open_database: ContextVar[Callable[[], AbstractContextManager[None]]] = ContextVar("open_database")
installation: ContextVar["Installation"] = ContextVar("installation")
has_answered: ContextVar[bool] = ContextVar("has_answered", default=False)


class Aside(Protocol):
    """A console that runs beside this program."""

    @property
    def address(self) -> str:
        """Where it is."""

    @property
    def log(self) -> Path:
        """Where it writes what happens."""

    def wait(self) -> None:
        """Until it is stopped."""


class Installation(Protocol):
    """What the program that starts the command line can do with all of an installation."""

    def serve(
        self,
        *,
        host: str,
        port: int,
        web_workers: int,
        threads: int,
        migrate: bool,
        announce: Callable[[str], None],
    ) -> None:
        """Keep everything running until told to stop."""

    def serve_aside(self, *, port: int) -> AbstractContextManager["Aside"]:
        """Run the console as a program beside this one."""

    def back_up(self, to: Path, *, key_to: Path | None, keep: int | None) -> dict[str, Any]:
        """Write a backup; returns what is in it."""

    def verify(self, archive: Path | None) -> dict[str, Any]:
        """Check a backup, or the installation itself."""

    def restore(self, archive: Path, *, key: Path | None, replace: bool) -> dict[str, Any]:
        """Bring a backup back; returns what was in it."""


class BadCombination(Refusal):
    """Options that don't go together."""

    code = "bad_options"


class CannotWrite(Refusal):
    """A file that can't be written where it was asked for."""

    code = "cannot_write"


@dataclass(frozen=True, slots=True)
class Session:
    """One command at work: in which workspace, on whose behalf, and when."""

    workspace: Workspace
    by: str
    now: datetime


@contextmanager
def session(slug: str | None) -> Iterator[Session]:
    """Bring the database up and find the workspace; the first command makes ``default``.

    Raises:
        UnknownWorkspace: When another one was named and does not exist.
    """
    with open_database.get()():
        now = clock.now()
        if slug is None or slug == workspaces.FIRST:
            workspace = workspaces.first(by=OPERATOR, now=now)
        else:
            workspace = access.workspace_named(slug)
        yield Session(workspace, OPERATOR, now)


def finite(value: float | None) -> float | None:
    """A number that an option was given: the callback of all that take one with a point.

    Raises:
        typer.BadParameter: When it is ``nan`` or ``inf``, which parse as numbers.
    """
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is no number that can be meant: write one such as 2.5")
    return value


def id_or(unknown: Callable[[str], Exception]) -> Callable[[str], UUID]:
    """Reads an id; what is none is refused like an id that nothing has."""

    def read(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise unknown(repr(text)) from None

    return read


def show(answer: Any, *, as_json: bool, people: Callable[[], RenderableType]) -> None:
    """Print an answer: as one JSON document, or as ``people()`` draws it."""
    has_answered.set(True)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        # A path that is longer than the line stays whole; the terminal breaks it.
        answers.print(people(), crop=False)


def write(path: Path, content: bytes) -> None:
    """Write the file that an answer was asked for as.

    Raises:
        CannotWrite: When nothing can be written under that name; a full disk is another matter.
    """
    try:
        path.write_bytes(content)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise CannotWrite(
            f"{path} can't be written ({error.strerror}): name a file in a folder that is there"
        ) from error


def titled(title: str, drawn: RenderableType) -> Group:
    """A table under its title, which a narrow table does not break."""
    return Group(Text(title, style="bold"), drawn)


def table(title: str, rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Rows of one shape under their names; moments are in UTC."""
    if not rows:
        return Text(f"{title}: none yet")
    drawn = Table()
    for name, value in rows[0].items():
        is_number = isinstance(value, int) and not isinstance(value, bool)
        drawn.add_column(name.replace("_", " "), justify="right" if is_number else "left")
    for row in rows:
        drawn.add_row(*(Text(_cell(name, value)) for name, value in row.items()))
    return titled(title, drawn)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if name == "at" or name.endswith("_at"):
        return moment(value)
    return str(value)


def moment(iso: str) -> str:
    """A moment as people read it, in UTC."""
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M}"


def bullets(lines: Iterable[Text | str]) -> Table:
    """Sentences one below the other, each with its dash in the margin."""
    drawn = Table.grid()
    for line in lines:
        drawn.add_row("  - ", Text(line) if isinstance(line, str) else line)
    return drawn


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress bars on stderr, one per step; nothing where nobody watches."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bars = Bars(*columns, console=messages, transient=True, disable=not sys.stderr.isatty())
    known: dict[str, Any] = {}

    def report(step: str, done: int, total: int | None) -> None:
        if step not in known:
            known[step] = bars.add_task(step, total=total)
        bars.update(known[step], completed=done, total=total)

    with bars:
        yield report
