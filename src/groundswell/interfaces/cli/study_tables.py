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


def ways(found: Mapping[str, Any]) -> RenderableType:
    """The ways as rows: what each gets, costs and risks."""
    columns = ("", "creators", "spend", "reach", "views", "engagements", "cost of 1,000 reached",
               "P(goals)", "P(less than half)", "largest line")  # fmt: skip
    rows, notes = [], []
    for way in found["ways"]:
        if way["reason"]:
            notes.append(f"{way['label']}: {way['reason']}.")
        if way["forecast"] is None:
            continue
        hit, risk = way["hit_probability"] or {}, way["risk"] or {}
        rows.append([
            way["label"],
            f"{way['creators']:,}", _number(way["spend"]),
            *(_interval(way["forecast"][kpi]) for kpi in ("reach", "views", "engagements")),
            _number(_thousand(way.get("cost_per"))),
            _share(_value(hit.get("before_signing"))), _share(_value(risk.get("below_half"))),
            _share(risk.get("largest_line")),
        ])  # fmt: skip
    title = f"{found['name']}: {_number(found['budget'])} {found['currency']}, spent otherwise"
    notes.append(
        "Negative reactions: cannot say before posts are out and their comments were read."
    )
    return Group(Text(title), _rows(columns, rows), Text("\n".join(notes), style="dim"))


def frontier(found: Mapping[str, Any]) -> RenderableType:
    """What each budget buys."""
    unit, currency = found["unit"], found["currency"]
    columns = ("budget", "creators", unit, "at most", f"{currency} per 1,000 more", "P(goals)", "")
    knee = (found["knee"] or {}).get("budget")
    rows = [
        [
            _number(point["budget"]), _number(point["creators"]), _number(point["value"]),
            _number(point["bound"]),
            "-" if point["cost_of_one_more"] is None
            else _number(1_000 * point["cost_of_one_more"]),
            _share(_value(point["hit_probability"])),
            "knee" if point["budget"] == knee
            else "asked" if point["budget"] == found["asked"] else point["reason"] or "",
        ]
        for point in found["points"]
    ]  # fmt: skip
    note = f"Knee: {found['knee']['definition']}." if found["knee"] else "The curve has no knee."
    return Group(_rows(columns, rows), Text(note, style="dim"))


def more(found: Mapping[str, Any]) -> RenderableType:
    """What more money buys."""
    unit, currency = found["unit"], found["currency"]
    cost = found["cost_of_one_more"]
    each = "" if cost is None else f", {_number(1_000 * cost)} {currency} per 1,000"
    said = (
        f"{_number(found['more'])} {currency} more add {_number(found['adds'])} {unit}{each}; no "
        f"plan of that budget adds more than {_number(found['adds_at_most'])}. "
        f"{found['kept']:,} lines stay."
    )
    rows = [("+", line["account"], f"{line['format']} at {_number(line['price'])}")
            for line in found["comes_in"]]  # fmt: skip
    rows += [("-", line["account"], f"{line['format']} at {_number(line['price'])}")
             for line in found["goes_out"]]  # fmt: skip
    return Group(Text(said), _rows(("", "account", "what"), rows))


def constraints(found: Mapping[str, Any]) -> RenderableType:
    """What each constraint costs."""
    unit = found["unit"]
    rows = [
        [
            row["key"], _listed(row["setting"]),
            row["reason"] or ("nothing" if not row["binds"] else
                              f"{_number(row['gain'])} ({row['gain_share']:.1%})"),
        ]
        for row in found["constraints"]
    ]  # fmt: skip
    left = ", ".join(found["not_asked"])
    note = f"Not asked, as the time was up: {left}." if left else ""
    return Group(_rows(("constraint", "is", f"costs, in {unit}"), rows), Text(note))


def explained(found: Mapping[str, Any]) -> RenderableType:
    """Why each line is there."""
    rows = [
        [
            f"{line['account']}\n{line['format']}", _number(line["cost"]),
            "-" if line["adds_per_money"] is None else _number(line["adds_per_money"]),
            "\n".join(f"{other['account']} {_number(other['shared'])}"
                      for other in line["overlaps_with"]) or "nobody",
            line["why"],
        ]
        for line in found["lines"]
    ]  # fmt: skip
    per = f"{found['unit']} per {found['currency']}"
    return _rows(("line", "cost", per, "shares people with", "why"), rows)


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


def _interval(found: Mapping[str, Any]) -> str:
    if found["value"] is None or found["low"] is None:
        return _number(found["value"])
    return f"{_short(found['value'])}\n{_short(found['low'])}-{_short(found['high'])}"


def _short(number: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (letter == "M" and number >= size):
            return f"{number / size:,.3g}{letter}"
    return f"{number:,.0f}"


def _thousand(cost_per: Mapping[str, Any] | None) -> float | None:
    each = (cost_per or {}).get("reach")
    return None if each is None else 1_000 * each


def _share(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _value(estimate: Mapping[str, Any] | None) -> Any:
    return None if estimate is None else estimate["value"]


def _number(value: Any) -> str:
    if value is None:
        return "cannot say"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.4g}"
