"""Scenarios of a whole plan: who signs at which price, who publishes when, and what posts get.

Three probabilities follow: if all sign, before signing, and with the bench, whose reserves are
used in their order while money lasts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.guarantee import promise
from groundswell.engine.guarantee.deals import Deal
from groundswell.engine.guarantee.shock import HIGHEST, LOWEST, Shock, heaviness
from groundswell.engine.response import Response
from groundswell.engine.response.model import WIDEST_CORRECTION
from groundswell.terms.estimate import Estimate

PIECES = "pieces"  # a KPI that needs no response: posts that are published
_CAUTION = 1.5  # reserves are used until their expectation is so many times what is missing
_STEPS = 16  # of the search for goals


@dataclass(frozen=True, slots=True)
class Lines:
    """What a plan buys, one post a line, then its reserves in the order in which they are used.

    Attributes:
        responses: For each KPI, what one post of each line is expected to get.
        cell: Code of the group whose shift a line shares (a platform, or a week of one); (lines,).
        deal: Index of the kind of deal; (lines,).
        fee: Quoted cost of each line, in any currency; (lines,).
        days: Days between a post that is on time and the end; (lines,).
        planned: Lines that are the plan; the others are its bench.
        pieces: Publications that each line counts for; (lines,), None: one each.
    """

    responses: Mapping[str, Response]
    cell: Ints
    deal: Ints
    fee: Floats
    days: Floats
    planned: int
    pieces: Floats | None = None

    def __len__(self) -> int:
        return len(self.fee)

    @property
    def kpis(self) -> list[str]:
        """What can be promised of it."""
        return [*self.responses, PIECES]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What all lines are exposed to.

    Attributes:
        deals: Kinds of deals.
        common: Shift that all lines share.
        grouped: Shift that lines of a cell share beyond it.
        drift_sd: What is not known of the mean of all results: drift, sponsorship.
        tail: Degrees of freedom of single posts, above 2; infinite: normal.
        alike: Root of the correlation of a post's KPIs, from 0, below 1.
        matures_in_days: After so many days a post has 63 % of what it will get.
    """

    deals: Sequence[Deal]
    common: Shock
    grouped: Shock
    drift_sd: float = 0.0
    tail: float = np.inf
    alike: float = 0.8
    matures_in_days: float = 1.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """Joint scenarios; arrays are (scenarios, lines) where nothing else is said.

    Attributes:
        accepts: Whether the creator would sign at a price that is agreed.
        price: Asked over quoted price.
        published: Whether a signed post is published before the end.
        ripe: Share of a post's result that comes before the end, as late ones have less time.
        results: For each KPI what the post gets once it is mature.
        size: Size of the common shift; (scenarios,).
    """

    accepts: Bools
    price: Floats
    published: Bools
    ripe: Floats
    results: Mapping[str, Floats]
    size: Floats


@dataclass(frozen=True, slots=True)
class Shared:
    """What all lines of a scenario share; arrays are (scenarios, kinds of deals) unless said.

    Attributes:
        acceptance: Share that signs.
        delivery: Share that publishes.
        late: Share of those that is late.
        price: Shift of the log of asked over quoted prices.
        shift: Shift of the log of results; (scenarios, cells).
        size: Size of the common shift; (scenarios,).
    """

    acceptance: Floats
    delivery: Floats
    late: Floats
    price: Floats
    shift: Floats
    size: Floats


def share(
    lines: Lines, conditions: Conditions, *, scenarios: int, rng: np.random.Generator
) -> Shared:
    """Draw what the lines of each scenario share; arguments as of ``draw``."""
    size = conditions.common.sizes(scenarios, rng)
    every = size * rng.standard_normal(scenarios)
    every += conditions.drift_sd * rng.standard_normal(scenarios)
    cells = int(lines.cell.max(initial=0)) + 1
    grouped = conditions.grouped.sizes(scenarios, rng)[:, None]
    deals = conditions.deals
    price = [d.price.sizes(scenarios, rng) * rng.standard_normal(scenarios) for d in deals]
    return Shared(
        acceptance=np.stack([deal.acceptance.draws(scenarios, rng) for deal in deals], axis=1),
        delivery=np.stack([deal.delivery.draws(scenarios, rng) for deal in deals], axis=1),
        late=np.stack([deal.late.draws(scenarios, rng) for deal in deals], axis=1),
        price=np.stack(price, axis=1),
        shift=every[:, None] + grouped * rng.standard_normal((scenarios, cells)),
        size=size,
    )


