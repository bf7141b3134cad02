"""Log-odds brought in line with labels."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from groundswell.engine.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Platt:
    """A straight line through log-odds: the order of rows stays."""

    slope: float = 1.0
    intercept: float = 0.0

    def of(self, log_odds: Floats) -> Floats:
        """Calibrated log-odds."""
        return self.intercept + self.slope * log_odds


def fitted(log_odds: Floats, labels: Bools) -> Platt:
    """Platt's (1999) line by maximum likelihood, with his softened targets.

    Args:
        log_odds: Finite log-odds of rows, best from a model that did not see them.
        labels: Which of them are fake; both kinds must be there.
    """
    fakes, reals = labels.sum(), (~labels).sum()
    target = np.where(labels, (fakes + 1) / (fakes + 2), 1 / (reals + 2))
    centre, scale = log_odds.mean(), log_odds.std() or 1.0
    design = np.column_stack([(log_odds - centre) / scale, np.ones(len(log_odds))])
    line = np.zeros(2)
    for _ in range(100):
        chance = special.expit(design @ line)
        slope = design.T @ (target - chance) - 1e-6 * line
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 5 / max(np.abs(step).max(), 1e-12))
        line += step
        if np.abs(step).max() < 1e-9:
            break
    return Platt(float(line[0] / scale), float(line[1] - line[0] * centre / scale))
