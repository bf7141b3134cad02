"""What the overview of a plan draws, from what the plan keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundswell.interfaces.console.charts import Chart, Kind, Point
from groundswell.planning import showing
from groundswell.planning.showing import Document
from groundswell.terms.tiers import Tier

CHANCED = ("views", "engagements", "reach")  # KPIs whose chances can be drawn
COMPARED = ("reach", "views", "engagements")  # KPIs that the ways are compared by
_SHADES = 8  # of the map of shared audiences
_FEWEST_SHARED = 2  # accounts on the map


def of_objective(document: Document, among: Sequence[str], asked: str) -> str:
    """The KPI to draw: the one that was asked for, else what the plan is for, else the first."""
    found = (asked, document["objective"], among[0])
    return next(kpi for kpi in found if kpi in among)


def promised(document: Document) -> str:
    """The KPI that is promised, or could be: what can be counted and not only modelled."""
    return next(
        (kpi for kpi in document["certificates"]["promise"]["goals"] if kpi in CHANCED), CHANCED[0]
    )


def chances(document: Document, kpi: str) -> Chart:
    """How likely the plan gets at least so much, with the goal where it has one."""
    signed = [
        Point(float(each["at_least"]), each["chance"], series="If all sign")
        for each in document["curves"]["chances"].get(kpi, ())
    ]
    promised = document["certificates"]["promise"]["quantiles"].get(kpi, {})
    open_ = [
        Point(at_least, 1 - float(level), series="Before signing, with the bench")
        for level, at_least in sorted(promised.items(), key=lambda each: float(each[0]))
    ]
    goal = document["forecast"][kpi].get("goal")
    lines = open_ or signed
    marked = []
    if goal is not None and lines:
        marked = [Point(float(goal), _chance_of(lines, goal), series="Goal", marked=True)]
    return Chart(
        name=f"chances-{kpi}",
        kind=Kind.LINE,
        title=f"Chance of at least so many {_unit(kpi)}",
        x=_unit(kpi).capitalize(),
        y="Chance",
        points=[*signed, *open_, *marked],
        unit="percent",
        x_unit="short",
        empty=f"Nothing is known of {kpi} of these creators: import posts with counts.",
        note=_MODELLED if kpi == "reach" else _COUNTED,
    )


_COUNTED = (
    "2,000 scenarios of all lines together, with no-shows and a common shock. Before signing, "
    "answers and prices are open too, and the bench steps in while money lasts."
)
_MODELLED = "Reach is modelled and can't be counted at the end, so it is never promised."


def _unit(kpi: str) -> str:
    return "people reached" if kpi == "reach" else kpi


def _chance_of(points: Sequence[Point], goal: float) -> float:
    """Between the two points that the goal lies between, on a straight line."""
    values = [point.x for point in points]
    chances = [point.value for point in points]
    return float(np.interp(goal, values, chances, right=0.0))  # type: ignore[arg-type]


def reach_for_money(document: Document) -> Chart:
    """Unique people by what was spent so far, the best lines for the money first."""
    return Chart(
        name="reach-for-money",
        kind=Kind.LINE,
        title="People reached, line after line",
        x=f"Spend, {document['currency']}",
        y="People",
        points=[
            Point(each["spend"], each["reach"], label=f"{each['lines']:,} lines")
            for each in document["curves"]["reach"]
        ],
        unit="short",
        x_unit="short",
        empty="No audience is known, so nobody can be counted once.",
        note="Lines in the order of people per money; each person counts once. Where the curve is "
        "flat, more of the same money brings few new people.",
    )


def tier_mix(document: Document) -> Chart:
    """Which part of fees, creators and expected views each tier has."""
    sizes: dict[str, dict[str | None, float]] = {"Creators": {}, "Fees": {}, "Expected views": {}}
    for line in document["lines"]:
        views = line["forecast"]["views"]["value"] or 0.0
        for tiers, size in zip(sizes.values(), (1.0, line["price"], views), strict=True):
            tiers[line["tier"]] = tiers.get(line["tier"], 0.0) + size
    points = [
        Point(_named(tier), tiers[tier] / total if total else None, series=series)
        for series, tiers in sizes.items()
        for total in [sum(tiers.values())]
        for tier in (*map(str, Tier), None)
        if tier in tiers
    ]
    return Chart(
        name="tier-mix",
        kind=Kind.BARS,
        title="Tiers",
        x="Tier",
        y="Part of the plan",
        points=points,
        unit="percent",
        note="Tiers by followers, as the workspace sets them.",
    )


def _named(tier: str | None) -> str:
    return "No tier" if tier is None else tier.capitalize()


def ways(document: Document, kpi: str) -> Chart:
    """The plan and the other ways to spend the same budget, by one KPI."""
    points = []
    for way in showing.ways(document):
        found = (way["forecast"] or {}).get(kpi) or {}
        interval = found.get("value"), found.get("low"), found.get("high")
        points.append(Point(way["label"], *interval, marked=way["name"] == "this_plan"))
    return Chart(
        name=f"four-ways-{kpi}",
        kind=Kind.SHARES,
        title=f"Expected {kpi} of each way",
        x="Way",
        y=kpi.capitalize(),
        points=points,
        unit="short",
        note="Whiskers hold the result 8 of 10 times. All ways keep the same budget and limits "
        "unless the table says otherwise.",
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """Which part of one audience another has too, and how dark that is drawn, 0 to 8."""

    part: float | None
    shade: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One account of the map of shared audiences."""

    place: int
    account: str
    cells: list[Cell]


