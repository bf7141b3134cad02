"""Unique reach when nobody has measured who overlaps: independence within segments, and bounds.

Inside one segment (people of one country, language and platform) audiences are taken as drawn
independently: the chance of being in none is the product of the chances. People with the same
interests follow the same creators, so the truth usually lies below; the bounds say how far it can.
"""

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach.overlaps import BOUNDS_LEVEL
from groundswell.engine.reach.panel import Panel
from groundswell.engine.reach.union import people_reached
from groundswell.terms.estimate import Estimate

REASON = "overlaps were not measured: independence within segments is assumed, bounds hold anyway"

FITTED = "who overlaps was fitted to other pairs of audiences; bounds hold anyway"


def union(panel: Panel, rows: Ints, rates: Floats, *, people: Panel | None = None) -> Estimate:
    """Unique reach of posts whose audiences are known by segment only.

    Args:
        panel: A panel of segments (``panel.of_segments``); weights are populations.
        rows: Account of each post; shape (posts,).
        rates: Probability that a member of that audience sees the post, in [0, 1]; (posts,).
        people: The same audiences among virtual people (``virtual.of_segments``), for the value.

    Returns:
        Value: sum over segments of N (1 - product of (1 - rate x exposure)), or the same over
        classes of virtual people. Bounds: the largest
        audience of each segment, and the smaller of the segment and the sum of audiences; n is
        the number of audiences.
    """
    drawn = panel if people is None else people
    value = float(np.sum(drawn.weight * people_reached(drawn, rows, rates)))
    low, high = bounds(panel, rows, rates)
    return Estimate(
        min(max(value, low), high),
        low,
        high,
        BOUNDS_LEVEL,
        "independence within segments" if people is None else "virtual people",
        len(rows),
        REASON if people is None else FITTED,
    )


def bounds(panel: Panel, rows: Ints, rates: Floats) -> tuple[float, float]:
    """Least and most people that the posts can reach, whatever the overlaps within segments."""
    part = panel.rows(rows)
    reached = panel.weight[part.people] * np.repeat(rates, part.members)
    if len(part.exposure):
        reached = reached * part.exposure
    largest = np.zeros(len(panel.weight))
    np.maximum.at(largest, part.people, reached)
    together = np.bincount(part.people, reached, minlength=len(panel.weight))
    return float(largest.sum()), float(np.minimum(together, panel.weight).sum())
