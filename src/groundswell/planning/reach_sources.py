"""Which source speaks for the reach of each line, and for how much of the total."""

from typing import Any

import numpy as np

from groundswell.engine import reach
from groundswell.engine.arrays import Floats, Ints
from groundswell.planning.audiences import (
    BOUGHT,
    ENOUGH_MEMBERS,
    MEMBERSHIPS,
    OVERLAPS,
    SEGMENTS,
    Audiences,
    reached,
)
from groundswell.planning.offers import Priced

MOST_POSTS = 10  # people who see more are counted with those who see as many
_NAMES = {
    MEMBERSHIPS: "panel",
    OVERLAPS: "pairwise overlaps",
    SEGMENTS: "virtual people",
    BOUGHT: "bought views",
}


def of_lines(offers: Priced, audiences: Audiences, lines: Ints) -> list[dict[str, Any]]:
    """For each line: who overlaps by which source, people sampled, and its own reach.

    Where fewer than 65 of an audience were sampled, nothing is said of the line's own reach: it is
    pooled with that of similar creators, and counts in the total only.
    """
    rows = audiences.row[lines]
    sampled = audiences.members.members[rows] + audiences.reporting.members[rows]
    alone = reached(offers.audience[lines], offers.views.mean[lines]) * offers.delivery[lines]
    found = []
    for row, people, own in zip(rows, sampled, alone, strict=True):
        source = str(audiences.source[row])
        is_pooled = source not in (OVERLAPS, BOUGHT) and int(people) < ENOUGH_MEMBERS
        found.append(
            {
                "source": _NAMES[source],
                "sampled": int(people) if source == MEMBERSHIPS else None,
                "reach": None if is_pooled else round(float(own)),
                "pooled": is_pooled,
            }
        )
    return found


def of_total(offers: Priced, audiences: Audiences, lines: Ints) -> list[dict[str, Any]]:
    """For each source: lines, and people whom these reach together, without the other lines."""
    return [
        {
            "source": _NAMES[source],
            "lines": len(mine),
            "reach": round(float(draws.value[0])),
        }
        for source in _NAMES
        if len(mine := lines[audiences.source[audiences.row[lines]] == source])
        for draws in [_expected(offers, audiences, mine)]
    ]


def _expected(offers: Priced, audiences: Audiences, lines: Ints) -> reach.Draws:
    """Reach when every line gets what is expected of it."""
    views = (offers.views.mean[lines] * offers.delivery[lines])[None, :]
    return audiences.draws(offers, lines, views, rng=np.random.default_rng(0))[0]


def frequency(
    offers: Priced, audiences: Audiences, lines: Ints, total: float | None
) -> list[dict[str, float]]:
    """People who see exactly one post of the plan, two and so on; the last is that and more.

    The shape is counted on the audiences that the plan was chosen on; the sum is the forecast.
    """
    if not total or not len(lines):
        return []
    rates: Floats = audiences.rates(offers)[lines]
    people = reach.frequency.on_panel(
        audiences.choosing, audiences.row[lines], rates, most=MOST_POSTS
    )
    scale = total / people.sum() if people.sum() else 0.0
    return [
        {"posts": posts, "people": round(float(count * scale))}
        for posts, count in enumerate(people, 1)
    ]
