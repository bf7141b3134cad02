"""Unique reach over scenarios: who posts, and how many see it, is uncertain too."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach import sampling
from groundswell.engine.reach.panel import Panel, of_people
from groundswell.engine.reach.union import people_reached
from groundswell.terms.estimate import Estimate

LEVEL = 0.80
_LEAST = 1e-12  # of the square: a spread that rounding alone would leave
_FOR_SPREAD = 50_000  # people on whom scenarios are compared with one another


@dataclass(frozen=True, slots=True)
class Draws:
    """Unique reach in each scenario: a value, and what it can't be below or above.

    Attributes:
        value: Best single number; shape (scenarios,).
        low: Lower bound, or a draw from the sampling error; shape (scenarios,).
        high: Upper bound, or the same draw; shape (scenarios,).
    """

    value: Floats
    low: Floats
    high: Floats

    def joined(self, other: "Draws", *, population: float | None) -> "Draws":
        """Reach of two sets of posts whose overlap nobody measured.

        Independence within the population where it is known, else no overlap, for the value;
        between the larger of the two and their sum for the bounds.
        """
        value = self.value + other.value
        if population is not None:
            value = value - self.value * other.value / population
        return Draws(value, np.maximum(self.low, other.low), self.high + other.high)

    def estimate(self, *, method: str, n: int, reason: str | None = None) -> Estimate:
        """Mean of the values; 10 % quantile of the lows to 90 % quantile of the highs."""
        value = float(self.value.mean())
        low = float(np.quantile(self.low, 0.5 - LEVEL / 2))
        high = float(np.quantile(self.high, 0.5 + LEVEL / 2))
        return Estimate(value, min(low, value), max(high, value), LEVEL, method, n, reason)


def on_panel(
    panel: Panel, rows: Ints, rates: Floats, *, rng: np.random.Generator, is_anchored: bool = False
) -> Draws:
    """Unique reach on a panel of members in each scenario.

    Args:
        panel: The half on which the creators were not chosen.
        rows: Account of each line; shape (lines,).
        rates: Probability that a member sees the line's post, 0 where it isn't published; shape
            (scenarios, lines).
        rng: Source of chance, for the error of sampling people.
        is_anchored: Whether the mean rates were set by ``sampling.anchored`` on this panel, so
            that only overlaps were sampled.

    Returns:
        ``low`` and ``high`` are the value times a gamma deviate of mean 1: as wide as a Poisson
        count of the people that the expected weighted sum is worth, or as ``sampling.variance``.
    """
    part = panel.rows(rows)
    touched, people = np.unique(part.people, return_inverse=True)
    inside = Panel(part.starts, people.astype(np.int32), part.exposure, panel.weight[touched])
    lines = np.arange(len(rows))
    chances = people_reached(inside, lines, rates.mean(axis=0))
    reached = float(np.sum(inside.weight * chances))
    if reached == 0.0:
        nobody = np.zeros(len(rates))
        return Draws(nobody, nobody, nobody)
    sums = _relative(inside, lines, rates, rng) * reached
    spread = float(np.square(inside.weight * chances).sum())
    if is_anchored:
        spread = sampling.variance(inside, lines, rates.mean(axis=0), chances)
    if spread < _LEAST * reached**2:
        return Draws(sums, sums, sums)
    worth = reached**2 / spread
    noisy = sums * rng.gamma(worth, size=len(sums)) / worth
    return Draws(sums, noisy, noisy)


def _relative(panel: Panel, lines: Ints, rates: Floats, rng: np.random.Generator) -> Floats:
    """Reach in each scenario over the reach at the mean rates.

    How far scenarios differ shows on some of the people as well as on all; the same people stand
    above and below the line, so that who they are hardly matters.
    """
    if len(panel.weight) > _FOR_SPREAD:
        panel = of_people(panel, rng.random(len(panel.weight)) < _FOR_SPREAD / len(panel.weight))
    at_mean = float(np.sum(panel.weight * people_reached(panel, lines, rates.mean(axis=0))))
    sums = _united(panel.starts, panel.people, panel.exposure, panel.weight, rates)
    return np.asarray(sums / at_mean)


def scaled(reached: Floats, unique: Estimate) -> Draws:
    """Reach in each scenario from what the posts reach one by one.

    Args:
        reached: People that each scenario's posts reach, added up; shape (scenarios,).
        unique: Union of the posts' expected reach over its sum, with its bounds; in (0, 1].
    """
    value = 1.0 if unique.value is None else unique.value
    low = value if unique.low is None else unique.low
    high = value if unique.high is None else unique.high
    return Draws(reached * value, reached * low, reached * high)


@compiled
def _united(starts: Ints, people: Codes, exposure: Floats, weight: Floats, rates: Floats) -> Floats:
    sums = np.zeros(rates.shape[0])
    left = np.empty(weight.size)
    for scenario in range(rates.shape[0]):
        left[:] = weight
        for line in range(rates.shape[1]):
            rate = rates[scenario, line]
            if rate == 0.0:
                continue
            for entry in range(starts[line], starts[line + 1]):
                seen = rate * exposure[entry] if exposure.size else rate
                left[people[entry]] *= 1.0 - seen
        sums[scenario] = weight.sum() - left.sum()
    return sums
