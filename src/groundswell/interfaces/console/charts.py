"""What a chart shows, in one shape for every kind: the drawing, its table and its CSV agree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How points are drawn."""

    LINE = "line"  # values over time or in order, with a band where intervals are known
    BARS = "bars"  # one bar for each x and series, with the interval as a whisker
    SHARES = "shares"  # horizontal bars, the first on top, with whiskers
    SCATTER = "scatter"  # x against value; the marked point stands out from its peers


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one place; what is unknown is None, and leaves a gap."""

    x: str | float | date | datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    series: str = ""
    label: str = ""  # a scatter's name of the point
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure of a page.

    Attributes:
        name: Unique on its page; also the downloads' file name.
        x: Title of the x axis.
        y: Title of the values.
        unit: Of the values: count, short, percent, number or money:USD.
        x_unit: Of a scatter's x, in the same words.
        empty: What to do when there are no points.
        note: A sentence below: source, period, what to know before using it.
    """

    name: str
    kind: Kind
    title: str
    x: str
    y: str
    points: Sequence[Point] = field(default_factory=tuple)
    unit: str = "count"
    x_unit: str = "count"
    empty: str = ""
    note: str = ""

    @property
    def has_series(self) -> bool:
        """Whether the table needs a column for them."""
        return any(point.series for point in self.points)

    @property
    def has_intervals(self) -> bool:
        """Whether the table needs columns for them."""
        return any(point.low is not None for point in self.points)

    @property
    def summary(self) -> str:
        """The drawing in a sentence, for who can't see it."""
        missing = sum(point.value is None for point in self.points)
        gaps = f", {missing} without a value" if missing else ""
        return f"{self.title}. {self.y} by {self.x}: {len(self.points)} points{gaps}. Table below."

    def as_json(self) -> dict[str, Any]:
        """What the script draws from."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "x": self.x,
            "y": self.y,
            "unit": self.unit,
            "xUnit": self.x_unit,
            "points": [
                [
                    p.x.isoformat() if isinstance(p.x, date) else p.x,
                    p.value,
                    p.low,
                    p.high,
                    p.series,
                    p.label,
                    p.marked,
                ]
                for p in self.points
            ],
        }
