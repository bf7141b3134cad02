"""Commands that ask more of a plan: otherwise, with more money, without a limit, and why."""

import time
from pathlib import Path
from typing import Annotated

import typer

from groundswell.interfaces.cli import frame, study_tables
from groundswell.interfaces.cli.frame import JsonOption, Session, WorkspaceOption
from groundswell.planning import brief as briefs
from groundswell.planning import differences, queries, studies
from groundswell.planning.differences import Said
from groundswell.planning.studies import Question
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
AskedOption = Annotated[str, typer.Argument(help="A plan by its id, or a brief: a TOML file.")]


def _asked(session: Session, plan: str) -> Question:
    """The plan of that id, or the brief in that file."""
    if plan.endswith(".toml") or Path(plan).is_file():
        wanted, text = briefs.read(Path(plan))
        return Question(wanted, text)
    return studies.of_plan(session.workspace, queries.identity(plan))


@app.command("ways")
def ways(plan: AskedOption, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Hold a plan against the same budget spent otherwise: one celebrity, one tier, sharers only.

    Creators, spend, unique reach, views, engagements, cost of each, odds of the goals, and risk.
    """
    with frame.session(workspace) as session, frame.progress() as progress:
        found = studies.ways(session.workspace, _asked(session, plan), progress=progress)
    frame.show(found, as_json=as_json, people=lambda: study_tables.ways(found))


@app.command("frontier")
def frontier(
    plan: AskedOption,
    more: Annotated[
        float | None,
        typer.Option(
            callback=frame.finite,
            help="What so much more buys, in the budget's currency; may be negative.",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what smaller and larger budgets buy, with the bound of each, and where the knee is."""
    with frame.session(workspace) as session:
        found = studies.frontier(session.workspace, _asked(session, plan), more=more)
    drawn = study_tables.frontier if more is None else study_tables.more
    frame.show(found, as_json=as_json, people=lambda: drawn(found))


@app.command("constraints")
def constraints(
    plan: AskedOption,
    seconds: Annotated[
        float,
        typer.Option(
            min=0, callback=frame.finite, help="Begin no further constraint after so long."
        ),
    ] = 60.0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each constraint of a brief costs: the plan is made again without it, one by one."""
    end = time.monotonic() + seconds
    with frame.session(workspace) as session:
        asked = _asked(session, plan)
        found = studies.costs(session.workspace, asked, enough=lambda: time.monotonic() >= end)
    frame.show(found, as_json=as_json, people=lambda: study_tables.constraints(found))


@app.command("explain")
def explain(
    plan: AskedOption, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Say why each line is in a plan: what it adds, whom it overlaps, and whom it beat."""
    with frame.session(workspace) as session, frame.progress() as progress:
        found = studies.explained(session.workspace, _asked(session, plan), progress=progress)
    frame.show(found, as_json=as_json, people=lambda: study_tables.explained(found))


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
