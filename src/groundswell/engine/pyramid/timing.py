"""When publications appear and how their views come in, day by day."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Timing:
    """When the publications of a level appear.

    Attributes:
        first: First day on which one is due, from 0.
        last: Last day on which one is due; days between are equally likely.
        lag_median: Median days between due and published.
        lag_sd: Standard deviation of the log of those days.
    """

    first: float
    last: float
    lag_median: float
    lag_sd: float

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last or self.lag_median < 0 or self.lag_sd < 0:
            raise ValueError(f"days must not be negative, nor the last before the first: {self}")

    def days(self, shape: tuple[int, ...], rng: np.random.Generator) -> Ints:
        """Day of each publication, from 0."""
        due = rng.uniform(self.first, self.last, shape) if self.last > self.first else self.first
        lag = self.lag_median * np.exp(self.lag_sd * rng.standard_normal(shape))
        return np.asarray(np.floor(due + lag), np.int64)


def ripeness(days: int, half_life: float) -> Floats:
    """Part of its views that a post of day d (rows) has at the end of day t (columns).

    Views come in with an exponential decay; a post appears in the middle of its day.
    """
    age = np.arange(days)[None, :] - np.arange(days)[:, None] + 0.5
    return np.asarray(-np.expm1(-np.log(2) * np.maximum(age, 0.0) / half_life))


def by_day(views: Floats, day: Ints, half_life: Floats, *, days: int) -> Floats:
    """Views that have come in by the end of each day.

    Args:
        views: Of each publication in the end; shape (scenarios, lines).
        day: On which it appears; shape (scenarios, lines).
        half_life: Days in which half of its views come in, above 0; shape (lines,).
        days: Of the program; what appears or comes in later doesn't count.

    Returns:
        Shape (scenarios, days), never falling.
    """
    scenarios = len(views)
    total = np.zeros((scenarios, days))
    for life in np.unique(half_life):
        mine = half_life == life
        counted = day[:, mine] < days
        cell = np.arange(scenarios)[:, None] * days + np.minimum(day[:, mine], days - 1)
        weight = np.where(counted, views[:, mine], 0.0)
        born = np.bincount(cell.ravel(), weight.ravel(), minlength=scenarios * days)
        total += born.reshape(scenarios, days) @ ripeness(days, float(life))
    return total
