"""A plan as a document of a few pages, for who has no login."""

import io
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from groundswell.planning import showing
from groundswell.planning.models import Plan
from groundswell.workspaces.models import Workspace

_INK, _MUTED, _RULE = (
    colors.HexColor("#17212a"),
    colors.HexColor("#54616d"),
    colors.HexColor("#d5dde2"),
)
_ACCENT, _RANGE, _SOFT = (
    colors.HexColor("#0b6b75"),
    colors.HexColor("#9cc9cd"),
    colors.HexColor("#eef4f5"),
)
_MARGIN = 17 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_FONTS = Path(__file__).parent / "fonts"
_TEXT, _BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
_LONGEST = 60  # characters of an account on one line of the table


def drawn(plan: Plan, workspace: Workspace) -> bytes:
    """The plan as PDF."""
    _register_fonts()
    file = io.BytesIO()
    frame = Frame(_MARGIN, 17 * mm, _WIDTH, A4[1] - 34 * mm, 0, 0, 0, 0)
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


@cache
def _register_fonts() -> None:
    for name in (_TEXT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_TEXT, normal=_TEXT, bold=_BOLD, italic=_TEXT, boldItalic=_BOLD)


def _style(size: float, **rest: Any) -> ParagraphStyle:
    plain = {"fontName": _TEXT, "fontSize": size, "leading": size * 1.35, "textColor": _INK}
    return ParagraphStyle("", **{**plain, **rest})


_TITLE = _style(20, fontName=_BOLD, leading=24, spaceAfter=2)
_UNDER = _style(9.5, textColor=_MUTED, spaceAfter=8)
_LEAD = _style(11.5, leading=16.5, spaceAfter=8)
_SECTION = _style(12, fontName=_BOLD, spaceBefore=12, spaceAfter=5)
_BODY = _style(9)
_SMALL = _style(7.6, textColor=_MUTED, leading=10)
_CELL, _STRONG = _style(8), _style(8, fontName=_BOLD)
_NUMBER = _style(8, alignment=2)
_POINT = _style(8.5, leftIndent=8, firstLineIndent=-8, spaceAfter=3)
_FAINT = _style(7.2, alignment=2, textColor=_MUTED, leading=10.8)
_HEADING = _style(7.4, textColor=_MUTED)
_HEADING_NUMBER = _style(7.4, textColor=_MUTED, alignment=2)


def _p(text: Any, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(escape(_shown(str(text))), style)


def _shown(text: str) -> str:
    """The text, a mark in the place of each letter that the font lacks: none is lost unseen."""
    known = pdfmetrics.getFont(_TEXT).face.charToGlyph
    return "".join(each if each.isspace() or ord(each) in known else "\ufffd" for each in text)


def _page_of(plan: Plan, workspace: Workspace) -> Callable[[Any, Any], None]:
    label = f"{plan.name} · version {plan.version} · {workspace.name}"
    synthetic = "Synthetic data: everybody in it is made up. " if workspace.is_synthetic else ""

    def page(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(_MUTED)
        canvas.setFont(_TEXT, 7.5)
        canvas.drawString(_MARGIN, 10 * mm, _shown(f"{synthetic}{label}"[:110]))
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, f"Page {document.page}")
        canvas.setStrokeColor(_RULE)
        canvas.line(_MARGIN, 13 * mm, A4[0] - _MARGIN, 13 * mm)
        canvas.restoreState()

    return page


def _head(plan: Plan, workspace: Workspace) -> list[Any]:
    document = plan.document
    reach, views = document["forecast"]["reach"], document["forecast"]["views"]
    under = [
        f"Plan for {workspace.name}, version {plan.version}",
        f"{_day(document['start'])} to {_day(document['end'])}",
        f"proposed {_day(plan.proposed_at)} by {plan.proposed_by}",
    ]
    if plan.approved_at:
        under.append(f"approved {_day(plan.approved_at)} by {plan.approved_by}")
    lead = (
        f"{_money(document['spend'])} of {_money(document['budget'])} {document['currency']} buys "
        f"{len(document['lines']):,} publications, one of each creator. They are expected to reach "
        f"{_said(reach)} different people{_between(reach)} with {_said(views)} views"
        f"{_between(views)}."
    )
    figures = [
        ("Objective", document["objective"].capitalize()),
        ("Creators' fees", f"{_money(document['fees'])} {document['currency']}"),
        ("Handling", f"{_money(document['handling'])} {document['currency']}"),
        ("In reserve", f"{_money(document['reserve'])} {document['currency']}"),
        ("Creators", f"{len(document['lines']):,}"),
    ]
    table = Table(
        [[_p(name, _HEADING) for name, _ in figures], [_p(value, _STRONG) for _, value in figures]],
        colWidths=[_WIDTH / len(figures)] * len(figures),
    )
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), _SOFT),
                ("TOPPADDING", (0, 0), (-1, 0), 6),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 6),
            ]
        )
    )
    return [_p(plan.name, _TITLE), _p(" · ".join(under), _UNDER), _p(lead, _LEAD), table]


