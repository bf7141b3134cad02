"""Curves of what detectors find, and their drawings: ROC, precision and recall, reliability.

Drawn by hand as SVG, a few kilobytes each, the same bytes for the same numbers. Colors are
readable on white and on dark pages, and lines differ by their dashes too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent.parent / "docs" / "methods" / "figures"
COLORS = ("#2f6fb3", "#c2571a", "#3d8b4f", "#8a4fa3", "#8a6d1a")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4")
SIDE, LEFT, RIGHT, TOP, BOTTOM = 300, 58, 84, 30, 60
LINE_HEIGHT = 18
_MOST_POINTS = 120
_SILENT = 0.5


@dataclass(frozen=True)
class Curve:
    """A line; where ``counts`` are given, its points are marked and bear them."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    counts: Sequence[int] = ()


@dataclass(frozen=True)
class Panel:
    """A square with axes from 0 to 1, or decades from ``10^decades`` to 1."""

    title: str
    x_label: str
    y_label: str
    curves: Sequence[Curve]
    diagonal: bool = False
    decades: int = 0


def roc(label: str, score: np.ndarray, planted: np.ndarray) -> Curve:
    """True against false alarms over all thresholds, with the area under the curve."""
    found, false = _cumulated(score, planted)
    x, y = np.append(0, false / max(false[-1], 1)), np.append(0, found / max(found[-1], 1))
    return Curve(f"{label}: AUC {np.trapezoid(y, x):.3f}", *_thinned(x, y))


def precision_recall(label: str, score: np.ndarray, planted: np.ndarray) -> Curve:
    """Precision against recall over all thresholds, with the average precision."""
    found, false = _cumulated(score, planted)
    recall, precision = found / max(found[-1], 1), found / (found + false)
    area = float((np.diff(np.append(0, recall)) * precision).sum())
    size = np.diff(np.append(0, found + false))
    drawn = size < _SILENT * size.sum()  # where most rows tie, the alarm does not ring
    return Curve(f"{label}: AP {area:.3f}", *_thinned(recall[drawn], precision[drawn]))


def reliability(label: str, chance: np.ndarray, is_true: np.ndarray, bins: int = 10) -> Curve:
    """Share that came true against the mean chance that was given, in bins of equal width."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    rows = [place == each for each in range(bins) if (place == each).any()]
    return Curve(
        label,
        [float(chance[row].mean()) for row in rows],
        [float(is_true[row].mean()) for row in rows],
        [int(row.sum()) for row in rows],
    )


def draw(name: str, panels: Sequence[Panel], about: str) -> None:
    """Write panels side by side into the methods' figures.

    Args:
        name: Of the file, without its ending.
        panels: From left to right.
        about: What is seen, for those who can't see it.
    """
    lines = max(len(panel.curves) for panel in panels)
    height = TOP + SIDE + BOTTOM + LINE_HEIGHT * lines + 8
    width = len(panels) * (LEFT + SIDE + RIGHT)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{escape(about)}" '
            'font-family="system-ui, sans-serif" font-size="12">'
        ),
        f"<title>{escape(about)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, panel in enumerate(panels):
        shift = number * (LEFT + SIDE + RIGHT) + LEFT
        parts += [f'<g transform="translate({shift} {TOP})">', *_panel(panel), "</g>"]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.svg").write_text("\n".join([*parts, "</svg>"]) + "\n", "utf-8")


def _cumulated(score: np.ndarray, planted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Planted and other rows at or above each threshold, the highest first; ties stand together."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), score.size - 1)
    return np.cumsum(planted[order])[last], np.cumsum(~planted[order])[last]


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[list[float], list[float]]:
    """A few points that a line through all of them would hardly leave."""
    along = np.append(0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y))))
    wanted = np.searchsorted(along, np.linspace(0, along[-1], _MOST_POINTS))
    rows = np.unique(np.append(wanted, [0, x.size - 1]))
    return x[rows].tolist(), y[rows].tolist()


def _panel(panel: Panel) -> list[str]:
    parts = [
        f'<text x="0" y="-12" font-weight="600" fill="#222">{escape(panel.title)}</text>',
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>',
        (
            f'<text x="{SIDE / 2:g}" y="{SIDE + 36}" text-anchor="middle" fill="#222">'
            f"{escape(panel.x_label)}</text>"
        ),
        (
            f'<text transform="translate(-42 {SIDE / 2:g}) rotate(-90)" text-anchor="middle" '
            f'fill="#222">{escape(panel.y_label)}</text>'
        ),
        *_ticks(panel),
    ]
    if panel.diagonal:
        parts.append(f'<path d="M0 {SIDE}L{SIDE} 0" stroke="#aaa" stroke-dasharray="3 4"/>')
    for number, curve in enumerate(panel.curves):
        parts += _curve(panel, number, curve)
    return parts


def _ticks(panel: Panel) -> list[str]:
    steps = -panel.decades if panel.decades else 5
    parts = []
    for step in range(steps + 1):
        at = step / steps * SIDE
        words = f"1e{panel.decades + step}" if panel.decades else f"{step / steps:.1f}"
        words = "1" if panel.decades and step == steps else words
        parts.append(
            f'<path d="M{at:g} {SIDE}v-{SIDE}M0 {SIDE - at:g}h{SIDE}" stroke="#e4e4e4"/>'
            f'<text x="{at:g}" y="{SIDE + 17}" text-anchor="middle" fill="#444">{words}</text>'
            f'<text x="-7" y="{SIDE - at + 4:g}" text-anchor="end" fill="#444">{words}</text>'
        )
    return parts


def _curve(panel: Panel, number: int, curve: Curve) -> list[str]:
    color, dash = COLORS[number % len(COLORS)], DASHES[number % len(DASHES)]
    points = [
        (_place(panel, x) * SIDE, (1 - _place(panel, y)) * SIDE)
        for x, y in zip(curve.x, curve.y, strict=True)
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    style = f'fill="none" stroke="{color}" stroke-width="1.8" stroke-dasharray="{dash}"'
    parts = [f'<path d="{path}" {style}/>']
    for (x, y), count in zip(points, curve.counts, strict=False):
        above = -7 if number == 0 else 15
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/><text x="{x:.1f}" '
            f'y="{y + above:.1f}" text-anchor="middle" font-size="9" fill="{color}">{count}</text>'
        )
    below = SIDE + BOTTOM + LINE_HEIGHT * number
    return [
        *parts,
        (
            f'<path d="M0 {below - 4}h26" {style}/>'
            f'<text x="32" y="{below}" fill="#222">{escape(curve.label)}</text>'
        ),
    ]


def _place(panel: Panel, value: float) -> float:
    if not panel.decades:
        return value
    floor = 10.0**panel.decades
    return 1 - math.log10(max(value, floor)) / panel.decades
