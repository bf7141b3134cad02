"""What pages and files show of plans: lines in an order, tables, and two plans compared."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from groundswell.planning.candidates import FILTERS
from groundswell.terms.objectives import Kpi

Document = dict[str, Any]
Line = dict[str, Any]

# A document that was read back from the database has lost the order of its keys.
KPIS = (Kpi.REACH, Kpi.VIEWS, Kpi.ENGAGEMENTS, Kpi.PIECES, Kpi.CLICKS, Kpi.CONVERSIONS)
WAYS = {
    "one_celebrity": "One celebrity",
    "macro": "Macro only",
    "mid": "Mid only",
    "micro": "Micro only",
    "nano": "Nano only",
    "sharers": "Sharers only",
}
GAINED = {
    "reach": "people",
    "views": "views",
    "engagements": "engagements",
    "clicks": "clicks",
    "conversions": "orders",
    "pieces": "pieces",
}
STEPS = (
    "Reading what is known of the creators",
    "Choosing among the offers",
    "Forecasting the plan",
    *(f"Forecasting another way: {name.lower()}" for name in WAYS.values()),
    "Writing it down",
)
_TIERS = ("nano", "micro", "mid", "macro", "mega")
LINE_SORTS = ("plan", "account", "tier", "format", "price", "views", "adds")


def lines(document: Document, *, sort: str = "plan", descending: bool = False) -> list[Line]:
    """The plan's lines with their places from 1; what is unknown comes last in either order."""
    placed = [{**line, "place": place} for place, line in enumerate(document["lines"], 1)]
    keys: dict[str, Callable[[Line], Any]] = {
        "account": lambda line: line["account"].partition(":")[2].casefold(),
        "tier": lambda line: None if line["tier"] is None else _TIERS.index(line["tier"]),
        "views": lambda line: line["forecast"]["views"]["value"],
        "plan": lambda line: line["place"],
    }
    key = keys.get(sort) or itemgetter(sort)
    known = [line for line in placed if key(line) is not None]
    unknown = [line for line in placed if key(line) is None]
    return sorted(known, key=key, reverse=descending) + unknown


def forecasts(document: Document) -> list[tuple[str, dict[str, Any]]]:
    """Each KPI with its estimate, in the usual order."""
    return [(str(kpi), document["forecast"][kpi]) for kpi in KPIS if kpi in document["forecast"]]


def begun(start: date, end: date, today: date) -> list[str]:
    """What to know of a program that is planned after it began; nothing of any other."""
    if start >= today:
        return []
    how = f"was over on {end}" if end < today else f"began on {start}"
    said = (
        f"the program {how}, before it was planned on {today}: nothing can be promised of it, and "
        "the figures are those of a program that is still to come"
    )
    return [said]


def ways(document: Document) -> list[dict[str, Any]]:
    """This plan, and the same budget spent otherwise, in one shape."""
    shared = ("spend", "reserve", "forecast", "cost_per", "negative_share", "risk", "unspent")
    own = {
        **{key: document.get(key) for key in shared},
        "name": "this_plan",
        "label": "This plan",
        "description": f"the most {document['objective']} within the brief",
        "creators": len({line["account"] for line in document["lines"]}),
        "hit_probability": document["certificates"].get("hit_probability"),
        "keeps_minima": True,
        "reason": None,
    }
    others = [{**way, "label": label_of(way["name"])} for way in document["alternatives"]]
    return [own, *others]


def label_of(way: str) -> str:
    """A way in words; plans of before have ways of other names."""
    return WAYS.get(way, way.replace("_", " ").capitalize())


def left_out(document: Document) -> list[tuple[str, int]]:
    """How many accounts each filter left out, in words, the most first."""
    counts = sorted(document["excluded"].items(), key=lambda each: (-each[1], each[0]))
    return [(FILTERS.get(reason, reason.replace("_", " ")), count) for reason, count in counts]


@dataclass(frozen=True, slots=True)
class Nearness:
    """The optimality certificate in plain words, one sentence each.

    Attributes:
        said: How near to the best possible the plan is, or that there is no bound.
        population: The same for the population; None where the first says it all.
        how: How that is known.
        regret: What moving prices would cost; None where it was not worked out.
    """

    said: str
    population: str | None
    how: str
    regret: str | None


def nearness(document: Document) -> Nearness:
    """What a plan's optimality certificate says."""
    found = document["certificates"]["optimality"]
    panel, population = found["panel"], found["population"]
    if panel is None:
        return Nearness("No bound", None, f"{found['reason']}", None)
    among = "for this audience panel" if document["objective"] == "reach" else "for these offers"
    said = (
        f"The best possible plan {among}"
        if found["is_exact"]
        else f"Within {_lost(panel)} of the best possible plan {among}"
    )
    beside = f"No bound for the population: {found['reason']}"
    if population is not None:
        beside = f"Within {_lost(population)} for the population, {found['confidence']:.0%} sure"
    return Nearness(said, beside, _how(document, found), _regretted(found["regret"]))


