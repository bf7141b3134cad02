"""A creator's dossier as one printed page, for who has no login."""

import io
import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph, Table, TableStyle

import groundswell
from groundswell.interfaces.http.paper import (
    ACCENT,
    BOLD,
    CELL,
    HEADING,
    HEADING_NUMBER,
    INK,
    MARGIN,
    MUTED,
    NUMBER,
    RANGE,
    RULE,
    SMALL,
    SOFT,
    STRONG,
    TEXT,
    WIDTH,
    counted,
    day,
    register_fonts,
    ruled,
    styled,
    with_marks,
    written,
)
from groundswell.terms.estimate import Estimate
from groundswell.vetting.dossiers import Dossier
from groundswell.vetting.portraits import Count
from groundswell.vetting.reviews import Standing
from groundswell.workspaces.models import Workspace

_NAME = styled(17, fontName=BOLD, leading=20)
_UNDER = styled(8.6, textColor=MUTED, leading=11.5)
_BIO = styled(8.6, leading=11.5, spaceBefore=2)
_SECTION = styled(10, fontName=BOLD, spaceBefore=7, spaceAfter=2)
_TEXT = styled(8, leading=10.4)
_LABEL = styled(8, fontName=BOLD, spaceBefore=3)
_TINY = styled(6.8, textColor=MUTED, leading=8.6)
_GAP = 7 * mm
_HALF = (WIDTH - _GAP) / 2
_BOTTOM = 17 * mm  # under which the foot of the page stands
_LONGEST = {"name": 90, "account": 70, "bio": 260, "reason": 300, "sentence": 330, "words": 600}
_MOST = {"accounts": 4, "concerns": 5, "prices": 5, "decisions": 2, "changes": 3}
_MARK = "\ufffd"
_UNPRINTED = f"Missing is never zero. {_MARK} stands for signs that can't be printed."


def drawn(dossier: Dossier, workspace: Workspace) -> bytes:
    """The dossier as PDF; always one page, whatever is in it."""
    register_fonts()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, lang="en")
    canvas.setTitle(f"{_name(dossier)}: dossier")
    canvas.setAuthor(workspace.name)
    canvas.setSubject("What is said of a creator, with its evidence")
    canvas.setCreator("Groundswell")
    height = A4[1] - _BOTTOM - 13 * mm
    story = [*_head(dossier), _verdict(dossier), *_factors(dossier), *_columns(dossier)]
    # What is too much for the page is drawn smaller, never on a second one.
    whole = KeepInFrame(WIDTH, height, story, mode="shrink")
    whole.canv = canvas
    _, used = whole.wrap(WIDTH, height)
    whole.drawOn(canvas, MARGIN, _BOTTOM + height - used)
    _foot(canvas, dossier, workspace)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def download(dossier: Dossier, workspace: Workspace) -> HttpResponse:
    """The answer that saves a dossier as a file."""
    response = HttpResponse(drawn(dossier, workspace), content_type="application/pdf")
    plain = re.sub(r"[^A-Za-z0-9]+", "-", str(dossier.account)).strip("-").lower()[:60]
    response["Content-Disposition"] = f'attachment; filename="dossier-{plain}.pdf"'
    return response


def _name(dossier: Dossier) -> str:
    return dossier.account.creator.name or str(dossier.account)


def _short(text: str, what: str) -> str:
    """A text in one line, cut where it is too long for its place."""
    plain = " ".join(text.split())
    longest = _LONGEST[what]
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def _seen(text: str) -> str:
    """A text whose letters are there; of those the font lacks one mark stands for each run."""
    return re.sub(f"{_MARK}[{_MARK}\\s]*{_MARK}", _MARK, with_marks(text))


