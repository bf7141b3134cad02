"""Who is exposed to which level how often, in as few groups of people as tell it."""

from dataclasses import dataclass

import numpy as np

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach import Panel

_STEPS = 3.0  # groups of exposure for each factor of e
_LEAST, _MOST = -7.0, 4.0  # logs of exposures that are told apart
_NODES = 15  # of the quadrature over luck


@dataclass(frozen=True, slots=True)
class People:
    """Groups of people who see each level about equally often.

    Attributes:
        weight: People of the population in each group; shape (groups,).
        times: How often one of them sees each level, if all goes as expected; (groups, levels).
        worth: Sampled people that the weights rest on, for the error of sampling; infinite when
            everybody is known.
    """

    weight: Floats
    times: Floats
    worth: float

    def reached(self, scale: Floats) -> Floats:
        """Different people reached when levels do more or less than expected.

        Args:
            scale: Factor of each level; shape (..., levels).
        """
        missed = np.exp(-(scale @ self.times.T))
        return np.asarray((1.0 - missed) @ self.weight)

    def frequency(self, scale: Floats, *, most: int) -> Floats:
        """People who see it once, twice, ..., ``most`` times or more; shape (most,).

        Given how often a person is exposed on average, the number is Poisson.

        Args:
            scale: Factor of each level in each scenario; shape (scenarios, levels).
            most: The last entry counts everybody from there on.
        """
        mean = scale @ self.times.T
        term = np.exp(-mean)
        seen = 1.0 - term
        counts = np.zeros(most)
        for times in range(1, most):
            term = term * mean / times
            counts[times - 1] = float((term @ self.weight).mean())
            seen -= term
        counts[-1] = float((np.maximum(seen, 0.0) @ self.weight).mean())
        return counts


def evened(rate: Floats, spread: Floats, delivery: Floats) -> Floats:
    """Rates at which publications that all do as expected reach as many as those that don't.

    Luck and no-shows expose the same audience twice over or not at all, which reaches fewer people
    than an even exposure with the same views. With hazard h = -log(1 - rate) and luck L of mean 1,
    the person is missed with 1 - d + d E[exp(-h L)]; that to the power of 1 / d is what one
    publication must leave, so that d of it does.

    Args:
        rate: Chance that a member of the audience sees it at its expected views; shape (lines,).
        spread: Standard deviation of its log views; shape (lines,).
        delivery: Chance that it appears, above 0; shape (lines,).
    """
    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    luck = np.exp(spread[:, None] * node - np.square(spread)[:, None] / 2)
    missed = np.exp(np.log1p(-rate)[:, None] * luck) @ (weight / weight.sum())
    return np.asarray(1.0 - (1.0 - delivery * (1.0 - missed)) ** (1.0 / delivery))


def of_panel(
    panel: Panel, row: Ints, rate: Floats, level: Ints, *, levels: int, is_sample: bool = True
) -> People:
    """Groups of a panel's people.

    Args:
        panel: Audiences.
        row: Row of each publication; shape (lines,).
        rate: Chance that a member of that audience sees it, below 1, ``evened`` where results
            vary; shape (lines,).
        level: Of each publication; shape (lines,).
        levels: How many there are.
        is_sample: Whether the people stand for others; False when they are everybody.
    """
    times = np.zeros((len(panel.weight), levels))
    _expose(panel.starts, panel.people, panel.exposure, row, -np.log1p(-rate), level, times)
    exposed = times.any(axis=1)
    times, weight = times[exposed], panel.weight[exposed]
    if not len(weight):
        return People(np.zeros(1), np.zeros((1, levels)), np.inf)
    with np.errstate(divide="ignore"):
        logs = np.clip(np.log(times), _LEAST, _MOST)
    steps = np.where(times > 0, np.rint((logs - _LEAST) * _STEPS) + 1, 0).astype(np.int64)
    radix = int(np.ceil((_MOST - _LEAST) * _STEPS)) + 2
    _, group = np.unique(steps @ radix ** np.arange(levels), return_inverse=True)
    people: Floats = np.bincount(group.ravel(), weight).astype(np.float64)
    sums = [np.bincount(group.ravel(), weight * times[:, at]) for at in range(levels)]
    seen = weight * -np.expm1(-times.sum(axis=1))
    worth = float(seen.sum() ** 2 / np.square(seen).sum()) if is_sample else np.inf
    return People(people, np.column_stack(sums) / people[:, None], worth)


@compiled
def _expose(
    starts: Ints, people: Codes, exposure: Floats, row: Ints, hazard: Floats, level: Ints,
    times: Floats,
) -> None:  # fmt: skip
    for line in range(row.size):
        for entry in range(starts[row[line]], starts[row[line] + 1]):
            seen = hazard[line] * exposure[entry] if exposure.size else hazard[line]
            times[people[entry], level[line]] += seen
