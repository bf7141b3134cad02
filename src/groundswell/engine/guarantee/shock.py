"""What moves all results at once, how well its size is known, and how heavy single tails are."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import stats

from groundswell.engine.arrays import Floats, Ints
from groundswell.terms.estimate import Estimate

LEVEL = 0.80
# A single result can fall to nothing; a t distribution that is not cut has no mean above.
LOWEST, HIGHEST = -8.0, 4.0


@dataclass(frozen=True, slots=True)
class Shock:
    """A common shift of results on the log scale, whose size is itself only estimated.

    Attributes:
        sd: Root of the mean square of the shifts, prior included; not negative.
        worth: Independent shifts that stand behind it, prior included; above 0. Draws follow a t
            distribution with so many degrees of freedom: the fewer, the heavier its tails.
    """

    sd: float
    worth: float

    def __post_init__(self) -> None:
        if self.sd < 0 or self.worth <= 0:
            raise ValueError(
                f"sd must not be negative and worth above 0, got {self.sd} and {self.worth}"
            )

    @classmethod
    def learnt(cls, squares: float, count: float, *, prior: Self) -> Self:
        """From a sum of squared shifts of ``count`` independent periods, beside a prior."""
        worth = prior.worth + count
        return cls(float(np.sqrt((prior.worth * prior.sd**2 + squares) / worth)), float(worth))

    def estimate(self) -> Estimate:
        """The size with its 80 % interval (scaled inverse chi-squared)."""
        high, low = stats.chi2.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2], self.worth)
        low, high = (float(self.sd * np.sqrt(self.worth / end)) for end in (low, high))
        return Estimate(self.sd, low, high, LEVEL, "scaled inverse chi-squared", int(self.worth))

    def sizes(self, scenarios: int, rng: np.random.Generator) -> Floats:
        """One possible size for each scenario; shape (scenarios,)."""
        return np.asarray(self.sd * np.sqrt(self.worth / rng.chisquare(self.worth, scenarios)))


def noise(shape: tuple[int, int], tail: float, rng: np.random.Generator) -> Floats:
    """Heavy-tailed deviates: t with ``tail`` degrees of freedom, cut at -8 and 4 scales.

    Args:
        shape: Scenarios and lines.
        tail: Degrees of freedom, above 0; infinite: normal.
        rng: Source of chance.
    """
    drawn = rng.standard_normal(shape) * heaviness(shape, tail, rng)
    return np.asarray(np.clip(drawn, LOWEST, HIGHEST))


def heaviness(shape: tuple[int, int], tail: float, rng: np.random.Generator) -> Floats:
    """What turns normal deviates into those of a t with ``tail`` degrees of freedom."""
    if not np.isfinite(tail):
        return np.ones(shape)
    return np.asarray(np.sqrt(tail / np.maximum(rng.chisquare(tail, shape), 1e-12)))


def tail_of(deviation: Floats, *, choices: Floats) -> tuple[float, float]:
    """Degrees of freedom of the t that fits best, and its scale.

    Args:
        deviation: Deviations from their expectation in a common unit; shape (rows,).
        choices: Degrees of freedom to choose from, ascending.

    Returns:
        The choice of the highest likelihood, and the scale of that t (expectation-maximization).
    """
    squares = deviation**2
    best = (-np.inf, 0.0, 0.0)
    for tail in choices:
        variance = float(np.median(squares)) + 1e-12
        for _ in range(12):
            variance = float(((tail + 1) * squares / (tail + squares / variance)).mean()) + 1e-12
        fits = stats.t.logpdf(deviation, tail, scale=np.sqrt(variance)).sum()
        best = max(best, (float(fits), float(tail), float(np.sqrt(variance))))
    return best[1], best[2]


def shifts(
    cell: Ints, residual: Floats, weight: Floats, *, cells: int, sd: float
) -> tuple[Floats, Floats]:
    """Shift of each cell (a week, or a week of a group), shrunk toward none, and its variance.

    Args:
        cell: Cell of each row, in [0, cells); shape (rows,).
        residual: What is left of each row; shape (rows,).
        weight: Precision of each row; shape (rows,).
        cells: Number of cells.
        sd: Standard deviation of the shifts, above 0.
    """
    precision = np.bincount(cell, weight, minlength=cells) + 1 / sd**2
    mean = np.bincount(cell, weight * residual, minlength=cells) / precision
    return mean, 1 / precision