def shared(document: Document) -> list[SharedRow]:
    """The map of shared audiences; empty where no two are known."""
    found: dict[str, Any] = document["curves"]["overlaps"]
    pairs = [
        part
        for place, row in enumerate(found["shared"])
        for other, part in enumerate(row)
        if other != place and part is not None
    ]
    if len(found["accounts"]) < _FEWEST_SHARED or not pairs:
        return []
    darkest = max(*pairs, 0.05)
    return [
        SharedRow(
            place + 1,
            account,
            [_cell(part, darkest, is_own=place == other) for other, part in enumerate(row)],
        )
        for place, (account, row) in enumerate(zip(found["accounts"], found["shared"], strict=True))
    ]


def _cell(part: float | None, darkest: float, *, is_own: bool) -> Cell:
    if part is None or is_own:
        return Cell(part, 0, is_own)
    return Cell(part, min(round(_SHADES * part / darkest), _SHADES), is_own=False)


def frontier(found: Document) -> Chart:
    """What each budget buys, with the most that it could, the budget asked for and the knee."""
    known = [point for point in found["points"] if point["value"] is not None]
    marks = {"Your budget": found["asked"], "Knee": (found["knee"] or {}).get("budget")}
    points = [Point(each["budget"], each["value"], series="Best plan found") for each in known]
    points += [
        Point(each["budget"], each["bound"], series="No plan can get more") for each in known
    ]
    points += [
        Point(each["budget"], each["value"], series=name, marked=True)
        for name, budget in marks.items()
        for each in known
        if each["budget"] == budget
    ]
    return Chart(
        name="frontier",
        kind=Kind.LINE,
        title=f"{found['unit'].capitalize()} by budget",
        x=f"Budget, {found['currency']}",
        y=found["unit"].capitalize(),
        points=points,
        unit="short",
        x_unit="short",
        empty="No budget could be planned with these limits.",
        note="Each point is a whole plan within all other limits of the brief. The knee is where "
        "the curve lies farthest above the straight line between its ends: beyond it money buys "
        "less than on average.",
    )


def limits(found: Document) -> Chart:
    """What the plan would gain without each limit that binds, as part of what it gets."""
    binding = [each for each in found["constraints"] if each["binds"]]
    return Chart(
        name="limits",
        kind=Kind.SHARES,
        title=f"{found['unit'].capitalize()} gained without each limit",
        x="Limit",
        y="Gain",
        points=[Point(each["key"], each["gain_share"]) for each in binding],
        unit="percent",
        empty="No limit of the brief costs anything: without any one of them the plan is as good.",
    )
