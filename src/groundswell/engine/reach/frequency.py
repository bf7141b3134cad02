"""How often people are reached, where it is known in how many audiences each of them is."""

import numpy as np
from scipy.stats import binom

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach.panel import Panel


def added(audience: Ints, times: Ints, people: Floats, *, audiences: int, rate: float) -> Floats:
    """People whom each audience reaches and none before it did.

    Args:
        audience: Place of an audience in the order given, in [0, audiences); shape (entries,).
        times: For how many-th time its members meet an audience in that order, from 1; (entries,).
        people: How many of its members do so; shape (entries,).
        audiences: Number of audiences.
        rate: Chance that a member sees what an audience is shown, in (0, 1], independently.

    Returns:
        Expected people, exact at rate 1; shape (audiences,). The running sum is unique reach.
    """
    first = people * rate * np.power(1.0 - rate, times - 1)
    return np.bincount(audience, weights=first, minlength=audiences).astype(np.float64)


def exactly(times: Ints, people: Floats, *, rate: float) -> Floats:
    """People who are reached exactly once, twice, three times and so on.

    Args:
        times: As for ``added``.
        people: As for ``added``.
        rate: As for ``added``.

    Returns:
        Expected people, exact at rate 1; shape (most audiences of one person,).
    """
    at_least = np.bincount(times, weights=people)[1:]
    members = at_least - np.append(at_least[1:], 0.0)
    if rate == 1.0 or not len(members):
        return np.asarray(members)
    inside = np.arange(1, len(members) + 1)
    return np.array([float(members @ binom.pmf(seen, inside, rate)) for seen in inside])


def on_panel(panel: Panel, rows: Ints, rates: Floats, *, most: int = 10) -> Floats:
    """People who see exactly one of some posts, two, three and so on.

    Args:
        panel: The audiences.
        rows: Account of each post; shape (posts,).
        rates: Probability that a member of that audience sees the post, in [0, 1]; (posts,).
        most: The last number told apart: it stands for itself and all above; at least 1.

    Returns:
        Expected people by number of posts; shape (most,). Their sum is unique reach.
    """
    part = panel.rows(rows)
    touched, people = np.unique(part.people, return_inverse=True)
    chances = np.zeros((len(touched), most + 1))
    chances[:, 0] = 1.0
    _counted(part.starts, people.astype(np.int32), part.exposure, rates, chances)
    return np.asarray(panel.weight[touched] @ chances[:, 1:])


@compiled
def _counted(starts: Ints, people: Codes, exposure: Floats, rates: Floats, chances: Floats) -> None:
    """The law of a sum of independent chances (Poisson-binomial), person by person."""
    most = chances.shape[1] - 1
    for post in range(rates.size):
        for entry in range(starts[post], starts[post + 1]):
            seen = rates[post] * exposure[entry] if exposure.size else rates[post]
            law = chances[people[entry]]
            law[most] += seen * law[most - 1]
            for count in range(most - 1, 0, -1):
                law[count] = law[count] * (1.0 - seen) + law[count - 1] * seen
            law[0] *= 1.0 - seen
