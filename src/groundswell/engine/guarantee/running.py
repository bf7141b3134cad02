"""A plan that runs: P(hit) now, given what was answered, published and seen so far.

A pure function of plan, deliveries and time. What all lines share is drawn again by how likely it
makes what has happened (sampling, importance resampling); what is still open is drawn given it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from groundswell.engine.arrays import Bools, Floats, Ints
from groundswell.engine.guarantee import plan, promise
from groundswell.engine.guarantee.plan import PIECES, Conditions, Drawn, Lines, Shared
from groundswell.engine.response.model import WIDEST_CORRECTION
from groundswell.terms.estimate import Estimate

OPEN, NO, YES = -1, 0, 1
METHOD = "scenarios by what has happened"
_POOL = 4  # times the scenarios are drawn before what has happened picks among them
_LEAST_EFFECTIVE = 30.0  # different ones that it must leave


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of each line; arrays are (lines,), plan and bench as in ``Lines``.

    Attributes:
        accepts: YES, NO or OPEN: whether the creator would sign at a price that is agreed.
        price: Asked over quoted price, NaN while open.
        signed: Whether the line is signed.
        published: YES, NO (it will not be) or OPEN.
        late: Days by which a published post was late, 0 when on time; NaN while open.
        seen: For each KPI of the responses, the count so far of published posts, else NaN.
        left: Days until the end.
        looked: Days that were left when somebody last looked whether each line's post is there;
            infinite where nobody did: it is neither there nor overdue.
    """

    accepts: Ints
    price: Floats
    signed: Bools
    published: Ints
    late: Floats
    seen: Mapping[str, Floats]
    left: float
    looked: Floats

    @classmethod
    def before(cls, lines: Lines) -> "Progress":
        """Before anybody was asked."""
        count, left = len(lines), float(lines.days.max(initial=0.0)) + 1.0
        nothing = np.full(count, np.nan)
        return cls(
            accepts=np.full(count, OPEN),
            price=nothing,
            signed=np.zeros(count, np.bool_),
            published=np.full(count, OPEN),
            late=nothing,
            seen=dict.fromkeys(lines.responses, nothing),
            left=left,
            looked=np.full(count, left),
        )


@dataclass(frozen=True, slots=True)
class Now:
    """Where a plan stands.

    Attributes:
        hit: P(all goals met) with the lines that are signed or will be, no reserve used.
        totals: What each KPI comes to; (scenarios,).
        reserves: What each reserve would add, for each KPI; (scenarios, reserves).
    """

    hit: Estimate
    totals: Mapping[str, Floats]
    reserves: Mapping[str, Floats]


def forecast(
    lines: Lines,
    conditions: Conditions,
    progress: Progress,
    *,
    budget: float,
    goals: Mapping[str, float],
    scenarios: int,
    rng: np.random.Generator,
) -> Now:
    """P(hit) now.

    Args:
        lines: The plan, then its bench.
        conditions: What they are exposed to.
        progress: What has happened.
        budget: Money for fees, in the currency of the fees.
        goals: What was promised, by KPI.
        scenarios: Number of draws.
        rng: Source of chance.

    Returns:
        Where the plan stands; ``hit`` can't be said when what has happened is so far from what was
        assumed that few scenarios are left.
    """
    common, effective = _learnt(lines, conditions, progress, scenarios, rng)
    drawn = _settled(plan.given(lines, conditions, common, rng=rng), lines, conditions, progress)
    drawn = _overdue(drawn, lines, conditions, common, progress, rng)
    bought = _bought(drawn, lines, conditions, progress, budget)
    totals = plan.totals(drawn, bought)
    met = promise.all_met(totals, goals)
    adds = drawn.accepts & drawn.published
    each = plan.in_time(drawn)
    reserves = {k: np.where(adds, r, 0.0)[:, lines.planned :] for k, r in each.items()}
    return Now(_chance(met, effective, progress), totals, reserves)


def _chance(met: Bools, effective: float, progress: Progress) -> Estimate:
    known = int((progress.published != OPEN).sum())
    if effective < _LEAST_EFFECTIVE:
        reason = (
            f"what has happened fits {effective:.0f} of {_POOL * len(met):,} scenarios: "
            "what the plan assumed does not hold"
        )
        return Estimate.cannot_say(reason, method=METHOD, n=known)
    said = promise.chance(met, n=known)
    return Estimate(said.value, said.low, said.high, said.level, METHOD, known)


