"""One forecast of the whole pyramid: who is reached, how often, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats
from groundswell.engine.pyramid import tail as tails
from groundswell.engine.pyramid import timing
from groundswell.engine.pyramid.beliefs import Beliefs
from groundswell.engine.pyramid.people import People
from groundswell.engine.pyramid.tail import Tail
from groundswell.engine.pyramid.timing import Timing
from groundswell.terms.estimate import Estimate

FAN = (0.1, 0.5, 0.9)
MOST_TIMES = 10
_METHOD = "pyramid: publications in time on audiences, with a tail that dies out"


@dataclass(frozen=True, slots=True)
class Level:
    """Publications of one kind; arrays have one entry per publication.

    Attributes:
        name: What readers call it.
        views: Expected views once it is published and all have come in.
        spread: Standard deviation of one publication's log views.
        engagements: Expected engagements per view, 0 where nothing is known.
        half_life: Days in which half of the views come in.
        timing: When they appear.
        observed: Views of those that are settled, 0 where one never appeared; NaN where open;
            None when all are.
    """

    name: str
    views: Floats
    spread: Floats
    engagements: Floats
    half_life: Floats
    timing: Timing
    observed: Floats | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a program is expected to do, day by day.

    Attributes:
        reach: Different people in the end, in each scenario; shape (scenarios,).
        engagements: Likewise.
        views: Views of each level, the tail last; shape (scenarios, levels + 1).
        by_level: Mean people reached by the first level, the first two, and so on; the tail last.
        alone: Mean people whom each level would reach alone, the tail last.
        curve: Reach at the end of each day, one row for each of ``FAN``; shape (3, days).
        frequency: People reached once, twice, ..., ``MOST_TIMES`` times or more.
    """

    reach: Floats
    engagements: Floats
    views: Floats
    by_level: Floats
    alone: Floats
    curve: Floats
    frequency: Floats

    def estimate(self, draws: Floats, *, level: float, n: int, reason: str | None) -> Estimate:
        """Mean and middle part of some draws."""
        value = float(draws.mean())
        low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2])
        return Estimate(
            value, min(float(low), value), max(float(high), value), level, _METHOD, n, reason
        )


def forecast(
    levels: Sequence[Level],
    people: People,
    beliefs: Beliefs,
    tail: Tail,
    *,
    days: int,
    scenarios: int,
    rng: np.random.Generator,
) -> Forecast:
    """Forecast a program.

    A level's exposure of everybody is scaled by what its publications have got by then over what
    all of them are expected to get; so lines that don't appear, late ones and lucky ones count by
    their views, not by who their own audience is.

    Args:
        levels: From the top of the pyramid down, at least one.
        people: How often whom, if all goes as expected; in the order of ``levels``.
        beliefs: Likewise.
        tail: What people who aren't paid add.
        days: Of the program, 1 or more.
        scenarios: Number of draws.
        rng: Source of chance.
    """
    shift, delivery, reshares = beliefs.draws(scenarios, rng)
    cumulative = np.empty((len(levels), scenarios, days))
    engaged = np.zeros(scenarios)
    for place, level in enumerate(levels):
        got = _published(level, shift[:, place], delivery[:, place], rng)
        day = level.timing.days(got.shape, rng)
        cumulative[place] = timing.by_day(got, day, level.half_life, days=days)
        rate = _per_view(level)
        engaged += cumulative[place][:, -1] * rate
    expected = np.array([max(float(level.views.sum()), 1e-9) for level in levels])
    scale = np.moveaxis(cumulative, 0, -1) / expected
    direct = cumulative.sum(axis=0)
    passed = tails.draws(direct[:, -1], reshares, tail, rng)
    inside = rng.beta(*tail.inside, scenarios)
    noise = _sampling(people, scenarios, rng)
    new = passed * (1 - inside)
    share = _delayed(direct, tail.days)
    reached = np.stack([people.reached(one) for one in scale]) * noise[:, None]
    curve = reached + new[:, None] * share
    by_level, alone = _added(people, scale[:, -1], noise)
    again = 1 + passed * inside / np.maximum(direct[:, -1], 1e-9)
    frequency = people.frequency(scale[:, -1] * again[:, None], most=MOST_TIMES)
    # The tail's views on people reached anyway make them see it more often, and reach nobody.
    frequency *= float(reached[:, -1].mean()) / max(float(frequency.sum()), 1e-9)
    frequency[0] += float((new * share[:, -1]).mean())
    return Forecast(
        reach=curve[:, -1],
        engagements=engaged,
        views=np.column_stack([*cumulative[:, :, -1], passed * share[:, -1]]),
        by_level=np.append(by_level, curve[:, -1].mean()),
        alone=np.append(alone, float((passed * share[:, -1]).mean())),
        curve=np.quantile(curve, FAN, axis=0),
        frequency=frequency,
    )


def _published(level: Level, shift: Floats, delivery: Floats, rng: np.random.Generator) -> Floats:
    """Views of each publication in the end, 0 where it doesn't appear; (scenarios, lines)."""
    shape = (len(shift), len(level.views))
    luck = level.spread * rng.standard_normal(shape) - np.square(level.spread) / 2
    appears = rng.random(shape) < delivery[:, None]
    views = np.where(appears, level.views * np.exp(luck + shift[:, None]), 0.0)
    if level.observed is not None:
        views = np.where(np.isnan(level.observed), views, level.observed)
    return np.asarray(views)


def _per_view(level: Level) -> float:
    views = float(level.views.sum())
    return float(level.views @ level.engagements) / views if views else 0.0


def _sampling(people: People, scenarios: int, rng: np.random.Generator) -> Floats:
    """What sampled people may miss of the population, as a factor of mean 1."""
    if not np.isfinite(people.worth):
        return np.ones(scenarios)
    return np.asarray(rng.gamma(people.worth, 1.0 / people.worth, scenarios))


def _delayed(direct: Floats, mean_days: float) -> Floats:
    """Part of the tail that has come in by each day: after what was seen, exponentially late."""
    days = direct.shape[1]
    fresh = np.diff(direct, axis=1, prepend=0.0) / np.maximum(direct[:, -1:], 1e-9)
    return np.asarray(fresh @ timing.ripeness(days, mean_days * float(np.log(2))))


def _added(people: People, scale: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """People reached by the first levels together, and by each alone; means over scenarios."""
    levels = scale.shape[1]
    together, alone = np.zeros(levels), np.zeros(levels)
    for place in range(levels):
        first = np.where(np.arange(levels) <= place, scale, 0.0)
        only = np.where(np.arange(levels) == place, scale, 0.0)
        together[place] = float((people.reached(first) * noise).mean())
        alone[place] = float((people.reached(only) * noise).mean())
    return together, alone
