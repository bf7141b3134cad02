"""Commands of orders: what connected shops told."""

from typing import Annotated, Any

import typer

from groundswell.connectors import orders as reads
from groundswell.interfaces.cli import frame
from groundswell.interfaces.cli.frame import JsonOption, WorkspaceOption
from groundswell.terms.money import Money
from groundswell.workspaces import access

app = typer.Typer(rich_markup_mode=frame.MARKUP)
orders_app = typer.Typer(
    rich_markup_mode=frame.MARKUP,
    no_args_is_help=True,
    help="Orders and discount codes of the shops that are connected.",
)
app.add_typer(orders_app, name="orders")


@orders_app.command("list")
def list_orders(
    code: Annotated[
        str, typer.Option(help="A discount code; upper and lower case are the same.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Orders to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List orders, the last placed first."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        found = reads.orders_by_code(code) if code.strip() else reads.orders()
        rows = [reads.order_as_json(order) for order in found[:limit]]
    people = [_for_people(row) for row in rows]
    frame.show({"orders": rows}, as_json=as_json, people=lambda: frame.table("Orders", people))


@orders_app.command("codes")
def list_codes(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List discount codes with what each takes off, and how often the shop counts it as used."""
    with frame.session(workspace) as session, access.inside(session.workspace):
        rows = reads.codes()
    shown = ("code", "shop", "title", "kind", "usage_count", "ends_at")
    people = [{name: row[name] for name in shown} for row in rows]
    frame.show(
        {"codes": rows}, as_json=as_json, people=lambda: frame.table("Discount codes", people)
    )


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "order": row["order"],
        "shop": row["shop"],
        "placed_at": row["placed_at"],
        "total": _money(row["total_minor"], row["currency"]),
        "refunded": _money(row["refunded_minor"], row["currency"]),
        "codes": ", ".join(row["codes"]),
        "cancelled": row["cancelled_at"] is not None,
    }


def _money(minor: int | None, currency: str | None) -> str:
    return "" if minor is None or currency is None else str(Money(minor, currency))
