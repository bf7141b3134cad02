"""Commands about workspaces: the list, the journal, the jobs."""

from typing import Annotated, Any

import typer
from rich.table import Table

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access, jobs, queries
from groundswell.workspaces.actions import workspaces

app = typer.Typer()
workspaces_app = typer.Typer(no_args_is_help=True, help="Make and list workspaces.")
jobs_app = typer.Typer(no_args_is_help=True, help="Work that is done in the background.")
app.add_typer(workspaces_app, name="workspaces")
app.add_typer(jobs_app, name="jobs")


@workspaces_app.command("list")
def list_workspaces(as_json: JsonOption = False) -> None:
    """List the workspaces of this installation."""
    with frame.session(None):
        rows = queries.workspaces()
    frame.show({"workspaces": rows}, as_json=as_json, people=lambda: _table("Workspaces", rows))


@workspaces_app.command("create")
def create_workspace(
    slug: Annotated[str, typer.Argument(help="Short name, such as acme-uk.")],
    name: Annotated[str | None, typer.Option(help="Name shown to people.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace, which sees nothing of the others."""
    with frame.session(None) as session:
        made = workspaces.create(slug=slug, name=name or slug, by=session.by, now=session.now)
    frame.show(
        {"slug": made.slug, "name": made.name},
        as_json=as_json,
        people=lambda: f"Made workspace {made.slug}. Use it with --workspace {made.slug}.",
    )


@app.command("journal")
def journal(
    workspace: WorkspaceOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Newest entries to show.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what was done in a workspace, by whom and when, newest first."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        entries = queries.journal(limit=limit)
    frame.show({"entries": entries}, as_json=as_json, people=lambda: _table("Journal", entries))


@jobs_app.command("run")
def run_jobs(
    once: Annotated[
        bool, typer.Option("--once", help="Do what waits now, then end; else work until stopped.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Do the jobs that wait, after giving back those whose worker died."""
    with frame.session(None):
        reaped = jobs.reap()
        jobs.work(until_empty=once)
        left = jobs.waiting()
    answer = {"given_back": reaped.given_back, "parked": reaped.parked, "waiting": left}
    frame.show(
        answer,
        as_json=as_json,
        people=lambda: (
            f"{left} jobs are waiting; {reaped.given_back} of dead workers were given back, "
            f"{reaped.parked} were parked after {jobs.MAX_ATTEMPTS} tries."
        ),
    )


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in rows[0] if rows else ("nothing yet",):
        table.add_column(str(column).replace("_", " "))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    return table
