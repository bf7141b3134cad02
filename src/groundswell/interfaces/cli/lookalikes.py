"""The command that finds creators like some others."""

from typing import Annotated

import typer

from groundswell.discovery import queries, showing
from groundswell.discovery.questions import Question
from groundswell.interfaces.cli import discovery, frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("lookalikes")
def lookalikes(
    accounts: Annotated[
        list[str], typer.Argument(help="Whom they shall be like, such as instagram:anna.")
    ],
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", "-f", help="As `groundswell search` has it, such as country=US."),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, max=discovery.MOST, help="Most creators to show.")
    ] = 20,
    offset: Annotated[int, typer.Option(min=0, max=discovery.MOST, help="Creators to skip.")] = 0,
    facets: Annotated[
        list[str] | None,
        typer.Option("--facet", help="Key to count all of them by; may be given again."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find creators like one or several others, and what they have in common."""
    with (
        frame.session(workspace) as session,
        access.inside(session.workspace),
        frame.progress() as progress,
    ):
        found = queries.answer(
            Question(filters=tuple(filters or ()), like=tuple(accounts)).checked(),
            limit=limit,
            offset=offset,
            facets=facets or queries.FACETS,
            progress=progress,
        )
    answer = showing.found_as_json(found, session.workspace.tiers)
    frame.show(
        answer, as_json=as_json, people=lambda: discovery.drawn(answer, has_facets=bool(facets))
    )
