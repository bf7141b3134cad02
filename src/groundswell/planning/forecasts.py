"""What a set of lines will get: totals over joint scenarios, each with its interval."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.reach import Draws
from groundswell.engine.response import Basis, Program, Response, clicks, scenarios
from groundswell.engine.response.clicks import Rates
from groundswell.planning import layers, published
from groundswell.planning.audiences import ENOUGH_MEMBERS, Audiences
from groundswell.planning.offers import Priced
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import SETTLED_BY, Kpi

SCENARIOS = 2_000
_ACTIONS, _LAYERS = 3, 4  # draws apart from those of views
_MANY = 1_000  # lines
CHANCES = (0.99, 0.98, *(percent / 100 for percent in range(95, 0, -5)), 0.02, 0.01)
_METHOD = "scenarios with a common shock and no-shows"
_REACHED_IN = {
    "memberships": "panel of members",
    "overlaps": "measured overlaps",
    "bought": "bought views on everybody of a platform",
}

PROGRAM = Program(delivery=published.DELIVERY, shock_sd=published.SHOCK_SD)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan is expected to get.

    Attributes:
        kpis: An estimate for each KPI.
        reach_sources: How many lines each source of overlaps speaks for.
        sum_of_audiences: People, counted once for each creator: what reach is not.
        at_least: What each KPI comes to at least with each of ``CHANCES``.
    """

    kpis: dict[Kpi, Estimate]
    reach_sources: dict[str, int]
    sum_of_audiences: float
    at_least: dict[Kpi, tuple[float, ...]]

    def as_json(self) -> dict[str, Any]:
        """Estimates by KPI, each with how it is settled."""
        found: dict[str, Any] = {
            str(kpi): {**estimate.as_json(), "settled_by": str(SETTLED_BY[kpi])}
            for kpi, estimate in self.kpis.items()
        }
        found[str(Kpi.REACH)] |= {
            "sources": self.reach_sources,
            "sum_of_audiences": round(self.sum_of_audiences),
        }
        return found