def _forecast(document: dict[str, Any]) -> list[Any]:
    has_goals = any("goal" in found for found in document["forecast"].values())
    heads = ["", "Expected", "8 of 10 times between", *(["Goal"] if has_goals else []), "How"]
    rows: list[list[Any]] = [[_p(h, _HEADING_NUMBER if 0 < at < len(heads) - 1 else _HEADING)
                              for at, h in enumerate(heads)]]  # fmt: skip
    for kpi, found in showing.forecasts(document):
        interval = (
            "" if found["low"] is None else f"{_count(found['low'])} – {_count(found['high'])}"
        )
        how = found["reason"] or found["method"].replace("_", " ")
        settled = "counted at the end" if found["settled_by"] == "observed" else "modelled"
        rows.append(
            [
                _p(kpi.capitalize(), _STRONG),
                _p(_said(found), _NUMBER),
                _p(interval, _NUMBER),
                *([_p(_count(found.get("goal")), _NUMBER)] if has_goals else []),
                _p(f"{settled}; {how}", _SMALL),
            ]
        )
    widths = [25 * mm, 22 * mm, 36 * mm, *([20 * mm] if has_goals else [])]
    people = _count(document["forecast"]["reach"]["sum_of_audiences"])
    note = f"The audiences add up to {people} people, which is not reach: many follow several."
    return [
        _p("What to expect", _SECTION),
        _table(rows, [*widths, _WIDTH - sum(widths)]),
        Spacer(1, 3),
        _p(note, _SMALL),
    ]


def _ways(document: dict[str, Any]) -> list[Any]:
    ways = showing.ways(document)
    heads = ("", "Creators", f"Spend, {document['currency']}", "Views", "Engagements", "")
    rows: list[list[Any]] = [
        [_p(h, _HEADING_NUMBER if 0 < at < 5 else _HEADING) for at, h in enumerate(heads)]
    ]
    for way in ways:
        forecast = way["forecast"] or {}
        note = "; ".join(filter(None, [way["description"], way["reason"], way["unspent"]]))
        rows.append(
            [
                _p(way["label"], _STRONG),
                _p(f"{way['creators']:,}", _NUMBER),
                _p("–" if way["spend"] is None else f"{way['spend']:,.0f}", _NUMBER),
                *(_p(_said(forecast[k]) if forecast else "–", _NUMBER)
                  for k in ("views", "engagements")),
                _p(note, _SMALL),
            ]
        )  # fmt: skip
    widths = [33 * mm, 17 * mm, 24 * mm, 18 * mm, 22 * mm]
    return [
        KeepTogether(
            [
                _p("The same budget, spent four ways", _SECTION),
                _p("Expected reach, with the interval that holds it 8 of 10 times.", _SMALL),
                Spacer(1, 3),
                _reach_chart(ways),
                Spacer(1, 3),
                _table(rows, [*widths, _WIDTH - sum(widths)]),
            ]
        )
    ]


def _reach_chart(ways: Sequence[dict[str, Any]]) -> Drawing:
    """Horizontal bars of reach, with whiskers, the plan itself in the accent."""
    row, left, right = 17.0, 33 * mm, 22 * mm
    height = row * len(ways) + 6
    drawing = Drawing(_WIDTH, height)
    found = [(way["forecast"] or {}).get("reach", {}) for way in ways]
    most = max((each.get("high") or each.get("value") or 0 for each in found), default=0) or 1
    scale = (_WIDTH - left - right) / most
    for at, (way, reach) in enumerate(zip(ways, found, strict=True)):
        y = height - (at + 1) * row + 4
        is_plan = way["name"] == "this_plan"
        group = Group(
            String(2, y + 1.5, way["label"], fontName=_BOLD if is_plan else _TEXT, fontSize=8,
                   fillColor=_INK)
        )  # fmt: skip
        if reach.get("value") is None:
            group.add(
                String(left, y + 1.5, "cannot say", fontName=_TEXT, fontSize=7.5, fillColor=_MUTED)
            )
            drawing.add(group)
            continue
        bar = reach["value"] * scale
        group.add(
            Rect(left, y - 1, bar, 9, fillColor=_ACCENT if is_plan else _RANGE, strokeColor=None)
        )
        end = bar
        if reach["low"] is not None:
            low, end = left + reach["low"] * scale, reach["high"] * scale
            middle = y + 3.5
            group.add(Line(low, middle, left + end, middle, strokeColor=_INK, strokeWidth=0.9))
            for x in (low, left + end):
                group.add(Line(x, middle - 2.5, x, middle + 2.5, strokeColor=_INK, strokeWidth=0.9))
        label = _count(reach["value"])
        group.add(String(left + max(bar, end) + 5, y + 1.2, label, fontName=_BOLD, fontSize=8,
                         fillColor=_INK))  # fmt: skip
        drawing.add(group)
    drawing.add(Line(left, 0, left, height, strokeColor=_RULE, strokeWidth=0.8))
    return drawing


