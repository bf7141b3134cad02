"""Commands that plan: reach of files, and plans of briefs."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from groundswell.interfaces.cli import frame, plan_tables, study_tables
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.planning import brief as briefs
from groundswell.planning import brief_text, files, named, showing, studies
from groundswell.planning.actions import plans
from groundswell.planning.reached import Reach

_TIMES = 5  # shown in a table; all are in the JSON document
app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("reach")
def reach(  # noqa: PLR0913 - each is an option of the command
    memberships: Annotated[
        Path | None,
        typer.Option(help="File with the columns account and member: CSV, Parquet or Arrow."),
    ] = None,
    overlaps: Annotated[
        Path | None,
        typer.Option(
            help="File with the columns account_a, account_b and shared; size_a and size_b may "
            "stand beside."
        ),
    ] = None,
    audiences: Annotated[
        Path | None,
        typer.Option(
            "--audiences",
            "--sizes",
            help="File with the columns account and size, for --overlaps without sizes.",
        ),
    ] = None,
    creators: Annotated[
        str | None,
        typer.Option(help="Whom to count: a,b,c or @FILE; without it, everybody in the file."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            "--above",
            min=0,
            callback=frame.finite,
            help="Pairs that share fewer people are not in --overlaps.",
        ),
    ] = None,
    rate: Annotated[
        float,
        typer.Option(
            callback=frame.finite, help="Chance that a member of an audience sees it, above 0."
        ),
    ] = 1.0,
    account: Annotated[
        str | None, typer.Option(help="Header of the accounts in --memberships.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(help="Header of the members in --memberships.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the different people that creators reach together: never the sum of their followers.

    Works on files alone and starts nothing. From memberships the count is exact, with how many
    people are reached once, twice and so on. From overlaps it is exact for one creator and for a
    listed pair; for more, bounds that always hold stand around an estimate, and pairs that are not
    listed count as unknown. The curve adds the creators in the order given.
    """
    names = None if creators is None else named.listed(creators)
    if memberships and not (overlaps or audiences or threshold is not None):
        said = {"account": account, "member": member}
        with frame.progress() as progress:
            found = files.of_members(memberships, names, rate=rate, headers=said, progress=progress)
    elif overlaps and not (memberships or account or member):
        found = files.of_overlaps(overlaps, audiences, names, threshold=threshold, rate=rate)
    else:
        raise frame.BadCombination(
            "reach needs --memberships FILE (--account and --member say what its columns are), or "
            "--overlaps FILE (--audiences FILE and --threshold go with it)"
        )
    for note in found.notes:
        frame.messages.print(note)
    frame.show(found.as_json(), as_json=as_json, people=lambda: _reach_table(found))


@app.command("plan")
def plan(
    brief: Annotated[Path, typer.Argument(help="The brief, a TOML file.")],
    seed: Annotated[
        int,
        typer.Option(
            min=0, max=2**63 - 1, help="Decides every draw: the same seed gives the same plan."
        ),
    ] = 1,
    promise: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=0.99,
            callback=frame.finite,
            help="Wanted P(all goals met), instead of the brief's.",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say for each line whom it overlaps and beat.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a brief: whom to pay for what within the budget, and what to expect of it.

    The plan is kept in the workspace with its brief, its seed and what it said.
    """
    wanted, text = briefs.read(brief)
    if promise is not None:
        text = brief_text.written({**briefs.tables(text), "promise": promise})
        wanted = briefs.parsed(text)
    with frame.session(workspace) as session, frame.progress() as progress:
        made = plans.propose(
            workspace=session.workspace,
            brief=wanted,
            text=text,
            by=session.by,
            now=session.now,
            seed=seed,
            progress=progress,
        )
        said = {"plan": str(made.id), **made.document}
        if explain:
            asked = studies.Question(wanted, text, seed, made)
            said["standings"] = studies.explained(session.workspace, asked)["lines"]
    frame.show(said, as_json=as_json, people=lambda: _plan_drawn(said))


def _plan_drawn(said: dict[str, Any]) -> RenderableType:
    plan = plan_tables.drawn(said)
    if "standings" not in said:
        return plan
    unit = showing.GAINED[said["objective"]]
    found = {"lines": said["standings"], "unit": unit, "currency": said["currency"]}
    return Group(plan, study_tables.explained(found))


def _reach_table(found: Reach) -> Group:
    table = Table(title="Unique reach", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    estimate = found.reach
    value = "cannot say" if estimate.value is None else f"{estimate.value:,.0f}"
    table.add_row("different people", value)
    if estimate.low is not None and estimate.high is not None:
        table.add_row("at least", f"{estimate.low:,.0f}")
        table.add_row("at most", f"{estimate.high:,.0f}")
    table.add_row("sum of audiences", f"{found.sum_of_audiences:,}")
    table.add_row("creators", f"{len(found.audiences):,}")
    for times, people in enumerate((found.frequency or ())[:_TIMES], 1):
        table.add_row(f"exactly {times} x", f"{people:,.0f}")
    return Group(table, ". ".join(filter(None, [estimate.method, estimate.reason])))
