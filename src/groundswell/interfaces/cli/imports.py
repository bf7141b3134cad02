"""The command that brings creators' files in."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from groundswell.connectors import queries, showing
from groundswell.connectors.actions import imports
from groundswell.connectors.actions.imports import Imported
from groundswell.connectors.adapters import maps, targets
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, Session, WorkspaceOption
from groundswell.terms.errors import Refusal
from groundswell.terms.platforms import Platform
from groundswell.terms.progress import Progress
from groundswell.terms.tables import TABLES
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
imports_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Imports that were: what became of each file.",
)
app.add_typer(imports_app, name="imports")


def _kinds() -> list[str]:
    return list(TABLES)


def _maps() -> list[str]:
    return list(maps.ready())


def _platforms() -> list[str]:
    return list(Platform)


@app.command("import")
def import_files(
    kind: Annotated[
        str,
        typer.Argument(help=f"What the files hold: {', '.join(TABLES)}.", autocompletion=_kinds),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV, TSV, JSON lines or Parquet, plain or gzipped."),
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map",
            help="What the columns mean: a TOML file, or the name of a ready map.",
            autocompletion=_maps,
        ),
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            help="Where accounts are when their row doesn't say.", autocompletion=_platforms
        ),
    ] = None,
    columns: Annotated[
        bool, typer.Option("--columns", help="List the columns that a kind understands, and stop.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring creators' data in from files: accounts, posts, comments, contacts, prices and more.

    Encodings, delimiters, the meaning of columns, dates and numbers such as
    541.2K are guessed, and what was guessed is said. Rows that can't be taken
    go into a report. The same file again changes nothing; a killed import
    goes on where it stopped.
    """
    if kind not in TABLES:
        raise imports.UnknownKind(kind)
    if columns:
        _show_columns(kind, as_json=as_json)
        return
    if not files:
        raise typer.BadParameter("name at least one file", param_hint="FILES")
    mapping = maps.named(map_, kind=kind) if map_ else None
    default = Platform.parse(platform) if platform else None
    with frame.session(workspace) as session, frame.progress() as progress:
        outcomes = [
            (path, _import(path, kind, (mapping, default), session, progress)) for path in files
        ]
    answer = {"files": [document(path, outcome) for path, outcome in outcomes]}
    frame.show(answer, as_json=as_json, people=lambda: drawn(outcomes))
    if any(isinstance(outcome, Refusal) for _, outcome in outcomes):
        raise typer.Exit(2)


