"""The pyramid's forecast on planted worlds: do its intervals hold, and what does a wave teach?

Run: python benchmarks/bench_pyramid.py [--worlds N] [--wave SHARE] [--seed N]

Each world has 20,000 people, 60 creators and 500 sharers; its parameters are drawn by the prior,
and every view and every reshare falls on somebody. The forecaster sees half of the people, and for
the second forecast what the first wave did.
"""

import argparse
import time

import numpy as np
import pyramid_worlds as worlds
from measurements import Results

from groundswell.engine import pyramid
from groundswell.engine.arrays import Floats

LEVEL = 0.90
LEAST, MOST, NARROWED = 0.85, 0.95, 0.5
SCENARIOS = 400
ENOUGH = 150  # worlds; fewer are shown and not judged


def interval(draws: Floats) -> tuple[float, float]:
    low, high = np.quantile(draws, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high)


def forecast(levels, people, beliefs, rng):
    return pyramid.forecast(
        levels, people, beliefs, worlds.TAIL, days=worlds.DAYS, scenarios=SCENARIOS, rng=rng
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=300)
    parser.add_argument("--wave", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    results = Results(asked.seed, "sum of expected views")
    found = {"before": [], "after": []}
    error, later, summed, seconds = [], [], [], 0.0
    for _ in range(asked.worlds):
        world = worlds.planted(rng, wave=asked.wave)
        begun = time.process_time()
        before = forecast(world.levels, world.people, world.prior, rng)
        seconds += time.process_time() - begun
        learnt = pyramid.refit(world.prior, world.wave)
        after = forecast(world.after, world.people, learnt, rng)
        error.append(before.reach.mean() / world.reach - 1)
        later.append(after.reach.mean() / world.reach - 1)
        summed.append(sum(level.views.sum() for level in world.levels) / world.reach - 1)
        for name, one in (("before", before), ("after", after)):
            for truth, draws in ((world.reach, one.reach), (world.views, one.views.sum(axis=1))):
                low, high = interval(draws)
                found[name].append((low <= truth <= high, (high - low) / truth))
    is_judged = asked.worlds >= ENOUGH
    note(results, found, is_judged=is_judged)
    results.note("reach, mean error before", float(np.mean(error)), "share",
                 peer=float(np.mean(summed)))  # fmt: skip
    results.note("reach, mean error after", float(np.mean(later)), "share")
    results.note("one forecast of 560 lines, CPU", seconds / asked.worlds, "s", bar=1.0)
    results.keep("pyramid")


def note(results: Results, found: dict[str, list[tuple[bool, float]]], *, is_judged: bool) -> None:
    """Coverage before and after the wave, and how much narrower the intervals are."""
    for at, kpi in enumerate(("reach", "views")):
        width = {}
        for name, pairs in found.items():
            held = np.array([pair[0] for pair in pairs[at::2]])
            width[name] = float(np.mean([pair[1] for pair in pairs[at::2]]))
            share = float(held.mean())
            results.note(f"{kpi}, 90 % intervals held {name} the wave", share, "share",
                         floor=LEAST if is_judged else None)  # fmt: skip
            results.note(f"{kpi}, the same, at most", share, "share",
                         bar=MOST if is_judged else None)  # fmt: skip
            results.note(f"{kpi}, mean width {name} the wave", width[name], "of the truth")
        results.note(f"{kpi}, width after over before", width["after"] / width["before"], "share",
                     bar=NARROWED)  # fmt: skip


if __name__ == "__main__":
    main()