def _learnt(
    lines: Lines,
    conditions: Conditions,
    progress: Progress,
    scenarios: int,
    rng: np.random.Generator,
) -> tuple[Shared, float]:
    """What lines share, after what has happened, and how many draws it rests on at least.

    Answers, prices, deliveries of each kind of deal and shifts of results are independent of one
    another, before and after: each is picked by its own likelihood.
    """
    pool = plan.share(lines, conditions, scenarios=_POOL * scenarios, rng=rng)
    answers, prices, deliveries = _likelihoods(lines, conditions, pool, progress)
    fewest = float(len(pool.size))
    columns: dict[str, list[Floats]] = {"acceptance": [], "price": [], "delivery": [], "late": []}
    for kind in range(len(conditions.deals)):
        mine = lines.deal == kind
        blocks = (
            (("acceptance",), answers),
            (("price",), prices),
            (("delivery", "late"), deliveries),
        )
        for names, logs in blocks:
            picked, effective = _picked(logs[:, mine].sum(axis=1), scenarios, rng)
            fewest = min(fewest, effective)
            for name in names:
                columns[name].append(getattr(pool, name)[picked, kind])
    moved, effective = _picked(
        _results_likelihood(lines, conditions, pool, progress), scenarios, rng
    )
    stacked = {name: np.stack(column, axis=1) for name, column in columns.items()}
    return Shared(**stacked, shift=pool.shift[moved], size=pool.size[moved]), min(fewest, effective)


def _picked(logs: Floats, count: int, rng: np.random.Generator) -> tuple[Ints, float]:
    """Draws by their likelihood (systematic resampling), shuffled, and how many count."""
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    at = (np.arange(count) + rng.random()) / count
    picked = np.minimum(np.searchsorted(np.cumsum(weight), at), len(weight) - 1)
    return rng.permutation(picked), float(1 / np.square(weight).sum())


def _likelihoods(
    lines: Lines, conditions: Conditions, common: Shared, progress: Progress
) -> tuple[Floats, Floats, Floats]:
    """Logs of how likely answers, prices and deliveries are; shapes (scenarios, lines)."""
    kind = lines.deal
    rate, delivery = common.acceptance[:, kind], common.delivery[:, kind]
    late, price = common.late[:, kind], common.price[:, kind]
    late_days = np.array([deal.late_days for deal in conditions.deals])[kind]
    price_sd = np.array([max(deal.price_sd, 1e-9) for deal in conditions.deals])[kind]
    answers = np.where(progress.accepts == YES, np.log(rate), 0.0)
    answers += np.where(progress.accepts == NO, np.log1p(-rate), 0.0)
    asked = np.isfinite(progress.price)
    off = (np.log(np.where(asked, progress.price, 1.0)) - price) / price_sd
    prices = np.where(asked, -(off**2) / 2, 0.0)
    overdue = _overdue_by(lines, progress)
    waiting = progress.signed & (progress.published == OPEN) & (overdue > 0)
    still = (1 - delivery) + delivery * late * np.exp(-overdue / late_days)
    done, on_time = progress.published == YES, np.nan_to_num(progress.late) <= 0
    deliveries = np.where(waiting, np.log(still), 0.0)
    deliveries += np.where(done, np.log(delivery * np.where(on_time, 1 - late, late)), 0.0)
    deliveries += np.where(progress.published == NO, np.log1p(-delivery), 0.0)
    return answers, prices, deliveries


def _overdue_by(lines: Lines, progress: Progress) -> Floats:
    """Days by which each line's post was overdue when somebody last looked."""
    return np.maximum(lines.days - progress.looked, 0.0)


def _results_likelihood(
    lines: Lines, conditions: Conditions, common: Shared, progress: Progress
) -> Floats:
    """Of the counts so far: their logs are jointly t (normal where the tail is infinite)."""
    kpis, alike2 = list(lines.responses), conditions.alike**2
    final = _final(lines, conditions, progress)
    rows = np.flatnonzero(progress.published == YES)
    tail, logs = conditions.tail, np.zeros(len(common.size))
    for line in rows:
        known = [k for k in kpis if np.isfinite(final[k][line])]
        if not known:
            continue
        parts = [lines.responses[k] for k in known]
        sds = [
            np.array([float(getattr(r, f)[line]) for r in parts]) for f in ("creator_sd", "post_sd")
        ]
        one = np.where(np.eye(len(known)) > 0, 1.0, alike2)
        shrink = np.sqrt(np.minimum(1.0, WIDEST_CORRECTION / (sds[0] ** 2 + sds[1] ** 2)))
        covariance = one * sum(np.outer(sd * shrink, sd * shrink) for sd in sds)
        location = np.array([float(r.location[line]) for r in parts])
        seen = np.log1p([float(final[k][line]) for k in known]) - location
        off = seen - common.shift[:, [lines.cell[line]]]
        square = (off @ np.linalg.inv(covariance) * off).sum(axis=1)
        if np.isfinite(tail):
            logs -= (tail + len(known)) / 2 * np.log1p(square / (tail - 2))
        else:
            logs -= square / 2
    return logs


