"""Which offers a plan buys: the most for the budget, or the cheapest that meets the goals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from groundswell.engine import allocation
from groundswell.engine.allocation import Allocation, Certificate
from groundswell.engine.allocation.alternatives import Way
from groundswell.engine.arrays import Ints
from groundswell.planning import boosting, cheapest, comparing, layers, market, offers
from groundswell.planning.brief import Brief, Question
from groundswell.planning.evidence import Evidence
from groundswell.planning.market import Market
from groundswell.planning.offers import Priced
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import SETTLED_BY, Objective, SettledBy

BENCH = 20
_MOST_WAITING = 5_000
_CHOOSING = 1_000_003  # added to the seed for scenarios that choose: fresh ones report

Kept = tuple[str, str, str]  # UUID of an account, format and layer of its line


def chosen(on_sale: Market, ways: Sequence[Way]) -> tuple[Market, Allocation, Certificate | str]:
    """The plan, whose boost goes to platforms on which it publishes, and its bound or why not.

    Whatever is bought for a platform on which the plan has nothing is taken off sale, and the plan
    is chosen anew; the first certificate's bound still holds, as it allowed for more.
    """
    on_sale, plan, certificate = _answered(on_sale, ways)
    while True:
        idle = boosting.on_empty_platforms(on_sale.evidence, on_sale.priced, plan.chosen)
        if not idle[plan.chosen].any():
            return on_sale, plan, certificate
        on_sale = on_sale.without(idle)
        plan = _best(_sought(on_sale), ways, on_sale)


def _answered(on_sale: Market, ways: Sequence[Way]) -> tuple[Market, Allocation, Certificate | str]:
    """The plan that answers the brief's question, and its bound or why it has none."""
    brief = on_sale.brief
    if brief.question is Question.CHEAPEST:
        needed = cheapest.found(brief, partial(_tried, on_sale), partial(_hit, on_sale))
        reason = (
            f"the cheapest of {needed.tried} plans that were held against the goals; no bound says "
            "how much cheaper another could be"
        )
        return market.under(on_sale, needed.brief), needed.plan, reason
    if brief.frequency > 1:
        reason = (
            f"people reached at least {brief.frequency} times don't grow less with each further "
            f"creator, so no bound is known: the best of {allocation.SEARCHES + len(ways)} searches"
        )
        return on_sale, _best(_sought(on_sale), ways, on_sale), reason
    plan, certificate = allocation.allocate_certified(*on_sale.problem, bench=_searched(brief))
    return on_sale, _best(plan, ways, on_sale), certificate


def _best(plan: Allocation, ways: Sequence[Way], on_sale: Market) -> Allocation:
    """The plan, or one of the ways that does the objective better within all limits."""
    best = plan
    for way in ways:
        found = way.allocation
        if found is None or not way.is_within_limits:
            continue
        if on_sale.value(found.chosen) > on_sale.value(best.chosen) * (1 + 1e-9):
            best = replace(found, bench=plan.bench, bench_gain=plan.bench_gain)
    return best


def _sought(on_sale: Market) -> Allocation:
    """The most of the objective within the limits, without a certificate."""
    often, bench = on_sale.brief.frequency, _searched(on_sale.brief)
    if often > 1:
        return allocation.allocate_often(*on_sale.problem, often, bench=bench)
    return allocation.allocate(*on_sale.problem, bench=bench)


def _tried(on_sale: Market, brief: Brief) -> list[Allocation]:
    """Plans at a budget: the most of the objective, and of all goals together, each by its goal."""
    poorer = market.under(on_sale, brief)
    priced, parts = poorer.priced, np.zeros(len(poorer.priced))
    for kpi, goal in brief.goals.set().items():
        if SETTLED_BY[kpi] is SettledBy.OBSERVED:
            parts += market.expected(Objective(kpi), priced) * priced.delivery / goal
    panel, rate = allocation.of_values(parts)
    together = replace(poorer.offers, row=np.arange(len(priced)), rate=rate)
    bench = _searched(brief)
    return [_sought(poorer), allocation.allocate(together, panel, poorer.limits, bench=bench)]


def _hit(on_sale: Market, brief: Brief, plan: Allocation) -> Estimate:
    """How likely all goals are met, by scenarios that report nothing."""
    seen = comparing.outlook(
        brief, on_sale.evidence, on_sale.priced, plan.chosen, by_layer(plan, on_sale.priced).bench,
        seed=on_sale.seed + _CHOOSING,
    )  # fmt: skip
    return seen.with_bench


def _searched(brief: Brief) -> int:
    """Next best offers to look at, so that enough of them are content."""
    return BENCH if brief.pays_only_creators else _MOST_WAITING


def by_layer(plan: Allocation, priced: Priced) -> Allocation:
    """The plan with its own content first, shares last, and only content among the reserves."""
    last = np.argsort(priced.layer[plan.chosen] == layers.SHARERS, kind="stable")
    waiting = np.flatnonzero(layers.is_content(priced.layer[plan.bench]))[:BENCH]
    return replace(
        plan,
        chosen=plan.chosen[last],
        marginal=plan.marginal[last],
        alone=plan.alone[last],
        bench=plan.bench[waiting],
        bench_gain=plan.bench_gain[waiting],
    )


def keeping(on_sale: Market, keep: Sequence[Kept], anew: Allocation) -> tuple[Allocation, str]:
    """The plan that keeps lines, and what that costs against the plan that is free to choose."""
    posts = on_sale.brief.creators.deliverables_per_creator
    held = _held(on_sale.priced, on_sale.evidence, keep, posts=posts)
    plan, kept = allocation.hold(*on_sale.problem, held, bench=_searched(on_sale.brief))
    lost = 1 - on_sale.value(plan.chosen) / max(on_sale.value(anew.chosen), 1e-9)
    cost = f"gives up {lost:.1%} of" if lost >= 0.0005 else "gives up nothing of"
    return plan, (
        f"{kept:,} of {len(keep):,} lines of the version before are kept, which {cost} what a plan "
        "chosen anew would get"
    )


def _held(priced: Priced, evidence: Evidence, keep: Sequence[Kept], *, posts: int) -> Ints:
    """Offers of the lines to keep, in their order; what is no longer on offer is left out."""
    names = evidence.accounts["account"].to_pylist()
    offered: dict[Kept, list[int]] = {}
    for offer, (place, kind, layer) in enumerate(
        zip(priced.place, priced.format, priced.layer, strict=True)
    ):
        if layer != layers.BOOST:  # bought anew, for whatever is published
            key = names[place], str(offers.FORMATS[kind]), str(layers.LAYERS[layer])
            offered.setdefault(key, []).append(offer)
    found, bought = [], Counter[int]()
    for line in keep:
        creator = int(priced.creator[offered[line][0]]) if offered.get(line) else None
        if creator is not None and bought[creator] < posts:
            found.append(offered[line].pop(0))
            bought[creator] += 1
    return np.array(found, np.int64)
