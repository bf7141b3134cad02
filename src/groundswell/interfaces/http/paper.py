"""The paper that documents are drawn on: letters, colors, tables, and how numbers are written."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, Table, TableStyle

INK, MUTED, RULE = (
    colors.HexColor("#17212a"),
    colors.HexColor("#54616d"),
    colors.HexColor("#d5dde2"),
)
ACCENT, RANGE, SOFT = (
    colors.HexColor("#0b6b75"),
    colors.HexColor("#9cc9cd"),
    colors.HexColor("#eef4f5"),
)
MARGIN = 17 * mm
WIDTH = A4[0] - 2 * MARGIN
_FONTS = Path(__file__).parent / "fonts"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TEXT, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"


@cache
def register_fonts() -> None:
    """Make the fonts known; once for each process."""
    for name in (TEXT, BOLD):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD, italic=TEXT, boldItalic=BOLD)


def styled(size: float, **rest: Any) -> ParagraphStyle:
    """A style of that size in points, everything else as usual."""
    plain = {"fontName": TEXT, "fontSize": size, "leading": size * 1.35, "textColor": INK}
    return ParagraphStyle("", **{**plain, **rest})


TITLE = styled(20, fontName=BOLD, leading=24, spaceAfter=2)
UNDER = styled(9.5, textColor=MUTED, spaceAfter=8)
LEAD = styled(11.5, leading=16.5, spaceAfter=8)
SECTION = styled(12, fontName=BOLD, spaceBefore=12, spaceAfter=5)
BODY = styled(9)
SMALL = styled(7.6, textColor=MUTED, leading=10)
CELL, STRONG = styled(8), styled(8, fontName=BOLD)
NUMBER = styled(8, alignment=2)
POINT = styled(8.5, leftIndent=8, firstLineIndent=-8, spaceAfter=3)
HEADING = styled(7.4, textColor=MUTED)
HEADING_NUMBER = styled(7.4, textColor=MUTED, alignment=2)


def written(text: Any, style: ParagraphStyle = BODY) -> Paragraph:
    """A text as a paragraph; what looks like markup in it is text too."""
    return Paragraph(escape(with_marks(str(text))), style)


def with_marks(text: str) -> str:
    """The text, a mark in the place of each letter that the font lacks: none is lost unseen."""
    known = pdfmetrics.getFont(TEXT).face.charToGlyph
    return "".join(each if each.isspace() or ord(each) in known else "\ufffd" for each in text)


def ruled(
    rows: list[list[Any]], widths: Sequence[float], *, has_head: bool = True, padding: float = 3
) -> Table:
    """A table with a line below each row, and its head again on every page."""
    table = Table(rows, colWidths=widths, repeatRows=1 if has_head else 0, hAlign="LEFT")
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ("LEFTPADDING", (0, 0), (0, -1), 2),
        ("LEFTPADDING", (1, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    if has_head:
        style.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, MUTED))
    table.setStyle(TableStyle(style))
    return table


def counted(number: float | None) -> str:
    """A number in at most four figures: 12.3K, 4.5M; blank when it is not known."""
    if number is None:
        return ""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "K")):
        if number >= size:
            return f"{number / (1e3 if letter == 'K' else size):,.3g}{letter}"
    return f"{number:,.0f}"


def money(amount: float) -> str:
    """An amount, without cents where there are none."""
    return f"{amount:,.2f}".removesuffix(".00")


def sentence(text: str) -> str:
    """A clause as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def day(at: Any) -> str:
    """A date, a moment, or the ISO form of a date."""
    if isinstance(at, str):
        year, month, day = at.split("-")
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"
