"""Answers about plans as a person wants to read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_CHANGES = ("amounts", "certificates", "brief", "provenance")
_MOST = 25  # lines of a table; all are in the JSON document


def different(found: Mapping[str, Any]) -> RenderableType:
    """What is different between two plans."""
    before, after = found["before"], found["after"]
    if found["is_same"]:
        return Text(f"{before['name']} is the same in both: nothing is different.")
    lines = found["lines"]
    counted = (
        f"{len(lines['added']):,} lines added, {len(lines['removed']):,} removed, "
        f"{len(lines['changed']):,} changed, {lines['unchanged']:,} as they were"
    )
    heading = Text(f"{before['name']} ({before['plan']})\nto {after['name']} ({after['plan']})")
    return Group(heading, Text(counted), _lines_table(lines), _values_table(found))


def reproduced(found: Mapping[str, Any]) -> RenderableType:
    """Whether a plan came out the same again."""
    digest = found["again"]["sha256"][:12]
    if found["is_same"]:
        return Text(f"The same plan, byte for byte (SHA-256 {digest}...).")
    kept = found["kept"]["sha256"][:12]
    why = "; ".join(found["reasons"])
    heading = Text(f"Not the same plan ({kept}... was kept, {digest}... now): {why}.")
    return Group(heading, different(found["differences"]))


def _lines_table(lines: Mapping[str, Any]) -> RenderableType:
    rows = [("+", line["account"], _deal(line)) for line in lines["added"]]
    rows += [("-", line["account"], _deal(line)) for line in lines["removed"]]
    rows += [
        ("~", line["account"], ", ".join(_moved(each) for each in line["what"]))
        for line in lines["changed"]
    ]
    return _rows(("", "account", "what"), rows)


def _values_table(found: Mapping[str, Any]) -> RenderableType:
    rows = [
        (each["kpi"], _number(_value(each["before"])), _number(_value(each["after"])))
        for each in found["kpis"]
    ]
    for group in _CHANGES:
        rows += [
            (each["key"], _number(each["before"]), _number(each["after"])) for each in found[group]
        ]
    return _rows(("", "before", "after"), rows)


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
    table = Table(pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows[:_MOST]:
        table.add_row(*row)
    more = len(rows) - _MOST
    return Group(table, f"and {more:,} more with --json") if more > 0 else table


def _deal(line: Mapping[str, Any]) -> str:
    return f"{line['quantity']} {line['format']} at {_number(line['price'])} {line['currency']}"


def _moved(change: Mapping[str, Any]) -> str:
    return f"{change['key']} {_number(change['before'])} to {_number(change['after'])}"


def _value(estimate: Mapping[str, Any] | None) -> Any:
    return None if estimate is None else estimate["value"]


def _number(value: Any) -> str:
    if value is None:
        return "cannot say"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.4g}"
