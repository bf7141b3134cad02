"""An estimate as the console draws it: its texts, and where its bar begins and ends."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from groundswell.interfaces.console import numerals
from groundswell.terms.estimate import Estimate

WIDTH = 72  # of the bar, in pixels


@dataclass(frozen=True, slots=True)
class Drawing:
    """An estimate, ready for a template; without a value only ``reason`` tells anything."""

    method: str
    n: str
    reason: str
    value: str = ""
    interval: str = ""
    level: str = ""
    bar: "Bar | None" = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Pixels from the left: the interval, and the mark of the value in it."""

    left: float
    width: float
    mark: float


def drawing(
    estimate: Estimate | Mapping[str, Any] | None,
    unit: str,
    *,
    start: float | None = None,
    end: float | None = None,
) -> Drawing:
    """Draw an estimate, or the JSON of one, between ``start`` and ``end`` of a common scale.

    Without a scale the bar begins at zero (or below, for a negative interval) and ends a little
    beyond the interval: it shows how sure the value is, and compares with no other bar.
    """
    said: Mapping[str, Any] = (
        estimate.as_json() if isinstance(estimate, Estimate) else estimate or {}
    )
    method, n = str(said.get("method") or "none"), said.get("n")
    plain = Drawing(
        method="" if method == "none" else method.replace("_", " "),
        n=numerals.count(n) if n else "",
        reason=said.get("reason") or "",
    )
    value, low, high, level = (said.get(key) for key in ("value", "low", "high", "level"))
    if value is None:
        return replace(plain, reason=plain.reason or "It has not been measured yet.")
    if low is None or high is None:
        return replace(plain, value=numerals.shown(value, unit))
    return replace(
        plain,
        value=numerals.shown(value, unit),
        interval=f"{numerals.shown(low, unit)} to {numerals.shown(high, unit)}",
        level=f"{level:.0%}" if level else "",
        bar=_bar(value, low, high, start, end),
    )


def _bar(value: float, low: float, high: float, start: float | None, end: float | None) -> Bar:
    begin = min(0.0, low * 1.1) if start is None else start
    stop = max(0.0, high * 1.1) if end is None else end
    span = (stop - begin) or 1.0

    def at(number: float) -> float:
        return round(min(max((number - begin) / span, 0.0), 1.0) * WIDTH, 1)

    left = min(at(low), WIDTH - 3.0)
    return Bar(left, max(round(at(high) - left, 1), 3.0), min(max(at(value), 1.0), WIDTH - 1.0))
