"""How often people are reached, where it is known in how many audiences each of them is."""

import numpy as np
from scipy.stats import binom

from groundswell.engine.arrays import Floats, Ints


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
