"""A plan as a person wants to read it: what to buy, what to expect, and what else there is."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from groundswell.planning import showing

_SHOWN_LINES = 25
_WIDEST_ACCOUNT = 34
_KPIS = ("reach", "views", "engagements", "pieces")


def drawn(plan: dict[str, Any]) -> Group:
    """The whole plan."""
    return Group(
        _heading(plan),
        *([_layers(plan)] if len(plan.get("layers", ())) > 1 else []),
        _lines(plan),
        _forecast(plan),
        *([_pyramid(plan)] if "pyramid" in plan else []),
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
        f"{len(lines):,} {_called(lines)} for {_money(plan['fees'])} {currency}, handling "
        f"{_money(plan['handling'])}, in reserve {_money(plan['reserve'])}",
    )


def _called(lines: list[dict[str, Any]]) -> str:
    return "creators" if all(line["layer"] == "creators" for line in lines) else "publications"


def _layers(plan: dict[str, Any]) -> Group:
    adds = {found["layer"]: found["adds"] for found in plan["pyramid"]["layers"]}
    table = _table()
    table.add_column("layer")
    for name in ("publications", "people", "spend", "appear", "reach added"):
        table.add_column(name, justify="right")
    for layer in plan["layers"]:
        people = "" if layer["people"] is None else f"{layer['people']:,}"
        table.add_row(
            layer["layer"].replace("_", " "),
            f"{layer['publications']:,}",
            people,
            _money(layer["spend"]),
            f"{layer['delivery']:.0%}",
            _count(adds.get(layer["layer"], 0.0)),
        )
    table.add_row("tail", "", "", "", "", _count(adds["tail"]))
    return Group(_title(f"Layers ({plan['currency']})"), table)


def _pyramid(plan: dict[str, Any]) -> Text:
    """The curve in a sentence: how many in the end, half of them when, how often."""
    found = plan["pyramid"]
    reach, curve = found["reach"], found["curve"]
    half = next((day["day"] for day in curve if day["middle"] >= curve[-1]["middle"] / 2), "")
    often = found["frequency"]["mean"]
    again = "" if often is None else f", {often:.1f} times each"
    return Text(
        f"\nWith what people pass on, {_count(reach['value'])} are reached by {plan['end']} "
        f"({_count(reach['low'])} to {_count(reach['high'])}){again}; half of them by {half}."
    )


def _lines(plan: dict[str, Any]) -> Group:
    table = _table()
    shown = plan["lines"][:_SHOWN_LINES]
    longest = max((len(line["account"]) for line in shown), default=0)
    table.add_column("account", overflow="fold", width=min(longest, _WIDEST_ACCOUNT))
    for name in ("price", "views"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("why", ratio=1)
    for line in shown:
        price = _money(line["price"])
        if line["price_source"] != "rate_card":
            price += f"\n{line['price_low']:,.0f}-{line['price_high']:,.0f}"
        what = f"\n{_size(line)}, {line['format']}"
        table.add_row(
            Text.assemble(line["account"], (what, "dim")),
            price,
            _estimate(line["forecast"]["views"]),
            line["why"],
        )
    more = len(plan["lines"]) - _SHOWN_LINES
    if more > 0:
        table.add_row(f"and {more:,} more", "", "", "all of them with --json")
    best = Text(f"{plan['next_best'][0].upper()}{plan['next_best'][1:]}.")
    return Group(_title(f"Whom to pay for what ({plan['currency']})"), table, best)


def _size(line: dict[str, Any]) -> str:
    """Its layer where that is not the creators, and its tier."""
    layer = "" if line["layer"] == "creators" else line["layer"].replace("_", " ")
    tier = line["tier"] or ("" if line["layer"] == "boost" else "size unknown")
    return ", ".join(filter(None, [layer, tier]))


def _forecast(plan: dict[str, Any]) -> Group:
    forecast = plan["forecast"]
    # What was read back from the database has lost the order of its keys.
    kpis = [*_KPIS, *(kpi for kpi in forecast if "goal" in forecast[kpi] and kpi not in _KPIS)]
    has_goals = any("goal" in found for found in forecast.values())
    table = _table()
    table.add_column("")
    for name in ("expected", "8 of 10 times between", *(["goal"] if has_goals else [])):
        table.add_column(name, justify="right")
    table.add_column("settled by")
    table.add_column("how", ratio=1)
    for kpi in kpis:
        found = forecast[kpi]
        goal = _count(found["goal"]) if "goal" in found else ""
        table.add_row(
            kpi,
            "cannot say" if found["value"] is None else _count(found["value"]),
            "" if found["low"] is None else f"{_count(found['low'])} and {_count(found['high'])}",
            *([goal] if has_goals else []),
            found["settled_by"],
            found["reason"] or found["method"],
        )
    people = _count(forecast["reach"]["sum_of_audiences"])
    sum_of_audiences = Text(f"The audiences add up to {people}, which is not reach.")
    return Group(_title("What to expect"), table, sum_of_audiences)


def _ways(plan: dict[str, Any]) -> Group:
    table = _table()
    table.add_column("", ratio=1)
    for name in ("creators", "spend", "reach", "views", "engagements", "P(goals)"):
        table.add_column(name, justify="right", no_wrap=True)
    for way in showing.ways(plan):
        forecast, spend = way["forecast"], way["spend"]
        kpis = ("reach", "views", "engagements")
        cells = ["-"] * 3 if forecast is None else [_estimate(forecast[kpi]) for kpi in kpis]
        how = "; ".join(filter(None, [way["description"], way["reason"], way.get("unspent")]))
        table.add_row(
            Text.assemble(way["label"].lower(), (f"\n{how}", "dim")),
            f"{way['creators']:,}",
            "-" if spend is None else f"{spend:,.0f}",
            *cells,
            _hit(way.get("hit_probability")),
        )
    return Group(_title("The same budget, spent otherwise"), table)


def _hit(found: dict[str, Any] | None) -> str:
    value = None if found is None else found["before_signing"]["value"]
    return "-" if value is None else f"{value:.0%}"


def _bench(plan: dict[str, Any]) -> Text:
    names = ", ".join(
        f"{line['account']} ({line['format']}, {_money(line['price'])}{_restores(line)})"
        for line in plan["bench"][:8]
    )
    return Text(f"\nOn the bench: {names}" if names else "\nNobody is left for the bench.")


def _restores(line: dict[str, Any]) -> str:
    return f", restores {line['restores']:.1%}" if line.get("restores", 0) > 0 else ""


def _offered(promise: dict[str, Any], currency: str) -> list[str]:
    """What is promised when the plan is taken, and what that costs."""
    offer = promise["offer"]
    found = [f"{reason[0].upper()}{reason[1:]}." for reason in offer["refused"].values()]
    if offer["withheld"]:
        return [f"No promise: {offer['withheld']}.", *found]
    goals = " and ".join(f"{_count(goal)} {kpi}" for kpi, goal in offer["goals"].items())
    hit = offer["hit_probability"]["value"]
    found.insert(0, f"Promised when it is taken: {goals}, with a probability of {hit:.1%}.")
    price = promise["price"]
    goods = price["make_goods"]
    found.append(
        f"Make-goods are expected to cost {_money(goods['expected_cost'])} {currency} of the "
        f"{_money(goods['reserve'])} {currency} that stay in the budget."
    )
    if price["over_provision"] is not None:
        found.append(
            f"{price['over_provision']:.2f} times the {_count(price['goal'])} {price['kpi']} are "
            f"planned; certainty costs least at {price['cheapest']:.0%}."
        )
    return found


def _small_print(plan: dict[str, Any]) -> Text:
    left_out = sum(plan["excluded"].values())
    sentences = [
        f"Prices: {source['lines']:,} from {source['from']}." for source in plan["price_sources"]
    ]
    if left_out:
        most_first = sorted(plan["excluded"].items(), key=lambda each: -each[1])
        reasons = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in most_first)
        total = plan["candidates"]["accounts"]
        sentences.append(f"Left out: {left_out:,} of {total:,} accounts ({reasons}).")
    sentences += [f"{note[0].upper()}{note[1:]}." for note in plan["notes"]]
    near = showing.nearness(plan)
    sentences += [
        f"{each}." for each in (near.said, near.population, near.how, near.regret) if each
    ]
    if any("goal" in found for found in plan["forecast"].values()):
        said, how = showing.chances(plan)
        sentences.append(f"How likely all goals are met: {said[0].lower()}{said[1:]}. {how}.")
    if promise := plan["certificates"].get("promise"):
        goals = ", ".join(f"{_count(goal)} {kpi}" for kpi, goal in promise["goals"].items())
        sentences.append(f"What can be promised at {promise['probability']:.0%}: {goals}.")
        if "offer" in promise:
            sentences += _offered(promise, plan["currency"])
    return Text("\n" + "\n".join(sentences) + f"\nPlan {plan['plan']}", style="dim")


def _title(words: str) -> Text:
    return Text(f"\n{words}", style="bold")


def _table() -> Table:
    return Table(pad_edge=False)


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
