"""Planted runs of one plan, revealed day by day, for the benchmark of promises and its test."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.guarantee import all_met, goals_at, plan, running
from groundswell.engine.guarantee.deals import contract
from groundswell.engine.guarantee.plan import Conditions, Drawn, Lines
from groundswell.engine.guarantee.running import NO, OPEN, YES, Progress
from groundswell.engine.guarantee.shock import Shock
from groundswell.engine.response import Basis, Response

ANSWERED = 2  # lines that answer each day
KPIS = ("views", "engagements")


@dataclass(frozen=True)
class Run:
    """P(hit) of one planted run on each day, and whether it hit in the end."""

    said: np.ndarray
    hit: bool


def planted(count: int, reserves: int) -> tuple[Lines, Conditions, float]:
    """A plan with due days over two weeks, what it is exposed to, and its budget."""
    rng = np.random.default_rng(count)
    total = count + reserves
    mean_log = rng.normal(8, 0.7, total)

    def response(shift: float) -> Response:
        location, ones = mean_log + shift, np.ones(total)
        mean = np.exp(location + (0.2**2 + 0.5**2) / 2)
        basis = np.full(total, int(Basis.OWN_POSTS))
        return Response(location, 0.2 * ones, 0.5 * ones, mean, mean, mean, basis, basis)

    lines = Lines(
        responses={"views": response(0.0), "engagements": response(-3.0)},
        cell=rng.integers(0, 2, total),
        deal=np.zeros(total, int),
        fee=np.exp(mean_log) * 0.02,
        days=np.sort(rng.uniform(3, 14, total))[::-1].copy(),
        planned=count,
    )
    exposed = Conditions([contract()], Shock(0.12, 8.0), Shock(0.08, 8.0), 0.05)
    return lines, exposed, float(lines.fee[:count].sum())


def revealed(
    drawn: Drawn, lines: Lines, conditions: Conditions, signed: np.ndarray, *, left: float, day: int
) -> Progress:
    """What is known of the first of some scenarios when so many days are left."""
    order = np.arange(len(lines))
    known = (order < min(day * ANSWERED, lines.planned)) & (order < lines.planned)
    late = lines.days + conditions.matures_in_days * np.log1p(-np.minimum(drawn.ripe[0], 1 - 1e-12))
    late = np.maximum(np.round(late, 9), 0.0)
    out = known & signed & drawn.published[0] & (lines.days - late > left)
    age = lines.days - late - left
    so_far = plan.ripeness(age, conditions)
    return Progress(
        accepts=np.where(known, np.where(drawn.accepts[0], YES, NO), OPEN),
        price=np.where(known, drawn.price[0], np.nan),
        signed=known & signed,
        published=np.where(out, YES, OPEN),
        late=np.where(out, late, np.nan),
        seen={k: np.where(out, drawn.results[k][0] * so_far, np.nan) for k in lines.responses},
        left=left,
        looked=np.full(len(lines), left),
    )


def runs(count: int, *, scenarios: int, every: float, rng: np.random.Generator) -> list[Run]:
    """Planted runs of a plan sold at even odds, forecast from before it starts to its end."""
    lines, conditions, budget = planted(12, 4)
    drawn = plan.draw(lines, conditions, scenarios=4_000, rng=rng)
    signed = plan.signed(drawn, lines, conditions, budget)
    sold = goals_at({k: v for k, v in plan.totals(drawn, signed).items() if k in KPIS}, 0.5)
    starts = float(lines.days.max()) + lines.planned / ANSWERED + 1
    found = []
    for _ in range(count):
        truth = plan.draw(lines, conditions, scenarios=1, rng=rng)
        mine = plan.signed(truth, lines, conditions, budget)
        said = []
        for day, left in enumerate(np.arange(starts, 0.0, -every)):
            progress = revealed(
                truth, lines, conditions, mine[0], left=left, day=round(day * every)
            )
            now = running.forecast(
                lines, conditions, progress, budget=budget, goals=sold, scenarios=scenarios, rng=rng
            )
            said.append(np.nan if now.hit.value is None else now.hit.value)
        hit = bool(all_met(plan.totals(truth, mine), sold)[0])
        found.append(Run(np.array(said), hit))
    return found