@imports_app.command("list")
def list_imports(
    state: Annotated[
        str, typer.Option(help="published, failed, begun, or rejected: some rows were.")
    ] = "",
    kind: Annotated[str, typer.Option(help="What the files hold.", autocompletion=_kinds)] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Imports to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the imports, the last one first."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        rows = [showing.run(run) for run in queries.runs(state=state, kind=kind)[:limit]]
    shown = ("import", "file", "state", "rows_read", "rejected")
    people = [{name: row[name] for name in shown} for row in rows]
    frame.show({"imports": rows}, as_json=as_json, people=lambda: frame.table("Imports", people))


@imports_app.command("show")
def show_import(
    number: Annotated[
        UUID,
        typer.Argument(
            help="The import, as `imports list` names it.",
            parser=frame.id_or(queries.unknown_import),
            metavar="NUMBER",
        ),
    ],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Rejected rows to show.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of one file, and why rows were rejected."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        run = queries.run(number)
        bad = [asdict(row) for row in queries.rejected(run, start=0, stop=limit)]
        answer = {**showing.report(run), "rejected_rows": bad}
    frame.show(answer, as_json=as_json, people=lambda: _run(answer))


def _run(shown: dict[str, Any]) -> RenderableType:
    facts = [f"{name}: {value}" for name, value in shown.items() if isinstance(value, str | int)]
    parts: list[RenderableType] = [frame.bullets(facts)]
    if shown["error"]:
        parts.append(Text(shown["error"]["message"], style="red"))
    if shown["guesses"]:
        parts += [Text("As it was read:", style="bold"), frame.bullets(shown["guesses"])]
    if shown["rejected_rows"]:
        parts.append(frame.table("Rejected rows", shown["rejected_rows"]))
    return Group(*parts)


def _import(
    path: Path,
    kind: str,
    options: tuple[maps.Map | None, Platform | None],
    session: Session,
    progress: Progress,
) -> Imported | Refusal:
    """One file; the others go in also when this one can't."""

    def watch(step: str, done: int, total: int | None) -> None:
        progress(f"{path.name}: {step}", done, total)

    mapping, platform = options
    try:
        return imports.import_file(
            workspace=session.workspace,
            kind=kind,
            path=path,
            mapping=mapping,
            platform=platform,
            by=session.by,
            now=session.now,
            progress=watch,
        )
    except Refusal as refusal:
        return refusal


def document(path: Path, outcome: Imported | Refusal) -> dict[str, Any]:
    """What became of a file, in the shape that programs get."""
    if isinstance(outcome, Refusal):
        return {
            "file": str(path),
            "rows_read": 0,
            "accepted": 0,
            "rejected": 0,
            "unchanged": 0,
            "report": None,
            "guesses": [],
            "error": {"code": outcome.code, "message": str(outcome)},
        }
    return {
        "file": str(path),
        "rows_read": outcome.rows_read,
        "accepted": outcome.accepted,
        "rejected": outcome.rejected,
        "unchanged": outcome.unchanged,
        "report": str(outcome.report),
        "guesses": outcome.guesses,
    }


def drawn(outcomes: list[tuple[Path, Imported | Refusal]]) -> RenderableType:
    """What became of files: rows, guesses, and where the rejected rows are."""
    table = Table()
    table.add_column("file")
    for column in ("rows", "accepted", "rejected", "unchanged"):
        table.add_column(column, justify="right")
    said: list[RenderableType] = []
    for path, outcome in outcomes:
        name = Text(path.name)
        if isinstance(outcome, Refusal):
            table.add_row(name, Text("not imported", style="red"))
            said.append(Text.assemble((f"{path.name}: ", "bold"), (_reason(path, outcome), "red")))
            continue
        counts = (outcome.rows_read, outcome.accepted, outcome.rejected, outcome.unchanged)
        table.add_row(name, *(f"{count:,}" for count in counts))
        said += _said(path, outcome)
    return Group(table, *said)


def _reason(path: Path, refusal: Refusal) -> str:
    """Why a file was not taken; its name stands before it already."""
    return str(refusal).removeprefix(str(path)).removeprefix(path.name).lstrip(": ")


def _said(path: Path, outcome: Imported) -> list[RenderableType]:
    """What was guessed of a file, and where its rejected rows are."""
    lines: list[RenderableType] = []
    if outcome.guesses:
        lines.append(Text(f"{path.name}, as it was read:", style="bold"))
        lines.append(frame.bullets(outcome.guesses))
    if outcome.rejected:
        said = f"Why rows were rejected: {outcome.report}"
        lines.append(Text(said, no_wrap=True, overflow="ignore"))
    return lines


def _show_columns(kind: str, *, as_json: bool) -> None:
    known = targets.described(kind)
    ready = [name for name, map_ in maps.ready().items() if kind in map_.kinds]
    answer = {
        "kind": kind,
        "columns": [{"column": column, "holds": holds} for column, holds in known],
        "maps": ready,
    }
    frame.show(answer, as_json=as_json, people=lambda: _columns_table(kind, known, ready))


def _columns_table(kind: str, known: list[tuple[str, str]], ready: list[str]) -> RenderableType:
    table = Table()
    table.add_column("column")
    table.add_column("what it holds")
    for column, holds in known:
        table.add_row(column, holds)
    maps_said = f"Ready maps: {', '.join(ready)}" if ready else "There is no ready map."
    return Group(frame.titled(f"Columns of {kind}", table), Text(maps_said))
