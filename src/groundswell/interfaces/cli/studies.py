"""Commands that ask more of a plan: what is different, and whether it can be made again."""

from typing import Annotated

import typer

from groundswell.interfaces.cli import frame, study_tables
from groundswell.interfaces.cli.frame import JsonOption, Session, WorkspaceOption
from groundswell.planning import differences, queries, studies
from groundswell.planning.differences import Said
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="A plan or version, by its id.")],
    after: Annotated[str, typer.Argument(help="The plan or version to hold against it.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is different between two plans: lines, forecasts, certificates, brief and data."""
    with frame.session(workspace) as session:
        found = differences.between(*(_said(session, each) for each in (before, after)))
    frame.show(found, as_json=as_json, people=lambda: study_tables.different(found))


def _said(session: Session, plan: str) -> Said:
    with access.inside(session.workspace):
        found = queries.plan(queries.identity(plan), with_document=True)
    return Said(str(found.id), found.document, found.brief_text)


@app.command("reproduce")
def reproduce(
    plan: Annotated[str, typer.Argument(help="A plan or version, by its id.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a plan again from its brief, seed and today's data, and compare byte for byte.

    Nothing is kept. Where it isn't the same, it says what moved on since, and what is different.
    """
    with frame.session(workspace) as session, frame.progress() as progress:
        asked = studies.of_plan(session.workspace, queries.identity(plan))
        found = studies.reproduced(session.workspace, asked, progress=progress)
    frame.show(found, as_json=as_json, people=lambda: study_tables.reproduced(found))
