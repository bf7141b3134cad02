"""Commands that plan: reach of files, and plans of briefs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table

from groundswell.interfaces.cli import frame, plan_tables
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.planning import brief as briefs
from groundswell.planning import brief_text, files, named
from groundswell.planning.actions import plans
from groundswell.terms.errors import Refusal

app = typer.Typer(rich_markup_mode=frame.MARKUP)


class BadCombination(Refusal):
    """Options that don't go together."""

    code = "bad_options"


@app.command("reach")
def reach(
    memberships: Annotated[
        Path | None, typer.Option(help="File with the columns account and member.")
    ] = None,
    overlaps: Annotated[
        Path | None, typer.Option(help="File with the columns account_a, account_b and shared.")
    ] = None,
    audiences: Annotated[
        Path | None, typer.Option(help="File with the columns account and size, for --overlaps.")
    ] = None,
    creators: Annotated[
        str | None,
        typer.Option(help="Whom to count: a,b,c or @FILE; without it, everybody in the file."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, help="Pairs that share fewer people are not in --overlaps."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the different people that creators reach together: never the sum of their followers.

    Works on files alone and starts nothing. From memberships the count is exact. From overlaps it
    is exact for one creator and for a listed pair; for more, bounds that always hold stand around
    an estimate, and pairs that are not listed count as unknown.
    """
    names = None if creators is None else named.listed(creators)
    if memberships and not (overlaps or audiences):
        with frame.progress() as progress:
            found = files.of_members(memberships, names, progress=progress)
    elif overlaps and audiences and not memberships:
        found = files.of_overlaps(overlaps, audiences, names, threshold=threshold)
    else:
        raise BadCombination(
            "reach needs --memberships FILE, or --overlaps FILE together with --audiences FILE"
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
        typer.Option(min=0.01, max=0.99, help="Wanted P(all goals met), instead of the brief's."),
    ] = None,
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
    frame.show(said, as_json=as_json, people=lambda: plan_tables.drawn(said))


def _reach_table(found: files.Reach) -> Group:
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
    return Group(table, ". ".join(filter(None, [estimate.method, estimate.reason])))