def _certificates(document: dict[str, Any]) -> list[Any]:
    certificates = document["certificates"]
    chance = certificates["hit_probability"]["before_signing"]
    near = showing.nearness(document)
    beside = [near.population, near.how, near.regret]
    rows = [
        ["Optimality", near.said, ". ".join(each for each in beside if each) + "."],
        [
            "Hit probability",
            "cannot say yet" if chance["value"] is None else f"{chance['value']:.0%}",
            chance["reason"] or "",
        ],
        [
            "Evidence",
            certificates["evidence"]["rung"] or "cannot say yet",
            certificates["evidence"]["reason"] or "",
        ],
    ]
    cells = [[_p(a, _STRONG), _p(b, _CELL), _p(c, _SMALL)] for a, b, c in rows]
    return [
        KeepTogether(
            [
                _p("Certificates", _SECTION),
                _table(cells, [33 * mm, 30 * mm, _WIDTH - 63 * mm], has_head=False),
            ]
        )
    ]


def _lines(document: dict[str, Any]) -> list[Any]:
    gained = showing.GAINED.get(document["objective"], "results")
    heads = ("#", "Account", "Tier", "Format", f"Price, {document['currency']}", "may be", "Views",
             "8 of 10 times", f"Adds, {gained}")  # fmt: skip
    rows: list[list[Any]] = [
        [_p(head, _HEADING_NUMBER if at > 3 else _HEADING) for at, head in enumerate(heads)]
    ]
    for line in showing.lines(document):
        views = line["forecast"]["views"]
        is_own = line["price_source"] == "rate_card"
        rows.append(
            [
                _p(line["place"], _SMALL),
                _p(line["account"][:_LONGEST], _CELL),
                _p(line["tier"] or "unknown", _SMALL),
                _p(line["format"], _SMALL),
                _p(_money(line["price"]), _NUMBER),
                _p("stated" if is_own else _range(line["price_low"], line["price_high"]), _FAINT),
                _p(_said(views), _NUMBER),
                _p("" if views["low"] is None else _range(views["low"], views["high"]), _FAINT),
                _p(_count(line["adds"]), _NUMBER),
            ]
        )
    widths = [8 * mm, 47 * mm, 13 * mm, 15 * mm, 19 * mm, 21 * mm, 14 * mm, 23 * mm]
    what = f"{gained} that nobody else in the plan brings" if gained == "people" else gained
    return [
        CondPageBreak(60 * mm),
        _p("Whom to pay for what", _SECTION),
        _p(f"One publication each, the best for its money first. Adds: {what}. "
           f"{_sentence(document['next_best'])} A price that the creator stated has no range.",
           _SMALL),
        Spacer(1, 3),
        _table(rows, [*widths, _WIDTH - sum(widths)], padding=1.6),
    ]  # fmt: skip


def _range(low: float, high: float) -> str:
    return f"{_count(low)} – {_count(high)}"


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
    sentences += [_sentence(note) for note in document["notes"]]
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
        f"{line['account']} ({line['format']}, {_money(line['price'])})"
        for line in document["bench"][:8]
    )
    return [
        _p("On the bench", _SECTION),
        _p(waiting or "Nobody is left for the bench.", _BODY),
        _p("How it was made", _SECTION),
        *(_p(f"• {text}", _POINT) for text in sentences),
    ]  # fmt: skip


def _table(
    rows: list[list[Any]], widths: Sequence[float], *, has_head: bool = True, padding: float = 3
) -> Table:
    table = Table(rows, colWidths=widths, repeatRows=1 if has_head else 0)
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ("LEFTPADDING", (0, 0), (0, -1), 2),
        ("LEFTPADDING", (1, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    if has_head:
        style.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, _MUTED))
    table.setStyle(TableStyle(style))
    return table


def _said(estimate: dict[str, Any]) -> str:
    return "cannot say" if estimate["value"] is None else _count(estimate["value"])


def _between(estimate: dict[str, Any]) -> str:
    if estimate["low"] is None:
        return ""
    return f" ({_count(estimate['low'])} to {_count(estimate['high'])})"


def _count(number: float | None) -> str:
    if number is None:
        return ""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "K")):
        if number >= size:
            return f"{number / (1e3 if letter == 'K' else size):,.3g}{letter}"
    return f"{number:,.0f}"


def _money(amount: float) -> str:
    return f"{amount:,.2f}".removesuffix(".00")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _day(at: Any) -> str:
    if isinstance(at, str):
        year, month, day = at.split("-")
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