def _final(lines: Lines, conditions: Conditions, progress: Progress) -> dict[str, Floats]:
    """What each published post will get once it is mature, by its count and age so far."""
    age = np.maximum(lines.days - np.nan_to_num(progress.late) - progress.left, 1e-6)
    so_far = plan.ripeness(age, conditions)
    return {kpi: seen / so_far for kpi, seen in progress.seen.items()}


def _settled(drawn: Drawn, lines: Lines, conditions: Conditions, progress: Progress) -> Drawn:
    """Scenarios with what is known put in."""
    done = progress.published == YES
    results = {PIECES: drawn.results[PIECES]}
    for kpi, final in _final(lines, conditions, progress).items():
        known = done & np.isfinite(final)
        results[kpi] = np.where(known, np.nan_to_num(final), drawn.results[kpi])
    return replace(
        drawn,
        accepts=np.where(progress.accepts == OPEN, drawn.accepts, progress.accepts == YES),
        price=np.where(np.isfinite(progress.price), np.nan_to_num(progress.price), drawn.price),
        published=np.where(progress.published == OPEN, drawn.published, done),
        ripe=np.where(
            done, plan.ripeness(lines.days - np.nan_to_num(progress.late), conditions), drawn.ripe
        ),
        results=results,
    )


def _overdue(
    drawn: Drawn,
    lines: Lines,
    conditions: Conditions,
    common: Shared,
    progress: Progress,
    rng: np.random.Generator,
) -> Drawn:
    """A post that should be there is late by more than it already is, or never comes."""
    overdue = _overdue_by(lines, progress)
    waiting = (progress.published == OPEN) & (overdue > 0)
    if not waiting.any():
        return drawn
    late_days = np.array([deal.late_days for deal in conditions.deals])[lines.deal]
    delivery, late = common.delivery[:, lines.deal], common.late[:, lines.deal]
    comes = delivery * late * np.exp(-overdue / late_days)
    shape = drawn.ripe.shape
    published = rng.random(shape) < comes / (1 - delivery + comes)
    ripe = plan.ripeness(lines.days - overdue - rng.exponential(late_days, shape), conditions)
    return replace(
        drawn,
        published=np.where(waiting, published & (ripe > 0), drawn.published),
        ripe=np.where(waiting, ripe, drawn.ripe),
    )


def _bought(
    drawn: Drawn, lines: Lines, conditions: Conditions, progress: Progress, budget: float
) -> Bools:
    """Signed lines, and open ones of the plan in their order while money lasts."""
    most = np.array([deal.most for deal in conditions.deals])[lines.deal]
    spent = np.where(progress.signed, lines.fee * drawn.price, 0.0).sum(axis=1)
    bought = np.broadcast_to(progress.signed, drawn.accepts.shape).copy()
    for line in np.flatnonzero(progress.accepts[: lines.planned] == OPEN):
        cost = lines.fee[line] * drawn.price[:, line]
        wanted = drawn.accepts[:, line] & (drawn.price[:, line] <= most[line])
        bought[:, line] = wanted & (spent + cost <= budget * (1 + 1e-9))
        spent += np.where(bought[:, line], cost, 0.0)
    return bought


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a reserve would do now.

    Attributes:
        line: Its place among the lines.
        restored: P(hit) with it, less P(hit) without.
        per_money: The same per unit of its fee.
    """

    line: int
    restored: float
    per_money: float


def ranked(now: Now, lines: Lines, goals: Mapping[str, float]) -> list[Reserve]:
    """The reserves by the P(hit) that each restores per unit of money, the best first.

    A reserve counts with its chance of signing and publishing. Equal ones stay in their order.
    """
    base = float(promise.all_met(now.totals, goals).mean())
    found = []
    for place, line in enumerate(range(lines.planned, len(lines))):
        totals = {kpi: now.totals[kpi] + now.reserves[kpi][:, place] for kpi in goals}
        restored = float(promise.all_met(totals, goals).mean()) - base
        found.append(Reserve(line, restored, restored / max(float(lines.fee[line]), 1e-9)))
    return sorted(found, key=lambda reserve: -reserve.per_money)
