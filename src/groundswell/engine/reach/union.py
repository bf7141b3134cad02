"""Unique reach of a set of creators on a panel, and how far sampling may have misled."""

import numpy as np
from scipy.special import gammaincinv

from groundswell.engine.arrays import Codes, Floats, Ints
from groundswell.engine.compiled import compiled
from groundswell.engine.reach.panel import Panel
from groundswell.terms.estimate import Estimate

LEVEL = 0.90


def reach_rate(views: Floats, audience: Floats) -> Floats:
    """Probability that a member of an audience sees a post.

    Args:
        views: Expected views of the post; shape (offers,).
        audience: Size of the audience, above 0; shape (offers,).

    Returns:
        1 - exp(-views / audience), in [0, 1): views fall on members at random, so that some see
        it twice and some never. Views from outside the audience are taken as if from inside, and
        an audience can't be reached more than once over: an understatement for posts that travel.
    """
    return np.asarray(-np.expm1(-np.asarray(views) / audience))


def people_reached(panel: Panel, rows: Ints, rates: Floats) -> Floats:
    """Probability that each panel person sees at least one of the posts.

    Args:
        panel: The audiences.
        rows: Account of each post; shape (posts,).
        rates: Probability that a member of that audience sees the post, in [0, 1]; (posts,).

    Returns:
        1 - product over posts of (1 - rate x exposure), in [0, 1]; shape (people,).
    """
    survival = np.ones(len(panel.weight))
    _expose(panel.starts, panel.people, panel.exposure, rows, rates, survival)
    return np.asarray(1.0 - survival)


@compiled
def _expose(
    starts: Ints, people: Codes, exposure: Floats, rows: Ints, rates: Floats, survival: Floats
) -> None:
    for post in range(rows.size):
        row = rows[post]
        rate = rates[post]
        for entry in range(starts[row], starts[row + 1]):
            seen = rate * exposure[entry] if exposure.size else rate
            survival[people[entry]] *= 1.0 - seen


def on_panel(panel: Panel, rows: Ints, rates: Floats, *, level: float = LEVEL) -> Estimate:
    """Unique reach of posts, from a panel of members.

    Args:
        panel: The half on which the creators were *not* chosen (see ``panel.halves``).
        rows: Account of each post; shape (posts,).
        rates: Probability that a member of that audience sees the post, in [0, 1]; (posts,).
        level: Coverage of the interval, in (0, 1).

    Returns:
        The sum over people of weight x probability, with the exact Poisson interval (Garwood
        1936) of as many people as the weighted sum is worth; n is the number of panel people who
        are in at least one of the audiences.
    """
    reached = people_reached(panel, rows, rates)
    value, low, high = poisson_interval(panel.weight * reached, level=level)
    heaviest = float(panel.weight.max(initial=0.0))
    if value == 0.0:
        high = heaviest * float(gammaincinv(1.0, 0.5 + level / 2))
    return Estimate(value, low, high, level, "panel", int(np.count_nonzero(reached)))


def poisson_interval(people: Floats, *, level: float) -> tuple[float, float, float]:
    """Sum of weighted people, and the interval that sampling them leaves.

    Args:
        people: What each sampled person contributes, 0 or more; shape (people,).
        level: Coverage, in (0, 1).

    Returns:
        (sum, low, high): the sum is worth n = sum**2 / sum of squares people; low and high are
        the Garwood limits of a Poisson count n, scaled to the sum.
    """
    total = float(people.sum())
    squares = float(np.square(people).sum())
    if squares == 0.0:
        return 0.0, 0.0, 0.0
    worth = total**2 / squares
    tail = (1.0 - level) / 2
    low = float(gammaincinv(worth, tail)) / worth
    high = float(gammaincinv(worth + 1.0, 1.0 - tail)) / worth
    return total, total * low, total * high


def counted(panel: Panel) -> Estimate:
    """Distinct people in the audiences of a panel that holds everybody: a count, no inference."""
    distinct = int(np.count_nonzero(np.bincount(panel.people, minlength=len(panel.weight))))
    return Estimate.exact(float(distinct), method="exact count of distinct members", n=distinct)
