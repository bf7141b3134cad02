"""A plan as a document of a few pages, for who has no login."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from groundswell.interfaces.http.paper import (
    ACCENT,
    BODY,
    BOLD,
    CELL,
    HEADING,
    HEADING_NUMBER,
    INK,
    LEAD,
    MARGIN,
    MUTED,
    NUMBER,
    POINT,
    RANGE,
    RULE,
    SECTION,
    SMALL,
    SOFT,
    STRONG,
    TEXT,
    TITLE,
    UNDER,
    WIDTH,
    counted,
    day,
    money,
    register_fonts,
    ruled,
    sentence,
    styled,
    with_marks,
    written,
)
from groundswell.planning import showing
from groundswell.planning.models import Plan
from groundswell.workspaces.models import Workspace

_LONGEST = 60  # characters of an account on one line of the table
# Many lines are read like a phone book: as many on a page as stay legible.
_LINE = styled(7.2, leading=8.8)
_LINE_NUMBER = styled(7.2, leading=8.8, alignment=2)
_LINE_FAINT = styled(6.6, leading=8.8, textColor=MUTED)
_LINE_RANGE = styled(6.6, leading=8.8, textColor=MUTED, alignment=2)


def drawn(plan: Plan, workspace: Workspace) -> bytes:
    """The plan as PDF."""
    register_fonts()
    file = io.BytesIO()
    frame = Frame(MARGIN, 17 * mm, WIDTH, A4[1] - 34 * mm, 0, 0, 0, 0)
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        title=f"{plan.name}, version {plan.version}",
        author=workspace.name,
        subject="Plan for a program with creators",
        creator="Groundswell",
    )
    document.addPageTemplates(PageTemplate("page", [frame], onPage=_page_of(plan, workspace)))
    story = [
        *_head(plan, workspace),
        *_forecast(plan.document),
        *_ways(plan.document),
        *_certificates(plan.document),
        *_lines(plan.document),
        *_method(plan),
    ]
    document.build(story)
    return file.getvalue()


def _page_of(plan: Plan, workspace: Workspace) -> Callable[[Any, Any], None]:
    label = f"{plan.name} · version {plan.version} · {workspace.name}"
    synthetic = "Synthetic data: everybody in it is made up. " if workspace.is_synthetic else ""

    def page(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(MUTED)
        canvas.setFont(TEXT, 7.5)
        canvas.drawString(MARGIN, 10 * mm, with_marks(f"{synthetic}{label}"[:110]))
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"Page {document.page}")
        canvas.setStrokeColor(RULE)
        canvas.line(MARGIN, 13 * mm, A4[0] - MARGIN, 13 * mm)
        canvas.restoreState()

    return page


def _head(plan: Plan, workspace: Workspace) -> list[Any]:
    document = plan.document
    reach, views = document["forecast"]["reach"], document["forecast"]["views"]
    under = [
        f"Plan for {workspace.name}, version {plan.version}",
        f"{day(document['start'])} to {day(document['end'])}",
        f"proposed {day(plan.proposed_at)} by {plan.proposed_by}",
    ]
    if plan.approved_at:
        under.append(f"approved {day(plan.approved_at)} by {plan.approved_by}")
    lead = (
        f"{money(document['spend'])} of {money(document['budget'])} {document['currency']} buys "
        f"{len(document['lines']):,} publications, one of each creator. They are expected to reach "
        f"{_said(reach)} different people{_between(reach)} with {_said(views)} views"
        f"{_between(views)}."
    )
    figures = [
        ("Objective", document["objective"].capitalize()),
        ("Creators' fees", f"{money(document['fees'])} {document['currency']}"),
        ("Handling", f"{money(document['handling'])} {document['currency']}"),
        ("In reserve", f"{money(document['reserve'])} {document['currency']}"),
        ("Creators", f"{len(document['lines']):,}"),
    ]
    table = Table(
        [
            [written(name, HEADING) for name, _ in figures],
            [written(value, STRONG) for _, value in figures],
        ],
        colWidths=[WIDTH / len(figures)] * len(figures),
    )
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SOFT),
                ("TOPPADDING", (0, 0), (-1, 0), 6),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 6),
            ]
        )
    )
    return [
        written(plan.name, TITLE),
        written(" · ".join(under), UNDER),
        written(lead, LEAD),
        table,
    ]


def _forecast(document: dict[str, Any]) -> list[Any]:
    has_goals = any("goal" in found for found in document["forecast"].values())
    heads = ["", "Expected", "8 of 10 times between", *(["Goal"] if has_goals else []), "How"]
    rows: list[list[Any]] = [[written(h, HEADING_NUMBER if 0 < at < len(heads) - 1 else HEADING)
                              for at, h in enumerate(heads)]]  # fmt: skip
    for kpi, found in showing.forecasts(document):
        interval = (
            "" if found["low"] is None else f"{counted(found['low'])} – {counted(found['high'])}"
        )
        how = found["reason"] or found["method"].replace("_", " ")
        settled = "counted at the end" if found["settled_by"] == "observed" else "modelled"
        rows.append(
            [
                written(kpi.capitalize(), STRONG),
                written(_said(found), NUMBER),
                written(interval, NUMBER),
                *([written(counted(found.get("goal")), NUMBER)] if has_goals else []),
                written(f"{settled}; {how}", SMALL),
            ]
        )
    widths = [25 * mm, 22 * mm, 36 * mm, *([20 * mm] if has_goals else [])]
    people = counted(document["forecast"]["reach"]["sum_of_audiences"])
    note = f"The audiences add up to {people} people, which is not reach: many follow several."
    return [
        written("What to expect", SECTION),
        ruled(rows, [*widths, WIDTH - sum(widths)]),
        Spacer(1, 3),
        written(note, SMALL),
    ]


def _ways(document: dict[str, Any]) -> list[Any]:
    ways = showing.ways(document)
    heads = ("", "Creators", f"Spend, {document['currency']}", "Views", "Engagements", "")
    rows: list[list[Any]] = [
        [written(h, HEADING_NUMBER if 0 < at < 5 else HEADING) for at, h in enumerate(heads)]
    ]
    for way in ways:
        forecast = way["forecast"] or {}
        note = "; ".join(filter(None, [way["description"], way["reason"], way["unspent"]]))
        rows.append(
            [
                written(way["label"], STRONG),
                written(f"{way['creators']:,}", NUMBER),
                written("–" if way["spend"] is None else f"{way['spend']:,.0f}", NUMBER),
                *(written(_said(forecast[k]) if forecast else "–", NUMBER)
                  for k in ("views", "engagements")),
                written(note, SMALL),
            ]
        )  # fmt: skip
    widths = [33 * mm, 17 * mm, 24 * mm, 18 * mm, 22 * mm]
    return [
        KeepTogether(
            [
                written("The same budget, spent otherwise", SECTION),
                written("Expected reach, with the interval that holds it 8 of 10 times.", SMALL),
                Spacer(1, 3),
                _reach_chart(ways),
                Spacer(1, 3),
                ruled(rows, [*widths, WIDTH - sum(widths)]),
            ]
        )
    ]


def _reach_chart(ways: Sequence[dict[str, Any]]) -> Drawing:
    """Horizontal bars of reach, with whiskers, the plan itself in the accent."""
    row, left, right = 17.0, 33 * mm, 22 * mm
    height = row * len(ways) + 6
    drawing = Drawing(WIDTH, height)
    found = [(way["forecast"] or {}).get("reach", {}) for way in ways]
    most = max((each.get("high") or each.get("value") or 0 for each in found), default=0) or 1
    scale = (WIDTH - left - right) / most
    for at, (way, reach) in enumerate(zip(ways, found, strict=True)):
        y = height - (at + 1) * row + 4
        is_plan = way["name"] == "this_plan"
        group = Group(
            String(2, y + 1.5, way["label"], fontName=BOLD if is_plan else TEXT, fontSize=8,
                   fillColor=INK)
        )  # fmt: skip
        if reach.get("value") is None:
            group.add(
                String(left, y + 1.5, "cannot say", fontName=TEXT, fontSize=7.5, fillColor=MUTED)
            )
            drawing.add(group)
            continue
        bar = reach["value"] * scale
        group.add(
            Rect(left, y - 1, bar, 9, fillColor=ACCENT if is_plan else RANGE, strokeColor=None)
        )
        end = bar
        if reach["low"] is not None:
            low, end = left + reach["low"] * scale, reach["high"] * scale
            middle = y + 3.5
            group.add(Line(low, middle, left + end, middle, strokeColor=INK, strokeWidth=0.9))
            for x in (low, left + end):
                group.add(Line(x, middle - 2.5, x, middle + 2.5, strokeColor=INK, strokeWidth=0.9))
        label = counted(reach["value"])
        group.add(String(left + max(bar, end) + 5, y + 1.2, label, fontName=BOLD, fontSize=8,
                         fillColor=INK))  # fmt: skip
        drawing.add(group)
    drawing.add(Line(left, 0, left, height, strokeColor=RULE, strokeWidth=0.8))
    return drawing


def _certificates(document: dict[str, Any]) -> list[Any]:
    certificates = document["certificates"]
    near = showing.nearness(document)
    beside = [near.population, near.how, near.regret]
    rows = [
        ["Chance that all goals are met", *showing.chances(document)],
        ["What can be promised", *showing.promise(document)],
        ["Optimality", near.said, ". ".join(each for each in beside if each) + "."],
        [
            "Evidence",
            certificates["evidence"]["rung"] or "cannot say yet",
            certificates["evidence"]["reason"] or "",
        ],
    ]
    cells = [[written(a, STRONG), written(b, CELL), written(c, SMALL)] for a, b, c in rows]
    return [
        KeepTogether(
            [
                written("Certificates", SECTION),
                ruled(cells, [33 * mm, 30 * mm, WIDTH - 63 * mm], has_head=False),
            ]
        )
    ]


def _tier(line: dict[str, Any]) -> str:
    """The tier of a paid creator, else the layer that the line belongs to."""
    return (line["tier"] or "unknown") if line["layer"] == "creators" else line["layer"]


def _lines(document: dict[str, Any]) -> list[Any]:
    gained = showing.GAINED.get(document["objective"], "results")
    heads = ("#", "Account", "Tier", "Format", f"Price, {document['currency']}", "may be", "Views",
             "8 of 10 times", f"Adds, {gained}")  # fmt: skip
    rows: list[list[Any]] = [
        [written(head, HEADING_NUMBER if at > 3 else HEADING) for at, head in enumerate(heads)]
    ]
    for line in showing.lines(document):
        views = line["forecast"]["views"]
        is_own = line["price_source"] == "rate_card"
        rows.append(
            [
                written(line["place"], _LINE_FAINT),
                written(line["account"][:_LONGEST], _LINE),
                written(_tier(line), _LINE_FAINT),
                written(line["format"], _LINE_FAINT),
                written(money(line["price"]), _LINE_NUMBER),
                written(
                    "stated" if is_own else _range(line["price_low"], line["price_high"]),
                    _LINE_RANGE,
                ),
                written(_said(views), _LINE_NUMBER),
                written(
                    "" if views["low"] is None else _range(views["low"], views["high"]), _LINE_RANGE
                ),
                written(counted(line["adds"]), _LINE_NUMBER),
            ]
        )
    widths = [8 * mm, 47 * mm, 13 * mm, 15 * mm, 19 * mm, 21 * mm, 14 * mm, 23 * mm]
    what = f"{gained} that nobody else in the plan brings" if gained == "people" else gained
    return [
        CondPageBreak(60 * mm),
        written("Whom to pay for what", SECTION),
        written(f"One publication each, the best for its money first. Adds: {what}. "
           f"{sentence(document['next_best'])} A price that the creator stated has no range.",
           SMALL),
        Spacer(1, 3),
        ruled(rows, [*widths, WIDTH - sum(widths)], padding=0.8),
    ]  # fmt: skip


def _range(low: float, high: float) -> str:
    return f"{counted(low)} – {counted(high)}"


def _method(plan: Plan) -> list[Any]:
    document, made = plan.document, plan.document["provenance"]
    sentences = [
        f"{source['lines']:,} prices are from {source['from']}."
        for source in document["price_sources"]
    ]
    out = showing.left_out(document)
    if out:
        total = sum(count for _, count in out)
        reasons = "; ".join(f"{count:,} {reason}" for reason, count in out)
        accounts = document["candidates"]["accounts"]
        sentences.append(f"{total:,} of {accounts:,} accounts were left out: {reasons}.")
    sentences += [sentence(note) for note in document["notes"]]
    sentences.append(
        "Intervals hold the result 8 of 10 times; they count no-shows and how much posts of one "
        "creator differ. Unique reach is modelled and never promised as settled."
    )
    sentences.append(
        f"Made by Groundswell {made['engine']} from revision {made['data_revision']} of the "
        f"workspace's data, with seed {made['seed']}: the same again gives the same plan. "
        f"Plan {plan.id}."
    )
    waiting = ", ".join(
        f"{line['account']} ({line['format']}, {money(line['price'])})"
        for line in document["bench"][:8]
    )
    return [
        written("On the bench", SECTION),
        written(waiting or "Nobody is left for the bench.", BODY),
        written("How it was made", SECTION),
        *(written(f"• {text}", POINT) for text in sentences),
    ]  # fmt: skip


def _said(estimate: dict[str, Any]) -> str:
    return "cannot say" if estimate["value"] is None else counted(estimate["value"])


def _between(estimate: dict[str, Any]) -> str:
    if estimate["low"] is None:
        return ""
    return f" ({counted(estimate['low'])} to {counted(estimate['high'])})"
