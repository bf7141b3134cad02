"""Commands by which a person judges: creators side by side, one on a page, rows of evidence."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from groundswell.creators import queries as creators
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.interfaces.http import dossier_pdf, exports
from groundswell.terms.estimate import Estimate
from groundswell.terms.platforms import AccountRef
from groundswell.vetting import comparing, contrasts, dossiers, exhibits
from groundswell.vetting.comparing import Side
from groundswell.vetting.contrasts import Line
from groundswell.workspaces import access

_UNREAD = {  # by people
    *("post_id", "reach", "shares", "saves", "interactions", "watch_time_s", "watch_average_s"),
    *("observed_at", "paid_partnership"),
}
_LONGEST = 60  # characters of a cell

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
            frame.write(output, exports.written(output.suffix.lstrip("."), columns, rows))
            frame.messages.print(f"Written to {output}")
    frame.show(answer, as_json=as_json, people=lambda: drawn(sides))


@app.command("dossier")
def dossier(
    account: Annotated[str, typer.Argument(help="Account, such as instagram:anna.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print all that is said of a creator on one page: scorecard, verdict, decisions, rates."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = dossiers.of(creators.find_account(ref), now=session.now)
        content = dossier_pdf.drawn(found, session.workspace)
    frame.write(output, content)
    answer = {"account": str(found.account), "file": str(output), "bytes": len(content)}
    frame.show(answer, as_json=as_json, people=lambda: f"Printed {answer['account']} to {output}")


@app.command("exhibit")
def exhibit(
    account: Annotated[str, typer.Argument(help="Account, such as instagram:anna.")],
    measure: Annotated[str, typer.Argument(help="A kind of evidence, such as unexplained_jump.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the posts, days, people or comments that a measure was seen on."""
    ref = AccountRef.parse(account)
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = exhibits.of(creators.find_account(ref), measure, now=session.now)
    answer = found.as_json()
    frame.show(answer, as_json=as_json, people=lambda: frame.table(found.title, answer[found.rows]))


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


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    return value[:_LONGEST] if isinstance(value, str) else value


def _count(followers: int | None) -> str:
    return "unknown" if followers is None else f"{followers:,}"