def _head(dossier: Dossier) -> list[Any]:
    account, answer = dossier.account, dossier.answer
    followers = "followers not known"
    if account.followers is not None:
        tier = f" ({answer.tier.value} tier)" if answer.tier else ""
        followers = f"{account.followers:,} followers{tier}"
        if account.counts_observed_at:
            followers += f", counted {day(account.counts_observed_at)}"
    parts = [str(account), followers]
    parts += [each for each in (account.city, account.country, account.language) if each]
    parts += [", ".join((account.categories or [])[:6])]
    also = [
        f"{one} ({counted(one.followers)})" if one.followers is not None else str(one)
        for one in dossier.others[: _MOST["accounts"]]
    ]
    hidden = len(dossier.others) - len(also)
    more = f" and {hidden} more" if hidden else ""
    lines = [
        written(_seen(_short(_name(dossier), "name")), _NAME),
        written(" · ".join(_seen(_short(each, "account")) for each in parts if each), _UNDER),
    ]
    if also:
        names = ", ".join(_seen(_short(each, "account")) for each in also)
        lines.append(written(f"Also {names}{more}", _UNDER))
    bio = _short(account.bio or "", "bio")
    lines.append(written(_seen(bio) if bio else "No description is known.", _BIO))
    return lines


def _verdict(dossier: Dossier) -> Table:
    standing = dossier.answer.standing
    words = [
        written(f"Verdict: {standing.value.replace('_', ' ')}", STRONG),
        *(written(_seen(_short(each, "sentence")), _TEXT) for each in _why(dossier)),
        written("What would change it", _LABEL),
        *(
            written(_seen(_short(each, "sentence")), _TEXT)
            for each in dossier.would_change[: _MOST["changes"]]
        ),
    ]
    overall = dossier.answer.overall
    score = overall.score
    value = "cannot say" if score.value is None else f"{score.value:.0f} of 100"
    between = "" if score.low is None else f", {score.low:.0f} to {score.high:.0f} at 95 %"
    right = [
        written(f"Overall: {value}", STRONG),
        written(f"{overall.coverage}{between}; 50 is usual for the size", SMALL),
    ]
    table = Table(
        [[words, right]], colWidths=[WIDTH - 50 * mm, 50 * mm], spaceBefore=6, hAlign="LEFT"
    )
    edge = ACCENT if standing in (Standing.NOTHING_UNUSUAL, Standing.CLEARED) else MUTED
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SOFT),
                ("LINEBEFORE", (0, 0), (0, -1), 2.5, edge),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def _why(dossier: Dossier) -> list[str]:
    """What the verdict rests on."""
    reasons = list(dossier.answer.card.verdict_reasons)[: _MOST["changes"]]
    if dossier.answer.standing is Standing.NEEDS_REVIEW:
        reasons.append("That is a reason to look and to ask, and no more.")
    return reasons


def _factors(dossier: Dossier) -> list[Any]:
    heads = ("Factor", "Score", "0 to 100", "95 % range", "Sample", "As of", "Reasons")
    rows: list[list[Any]] = [
        [written(h, HEADING_NUMBER if at in (1, 4) else HEADING) for at, h in enumerate(heads)]
    ]
    for factor in dossier.answer.card.factors:
        score = factor.score
        known = score.value is not None
        rows.append(
            [
                written(factor.name.value.replace("_", " ").capitalize(), STRONG),
                written(
                    f"{score.value:.0f}" if known else "cannot say", NUMBER if known else SMALL
                ),
                _bar(score) if known else "",
                written("" if score.low is None else f"{score.low:.0f} to {score.high:.0f}", SMALL),
                written(f"{factor.n:,}" if factor.n else "", NUMBER),
                written(day(factor.observed_at) if factor.observed_at else "", SMALL),
                written(_seen(_short(_reasons(factor), "reason")), _TINY),
            ]
        )
    widths = [22 * mm, 18 * mm, 20 * mm, 18 * mm, 13 * mm, 21 * mm]
    return [
        written("Six factors", _SECTION),
        ruled(rows, [*widths, WIDTH - sum(widths)], padding=1.6),
    ]


def _reasons(factor: Any) -> str:
    """The first sentences of what is known; of what can't be said, why."""
    if factor.score.value is None:
        return f"Because {factor.score.reason}."
    return " ".join(item.sentence for item in factor.evidence if item.estimate.is_known)


