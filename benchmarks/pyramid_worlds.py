"""Planted pyramids: people one by one, whose parameters only the world knows."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine import pyramid, reach
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.pyramid import Beliefs, Level, Tail, Timing, Wave

DAYS = 42
PEOPLE, CREATORS, SHARERS = 20_000, 60, 500
TAIL = Tail(views=45.0, views_cv=1.0, inside=(5.0, 5.0), days=1.0)
RESHARES = (1.7, 480.0)  # a tenth of a percent to a percent
DELIVERY = np.array([[26.7, 3.3], [5.2, 2.8]])
PROGRAM_SD, LEVEL_SD = 0.15, np.array([0.2, 0.2])
SPREAD = (0.6, 0.8)
TIMING = (Timing(0.0, 20.0, 1.0, 0.8), Timing(3.0, 35.0, 0.5, 1.0))
HALF_LIFE = (0.8, 1.0)
_REST = 2_000_000  # people in no audience, on whom the tail falls


@dataclass(frozen=True, slots=True)
class World:
    """What the forecaster sees, and what came to pass.

    Attributes:
        levels: Creators and sharers as they were expected.
        people: Half of the population, as a sample.
        prior: What was believed.
        wave: What the first publications did.
        after: The levels with what is settled since.
        reach: Different people in the end.
        views: All views, passed on ones too.
    """

    levels: tuple[Level, Level]
    people: pyramid.People
    prior: Beliefs
    wave: Wave
    after: tuple[Level, Level]
    reach: int
    views: float


def planted(rng: np.random.Generator, *, wave: float) -> World:
    """Draw a world by the prior and play it, person by person.

    Args:
        rng: Source of chance.
        wave: Part of each level's publications that the forecaster has seen.
    """
    sizes = np.concatenate(
        [
            np.minimum(np.exp(rng.normal(6.5, 0.8, CREATORS)), PEOPLE / 3),
            np.exp(rng.normal(4.0, 0.6, SHARERS)),
        ]
    ).astype(np.int64)
    kind = np.repeat([0, 1], [CREATORS, SHARERS])
    appeal = rng.gamma(0.7, size=PEOPLE) + 0.05  # some people follow far more than others
    members = _audiences(sizes, appeal / appeal.sum(), rng)
    expected = sizes * rng.uniform(0.15, 0.6, len(sizes))
    prior = Beliefs.prior(DELIVERY, program_sd=PROGRAM_SD, level_sd=LEVEL_SD, reshares=RESHARES)
    truth = prior.draws(1, rng)
    got = _results(expected, kind, truth[0][0], truth[1][0], rng)
    day = np.where(kind == 0, TIMING[0].days(kind.shape, rng), TIMING[1].days(kind.shape, rng))
    final, reached, views = _played(members, got, day, kind, float(truth[2][0]), rng)
    first = rng.random(len(kind)) < wave
    levels = _levels(expected, kind, np.full(len(kind), np.nan))
    settled = np.where(first, got, np.nan)
    return World(
        levels=levels,
        people=_sample(members, sizes, expected, kind, rng),
        prior=prior,
        wave=_wave(expected, got, final, kind, first, float(truth[2][0]), rng),
        after=_levels(expected, kind, settled),
        reach=reached,
        views=views,
    )


def _audiences(sizes: Ints, chance: Floats, rng: np.random.Generator) -> list[Ints]:
    """Members of each audience, without repetition; the busy ones are in more (Gumbel's trick)."""
    logs = np.log(chance)
    return [np.argpartition(-(logs + rng.gumbel(size=PEOPLE)), size)[:size] for size in sizes]


def _results(
    expected: Floats, kind: Ints, shift: Floats, delivery: Floats, rng: np.random.Generator
) -> Floats:
    spread = np.array(SPREAD)[kind]
    luck = spread * rng.standard_normal(len(kind)) - spread**2 / 2 + shift[kind]
    appears = rng.random(len(kind)) < delivery[kind]
    return np.where(appears, expected * np.exp(luck), 0.0)


def _played(
    members: list[Ints], got: Floats, day: Ints, kind: Ints, reshares: float,
    rng: np.random.Generator,
) -> tuple[Floats, int, float]:  # fmt: skip
    """Views of each publication by the last day, different people, and all views."""
    life = np.array(HALF_LIFE)[kind]
    age = np.maximum(DAYS - day - 0.5, 0.0)
    ripe = got * -np.expm1(-np.log(2) * age / life)
    seen = np.zeros(PEOPLE, np.int64)
    final = np.zeros(len(got))
    for line, views in enumerate(ripe):
        if views > 0:
            hits = rng.poisson(views / len(members[line]), len(members[line]))
            seen[members[line]] += hits
            final[line] = hits.sum()
    inside = rng.beta(*TAIL.inside)
    chance = min(reshares, 0.5 / TAIL.views)
    generation, total, outside = int(seen.sum()), float(seen.sum()), np.zeros(0, np.int64)
    while generation:
        times = rng.binomial(generation, chance)
        generation = int(rng.poisson(rng.gamma(1.0, TAIL.views, times)).sum()) if times else 0
        total += generation
        new = rng.binomial(generation, 1 - inside)
        outside = np.append(outside, rng.integers(0, _REST, new))
    return final, int((seen > 0).sum()) + len(np.unique(outside)), total


def _sample(
    members: list[Ints], sizes: Ints, expected: Floats, kind: Ints, rng: np.random.Generator
) -> pyramid.People:
    """Half of the people, each standing for two, as a plan's reporting half."""
    half = rng.random(PEOPLE) < 0.5
    number = np.cumsum(half) - 1
    account = np.repeat(np.arange(len(members)), sizes)
    person = np.concatenate(members)
    kept = half[person]
    panel = reach.panel.of_members(
        account[kept].astype(np.int32), number[person[kept]].astype(np.int32),
        accounts=len(members), people=int(half.sum()), people_per_member=PEOPLE / half.sum(),
    )  # fmt: skip
    rate = -np.expm1(-expected / np.maximum(panel.audience(), 1.0))
    delivery = (DELIVERY[:, 0] / DELIVERY.sum(axis=1))[kind]
    even = pyramid.evened(rate, np.array(SPREAD)[kind], delivery)
    return pyramid.of_panel(panel, np.arange(len(members)), even, kind, levels=2)


def _levels(expected: Floats, kind: Ints, settled: Floats) -> tuple[Level, Level]:
    def level(place: int, name: str) -> Level:
        mine = kind == place
        count = int(mine.sum())
        return Level(
            name, expected[mine], np.full(count, SPREAD[place]), np.zeros(count),
            np.full(count, HALF_LIFE[place]), TIMING[place], settled[mine],
        )  # fmt: skip

    return level(0, "creators"), level(1, "sharers")


def _wave(
    expected: Floats, got: Floats, final: Floats, kind: Ints, first: Ints, reshares: float,
    rng: np.random.Generator,
) -> Wave:  # fmt: skip
    spread = np.array(SPREAD)
    ratio = np.zeros(2)
    asked, published = np.zeros(2), np.zeros(2)
    for place in range(2):
        mine = first & (kind == place)
        up = mine & (got > 0)
        asked[place], published[place] = mine.sum(), up.sum()
        if up.any():
            median = expected[up] * np.exp(-(spread[place] ** 2) / 2)
            ratio[place] = np.log(got[up] / median).mean()
    views = int(final[first].sum())
    chance = min(reshares, 0.5 / TAIL.views)
    return Wave(asked, published, ratio, spread, views, float(rng.binomial(views, chance)))
