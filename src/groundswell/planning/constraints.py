"""What each constraint of a brief costs: the plan is made again without it, one at a time."""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from groundswell.engine import allocation
from groundswell.engine.allocation import Infeasible
from groundswell.engine.arrays import Ints
from groundswell.planning import brief as briefs
from groundswell.planning import market
from groundswell.planning.brief import BadBrief, Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.market import Market, Members
from groundswell.planning.showing import GAINED
from groundswell.terms.errors import Refusal
from groundswell.terms.money import Money
from groundswell.terms.tiers import TierSet

_NOTHING = 0.0005  # part of the plan's value below which a constraint costs nothing
# Limits on the choice among the same offers, and filters that leave offers out. A path that ends
# with "." stands for every key below it.
_LIMITS = (
    "creators.count.min", "creators.count.max", "creators.max_share_per_creator",
    "creators.min_spend", "creators.tiers.", "creators.quotas.", "sharers.count.min",
    "sharers.count.max", "sharers.daily_budget",
)  # fmt: skip
_FILTERS = (
    "creators.must_have", "creators.never", "creators.platforms", "creators.formats",
    "creators.categories", "creators.exclusivity_days", "audience.",
)  # fmt: skip
_TOGETHER = {"creators.exclusivity_days": ("creators.competitors",)}


@dataclass(frozen=True, slots=True)
class Source:
    """How offers are found again where a filter falls.

    Attributes:
        members: Reads memberships.
        tiers: Of the workspace.
    """

    members: Members
    tiers: TierSet


def constraints(
    on_sale: Market, tables: Mapping[str, Any], source: Source, *, enough: Callable[[], bool]
) -> dict[str, Any]:
    """What the plan would get without each constraint of its brief, in the objective's unit.

    A plan that is made without a constraint is held against the plan with it on the same people.
    The plan with it keeps all limits without it too, so nothing costs less than nothing. What
    several constraints cost together can be more than the sum.

    Args:
        on_sale: What the brief can buy.
        tables: The brief as it was written.
        source: For filters, whose offers have to be found.
        enough: Whether the time is up; what is left then is named.
    """
    chosen = allocation.allocate(*on_sale.problem, bench=0).chosen
    rows: list[dict[str, Any]] = []
    skipped = []
    for key, value, is_filter in _set(tables):
        if enough():
            skipped.append(key)
            continue
        found = _without(on_sale, chosen, tables, key, source if is_filter else None)
        rows.append({"key": key, "setting": value, **found})
    rows.sort(key=lambda row: -(row["gain"] or 0.0))
    return {
        "objective": str(on_sale.brief.objective),
        "unit": GAINED[str(on_sale.brief.objective)],
        "currency": on_sale.brief.budget.currency,
        "value": on_sale.value(chosen),
        "constraints": rows,
        "not_asked": skipped,
    }


def _set(tables: Mapping[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Constraints that a brief sets, limits first: key, value, and whether it filters offers."""
    for paths, is_filter in ((_LIMITS, False), (_FILTERS, True)):
        for path in paths:
            if path.endswith("."):
                yield from ((key, value, is_filter) for key, value in _below(tables, path))
            elif (value := _at(tables, path)) not in (None, []):
                yield path, value, is_filter


def _at(tables: Mapping[str, Any], path: str) -> Any:
    found: Any = tables
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _below(tables: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in (_at(tables, path.removesuffix(".")) or {}).items():
        if isinstance(value, Mapping):
            yield from _below(tables, f"{path}{name}.")
        elif value != []:
            yield f"{path}{name}", value


def _without(
    on_sale: Market, chosen: Ints, tables: Mapping[str, Any], key: str, source: Source | None
) -> dict[str, Any]:
    try:
        brief = _brief_without(tables, key)
        free = (
            market.under(on_sale, brief)
            if source is None
            else _found_again(on_sale, brief, key, source)
        )
        found = allocation.allocate(*free.problem, bench=0)
    except (BadBrief, Infeasible, Refusal) as refusal:
        nothing = ("value", "gain", "gain_share", "binds", "creators", "spend")
        return {**dict.fromkeys(nothing), "reason": str(refusal)}
    before = free.value(_placed(on_sale, free, chosen))
    value = max(free.value(found.chosen), before)
    gain = value - before
    is_better = gain > _NOTHING * before
    lines = found.chosen if is_better else chosen
    spend = found.spend_minor if is_better else None
    return {
        "value": value,
        "gain": gain if is_better else 0.0,
        "gain_share": gain / before if is_better and before > 0 else 0.0,
        "binds": is_better,
        "creators": len(np.unique((free if is_better else on_sale).offers.creator[lines])),
        "spend": None if spend is None else float(Money(spend, brief.budget.currency).major),
        "reason": None,
    }


def _brief_without(tables: Mapping[str, Any], key: str) -> Brief:
    kept = copy.deepcopy(dict(tables))
    for path in (key, *_TOGETHER.get(key, ())):
        *above, last = path.split(".")
        section = kept
        for name in above:
            section = section.get(name, {})
        section.pop(last, None)
    return briefs.checked(kept)


def _found_again(on_sale: Market, brief: Brief, key: str, source: Source) -> Market:
    """What the brief without a filter could buy."""
    return market.offered(
        brief, _loosened(on_sale.evidence, key), source.members,
        tiers=source.tiers, seed=on_sale.seed,
    )  # fmt: skip


def _loosened(evidence: Evidence, key: str) -> Evidence:
    """Evidence without what a constraint by names had found."""
    if key == "creators.must_have":
        return replace(evidence, must_have=())
    if key == "creators.never":
        return replace(evidence, never=frozenset(), unknown=())
    if key == "creators.exclusivity_days":
        return replace(evidence, competitors=frozenset())
    return evidence


def _placed(on_sale: Market, free: Market, chosen: Ints) -> Ints:
    """The same lines among the offers of another market."""
    if free.priced is on_sale.priced:
        return chosen
    known = {key: place for place, key in enumerate(_keys(free))}
    mine = _keys(on_sale)
    return np.array([known[mine[line]] for line in chosen if mine[line] in known], np.int64)


def _keys(market: Market) -> list[tuple[int, int, int]]:
    """Account, format and layer of each offer."""
    priced = market.priced
    return list(
        zip(priced.place.tolist(), priced.format.tolist(), priced.layer.tolist(), strict=True)
    )