def forecast(
    offers: Priced, audiences: Audiences, lines: Ints, *, every: int, seed: int
) -> Forecast:
    """Forecast some lines.

    Args:
        offers: All offers.
        audiences: Of their accounts.
        lines: Which offers; shape (lines,).
        every: Reach is worked out in each so many-th scenario, as it takes longest.
        seed: The same seed draws the same scenarios.
    """
    rng = np.random.default_rng(seed)
    count = _affordable(len(lines))
    every = max(every * count // SCENARIOS, 1)
    mine = offers.only(lines)
    drawn = scenarios.draw(len(lines), PROGRAM, scenarios=count, rng=rng)
    drawn = _delivered(drawn, mine.layer, np.random.default_rng([_LAYERS, seed]))
    views = drawn.counts(mine.views)
    engagements = np.nan_to_num(drawn.counts(mine.engagements))
    acts = np.random.default_rng([_ACTIONS, seed])
    clicked = clicks.counts(views, mine.click_rates, rng=acts)
    ordered = clicks.counts(clicked, mine.order_rates, rng=acts)
    posts = int(mine.views.posts.sum())
    own = mine.layer != layers.BOOST
    reached, sources = audiences.draws(offers, lines, views[every // 2 :: every], rng=rng)
    if audiences.activity.pairs:
        guessed = f"virtual people fitted to {audiences.activity.pairs:,} observed pairs"
    else:
        guessed = "independence within countries"
    method = "; ".join(_REACHED_IN.get(source, guessed) for source in sources)
    return Forecast(
        kpis={
            Kpi.REACH: reached.estimate(
                method=method,
                n=posts,
                reason=_reason(sources, guessed, audiences.sampled_each(lines)),
            ),
            Kpi.VIEWS: scenarios.total(views, method=_METHOD, n=posts),
            Kpi.ENGAGEMENTS: _engagements(mine.engagements, engagements),
            Kpi.PIECES: scenarios.total(
                drawn.delivered[:, layers.is_content(mine.layer)].astype(np.float64),
                method="published delivery rates",
                n=0,
            ),
            Kpi.CLICKS: _actions(clicked, mine.click_rates, of="views", n=posts),
            Kpi.CONVERSIONS: _actions(ordered, mine.order_rates, of="clicks", n=posts),
        },
        reach_sources=sources,
        sum_of_audiences=float(audiences.size[np.unique(audiences.row[lines[own]])].sum()),
        at_least=_at_least(
            reached,
            {
                Kpi.VIEWS: views,
                Kpi.ENGAGEMENTS: engagements,
                Kpi.CLICKS: clicked,
                Kpi.CONVERSIONS: ordered,
            },
        ),
    )


def _affordable(lines: int) -> int:
    """Scenarios: fewer where thousands of lines leave little to the luck of each."""
    return SCENARIOS if lines <= _MANY else max(SCENARIOS * _MANY // lines, SCENARIOS // 10)


def _delivered(
    drawn: scenarios.Scenarios, layer: Ints, rng: np.random.Generator
) -> scenarios.Scenarios:
    """Each layer besides paid creators appears by a rate of its own, one draw for all its lines."""
    delivered = drawn.delivered.copy()
    for code in np.unique(layer[layer != layers.CREATORS]):
        mine = np.flatnonzero(layer == code)
        rate = rng.beta(*layers.DELIVERY[layers.LAYERS[code]], len(delivered))
        delivered[:, mine] = rng.random((len(delivered), len(mine))) < rate[:, None]
    return replace(drawn, delivered=delivered)


def _at_least(reached: Draws, counts: dict[Kpi, Floats]) -> dict[Kpi, tuple[float, ...]]:
    """Lower bounds of reach below its median and upper bounds above it, as in its interval."""
    levels = 1 - np.array(CHANCES)
    bounds = np.quantile(reached.low, levels), np.quantile(reached.high, levels)
    found = {Kpi.REACH: np.where(levels < 0.5, *bounds)}
    found |= {
        kpi: np.quantile(drawn.sum(axis=1), levels)
        for kpi, drawn in counts.items()
        if kpi is Kpi.VIEWS or drawn.any()
    }
    return {kpi: tuple(map(float, values)) for kpi, values in found.items()}


def _engagements(response: Response, counts: Floats) -> Estimate:
    known = np.flatnonzero(response.basis != Basis.NOTHING)
    if not len(known):
        return Estimate.cannot_say("no line has engagements, nor followers to judge them by")
    total = scenarios.total(counts, method=_METHOD, n=int(response.posts[known].sum()))
    missing = len(response.basis) - len(known)
    if not missing:
        return total
    reason = f"{missing:,} of {len(response.basis):,} lines have no known engagements"
    return Estimate(total.value, total.low, total.high, total.level, total.method, total.n, reason)


def _actions(counts: Floats, rates: Rates, *, of: str, n: int) -> Estimate:
    """A total of clicks or orders, and which share it rests on."""
    method, reason = clicks.said(rates, np.arange(len(rates.mean)), of=of)
    return replace(scenarios.total(counts, method=method, n=n), reason=reason)


def _reason(sources: dict[str, int], guessed: str, sampled_each: float | None) -> str | None:
    said = []
    unseen = sources.get("segments", 0)
    if unseen:
        said.append(
            f"for {unseen:,} of {sum(sources.values()):,} creators nobody measured whom their "
            f"audiences share: {guessed} for the value, from none to all for the interval"
        )
    if sampled_each is not None and sampled_each < ENOUGH_MEMBERS:
        said.append(
            f"{sampled_each:,.0f} people of each audience were sampled on average, fewer than "
            f"{ENOUGH_MEMBERS}: each creator's own reach is pooled with that of similar ones, and "
            "the sample says only how audiences overlap"
        )
    return "; ".join(said) or None


def line_forecast(offers: Priced, line: int, wanted: Collection[str]) -> dict[str, Any]:
    """What one line is expected to get; clicks and conversions where they are wanted."""
    found = {
        Kpi.VIEWS: offers.views.estimate(line),
        Kpi.ENGAGEMENTS: offers.engagements.estimate(line),
    }
    if Kpi.CLICKS in wanted or Kpi.CONVERSIONS in wanted:
        shares = offers.click_rates, offers.order_rates
        found[Kpi.CLICKS] = clicks.estimate(offers.clicks, shares[0], line, of="views")
        found[Kpi.CONVERSIONS] = clicks.estimate(offers.conversions, shares[1], line, of="clicks")
    rate = float(offers.delivery[line])
    return {str(kpi): line_estimate(one, rate).as_json() for kpi, one in found.items()}


def line_estimate(one: Estimate, delivery_rate: float) -> Estimate:
    """What one line is expected to get, its chance of no-show included in the value."""
    if one.value is None or one.low is None or one.high is None:
        return one
    value = one.value * delivery_rate
    said = f"low and high are of a published post; {delivery_rate:.0%} of agreed posts are"
    return Estimate(
        value, min(one.low, value), max(one.high, value), one.level, one.method, one.n,
        f"{said}; {one.reason}" if one.reason else said,
    )  # fmt: skip
