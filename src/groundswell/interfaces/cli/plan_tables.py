"""A plan as a person wants to read it: what to buy, what to expect, and what else there is."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

_SHOWN_LINES = 25
_KPIS = ("reach", "views", "engagements", "pieces")
_WAYS = {
    "few_large": "few large",
    "tiers_mixed": "tiers mixed",
    "many_small": "many small",
    "cheapest_engagement": "cheapest engagement",
}


def drawn(plan: dict[str, Any]) -> Group:
    """The whole plan."""
    return Group(
        _heading(plan),
        _lines(plan),
        _forecast(plan),
        _ways(plan),
        _bench(plan),
        _small_print(plan),
    )


def _heading(plan: dict[str, Any]) -> Text:
    currency = plan["currency"]
    lines = plan["lines"]
    return Text.assemble(
        (f"\n{plan['name']}", "bold"),
        f"   the most {plan['objective']} for {_money(plan['budget'])} {currency}, "
        f"{plan['start']} to {plan['end']}\n",
        f"{len(lines):,} creators for {_money(plan['fees'])} {currency}, handling "
        f"{_money(plan['handling'])}, in reserve {_money(plan['reserve'])}\n",
    )


def _lines(plan: dict[str, Any]) -> Table:
    table = _table(f"Whom to pay for what ({plan['currency']})")
    for name, justify in (
        ("account", "left"),
        ("tier", "left"),
        ("format", "left"),
        ("price", "right"),
        ("views", "right"),
        ("why", "left"),
    ):
        table.add_column(name, justify=justify, ratio=3 if name == "why" else None)  # type: ignore[arg-type]
    for line in plan["lines"][:_SHOWN_LINES]:
        price = _money(line["price"])
        if line["price_source"] != "rate_card":
            price += f"\n{_money(line['price_low'])}-{_money(line['price_high'])}"
        table.add_row(
            Text(line["account"], overflow="fold"),
            line["tier"] or "-",
            line["format"],
            price,
            _estimate(line["forecast"]["views"]),
            line["why"],
        )
    table.caption = f"{plan['next_best'][0].upper()}{plan['next_best'][1:]}."
    more = len(plan["lines"]) - _SHOWN_LINES
    if more > 0:
        table.add_row(f"and {more:,} more", "", "", "", "", "all of them with --json")
    return table


def _forecast(plan: dict[str, Any]) -> Table:
    table = _table("What to expect")
    table.add_column("")
    for name in ("expected", "8 of 10 times between", "goal"):
        table.add_column(name, justify="right")
    table.add_column("settled by")
    table.add_column("how", ratio=1)
    for kpi, found in plan["forecast"].items():
        if kpi not in _KPIS and "goal" not in found:
            continue
        between = (
            "" if found["low"] is None else f"{_count(found['low'])} - {_count(found['high'])}"
        )
        table.add_row(
            kpi,
            "cannot say" if found["value"] is None else _count(found["value"]),
            between,
            _count(found["goal"]) if "goal" in found else "",
            found["settled_by"],
            found["reason"] or found["method"],
        )
    people = plan["forecast"]["reach"]["sum_of_audiences"]
    table.caption = f"The audiences add up to {_count(people)}, which is not reach."
    return table


def _ways(plan: dict[str, Any]) -> Table:
    table = _table("The same budget, four ways")
    table.add_column("")
    for name in ("creators", "spend", "reach", "views", "engagements"):
        table.add_column(name, justify="right")
    table.add_column("how", ratio=1)
    own = {
        "creators": len(plan["lines"]),
        "spend": plan["spend"],
        "forecast": plan["forecast"],
        "description": "recommended: the best by the objective",
        "reason": None,
    }
    for name, way in (
        ("this plan", own),
        *((_WAYS[found["name"]], found) for found in plan["alternatives"]),
    ):
        forecast = way["forecast"]
        cells = (
            ["-"] * 3
            if forecast is None
            else [_estimate(forecast[kpi]) for kpi in ("reach", "views", "engagements")]
        )
        spend = "-" if way["spend"] is None else _money(way["spend"])
        how = ". ".join(filter(None, [way["description"], way["reason"]]))
        table.add_row(name, f"{way['creators']:,}", spend, *cells, how)
    return table


def _bench(plan: dict[str, Any]) -> Text:
    names = ", ".join(
        f"{line['account']} ({line['format']}, {_money(line['price'])})"
        for line in plan["bench"][:8]
    )
    return Text(f"\nOn the bench: {names}" if names else "\nNobody is left for the bench.")


def _small_print(plan: dict[str, Any]) -> Text:
    left_out = sum(plan["excluded"].values())
    sentences = [
        f"Prices: {source['lines']:,} from {source['from']}." for source in plan["price_sources"]
    ]
    if left_out:
        reasons = ", ".join(f"{name} {count:,}" for name, count in plan["excluded"].items())
        total = plan["candidates"]["accounts"]
        sentences.append(f"Left out: {left_out:,} of {total:,} accounts ({reasons}).")
    sentences += [f"{note[0].upper()}{note[1:]}." for note in plan["notes"]]
    sentences.append("P(goals met): cannot say yet.")
    return Text("\n" + "\n".join(sentences) + f"\nPlan {plan['plan']}", style="dim")


def _table(title: str) -> Table:
    return Table(title=f"\n{title}", title_justify="left", title_style="bold", pad_edge=False)


def _estimate(found: dict[str, Any]) -> str:
    if found["value"] is None:
        return "cannot say"
    if found["low"] is None:
        return _count(found["value"])
    return f"{_count(found['value'])}\n{_count(found['low'])}-{_count(found['high'])}"


def _count(number: float) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if letter == 'k' else size):,.3g}{letter}"
    return f"{number:,.0f}"


def _money(amount: float) -> str:
    return f"{amount:,.2f}".removesuffix(".00")
