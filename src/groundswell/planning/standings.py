"""Why each line stands in a plan: what it adds for its money, whom it overlaps, whom it beat."""

from typing import Any

import numpy as np
from scipy import sparse

from groundswell.engine.allocation import Allocation
from groundswell.engine.allocation.rivals import rivals
from groundswell.engine.arrays import Floats, Ints
from groundswell.planning.audiences import MEMBERSHIPS, OVERLAPS
from groundswell.planning.market import Market
from groundswell.planning.offers import FORMATS
from groundswell.planning.showing import GAINED
from groundswell.terms.money import Money

_MOST = 3  # lines that share most with a line
_AT_ONCE = 256  # lines that are held against all others at a time
_SOURCES = {MEMBERSHIPS: "counted on sampled members", OVERLAPS: "measured overlaps"}
_MODELLED = "modelled: independent within countries"


def standings(on_sale: Market, plan: Allocation) -> dict[str, Any]:
    """Each line of a plan beside the others and beside who is not in it; amounts in major units.

    ``adds`` is what the plan would lose without the line, ``adds_per_money`` that for one unit of
    money, fee and handling. ``shared`` are people whom both lines are expected to reach.
    ``instead`` is the offer that would add most in the line's place for the same money.
    """
    shared = _shared(on_sale, plan.chosen)
    others = rivals(*on_sale.problem, plan.chosen)
    return {
        "objective": str(on_sale.brief.objective),
        "unit": GAINED[str(on_sale.brief.objective)],
        "currency": on_sale.brief.budget.currency,
        "lines": [
            {
                **_offer(on_sale, int(line)),
                **_gain(on_sale, int(line), float(plan.marginal[place])),
                "alone": float(plan.alone[place]),
                "overlaps_with": _overlapping(on_sale, plan.chosen, place, shared[place]),
                "instead": _instead(
                    on_sale, int(others.offer[place]), float(others.adds[place])
                ),
                "why": _why(
                    on_sale, float(plan.marginal[place]), int(others.offer[place]),
                    float(others.adds[place]),
                ),
            }
            for place, line in enumerate(plan.chosen)
        ],
    }  # fmt: skip


def _offer(on_sale: Market, offer: int) -> dict[str, Any]:
    priced = on_sale.priced
    return {
        "account": on_sale.evidence.named(int(priced.place[offer])),
        "format": str(FORMATS[priced.format[offer]]),
        "price": _major(on_sale, int(priced.price.fee[offer])),
        "cost": _major(on_sale, int(priced.cost[offer])),
    }


def _gain(on_sale: Market, offer: int, adds: float) -> dict[str, Any]:
    cost = _major(on_sale, int(on_sale.priced.cost[offer]))
    return {"adds": adds, "adds_per_money": adds / cost if cost > 0 else None}


def _instead(on_sale: Market, offer: int, adds: float) -> dict[str, Any] | None:
    if offer < 0:
        return None
    return {**_offer(on_sale, offer), **_gain(on_sale, offer, adds)}


def _why(on_sale: Market, adds: float, rival: int, instead: float) -> str:
    """Why the line and not the next best for the same money, in a sentence."""
    unit = GAINED[str(on_sale.brief.objective)]
    if rival < 0:
        return f"adds {adds:,.0f} {unit}; nobody else can be had for the same money"
    known = _offer(on_sale, rival)
    name = f"{known['account']} ({known['format']})"
    if adds >= instead:
        return (
            f"adds {adds:,.0f} {unit}; {name}, the next best for the same money, would add "
            f"{instead:,.0f}"
        )
    return (
        f"adds {adds:,.0f} {unit}; {name} would add {instead:,.0f} for the same money, but costs "
        "more than the line alone, or the brief wants this one"
    )


def _overlapping(
    on_sale: Market, chosen: Ints, place: int, shared: list[tuple[int, float]]
) -> list[dict[str, Any]]:
    people = on_sale.people
    mine = people.source[people.row[chosen[place]]]
    found = []
    for other, both in shared:
        theirs = people.source[people.row[chosen[other]]]
        how = _SOURCES.get(str(mine), _MODELLED) if mine == theirs else _MODELLED
        found.append({**_offer(on_sale, int(chosen[other])), "shared": both, "how": how})
    return found


def _shared(on_sale: Market, chosen: Ints) -> list[list[tuple[int, float]]]:
    """For each line, the lines that are expected to reach most of the same people, and how many."""
    people = on_sale.people
    panel = people.choosing.rows(people.row[chosen])
    rates = people.rates(on_sale.priced)[chosen]
    seen = np.repeat(rates, panel.members) * (panel.exposure if len(panel.exposure) else 1.0)
    shape = (len(chosen), len(panel.weight))
    reached = sparse.csr_array((seen, panel.people, panel.starts), shape)
    weighted = sparse.csr_array((seen * panel.weight[panel.people], panel.people, panel.starts),
                                shape)  # fmt: skip
    every = reached.T.tocsc()
    found = []
    for begin in range(0, len(chosen), _AT_ONCE):
        part = (weighted[begin : begin + _AT_ONCE] @ every).toarray()
        found += [_most(row, begin + place) for place, row in enumerate(part)]
    return found


def _most(row: Floats, mine: int) -> list[tuple[int, float]]:
    row[mine] = 0.0
    few = np.argsort(-row, kind="stable")[:_MOST]
    return [(int(place), float(row[place])) for place in few if row[place] > 0.0]


def _major(on_sale: Market, minor: int) -> float:
    return float(Money(minor, on_sale.brief.budget.currency).major)
