"""What a plan's charts draw: chances of results, reach and what speaks for it, shared audiences."""

from typing import Any

import numpy as np
from scipy import sparse

from groundswell.engine import reach
from groundswell.engine.allocation import Allocation
from groundswell.engine.arrays import Floats, Ints
from groundswell.planning import layers, reach_sources
from groundswell.planning.audiences import (
    ENOUGH_MEMBERS,
    LEAST_MEMBERS,
    MEMBERSHIPS,
    OVERLAPS,
    Audiences,
)
from groundswell.planning.evidence import Evidence
from groundswell.planning.forecasts import CHANCES, Forecast
from groundswell.planning.offers import Priced
from groundswell.terms.money import Money
from groundswell.terms.objectives import Kpi

_STEPS = 40  # points of the curve of reach
_MAPPED = 12  # lines whose audiences are held against each other


def curves(
    evidence: Evidence,
    offers: Priced,
    audiences: Audiences,
    allocation: Allocation,
    forecast: Forecast,
    *,
    currency: str,
) -> dict[str, Any]:
    """Everything that the charts of a plan draw.

    Args:
        evidence: Names the accounts.
        offers: All offers.
        audiences: Of their accounts.
        allocation: What was chosen.
        forecast: Of the plan.
        currency: Of the fees.
    """
    return {
        "chances": _chances(forecast),
        "reach": _reach(offers, audiences, allocation, forecast, currency),
        "frequency": reach_sources.frequency(
            offers, audiences, allocation.chosen, forecast.kpis[Kpi.REACH].value
        ),
        "sources": {
            "lines": reach_sources.of_lines(offers, audiences, allocation.chosen),
            "total": reach_sources.of_total(offers, audiences, allocation.chosen),
        },
        "overlaps": _overlaps(evidence, offers, audiences, allocation),
    }


def _chances(forecast: Forecast) -> dict[str, list[dict[str, float]]]:
    """How likely it is that each KPI comes to at least so much."""
    return {
        str(kpi): [
            {"at_least": round(float(value)), "chance": float(chance)}
            for chance, value in zip(CHANCES, values, strict=True)
        ]
        for kpi, values in forecast.at_least.items()
    }


def _reach(
    offers: Priced,
    audiences: Audiences,
    allocation: Allocation,
    forecast: Forecast,
    currency: str,
) -> list[dict[str, float]]:
    """Unique people by what was spent, the lines that reach most for their money first.

    The shape is counted on the audiences that the plan was chosen on; its end is the forecast.
    """
    total = forecast.kpis[Kpi.REACH].value
    lines = _by_value(offers, audiences, allocation.chosen)
    if total is None or not len(lines):
        return []
    panel, rows = audiences.choosing, audiences.row[lines]
    rates = audiences.rates(offers)[lines]
    cost = np.cumsum(offers.cost[lines])
    ends = np.unique(np.linspace(0, len(lines), min(_STEPS, len(lines)) + 1).round().astype(int))
    reached = np.array(
        [
            np.sum(panel.weight * reach.people_reached(panel, rows[:end], rates[:end]))
            for end in ends
        ]
    )
    scale = total / reached[-1] if reached[-1] else 0.0
    return [
        {
            "lines": int(end),
            "spend": float(Money(int(cost[end - 1]) if end else 0, currency).major),
            "reach": round(float(people * scale)),
        }
        for end, people in zip(ends, reached, strict=True)
    ]


def _by_value(offers: Priced, audiences: Audiences, chosen: Ints) -> Ints:
    alone = audiences.choosing.audience()[audiences.row[chosen]]
    alone = alone * audiences.rates(offers)[chosen]
    cost = np.maximum(offers.cost[chosen], 1)
    return chosen[np.argsort(-alone / cost, kind="stable")]


def _overlaps(
    evidence: Evidence, offers: Priced, audiences: Audiences, allocation: Allocation
) -> dict[str, Any]:
    """Which part of one audience is in another's too, for the lines that add most.

    ``shared[i][j]`` is the part of the audience of account i that is in j's as well: counted on
    sampled members or measured, None where neither is known.
    """
    order = allocation.chosen[np.argsort(-allocation.marginal, kind="stable")]
    lines = order[offers.layer[order] != layers.BOOST][:_MAPPED]  # who is bought is everybody
    _, first = np.unique(audiences.row[lines], return_index=True)
    lines = lines[np.sort(first)]
    rows = audiences.row[lines]
    shared = np.where(
        np.isfinite(counted := _counted(audiences, rows)), counted, _measured(audiences, rows)
    )
    return {
        "accounts": [evidence.named(int(offers.place[line])) for line in lines],
        "shared": [
            [None if np.isnan(part) else round(float(part), 4) for part in row] for row in shared
        ],
    }


def _counted(audiences: Audiences, rows: Ints) -> Floats:
    """From the half to report on; NaN where too few of the row's members were sampled."""
    part = audiences.reporting.rows(rows)
    if not len(part.people):
        return np.full((len(rows), len(rows)), np.nan)
    marks = sparse.csr_matrix(
        (np.ones(len(part.people)), part.people, part.starts), (len(rows), len(part.weight))
    )
    both = (marks @ marks.T).toarray()
    known = audiences.source[rows] == MEMBERSHIPS
    members = np.where(known & (part.members >= ENOUGH_MEMBERS), part.members, np.nan)
    there = np.where(known & (part.members >= LEAST_MEMBERS), 1.0, np.nan)
    return np.asarray(both / members[:, None] * there[None, :])


def _measured(audiences: Audiences, rows: Ints) -> Floats:
    """From pairs that somebody measured; pairs below their threshold are not known."""
    found = np.full((len(rows), len(rows)), np.nan)
    among = audiences.pairs.among(rows)
    mine = audiences.source[rows] == OVERLAPS
    listed = mine[among.a] & mine[among.b]
    a, b, shared = among.a[listed], among.b[listed], among.shared[listed]
    found[a, b] = shared / np.maximum(among.size[a], 1.0)
    found[b, a] = shared / np.maximum(among.size[b], 1.0)
    found[np.flatnonzero(mine), np.flatnonzero(mine)] = 1.0
    return found
