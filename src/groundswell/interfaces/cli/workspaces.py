"""Commands about workspaces: the list, the journal, the jobs."""

from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access, jobs, queries, showing
from groundswell.workspaces.actions import workspaces

app = typer.Typer(rich_markup_mode=frame.MARKUP)
workspaces_app = typer.Typer(
    rich_markup_mode=frame.MARKUP, no_args_is_help=True, help="Make and list workspaces."
)
jobs_app = typer.Typer(
    rich_markup_mode=frame.MARKUP, no_args_is_help=True, help="Work that is done in the background."
)
app.add_typer(workspaces_app, name="workspaces")
app.add_typer(jobs_app, name="jobs")


@workspaces_app.command("list")
def list_workspaces(as_json: JsonOption = False) -> None:
    """List the workspaces of this installation."""
    with frame.session(None):
        rows = queries.workspaces()
    frame.show(
        {"workspaces": rows}, as_json=as_json, people=lambda: frame.table("Workspaces", rows)
    )


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
    frame.show({"entries": entries}, as_json=as_json, people=lambda: _journal(entries))


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
            f"Jobs that wait: {left}; given back, as their worker died: {reaped.given_back}; "
            f"parked after {jobs.MAX_ATTEMPTS} tries: {reaped.parked}."
        ),
    )


def _journal(entries: list[dict[str, Any]]) -> RenderableType:
    if not entries:
        return Text("Journal: nothing yet")
    table = Table()
    table.add_column("at (UTC)")
    table.add_column("by", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("details", overflow="fold")
    for entry in entries:
        table.add_row(
            frame.moment(entry["at"]),
            entry["by"],
            Text.assemble(entry["event"], (f"\n{entry['subject']}" if entry["subject"] else "")),
            f"{entry['rows']:,}",
            Text("\n".join(f"{name}: {said}" for name, said in showing.in_words(entry["details"]))),
        )
    return frame.titled("Journal", table)