def _bar(score: Estimate) -> Drawing:
    """The value and its interval on a scale from 0 to 100, with the usual in the middle."""
    width, middle = 17 * mm, 4.0
    drawing = Drawing(width, 8)
    drawing.add(Line(0, middle, width, middle, strokeColor=RULE, strokeWidth=0.7))
    drawing.add(Line(width / 2, 1, width / 2, 7, strokeColor=RULE, strokeWidth=0.7))
    if score.low is not None and score.high is not None:
        start, end = score.low / 100 * width, score.high / 100 * width
        span = max(end - start, 1.0)
        drawing.add(Rect(start, middle - 1.6, span, 3.2, fillColor=RANGE, strokeColor=None))
    at = (score.value or 0.0) / 100 * width
    drawing.add(Rect(at - 0.7, 0.8, 1.4, 6.4, fillColor=ACCENT, strokeColor=None))
    return drawing


def _columns(dossier: Dossier) -> list[Any]:
    left = [*_growth(dossier), *_prices(dossier), *_judged(dossier)]
    right = [*_rates(dossier), *_safety(dossier), *_replies(dossier)]
    table = Table([[left, "", right]], colWidths=[_HALF, _GAP, _HALF], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [table]


def _growth(dossier: Dossier) -> list[Any]:
    known = [each for each in dossier.counts if each.followers is not None]
    title = written("Followers", _SECTION)
    if len(known) < 2:
        return [title, written("Cannot say how they grow: fewer than two counts are known.", _TEXT)]
    return [title, _line(known), written(f"{len(known)} counts, lowest to highest.", _TINY)]


def _line(counts: Sequence[Count]) -> Drawing:
    """Followers over time, from the lowest to the highest that was counted."""
    left, bottom, height = 12 * mm, 9.0, 25 * mm
    drawing = Drawing(_HALF, height + bottom + 4)
    begin, end = counts[0].at.timestamp(), counts[-1].at.timestamp()
    values = [float(each.followers or 0) for each in counts]
    low, high = min(values), max(values)
    across = (_HALF - left - 4) / ((end - begin) or 1.0)
    up = height / ((high - low) or 1.0)
    points: list[float] = []
    for each, value in zip(counts, values, strict=True):
        x = left + (each.at.timestamp() - begin) * across
        points += [x, bottom + (value - low) * up]
    for y, label in ((bottom, low), (bottom + height, high)):
        drawing.add(Line(left, y, _HALF - 4, y, strokeColor=RULE, strokeWidth=0.6))
        drawing.add(_label(left - 3, y - 2, counted(label), "end"))
    drawing.add(PolyLine(points, strokeColor=ACCENT, strokeWidth=1.3))
    drawing.add(_label(left, 1, day(counts[0].at), "start"))
    drawing.add(_label(_HALF - 4, 1, day(counts[-1].at), "end"))
    return drawing


def _label(x: float, y: float, text: str, anchor: str) -> String:
    return String(x, y, text, fontName=TEXT, fontSize=6.6, fillColor=MUTED, textAnchor=anchor)


def _rates(dossier: Dossier) -> list[Any]:
    title = written("Engagement, among peers", _SECTION)
    found = dossier.rates
    if not found:
        return [title, written("Cannot say: no post has known engagement.", _TEXT)]
    heads = ("", "Rate", "95 % range", "Posts", "Higher than")
    rows: list[list[Any]] = [
        [written(h, HEADING_NUMBER if at else HEADING) for at, h in enumerate(heads)]
    ]
    rows += [_rate(rate) for rate in found]
    widths = [19 * mm, 13 * mm, 24 * mm, 11 * mm]
    return [title, ruled(rows, [*widths, _HALF - sum(widths)], padding=1.2), _peers(found)]


def _rate(rate: Any) -> list[Any]:
    said, place = rate.estimate, rate.place
    between = "" if said.low is None else f"{said.low:.2%} to {said.high:.2%}"
    above = "" if place.percentile is None else f"{place.percentile:.0f} of 100"
    return [
        written(f"By {rate.denominator.removeprefix('engagement_rate_by_')}", CELL),
        written("" if said.value is None else f"{said.value:.2%}", NUMBER),
        written(between, styled(7.4, alignment=2, textColor=MUTED)),
        written(f"{said.n:,}", NUMBER),
        written(above or "cannot say", NUMBER),
    ]


def _peers(found: Sequence[Any]) -> Paragraph:
    """Whom the account is compared with."""
    most = max((rate.place for rate in found), key=lambda place: place.peers)
    if most.percentile is None:
        return written("Too few accounts of similar size are known to compare with.", _TINY)
    size = ""
    if most.smallest is not None:
        size = f" with {most.smallest:,} to {most.largest:,} followers"
    counts = " or ".join(sorted({rate.counted for rate in found}))
    return written(
        f"Peers: the {most.peers:,} accounts of the platform nearest in size{size}, counting "
        f"{counts}.",
        _TINY,
    )


def _safety(dossier: Dossier) -> list[Any]:
    found = dossier.answer.card.safety
    title = written("Brand safety", _SECTION)
    if not found.posts_read:
        return [title, written("Cannot say: no caption is in a language that is known.", _TEXT)]
    if not found.concerns:
        return [
            title,
            written(f"None of the words looked for, in {found.posts_read:,} posts.", _TEXT),
        ]
    shown = found.concerns[: _MOST["concerns"]]
    lines = []
    for concern in shown:
        name = concern.category.replace("_", " ").capitalize()
        last = f", last {day(concern.newest_at)}" if concern.newest_at else ""
        words = _seen(", ".join(concern.terms))[:70]
        lines.append(
            f"{name}, {concern.severity.name.lower()}: {concern.posts:,} of {found.posts_read:,} "
            f"posts{last} ({words})"
        )
    if len(found.concerns) > len(shown):
        lines.append(f"and {len(found.concerns) - len(shown)} more subjects")
    return [title, *(written(line, _TEXT) for line in lines)]


def _prices(dossier: Dossier) -> list[Any]:
    shown = dossier.prices[: _MOST["prices"]]
    lines = [
        f"{each.format.capitalize()}: {each.money.major:,.2f} {each.money.currency} "
        f"({each.source.replace('_', ' ')})"
        for each in shown
    ]
    if len(dossier.prices) > len(shown):
        lines.append(f"and {len(dossier.prices) - len(shown)} more")
    lines = lines or ["No price is known."]
    return [written("Rates", _SECTION), *(written(line, _TEXT) for line in lines)]


def _judged(dossier: Dossier) -> list[Any]:
    made: list[Any] = [written("Decisions", _SECTION)]
    for each in dossier.decisions[: _MOST["decisions"]]:
        ruling = each.ruling.replace("_", " ").capitalize()
        said = _seen(_short(each.reason, "sentence"))
        made.append(written(f"{ruling}: {said}", _TEXT))
        made.append(written(f"{each.decided_by}, {day(each.decided_at)}", _TINY))
    if not dossier.decisions:
        made.append(written("Nobody has decided anything about it.", _TEXT))
    return made


def _replies(dossier: Dossier) -> list[Any]:
    if not dossier.replies:
        return []
    last = dossier.replies[0]
    return [
        written("Right of reply", _SECTION),
        written(f"“{_seen(_short(last.text, 'words'))}”", _TEXT),
        written(f"The creator, {day(last.replied_at)}", _TINY),
    ]


def _foot(canvas: Canvas, dossier: Dossier, workspace: Workspace) -> None:
    vetted = dossier.answer.vetted_at
    how = f"vetted {day(vetted)} with all others" if vetted else "worked out for this page alone"
    made = f"Made {day(dossier.made_at)} at {dossier.made_at:%H:%M} UTC by Groundswell"
    source = f"revision {dossier.revision:,} of the data of {workspace.name[:60]}"
    lines = [
        f"A score is a place among the accounts nearest in size on the platform. {_UNPRINTED}",
        f"{made} {groundswell.__version__} from {source}; {how}.",
    ]
    if workspace.is_synthetic:
        lines.insert(0, "Synthetic data: everybody in it is made up.")
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, 14.5 * mm, A4[0] - MARGIN, 14.5 * mm)
    canvas.setFillColor(MUTED if not workspace.is_synthetic else INK)
    canvas.setFont(TEXT, 6.6)
    for at, line in enumerate(lines):
        canvas.drawString(MARGIN, 11.5 * mm - at * 8.4, with_marks(line))
    canvas.restoreState()
