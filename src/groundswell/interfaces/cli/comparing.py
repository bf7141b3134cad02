"""The command that holds creators side by side."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.interfaces.http import exports
from groundswell.terms.estimate import Estimate
from groundswell.vetting import comparing, contrasts
from groundswell.vetting.comparing import Side
from groundswell.vetting.contrasts import Line
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)


@app.command("compare")
def compare(
    accounts: Annotated[
        list[str], typer.Argument(help="Two to twenty accounts, such as instagram:anna.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it as a table too: a .csv or .xlsx file."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold creators side by side: engagement, growth, six factors, prices, and whose are best."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = comparing.named(accounts)
        sides, seen = comparing.sides(found), comparing.seen(found, now=session.now)
        answer = contrasts.as_json(sides, seen)
        if output is not None:
            columns, rows = contrasts.table(sides, seen, {})
            output.write_bytes(exports.written(output.suffix.lstrip("."), columns, rows))
            frame.messages.print(f"Written to {output}")
    frame.show(answer, as_json=as_json, people=lambda: drawn(sides))


def drawn(sides: list[Side]) -> RenderableType:
    """A row for each measure and a column for each account."""
    table = Table()
    table.add_column("measure")
    for side in sides:
        table.add_column(str(side.account), justify="right")
    table.add_row("followers", *(_count(side.account.followers) for side in sides))
    table.add_row("tier", *(side.tier.value if side.tier else "" for side in sides))
    standings = (side.answer.standing.value if side.answer else "not vetted" for side in sides)
    table.add_row("authenticity", *(standing.replace("_", " ") for standing in standings))
    for line in contrasts.lines(sides):
        table.add_row(line.title.lower(), *_cells(line))
    for kind, prices in contrasts.price_lines(sides):
        cells = (f"{price.major} {price.currency}" if price else "" for price in prices)
        table.add_row(f"price: {kind}", *cells)
    note = (
        "* the highest whose range keeps clear of all the others; ~ the highest, perhaps by chance"
    )
    return Group(frame.titled("Side by side, with 95 % ranges", table), note)


def _cells(line: Line) -> list[str]:
    marks = [""] * len(line.estimates)
    if line.best:
        marks[line.best.place] = "* " if line.best.is_clear else "~ "
    said = (_said(each, line.unit) for each in line.estimates)
    return [f"{mark}{each}" for mark, each in zip(marks, said, strict=True)]


def _said(estimate: Estimate, unit: str) -> str:
    if estimate.value is None:
        return "cannot say"
    form = ".2%" if unit == "percent" else ".0f"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:{form}}"
    return f"{estimate.value:{form}}\n{estimate.low:{form}} to {estimate.high:{form}}"


def _count(followers: int | None) -> str:
    return "unknown" if followers is None else f"{followers:,}"