def chances(document: Document) -> tuple[str, str]:
    """How likely all goals are met, and how that is to be read."""
    found = document["certificates"]["hit_probability"]
    before, bench, signed = (found[k] for k in ("before_signing", "with_bench", "if_all_sign"))
    if bench["value"] is None:
        return "Cannot say", f"{bench['reason']}"
    return f"{bench['value']:.0%}", (
        f"With the bench; {before['value']:.0%} without it, {signed['value']:.0%} if all sign: "
        f"{bench['reason']}"
    )


def promise(document: Document) -> tuple[str, str]:
    """What can be promised, and at which certainty or why nothing can."""
    found = document["certificates"]["promise"]
    offer = found["offer"]
    if offer["withheld"]:
        return "Nothing", str(offer["withheld"])
    levels = ", ".join(f"{level:,.0f} {kpi}" for kpi, level in offer["goals"].items())
    return levels, (
        f"Met with a probability of {offer['hit_probability']['value']:.0%}, where "
        f"{found['probability']:.0%} is wanted"
    )


def _how(document: Document, found: dict[str, Any]) -> str:
    unit = GAINED.get(document["objective"], "results")
    if found["is_exact"]:
        return f"All portfolios were searched: none gets more than {found['bound']:,.0f} {unit}"
    people = found["people"]
    where = f" on the {people:,} sampled people that it was chosen on" if people else ""
    return (
        f"No portfolio within the limits can get more than {found['bound']:,.0f} {unit}, and this "
        f"one gets {found['value']:,.0f}{where}: the bound comes from a relaxation of the "
        f"problem, touched {_times(found['steps'])}"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _regretted(regret: dict[str, Any]) -> str | None:
    if regret["lost"] is None:
        return None
    return (
        f"If all prices and rates moved by {regret['move']:.0%}, keeping its lines would lose at "
        f"most {regret['lost']:.1%} beside planning anew"
    )


def _lost(share: float) -> str:
    """How much is lost at most, rounded up."""
    return f"{math.ceil((1 - share) * 1_000 - 1e-9) / 10:.1f}%"


LINE_COLUMNS = (
    "place", "account", "layer", "tier", "format", "quantity", "followers", "price", "price_low",
    "price_high", "currency", "price_source", "views", "views_low", "views_high", "views_level",
    "views_method", "views_posts", "engagements", "engagements_low", "engagements_high", "adds",
    "alone", "why",
)  # fmt: skip


def line_rows(document: Document) -> list[list[Any]]:
    """The lines as a table of ``LINE_COLUMNS``."""
    return [_line_row(line) for line in lines(document)]


def _line_row(line: Line) -> list[Any]:
    views, engagements = line["forecast"]["views"], line["forecast"]["engagements"]
    before = ("place", "account", "layer", "tier", "format", "quantity", "followers", "price",
              "price_low", "price_high", "currency", "price_source")  # fmt: skip
    return [
        *(line[key] for key in before),
        *(views[key] for key in ("value", "low", "high", "level", "method", "n")),
        *(engagements[key] for key in ("value", "low", "high")),
        *(line[key] for key in ("adds", "alone", "why")),
    ]


FORECAST_COLUMNS = (
    "plan", "creators", "spend", "currency", "kpi", "value", "low", "high", "level", "goal",
    "settled_by", "method", "posts", "reason",
)  # fmt: skip


def forecast_rows(document: Document) -> list[list[Any]]:
    """Forecasts of the plan and of the other ways as a table of ``FORECAST_COLUMNS``."""
    rows = []
    for way in ways(document):
        if way["forecast"] is None:
            rows.append([way["name"], *[None] * (len(FORECAST_COLUMNS) - 2), way["reason"]])
            continue
        spent = [way["name"], way["creators"], way["spend"], document["currency"]]
        for kpi, found in forecasts({"forecast": way["forecast"]}):
            estimate = [found[key] for key in ("value", "low", "high", "level")]
            how = [found[key] for key in ("settled_by", "method", "n", "reason")]
            rows.append([*spent, kpi, *estimate, found.get("goal"), *how])
    return rows


@dataclass(frozen=True, slots=True)
class Compared:
    """What two plans have in common and what not.

    Attributes:
        only_a: Lines of accounts that only the first one has.
        only_b: Lines of accounts that only the second one has.
        both: Lines of accounts in both: the first plan's and the second's.
    """

    only_a: list[Line]
    only_b: list[Line]
    both: list[tuple[Line, Line]]

    @property
    def altered(self) -> list[tuple[Line, Line]]:
        """Lines in both whose format or price differ."""
        return [
            (a, b)
            for a, b in self.both
            if (a["format"], a["price"], a["currency"]) != (b["format"], b["price"], b["currency"])
        ]


def compared(a: Document, b: Document) -> Compared:
    """Hold two plans against each other, account by account."""
    of_a, of_b = _by_account(a["lines"]), _by_account(b["lines"])
    return Compared(
        only_a=[line for account, line in of_a.items() if account not in of_b],
        only_b=[line for account, line in of_b.items() if account not in of_a],
        both=[(line, of_b[account]) for account, line in of_a.items() if account in of_b],
    )


def _by_account(lines: Sequence[Line]) -> dict[str, Line]:
    return {line["account"]: line for line in lines}


def change_of(before: float | None, after: float | None) -> float | None:
    """How much more (or less) the one is than the other, as a share; None when it can't be said."""
    return None if before is None or after is None or before == 0 else after / before - 1
