"""The share of fakes in a sample that a fallible classifier went through.

Rogan and Gladen (1978): of a share p, ``q = p · sensitivity + (1 - p) · (1 - specificity)`` are
called fake, so ``p = (q - (1 - specificity)) / (sensitivity + specificity - 1)``. Sensitivity and
specificity were themselves counted on few rows, so they are integrated over, and p with them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from groundswell.engine.arrays import Floats
from groundswell.terms.estimate import Estimate

LEVEL = 0.90
FEWEST_ROWS = 50
METHOD = "share corrected for misclassification (Rogan-Gladen, Bayesian)"
_LEAST_INFORMATION = 0.2
_NODES = 15
# More rows say nothing more about the share: what remains is the uncertainty of the errors.
_MOST_ROWS = 20_000
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Errors:
    """How often a classifier was right on rows whose label was known.

    Attributes:
        found: Fakes that it called fake.
        fakes: Fakes that it was asked about.
        cleared: Real ones that it called real.
        reals: Real ones that it was asked about.
    """

    found: int
    fakes: int
    cleared: int
    reals: int

    @classmethod
    def counted(cls, called: np.ndarray, labels: np.ndarray) -> "Errors":
        """Counts from what was called fake and what is fake, both as masks."""
        return cls(
            int((called & labels).sum()),
            int(labels.sum()),
            int((~called & ~labels).sum()),
            int((~labels).sum()),
        )

    def sensitivity(self) -> Floats:
        """Equally likely values of the share of fakes that are found."""
        return _likely(self.found, self.fakes - self.found)

    def specificity(self) -> Floats:
        """Equally likely values of the share of real ones that are cleared."""
        return _likely(self.cleared, self.reals - self.cleared)


# What is supposed of the shipped scorecard where nobody has labels: its mistakes differ from one
# population to the next. Measured afterwards on two (docs/methods/followers.md) it found 96 and
# 99 % of the fakes and cleared 70 and 98 % of the rest; as if counted on few rows.
SUPPOSED = Errors(found=19, fakes=20, cleared=6, reals=7)


def _likely(right: int, wrong: int) -> Floats:
    """Midpoints of equal slices of the Beta posterior under the prior of Jeffreys."""
    slices = (np.arange(_NODES) + 0.5) / _NODES
    values: Floats = special.betaincinv(right + 0.5, wrong + 0.5, slices)
    return values


def estimated(called: int, judged: int, errors: Errors) -> Estimate:
    """Share of fakes among those that the sample was drawn from, with its 90 % interval.

    Every share, every sensitivity and every specificity is weighed by how well it explains the
    count; the value is the median. The sample is taken to be drawn at random, and the classifier
    to err on it as often as on the rows of ``errors``.

    Args:
        called: Rows that the classifier called fake.
        judged: Rows that it judged.
        errors: How often it is right.
    """
    if judged < FEWEST_ROWS:
        reason = f"{judged:,} rows could be judged; a share needs {FEWEST_ROWS} or more"
        return Estimate.cannot_say(reason, method=METHOD, n=judged)
    sensitivity, specificity = errors.sensitivity(), errors.specificity()
    if sensitivity.mean() + specificity.mean() - 1 < _LEAST_INFORMATION:
        reason = (
            "the classifier hardly tells fake from real: it finds "
            f"{sensitivity.mean():.0%} of the fakes and clears {specificity.mean():.0%} of the rest"
        )
        return Estimate.cannot_say(reason, method=METHOD, n=judged)
    quantiles = _quantiles(called, judged, *np.meshgrid(sensitivity, specificity))
    if quantiles is None:
        reason = f"{called:,} of {judged:,} called fake contradicts what is known of its mistakes"
        return Estimate.cannot_say(reason, method=METHOD, n=judged)
    low, value, high = quantiles
    return Estimate(value, low, high, LEVEL, METHOD, judged)


def _quantiles(
    called: int, judged: int, sensitivity: Floats, specificity: Floats
) -> tuple[float, float, float] | None:
    """Quantiles of the share; given the errors, what is called fake follows a cut Beta."""
    slope = (sensitivity + specificity - 1).ravel()
    floor = (1 - specificity).ravel()
    floor, slope = floor[slope > 0], slope[slope > 0]
    rows = min(judged, _MOST_ROWS)
    hits = called * rows / judged
    # Of the two tails the smaller is the exact one.
    tail = special.betaincc if hits < rows / 2 else special.betainc

    def mass(share: Floats) -> Floats:
        """Unnormalised probability of a smaller share, for each of some."""
        upper = tail(hits + 1, rows - hits + 1, floor + slope * share[:, None])
        below: Floats = (np.abs(upper - start) / slope).sum(axis=1)
        return below

    start = tail(hits + 1, rows - hits + 1, floor)
    total = float(mass(np.ones(1))[0])
    if not total > 0:
        return None
    wanted = np.array([(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]) * total
    low, high = np.zeros(3), np.ones(3)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        is_below = mass(middle) < wanted
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    first, value, last = ((low + high) / 2).tolist()
    return first, value, last