def draw(
    lines: Lines, conditions: Conditions, *, scenarios: int, rng: np.random.Generator
) -> Drawn:
    """Draw what may happen to a plan and its bench.

    Args:
        lines: The plan, then its bench.
        conditions: What they are exposed to.
        scenarios: Number of draws; with 2,000 a probability of .90 has a standard error of .007.
        rng: Source of chance.
    """
    return given(lines, conditions, share(lines, conditions, scenarios=scenarios, rng=rng), rng=rng)


def given(
    lines: Lines, conditions: Conditions, common: Shared, *, rng: np.random.Generator
) -> Drawn:
    """Draw what each line does in scenarios of which it is known what all lines share."""
    shape, kind = (len(common.size), len(lines)), lines.deal
    price_sd = np.array([deal.price_sd for deal in conditions.deals])[kind]
    late_days = np.array([deal.late_days for deal in conditions.deals])[kind]
    late = rng.exponential(late_days, shape) * (rng.random(shape) < common.late[:, kind])
    ripe = ripeness(lines.days - late, conditions)
    published = rng.random(shape) < common.delivery[:, kind]
    return Drawn(
        accepts=rng.random(shape) < common.acceptance[:, kind],
        price=np.exp(common.price[:, kind] + price_sd * rng.standard_normal(shape)),
        published=published & (ripe > 0),
        ripe=ripe,
        results=_results(lines, conditions, common.shift[:, lines.cell], rng),
        size=common.size,
    )


def ripeness(days: Floats, conditions: Conditions) -> Floats:
    """Share of its result that a post has after so many days."""
    return np.asarray(-np.expm1(-np.maximum(days, 0.0) / conditions.matures_in_days))


