"""Commands of saved searches."""

from pathlib import Path
from typing import Annotated

import typer

from groundswell.discovery import exploring, queries, showing
from groundswell.discovery.actions import exporting
from groundswell.discovery.actions import searches as actions
from groundswell.discovery.questions import Question
from groundswell.interfaces.cli import discovery, frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.interfaces.http import exports
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
searches_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Searches kept under a name, to be asked again.",
)
app.add_typer(searches_app, name="searches")

NameArgument = Annotated[str, typer.Argument(help="The search's name.")]


@searches_app.command("list")
def list_searches(
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that were deleted.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the saved searches with how many accounts answer now, and did at the last look."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = list(queries.deleted_searches() if deleted else queries.saved_searches())
        totals = exploring.totals(kept.question for kept in found)
        rows = list(map(showing.search_as_json, found, totals))
    people = [{**row, "filters": ", ".join(row["filters"])} for row in rows]
    frame.show(
        {"searches": rows}, as_json=as_json, people=lambda: frame.table("Saved searches", people)
    )


@searches_app.command("save")
def save(
    name: NameArgument,
    text: Annotated[list[str] | None, typer.Argument(help="Words to look for.")] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", "-f", help="As `groundswell search` has it.")
    ] = None,
    sort: Annotated[str, typer.Option(help="Key to sort by.")] = "",
    like: Annotated[
        list[str] | None, typer.Option(help="Account to be like; may be given again.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a search under a name."""
    question = Question(" ".join(text or []), tuple(filters or ()), sort, tuple(like or ()))
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = actions.save(
            name=name,
            question=question,
            workspace=session.workspace,
            by=session.by,
            now=session.now,
        )
    frame.show({"search": kept.name}, as_json=as_json, people=lambda: f"Saved as {kept.name}.")


@searches_app.command("run")
def run(
    name: NameArgument,
    limit: Annotated[int, typer.Option(min=0, help="Most creators to show.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a saved search again; how many there are is remembered."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = queries.search_named(name)
        found = queries.answer(kept.question, limit=limit, facets=())
        actions.look(search=kept, total=found.total, now=session.now)
        answer = showing.found_as_json(found, session.workspace.tiers)
    frame.show(answer, as_json=as_json, people=lambda: discovery.drawn(answer, has_facets=False))


@searches_app.command("rename")
def rename(
    name: NameArgument,
    to: Annotated[str, typer.Argument(help="Its name from now on.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a saved search another name."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = queries.search_named(name)
        actions.rename(search=kept, name=to, by=session.by, now=session.now)
    frame.show({"search": kept.name}, as_json=as_json, people=lambda: f"It is {kept.name} now.")


@searches_app.command("delete")
def delete(
    name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Delete a saved search; `groundswell searches restore` brings it back."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = queries.search_named(name)
        actions.delete(search=kept, by=session.by, now=session.now)
    frame.show(
        {"deleted": kept.name},
        as_json=as_json,
        people=lambda: f"Deleted. `groundswell searches restore '{kept.name}'` brings it back.",
    )


@searches_app.command("restore")
def restore(
    name: NameArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Bring a deleted search back."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = queries.search_named(name, is_deleted=True)
        actions.restore(search=kept, by=session.by, now=session.now)
    frame.show({"search": kept.name}, as_json=as_json, people=lambda: f"{kept.name} is back.")


@searches_app.command("export")
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="File to write; .csv or .xlsx.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what answers a saved search to a file, every column."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        kept = queries.search_named(name)
        table = exporting.search(
            question=kept.question,
            name=kept.name,
            workspace=session.workspace,
            by=session.by,
            now=session.now,
        )
        frame.write(file, exports.written(file.suffix.lstrip("."), table.columns, table.rows))
    answer = {"file": str(file), "rows": len(table.rows), "total": table.total}
    frame.show(answer, as_json=as_json, people=lambda: f"{answer['rows']:,} rows in {file}")
