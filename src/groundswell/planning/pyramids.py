"""The whole pyramid of a plan: layers, their audiences and a small tail, day by day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from groundswell.engine import pyramid
from groundswell.engine.arrays import Floats, Ints
from groundswell.engine.pyramid import Beliefs, Level, People, Tail, Timing
from groundswell.engine.reach import sampling
from groundswell.engine.response.model import WIDEST_CORRECTION
from groundswell.planning import audiences, layers
from groundswell.planning.audiences import Audiences
from groundswell.planning.brief import Brief
from groundswell.planning.evidence import Evidence
from groundswell.planning.offers import Priced
from groundswell.terms.estimate import Estimate
from groundswell.terms.objectives import Layer
from groundswell.terms.platforms import Platform

_SCENARIOS = 400
_LEVEL = 0.80
_DRAWS = 5  # apart from those of the forecast
_SURELY = 0.98
_PROGRAM_SD, _LAYER_SD, _BOUGHT_SD = 0.15, 0.20, 0.05
_UNKNOWN_HALF_LIFE = 1.0

# Days in which half of what a post gets comes in (Graffius 2018; Bluesky and Threads as X).
HALF_LIFE = {
    Platform.X: 0.015,
    Platform.THREADS: 0.015,
    Platform.BLUESKY: 0.015,
    Platform.FACEBOOK: 0.02,
    Platform.INSTAGRAM: 0.8,
    Platform.LINKEDIN: 1.0,
    Platform.YOUTUBE: 6.0,
    Platform.PINTEREST: 105.0,
}
# Reshares per view, as a Gamma law: nine tenths of it between .0005 and .009, mean .0035. Nobody
# publishes it by platform; chains are very rare (Goel, Watts and Goldstein 2012).
RESHARES = (1.7, 480.0)
# 150 followers of an ordinary account of whom three tenths see a reshare; half of them are reached
# anyway, as friends of friends are.
TAIL = Tail(views=45.0, views_cv=1.0, inside=(5.0, 5.0), days=1.0)
SOURCES = {
    "delivery": "by layer: contracts 85 to 95 %, gifts 30 to 80 %, shares assumed 36 to 89 %",
    "results": "standard deviation of logs: .15 of the program, .20 of each layer",
    "half_life": "Graffius (2018): 19 hours on Instagram, a day on LinkedIn, 6 on YouTube",
    "reshares": "assumed: .0005 to .009 of views (90 %), as nobody publishes it",
    "tail": "assumed: 45 views of a reshare, half of them on people reached anyway; R below .5",
    "timing": "assumed: creators in the first half, gifts ten days later, sharers all along",
}


def forecast(
    brief: Brief,
    evidence: Evidence,
    offers: Priced,
    people: Audiences,
    chosen: Ints,
    *,
    seed: int,
) -> dict[str, Any]:
    """The pyramid of some lines as plans show it; amounts of money are in ``layers``.

    Args:
        brief: Days of the program.
        evidence: Platforms of the accounts.
        offers: All offers.
        people: Audiences of their accounts.
        chosen: Which offers; shape (lines,).
        seed: The same seed says the same.
    """
    mine = offers.only(chosen)
    codes = [code for code in range(len(layers.LAYERS)) if np.any(mine.layer == code)]
    level = np.searchsorted(codes, mine.layer)
    platforms = [Platform(name) for name in evidence.accounts["platform"].to_pylist()]
    life = np.array([HALF_LIFE.get(platforms[at], _UNKNOWN_HALF_LIFE) for at in mine.place])
    days = brief.period.days
    found = pyramid.forecast(
        [_level(code, mine, life, days) for code in codes],
        _people(people, offers, chosen, level, len(codes)),
        _beliefs(codes),
        TAIL,
        days=days,
        scenarios=_SCENARIOS,
        rng=np.random.default_rng([_DRAWS, seed]),
    )
    return _as_json(brief, found, codes, int(mine.views.posts.sum()))


def _level(code: int, mine: Priced, life: Floats, days: int) -> Level:
    inside = mine.layer == code
    views = np.nan_to_num(mine.views.mean[inside])
    rate = np.nan_to_num(mine.engagements.mean[inside] / np.maximum(views, 1e-9))
    bought = code == layers.BOOST
    return Level(
        name=str(layers.LAYERS[code]),
        views=views,
        spread=_spread(mine)[inside],
        engagements=rate,
        half_life=np.full(len(views), 0.1) if bought else life[inside],
        timing=_timing(code, days),
    )


def _spread(mine: Priced) -> Floats:
    variance = np.square(mine.views.creator_sd) + np.square(mine.views.post_sd)
    return np.asarray(np.sqrt(np.minimum(np.nan_to_num(variance), WIDEST_CORRECTION)))


def _timing(code: int, days: int) -> Timing:
    """When a layer publishes: creators first, then all that rests on their content."""
    last = float(days - 1)
    return {
        layers.CREATORS: Timing(0.0, last / 2, 1.0, 0.8),
        layers.SHARERS: Timing(min(2.0, last), max(last - 3.0, min(2.0, last)), 0.3, 1.0),
        layers.SEEDING: Timing(0.0, last / 4, min(10.0, days / 4), 0.5),
        layers.BOOST: Timing(min(3.0, last), last, 0.0, 0.0),
    }[code]


def _people(people: Audiences, offers: Priced, chosen: Ints, level: Ints, levels: int) -> People:
    panel, rows = people.whole(), people.row[chosen]
    mine = offers.only(chosen)
    seen = audiences.reached(mine.audience, mine.views.mean)
    rate = sampling.anchored(seen, panel.audience()[rows], most=_SURELY)
    even = pyramid.evened(rate, _spread(mine), mine.delivery)
    return pyramid.of_panel(panel, rows, even, level, levels=levels)


def _beliefs(codes: Sequence[int]) -> Beliefs:
    bought = np.array(codes) == layers.BOOST
    return Beliefs.prior(
        np.array([layers.DELIVERY[layers.LAYERS[code]] for code in codes]),
        program_sd=_PROGRAM_SD,
        level_sd=np.where(bought, _BOUGHT_SD, _LAYER_SD),
        reshares=RESHARES,
    )


def _as_json(
    brief: Brief, found: pyramid.Forecast, codes: Sequence[int], posts: int
) -> dict[str, Any]:
    names = [*(str(layers.LAYERS[code]) for code in codes), "tail"]
    added = np.diff(found.by_level, prepend=0.0)
    views = found.views.mean(axis=0)
    rows = [
        {"layer": name, "adds": float(adds), "alone": float(alone), "views": float(seen)}
        for name, adds, alone, seen in zip(names, added, found.alone, views, strict=True)
    ]
    if Layer.BRAND_CONTENT in brief.layers:
        nothing = {"adds": 0.0, "alone": 0.0, "views": 0.0}
        rows.insert(0, {"layer": str(Layer.BRAND_CONTENT), **nothing})
    reached = float(found.reach.mean())
    total = found.views.sum(axis=1)

    def estimate(draws: Floats) -> dict[str, Any]:
        said: Estimate = found.estimate(draws, level=_LEVEL, n=posts, reason=None)
        return said.as_json()

    return {
        "reach": estimate(found.reach),
        "views": estimate(total),
        "engagements": estimate(found.engagements),
        "layers": rows,
        "curve": [
            {
                "day": (brief.start + timedelta(day)).isoformat(),
                "low": float(low),
                "middle": float(middle),
                "high": float(high),
            }
            for day, (low, middle, high) in enumerate(found.curve.T)
        ],
        "frequency": {
            "people": [float(people) for people in found.frequency],
            "mean": float(total.mean()) / reached if reached else None,
        },
        "sources": SOURCES,
    }