def _results(
    lines: Lines, conditions: Conditions, shift: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    shape, tail, alike = shift.shape, conditions.tail, conditions.alike
    unit = np.sqrt((tail - 2) / tail) if np.isfinite(tail) else 1.0  # a variance of 1
    heavy = heaviness(shape, tail, rng) * unit
    creator, post = rng.standard_normal(shape), rng.standard_normal(shape)
    results = {
        PIECES: np.ones(shape) if lines.pieces is None else np.tile(lines.pieces, (shape[0], 1))
    }
    for kpi, response in lines.responses.items():
        own = np.sqrt(1 - alike**2) * rng.standard_normal((2, *shape))
        luck = np.clip((alike * post + own[1]) * heavy, LOWEST, HIGHEST)
        variance = response.creator_sd**2 + response.post_sd**2
        shrink = np.sqrt(np.minimum(1.0, WIDEST_CORRECTION / variance))
        moved = response.creator_sd * (alike * creator + own[0]) + response.post_sd * luck
        logs = response.location + shift + moved * shrink
        results[kpi] = np.nan_to_num(np.maximum(np.expm1(logs), 0.0))
    return results


def signed(drawn: Drawn, lines: Lines, conditions: Conditions, budget: float) -> Bools:
    """Which lines of the plan are signed, in their order, while money lasts."""
    most = np.array([deal.most for deal in conditions.deals])[lines.deal]
    wanted = drawn.accepts & (drawn.price <= most)
    spent = np.zeros(len(wanted))
    chosen = np.zeros_like(wanted)
    for line in range(lines.planned):
        cost = lines.fee[line] * drawn.price[:, line]
        chosen[:, line] = wanted[:, line] & (spent + cost <= budget * (1 + 1e-9))
        spent += np.where(chosen[:, line], cost, 0.0)
    return chosen


def totals(drawn: Drawn, bought: Bools) -> dict[str, Floats]:
    """What the lines that were bought come to, for every KPI; (scenarios,) each."""
    counted = bought & drawn.published
    return {
        kpi: np.where(counted, result, 0.0).sum(axis=1) for kpi, result in in_time(drawn).items()
    }


def in_time(drawn: Drawn) -> dict[str, Floats]:
    """For each KPI what each post gets until the end, once it is published."""
    return {
        kpi: result if kpi == PIECES else result * drawn.ripe
        for kpi, result in drawn.results.items()
    }


def if_all_sign(drawn: Drawn, lines: Lines) -> dict[str, Floats]:
    """Totals when every line of the plan is signed at its quoted price."""
    planned = np.arange(len(lines)) < lines.planned
    return totals(drawn, np.broadcast_to(planned, drawn.published.shape))


@dataclass(frozen=True, slots=True)
class Supply:
    """What was bought once reserves stood in; arrays are (scenarios,) unless said.

    Attributes:
        bought: The lines, reserves among them; (scenarios, lines).
        paid: For the plan's own posts that were published.
        made_good: For reserves that were published.
    """

    bought: Bools
    paid: Floats
    made_good: Floats


def with_bench(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    budget: float,
    goals: Mapping[str, float],
) -> dict[str, Floats]:
    """Totals when reserves replace what is missing, as ``supplied``."""
    return totals(drawn, supplied(drawn, lines, conditions, budget, goals).bought)


def supplied(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    budget: float,
    goals: Mapping[str, float],
) -> Supply:
    """What is bought when reserves replace what is missing, in their order, while money lasts.

    A post that is not published is not paid. Once the plan's own posts are in, reserves are asked
    until what they are expected to bring is one and a half times what is missing of each goal.
    """
    bought = signed(drawn, lines, conditions, budget)
    paid = np.where(bought & drawn.published, lines.fee * drawn.price, 0.0).sum(axis=1)
    made_good = np.zeros(len(paid))
    got = totals(drawn, bought)
    hoped = {kpi: np.zeros(len(paid)) for kpi in goals}
    most = np.array([deal.most for deal in conditions.deals])[lines.deal]
    delivery = np.array([deal.delivery.expected for deal in conditions.deals])[lines.deal]
    for line in range(lines.planned, len(lines)):
        short = np.any([got[k] + hoped[k] / _CAUTION < goal for k, goal in goals.items()], axis=0)
        cost = lines.fee[line] * drawn.price[:, line]
        used = short & drawn.accepts[:, line] & (drawn.price[:, line] <= most[line])
        used &= paid + made_good + cost <= budget * (1 + 1e-9)
        bought[:, line] = used
        made_good += np.where(used & drawn.published[:, line], cost, 0.0)
        for kpi in goals:
            mean = 1.0 if kpi == PIECES else float(np.nan_to_num(lines.responses[kpi].mean[line]))
            hoped[kpi] += used * mean * delivery[line]
    return Supply(bought, paid, made_good)


@dataclass(frozen=True, slots=True)
class Chances:
    """P(all goals met), three times.

    Attributes:
        if_all_sign: When every line is signed at its quoted price.
        before_signing: With answers, prices and no-shows still open.
        with_bench: The same, with reserves while money lasts.
    """

    if_all_sign: Estimate
    before_signing: Estimate
    with_bench: Estimate


def chances(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    budget: float,
    goals: Mapping[str, float],
) -> Chances:
    """The three probabilities of meeting all goals.

    Args:
        drawn: Scenarios that had no part in choosing lines, bench or goals.
        lines: The plan, then its bench.
        conditions: What they are exposed to.
        budget: Money for fees, in the currency of the fees.
        goals: What is promised, by KPI.
    """
    posts = int(sum(int(response.posts.sum()) for response in lines.responses.values()))
    bought = totals(drawn, signed(drawn, lines, conditions, budget))
    supplied = with_bench(drawn, lines, conditions, budget, goals)
    return Chances(
        *(
            promise.chance(promise.all_met(each, goals), drawn.size, n=posts)
            for each in (if_all_sign(drawn, lines), bought, supplied)
        )
    )


def sold_with_bench(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    budget: float,
    *,
    kpis: Sequence[str],
    probability: float,
) -> dict[str, float]:
    """Goals that the plan meets with its bench at this probability, before anybody has signed.

    All KPIs are held to the same share of what they come to if all sign; that share is found by
    halving, as the bench works toward the goals.
    """
    planned = {kpi: float(if_all_sign(drawn, lines)[kpi].mean()) for kpi in kpis}
    low, high = 0.0, 2.0
    for _ in range(_STEPS):
        share = (low + high) / 2
        goals = {kpi: share * mean for kpi, mean in planned.items()}
        got = with_bench(drawn, lines, conditions, budget, goals)
        met = float(promise.all_met(got, goals).mean())
        low, high = (share, high) if met >= probability else (low, share)
    return {kpi: low * mean for kpi, mean in planned.items()}
